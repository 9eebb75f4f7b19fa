/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/dict.h -- a hash table for large collections, whose elements carry their
 * own links.
 *
 *     struct member {
 *         struct dict_node node;          the first field
 *         char text[];                    the key: node.key_n bytes
 *     };
 *     static const struct dict_type members = {
 *         .key_at = offsetof(struct member, text)};
 *
 *     uint32_t hash = dict_hash(key);
 *     if (!dict_find(&d, key, hash)) { dict_add(&d, &m->node, hash); }
 *
 * Layout     One table of any number of buckets, which grows and shrinks by
 *            single buckets (linear hashing): bucket i of the lower half is
 *            split into i and i + half when it is its turn, or both are merged
 *            again. So each change costs about the same, however many elements
 *            there are. The buckets lie in segments, so that none is ever copied
 *            to a new place once there are many. A hash is compared before a key
 *            is, and no key is hashed a second time.
 * Threads    One at a time; dict_hash: any.
 * Ownership  The nodes are the caller's: dict links and unlinks them only. The
 *            key of a node stays as it is while it is in the dict.
 * Hash       Keyed with a secret of the process, for clients choose the keys.
 * Errors     Only the first dict_add can fail for want of memory; later the
 *            chains are longer than they should be.
 */
#ifndef BATON_TYPE_DICT_H
#define BATON_TYPE_DICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct dict_node {
    struct dict_node *next; /* in the bucket */
    uint32_t hash;          /* dict's own, set by dict_add */
    uint32_t key_n;         /* bytes of the key: set before dict_add */
};

/* Where the key of a node is: at a place that is the same in all nodes, or
 * where a function says. */
struct dict_type {
    size_t key_at;                                 /* from the node on */
    const char *(*key)(const struct dict_node *n); /* NULL: at key_at */
};

struct dict {
    const struct dict_type *type;
    struct dict_node ***segment;
    size_t n_segments; /* that there are, and for which there is room */
    size_t room;
    size_t first_size; /* buckets of segment 0: less than the others at first */
    size_t n_buckets;  /* half <= n_buckets < 2 * half; 0: nothing yet */
    size_t half;       /* a power of two */
    size_t count;      /* elements */
};

/* Nothing is allocated before the first element. */
void dict_init(struct dict *d, const struct dict_type *type);
/* Gives back the buckets; free (may be NULL) is called for each node left. */
void dict_fini(struct dict *d, void (*free_node)(struct dict_node *n));

static inline size_t dict_count(const struct dict *d)
{
    return d->count;
}

/* Memory of the buckets, without the nodes; O(1). */
size_t dict_bytes(const struct dict *d);

uint32_t dict_hash(struct bt_slice key);
struct bt_slice dict_key(const struct dict *d, const struct dict_node *n);

/* ---- One element; hash is dict_hash(key) ---- */

struct dict_node *dict_find(const struct dict *d, struct bt_slice key,
                            uint32_t hash);
/* Where the pointer to the node is, so that another node with the same key can
 * take its place by dict_replace; NULL: not there. Void after any change. */
struct dict_node **dict_find_link(const struct dict *d, struct bt_slice key,
                                  uint32_t hash);
/* The node at *link gives way to n, and is the caller's again. `next` and `hash`
 * are those of the old one, which may have been moved by realloc already. */
static inline void dict_replace(struct dict_node **link, struct dict_node *n,
                                struct dict_node *next, uint32_t hash)
{
    n->next = next;
    n->hash = hash;
    *link = n;
}

/* There must be no node with this key. 0 or -ENOMEM. */
int dict_add(struct dict *d, struct dict_node *n, uint32_t hash);
/* The node that was taken out; NULL: not there. */
struct dict_node *dict_remove(struct dict *d, struct bt_slice key,
                              uint32_t hash);
/* The same for what dict_find_link() found. */
void dict_remove_link(struct dict *d, struct dict_node **link);
/* The same for a node that is known to be in it. */
void dict_remove_node(struct dict *d, struct dict_node *n);

/* ---- All of them ---- */

/* Each node once, when nothing is added or removed meanwhile:
 *
 *     struct dict_iter it = {0};
 *     while ((n = dict_next(d, &it))) ...
 *
 * The last node given may be freed if the dict is given up afterwards. */
struct dict_iter {
    size_t bucket;
    struct dict_node *next;
};
struct dict_node *dict_next(const struct dict *d, struct dict_iter *it);

/* Visits at least one bucket and stops when `count` elements were seen or many
 * buckets were; gives the next cursor, 0 at the end. An element that stays from
 * the call with 0 to the one that answers 0 is visited at least once, whatever
 * is added and removed between the calls. fn must not change the dict. */
typedef void dict_scan_fn(void *arg, struct dict_node *n);
uint64_t dict_scan(const struct dict *d, uint64_t cursor, size_t count,
                   dict_scan_fn *fn, void *arg);

/* One of them, each with about the same chance; NULL: it is empty. *random is
 * the state of a generator, not 0, and is moved on. */
struct dict_node *dict_random(const struct dict *d, uint64_t *random);

/* A number below n (> 0) from such a generator. */
static inline size_t dict_random_below(uint64_t *random, size_t n)
{
    uint64_t x = *random;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *random = x;
    return (size_t)((x >> 11) % n);
}

/* ---- Some of them, all different ---- */

/* n of `of` elements, each choice as likely as any other. What is looked at one
 * by one is chosen by dict_sample_take; when n is small beside a large dict, its
 * elements are drawn by chance until there are n different ones. */
struct dict_sample {
    size_t n, of; /* still to choose, and from how many */
    uint64_t *random;
    const struct dict_node **drawn; /* open addressing; NULL: one by one */
    size_t mask;
};

/* n <= of. 0 or -ENOMEM. */
int dict_sample_init(struct dict_sample *s, size_t n, size_t of,
                     uint64_t *random);
void dict_sample_fini(struct dict_sample *s);

/* Whether the next element is among the chosen ones. */
static inline bool dict_sample_take(struct dict_sample *s)
{
    bool take = s->n > 0 && dict_random_below(s->random, s->of) < s->n;

    s->of--;
    s->n -= take;
    return take;
}

/* Shows the chosen ones of a dict of `of` elements. */
void dict_sample_each(const struct dict *d, struct dict_sample *s,
                      dict_scan_fn *fn, void *arg);

#endif
