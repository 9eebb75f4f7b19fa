/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PUBSUB: what channels and patterns there are.
 */
#include "command/commands.h"

#include "base/buf.h"
#include "command/service.h"
#include "command/topic.h"
#include "command/worker.h"

static struct topics *topics(struct call *c)
{
    return c->worker->service->topics;
}

static void wrong(struct call *c)
{
    resp_errorf(c->out,
                "ERR unknown subcommand or wrong number of arguments for "
                "'%.*s'. Try PUBSUB HELP.",
                (int)(c->argv[1].n < 128 ? c->argv[1].n : 128), c->argv[1].p);
}

/* ---- CHANNELS ---- */

/* Names as bulks, one behind the other. */
struct names {
    struct bt_buf text;
    size_t n;
    const struct bt_slice *pattern;
    int rc;
};

static bool add_name(void *arg, struct bt_slice name)
{
    struct names *l = arg;

    if (l->pattern && !topic_matches(*l->pattern, name)) {
        return true;
    }
    l->rc = bt_buf_addf(&l->text, "$%zu\r\n", name.n);
    l->rc = l->rc ? l->rc : bt_buf_add(&l->text, name.p, name.n);
    l->rc = l->rc ? l->rc : bt_buf_add(&l->text, "\r\n", 2);
    l->n++;
    return l->rc == 0;
}

static void list(struct call *c, enum topic_kind kind)
{
    struct names l = {.pattern = c->argc > 2 ? &c->argv[2] : NULL};

    if (c->argc > 3) {
        wrong(c);
        return;
    }
    topics_each(topics(c), kind, add_name, &l);
    if (l.rc != 0) {
        cmd_oom(c);
    } else {
        resp_array(c->out, l.n);
        if (l.n > 0) {
            resp_raw(c->out, l.text.p, l.text.n);
        }
    }
    bt_buf_fini(&l.text);
}

void cmd_pubsub_channels(struct call *c)
{
    list(c, TOPIC_CHANNEL);
}

void cmd_pubsub_shardchannels(struct call *c)
{
    list(c, TOPIC_SHARD);
}

/* ---- Numbers ---- */

static void numbers(struct call *c, enum topic_kind kind)
{
    resp_array(c->out, 2 * (c->argc - 2));
    for (size_t i = 2; i < c->argc; i++) {
        resp_bulk(c->out, c->argv[i].p, c->argv[i].n);
        resp_int(c->out,
                 (int64_t)topic_subscribers(topics(c), kind, c->argv[i]));
    }
}

void cmd_pubsub_numsub(struct call *c)
{
    numbers(c, TOPIC_CHANNEL);
}

void cmd_pubsub_shardnumsub(struct call *c)
{
    numbers(c, TOPIC_SHARD);
}

void cmd_pubsub_numpat(struct call *c)
{
    resp_int(c->out, (int64_t)topics_count(topics(c), TOPIC_PATTERN));
}

void cmd_pubsub_help(struct call *c)
{
    static const char *const lines[] = {
        "CHANNELS [<pattern>]",
        "    List the channels that have subscribers, and match <pattern> if "
        "given.",
        "NUMPAT",
        "    Count the patterns that have subscribers.",
        "NUMSUB [<channel> ...]",
        "    Count the subscribers of each channel, those by patterns left "
        "out.",
        "SHARDCHANNELS [<pattern>]",
        "    List the shard channels that have subscribers, and match "
        "<pattern> if given.",
        "SHARDNUMSUB [<shardchannel> ...]",
        "    Count the subscribers of each shard channel.",
        NULL,
    };

    cmd_help(c, lines);
}
