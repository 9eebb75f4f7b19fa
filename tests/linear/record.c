/* SPDX-License-Identifier: BSD-2-Clause
 *
 * linear/record.c -- see record.h.
 *
 * Threads:   the main thread opens a history and waits for all clients; each
 *            client writes to its own part of the record only. The mutex orders
 *            the one before the other.
 */
#include "record.h"

#include "ask.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    EACH_MAX = 64
};

struct worker {
    struct recorder *recorder;
    pthread_t thread;
    struct client client;
    struct names names;
    uint64_t random;
    int number;
    int64_t values; /* how many it made up */
    struct op ops[EACH_MAX];
    size_t count;
};

struct recorder {
    struct plan plan;
    pthread_mutex_t mutex;
    pthread_cond_t change;
    uint64_t history; /* the number of the one that runs or ran last */
    int running;
    bool stop;
    unsigned mix; /* of this history */
    struct worker workers[CLIENTS_MAX];
};

/* ---- chance ---- */

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint64_t seeded(const struct plan *plan, uint64_t more)
{
    uint64_t state = (plan->seed + 1) * UINT64_C(0x9e3779b97f4a7c15) ^
                     (more + 1) * UINT64_C(0xc2b2ae3d27d4eb4f);

    state += state == 0;
    for (int i = 0; i < 8; i++) {
        next(&state);
    }
    return state;
}

static int below(struct worker *w, int n)
{
    return (int)((next(&w->random) >> 11) % (uint64_t)n);
}

static int64_t made_up(struct worker *w)
{
    return (int64_t)(w->number + 1) * 100000000 + ++w->values * 1000;
}

/* ---- what a client does ---- */

static struct op *begin(struct worker *w)
{
    struct op *op = &w->ops[w->count++];

    memset(op, 0, sizeof(*op));
    op->client = w->number;
    return op;
}

static struct step *add(struct op *op, enum kind kind, int key)
{
    struct step *s = &op->steps[op->count++];

    *s = (struct step){.kind = kind, .key = key, .key2 = -1};
    return s;
}

static void add_string(struct worker *w, struct op *op)
{
    static const enum kind kinds[] = {OP_GET,  OP_GET, OP_GET,  OP_SET, OP_SET,
                                      OP_INCR, OP_DEL, OP_MSET, OP_MGET};
    int key = below(w, STRINGS);
    struct step *s = add(op, kinds[below(w, 9)], key);

    s->arg = made_up(w);
    s->arg2 = made_up(w);
    if (s->kind == OP_MSET || s->kind == OP_MGET) {
        s->key2 = !key;
    }
}

/* One push at most in an EXEC: of a client that waits for two lists, which of
 * two pushes it gets is not told by the order of its keys. */
static void add_list(struct worker *w, struct op *op, bool push, bool blocks)
{
    static const enum kind kinds[] = {OP_LPOP,  OP_LPOP,  OP_LLEN, OP_LPUSH,
                                      OP_LPUSH, OP_RPUSH, OP_RPUSH};
    int key = STRINGS + below(w, LISTS);
    struct step *s;

    if (blocks && below(w, 4) == 0) {
        s = add(op, OP_BLPOP, key);
        if (below(w, 3) == 0) {
            s->key2 = STRINGS + (key == STRINGS);
        }
        return;
    }
    s = add(op, kinds[below(w, push ? 7 : 3)], key);
    s->arg = made_up(w);
}

static void pause_a_little(struct worker *w)
{
    struct timespec t = {0, below(w, 60) * 1000};

    if (below(w, 3) == 0) {
        nanosleep(&t, NULL);
    }
}

static void perform(struct worker *w, struct op *op)
{
    pause_a_little(w);
    ask(&w->client, &w->names, op, below(w, 2));
}

/* An EXEC with two keys; sometimes a string and a list. */
static void exec(struct worker *w, unsigned mix)
{
    struct op *op = begin(w);

    op->exec = true;
    if (mix & MIX_LISTS && (below(w, 2) || !(mix & MIX_STRINGS))) {
        add_list(w, op, true, false);
        add_list(w, op, false, false);
    }
    while (op->count < 2 + below(w, 2)) {
        add_string(w, op);
    }
    perform(w, op);
}

/* Compare and set: WATCH, GET, EXEC. */
static void watch(struct worker *w, unsigned mix)
{
    struct op *op = begin(w);
    int key = below(w, STRINGS);
    struct step *s = add(op, OP_WATCH, key);

    if (below(w, 3) == 0) {
        s->key2 = mix & MIX_LISTS ? STRINGS : !key;
    }
    perform(w, op);
    op = begin(w);
    add(op, OP_GET, key);
    perform(w, op);
    op = begin(w);
    op->exec = true;
    add(op, OP_SET, key)->arg = made_up(w);
    add(op, OP_INCR, !key);
    perform(w, op);
}

