/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The clients of a user, when it is deleted or may hear less than before. They
 * are found by a walk over the handles; but what a client is subscribed to is
 * its worker's, so each gets a message, which its worker acts on.
 *
 * A client that becomes one of this user behind the walk has seen the new user,
 * or looks again before its next request: the generation is another one. One
 * that was allowed to subscribe a moment ago has done so when its message is
 * read, since one worker does both.
 */
#include "command/acl.h"

#include "command/client.h"
#include "command/pubsub.h"
#include "command/service.h"
#include "command/topic.h"
#include "command/worker.h"

#include <errno.h>
#include <string.h>

/* ---- Finding them ---- */

struct search {
    struct bt_slice user;
    uint64_t me;       /* is not looked for */
    struct bt_buf ids; /* uint64_t each */
    int rc;
};

static bool find_user(const struct baton_client_info *info, void *data,
                      void *arg)
{
    struct search *s = arg;

    if (info->id != s->me &&
        bt_slice_eq(bt_str(acl_user_name(data)), s->user)) {
        s->rc = bt_buf_add(&s->ids, &info->id, sizeof info->id);
    }
    return s->rc == 0;
}

/* The ids of all clients of the user but this one. 0 or -ENOMEM; the buffer is
 * the caller's, and holds those found so far. */
static int others_of(struct call *call, struct bt_slice user,
                     struct bt_buf *ids)
{
    struct baton_server *server = call->worker->service->server;
    struct baton_cursor cursor = {0};
    struct search s = {.user = user, .me = baton_id(call->client)};

    cmd_slow_begin(call);
    while (!cursor.done && s.rc == 0) {
        baton_each(server, &cursor, CLIENT_STEP, find_user, &s);
    }
    cmd_slow_end(call);
    *ids = s.ids;
    return s.rc;
}

static bool is_mine(const struct call *call, struct bt_slice user)
{
    return bt_slice_eq(bt_str(acl_user_name(call->session)), user);
}

/* ---- Deleted ---- */

int acl_close_clients(struct call *call, struct bt_slice user, bool *myself)
{
    struct bt_buf ids = {0};
    int rc = others_of(call, user, &ids);
    uint64_t id;

    for (size_t at = 0; at < ids.n; at += sizeof id) {
        memcpy(&id, ids.p + at, sizeof id);
        if (baton_kill(call->worker->service->server, id, BATON_KILLED) ==
            -ENOMEM) {
            rc = -ENOMEM;
        }
    }
    bt_buf_fini(&ids);
    *myself |= is_mine(call, user);
    return rc;
}

/* ---- May hear less ---- */

static bool may_hear(void *arg, enum topic_kind kind, struct bt_slice name)
{
    return acl_user_may_hear(arg, name, kind == TOPIC_PATTERN);
}

/* Is it one of u, and subscribed to what u may not hear? */
static bool overhears(const struct session *s, struct acl_user *u)
{
    return s->sub && bt_slice_eq(bt_str(acl_user_name(s)), u->name) &&
           !subscriber_each(s->sub, may_hear, u);
}

/* A post. */
static void close_listener(struct baton_client *c, void *arg)
{
    if (overhears(baton_data(c), arg)) {
        baton_close(c, BATON_KILLED);
    }
}

static void release_user(void *arg)
{
    acl_user_release(arg);
}

int acl_close_listeners(struct call *call, struct bt_slice user, bool *myself)
{
    struct service *service = call->worker->service;
    struct acl_user *u = acl_find(&service->acl, user);
    struct bt_buf ids = {0};
    uint64_t id;
    int rc;

    if (!u) { /* deleted meanwhile, and its clients with it */
        return 0;
    }
    rc = others_of(call, user, &ids);
    for (size_t at = 0; at < ids.n; at += sizeof id) {
        int r;

        memcpy(&id, ids.p + at, sizeof id);
        r = baton_post(service->server, id, close_listener, acl_user_hold(u),
                       release_user);
        if (r != 0) {
            acl_user_release(u);
            rc = r == -ENOMEM ? r : rc;
        }
    }
    bt_buf_fini(&ids);
    *myself |= overhears(call->session, u);
    acl_user_release(u);
    return rc;
}
