/* SPDX-License-Identifier: BSD-2-Clause
 *
 * MEMORY. What a key takes is known, not guessed from samples.
 */
#include "config.h"

#include "command/commands.h"
#include "command/info.h"
#include "command/process.h"
#include "command/worker.h"

#include <stdio.h>
#ifdef HAVE_MALLOC_TRIM
#include <malloc.h>
#endif

/* A key's share of its bucket in the table: a cache line for six. */
#define SLOT_BYTES 11

/* ---- USAGE ---- */

static bool usage_options(struct call *c)
{
    int64_t samples;

    for (size_t i = 3; i < c->argc; i += 2) {
        if (!bt_slice_is(c->argv[i], "samples") || i + 1 == c->argc) {
            return cmd_syntax(c);
        }
        if (!cmd_int(c, c->argv[i + 1], &samples)) {
            return false;
        }
        if (samples < 0) {
            return cmd_syntax(c);
        }
    }
    return true;
}

void cmd_memory_usage(struct call *c)
{
    const struct db_entry *e;

    if (!usage_options(c)) {
        return;
    }
    e = tx_find_quiet(c->tx, c->argv[2]);
    if (e) {
        resp_int(c->out, (int64_t)(db_entry_bytes(e) + SLOT_BYTES));
    } else {
        resp_null(c->out);
    }
}

/* ---- STATS ---- */

static void number(struct call *c, const char *name, uint64_t v)
{
    resp_bulk_str(c->out, name);
    resp_int(c->out, (int64_t)v);
}

static void real(struct call *c, const char *name, double v)
{
    resp_bulk_str(c->out, name);
    resp_double(c->out, v);
}

static double ratio(uint64_t a, uint64_t b)
{
    return b > 0 ? (double)a / (double)b : 0;
}

/* Databases with something in them; the tables of keys and of times to live are
 * one here. Counts them, or writes them. */
static size_t databases(struct call *c, bool write)
{
    struct db *db = c->worker->service->db;
    char name[24];
    size_t n = 0;

    for (unsigned i = 0; i < db_databases(db); i++) {
        uint64_t keys = db_size(db, i);

        if (keys > 0) {
            n++;
        }
        if (keys > 0 && write) {
            snprintf(name, sizeof name, "db.%u", i);
            resp_bulk_str(c->out, name);
            resp_map(c->out, 3);
            number(c, "overhead.hashtable.main", keys * SLOT_BYTES);
            number(c, "overhead.hashtable.expires", 0);
            number(c, "overhead.hashtable.slot-to-keys", 0);
        }
    }
    return n;
}

static uint64_t all_keys(struct db *db)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < db_databases(db); i++) {
        n += db_size(db, i);
    }
    return n;
}

static void fragmentation(struct call *c, const struct process_memory *m)
{
    number(c, "allocator.allocated", m->used);
    number(c, "allocator.active", m->active);
    number(c, "allocator.resident", m->rss);
    real(c, "allocator-fragmentation.ratio", ratio(m->active, m->used));
    number(c, "allocator-fragmentation.bytes", m->active - m->used);
    real(c, "allocator-rss.ratio", ratio(m->rss, m->active));
    number(c, "allocator-rss.bytes", m->rss - m->active);
    real(c, "rss-overhead.ratio", 1);
    number(c, "rss-overhead.bytes", 0);
    real(c, "fragmentation", ratio(m->rss, m->used));
    number(c, "fragmentation.bytes", m->rss - m->used);
}

/* All shards are locked: no database is filled or emptied meanwhile. */
void cmd_memory_stats(struct call *c)
{
    struct service *s = c->worker->service;
    uint64_t peak, data, keys = all_keys(s->db), net;
    struct process_memory m;
    struct db_stats d;

    process_memory(&m);
    db_stats(s->db, &d);
    peak = info_peak(s, m.used);
    data = d.used_bytes < m.used ? d.used_bytes : m.used;
    net = m.used > s->startup_memory ? m.used - s->startup_memory : 0;
    resp_map(c->out, 27 + databases(c, false));
    number(c, "peak.allocated", peak);
    number(c, "total.allocated", m.used);
    number(c, "startup.allocated", s->startup_memory);
    number(c, "replication.backlog", 0);
    number(c, "clients.slaves", 0);
    number(c, "clients.normal", 0);
    number(c, "cluster.links", 0);
    number(c, "aof.buffer", 0);
    number(c, "lua.caches", 0);
    number(c, "functions.caches", 0);
    databases(c, true);
    number(c, "overhead.total", m.used - data);
    number(c, "keys.count", keys);
    number(c, "keys.bytes-per-key", keys > 0 ? data / keys : 0);
    number(c, "dataset.bytes", data);
    real(c, "dataset.percentage", 100 * ratio(data, net > data ? net : data));
    real(c, "peak.percentage", 100 * ratio(m.used, peak));
    fragmentation(c, &m);
}

/* ---- The rest ---- */

/* Gives what the allocator holds in reserve back to the system. */
void cmd_memory_purge(struct call *c)
{
#ifdef HAVE_MALLOC_TRIM
    cmd_slow_begin(c);
    malloc_trim(0);
    cmd_slow_end(c);
#endif
    resp_status(c->out, "OK");
}

#define SMALL_BYTES (UINT64_C(5) << 20)

/* One finding at most: the figures are in MEMORY STATS. */
void cmd_memory_doctor(struct call *c)
{
    struct process_memory m;
    char text[256];
    int n;

    process_memory(&m);
    if (m.used < SMALL_BYTES) {
        n = snprintf(text, sizeof text,
                     "There is so little in here that nothing can be said.\n");
    } else if (ratio(m.rss, m.used) > 1.4) {
        n = snprintf(text, sizeof text,
                     "The system counts %.2f times the memory that is in use: "
                     "much was freed, or is scattered. MEMORY PURGE may give "
                     "some of it back.\n",
                     ratio(m.rss, m.used));
    } else {
        n = snprintf(text, sizeof text, "Nothing is wrong with the memory.\n");
    }
    resp_verbatim(c->out, "txt", text, (size_t)n);
}

void cmd_memory_help(struct call *c)
{
    static const char *const lines[] = {
        "DOCTOR",
        "    Say whether something is wrong with the memory.",
        "PURGE",
        "    Give memory that is held in reserve back to the system.",
        "STATS",
        "    Show what the memory is used for.",
        "USAGE <key> [SAMPLES <count>]",
        "    Tell how many bytes a key and its value take; it is known, so",
        "    nothing is sampled.",
        NULL,
    };

    cmd_help(c, lines);
}
