/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/bait.c -- what clients that misbehave ask for.
 */
#include "stress/bait.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stress/audit.h"

/* What rogues ask for: one large value, which they do not change. */
int stress_bait(struct stress_run *run)
{
    char key[STRESS_KEY_BYTES], *out = malloc(STRESS_BAIT_BYTES + 256);
    struct stress_reply r = {0};
    struct stress_sync s = {.fd = -1};
    size_t n;
    int rc = -ENOMEM;

    if (out != NULL) {
        stress_key_write(key, 'b', run->id, 0);
        stress_rogue_prepare(key, sizeof(key));
        n = (size_t)sprintf(out, "*3\r\n$3\r\nSET\r\n$%d\r\n%.*s\r\n$%d\r\n",
                            STRESS_KEY_BYTES, STRESS_KEY_BYTES, key,
                            STRESS_BAIT_BYTES);
        memset(out + n, 'x', STRESS_BAIT_BYTES);
        memcpy(out + n + STRESS_BAIT_BYTES, "\r\n", 2);
        rc = stress_greeted(run, &s, &r);
        rc = rc < 0 ? rc : stress_sync_send(&s, out, n + STRESS_BAIT_BYTES + 2);
        rc = rc < 0 ? rc : stress_sync_reply(&s, &r);
    }
    if (rc < 0 || r.type == '-' || r.type == '!') {
        fprintf(stderr,
                "baton-stress: --fault: the server does not take a "
                "value of %d bytes\n",
                STRESS_BAIT_BYTES);
        rc = -EIO;
    }
    stress_sync_close(&s);
    free(out);
    return rc;
}

/* It, and what the slow writers wrote beside it. */
int stress_bait_remove(struct stress_run *run, struct stress_sync *s)
{
    char key[STRESS_KEY_BYTES], out[160];
    struct stress_reply r;
    size_t n;
    int rc;

    stress_key_write(key, 'b', run->id, 0);
    n = (size_t)sprintf(out,
                        "*3\r\n$3\r\nDEL\r\n$%d\r\n%.*s\r\n$%d\r\n%.*s:\r\n",
                        STRESS_KEY_BYTES, STRESS_KEY_BYTES, key,
                        STRESS_KEY_BYTES + 1, STRESS_KEY_BYTES, key);
    rc = stress_sync_send(s, out, n);
    return rc < 0 ? rc : stress_sync_reply(s, &r);
}