static void one(struct worker *w, unsigned mix)
{
    int dice = below(w, 10);
    struct op *op;

    if (mix & MIX_WATCH && dice < 4) {
        if (dice < 2) {
            watch(w, mix);
        } else {
            exec(w, mix);
        }
        return;
    }
    op = begin(w);
    if (mix & MIX_LISTS && (dice < 7 || !(mix & MIX_STRINGS))) {
        add_list(w, op, true, true);
    } else {
        add_string(w, op);
    }
    perform(w, op);
}

static void set_names(struct worker *w, uint64_t history)
{
    for (int key = 0; key < KEYS; key++) {
        snprintf(w->names.key[key], sizeof(w->names.key[key]), "%llx:%llu:k%d",
                 (unsigned long long)w->recorder->plan.seed,
                 (unsigned long long)history, key);
    }
}

/* What is left, by one more client when all others are done. */
static void look_at_the_end(struct worker *w, unsigned mix)
{
    for (int key = 0; key < STRINGS; key++) {
        struct op *op = begin(w);

        add(op, OP_GET, key);
        ask(&w->client, &w->names, op, false);
    }
    for (int key = STRINGS; mix & MIX_LISTS && key < KEYS; key++) {
        int64_t got;

        do {
            struct op *op = begin(w);

            add(op, OP_LPOP, key);
            ask(&w->client, &w->names, op, false);
            got = op->steps[0].value;
        } while (got != NIL && w->count < EACH_MAX);
    }
}

static void *run(void *arg)
{
    struct worker *w = arg;
    struct recorder *r = w->recorder;
    uint64_t seen = 0;

    for (;;) {
        pthread_mutex_lock(&r->mutex);
        while (r->history == seen && !r->stop) {
            pthread_cond_wait(&r->change, &r->mutex);
        }
        seen = r->history;
        if (r->stop) {
            pthread_mutex_unlock(&r->mutex);
            return NULL;
        }
        pthread_mutex_unlock(&r->mutex);
        w->count = 0;
        set_names(w, seen);
        w->random = seeded(&r->plan, seen * CLIENTS_MAX + (uint64_t)w->number);
        while (w->count < (size_t)r->plan.ops) {
            one(w, r->mix);
        }
        pthread_mutex_lock(&r->mutex);
        if (--r->running == 0) {
            pthread_cond_broadcast(&r->change);
        }
        pthread_mutex_unlock(&r->mutex);
    }
}

/* ---- the recorder ---- */

struct recorder *record_start(const struct plan *plan)
{
    struct recorder *r = calloc(1, sizeof(*r));

    if (r == NULL || plan->clients >= CLIENTS_MAX || plan->ops > EACH_MAX - 4) {
        fprintf(stderr,
                "linear: no memory, or too many clients or operations\n");
        exit(2);
    }
    r->plan = *plan;
    pthread_mutex_init(&r->mutex, NULL);
    pthread_cond_init(&r->change, NULL);
    for (int i = 0; i <= plan->clients; i++) {
        struct worker *w = &r->workers[i];

        w->recorder = r;
        w->number = i;
        client_connect(&w->client, plan->path);
        /* The last one has no thread: it is ours. */
        if (i < plan->clients &&
            pthread_create(&w->thread, NULL, run, w) != 0) {
            fprintf(stderr, "linear: no thread\n");
            exit(2);
        }
    }
    return r;
}

/* Parts of the mix, so that some histories crowd on few commands. */
static unsigned some_of(const struct plan *plan, uint64_t history)
{
    uint64_t random = seeded(plan, ~history);
    unsigned mix = plan->mix & (unsigned)(next(&random) >> 20);

    if ((mix & (MIX_STRINGS | MIX_LISTS)) == 0) {
        mix |= plan->mix & (MIX_STRINGS | MIX_LISTS);
    }
    return mix;
}

size_t record_history(struct recorder *r, struct op *ops)
{
    struct worker *last = &r->workers[r->plan.clients];
    size_t count = 0;

    pthread_mutex_lock(&r->mutex);
    r->history++;
    r->mix = some_of(&r->plan, r->history);
    r->running = r->plan.clients;
    pthread_cond_broadcast(&r->change);
    while (r->running > 0) {
        pthread_cond_wait(&r->change, &r->mutex);
    }
    pthread_mutex_unlock(&r->mutex);
    last->count = 0;
    set_names(last, r->history);
    look_at_the_end(last, r->mix);
    for (int i = 0; i <= r->plan.clients; i++) {
        struct worker *w = &r->workers[i];

        if (count + w->count > OPS_MAX) {
            fprintf(stderr, "linear: the history is too long\n");
            exit(2);
        }
        memcpy(ops + count, w->ops, w->count * sizeof(*ops));
        count += w->count;
    }
    return count;
}

void record_stop(struct recorder *r)
{
    pthread_mutex_lock(&r->mutex);
    r->stop = true;
    pthread_cond_broadcast(&r->change);
    pthread_mutex_unlock(&r->mutex);
    for (int i = 0; i <= r->plan.clients; i++) {
        if (i < r->plan.clients) {
            pthread_join(r->workers[i].thread, NULL);
        }
        close(r->workers[i].client.fd);
    }
    pthread_cond_destroy(&r->change);
    pthread_mutex_destroy(&r->mutex);
    free(r);
}
