/* SPDX-License-Identifier: BSD-2-Clause
 *
 * linear/model.c -- the commands, one after the other, by one client at a time.
 */
#include "history.h"

#include <string.h>

void model_init(struct state *state)
{
    memset(state, 0, sizeof(*state));
    for (int i = 0; i < STRINGS; i++) {
        state->string[i] = NIL;
    }
}

/* The key changes: whoever watches it will not EXEC. */
static void changed(struct state *state, int key)
{
    for (int client = 0; client < CLIENTS_MAX; client++) {
        if (state->watched[client] & 1 << key) {
            state->watched[client] = WATCH_BROKEN;
        }
    }
}

static void write_string(struct state *state, int key, int64_t value)
{
    state->string[key] = value;
    changed(state, key);
}

static bool incr(struct state *state, const struct step *step)
{
    int64_t old = state->string[step->key];

    write_string(state, step->key, old == NIL ? 1 : old + 1);
    return step->value == state->string[step->key];
}

static bool del(struct state *state, const struct step *step)
{
    int key = step->key;
    bool there;

    if (key < STRINGS) {
        there = state->string[key] != NIL;
        state->string[key] = NIL;
    } else {
        there = state->length[key - STRINGS] > 0;
        state->length[key - STRINGS] = 0;
        memset(state->list[key - STRINGS], 0, sizeof(state->list[0]));
    }
    if (there) {
        changed(state, key);
    }
    return step->value == there;
}

static bool push(struct state *state, const struct step *step)
{
    int64_t *list = state->list[step->key - STRINGS];
    uint16_t *length = &state->length[step->key - STRINGS];

    if (*length == LIST_MAX) {
        return false;
    }
    if (step->kind == OP_LPUSH) {
        memmove(list + 1, list, *length * sizeof(*list));
        list[0] = step->arg;
    } else {
        list[*length] = step->arg;
    }
    (*length)++;
    changed(state, step->key);
    return step->value == *length;
}

/* Takes the first element of a list; NIL if there is none. */
static int64_t take(struct state *state, int key)
{
    int64_t *list = state->list[key - STRINGS];
    uint16_t *length = &state->length[key - STRINGS];
    int64_t first = list[0];

    if (*length == 0) {
        return NIL;
    }
    (*length)--;
    memmove(list, list + 1, *length * sizeof(*list));
    list[*length] = 0;
    changed(state, key);
    return first;
}

/* A BLPOP that comes back empty-handed found its lists empty at that moment. */
static bool blpop(struct state *state, const struct step *step)
{
    int keys[2] = {step->key, step->key2};

    for (int i = 0; i < 2; i++) {
        int64_t got = keys[i] < 0 ? NIL : take(state, keys[i]);

        if (got != NIL) {
            return step->value == got && step->value2 == keys[i];
        }
    }
    return step->value == NIL;
}

static bool watch(struct state *state, int client, int key)
{
    if (state->watched[client] != WATCH_BROKEN) {
        state->watched[client] |= (uint8_t)(1 << key);
    }
    return true;
}

static bool apply_step(struct state *state, int client, const struct step *s)
{
    switch (s->kind) {
    case OP_GET:
        return s->value == state->string[s->key];
    case OP_SET:
        write_string(state, s->key, s->arg);
        return true;
    case OP_INCR:
        return incr(state, s);
    case OP_DEL:
        return del(state, s);
    case OP_MSET:
        write_string(state, s->key, s->arg);
        write_string(state, s->key2, s->arg2);
        return true;
    case OP_MGET:
        return s->value == state->string[s->key] &&
               s->value2 == state->string[s->key2];
    case OP_WATCH:
        return watch(state, client, s->key) &&
               (s->key2 < 0 || watch(state, client, s->key2));
    case OP_LPUSH:
    case OP_RPUSH:
        return push(state, s);
    case OP_LPOP:
        return s->value == take(state, s->key);
    case OP_BLPOP:
        return blpop(state, s);
    case OP_LLEN:
        return s->value == state->length[s->key - STRINGS];
    }
    return false;
}

bool model_apply(struct state *state, const struct op *op)
{
    if (op->exec) {
        bool broken = state->watched[op->client] == WATCH_BROKEN;

        state->watched[op->client] = 0;
        if (broken != op->aborted) {
            return false;
        }
        if (op->aborted) {
            return true;
        }
    }
    for (int i = 0; i < op->count; i++) {
        if (!apply_step(state, op->client, &op->steps[i])) {
            return false;
        }
    }
    return true;
}
