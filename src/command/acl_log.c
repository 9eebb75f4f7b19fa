/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ACL LOG: what was refused. The same refusal again within a minute is counted
 * where it stands.
 */
#include "command/acl.h"

#include "base/clock.h"
#include "command/client.h"
#include "command/commands.h"
#include "command/multi.h"
#include "command/service.h"
#include "command/session.h"
#include "command/worker.h"

#include <stdlib.h>
#include <string.h>

#define GROUP_MS  60000
#define LOOK_BACK 10

struct entry {
    struct bt_list link;
    enum acl_denied why;
    bool multi;
    uint64_t id, count;
    int64_t created, updated; /* ms since 1970 */
    struct bt_buf object, user, client;
};

static void drop(struct acl *a, struct entry *e)
{
    bt_list_remove(&e->link);
    a->log_n--;
    bt_buf_fini(&e->object);
    bt_buf_fini(&e->user);
    bt_buf_fini(&e->client);
    free(e);
}

static struct entry *entry_at(struct bt_list *l)
{
    return bt_container(l, struct entry, link);
}

static void trim(struct acl *a, uint64_t keep)
{
    while (a->log_n > keep) {
        drop(a, entry_at(a->log.next));
    }
}

void acl_log_clear(struct acl *a)
{
    bt_mutex_lock(&a->log_lock);
    trim(a, 0);
    bt_mutex_unlock(&a->log_lock);
}

static bool same(const struct bt_buf *a, struct bt_slice b)
{
    return bt_slice_eq(bt_slice(a->p, a->n), b);
}

/* The lock is held. One of the newest that says the same, or NULL. */
static struct entry *find(struct acl *a, const struct entry *like)
{
    struct bt_list *l = a->log.prev;

    for (int i = 0; i < LOOK_BACK && l != &a->log; i++, l = l->prev) {
        struct entry *e = entry_at(l);

        if (e->why == like->why && e->multi == like->multi &&
            like->created - e->created <= GROUP_MS &&
            same(&e->object, bt_slice(like->object.p, like->object.n)) &&
            same(&e->user, bt_slice(like->user.p, like->user.n))) {
            return e;
        }
    }
    return NULL;
}

static bool describe(const struct baton_client_info *info, void *data,
                     void *arg)
{
    struct bt_buf *text = arg;

    client_line(text, info, data);
    text->n -= text->n > 0; /* the newline */
    return true;
}

static struct entry *make(struct call *call, enum acl_denied why,
                          struct bt_slice object, struct bt_slice user)
{
    struct entry *e = calloc(1, sizeof *e);

    if (!e) {
        return NULL;
    }
    e->why = why;
    e->multi = multi_on(call->session);
    e->count = 1;
    e->created = e->updated = bt_real_ms();
    bt_buf_add(&e->object, object.p, object.n);
    bt_buf_add(&e->user, user.p, user.n);
    baton_with(call->worker->service->server, baton_id(call->client), describe,
               &e->client);
    return e;
}

/* Short of memory: less is told, or nothing. */
void acl_log_add(struct call *call, enum acl_denied why, struct bt_slice object,
                 struct bt_slice user)
{
    struct service *s = call->worker->service;
    struct acl *a = &s->acl;
    struct entry *e = make(call, why, object, user), *old;

    if (!e) {
        return;
    }
    bt_mutex_lock(&a->log_lock);
    old = find(a, e);
    if (old) { /* comes to the front, with the client that did it last */
        e->id = old->id;
        e->count = old->count + 1;
        e->created = old->created;
        drop(a, old);
    } else {
        e->id = a->log_next++;
    }
    bt_list_append(&a->log, &e->link);
    a->log_n++;
    /* Relaxed: any recent value. */
    trim(a,
         atomic_load_explicit(&s->settings->acllog_max, memory_order_relaxed));
    bt_mutex_unlock(&a->log_lock);
}

/* ---- The command ---- */

static const char *const reasons[] = {"", "command", "key", "channel", "auth"};

static void pair(struct resp_reply *out, const char *name,
                 const struct bt_buf *text)
{
    resp_bulk_str(out, name);
    resp_bulk(out, text->p ? text->p : "", text->n);
}

static void number(struct resp_reply *out, const char *name, int64_t v)
{
    resp_bulk_str(out, name);
    resp_int(out, v);
}

static void reply_entry(struct resp_reply *out, const struct entry *e)
{
    resp_map(out, 10);
    number(out, "count", (int64_t)e->count);
    resp_bulk_str(out, "reason");
    resp_bulk_str(out, reasons[e->why]);
    resp_bulk_str(out, "context");
    resp_bulk_str(out, e->multi ? "multi" : "toplevel");
    pair(out, "object", &e->object);
    pair(out, "username", &e->user);
    resp_bulk_str(out, "age-seconds");
    resp_double(out, (double)(bt_real_ms() - e->created) / 1000);
    pair(out, "client-info", &e->client);
    number(out, "entry-id", (int64_t)e->id);
    number(out, "timestamp-created", e->created);
    number(out, "timestamp-last-updated", e->updated);
}

/* The newest entries, copied, since replies are not written under a lock; NULL:
 * out of memory. */
static struct entry *copy(struct acl *a, uint64_t max, size_t *n)
{
    struct entry *v;
    struct bt_list *l;

    bt_mutex_lock(&a->log_lock);
    *n = a->log_n < max ? a->log_n : (size_t)max;
    v = calloc(*n + 1, sizeof *v);
    l = a->log.prev;
    for (size_t i = 0; v && i < *n; i++, l = l->prev) {
        const struct entry *e = entry_at(l);

        v[i] = *e;
        v[i].object = v[i].user = v[i].client = (struct bt_buf){0};
        bt_buf_add(&v[i].object, e->object.p, e->object.n);
        bt_buf_add(&v[i].user, e->user.p, e->user.n);
        bt_buf_add(&v[i].client, e->client.p, e->client.n);
    }
    bt_mutex_unlock(&a->log_lock);
    return v;
}

void cmd_acl_log(struct call *c)
{
    struct acl *a = &c->worker->service->acl;
    struct entry *v;
    int64_t max = 10;
    size_t n;

    if (c->argc > 3) {
        resp_errorf(c->out,
                    "ERR unknown subcommand or wrong number of arguments for "
                    "'%.*s'. Try ACL HELP.",
                    (int)c->argv[1].n, c->argv[1].p);
        return;
    }
    if (c->argc == 3 && bt_slice_is(c->argv[2], "reset")) {
        acl_log_clear(a);
        resp_status(c->out, "OK");
        return;
    }
    if (c->argc == 3 && !cmd_int(c, c->argv[2], &max)) {
        return;
    }
    v = copy(a, max > 0 ? (uint64_t)max : 0, &n);
    if (!v) {
        cmd_oom(c);
        return;
    }
    resp_array(c->out, n);
    for (size_t i = 0; i < n; i++) {
        reply_entry(c->out, &v[i]);
        bt_buf_fini(&v[i].object);
        bt_buf_fini(&v[i].user);
        bt_buf_fini(&v[i].client);
    }
    free(v);
}
