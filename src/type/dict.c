/* SPDX-License-Identifier: BSD-2-Clause */
#include "type/dict.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/cursor.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/siphash.h"

#define SEGMENT_BITS  10 /* 8 KB: quickly zeroed, and quickly copied */
#define SEGMENT_SIZE  ((size_t)1 << SEGMENT_BITS)
#define SEGMENT_BYTES (SEGMENT_SIZE * sizeof(struct dict_node *))
#define FIRST_SIZE    ((size_t)16) /* buckets of a new dict */
#define MOST_BUCKETS  ((size_t)1 << 31)

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

static inline struct dict_node **bucket_at(const struct dict *d, size_t i)
{
    return &d->segment[i >> SEGMENT_BITS][i & (SEGMENT_SIZE - 1)];
}

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

static size_t segment_bytes(const struct dict *d, size_t s)
{
    return s == 0 ? d->first_size * sizeof(struct dict_node *) : SEGMENT_BYTES;
}

size_t dict_bytes(const struct dict *d)
{
    if (d->n_segments == 0) {
        return 0;
    }
    return bt_mem_size(d->room * sizeof *d->segment) +
           bt_mem_size(segment_bytes(d, 0)) +
           (d->n_segments - 1) * bt_mem_size(SEGMENT_BYTES);
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
    for (size_t s = 0; s < d->n_segments; s++) {
        bt_mem_put(d->segment[s], segment_bytes(d, s));
    }
    bt_mem_put(d->segment, d->room * sizeof *d->segment);
    dict_init(d, d->type);
}

/* ---- Room for buckets ---- */

static struct dict_node **new_segment(size_t buckets)
{
    struct dict_node **s = bt_mem_get(buckets * sizeof *s);

    for (size_t i = 0; s && i < buckets; i++) {
        s[i] = NULL;
    }
    return s;
}

static bool begin(struct dict *d)
{
    struct dict_node ***segment = bt_mem_get(sizeof *segment);

    if (!segment) {
        return false;
    }
    segment[0] = new_segment(FIRST_SIZE);
    if (!segment[0]) {
        bt_mem_put(segment, sizeof *segment);
        return false;
    }
    d->segment = segment;
    d->n_segments = d->room = 1;
    d->first_size = d->n_buckets = d->half = FIRST_SIZE;
    return true;
}

/* Segment 0 alone comes in several sizes. */
static bool resize_first(struct dict *d, size_t n)
{
    struct dict_node **s =
        bt_mem_resize(d->segment[0], segment_bytes(d, 0), n * sizeof *s);

    if (!s) {
        return false;
    }
    for (size_t i = d->first_size; i < n; i++) {
        s[i] = NULL;
    }
    d->segment[0] = s;
    d->first_size = n;
    return true;
}

static bool resize_directory(struct dict *d, size_t room)
{
    struct dict_node ***p =
        bt_mem_resize(d->segment, d->room * sizeof *p, room * sizeof *p);

    if (!p) {
        return false;
    }
    d->segment = p;
    d->room = room;
    return true;
}

/* For bucket number n_buckets. */
static bool more_room(struct dict *d)
{
    if (d->n_segments == 1 && d->first_size < SEGMENT_SIZE) {
        return d->n_buckets < d->first_size ||
               resize_first(d, 2 * d->first_size);
    }
    if (d->n_buckets < d->n_segments * SEGMENT_SIZE) {
        return true;
    }
    if (d->n_segments == d->room && !resize_directory(d, 2 * d->room)) {
        return false;
    }
    d->segment[d->n_segments] = new_segment(SEGMENT_SIZE);
    if (!d->segment[d->n_segments]) {
        return false;
    }
    d->n_segments++;
    return true;
}

/* Later than it could be, so that a dict whose size goes up and down does not
 * give and take all the time. */
static void less_room(struct dict *d)
{
    if (d->n_segments == 1) {
        if (d->first_size > FIRST_SIZE && d->n_buckets <= d->first_size / 4) {
            resize_first(d, d->first_size / 2);
        }
        return;
    }
    if (d->n_buckets + SEGMENT_SIZE / 2 > (d->n_segments - 1) * SEGMENT_SIZE) {
        return;
    }
    bt_mem_put(d->segment[--d->n_segments], SEGMENT_BYTES);
    if (d->n_segments <= d->room / 4) {
        resize_directory(d, d->room / 2);
    }
}

/* ---- Growing and shrinking ---- */

