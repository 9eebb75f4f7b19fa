/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/tally.c -- what one thread has counted.
 */
#include "stress/tally.h"

#include <stdio.h>
#include <string.h>

/* Relaxed throughout: figures with one writer, nothing published by them. */
static uint64_t get(const _Atomic uint64_t *a)
{
    return atomic_load_explicit(a, memory_order_relaxed);
}

static void add(_Atomic uint64_t *a, uint64_t n)
{
    atomic_store_explicit(a, get(a) + n, memory_order_relaxed);
}

void stress_tally_add(struct stress_tally *t, enum stress_count c, uint64_t n)
{
    add(&t->count[c], n);
}

void stress_tally_fault(struct stress_tally *t, enum stress_fault f, uint64_t n)
{
    add(&t->fault[f], n);
}

uint64_t stress_tally_get(const struct stress_tally *t, enum stress_count c)
{
    return get(&t->count[c]);
}

uint64_t stress_tally_faults(const struct stress_tally *t, enum stress_fault f)
{
    return get(&t->fault[f]);
}

static struct stress_text *text_slot(struct stress_tally *t, const char *text)
{
    for (unsigned i = 0; i < t->n_texts; i++) {
        if (strcmp(t->text[i].text, text) == 0) {
            return &t->text[i];
        }
    }
    if (t->n_texts == STRESS_TEXTS) {
        snprintf(t->text[STRESS_TEXTS - 1].text, STRESS_TEXT_BYTES, "(others)");
        return &t->text[STRESS_TEXTS - 1];
    }
    snprintf(t->text[t->n_texts].text, STRESS_TEXT_BYTES, "%s", text);
    return &t->text[t->n_texts++];
}

void stress_tally_text(struct stress_tally *t, const char *text, size_t len,
                       uint64_t n)
{
    /* Redis repeats the words of a command that it does not know. */
    static const char words[] = ", with args beginning with";
    char clean[STRESS_TEXT_BYTES];
    char *end;
    size_t i;

    for (i = 0; i < len && i < sizeof(clean) - 1; i++) {
        clean[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
    }
    clean[i] = '\0';
    end = strstr(clean, words);
    if (end != NULL) {
        *end = '\0';
    }
    text_slot(t, clean)->count += n;
}

void stress_tally_merge(struct stress_tally *to,
                        const struct stress_tally *from, int texts)
{
    for (int i = 0; i < STRESS_N_COUNTS; i++) {
        add(&to->count[i], get(&from->count[i]));
    }
    for (int i = 0; i < STRESS_N_FAULTS; i++) {
        add(&to->fault[i], get(&from->fault[i]));
    }
    stress_histogram_merge(&to->service, &from->service);
    for (int i = 0; i < STRESS_OPS; i++) {
        stress_histogram_merge(&to->op[i], &from->op[i]);
    }
    stress_histogram_merge(&to->delivery, &from->delivery);
    stress_histogram_merge(&to->response, &from->response);
    stress_histogram_merge(&to->delay, &from->delay);
    stress_histogram_merge(&to->calm, &from->calm);
    stress_histogram_merge(&to->connect, &from->connect);
    for (unsigned i = 0; texts && i < from->n_texts; i++) {
        stress_tally_text(to, from->text[i].text, strlen(from->text[i].text),
                          from->text[i].count);
    }
}
