/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/fault.c -- clients that misbehave.
 *
 * Each one is looked at every few milliseconds and does one small thing, such
 * as one read or one write; none ever blocks.
 */
#include "stress/fault.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stress/clock.h"

#define MS            STRESS_NS_PER_MS
#define ASKED_AT_ONCE 32

static const char *const names[STRESS_N_MISDEEDS] = {
    "slow-reader", "never-read", "slow-writer", "garbage",
    "partial",     "rst",        "oversize"};

/* Requests as they go out; made once. */
static char gets[ASKED_AT_ONCE * 64], set[256];
static size_t gets_len, set_len;

const char *stress_misdeed_name(enum stress_misdeed k)
{
    return names[k];
}

int stress_misdeeds_parse(struct stress_misdeeds *m, const char *text)
{
    *m = (struct stress_misdeeds){.total = 0};
    for (;;) {
        size_t len = strcspn(text, ":,");
        int kind = -1;
        char *end;
        unsigned long n;

        for (int i = 0; i < STRESS_N_MISDEEDS; i++) {
            if (strlen(names[i]) == len && memcmp(names[i], text, len) == 0) {
                kind = i;
            }
        }
        if (kind < 0 || text[len] != ':' || text[len + 1] < '0' ||
            text[len + 1] > '9') {
            return -EINVAL;
        }
        n = strtoul(text + len + 1, &end, 10);
        if (n == 0 || n > 10000) {
            return -EINVAL;
        }
        m->n[kind] += (uint32_t)n;
        m->total += (uint32_t)n;
        if (*end == '\0') {
            return 0;
        }
        if (*end != ',') {
            return -EINVAL;
        }
        text = end + 1;
    }
}

void stress_rogue_prepare(const char *key, size_t key_len)
{
    int len = (int)key_len;

    gets_len = 0;
    for (int i = 0; i < ASKED_AT_ONCE; i++) {
        gets_len += (size_t)sprintf(gets + gets_len,
                                    "*2\r\n$3\r\nGET\r\n$%d\r\n%.*s\r\n", len,
                                    len, key);
    }
    /* Beside the key that is asked for: it must keep its value. */
    set_len = (size_t)sprintf(
        set, "*3\r\n$3\r\nSET\r\n$%d\r\n%.*s:\r\n$40\r\n%040d\r\n", len + 1,
        len, key, 0);
}

/* ---- one read, one write ---- */

static bool put(struct stress_rogue *r, struct stress_fault_count *n,
                const char *bytes, size_t len, size_t *taken)
{
    ssize_t w = write(r->fd, bytes, len);

    *taken = w > 0 ? (size_t)w : 0;
    n->bytes_out += *taken;
    if (w < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        n->closed_by_server++;
        return false;
    }
    return true;
}

/* Reads at most so much; *got 0: nothing there. */
static bool get(struct stress_rogue *r, struct stress_fault_count *n,
                size_t most, size_t *got)
{
    char buf[4096];
    ssize_t k = read(r->fd, buf, most < sizeof(buf) ? most : sizeof(buf));

    *got = k > 0 ? (size_t)k : 0;
    n->bytes_in += *got;
    if (k == 0 ||
        (k < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
        n->closed_by_server++;
        return false;
    }
    return true;
}

/* Sends what the rogue has begun with, again and again. */
static bool ask(struct stress_rogue *r, struct stress_fault_count *n)
{
    size_t taken;
    bool good = put(r, n, gets + r->at, gets_len - r->at, &taken);

    r->at = (r->at + taken) % gets_len;
    return good;
}

/* ---- the misdeeds ---- */

static bool slow_reader(struct stress_rogue *r, struct stress_fault_count *n,
                        uint64_t now)
{
    size_t got;

    r->next_at = now + 20 * MS;
    if (!get(r, n, 1024, &got)) {
        return false;
    }
    return got > 0 || ask(r, n);
}

static bool never_read(struct stress_rogue *r, struct stress_fault_count *n,
                       uint64_t now)
{
    r->next_at = now + 5 * MS;
    return ask(r, n);
}

static bool slow_writer(struct stress_rogue *r, struct stress_fault_count *n,
                        uint64_t now)
{
    size_t taken, got;

    r->next_at = now + 10 * MS;
    if (!get(r, n, 4096, &got) || !put(r, n, set + r->at, 1, &taken)) {
        return false;
    }
    r->at = (r->at + taken) % set_len;
    return true;
}

/* No byte of it is a letter, so that it names no command. */
static bool garbage(struct stress_rogue *r, struct stress_fault_count *n,
                    uint64_t now)
{
    static const char heads[] = "*$:+-%>\r\n";
    char bytes[256];
    size_t taken, got;

    for (size_t i = 0; i < sizeof(bytes); i++) {
        uint32_t any = stress_random_below(&r->random, 64);

        bytes[i] = any < sizeof(heads) - 1 ? heads[any] : (char)(128 + any);
    }
    r->next_at = now + 50 * MS;
    return get(r, n, 4096, &got) && put(r, n, bytes, sizeof(bytes), &taken);
}

static bool partial(struct stress_rogue *r, struct stress_fault_count *n,
                    uint64_t now)
{
    size_t taken;

    if (r->at > 0) {
        return false;
    }
    r->at = set_len / 2;
    r->next_at = now + 500 * MS;
    return put(r, n, set, r->at, &taken);
}

static bool reset(struct stress_rogue *r, struct stress_fault_count *n,
                  uint64_t now)
{
    size_t taken, got = 0;

    r->next_at = now + 5 * MS;
    if (r->at == 0) {
        r->at = 1;
        return put(r, n, gets, gets_len / (ASKED_AT_ONCE / 4), &taken);
    }
    return get(r, n, 4096, &got) && got == 0;
}

static bool oversize(struct stress_rogue *r, struct stress_fault_count *n,
                     uint64_t now)
{
    static const char *const claims[] = {
        "*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$536870913\r\n", "*1000000000\r\n",
        "*2\r\n$2147483648\r\n",
        "*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$536870000\r\nx"};
    size_t taken, got;

    if (r->at == 0) {
        const char *claim = claims[stress_random_below(&r->random, 4)];

        r->at = 1;
        r->next_at = now + 20 * MS;
        return put(r, n, claim, strlen(claim), &taken);
    }
    r->next_at = now + 20 * MS;
    return get(r, n, 4096, &got) && now - r->opened_at < 500 * MS;
}

bool stress_rogue_act(struct stress_rogue *r, struct stress_fault_count *n,
                      uint64_t now)
{
    static bool (*const acts[STRESS_N_MISDEEDS])(
        struct stress_rogue *, struct stress_fault_count *,
        uint64_t) = {slow_reader, never_read, slow_writer, garbage,
                     partial,     reset,      oversize};

    return acts[r->kind](r, n, now);
}
