/* SPDX-License-Identifier: BSD-2-Clause
 *
 * linear/ask.c -- see ask.h.
 */
#include "ask.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WAIT "0.02" /* seconds that a BLPOP waits */

static int64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void put(struct client *c, const struct names *names,
                const struct step *s)
{
    static const char *const simple[] = {
        [OP_GET] = "GET",    [OP_INCR] = "INCR", [OP_DEL] = "DEL",
        [OP_LPOP] = "LPOP",  [OP_LLEN] = "LLEN", [OP_LPUSH] = "LPUSH",
        [OP_RPUSH] = "RPUSH"};
    const char *key = names->key[s->key];
    const char *key2 = s->key2 < 0 ? "" : names->key[s->key2];
    const char *gap = s->key2 < 0 ? "" : " ";

    switch (s->kind) {
    case OP_SET:
        client_put(c, "SET %s %" PRId64, key, s->arg);
        break;
    case OP_LPUSH:
    case OP_RPUSH:
        client_put(c, "%s %s %" PRId64, simple[s->kind], key, s->arg);
        break;
    case OP_MSET:
        client_put(c, "MSET %s %" PRId64 " %s %" PRId64, key, s->arg, key2,
                   s->arg2);
        break;
    case OP_MGET:
        client_put(c, "MGET %s %s", key, key2);
        break;
    case OP_WATCH:
        client_put(c, "WATCH %s%s%s", key, gap, key2);
        break;
    case OP_BLPOP:
        client_put(c, "BLPOP %s%s%s " WAIT, key, gap, key2);
        break;
    default:
        client_put(c, "%s %s", simple[s->kind], key);
    }
}

static _Noreturn void nonsense(const struct step *s)
{
    fprintf(stderr, "linear: an answer of the wrong form to kind %d\n",
            (int)s->kind);
    exit(2);
}

static int64_t number_of(const struct answer *a, const struct step *s)
{
    if (a->form != A_NUMBER && a->form != A_NULL) {
        nonsense(s);
    }
    return a->form == A_NULL ? NIL : a->number;
}

/* BLPOP answers with the name of the key and the element. */
static void take_popped(struct step *s, const struct names *names,
                        const struct answer *a)
{
    s->value = NIL;
    if (a->form == A_NULL) {
        return;
    }
    if (a->form != A_LIST || a->count != 2) {
        nonsense(s);
    }
    s->value = number_of(&a->list[1], s);
    s->value2 = -1;
    for (int key = 0; key < KEYS; key++) {
        if (strcmp(a->list[0].text, names->key[key]) == 0) {
            s->value2 = key;
        }
    }
}

static void take(struct step *s, const struct names *names,
                 const struct answer *a)
{
    switch (s->kind) {
    case OP_SET:
    case OP_MSET:
    case OP_WATCH:
        if (a->form != A_STATUS || strcmp(a->text, "OK") != 0) {
            nonsense(s);
        }
        break;
    case OP_MGET:
        if (a->form != A_LIST || a->count != 2) {
            nonsense(s);
        }
        s->value = number_of(&a->list[0], s);
        s->value2 = number_of(&a->list[1], s);
        break;
    case OP_BLPOP:
        take_popped(s, names, a);
        break;
    default:
        s->value = number_of(a, s);
    }
}

static void wait_status(struct client *c, const char *text)
{
    struct answer a;

    client_read(c, &a, NULL, 0);
    if (a.form != A_STATUS || strcmp(a.text, text) != 0) {
        fprintf(stderr, "linear: no %s\n", text);
        exit(2);
    }
}

static void ask_exec(struct client *c, const struct names *names, struct op *op,
                     bool apart)
{
    struct answer a, list[4 * STEPS_MAX];

    op->call = now();
    client_put(c, "MULTI");
    for (int i = 0; i < op->count; i++) {
        if (apart) {
            client_send(c);
            wait_status(c, i == 0 ? "OK" : "QUEUED");
        }
        put(c, names, &op->steps[i]);
    }
    if (apart) {
        client_send(c);
        wait_status(c, "QUEUED");
        op->call = now(); /* nothing of it may be seen before */
    }
    client_put(c, "EXEC");
    client_send(c);
    for (int i = 0; !apart && i <= op->count; i++) {
        wait_status(c, i == 0 ? "OK" : "QUEUED");
    }
    client_read(c, &a, list, 4 * STEPS_MAX);
    op->ret = now();
    op->aborted = a.form == A_NULL;
    if (!op->aborted && (a.form != A_LIST || a.count != op->count)) {
        nonsense(&op->steps[0]);
    }
    for (int i = 0; !op->aborted && i < op->count; i++) {
        take(&op->steps[i], names, &a.list[i]);
    }
}

void ask(struct client *c, const struct names *names, struct op *op, bool apart)
{
    struct answer a, list[4];

    if (op->exec) {
        ask_exec(c, names, op, apart);
        return;
    }
    put(c, names, &op->steps[0]);
    op->call = now();
    client_send(c);
    client_read(c, &a, list, 4);
    op->ret = now();
    take(&op->steps[0], names, &a);
}
