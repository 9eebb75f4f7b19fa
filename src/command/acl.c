/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/acl.h"

#include "command/keys.h"
#include "command/options.h"
#include "command/service.h"
#include "command/session.h"
#include "command/table.h"
#include "command/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The users ---- */

static int order(struct bt_slice a, struct bt_slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n > 0 ? memcmp(a.p, b.p, n) : 0;

    return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

/* Its place, or where it would be. The lock is held. */
static size_t place(const struct acl *a, struct bt_slice name, bool *found)
{
    size_t i = 0;

    while (i < a->n && order(a->v[i]->name, name) < 0) {
        i++;
    }
    *found = i < a->n && order(a->v[i]->name, name) == 0;
    return i;
}

struct acl_user *acl_find(struct acl *a, struct bt_slice name)
{
    struct acl_user *u = NULL;
    bool found;
    size_t i;

    bt_mutex_lock(&a->lock);
    i = place(a, name, &found);
    if (found) {
        u = acl_user_hold(a->v[i]);
    }
    bt_mutex_unlock(&a->lock);
    return u;
}

struct acl_user **acl_all(struct acl *a, size_t *n)
{
    struct acl_user **v;

    bt_mutex_lock(&a->lock);
    v = malloc((a->n + 1) * sizeof *v);
    *n = a->n;
    for (size_t i = 0; v && i < a->n; i++) {
        v[i] = acl_user_hold(a->v[i]);
    }
    bt_mutex_unlock(&a->lock);
    return v;
}

/* The lock is held. 0 is left out: no session has seen that. */
static void next_generation(struct acl *a)
{
    unsigned g = atomic_load(&a->generation) + 1;

    atomic_store(&a->generation, g != 0 ? g : 1);
}

static bool is_default(const struct acl_user *u)
{
    return bt_slice_eq(u->name, bt_str("default"));
}

/* Puts u in place; its reference is the list's now. The lock is held. */
static int put_user(struct acl *a, struct acl_user *u)
{
    bool found;
    size_t i = place(a, u->name, &found);

    if (!found) {
        struct acl_user **v = realloc(a->v, (a->n + 1) * sizeof *v);

        if (!v) {
            return -ENOMEM;
        }
        a->v = v;
        memmove(&v[i + 1], &v[i], (a->n - i) * sizeof *v);
        a->n++;
    } else {
        acl_user_release(a->v[i]);
    }
    a->v[i] = u;
    if (is_default(u)) {
        atomic_store(&a->auth_required, !u->nopass || !u->on);
    }
    next_generation(a);
    return 0;
}

static int apply_rules(struct acl_user *u, struct acl_change *ch)
{
    int rc = 0;

    for (ch->bad = 0; ch->bad < ch->n; ch->bad++) {
        rc = acl_user_rule(u, ch->rules[ch->bad], &ch->why);
        if (rc != 0) {
            return rc;
        }
    }
    return 0;
}

int acl_set(struct acl *a, struct bt_slice name, struct acl_change *ch)
{
    struct acl_user *u;
    bool found;
    size_t i;
    int rc;

    bt_mutex_lock(&a->lock);
    i = place(a, name, &found);
    u = found ? acl_user_copy(a->v[i]) : acl_user_new(name);
    rc = u ? apply_rules(u, ch) : -ENOMEM;
    if (rc == 0) {
        ch->hears_less = found && acl_user_hears_less(u, a->v[i]);
        rc = put_user(a, u);
    }
    bt_mutex_unlock(&a->lock);
    if (rc != 0) {
        acl_user_release(u);
    }
    return rc;
}

bool acl_delete(struct acl *a, struct bt_slice name)
{
    struct acl_user *u = NULL;
    bool found;
    size_t i;

    bt_mutex_lock(&a->lock);
    i = place(a, name, &found);
    if (found) {
        u = a->v[i];
        a->n--;
        memmove(&a->v[i], &a->v[i + 1], (a->n - i) * sizeof *a->v);
        next_generation(a);
    }
    bt_mutex_unlock(&a->lock);
    acl_user_release(u);
    return found;
}

/* ---- The options ---- */

static int set_words(struct acl *a, const char *words)
{
    struct bt_slice rules[8]; /* few words */
    struct acl_change ch = {.rules = rules};

    while (cmd_next_word(&words, " ", &rules[ch.n])) {
        ch.n++;
    }
    return acl_set(a, bt_str("default"), &ch);
}

/* requirepass: the default user's only password. */
static int set_password(void *arg, const char *password)
{
    struct acl *a = arg;
    struct bt_slice rules[2] = {bt_str("resetpass"), bt_str("nopass")};
    struct acl_change ch = {.rules = rules, .n = 2};
    struct bt_buf text = {0};
    int rc = 0;

    if (*password) {
        rc = bt_buf_addf(&text, ">%s", password);
        rules[1] = bt_slice(text.p, text.n);
    }
    if (rc == 0) {
        rc = acl_set(a, bt_str("default"), &ch);
    }
    bt_buf_fini(&text);
    return rc;
}

/* One user of settings.users; the rules were checked. */
static int set_line(struct acl *a, struct bt_slice line)
{
    struct bt_slice *word = malloc((line.n + 1) * sizeof *word);
    size_t n = 0, at = 0;
    int rc = word ? 0 : -ENOMEM;

    while (word && at <= line.n) {
        const char *end =
            at < line.n ? memchr(line.p + at, ACL_WORD_END, line.n - at) : NULL;
        size_t to = end ? (size_t)(end - line.p) : line.n;

        word[n++] = bt_slice(line.p + at, to - at);
        at = to + 1;
    }
    if (rc == 0 && bt_slice_eq(word[0], bt_str("default"))) {
        rc = set_words(a, "reset");
    }
    if (rc == 0) {
        struct acl_change ch = {.rules = word + 1, .n = n - 1};

        rc = acl_set(a, word[0], &ch);
    }
    free(word);
    return rc;
}

/* For CONFIG REWRITE: a line for each user; the default one only when it is not
 * what requirepass makes of it. */
static int describe_users(void *arg, const char *password, struct bt_buf *out)
{
    struct acl_user **v, *plain;
    struct bt_buf text = {0}, usual = {0};
    struct acl b = {.generation = 1};
    size_t n;
    int rc;

    bt_mutex_init(&b.lock, BT_RANK_LOG, 0);
    rc = set_words(&b, "on ~* &* +@all");
    rc = rc == 0 ? set_password(&b, password) : rc;
    plain = acl_find(&b, bt_str("default"));
    rc = rc == 0 ? acl_user_describe(plain, &usual) : rc;
    acl_user_release(plain);
    acl_delete(&b, bt_str("default"));
    free(b.v);
    bt_mutex_fini(&b.lock);
    v = acl_all(arg, &n);
    rc = v ? rc : -ENOMEM;
    for (size_t i = 0; v && i < n; i++) {
        text.n = 0;
        rc = rc == 0 ? acl_user_describe(v[i], &text) : rc;
        if (rc == 0 &&
            (!is_default(v[i]) || !bt_slice_eq(bt_slice(text.p, text.n),
                                               bt_slice(usual.p, usual.n)))) {
            rc = bt_buf_addf(out, "%.*s\n", (int)text.n, text.p);
        }
        acl_user_release(v[i]);
    }
    free(v);
    bt_buf_fini(&text);
    bt_buf_fini(&usual);
    return rc;
}

int acl_init(struct acl *a, struct settings *settings)
{
    const char *p = settings->users ? settings->users : "";
    int rc;

    memset(a, 0, sizeof *a);
    atomic_init(&a->generation, 1);
    bt_mutex_init(&a->lock, BT_RANK_LOG, 0);
    bt_mutex_init(&a->log_lock, BT_RANK_LOG, 0);
    bt_list_init(&a->log);
    rc = set_words(a, "on ~* &* +@all");
    if (rc == 0) {
        rc = set_password(a, settings->requirepass);
    }
    while (rc == 0 && *p) {
        size_t n = strcspn(p, "\n");

        rc = set_line(a, bt_slice(p, n));
        p += n + (p[n] == ACL_USER_END);
    }
    settings->acl.ctx = a;
    settings->acl.set_password = set_password;
    settings->acl.describe_users = describe_users;
    return rc;
}

void acl_fini(struct acl *a)
{
    for (size_t i = 0; i < a->n; i++) {
        acl_user_release(a->v[i]);
    }
    free(a->v);
    acl_log_clear(a);
    bt_mutex_fini(&a->lock);
    bt_mutex_fini(&a->log_lock);
}

int acl_check_rules(const struct bt_slice *word, size_t n, char *err,
                    size_t size)
{
    struct acl_change ch = {
        .rules = word + 1, .n = n - 1, .why = "out of memory"};
    struct acl_user *u;
    int rc;

    cmd_table_init();
    u = acl_user_new(word[0]);
    rc = u ? apply_rules(u, &ch) : -ENOMEM;
    acl_user_release(u);
    if (rc != 0) {
        struct bt_slice bad = word[ch.bad + 1];

        snprintf(err, size, "Error in user declaration '%.*s': %s",
                 (int)(bad.n < 128 ? bad.n : 128), bad.p, ch.why);
        return -EINVAL;
    }
    return 0;
}

/* ---- Requests ---- */

static bool has_flag(struct bt_slice flags, const char *want)
{
    size_t n = strlen(want);

    for (size_t i = 0; i + n <= flags.n; i++) {
        if (memcmp(flags.p + i, want, n) == 0) {
            return true;
        }
    }
    return false;
}

static unsigned access_of(struct bt_slice flags)
{
    unsigned access = has_flag(flags, "access") ? ACL_READ : 0;

    if (has_flag(flags, "insert") || has_flag(flags, "delete") ||
        has_flag(flags, "update")) {
        access |= ACL_WRITE;
    }
    return access;
}

static enum acl_denied judge_keys(const struct acl_user *u,
                                  const struct command *c,
                                  const struct bt_slice *argv, size_t argc,
                                  size_t *what)
{
    enum acl_denied denied = ACL_ALLOWED;
    struct cmd_key_list keys;
    int rc;

    if (u->all_keys || strstr(c->key_flags, "not_key")) {
        return ACL_ALLOWED;
    }
    cmd_keys_init(&keys);
    rc = cmd_keys_of(c, argv, argc, &keys);
    for (size_t i = 0; i < keys.n && denied == ACL_ALLOWED; i++) {
        *what = keys.at[i];
        if (!acl_user_may_touch(u, argv[*what],
                                access_of(cmd_key_flags(c, argv, argc, i)))) {
            denied = ACL_DENIED_KEY;
        }
    }
    if (denied == ACL_ALLOWED && (rc == CMD_KEYS_ALL || rc == -ENOMEM)) {
        *what = keys.n > 0 ? keys.at[0] : 0;
        denied = ACL_DENIED_KEY; /* it may touch any */
    }
    cmd_keys_fini(&keys);
    return denied;
}

static enum acl_denied judge_channels(const struct acl_user *u,
                                      const struct command *c,
                                      const struct bt_slice *argv, size_t argc,
                                      size_t *what)
{
    const char *name = c->name;
    bool one = strcmp(name, "publish") == 0 || strcmp(name, "spublish") == 0;
    bool patterns = strcmp(name, "psubscribe") == 0;

    if (u->all_channels ||
        !(one || patterns || strcmp(name, "subscribe") == 0 ||
          strcmp(name, "ssubscribe") == 0)) {
        return ACL_ALLOWED;
    }
    for (size_t i = 1; i < (one ? 2 : argc); i++) {
        if (!acl_user_may_hear(u, argv[i], patterns)) {
            *what = i;
            return ACL_DENIED_CHANNEL;
        }
    }
    return ACL_ALLOWED;
}

enum acl_denied acl_judge(const struct acl_user *u, const struct command *c,
                          const struct bt_slice *argv, size_t argc,
                          size_t *what)
{
    enum acl_denied denied;

    *what = 0;
    if (!acl_user_may_run(u, c)) {
        return ACL_DENIED_COMMAND;
    }
    denied = judge_keys(u, c, argv, argc, what);
    return denied == ACL_ALLOWED ? judge_channels(u, c, argv, argc, what)
                                 : denied;
}

int acl_reason(const struct acl_user *u, const struct command *c,
               enum acl_denied denied, struct bt_slice what, bool verbose,
               struct bt_buf *out)
{
    const char *kind = denied == ACL_DENIED_KEY ? "key" : "channel";

    if (denied == ACL_DENIED_COMMAND) {
        return bt_buf_addf(out,
                           "User %s has no permissions to run the '%s' command",
                           u->name.p, c->name);
    }
    if (verbose) {
        return bt_buf_addf(out,
                           "User %s has no permissions to access the '%.*s' %s",
                           u->name.p, (int)what.n, what.p, kind);
    }
    return bt_buf_addf(out, "No permissions to access a %s", kind);
}

/* ---- Sessions ---- */

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
