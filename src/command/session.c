/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Labels are strings that never change; a new one is built first, put in place
 * under the lock that a walk over the handles holds, and the old one is freed
 * after that.
 */
#include "command/session.h"

#include "command/acl_user.h"
#include "command/multi.h"
#include "command/pubsub.h"
#include "command/service.h"
#include "command/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct change {
    enum label which;
    char *text;            /* in: the new one; out: the old one */
    struct labels *labels; /* in: for a session without; out: to be freed */
};

const char *session_label(const struct session *s, enum label which)
{
    return s->labels ? s->labels->text[which] : NULL;
}

static void swap_label(void *data, void *arg)
{
    struct session *s = data;
    struct change *ch = arg;
    char *old;

    if (!s->labels) {
        s->labels = ch->labels;
        ch->labels = NULL;
    }
    old = s->labels->text[ch->which];
    s->labels->text[ch->which] = ch->text;
    ch->text = old;
}

int session_set_label(struct baton_client *c, enum label which,
                      struct bt_slice text)
{
    struct session *s = baton_data(c);
    struct change ch = {.which = which};

    if (text.n == 0 && !session_label(s, which)) {
        return 0;
    }
    if (!s->labels) {
        ch.labels = calloc(1, sizeof *ch.labels);
        if (!ch.labels) {
            return -ENOMEM;
        }
    }
    if (text.n > 0) {
        ch.text = malloc(text.n + 1);
        if (!ch.text) {
            free(ch.labels);
            return -ENOMEM;
        }
        memcpy(ch.text, text.p, text.n);
        ch.text[text.n] = 0;
    }
    baton_sync(c, swap_label, &ch);
    free(ch.text);
    return 0;
}

void session_init(struct session *s, bool authenticated)
{
    session_set_proto(s, 2);
    session_set_flag(s, SESSION_AUTHENTICATED, authenticated);
}

struct parts {
    struct labels *labels;
    struct acl_user *user;
};

static void take_parts(void *data, void *arg)
{
    struct session *s = data;
    struct parts *out = arg;

    *out = (struct parts){s->labels, s->user};
    s->labels = NULL;
    s->user = NULL;
}

void session_fini(struct baton_client *c)
{
    struct session *s = baton_data(c);
    struct worker *w = baton_client_worker_data(c);
    struct parts parts = {NULL, NULL};

    multi_reset(s, w->service->db);
    pubsub_reset(c);
    if (s->labels || s->user) {
        baton_sync(c, take_parts, &parts);
    }
    for (int i = 0; parts.labels && i < N_LABELS; i++) {
        free(parts.labels->text[i]);
    }
    free(parts.labels);
    acl_user_release(parts.user);
    resp_partial_free(&s->partial);
}
