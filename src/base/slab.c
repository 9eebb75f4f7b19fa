/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/slab.h"

#include "base/check.h"
#include "base/sync.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#if defined(BATON_SANITIZED) && !defined(BT_SLAB_REAL)

struct bt_slab {
    char nothing;
};

struct bt_slab_cache {
    char nothing;
};

struct bt_slab *bt_slab_new(void)
{
    return malloc(sizeof(struct bt_slab));
}

void bt_slab_free(struct bt_slab **s)
{
    free(*s);
    *s = NULL;
}

struct bt_slab_cache *bt_slab_cache_new(struct bt_slab *s)
{
    (void)s;
    return malloc(sizeof(struct bt_slab_cache));
}

void bt_slab_cache_free(struct bt_slab_cache **c)
{
    free(*c);
    *c = NULL;
}

void *bt_slab_get(struct bt_slab_cache *c, size_t n)
{
    (void)c;
    return malloc(n);
}

void bt_slab_put(struct bt_slab_cache *c, void *p, size_t n)
{
    (void)c;
    (void)n;
    free(p);
}

#else

#define CHUNK   ((size_t)2 << 20)  /* a huge page; aligned to its size */
#define RUN     ((size_t)16 << 10) /* what a cache takes for a class at a time */
#define CLASSES (BT_SLAB_MAX / 16)
#define BUNDLE  64 /* blocks that pass through the depot together */

struct block {
    struct block *next;
    struct block *bundle; /* first block of a bundle: the next bundle */
};

/* At the start of each chunk. */
struct chunk {
    struct bt_slab *slab;
    struct chunk *next;
    void *memory; /* what malloc gave */
};

struct bt_slab {
    struct bt_mutex lock;
    struct chunk *chunks;
    size_t used; /* bytes of the newest chunk that are given out */
    struct block *bundles[CLASSES]; /* each BUNDLE blocks long */
    struct block *loose[CLASSES];   /* fewer */
};

struct bt_slab_cache {
    struct bt_slab *slab;
    struct {
        struct block *hot, *full; /* full: NULL or exactly BUNDLE blocks */
        unsigned n_hot;
        char *run, *end; /* never given out yet */
    } of[CLASSES];
};

static unsigned class_of(size_t n)
{
    bt_assert(n > 0 && n <= BT_SLAB_MAX);
    return (unsigned)((n - 1) / 16);
}

static size_t size_of(unsigned class)
{
    return ((size_t) class + 1) * 16;
}

struct bt_slab *bt_slab_new(void)
{
    struct bt_slab *s = calloc(1, sizeof *s);

    if (s) {
        bt_mutex_init(&s->lock, BT_RANK_SLAB, 0);
        s->used = CHUNK;
    }
    return s;
}

void bt_slab_free(struct bt_slab **s)
{
    if (*s) {
        while ((*s)->chunks) {
            struct chunk *k = (*s)->chunks;

            (*s)->chunks = k->next;
            free(k->memory);
        }
        bt_mutex_fini(&(*s)->lock);
        free(*s);
        *s = NULL;
    }
}

struct bt_slab_cache *bt_slab_cache_new(struct bt_slab *s)
{
    struct bt_slab_cache *c = calloc(1, sizeof *c);

    if (c) {
        c->slab = s;
    }
    return c;
}

/* ---- Depot ---- */

/* Only a chunk in use is offered for a huge page, which the system then makes of
 * it in its own time. Asked for before, it would be zeroed as a whole by whoever
 * touches it first: a tenth of a millisecond, and two where a host gives a
 * virtual machine its memory lazily. */
static void chunk_is_full(struct chunk *k)
{
#ifdef MADV_HUGEPAGE
    madvise(k, CHUNK, MADV_HUGEPAGE);
#else
    (void)k;
#endif
}

static bool new_chunk(struct bt_slab *s)
{
    struct chunk *k;
    void *p;

    if (posix_memalign(&p, CHUNK, CHUNK) != 0) {
        return false;
    }
    if (s->chunks) {
        chunk_is_full(s->chunks);
    }
    k = p;
    *k = (struct chunk){.slab = s, .next = s->chunks, .memory = p};
    s->chunks = k;
    s->used = 64; /* the header's cache line */
    return true;
}

