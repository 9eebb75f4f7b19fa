/* SPDX-License-Identifier: BSD-2-Clause
 *
 * BLPOP, BRPOP, BLMPOP, BLMOVE, BRPOPLPUSH: as their siblings in list_pop.c,
 * but when there is nothing they wait (command/block.h).
 */
#include "command/block.h"
#include "command/commands.h"
#include "command/list.h"

/* ---- BLPOP, BRPOP ---- */

/* The reply of BLPOP: the key and one element. */
static void take_one(struct tx *tx, struct resp_reply *out, struct bt_slice key,
                     const struct db_entry *e, enum list_end end)
{
    resp_array(out, 2);
    resp_bulk(out, key.p, key.n);
    lists_take(tx, out, key, e, end, 1);
}

static void serve_pop(struct tx *tx, struct resp_reply *out, const void *args,
                      struct bt_slice key, struct bt_slice to,
                      const struct db_entry *e)
{
    const struct lists_mpop *m = args;

    (void)to;
    if (m->count == 0) {
        take_one(tx, out, key, e, m->end);
    } else {
        lists_mpop_take(tx, out, key, e, m);
    }
}

/* The next bulk of a reply that we wrote ourselves; p is moved behind it. */
static struct bt_slice next_bulk(const char **p)
{
    size_t n = 0;

    while (**p != '$') { /* a head: "*2\r\n" */
        *p = strchr(*p, '\n') + 1;
    }
    for (++*p; **p != '\r'; ++*p) {
        n = n * 10 + (size_t)(**p - '0');
    }
    *p += 2 + n + 2;
    return bt_slice(*p - n - 2, n);
}

/* The elements of a reply of BLPOP or BLMPOP, behind its key, onto the end
 * where they were. */
static void put_back(struct list *l, enum list_end end, struct bt_slice reply)
{
    const char *p = reply.p;
    struct list *in_order = list_new(-2);
    struct list_at at;

    next_bulk(&p);
    while (in_order && p < reply.p + reply.n &&
           list_push(in_order, LIST_TAIL, next_bulk(&p)) == 0) {
        continue;
    }
    if (!in_order) {
        return;
    }
    for (at = list_end_at(in_order, LIST_TAIL); list_at_is(&at);
         list_prev(&at)) {
        char buf[PACK_TEXT];

        list_push(l, end, pack_text(at.pack, at.at, buf));
    }
    list_free(in_order);
}

/* A key that has become something else by now cannot take them. */
static void give_back(struct tx *tx, const void *args, struct bt_slice key,
                      struct bt_slice reply, int proto)
{
    const struct lists_mpop *m = args;
    const struct db_entry *e = tx_find_quiet(tx, key);
    struct list *l;

    (void)proto;
    if (e && db_entry_type(e) == DB_LIST) {
        put_back(db_edit(tx, key, e), m->end, reply);
        db_edited(tx, key, e);
    } else if (!e && (l = list_new(-2))) {
        put_back(l, m->end, reply);
        if (list_count(l) > 0) {
            db_put(tx, key, DB_LIST, l, DB_NO_EXPIRE);
        } else {
            list_free(l);
        }
    }
}

static void wait_to_pop(struct call *c, const struct lists_mpop *m, int64_t ms)
{
    block_client(c, &(struct block_request){.type = DB_LIST,
                                            .keys = &c->argv[m->first],
                                            .n_keys = m->n,
                                            .serve = serve_pop,
                                            .give_back = give_back,
                                            .args = m,
                                            .args_n = sizeof *m,
                                            .timeout_ms = ms});
}

/* m->count is 0 for BLPOP and BRPOP, which answer in their own form. */
static void pop_or_wait(struct call *c, const struct lists_mpop *m, int64_t ms)
{
    for (size_t i = m->first; i < m->first + m->n; i++) {
        const struct db_entry *e;

        if (!lists_write(c, c->argv[i], &e)) {
            return;
        }
        if (e != NULL) {
            serve_pop(c->tx, c->out, m, c->argv[i], bt_slice(NULL, 0), e);
            return;
        }
    }
    wait_to_pop(c, m, ms);
}

static void pop_one(struct call *c, enum list_end end)
{
    struct lists_mpop m = {.first = 1, .n = c->argc - 2, .end = end};
    int64_t ms;

    if (block_timeout(c, c->argv[c->argc - 1], &ms)) {
        pop_or_wait(c, &m, ms);
    }
}

void cmd_blpop(struct call *c)
{
    pop_one(c, LIST_HEAD);
}

void cmd_brpop(struct call *c)
{
    pop_one(c, LIST_TAIL);
}

void cmd_blmpop(struct call *c)
{
    struct lists_mpop m;
    int64_t ms;

    if (lists_mpop_args(c, 2, &m) && block_timeout(c, c->argv[1], &ms)) {
        pop_or_wait(c, &m, ms);
    }
}

/* ---- BLMOVE, BRPOPLPUSH ---- */

static void serve_move(struct tx *tx, struct resp_reply *out, const void *args,
                       struct bt_slice key, struct bt_slice to,
                       const struct db_entry *e)
{
    struct lists_move m = *(const struct lists_move *)args;

    m.from = key;
    m.to = to;
    lists_move(tx, out, &m, e);
}

/* What was moved lies in the other list, so nothing is lost. */
static void move_or_wait(struct call *c, struct lists_move *m, int64_t ms)
{
    const struct db_entry *e;

    m->from = c->argv[1];
    m->to = c->argv[2];
    m->fill = lists_fill(c);
    if (!lists_write(c, m->from, &e)) {
        return;
    }
    if (e != NULL) {
        lists_move(c->tx, c->out, m, e);
        return;
    }
    block_client(c, &(struct block_request){.type = DB_LIST,
                                            .keys = &c->argv[1],
                                            .n_keys = 1,
                                            .to = m->to,
                                            .serve = serve_move,
                                            .args = m,
                                            .args_n = sizeof *m,
                                            .timeout_ms = ms,
                                            .null_value = true});
}

void cmd_blmove(struct call *c)
{
    struct lists_move m;
    int64_t ms;

    if (lists_end(c, c->argv[3], &m.from_end) &&
        lists_end(c, c->argv[4], &m.to_end) &&
        block_timeout(c, c->argv[5], &ms)) {
        move_or_wait(c, &m, ms);
    }
}

void cmd_brpoplpush(struct call *c)
{
    struct lists_move m = {.from_end = LIST_TAIL, .to_end = LIST_HEAD};
    int64_t ms;

    if (block_timeout(c, c->argv[3], &ms)) {
        move_or_wait(c, &m, ms);
    }
}
