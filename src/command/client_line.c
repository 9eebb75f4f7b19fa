/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One line of CLIENT LIST. It is written by hand and not by printf, since
 * thousands of them are made while other clients of this worker wait.
 */
#include "command/client.h"

#include "command/acl.h"
#include "command/session.h"
#include "command/topic.h"
#include "resp/number.h"

#include <string.h>

/* What all the numbers and names of fields take at most, and the few texts of a
 * bounded length; labels and addresses come on top. */
#define LINE_BYTES 1536

static char *put(char *p, const char *text)
{
    size_t n = strlen(text);

    memcpy(p, text, n);
    return p + n;
}

/* name begins with a space (but for the first) and ends with "=". */
static inline char *word(char *p, const char *name, const char *text)
{
    return put(put(p, name), text);
}

static inline char *number(char *p, const char *name, uint64_t v)
{
    p = put(p, name);
    return p + resp_format_uint(p, v);
}

static inline char *integer(char *p, const char *name, int64_t v)
{
    p = put(p, name);
    return p + resp_format_int(p, v);
}

static bool is_unix(const struct baton_client_info *info)
{
    size_t n = strlen(info->addr);

    return n >= 2 && strcmp(info->addr + n - 2, ":0") == 0;
}

/* Relaxed: for show. */
static uint32_t queued(const struct session *s)
{
    return atomic_load_explicit(&((struct session *)s)->queued,
                                memory_order_relaxed);
}

static uint32_t subscriptions(const struct session *s, enum topic_kind kind)
{
    return s->sub ? atomic_load_explicit(&s->sub->n[kind], memory_order_relaxed)
                  : 0;
}

static char *show_flags(char *p, const struct baton_client_info *info,
                        struct session *s)
{
    unsigned flags = session_flags(s);
    char *start = p = put(p, " flags=");

    if (s->sub) {
        *p++ = 'P';
    }
    if (queued(s) > 0) {
        *p++ = 'x';
    }
    if (info->state == BATON_BLOCKED) {
        *p++ = 'b';
    }
    if (atomic_load_explicit(&s->dirty, memory_order_relaxed)) {
        *p++ = 'd';
    }
    if (info->state == BATON_CLOSING) {
        *p++ = 'c';
    }
    if (is_unix(info)) {
        *p++ = 'U';
    }
    if (flags & SESSION_NO_EVICT) {
        *p++ = 'e';
    }
    if (flags & SESSION_NO_TOUCH) {
        *p++ = 'T';
    }
    if (p == start) {
        *p++ = 'N';
    }
    return p;
}

static const char *label(const struct session *s, enum label which)
{
    const char *text = session_label(s, which);

    return text ? text : "";
}

static size_t labels_length(const struct session *s)
{
    size_t n = 0;

    for (int i = 0; i < N_LABELS; i++) {
        n += strlen(label(s, (enum label)i));
    }
    return n + strlen(acl_user_name(s));
}

/* Who it is. */
static char *identity(char *p, const struct baton_client_info *info,
                      const struct session *s)
{
    p = number(p, "id=", info->id);
    p = word(p, " addr=", info->addr);
    p = word(p, " laddr=", info->laddr);
    p = integer(p, " fd=", info->fd);
    p = word(p, " name=", label(s, LABEL_NAME));
    p = number(p, " age=", info->age_ms / 1000);
    p = number(p, " idle=", info->idle_ms / 1000);
    p = show_flags(p, info, (struct session *)s);
    p = number(p, " db=", session_db(s));
    p = number(p, " sub=", subscriptions(s, TOPIC_CHANNEL));
    p = number(p, " psub=", subscriptions(s, TOPIC_PATTERN));
    p = number(p, " ssub=", subscriptions(s, TOPIC_SHARD));
    return integer(p, " multi=", (int64_t)queued(s) - 1);
}

/* What it holds. */
static char *buffers(char *p, const struct baton_client_info *info)
{
    p = number(p, " qbuf=", info->input_bytes);
    p = number(p, " qbuf-free=", info->input_capacity - info->input_bytes);
    p = put(p, " argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0");
    p = number(p, " oll=", info->output_chunks);
    p = number(p, " omem=", info->output_bytes);
    p = number(p, " tot-mem=",
               info->input_capacity + info->output_bytes +
                   sizeof(struct session));
    return word(p, " events=", info->output_pending ? "rw" : "r");
}

/* What it does; the last fields are ours. */
static char *activity(char *p, const struct baton_client_info *info,
                      const struct session *s)
{
    /* Relaxed: any recent command will do; rows never change. */
    const struct command *last = atomic_load_explicit(
        &((struct session *)s)->last, memory_order_relaxed);

    p = word(p, " cmd=", last ? last->name : "NULL");
    p = word(p, " user=", acl_user_name(s));
    p = put(p, " redir=-1");
    p = number(p, " resp=", session_proto(s) == 3 ? 3 : 2);
    p = word(p, " lib-name=", label(s, LABEL_LIB_NAME));
    p = word(p, " lib-ver=", label(s, LABEL_LIB_VER));
    p = word(p, " state=", baton_state_name(info->state));
    p = integer(p, " worker=", info->worker);
    p = number(p, " master=", info->master);
    p = number(p, " srm=", info->srm);
    p = number(p, " queued-us=", info->queued_us);
    return put(p, "\n");
}

int client_line(struct bt_buf *text, const struct baton_client_info *info,
                const struct session *s)
{
    int rc = bt_buf_reserve(text, LINE_BYTES + labels_length(s));
    char *p, *end;

    if (rc == 0) {
        p = text->p + text->n;
        end = activity(buffers(identity(p, info, s), info), info, s);
        bt_assert((size_t)(end - p) <= text->cap - text->n);
        text->n += (size_t)(end - p);
    }
    return rc;
}
