/* SPDX-License-Identifier: BSD-2-Clause
 *
 * linear/planted -- the checker finds what is wrong in histories written by hand,
 * and finds nothing wrong in those that are strange but right.
 */
#include "history.h"

#include <stdlib.h>

static struct op ops[64];
static size_t count;
static int failed, number;

/* One more operation of a client, from call to ret. */
static struct op *op(int client, int64_t call, int64_t ret)
{
    struct op *o = &ops[count++];

    *o = (struct op){.client = client, .call = call, .ret = ret};
    return o;
}

static struct op *step(struct op *o, struct step s)
{
    o->steps[o->count++] = s;
    return o;
}

static struct op *exec(struct op *o, bool aborted)
{
    o->exec = true;
    o->aborted = aborted;
    return o;
}

static void judge(const char *name, enum verdict want)
{
    size_t reached;
    enum verdict got = history_check(ops, count, &reached);

    printf("%sok %d - %s\n", got == want ? "" : "not ", ++number, name);
    if (got != want) {
        failed = 1;
        history_print(stdout, ops, count);
    }
    count = 0;
}

#define SET(k, v)                                                              \
    (struct step)                                                              \
    {                                                                          \
        .kind = OP_SET, .key = (k), .key2 = -1, .arg = (v)                     \
    }
#define ASK(what, k, v)                                                        \
    (struct step)                                                              \
    {                                                                          \
        .kind = (what), .key = (k), .key2 = -1, .value = (v)                   \
    }
#define PUSH(what, k, v, n)                                                    \
    (struct step)                                                              \
    {                                                                          \
        .kind = (what), .key = (k), .key2 = -1, .arg = (v), .value = (n)       \
    }
#define MSET(v, w)                                                             \
    (struct step)                                                              \
    {                                                                          \
        .kind = OP_MSET, .key = 0, .arg = (v), .key2 = 1, .arg2 = (w)          \
    }
#define MGET(v, w)                                                             \
    (struct step)                                                              \
    {                                                                          \
        .kind = OP_MGET, .key = 0, .value = (v), .key2 = 1, .value2 = (w)      \
    }
#define POP(k, v)                                                              \
    (struct step)                                                              \
    {                                                                          \
        .kind = OP_BLPOP, .key = (k), .key2 = -1, .value = (v), .value2 = (k)  \
    }

static void strings(void)
{
    step(op(0, 0, 10), SET(0, 1));
    step(op(1, 5, 20), ASK(OP_GET, 0, NIL));
    step(op(2, 5, 20), ASK(OP_GET, 0, 1));
    judge("reads beside a write may see it or not", LINEAR);

    step(op(0, 0, 10), SET(0, 1));
    step(op(0, 20, 30), SET(0, 2));
    step(op(1, 40, 50), ASK(OP_GET, 0, 1));
    judge("a stale read", NOT_LINEAR);

    step(op(0, 0, 100), SET(0, 1));
    step(op(1, 10, 20), ASK(OP_GET, 0, 1));
    step(op(2, 30, 40), ASK(OP_GET, 0, NIL));
    judge("a read goes back to before what another one saw", NOT_LINEAR);

    step(op(0, 0, 10), ASK(OP_INCR, 0, 1));
    step(op(1, 0, 10), ASK(OP_INCR, 0, 2));
    step(op(2, 0, 10), ASK(OP_INCR, 0, 3));
    step(op(2, 20, 30), ASK(OP_GET, 0, 3));
    judge("three INCR at once", LINEAR);

    step(op(0, 0, 10), ASK(OP_INCR, 0, 1));
    step(op(1, 0, 10), ASK(OP_INCR, 0, 1));
    judge("a lost update: two INCR say the same", NOT_LINEAR);

    step(op(0, 0, 10), SET(0, 7));
    step(op(1, 20, 30), ASK(OP_DEL, 0, 1));
    step(op(2, 20, 30), ASK(OP_DEL, 0, 1));
    judge("two DEL of one key both find it", NOT_LINEAR);

    step(op(0, 0, 10), SET(0, 7));
    step(op(1, 20, 30), ASK(OP_GET, 0, 8));
    judge("a value out of nothing", NOT_LINEAR);
}

static void several_keys(void)
{
    step(op(0, 0, 10), MSET(1, 2));
    step(op(1, 0, 100), MSET(3, 4));
    step(op(2, 20, 30), MGET(1, 2));
    step(op(2, 40, 50), MGET(3, 4));
    judge("MSET whole, MGET whole", LINEAR);

    step(op(0, 0, 10), MSET(1, 2));
    step(op(1, 20, 100), MSET(3, 4));
    step(op(2, 30, 40), MGET(3, 2));
    judge("MGET sees half of an MSET", NOT_LINEAR);

    step(op(0, 0, 10), MSET(1, 2));
    step(op(1, 20, 100), MSET(3, 4));
    step(op(2, 30, 40), ASK(OP_GET, 0, 3));
    step(op(2, 50, 60), ASK(OP_GET, 1, 2));
    judge("two GET see half of an MSET", NOT_LINEAR);

    step(op(0, 0, 100), MSET(1, 2));
    step(op(1, 0, 100), MSET(3, 4));
    step(op(2, 200, 210), MGET(1, 4));
    judge("two MSET mix for good", NOT_LINEAR);
}

