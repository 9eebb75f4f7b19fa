/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker/input.h"

#include "base/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GROW_FIRST 65536  /* first size of input that is grown in place */
#define READ_MAX   262144 /* one read into it */
#define GROW_LAST  4096   /* by so much at least, though less is expected, */
#define GROW_PART                                                              \
    16 /* and by this part of what is there: many values in
                           * a row would else make many small steps */

static uint32_t clip(size_t n)
{
    return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static void publish(struct baton_client *c)
{
    const struct bt_input *in = c->in;
    uint32_t room = in ? clip(in->cap) : 0;
    uint32_t was = atomic_load_explicit(&c->in_room, memory_order_relaxed);

    atomic_store_explicit(&c->in_bytes, in ? clip(in->n - in->off) : 0,
                          memory_order_relaxed);
    atomic_store_explicit(&c->in_room, room, memory_order_relaxed);
    if (room != was) {
        struct baton_worker *w =
            atomic_load_explicit(&c->owner, memory_order_relaxed);

        bt_tally_move(&w->tally.buffers, (int64_t)room - (int64_t)was);
    }
}

void bt_input_drop(struct baton_client *c)
{
    if (c->in) {
        free(c->in);
        c->in = NULL;
        publish(c);
    }
}

/* Is there room for all that is expected? */
static bool fits(const struct bt_input *in, size_t cap)
{
    return cap > in->n && in->want <= cap - in->n;
}

/* Twice as much, so that growing costs little, but not much more than is
 * expected: the service may keep the allocation. */
static size_t next_size(const struct bt_input *in)
{
    size_t cap = in->cap * 2 < GROW_FIRST ? GROW_FIRST : in->cap * 2;
    size_t least =
        in->n / GROW_PART > GROW_LAST ? in->n / GROW_PART : GROW_LAST;
    size_t more = in->want < least ? least : in->want;

    return in->want > 0 && cap > in->n && cap - in->n > more ? in->n + more
                                                             : cap;
}

/* Moves what is kept to the front and sees to room behind it. */
static int grow(struct baton_client *c)
{
    struct bt_input *in = c->in;
    size_t cap = in->cap;

    if (in->off > 0) {
        memmove(in->p, in->p + in->off, in->n - in->off);
        in->n -= in->off;
        in->off = 0;
    }
    if (in->n + in->n / 4 < cap || (in->want > 0 && fits(in, cap))) {
        return 0;
    }
    cap = next_size(in);
    in = realloc(c->in, sizeof *in + cap);
    if (!in) {
        return -ENOMEM;
    }
    in->cap = cap;
    c->in = in;
    publish(c);
    return 0;
}

int bt_input_place(struct baton_worker *w, struct baton_client *c, char **p,
                   size_t *room, size_t *have)
{
    struct bt_input *in = c->in;
    size_t kept = in ? in->n - in->off : 0;

    *have = kept;
    *room = BT_READ_SIZE;
    if (kept <= BT_CARRY_MAX) {
        *p = w->rbuf + BT_CARRY_MAX;
        if (kept > 0) {
            memcpy(*p - kept, in->p + in->off, kept);
            bt_input_drop(c);
        }
        return 0;
    }
    if (grow(c) < 0) {
        return -ENOMEM;
    }
    *p = c->in->p + c->in->n;
    *room = c->in->cap - c->in->n;
    *room = *room < READ_MAX ? *room : READ_MAX;
    return 0;
}

void bt_input_expect(struct baton_client *c, size_t n)
{
    if (c->in) {
        c->in->want = n;
    }
}

void baton_expect(struct baton_client *c, size_t n)
{
    struct baton_worker *w =
        atomic_load_explicit(&c->owner, memory_order_relaxed);

    w->expect = n;
}

void *baton_take_input(struct baton_client *c, const char *p, size_t n)
{
    struct bt_input *in = c->in;

    if (!in || p < in->p || p > in->p + in->cap || n < in->cap - in->cap / 8) {
        return NULL;
    }
    c->in = NULL;
    publish(c);
    return in;
}

int bt_input_keep(struct baton_client *c, const char *p, size_t n)
{
    struct bt_input *in = c->in;

    if (in && p >= in->p && p <= in->p + in->cap) { /* it is there already */
        in->off = (size_t)(p - in->p);
        in->n = in->off + n;
        if (n == 0) {
            bt_input_drop(c);
        } else {
            publish(c);
        }
        return 0;
    }
    bt_assert(!in);
    if (n == 0) {
        return 0;
    }
    in = malloc(sizeof *in + n);
    if (!in) {
        return -ENOMEM;
    }
    *in = (struct bt_input){.n = n, .cap = n};
    memcpy(in->p, p, n);
    c->in = in;
    publish(c);
    return 0;
}