/* A fresh run for a cache; false: out of memory. */
static bool new_run(struct bt_slab_cache *c, unsigned class)
{
    struct bt_slab *s = c->slab;
    bool ok = true;

    bt_mutex_lock(&s->lock);
    if (s->used + RUN > CHUNK) {
        ok = new_chunk(s);
    }
    if (ok) {
        c->of[class].run = (char *)s->chunks + s->used;
        c->of[class].end =
            c->of[class].run + RUN / size_of(class) * size_of(class);
        s->used += RUN;
    }
    bt_mutex_unlock(&s->lock);
    return ok;
}

static void give_bundle(struct bt_slab *s, unsigned class, struct block *b)
{
    bt_mutex_lock(&s->lock);
    b->bundle = s->bundles[class];
    s->bundles[class] = b;
    bt_mutex_unlock(&s->lock);
}

static void give_one(struct bt_slab *s, unsigned class, struct block *b)
{
    bt_mutex_lock(&s->lock);
    b->next = s->loose[class];
    s->loose[class] = b;
    bt_mutex_unlock(&s->lock);
}

/* A bundle, or what is loose, into an empty cache. */
static bool take_some(struct bt_slab_cache *c, unsigned class)
{
    struct bt_slab *s = c->slab;
    struct block *b;

    bt_mutex_lock(&s->lock);
    b = s->bundles[class];
    if (b) {
        s->bundles[class] = b->bundle;
        c->of[class].hot = b;
        c->of[class].n_hot = BUNDLE;
    } else {
        while ((b = s->loose[class]) && c->of[class].n_hot < BUNDLE) {
            s->loose[class] = b->next;
            b->next = c->of[class].hot;
            c->of[class].hot = b;
            c->of[class].n_hot++;
        }
    }
    bt_mutex_unlock(&s->lock);
    return c->of[class].hot != NULL;
}

/* ---- Cache ---- */

static bool refill(struct bt_slab_cache *c, unsigned class)
{
    if (c->of[class].full) {
        c->of[class].hot = c->of[class].full;
        c->of[class].n_hot = BUNDLE;
        c->of[class].full = NULL;
        return true;
    }
    return take_some(c, class);
}

void *bt_slab_get(struct bt_slab_cache *c, size_t n)
{
    unsigned class = class_of(n);
    struct block *b;
    char *p;

    if (!c->of[class].hot && c->of[class].run == c->of[class].end &&
        !refill(c, class) && !new_run(c, class)) {
        return NULL;
    }
    b = c->of[class].hot;
    if (b) {
        c->of[class].hot = b->next;
        c->of[class].n_hot--;
        bt_prefetch(b->next); /* for the next call, which reads its link */
        return b;
    }
    p = c->of[class].run;
    c->of[class].run += size_of(class);
    return p;
}

void bt_slab_put(struct bt_slab_cache *c, void *p, size_t n)
{
    struct chunk *k = (struct chunk *)((uintptr_t)p & ~(uintptr_t)(CHUNK - 1));
    unsigned class = class_of(n);
    struct block *b = p;

    if (bt_unlikely(!c || k->slab != c->slab)) {
        give_one(k->slab, class, b);
        return;
    }
    if (bt_unlikely(c->of[class].n_hot == BUNDLE)) {
        if (c->of[class].full) {
            give_bundle(c->slab, class, c->of[class].full);
        }
        c->of[class].full = c->of[class].hot;
        c->of[class].hot = NULL;
        c->of[class].n_hot = 0;
    }
    b->next = c->of[class].hot;
    c->of[class].hot = b;
    c->of[class].n_hot++;
}

void bt_slab_cache_free(struct bt_slab_cache **cp)
{
    struct bt_slab_cache *c = *cp;

    for (unsigned i = 0; c && i < CLASSES; i++) {
        struct block *b;

        if (c->of[i].full) {
            give_bundle(c->slab, i, c->of[i].full);
        }
        while ((b = c->of[i].hot)) {
            c->of[i].hot = b->next;
            give_one(c->slab, i, b);
        }
        while (c->of[i].run != c->of[i].end) {
            give_one(c->slab, i, (struct block *)(void *)c->of[i].run);
            c->of[i].run += size_of(i);
        }
    }
    free(c);
    *cp = NULL;
}

#endif