static void transactions(void)
{
    step(op(0, 0, 10), SET(0, 1));
    step(op(1, 20, 30), ASK(OP_WATCH, 0, 0));
    step(op(1, 40, 50), ASK(OP_GET, 0, 1));
    step(op(2, 40, 50), SET(1, 9));
    exec(step(op(1, 60, 70), SET(0, 2)), false);
    judge("a compare-and-set, another key changes", LINEAR);

    step(op(1, 20, 30), ASK(OP_WATCH, 0, 0));
    step(op(2, 40, 50), SET(0, 9));
    exec(step(op(1, 60, 70), SET(0, 2)), false);
    judge("EXEC although the watched key changed", NOT_LINEAR);

    step(op(1, 20, 30), ASK(OP_WATCH, 0, 0));
    step(op(2, 40, 50), SET(1, 9));
    exec(step(op(1, 60, 70), SET(0, 2)), true);
    judge("EXEC refused although nothing changed", NOT_LINEAR);

    step(op(1, 20, 30), ASK(OP_WATCH, 0, 0));
    step(op(2, 25, 65), SET(0, 9));
    exec(step(op(1, 60, 70), SET(0, 2)), true);
    step(op(3, 80, 90), ASK(OP_GET, 0, 9));
    judge("EXEC refused, and rightly", LINEAR);

    exec(step(step(op(0, 0, 100), SET(0, 1)), SET(1, 2)), false);
    step(op(1, 10, 20), ASK(OP_GET, 0, 1));
    step(op(1, 30, 40), ASK(OP_GET, 1, NIL));
    judge("an EXEC half seen", NOT_LINEAR);

    exec(step(step(op(0, 0, 100), ASK(OP_INCR, 0, 1)), ASK(OP_GET, 0, 5)),
         false);
    step(op(1, 0, 100), SET(0, 5));
    judge("another's write in the midst of an EXEC", NOT_LINEAR);

    exec(step(step(op(0, 0, 10), SET(0, 1)), PUSH(OP_LPUSH, 2, 5, 1)), false);
    exec(step(step(op(1, 0, 30), ASK(OP_GET, 0, 1)), ASK(OP_LPOP, 2, NIL)),
         false);
    judge("half of an EXEC with a string and a list", NOT_LINEAR);
}

static void lists(void)
{
    step(op(0, 0, 10), PUSH(OP_RPUSH, 2, 5, 1));
    step(op(0, 20, 30), PUSH(OP_RPUSH, 2, 6, 2));
    step(op(1, 40, 50), ASK(OP_LPOP, 2, 6));
    step(op(2, 40, 50), ASK(OP_LPOP, 2, 5));
    judge("two LPOP at once", LINEAR);

    step(op(0, 0, 10), PUSH(OP_RPUSH, 2, 5, 1));
    step(op(1, 20, 30), ASK(OP_LPOP, 2, 5));
    step(op(2, 20, 30), ASK(OP_LPOP, 2, 5));
    judge("LPOP gives one element twice", NOT_LINEAR);

    step(op(0, 0, 10), PUSH(OP_RPUSH, 2, 5, 1));
    step(op(0, 20, 30), PUSH(OP_RPUSH, 2, 6, 2));
    step(op(1, 40, 50), ASK(OP_LPOP, 2, 6));
    step(op(1, 60, 70), ASK(OP_LPOP, 2, 5));
    judge("LPOP in the wrong order", NOT_LINEAR);

    step(op(1, 0, 60), POP(2, 5));
    step(op(2, 0, 70), POP(2, NIL));
    step(op(0, 50, 60), PUSH(OP_LPUSH, 2, 5, 1));
    judge("of two BLPOP one gets it, one nothing", LINEAR);

    step(op(1, 0, 60), POP(2, 5));
    step(op(2, 0, 70), POP(2, 5));
    step(op(0, 50, 60), PUSH(OP_LPUSH, 2, 5, 1));
    judge("two BLPOP get the same element", NOT_LINEAR);

    step(op(1, 0, 60), POP(2, NIL));
    step(op(0, 50, 60), PUSH(OP_LPUSH, 2, 5, 1));
    step(op(3, 80, 90), ASK(OP_LPOP, 2, NIL));
    judge("an element is lost", NOT_LINEAR);

    step(op(0, 0, 10), PUSH(OP_LPUSH, 2, 5, 1));
    step(op(1, 20, 90), POP(2, NIL));
    judge("BLPOP waits in vain for what is there", NOT_LINEAR);
}

/* Many clients at once, to see that the search stays small. */
static void wide(void)
{
    for (int client = 0; client < 8; client++) {
        for (int i = 0; i < 7; i++) {
            int64_t call = i * 100 + client;

            step(op(client, call, call + 90),
                 SET(client % 2, client * 100 + i));
        }
    }
    step(op(8, 1000, 1010), ASK(OP_GET, 0, 606));
    judge("56 writes, eight at a time", LINEAR);
    for (int client = 0; client < 8; client++) {
        for (int i = 0; i < 7; i++) {
            int64_t call = i * 100 + client;

            step(op(client, call, call + 90),
                 SET(client % 2, client * 100 + i));
        }
    }
    step(op(8, 1000, 1010), ASK(OP_GET, 0, 605));
    judge("56 writes, and a stale read", NOT_LINEAR);
}

int main(void)
{
    strings();
    several_keys();
    transactions();
    lists();
    wide();
    printf("1..%d\n", number);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
