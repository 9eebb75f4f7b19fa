/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/verify.c -- what each key may hold, and how a value proves it.
 *
 * Why the rule is sound: a reader takes the floor before it writes the GET to
 * its socket, and whatever raised the floor had by then been read from another
 * socket, so the server was done with that write before it saw the GET. The
 * ceiling is read after the reply, and a version is entered in `sent` before
 * the SET is written to its socket.
 */
#include "stress/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stress/clock.h"

#define VOID_MARK UINT32_MAX

const char *stress_fault_name(enum stress_fault f)
{
    static const char *const names[STRESS_N_FAULTS] = {
        "right", "crossed",   "torn",    "stale",
        "lost",  "reordered", "missing", "unexpected"};

    return names[f];
}

int stress_ledger_init(struct stress_ledger *l)
{
    l->sent = calloc(l->keys, sizeof(*l->sent));
    l->in_force = calloc(l->keys, sizeof(*l->in_force));
    if (l->sent == NULL || l->in_force == NULL) {
        stress_ledger_fini(l);
        return -ENOMEM;
    }
    return 0;
}

void stress_ledger_fini(struct stress_ledger *l)
{
    free(l->sent);
    free(l->in_force);
    l->sent = l->in_force = NULL;
}

uint32_t stress_ledger_send(struct stress_ledger *l, uint32_t key)
{
    /* Relaxed: only this thread stores it. */
    uint32_t v = atomic_load_explicit(&l->sent[key], memory_order_relaxed) + 1;

    /* Release: pairs with the acquire in version_fault(), by way of the
     * server: whoever reads the value from a socket sees this store. */
    atomic_store_explicit(&l->sent[key], v, memory_order_release);
    return v;
}

void stress_ledger_void(struct stress_ledger *l, uint32_t key)
{
    atomic_store(&l->in_force[key], VOID_MARK);
}

void stress_ledger_prove(struct stress_ledger *l, uint32_t key,
                         uint32_t version)
{
    /* Relaxed: the exchange below checks it. */
    uint32_t v = atomic_load_explicit(&l->in_force[key], memory_order_relaxed);

    while (v < version) {
        /* Release: pairs with the acquire in stress_ledger_floor(). */
        if (atomic_compare_exchange_weak_explicit(&l->in_force[key], &v,
                                                  version, memory_order_release,
                                                  memory_order_relaxed)) {
            return;
        }
    }
}

uint32_t stress_ledger_floor(const struct stress_ledger *l, uint32_t key,
                             uint32_t reader)
{
    /* Acquire: pairs with the release in stress_ledger_prove(). */
    uint32_t v = atomic_load_explicit(&l->in_force[key], memory_order_acquire);

    if (v == VOID_MARK) {
        return 0;
    }
    /* Relaxed: the writer reads what it stored itself. */
    return key % l->writers != reader
               ? v
               : atomic_load_explicit(&l->sent[key], memory_order_relaxed);
}

void stress_hex(char *to, uint32_t v, unsigned digits)
{
    while (digits > 0) {
        to[--digits] = "0123456789abcdef"[v & 15];
        v >>= 4;
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int unhex(const char *s, unsigned digits, uint32_t *out)
{
    uint32_t v = 0;

    for (unsigned i = 0; i < digits; i++) {
        int d = hex_digit(s[i]);

        if (d < 0) {
            return -EINVAL;
        }
        v = v << 4 | (uint32_t)d;
    }
    *out = v;
    return 0;
}

void stress_key_write(const struct stress_ledger *l, char *to, uint32_t key)
{
    memcpy(to, "bs:", 3);
    stress_hex(to + 3, l->run, 8);
    to[11] = ':';
    stress_hex(to + 12, key, 8);
}

static uint64_t filler_seed(const struct stress_ledger *l, uint32_t key,
                            uint32_t version)
{
    return stress_mix(((uint64_t)key << 32 | version) ^
                      ((uint64_t)l->run << 16));
}

/* Eight letters a..p; no two places of any two values are likely the same. */
static uint64_t filler(uint64_t *state)
{
    return (stress_random(state) & UINT64_C(0x0f0f0f0f0f0f0f0f)) +
           UINT64_C(0x6161616161616161);
}

static void head_write(const struct stress_ledger *l, char *to, uint32_t key,
                       uint32_t version)
{
    stress_hex(to, key, 8);
    to[8] = ':';
    stress_hex(to + 9, key % l->writers, 5);
    to[14] = ':';
    stress_hex(to + 15, version, 8);
    to[23] = ':';
}

void stress_value_write(const struct stress_ledger *l, char *to, uint32_t key,
                        uint32_t version)
{
    uint64_t state = filler_seed(l, key, version);
    uint64_t word = filler(&state);
    size_t i;

    head_write(l, to, key, version);
    for (i = STRESS_VALUE_HEAD; i + 8 <= l->value_bytes; i += 8) {
        memcpy(to + i, &word, 8);
        word = filler(&state);
    }
    memcpy(to + i, &word, l->value_bytes - i);
}

/* Whether the bytes are exactly what was derived from key and version. */
static int value_sound(const struct stress_ledger *l, const char *value,
                       uint32_t key, uint32_t version)
{
    uint64_t state = filler_seed(l, key, version);
    uint64_t word = filler(&state), found;
    char head[STRESS_VALUE_HEAD];
    size_t i;

    head_write(l, head, key, version);
    if (memcmp(head, value, STRESS_VALUE_HEAD) != 0) {
        return 0;
    }
    for (i = STRESS_VALUE_HEAD; i + 8 <= l->value_bytes; i += 8) {
        memcpy(&found, value + i, 8);
        if (found != word) {
            return 0;
        }
        word = filler(&state);
    }
    return memcmp(&word, value + i, l->value_bytes - i) == 0;
}

static enum stress_fault version_fault(const struct stress_ledger *l,
                                       uint32_t key, uint32_t floor,
                                       uint32_t version)
{
    if (version < floor) {
        return STRESS_STALE;
    }
    /* Acquire: pairs with the release in stress_ledger_send(). */
    if (version > atomic_load_explicit(&l->sent[key], memory_order_acquire)) {
        return STRESS_UNEXPECTED;
    }
    return STRESS_RIGHT;
}

enum stress_fault stress_value_check(const struct stress_ledger *l,
                                     const char *value, size_t len,
                                     uint32_t key, uint32_t floor,
                                     uint32_t *version)
{
    uint32_t its_key;

    if (len != l->value_bytes || unhex(value, 8, &its_key) < 0 ||
        unhex(value + 15, 8, version) < 0 || *version == 0 ||
        !value_sound(l, value, its_key, *version)) {
        return STRESS_TORN;
    }
    if (its_key != key) {
        return STRESS_CROSSED;
    }
    return version_fault(l, key, floor, *version);
}
