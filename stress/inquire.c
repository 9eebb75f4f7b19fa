/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/inquire.c -- what the server itself tells of its workers.
 */
#include "stress/inquire.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stress/audit.h"
#include "stress/run.h"
#include "stress/sync.h"

/* "worker3:handles=1,srm=17,...": the number behind "srm=". */
static bool worker_line(const char *line, uint64_t *requests)
{
    const char *end = strchr(line, '\n'), *field = strstr(line, "srm=");

    if (strncmp(line, "worker", 6) != 0 || line[6] < '0' || line[6] > '9' ||
        field == NULL || (end != NULL && field > end)) {
        return false;
    }
    *requests = strtoull(field + 4, NULL, 10);
    return true;
}

static void parse(const char *text, struct stress_shares *shares)
{
    while (text != NULL && shares->n < STRESS_SHARES) {
        shares->n += worker_line(text, &shares->requests[shares->n]);
        text = strchr(text, '\n');
        text = text != NULL ? text + 1 : NULL;
    }
}

void stress_inquire(struct stress_run *run, struct stress_shares *shares)
{
    static const char ask[] = "*2\r\n$4\r\nINFO\r\n$5\r\nbaton\r\n";
    struct stress_sync s = {.fd = -1};
    struct stress_reply r = {0};
    char *text;

    *shares = (struct stress_shares){.n = 0};
    if (stress_greeted(run, &s, &r) == 0 &&
        stress_sync_send(&s, ask, sizeof(ask) - 1) == 0 &&
        stress_sync_reply(&s, &r) == 0 && (r.type == '$' || r.type == '=')) {
        text = calloc(1, r.len + 1);
        if (text != NULL) {
            memcpy(text, r.text, r.len);
            parse(text, shares);
        }
        free(text);
    }
    stress_sync_close(&s);
}

void stress_shares_subtract(struct stress_shares *end,
                            const struct stress_shares *begin)
{
    if (begin->n != end->n) {
        end->n = 0;
    }
    for (unsigned i = 0; i < end->n; i++) {
        end->requests[i] -= begin->requests[i];
    }
}
