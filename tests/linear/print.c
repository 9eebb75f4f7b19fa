/* SPDX-License-Identifier: BSD-2-Clause
 *
 * linear/print.c -- a history for a reader.
 */
#include "history.h"

#include <inttypes.h>
#include <stdlib.h>

static const char *const names[] = {
    [OP_GET] = "GET",     [OP_SET] = "SET",     [OP_INCR] = "INCR",
    [OP_DEL] = "DEL",     [OP_MSET] = "MSET",   [OP_MGET] = "MGET",
    [OP_WATCH] = "WATCH", [OP_LPUSH] = "LPUSH", [OP_RPUSH] = "RPUSH",
    [OP_LPOP] = "LPOP",   [OP_BLPOP] = "BLPOP", [OP_LLEN] = "LLEN",
};

static void print_value(FILE *to, int64_t value)
{
    if (value == NIL) {
        fprintf(to, " nil");
    } else {
        fprintf(to, " %" PRId64, value);
    }
}

static void print_step(FILE *to, const struct step *s)
{
    bool writes = s->kind == OP_SET || s->kind == OP_MSET ||
                  s->kind == OP_LPUSH || s->kind == OP_RPUSH;
    bool two = s->kind == OP_MSET || s->kind == OP_MGET ||
               ((s->kind == OP_WATCH || s->kind == OP_BLPOP) && s->key2 >= 0);

    fprintf(to, " %s k%d", names[s->kind], s->key);
    if (writes) {
        fprintf(to, " %" PRId64, s->arg);
    }
    if (two) {
        fprintf(to, " k%d", s->key2);
    }
    if (s->kind == OP_MSET) {
        fprintf(to, " %" PRId64, s->arg2);
    }
    if (s->kind == OP_SET || s->kind == OP_MSET || s->kind == OP_WATCH) {
        return;
    }
    fprintf(to, " ->");
    print_value(to, s->value);
    if (s->kind == OP_MGET) {
        print_value(to, s->value2);
    } else if (s->kind == OP_BLPOP && s->value != NIL) {
        fprintf(to, " of k%" PRId64, s->value2);
    }
}

static int by_call(const void *a, const void *b)
{
    const struct op *x = *(const struct op *const *)a;
    const struct op *y = *(const struct op *const *)b;

    return (x->call > y->call) - (x->call < y->call);
}

void history_print(FILE *to, const struct op *ops, size_t count)
{
    const struct op **order = malloc((count + 1) * sizeof(*order));

    if (order == NULL) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        order[i] = &ops[i];
    }
    qsort(order, count, sizeof(*order), by_call);
    for (size_t i = 0; i < count; i++) {
        const struct op *op = order[i];

        fprintf(to, "# %9.1f %9.1f us  client %2d:",
                (double)(op->call - order[0]->call) / 1000,
                (double)(op->ret - order[0]->call) / 1000, op->client);
        fprintf(to, op->exec ? " EXEC(" : "");
        for (int j = 0; j < op->count; j++) {
            if (op->aborted) {
                fprintf(to, " %s k%d", names[op->steps[j].kind],
                        op->steps[j].key);
            } else {
                print_step(to, &op->steps[j]);
            }
            fprintf(to, op->exec && j + 1 < op->count ? ";" : "");
        }
        fprintf(to, "%s%s\n", op->exec ? " )" : "",
                op->aborted ? " -> nil" : "");
    }
    free(order);
}
