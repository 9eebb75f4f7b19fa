/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The slab: threads take blocks of all sizes, pass them on to each other, and
 * free their own and others', some without a cache; caches come and go. No block
 * is ever in two hands, none moves or changes, and what is freed is used again.
 */
#include "base/slab.h"

#include "race.h"

#define THREADS 4
#define OWN     256 /* blocks that a thread keeps at a time */
#define MAIL    64  /* places where blocks change hands */
#define LIVES   4   /* caches that a thread has, one after another */
#define CHUNK   ((uintptr_t)2 << 20)
#define CHUNKS  24 /* far above what so few blocks need */

struct block {
    uint64_t mark; /* where it is, and how long */
    uint16_t n;
    unsigned char rest[];
};

static struct bt_slab *slab;
static _Atomic(struct block *) mail[MAIL];
static atomic_uintptr_t chunks[CHUNKS];
static atomic_ullong taken;

/* Another chunk than all before? There is room for few. */
static void note_chunk(uintptr_t at)
{
    for (unsigned i = 0; i < CHUNKS; i++) {
        uintptr_t none = 0;

        if (atomic_load_explicit(&chunks[i], memory_order_relaxed) == at ||
            atomic_compare_exchange_strong(&chunks[i], &none, at) ||
            none == at) {
            return;
        }
    }
    race_fail("more than %u chunks: blocks are not used again", CHUNKS);
}

static uint64_t mark_of(const struct block *b)
{
    return (uint64_t)(uintptr_t)b * 31 + b->n;
}

static struct block *take(struct bt_slab_cache *c, uint64_t *state)
{
    uint16_t n = (uint16_t)(sizeof(struct block) +
                            race_random(state) %
                                (BT_SLAB_MAX - sizeof(struct block) + 1));
    struct block *b = bt_slab_get(c, n);

    if (!b || (uintptr_t)b % 16 != 0) {
        race_fail("a block of %u bytes at %p", n, (void *)b);
        exit(1);
    }
    note_chunk((uintptr_t)b & ~(CHUNK - 1));
    b->n = n;
    b->mark = mark_of(b);
    memset(b->rest, (int)(n & 0xff), n - offsetof(struct block, rest));
    atomic_fetch_add_explicit(&taken, 1, memory_order_relaxed);
    return b;
}

static void give(struct bt_slab_cache *c, struct block *b)
{
    uint16_t n = b->n;

    if (b->mark != mark_of(b)) {
        race_fail("a block was overwritten");
        return;
    }
    for (unsigned i = 0; i < n - offsetof(struct block, rest); i++) {
        if (b->rest[i] != (n & 0xff)) {
            race_fail("byte %u of a block of %u was overwritten", i, n);
            return;
        }
    }
    b->mark = 0;
    bt_slab_put(c, b, n);
}

/* One life of a cache. */
static void live(struct block **own, uint64_t *state, uint64_t until)
{
    struct bt_slab_cache *c = bt_slab_cache_new(slab);

    while (!atomic_load(&race_over) && race_ns() < until) {
        for (unsigned i = 0; i < 64; i++) {
            struct block **at = &own[race_random(state) % OWN];

            if (race_random(state) % 4 == 0) {
                *at = atomic_exchange(&mail[race_random(state) % MAIL], *at);
            } else if (*at) {
                give(race_random(state) % 16 ? c : NULL, *at);
                *at = NULL;
            } else {
                *at = take(c, state);
            }
        }
    }
    bt_slab_cache_free(&c);
}

static void *work(void *arg)
{
    struct block *own[OWN] = {NULL};
    uint64_t state = 0x9e3779b97f4a7c15u * ((uintptr_t)arg / 1000 + 1);
    uint64_t life = (uintptr_t)arg % 1000 * 1000000000ull / LIVES;

    for (unsigned i = 0; i < LIVES; i++) {
        live(own, &state, race_ns() + life);
    }
    for (unsigned i = 0; i < OWN; i++) {
        if (own[i]) {
            give(NULL, own[i]);
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    unsigned seconds = race_argument(argc, argv, 2);
    pthread_t t[THREADS];

    slab = bt_slab_new();
    for (unsigned i = 0; i < THREADS; i++) {
        t[i] = race_start(work, i * 1000 + seconds % 1000);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        race_join(t[i]);
    }
    for (unsigned i = 0; i < MAIL; i++) {
        if (mail[i]) {
            give(NULL, mail[i]);
        }
    }
    bt_slab_free(&slab);
    printf("%llu blocks\n", (unsigned long long)atomic_load(&taken));
    if (atomic_load(&taken) < 10000) {
        race_fail("too few blocks: nothing was tried");
    }
    return race_end();
}
