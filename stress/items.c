/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/items.c -- what was pushed or published, and what has been delivered.
 *
 * Bits are allocated in chunks that double, by whoever comes first; all
 * operations are sequentially consistent, since none of them is on the way of
 * plain reads and writes of keys.
 */
#include "stress/items.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_BITS 12

int stress_items_init(struct stress_items *t, uint32_t writers)
{
    *t = (struct stress_items){.writers = writers};
    t->writer = calloc(writers, sizeof(*t->writer));
    return t->writer != NULL ? 0 : -ENOMEM;
}

static void bits_free(struct stress_bits *b)
{
    for (int i = 0; i < STRESS_CHUNKS; i++) {
        free((void *)atomic_load(&b->chunk[i]));
    }
}

void stress_items_fini(struct stress_items *t)
{
    for (uint32_t i = 0; t->writer != NULL && i < t->writers; i++) {
        bits_free(&t->writer[i].delivered);
        bits_free(&t->writer[i].unknown);
    }
    free(t->writer);
    t->writer = NULL;
}

/* The word of a bit; NULL when it is not there (and not to be made). */
static _Atomic uint64_t *word_of(struct stress_bits *b, uint32_t n, bool make)
{
    uint32_t at = n + (1u << FIRST_BITS), chunk = 0;
    _Atomic uint64_t *words, *none = NULL;

    while (at >> (FIRST_BITS + 1) >> chunk != 0) {
        chunk++;
    }
    if (chunk >= STRESS_CHUNKS) {
        return NULL;
    }
    at -= 1u << (FIRST_BITS + chunk);
    words = atomic_load(&b->chunk[chunk]);
    if (words == NULL && make) {
        words =
            calloc(((size_t)1 << (FIRST_BITS + chunk)) / 64, sizeof(*words));
        if (words != NULL &&
            !atomic_compare_exchange_strong(&b->chunk[chunk], &none, words)) {
            free((void *)words);
            words = none;
        }
    }
    return words != NULL ? &words[at / 64] : NULL;
}

/* The bit's place in its word: chunks begin at multiples of 64. */
static uint64_t bit(uint32_t n)
{
    return UINT64_C(1) << (n % 64);
}

uint32_t stress_items_send(struct stress_items *t, uint32_t writer)
{
    return atomic_fetch_add(&t->writer[writer].sent, 1) + 1;
}

bool stress_items_was_sent(const struct stress_items *t, uint32_t writer,
                           uint32_t number)
{
    return writer < t->writers && number > 0 &&
           number <= atomic_load(&t->writer[writer].sent);
}

bool stress_items_is_unknown(const struct stress_items *t, uint32_t writer,
                             uint32_t number)
{
    _Atomic uint64_t *w = word_of(&t->writer[writer].unknown, number, false);

    return w != NULL && (atomic_load(w) & bit(number)) != 0;
}

void stress_items_unknown(struct stress_items *t, uint32_t writer,
                          uint32_t number)
{
    _Atomic uint64_t *w = word_of(&t->writer[writer].unknown, number, true);

    if (w == NULL) {
        atomic_store(&t->short_of_memory, true);
        return;
    }
    atomic_fetch_or(w, bit(number));
}

bool stress_items_deliver(struct stress_items *t, uint32_t writer,
                          uint32_t number)
{
    _Atomic uint64_t *w = word_of(&t->writer[writer].delivered, number, true);

    if (w == NULL) {
        atomic_store(&t->short_of_memory, true);
        return true;
    }
    if ((atomic_fetch_or(w, bit(number)) & bit(number)) != 0) {
        return false;
    }
    atomic_fetch_add(&t->n_delivered, 1);
    return true;
}

static uint64_t missing(struct stress_item_writer *w)
{
    uint32_t sent = atomic_load(&w->sent);
    uint64_t n = 0;

    for (uint32_t i = 1; i <= sent && i > 0; i++) {
        _Atomic uint64_t *d = word_of(&w->delivered, i, false);
        _Atomic uint64_t *u = word_of(&w->unknown, i, false);

        n += (d == NULL || (atomic_load(d) & bit(i)) == 0) &&
             (u == NULL || (atomic_load(u) & bit(i)) == 0);
    }
    return n;
}

uint64_t stress_items_never(const struct stress_items *t)
{
    uint64_t n = 0, excused = atomic_load(&t->lost_pops);

    if (atomic_load(&t->short_of_memory)) {
        return 0;
    }
    for (uint32_t i = 0; i < t->writers; i++) {
        n += missing(&t->writer[i]);
    }
    return n > excused ? n - excused : 0;
}
