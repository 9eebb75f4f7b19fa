/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/dict.c -- single elements, and how many buckets there are for them.
 */
#include "type/dict.h"

#include <errno.h>
#include <pthread.h>

#include "base/check.h"
#include "base/random.h"
#include "base/siphash.h"
#include "type/dict_room.h"

#define MOST_BUCKETS ((size_t)1 << 31)

/* ---- Hash ---- */

static struct bt_hash_key secret;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_secret(void)
{
    /* Without the system's help the table works, but may be made slow. */
    if (bt_random(&secret, sizeof secret) != 0) {
        secret.k0 = (uint64_t)(uintptr_t)&secret;
    }
}

uint32_t dict_hash(struct bt_slice key)
{
    uint64_t h;

    bt_ok(pthread_once(&once, make_secret));
    h = bt_siphash(&secret, key.p, key.n);
    return (uint32_t)h;
}

/* ---- Buckets ---- */

/* The bucket of a hash: by one more bit where the bucket was split. */
static inline size_t index_of(const struct dict *d, uint32_t hash)
{
    size_t i = hash & (2 * d->half - 1);

    return i < d->n_buckets ? i : i - d->half;
}

static inline const char *key_of(const struct dict *d,
                                 const struct dict_node *n)
{
    return d->type->key ? d->type->key(n) : (const char *)n + d->type->key_at;
}

static inline bool is_key(const struct dict *d, const struct dict_node *n,
                          struct bt_slice key, uint32_t hash)
{
    return n->hash == hash && n->key_n == key.n &&
           memcmp(key_of(d, n), key.p, key.n) == 0;
}

void dict_init(struct dict *d, const struct dict_type *type)
{
    memset(d, 0, sizeof *d);
    d->type = type;
}

void dict_fini(struct dict *d, void (*free_node)(struct dict_node *n))
{
    struct dict_iter it = {0};
    struct dict_node *n;

    while (free_node && (n = dict_next(d, &it))) {
        free_node(n);
    }
    dict_room_end(d);
    dict_init(d, d->type);
}

/* ---- Growing and shrinking ---- */

/* The next bucket of the lower half is split; its elements keep their order. */
static bool grow(struct dict *d)
{
    struct dict_node **low, **high, *n;

    if (d->n_buckets == MOST_BUCKETS ||
        (!dict_has_room(d) && !dict_room_more(d))) {
        return false;
    }
    low = dict_bucket(d, d->n_buckets - d->half);
    high = dict_bucket(d, d->n_buckets);
    for (n = *low; n; n = n->next) {
        struct dict_node ***end = n->hash & d->half ? &high : &low;

        **end = n;
        *end = &n->next;
    }
    *low = *high = NULL;
    if (++d->n_buckets == 2 * d->half) {
        d->half = d->n_buckets;
    }
    return true;
}

/* The last bucket is merged into its partner. */
static void shrink(struct dict *d)
{
    size_t last = d->n_buckets - 1;
    struct dict_node **end;

    if (d->n_buckets == d->half) {
        d->half /= 2;
    }
    end = dict_bucket(d, last - d->half);
    while (*end) {
        end = &(*end)->next;
    }
    *end = *dict_bucket(d, last);
    *dict_bucket(d, last) = NULL;
    d->n_buckets = last;
    if (dict_has_spare(d)) {
        dict_room_less(d);
    }
}

/* Three elements for four buckets; a new element asks for less than two. */
static void after_add(struct dict *d)
{
    for (unsigned i = 0; i < 2; i++) {
        if (d->count <= d->n_buckets - d->n_buckets / 4 || !grow(d)) {
            return;
        }
    }
}

/* Begins when half of it is unused. A removal asks for less than three buckets
 * to go. */
static void after_remove(struct dict *d)
{
    for (unsigned i = 0; i < 3; i++) {
        if (d->n_buckets <= DICT_FIRST_SIZE ||
            d->count >= d->n_buckets / 4 + d->n_buckets / 8) {
            return;
        }
        shrink(d);
    }
}

/* ---- One element ---- */

struct bt_slice dict_key(const struct dict *d, const struct dict_node *n)
{
    return bt_slice(key_of(d, n), n->key_n);
}

struct dict_node **dict_find_link(const struct dict *d, struct bt_slice key,
                                  uint32_t hash)
{
    struct dict_node **link;

    if (bt_unlikely(d->n_buckets == 0)) {
        return NULL;
    }
    link = dict_bucket(d, index_of(d, hash));
    while (*link) {
        if (is_key(d, *link, key, hash)) {
            return link;
        }
        link = &(*link)->next;
    }
    return NULL;
}

struct dict_node *dict_find(const struct dict *d, struct bt_slice key,
                            uint32_t hash)
{
    struct dict_node *n;

    if (bt_unlikely(d->n_buckets == 0)) {
        return NULL;
    }
    n = *dict_bucket(d, index_of(d, hash));
    while (n && !is_key(d, n, key, hash)) {
        n = n->next;
    }
    return n;
}

int dict_add(struct dict *d, struct dict_node *n, uint32_t hash)
{
    struct dict_node **bucket;

    if (bt_unlikely(d->n_buckets == 0) && !dict_room_begin(d)) {
        return -ENOMEM;
    }
    bucket = dict_bucket(d, index_of(d, hash));
    n->hash = hash;
    n->next = *bucket;
    *bucket = n;
    d->count++;
    after_add(d);
    return 0;
}

void dict_remove_link(struct dict *d, struct dict_node **link)
{
    *link = (*link)->next;
    d->count--;
    after_remove(d);
}

struct dict_node *dict_remove(struct dict *d, struct bt_slice key,
                              uint32_t hash)
{
    struct dict_node **link = dict_find_link(d, key, hash);
    struct dict_node *n = link ? *link : NULL;

    if (n) {
        dict_remove_link(d, link);
    }
    return n;
}

void dict_remove_node(struct dict *d, struct dict_node *n)
{
    struct dict_node **link = dict_bucket(d, index_of(d, n->hash));

    while (*link != n) {
        bt_assert(*link);
        link = &(*link)->next;
    }
    dict_remove_link(d, link);
}
