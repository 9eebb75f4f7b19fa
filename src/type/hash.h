/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/hash.h -- fields with values: the type behind HSET.
 *
 * Purpose    Small hashes are one pack (field, value, field, value...), in the
 *            order in which the fields came; large ones are a dict whose nodes
 *            hold field and value in one block. A hash goes over from the small
 *            form to the large one when it outgrows the limits, never back.
 * Threads    One at a time; see type/object.h.
 * Ownership  Fields and values that are given are copied, and must not lie in
 *            the hash. What is read lies in the hash, or in the buffer given,
 *            until the next change.
 * Errors     0, or -ENOMEM with the hash as it was (-EFBIG: a field or value
 *            that no hash can hold).
 */
#ifndef BATON_TYPE_HASH_H
#define BATON_TYPE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "type/dict.h"
#include "type/object.h"
#include "type/pack.h"

struct hash;

/* Up to which a hash stays small: fields, and bytes of each field and value. */
struct hash_limits {
    size_t entries, value;
};

struct hash *hash_new(void); /* empty; NULL: out of memory */
size_t hash_count(const struct hash *h);
bool hash_is_small(const struct hash *h);

/* h may be NULL. */
static inline void hash_free(struct hash *h)
{
    if (h) {
        hash_ops.free(h);
    }
}

/* ---- One field ---- */

/* Where a field is, or that it is not there: void after any change. */
struct hash_place {
    uint32_t at;   /* small: of the field in the pack, or PACK_NONE */
    uint32_t hash; /* large */
    struct dict_node **link;
};

/* False when the field is not there; the place is good for hash_put then too. */
bool hash_find(const struct hash *h, struct bt_slice field,
               struct hash_place *place);
/* The value at a place where there is one. */
struct bt_slice hash_value(const struct hash *h, const struct hash_place *place,
                           char buf[PACK_TEXT]);
/* place is what hash_find() said of this field. */
int hash_put(struct hash *h, const struct hash_place *place,
             struct bt_slice field, struct bt_slice value,
             const struct hash_limits *limits);
void hash_delete_at(struct hash *h, const struct hash_place *place);
bool hash_delete(struct hash *h, struct bt_slice field);
/* So many fields are about to be put: goes over to the large form at once when
 * the small one cannot hold them. 0 or -ENOMEM. */
int hash_expect(struct hash *h, size_t fields,
                const struct hash_limits *limits);

/* ---- All of them ---- */

struct hash_pair {
    struct bt_slice field, value;
    char field_text[PACK_TEXT], value_text[PACK_TEXT];
};

/* Begin with {0}; false at the end. The hash must not change meanwhile. */
struct hash_iter {
    uint32_t at;
    bool begun;
    struct dict_iter dict;
};
bool hash_next(const struct hash *h, struct hash_iter *it, struct hash_pair *p);

/* Field number i of a small hash, in order. */
void hash_pair_at(const struct hash *h, size_t i, struct hash_pair *p);
/* One by chance; the hash is not empty. See dict_random(). */
void hash_random(const struct hash *h, uint64_t *random, struct hash_pair *p);
typedef void hash_scan_fn(void *arg, const struct hash_pair *p);
/* Shows different ones that are chosen by chance; see dict_sample_init(). */
void hash_sample(const struct hash *h, struct dict_sample *s, hash_scan_fn *fn,
                 void *arg);
/* See dict_scan(); a small hash is shown as a whole. */
uint64_t hash_scan(const struct hash *h, uint64_t cursor, size_t count,
                   hash_scan_fn *fn, void *arg);

#endif
