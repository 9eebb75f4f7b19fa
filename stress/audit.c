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

#include "stress/bait.h"
#include "stress/proof.h"
#include "stress/request.h"

#define KEYS_AT_ONCE  64
#define BYTES_AT_ONCE (UINT64_C(1) << 20)
#define OPEN_ATTEMPTS 10
#define OPEN_PAUSE_MS 100
#define REQUEST_BYTES 96 /* more than a read, or one key of a DEL, takes */

static bool is_error(const struct stress_reply *r)
{
    return r->type == '-' || r->type == '!';
}

/* Sends AUTH or HELLO as asked for, and PING. An error reply is left in *r. */
static int greet(struct stress_run *run, struct stress_sync *s,
                 struct stress_reply *r)
{
    int rc = stress_sync_send(s, run->greeting, run->greeting_len);

    for (unsigned i = 0; i <= run->greeting_replies && rc == 0; i++) {
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

/* The server may still be busy closing the connections of the load, and have
 * no room for one more. */
int stress_greeted(struct stress_run *run, struct stress_sync *s,
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

/* ---- keys at rest ---- */

/* One key of a family, as it is to be read; false: it was never set. */
static bool subject(struct stress_run *run, const struct stress_op *op,
                    uint32_t key, struct stress_slot *slot)
{
    int ledger = stress_family_index(op->family);

    *slot = (struct stress_slot){
        .act = (uint8_t)op->act, .family = op->family, .key = key};
    if (ledger >= 0) {
        slot->version =
            stress_ledger_floor(&run->ledger[ledger], key, UINT32_MAX);
        return atomic_load(&run->ledger[ledger].sent[key]) > 0;
    }
    if (op->family == 'c') {
        slot->version = stress_counter_sent(&run->counters, key);
        if (atomic_load(&run->counters.unknown)) {
            slot->version = stress_counter_floor(&run->counters, key);
        }
        return stress_counter_sent(&run->counters, key) > 0;
    }
    return true;
}

/* An old version is not just late any more: the newer ones are lost. */
static void judge(struct stress_run *run, struct stress_tally *t,
                  const struct stress_slot *slot, const struct stress_reply *r)
{
    struct stress_proof proof;
    enum stress_fault f;

    if (is_error(r)) {
        stress_tally_add(t, STRESS_REPLY_ERRORS, 1);
        stress_tally_text(t, r->text, r->len, 1);
        return;
    }
    f = stress_examine(run, slot, r, &proof);
    if (f == STRESS_RIGHT && slot->act == STRESS_POP && !proof.nothing &&
        !stress_items_deliver(&run->elements, proof.stamp.writer,
                              proof.version)) {
        f = STRESS_TWICE;
    }
    if (f != STRESS_RIGHT) {
        stress_tally_fault(t, f == STRESS_STALE ? STRESS_LOST : f, 1);
    }
}

/* Asks for n keys at once and judges what comes; the number of nils. */
static int read_some(struct stress_run *run, struct stress_sync *s,
                     struct stress_tally *t, const struct stress_op *op,
                     const struct stress_slot *slots, unsigned n)
{
    char out[KEYS_AT_ONCE * REQUEST_BYTES];
    struct stress_reply r;
    size_t len = 0;
    int rc, nils = 0;

    for (unsigned i = 0; i < n; i++) {
        len += stress_request_encode(run, op, &slots[i], out + len);
    }
    rc = len > 0 ? stress_sync_send(s, out, len) : 0;
    for (unsigned i = 0; i < n && rc == 0; i++) {
        rc = stress_sync_reply(s, &r);
        if (rc == 0) {
            judge(run, t, &slots[i], &r);
            nils += r.type == '_' || is_error(&r);
        }
    }
    return rc < 0 ? rc : nils;
}

static int delete_keys(struct stress_run *run, struct stress_sync *s,
                       struct stress_tally *t, char family, uint32_t first,
                       uint32_t n)
{
    char out[(KEYS_AT_ONCE + 1) * REQUEST_BYTES];
    struct stress_reply r;
    size_t len = (size_t)sprintf(out, "*%u\r\n$3\r\nDEL\r\n", (unsigned)n + 1);
    int rc;

    for (uint32_t i = 0; i < n; i++) {
        len += (size_t)sprintf(out + len, "$%d\r\n", STRESS_KEY_BYTES);
        stress_key_write(out + len, family, run->id, first + i);
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

/* ---- families ---- */

static uint32_t keys_of(const struct stress_run *run, char family)
{
    uint32_t keys = run->options.keys;

    return family == 'l'   ? run->lists
           : family == 'z' ? (keys - 1) / STRESS_BOARD + 1
                           : keys;
}

/* Keys that are read one by one. */
static int read_family(struct stress_run *run, struct stress_sync *s,
                       struct stress_tally *t, const struct stress_op *op,
                       uint64_t *looked_at)
{
    unsigned most = (unsigned)(BYTES_AT_ONCE / (run->sizes.max + 1) + 1);
    struct stress_slot slots[KEYS_AT_ONCE];
    uint32_t key = 0;
    int rc = 0;

    most = most < KEYS_AT_ONCE ? most : KEYS_AT_ONCE;
    while (rc >= 0 && key < run->options.keys) {
        unsigned n = 0;

        while (n < most && key < run->options.keys) {
            n += subject(run, op, key++, &slots[n]);
        }
        rc = n > 0 ? read_some(run, s, t, op, slots, n) : 0;
        *looked_at += rc >= 0 ? n : 0;
    }
    return rc < 0 ? rc : 0;
}

/* What is still in the lists has not been delivered before. */
static int empty_lists(struct stress_run *run, struct stress_sync *s,
                       struct stress_tally *t, const struct stress_op *op)
{
    struct stress_slot slots[KEYS_AT_ONCE];
    int rc = 0;

    for (uint32_t list = 0; list < run->lists && rc >= 0; list++) {
        for (unsigned i = 0; i < KEYS_AT_ONCE; i++) {
            subject(run, op, list, &slots[i]);
        }
        do {
            rc = read_some(run, s, t, op, slots, KEYS_AT_ONCE);
        } while (rc == 0);
    }
    return rc < 0 ? rc : 0;
}

static int delete_family(struct stress_run *run, struct stress_sync *s,
                         struct stress_tally *t, char family)
{
    uint32_t n = keys_of(run, family);
    int rc = 0;

    for (uint32_t key = 0; key < n && rc == 0; key += KEYS_AT_ONCE) {
        uint32_t left = n - key;

        rc = delete_keys(run, s, t, family, key,
                         left < KEYS_AT_ONCE ? left : KEYS_AT_ONCE);
    }
    return rc;
}

static int all_families(struct stress_run *run, struct stress_sync *s,
                        struct stress_tally *t, uint64_t *looked_at)
{
    int rc = 0;

    for (unsigned i = 0; i < run->n_audit && rc == 0; i++) {
        const struct stress_op *op = &run->audit[i];
        int ledger = stress_family_index(op->family);

        if (op->family == 'l') {
            rc = empty_lists(run, s, t, op);
        } else if (ledger < 0 || run->workload.fill[ledger] >= 0) {
            rc = read_family(run, s, t, op, looked_at);
        }
        if (rc == 0 && !run->options.keep) {
            rc = delete_family(run, s, t, op->family);
        }
    }
    if (rc == 0 && !run->options.keep &&
        stress_workload_uses(&run->workload, 'x')) {
        rc = delete_family(run, s, t, 'x');
    }
    return rc;
}

/* What only the whole of it shows. */
static void sums(struct stress_run *run, struct stress_tally *t)
{
    if (run->elements.writer != NULL) {
        stress_tally_fault(t, STRESS_NEVER, stress_items_never(&run->elements));
    }
    if (run->counters.sent != NULL && stress_counters_twice(&run->counters) &&
        stress_tally_faults(t, STRESS_LOST) == 0 &&
        stress_tally_faults(t, STRESS_STALE) == 0) {
        stress_tally_fault(t, STRESS_TWICE, 1);
    }
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
    struct stress_reply r = {0};
    struct stress_sync s = {.fd = -1};
    uint64_t looked_at = 0;
    int rc = stress_greeted(run, &s, &r);

    rc = rc < 0 ? rc : all_families(run, &s, t, &looked_at);
    if (rc == 0 && run->options.misdeeds.total > 0) {
        rc = stress_bait_remove(run, &s);
    }
    if (rc < 0) {
        check_failed(t, &r, rc);
    } else {
        sums(run, t);
    }
    stress_sync_close(&s);
    return looked_at;
}
