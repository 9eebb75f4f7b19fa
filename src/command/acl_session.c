/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The user of a session: who it is, and whether it is up to date.
 */
#include "command/acl.h"

#include "command/service.h"
#include "command/session.h"
#include "command/worker.h"

#include <stdio.h>

static void swap_user(void *data, void *arg)
{
    struct session *s = data;
    struct acl_user **u = arg, *old = s->user;

    s->user = *u;
    *u = old;
}

/* u's reference becomes the session's. */
static void set_user(struct call *call, struct acl_user *u, unsigned generation)
{
    baton_sync(call->client, swap_user, &u);
    acl_user_release(u);
    call->session->acl_taken = generation;
    call->session->acl_free = false;
}

const char *acl_user_name(const struct session *s)
{
    return s->user ? s->user->name.p : "default";
}

void acl_forget(struct call *call)
{
    set_user(call, NULL, 0);
}

/* The user as it is in this generation. False: it was deleted. */
static bool refresh(struct call *call, unsigned generation)
{
    struct session *s = call->session;
    struct acl_user *u;

    if (s->acl_taken == generation) {
        return true;
    }
    u = acl_find(&call->worker->service->acl, bt_str(acl_user_name(s)));
    if (u) {
        set_user(call, u, generation);
    }
    return u != NULL;
}

static void refuse(struct call *call, enum acl_denied denied, size_t what,
                   char *error, size_t size)
{
    struct cmd_counters *counters = &call->worker->counters;
    const struct acl_user *u = call->session->user;
    struct bt_buf text = {0};

    if (acl_reason(u, call->command, denied, call->argv[what], false, &text) ==
        0) {
        snprintf(error, size, "NOPERM %.*s", (int)text.n, text.p);
    } else {
        snprintf(error, size, "NOPERM out of memory");
    }
    bt_buf_fini(&text);
    cmd_count_add(denied == ACL_DENIED_COMMAND ? &counters->denied_command
                  : denied == ACL_DENIED_KEY   ? &counters->denied_key
                                               : &counters->denied_channel,
                  1);
    acl_log_add(call, denied,
                denied == ACL_DENIED_COMMAND ? bt_str(call->command->name)
                                             : call->argv[what],
                u->name);
}

bool acl_gate(struct call *call, char *error, size_t size)
{
    struct service *service = call->worker->service;
    struct session *s = call->session;
    unsigned generation = atomic_load(&service->acl.generation);
    enum acl_denied denied;
    size_t what;

    *error = 0;
    if (!refresh(call, generation)) {
        service_close(call, BATON_KILLED);
        return false;
    }
    if (service_wants_auth(service, s)) {
        if (!(call->command->flags & CMD_NO_AUTH)) {
            snprintf(error, size, "NOAUTH Authentication required.");
        }
        return call->command->flags & CMD_NO_AUTH;
    }
    if (acl_user_is_free(s->user)) {
        s->acl_free = true;
        return true;
    }
    denied = acl_judge(s->user, call->command, call->argv, call->argc, &what);
    if (denied != ACL_ALLOWED) {
        refuse(call, denied, what, error, size);
    }
    return denied == ACL_ALLOWED;
}

bool acl_authenticate(struct call *call, struct bt_slice user,
                      struct bt_slice password)
{
    struct acl *a = &call->worker->service->acl;
    unsigned generation = atomic_load(&a->generation);
    struct acl_user *u = acl_find(a, user);

    if (!u || !u->on || !(u->nopass || acl_user_knows(u, password))) {
        acl_user_release(u);
        cmd_count_add(&call->worker->counters.denied, 1);
        acl_log_add(call, ACL_DENIED_AUTH, call->argv[0], user);
        resp_error(call->out, "WRONGPASS invalid username-password pair or "
                              "user is disabled.");
        return false;
    }
    set_user(call, u, generation);
    session_set_flag(call->session, SESSION_AUTHENTICATED, true);
    return true;
}
