/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/pause.h"

#include "base/buf.h"
#include "base/clock.h"
#include "command/client.h"
#include "command/commands.h"
#include "command/service.h"
#include "command/session.h"
#include "command/worker.h"

#include <limits.h>
#include <string.h>

void pause_init(struct pause *p)
{
    atomic_init(&p->mode, PAUSE_NONE);
    atomic_init(&p->until_ms, 0);
    bt_mutex_init(&p->lock, BT_RANK_LOG, 0);
}

void pause_fini(struct pause *p)
{
    bt_mutex_fini(&p->lock);
}

/* How many milliseconds the pause still takes, 0 when it is over. */
static uint64_t left(struct pause *p)
{
    uint64_t now = bt_now_ms(), until = atomic_load(&p->until_ms);

    return atomic_load(&p->mode) != PAUSE_NONE && until > now ? until - now : 0;
}

bool pause_is_on(struct pause *p)
{
    return left(p) > 0;
}

/* Its time is over: the next command need not look at the clock. */
static void end(struct pause *p)
{
    bt_mutex_lock(&p->lock);
    if (left(p) == 0) {
        atomic_store(&p->mode, PAUSE_NONE);
    }
    bt_mutex_unlock(&p->lock);
}

bool pause_concerns(struct pause *p, unsigned flags)
{
    if (atomic_load(&p->mode) == PAUSE_WRITE &&
        !(flags & (CMD_WRITE | CMD_MAY_REPLICATE))) {
        return false;
    }
    if (left(p) == 0) {
        end(p);
        return false;
    }
    return true;
}

/* ---- Parked clients ---- */

static struct pause *pause_of(struct call *c)
{
    return &c->worker->service->pause;
}

/* By the client's timer, or by a message when the pause is taken back. */
static void resume(struct baton_client *c)
{
    struct session *s = baton_data(c);

    if (atomic_exchange(&s->paused, false)) {
        baton_timer(c, -1, NULL);
        baton_resume(c);
    }
}

static void resume_posted(struct baton_client *c, void *arg)
{
    (void)arg;
    resume(c);
}

/* Marks the client, then looks whether the pause is still on; whoever takes it
 * back clears the pause, then looks for marks. All four are sequentially
 * consistent, so one of the two sees the other. */
bool pause_park(struct call *call)
{
    struct pause *p = pause_of(call);
    uint64_t ms;

    atomic_store(&call->session->paused, true);
    ms = left(p);
    if (ms == 0) {
        atomic_store(&call->session->paused, false);
        end(p);
        return false;
    }
    baton_park(call->client);
    if (baton_timer(call->client, ms < LONG_MAX ? (long)ms : LONG_MAX,
                    resume) != 0) {
        baton_close(call->client, BATON_LIMIT);
    }
    return true;
}

/* ---- The commands ---- */

static bool pause_mode(struct call *c, enum pause_mode *mode)
{
    *mode = PAUSE_ALL;
    if (c->argc == 4 && bt_slice_is(c->argv[3], "write")) {
        *mode = PAUSE_WRITE;
    } else if (c->argc == 4 && !bt_slice_is(c->argv[3], "all")) {
        resp_error(c->out, "ERR CLIENT PAUSE mode must be WRITE or ALL");
        return false;
    }
    return true;
}

/* A pause that is on becomes longer and stricter, never less so. */
static void begin(struct pause *p, enum pause_mode mode, uint64_t ms)
{
    uint64_t until = bt_now_ms() + ms;

    bt_mutex_lock(&p->lock);
    if (left(p) > 0) {
        if (atomic_load(&p->mode) == PAUSE_ALL) {
            mode = PAUSE_ALL;
        }
        if (atomic_load(&p->until_ms) > until) {
            until = atomic_load(&p->until_ms);
        }
    }
    atomic_store(&p->until_ms, until);
    atomic_store(&p->mode, mode);
    bt_mutex_unlock(&p->lock);
}

/* All shards are locked. */
void cmd_client_pause(struct call *c)
{
    enum pause_mode mode;
    int64_t ms;

    if (c->argc > 4) {
        cmd_sub_error(c);
        return;
    }
    if (!pause_mode(c, &mode)) {
        return;
    }
    if (!cmd_parse_int(c->argv[2], &ms)) {
        resp_error(c->out, "ERR timeout is not an integer or out of range");
    } else if (ms < 0) {
        resp_error(c->out, "ERR timeout is negative");
    } else if (ms > INT64_MAX - (int64_t)bt_now_ms()) {
        resp_error(c->out, "ERR timeout is out of range");
    } else {
        begin(pause_of(c), mode, (uint64_t)ms);
        resp_status(c->out, "OK");
    }
}

struct found {
    struct bt_buf ids; /* uint64_t each */
    int rc;
};

static bool find_paused(const struct baton_client_info *info, void *data,
                        void *arg)
{
    struct session *s = data;
    struct found *f = arg;

    if (atomic_load(&s->paused)) {
        f->rc = bt_buf_add(&f->ids, &info->id, sizeof info->id);
    }
    return f->rc == 0;
}

/* Those that there is no memory to find wait for their timers. */
static void resume_all(struct call *c)
{
    struct baton_server *server = c->worker->service->server;
    struct baton_cursor cursor = {0};
    struct found f = {.rc = 0};
    uint64_t id;

    while (!cursor.done && f.rc == 0) {
        baton_each(server, &cursor, CLIENT_STEP, find_paused, &f);
    }
    for (size_t at = 0; at < f.ids.n; at += sizeof id) {
        memcpy(&id, f.ids.p + at, sizeof id);
        baton_post(server, id, resume_posted, NULL, NULL);
    }
    bt_buf_fini(&f.ids);
}

void cmd_client_unpause(struct call *c)
{
    struct pause *p = pause_of(c);
    bool was_on;

    bt_mutex_lock(&p->lock);
    was_on = left(p) > 0;
    atomic_store(&p->mode, PAUSE_NONE);
    atomic_store(&p->until_ms, 0);
    bt_mutex_unlock(&p->lock);
    if (was_on) {
        cmd_slow_begin(c);
        resume_all(c);
        cmd_slow_end(c);
    }
    resp_status(c->out, "OK");
}
