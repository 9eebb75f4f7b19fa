/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/set.h -- members, each once: the type behind SADD.
 *
 * Purpose    A set has one of three forms: integers in order (type/intset.h); a
 *            pack, in the order in which the members came; a dict. It goes over
 *            to a later one when it outgrows the limits, never back.
 * Threads    One at a time; see type/object.h.
 * Ownership  Members that are given are copied, and must not lie in the set.
 *            What is read lies in the set, or in the key given, until the next
 *            change.
 * Errors     -ENOMEM with the set as it was (-EFBIG: a member that no set can
 *            hold).
 */
#ifndef BATON_TYPE_SET_H
#define BATON_TYPE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "type/dict.h"
#include "type/object.h"
#include "type/pack.h"

struct set;

/* Up to which a set keeps a form: members of integers, of a pack, and bytes of
 * each member of a pack. */
struct set_limits {
    size_t ints, entries, value;
};

/* A member with what is known of it: each is found out once, whatever number of
 * sets is asked. Not to be copied. */
struct set_key {
    struct bt_slice s; /* p == NULL: to be written from v */
    int64_t v;
    uint32_t hash;
    bool hashed;
    enum set_key_kind {
        SET_KEY_UNKNOWN,
        SET_KEY_INT,
        SET_KEY_TEXT
    } kind;
    char text[PACK_TEXT];
};

static inline void set_key_init(struct set_key *k, struct bt_slice s)
{
    k->s = s;
    k->hashed = false;
    k->kind = SET_KEY_UNKNOWN;
}

void set_key_write(struct set_key *k); /* the text of v */

/* As text. */
static inline struct bt_slice set_key_text(struct set_key *k)
{
    if (!k->s.p) {
        set_key_write(k);
    }
    return k->s;
}

/* Empty, in the form that fits this first member when there are about `hint` of
 * them. NULL: out of memory. */
struct set *set_new(struct bt_slice first, size_t hint,
                    const struct set_limits *limits);
size_t set_count(const struct set *s);
bool set_is_large(const struct set *s); /* has the last form */

/* s may be NULL. */
static inline void set_free(struct set *s)
{
    if (s) {
        set_ops.free(s);
    }
}

/* ---- One member ---- */

struct set_place {
    size_t at;
    struct dict_node *node;
};

bool set_has(const struct set *s, struct set_key *k);
/* The same, and where it is: void after any change. */
bool set_find(const struct set *s, struct set_key *k, struct set_place *place);
/* It is not there: see set_has(). 0 or an error. */
int set_add_new(struct set *s, struct set_key *k,
                const struct set_limits *limits);
/* 1; 0: it was there; or an error. */
int set_add(struct set *s, struct set_key *k, const struct set_limits *limits);
void set_remove_at(struct set *s, const struct set_place *place);
bool set_remove(struct set *s, struct set_key *k);
/* So many are about to be added: goes over to the last form at once when the
 * set's own cannot hold them. 0 or -ENOMEM. */
int set_expect(struct set *s, size_t members, const struct set_limits *limits);

/* ---- All of them ---- */

/* Begin with {0}; false at the end. The set must not change meanwhile. */
struct set_iter {
    size_t at;
    bool begun;
    struct dict_iter dict;
};
bool set_next(const struct set *s, struct set_iter *it, struct set_key *k);

/* One by chance, and where it is; the set is not empty. See dict_random(). */
void set_random(const struct set *s, uint64_t *random, struct set_place *place,
                struct set_key *k);

typedef void set_scan_fn(void *arg, struct set_key *k);
/* Shows different ones that are chosen by chance; see dict_sample_init(). */
void set_sample(const struct set *s, struct dict_sample *sample,
                set_scan_fn *fn, void *arg);
/* See dict_scan(); a set that is no dict is shown as a whole. */
uint64_t set_scan(const struct set *s, uint64_t cursor, size_t count,
                  set_scan_fn *fn, void *arg);

#endif
