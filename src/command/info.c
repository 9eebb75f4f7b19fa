/* SPDX-License-Identifier: BSD-2-Clause
 *
 * INFO: which sections were asked for, one after the other. "default" is what
 * INFO alone tells; "all" and "everything" are all of it.
 */
#include "command/info.h"

#include "command/commands.h"
#include "command/worker.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct section {
    const char *name, *title;
    void (*fn)(struct info *i);
    bool by_default;
} sections[] = {
    {"server", "Server", info_server, true},
    {"clients", "Clients", info_clients, true},
    {"memory", "Memory", info_memory, true},
    {"persistence", "Persistence", info_persistence, true},
    {"stats", "Stats", info_stats_section, true},
    {"replication", "Replication", info_replication, true},
    {"cpu", "CPU", info_cpu, true},
    {"modules", "Modules", info_modules, true},
    {"commandstats", "Commandstats", info_commandstats, false},
    {"errorstats", "Errorstats", info_errorstats, true},
    {"latencystats", "Latencystats", info_latencystats, false},
    {"cluster", "Cluster", info_cluster, true},
    {"keyspace", "Keyspace", info_keyspace, true},
    {"baton", "Baton", info_baton, true},
};

#define N_SECTIONS (sizeof sections / sizeof sections[0])

/* ---- For the sections ---- */

void info_add(struct info *i, const char *fmt, ...)
{
    char line[2048];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    bt_assert(n >= 0);
    if ((size_t)n >= sizeof line) {
        n = (int)sizeof line - 1; /* an absurd path; the line ends early */
        memcpy(line + n - 2, "\r\n", 2);
    }
    if (i->rc == 0) {
        i->rc = bt_buf_add(&i->text, line, (size_t)n);
    }
}

void info_add_bytes(struct info *i, const char *name, uint64_t bytes)
{
    static const char units[] = "KMGTP";
    double v = (double)bytes;
    int unit = -1;

    info_add(i, "%s:%llu\r\n", name, (unsigned long long)bytes);
    while (v >= 1024 && units[unit + 1]) {
        v /= 1024;
        unit++;
    }
    if (unit < 0) {
        info_add(i, "%s_human:%lluB\r\n", name, (unsigned long long)bytes);
    } else {
        info_add(i, "%s_human:%.2f%c\r\n", name, v, units[unit]);
    }
}

void info_add_zeroes(struct info *i, const char *const *names)
{
    for (; *names; names++) {
        info_add(i, "%s:0\r\n", *names);
    }
}

const struct stats *info_stats(struct info *i)
{
    if (!i->have_stats && i->rc == 0) {
        i->rc = stats_sum(i->service, &i->stats);
        i->have_stats = i->rc == 0;
    }
    return i->have_stats ? &i->stats : NULL;
}

void info_option(struct info *i, const char *want, char *out, size_t size)
{
    const struct options_ops *ops = i->service->ops;
    struct bt_buf value = {0};
    const char *name;

    out[0] = 0;
    for (size_t k = 0; (name = ops->name(ops->ctx, k)) != NULL; k++) {
        if (strcmp(name, want) == 0) {
            if (ops->get(ops->ctx, k, &value) == 0 && value.n < size) {
                memcpy(out, value.p ? value.p : "", value.n);
                out[value.n] = 0;
            }
            break;
        }
    }
    bt_buf_fini(&value);
}

/* ---- The command ---- */

/* True when one of the words asks for this section. */
static bool wanted(const struct call *c, const struct section *s)
{
    if (c->argc == 1) {
        return s->by_default;
    }
    for (size_t i = 1; i < c->argc; i++) {
        struct bt_slice word = c->argv[i];

        if (bt_slice_is(word, s->name) || bt_slice_is(word, "all") ||
            bt_slice_is(word, "everything") ||
            (s->by_default && bt_slice_is(word, "default"))) {
            return true;
        }
    }
    return false;
}

void cmd_info(struct call *c)
{
    struct info info = {.service = c->worker->service};

    for (size_t i = 0; i < N_SECTIONS; i++) {
        if (wanted(c, &sections[i])) {
            info_add(&info, "%s# %s\r\n", info.text.n > 0 ? "\r\n" : "",
                     sections[i].title);
            sections[i].fn(&info);
        }
    }
    if (info.rc == 0) {
        resp_verbatim(c->out, "txt", info.text.p ? info.text.p : "",
                      info.text.n);
    } else {
        cmd_oom(c);
    }
    bt_buf_fini(&info.text);
    stats_fini(&info.stats);
}
