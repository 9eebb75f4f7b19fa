/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/audit.c -- what is asked before the load begins and after it ends.
 */
#include "stress/audit.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stress/sync.h"

#define KEYS_AT_ONCE  64
#define BYTES_AT_ONCE (UINT64_C(1) << 20)
#define OPEN_ATTEMPTS 10
#define OPEN_PAUSE_MS 100
#define REQUEST_BYTES 64 /* more than a GET, or one key of a DEL, takes */

static bool is_error(const struct stress_reply *r)
{
    return r->type == '-' || r->type == '!';
}

/* Sends AUTH or HELLO as asked for, and PING. An error reply is left in *r. */
static int greet(struct stress_run *run, struct stress_sync *s,
                 struct stress_reply *r)
{
    const struct stress_wire *wire = &run->wire;
    int rc = stress_sync_send(s, wire->greeting, wire->greeting_len);

    for (unsigned i = 0; i <= wire->greeting_hellos && rc == 0; i++) {
        rc = stress_sync_reply(s, r);
        if (rc == 0 && is_error(r)) {
            return -EACCES;
        }
    }
    return rc;
}

int stress_probe(struct stress_run *run)
{
    struct stress_target *t = &run->target;
    struct stress_reply r = {0};
    struct stress_sync s;
    int rc = -EADDRNOTAVAIL;

    for (t->chosen = 0; t->chosen < t->n; t->chosen++) {
        rc = stress_sync_open(&s, t, run->options.timeout);
        if (rc == 0) {
            break;
        }
    }
    if (rc < 0) {
        fprintf(stderr, "baton-stress: %s: %s\n", t->name, strerror(-rc));
        return rc;
    }
    rc = greet(run, &s, &r);
    if (rc < 0 && is_error(&r)) {
        fprintf(stderr, "baton-stress: %s: the server says: %.*s\n", t->name,
                (int)r.len, r.text);
    } else if (rc < 0) {
        fprintf(stderr, "baton-stress: %s: no answer to PING: %s\n", t->name,
                rc == -EPROTO ? "what came is not the Redis protocol"
                              : strerror(-rc));
    }
    stress_sync_close(&s);
    return rc;
}

/* A key at rest. An old version is not just late any more: the newer ones are
 * lost. */
static void judge(struct stress_run *run, struct stress_tally *t, uint32_t key,
                  const struct stress_reply *r)
{
    const struct stress_ledger *l = &run->ledger;
    uint32_t floor = stress_ledger_floor(l, key, UINT32_MAX), version;
    enum stress_fault f = STRESS_UNEXPECTED;

    if (is_error(r)) {
        stress_tally_add(t, STRESS_REPLY_ERRORS, 1);
        stress_tally_text(t, r->text, r->len, 1);
        return;
    }
    if (r->type == '_') {
        f = floor > 0 ? STRESS_LOST : STRESS_RIGHT;
    } else if (r->type == '$') {
        f = stress_value_check(l, r->text, r->len, key, floor, &version);
    }
    if (f != STRESS_RIGHT) {
        stress_tally_fault(t, f == STRESS_STALE ? STRESS_LOST : f, 1);
    }
}

static int read_keys(struct stress_run *run, struct stress_sync *s,
                     struct stress_tally *t, const uint32_t *keys, unsigned n)
{
    char out[KEYS_AT_ONCE * REQUEST_BYTES];
    struct stress_reply r;
    size_t len = 0;
    int rc;

    for (unsigned i = 0; i < n; i++) {
        len += stress_request_get(&run->wire, &run->ledger, out + len, keys[i]);
    }
    rc = stress_sync_send(s, out, len);
    for (unsigned i = 0; i < n && rc == 0; i++) {
        rc = stress_sync_reply(s, &r);
        if (rc == 0) {
            judge(run, t, keys[i], &r);
        }
    }
    return rc;
}

static int delete_keys(struct stress_run *run, struct stress_sync *s,
                       struct stress_tally *t, const uint32_t *keys, unsigned n)
{
    char out[(KEYS_AT_ONCE + 1) * REQUEST_BYTES];
    struct stress_reply r;
    size_t len = (size_t)sprintf(out, "*%u\r\n$3\r\nDEL\r\n", n + 1);
    int rc;

    for (unsigned i = 0; i < n; i++) {
        len += (size_t)sprintf(out + len, "$%d\r\n", STRESS_KEY_BYTES);
        stress_key_write(&run->ledger, out + len, keys[i]);
        memcpy(out + len + STRESS_KEY_BYTES, "\r\n", 2);
        len += STRESS_KEY_BYTES + 2;
    }
    rc = stress_sync_send(s, out, len);
    rc = rc == 0 ? stress_sync_reply(s, &r) : rc;
    if (rc == 0 && is_error(&r)) {
        stress_tally_add(t, STRESS_REPLY_ERRORS, 1);
        stress_tally_text(t, r.text, r.len, 1);
    } else if (rc == 0 && r.type != ':') {
        stress_tally_fault(t, STRESS_UNEXPECTED, 1);
    }
    return rc;
}

/* The next keys that were ever sent, from *key on. */
static unsigned next_keys(const struct stress_run *run, uint32_t *key,
                          uint32_t *keys)
{
    const struct stress_ledger *l = &run->ledger;
    uint64_t fit = BYTES_AT_ONCE / l->value_bytes + 1;
    unsigned n = 0;

    for (; *key < l->keys && n < KEYS_AT_ONCE && n < fit; ++*key) {
        if (atomic_load(&l->sent[*key]) > 0) {
            keys[n++] = *key;
        }
    }
    return n;
}

/* The server may still be busy closing the connections of the load, and have
 * no room for one more. */
static int open_patiently(struct stress_run *run, struct stress_sync *s,
                          struct stress_reply *r)
{
    int rc = 0;

    for (int attempt = 0; attempt < OPEN_ATTEMPTS; attempt++) {
        if (attempt > 0) {
            stress_sync_close(s);
            poll(NULL, 0, OPEN_PAUSE_MS);
        }
        *r = (struct stress_reply){0};
        rc = stress_sync_open(s, &run->target, run->options.timeout);
        rc = rc == 0 ? greet(run, s, r) : rc;
        if (rc == 0) {
            break;
        }
    }
    return rc;
}

static void check_failed(struct stress_tally *t, const struct stress_reply *r,
                         int rc)
{
    char text[STRESS_TEXT_BYTES];
    int len;

    if (is_error(r)) {
        len = snprintf(text, sizeof(text), "end check: %.*s",
                       (int)(r->len < 100 ? r->len : 100), r->text);
    } else {
        len = snprintf(text, sizeof(text), "end check: %s", strerror(-rc));
    }
    stress_tally_add(t, STRESS_CONN_ERRORS, 1);
    stress_tally_text(t, text, (size_t)len, 1);
}

uint64_t stress_audit(struct stress_run *run, struct stress_tally *t)
{
    uint32_t keys[KEYS_AT_ONCE], key = 0;
    struct stress_reply r = {0};
    struct stress_sync s = {.fd = -1};
    uint64_t looked_at = 0;
    unsigned n;
    int rc = open_patiently(run, &s, &r);

    while (rc == 0 && (n = next_keys(run, &key, keys)) > 0) {
        rc = read_keys(run, &s, t, keys, n);
        if (rc == 0 && !run->options.keep) {
            rc = delete_keys(run, &s, t, keys, n);
        }
        looked_at += rc == 0 ? n : 0;
    }
    if (rc < 0) {
        check_failed(t, &r, rc);
    }
    stress_sync_close(&s);
    return looked_at;
}