/* The next bucket of the lower half is split; its elements keep their order. */
static bool grow(struct dict *d)
{
    struct dict_node **low, **high, *n;

    if (d->n_buckets == MOST_BUCKETS || !more_room(d)) {
        return false;
    }
    low = bucket_at(d, d->n_buckets - d->half);
    high = bucket_at(d, d->n_buckets);
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
    end = bucket_at(d, last - d->half);
    while (*end) {
        end = &(*end)->next;
    }
    *end = *bucket_at(d, last);
    *bucket_at(d, last) = NULL;
    d->n_buckets = last;
    less_room(d);
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
        if (d->n_buckets <= FIRST_SIZE ||
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
    link = bucket_at(d, index_of(d, hash));
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
    n = *bucket_at(d, index_of(d, hash));
    while (n && !is_key(d, n, key, hash)) {
        n = n->next;
    }
    return n;
}

int dict_add(struct dict *d, struct dict_node *n, uint32_t hash)
{
    struct dict_node **bucket;

    if (bt_unlikely(d->n_buckets == 0) && !begin(d)) {
        return -ENOMEM;
    }
    bucket = bucket_at(d, index_of(d, hash));
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
    struct dict_node **link = bucket_at(d, index_of(d, n->hash));

    while (*link != n) {
        bt_assert(*link);
        link = &(*link)->next;
    }
    dict_remove_link(d, link);
}

/* ---- All of them ---- */

struct dict_node *dict_next(const struct dict *d, struct dict_iter *it)
{
    struct dict_node *n = it->next;

    while (!n && it->bucket < d->n_buckets) {
        n = *bucket_at(d, it->bucket++);
    }
    it->next = n ? n->next : NULL;
    return n;
}

/* A cursor is the first of the hashes that are still to be visited, in the order
 * of the hashes read backwards. In that order a bucket is a range, and splitting
 * or merging buckets splits or merges ranges that stand side by side. */
uint64_t dict_scan(const struct dict *d, uint64_t cursor, size_t count,
                   dict_scan_fn *fn, void *arg)
{
    size_t seen = 0, buckets = 0,
           limit = count < SIZE_MAX / 16 ? count * 10 : SIZE_MAX;

    if (d->n_buckets == 0) {
        return 0;
    }
    do {
        size_t i = (size_t)cursor & (d->half - 1);
        uint64_t mask = d->half - 1;

        if (i < d->n_buckets - d->half) { /* it was split */
            mask = 2 * d->half - 1;
            i = (size_t)(cursor & mask);
        }
        for (struct dict_node *n = *bucket_at(d, i); n; n = n->next) {
            fn(arg, n);
            seen++;
        }
        cursor = bt_cursor_next(cursor, mask);
        buckets++;
    } while (cursor != 0 && seen < count && buckets < limit);
    return cursor;
}

/* A bucket by chance, and in it a place by chance of four: an element there is
 * taken. So each has the same chance, unless its chain is longer. */
static struct dict_node *try_fairly(const struct dict *d, uint64_t *random)
{
    struct dict_node *first =
        *bucket_at(d, dict_random_below(random, d->n_buckets));
    size_t n = 0, at;

    for (struct dict_node *node = first; node; node = node->next) {
        n++;
    }
    if (n == 0) {
        return NULL;
    }
    at = dict_random_below(random, n < 4 ? 4 : n);
    for (; first && at > 0; at--) {
        first = first->next;
    }
    return first;
}

struct dict_node *dict_random(const struct dict *d, uint64_t *random)
{
    struct dict_node *n = NULL;
    struct dict_iter it = {0};

    if (d->count == 0) {
        return NULL;
    }
    for (unsigned i = 0; !n && i < 256; i++) {
        n = try_fairly(d, random);
    }
    if (!n) { /* hardly ever: from some place on, the next one there is */
        it.bucket = dict_random_below(random, d->n_buckets);
        n = dict_next(d, &it);
    }
    if (!n) {
        it = (struct dict_iter){0};
        n = dict_next(d, &it);
    }
    return n;
}

/* ---- Some of them ---- */

#define WALK_BELOW 512 /* looking at so many costs little */

int dict_sample_init(struct dict_sample *s, size_t n, size_t of,
                     uint64_t *random)
{
    size_t slots = 16;

    bt_assert(n <= of);
    *s = (struct dict_sample){.n = n, .of = of, .random = random};
    if (of < WALK_BELOW || n > of / 3) {
        return 0;
    }
    while (slots < 2 * n) {
        slots *= 2;
    }
    s->mask = slots - 1;
    s->drawn = calloc(slots, sizeof *s->drawn);
    return s->drawn ? 0 : -ENOMEM;
}

void dict_sample_fini(struct dict_sample *s)
{
    free(s->drawn);
    s->drawn = NULL;
}

/* False: it was drawn before. */
static bool draw(struct dict_sample *s, const struct dict_node *n)
{
    size_t i = (size_t)((uint64_t)n->hash * UINT64_C(0x9e3779b97f4a7c15) >> 32);

    for (i &= s->mask; s->drawn[i]; i = (i + 1) & s->mask) {
        if (s->drawn[i] == n) {
            return false;
        }
    }
    s->drawn[i] = n;
    return true;
}

void dict_sample_each(const struct dict *d, struct dict_sample *s,
                      dict_scan_fn *fn, void *arg)
{
    struct dict_iter it = {0};
    struct dict_node *n;

    bt_assert(s->of == d->count);
    while (s->n > 0) {
        n = s->drawn ? dict_random(d, s->random) : dict_next(d, &it);
        if (s->drawn ? draw(s, n) : dict_sample_take(s)) {
            s->n -= s->drawn != NULL;
            fn(arg, n);
        }
    }
}
