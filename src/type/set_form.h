/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/set_form.h -- the forms of a set (inside type/set*.c only).
 *
 * Purpose    What lies below a set, and how it goes over from one form to
 *            another.
 * Threads    As the set.
 * Ownership  A set owns what lies below it.
 * Errors     0 or -ENOMEM, with the set as it was.
 */
#ifndef BATON_TYPE_SET_FORM_H
#define BATON_TYPE_SET_FORM_H

#include "base/decimal.h"
#include "type/intset.h"
#include "type/set.h"
#include "type/table.h"

enum set_form {
    SET_INTS,
    SET_PACK,
    SET_TABLE
};

struct set {
    union {
        struct intset *ints;
        struct pack *pack;
        struct table *table;
    } u;
    enum set_form form;
};

/* Of a table. */
struct set_node {
    struct dict_node dict;
    char text[];
};

static inline size_t set_node_size(size_t text_n)
{
    return offsetof(struct set_node, text) + text_n;
}

/* ---- Keys ---- */

static inline bool set_key_is_int(struct set_key *k)
{
    if (k->kind == SET_KEY_UNKNOWN) {
        k->kind = bt_decimal_read(k->s, &k->v) ? SET_KEY_INT : SET_KEY_TEXT;
    }
    return k->kind == SET_KEY_INT;
}

static inline uint32_t set_key_hash(struct set_key *k)
{
    if (!k->hashed) {
        k->hash = dict_hash(set_key_text(k));
        k->hashed = true;
    }
    return k->hash;
}

/* ---- The whole ---- */

struct set *set_form_new(enum set_form form); /* empty */
/* A copy, and the end, of what lies below; the structure itself is the
 * caller's. */
int set_form_copy(struct set *to, const struct set *from);
void set_form_fini(struct set *s);

/* How many integers a set keeps in order. */
static inline size_t set_most_ints(const struct set_limits *limits)
{
    return limits->ints < INTSET_MAX ? limits->ints : INTSET_MAX - 1;
}

/* ---- Other forms ---- */

/* The key is not there. */
int set_table_add(struct table *t, struct set_key *k);
int set_to_table(struct set *s);
int set_to_pack(struct set *s);
/* No table: all members and a text of n bytes fit into a pack. */
bool set_fits_pack(const struct set *s, size_t n,
                   const struct set_limits *limits);

#endif
