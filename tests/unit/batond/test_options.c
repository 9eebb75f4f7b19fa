/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of options: every row is sound, every directive of Redis is there,
 * and the manual names each of them.
 */
#include <criterion/criterion.h>

#include "base/split.h"
#include "batond/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What CONFIG GET * of Redis 7.0 lists, what redis.conf of 7.0 and 7.2 names
 * besides. */
static const char redis_names[] =
    "acl-pubsub-default aclfile acllog-max-len active-defrag-cycle-max "
    "active-defrag-cycle-min active-defrag-ignore-bytes "
    "active-defrag-max-scan-fields active-defrag-threshold-lower "
    "active-defrag-threshold-upper active-expire-effort activedefrag "
    "activerehashing always-show-logo aof-disable-auto-gc aof-load-truncated "
    "aof-rewrite-incremental-fsync aof-timestamp-enabled aof-use-rdb-preamble "
    "aof_rewrite_cpulist appenddirname appendfilename appendfsync appendonly "
    "auto-aof-rewrite-min-size auto-aof-rewrite-percentage bgsave_cpulist "
    "bind bind-source-addr bio_cpulist busy-reply-threshold "
    "client-output-buffer-limit client-query-buffer-limit "
    "cluster-allow-pubsubshard-when-down cluster-allow-reads-when-down "
    "cluster-allow-replica-migration cluster-announce-bus-port "
    "cluster-announce-hostname cluster-announce-human-nodename "
    "cluster-announce-ip cluster-announce-port cluster-announce-tls-port "
    "cluster-config-file cluster-enabled cluster-link-sendbuf-limit "
    "cluster-migration-barrier cluster-node-timeout cluster-port "
    "cluster-preferred-endpoint-type cluster-replica-no-failover "
    "cluster-replica-validity-factor cluster-require-full-coverage "
    "cluster-slave-no-failover cluster-slave-validity-factor "
    "crash-log-enabled crash-memcheck-enabled daemonize databases dbfilename "
    "dir disable-thp dynamic-hz enable-debug-command enable-module-command "
    "enable-protected-configs hash-max-listpack-entries "
    "hash-max-listpack-value hash-max-ziplist-entries hash-max-ziplist-value "
    "hll-sparse-max-bytes hz ignore-warnings io-threads io-threads-do-reads "
    "jemalloc-bg-thread latency-monitor-threshold latency-tracking "
    "latency-tracking-info-percentiles lazyfree-lazy-eviction "
    "lazyfree-lazy-expire lazyfree-lazy-server-del lazyfree-lazy-user-del "
    "lazyfree-lazy-user-flush lfu-decay-time lfu-log-factor "
    "list-compress-depth list-max-listpack-size list-max-ziplist-size "
    "loadmodule locale-collate logfile loglevel lua-time-limit masterauth "
    "masteruser maxclients maxmemory maxmemory-clients "
    "maxmemory-eviction-tenacity maxmemory-policy maxmemory-samples "
    "min-replicas-max-lag min-replicas-to-write min-slaves-max-lag "
    "min-slaves-to-write no-appendfsync-on-rewrite notify-keyspace-events "
    "oom-score-adj oom-score-adj-values pidfile port proc-title-template "
    "propagation-error-behavior protected-mode proto-max-bulk-len "
    "rdb-del-sync-files rdb-save-incremental-fsync rdbchecksum rdbcompression "
    "rename-command repl-backlog-size repl-backlog-ttl "
    "repl-disable-tcp-nodelay repl-diskless-load repl-diskless-sync "
    "repl-diskless-sync-delay repl-diskless-sync-max-replicas "
    "repl-ping-replica-period repl-ping-slave-period repl-timeout "
    "replica-announce-ip replica-announce-port replica-announced "
    "replica-ignore-disk-write-errors replica-ignore-maxmemory "
    "replica-lazy-flush replica-priority replica-read-only "
    "replica-serve-stale-data replicaof requirepass sanitize-dump-payload "
    "save server_cpulist set-max-intset-entries set-max-listpack-entries "
    "set-max-listpack-value set-proc-title shutdown-on-sigint "
    "shutdown-on-sigterm shutdown-timeout slave-announce-ip "
    "slave-announce-port slave-ignore-maxmemory slave-lazy-flush "
    "slave-priority slave-read-only slave-serve-stale-data slaveof "
    "slowlog-log-slower-than slowlog-max-len socket-mark-id "
    "stop-writes-on-bgsave-error stream-node-max-bytes "
    "stream-node-max-entries supervised syslog-enabled syslog-facility "
    "syslog-ident tcp-backlog tcp-keepalive timeout tls-auth-clients "
    "tls-ca-cert-dir tls-ca-cert-file tls-cert-file tls-ciphers "
    "tls-ciphersuites tls-client-cert-file tls-client-key-file "
    "tls-client-key-file-pass tls-cluster tls-dh-params-file tls-key-file "
    "tls-key-file-pass tls-port tls-prefer-server-ciphers tls-protocols "
    "tls-replication tls-session-cache-size tls-session-cache-timeout "
    "tls-session-caching tracking-table-max-keys unixsocket unixsocketperm "
    "user zset-max-listpack-entries zset-max-listpack-value "
    "zset-max-ziplist-entries zset-max-ziplist-value ";

static struct config config;
static struct option_error e;

static void start(void)
{
    cr_assert_eq(config_init(&config, &e), 0, "%s", e.text);
}

static void end(void)
{
    config_fini(&config);
}

TestSuite(options, .init = start, .fini = end);

Test(options, every_row_says_what_it_is)
{
    for (size_t i = 0; i < OPT_N; i++) {
        const struct option *o = option_at(i);

        cr_assert(o->name && *o->name);
        cr_expect(o->help && strlen(o->help) > 2, "%s", o->name);
        cr_expect(o->def, "%s", o->name);
        cr_expect(o->kind != OPTION_ENUM || (o->words && *o->words), "%s",
                  o->name);
        cr_expect(o->kind != OPTION_SPECIAL || o->parse, "%s", o->name);
        cr_expect(o->min <= o->max, "%s", o->name);
        cr_expect((o->use == OPTION_SERVED) == (i < OPT_SERVED_END));
        cr_expect(!o->apply || (o->flags & OPTION_SETTABLE), "%s", o->name);
        cr_expect(!(o->flags & OPTION_GUARDED) || (o->flags & OPTION_SETTABLE),
                  "%s", o->name);
    }
}

/* Numbers with a range have room in it. */
Test(options, every_number_has_a_range)
{
    for (size_t i = 0; i < OPT_N; i++) {
        const struct option *o = option_at(i);

        if (o->kind == OPTION_INT || o->kind == OPTION_MEMORY ||
            o->kind == OPTION_OCTAL) {
            cr_expect_lt(o->min, o->max, "%s", o->name);
        }
    }
}

Test(options, names_are_told_apart)
{
    for (size_t i = 0; i < OPT_N; i++) {
        const struct option *o = option_at(i);

        cr_expect_eq(option_find(bt_str(o->name)), i, "%s twice", o->name);
        if (o->alias) {
            cr_expect_eq(option_find(bt_str(o->alias)), i, "%s", o->alias);
        }
    }
    cr_expect_eq(option_find(bt_str("no-such-option")), OPT_N);
    cr_expect_eq(option_find(bt_str("")), OPT_N);
    cr_expect_eq(option_find(bt_str("MaxClients")), OPT_maxclients);
}

static void expect_name(enum option_id id, const char *name)
{
    cr_expect_str_eq(option_at(id)->name, name);
}

/* tcp_backlog into tcp-backlog */
static const char *dashed(const char *id)
{
    static char name[80];
    size_t i = 0;

    for (; id[i]; i++) {
        name[i] = id[i] == '_' ? '-' : id[i];
    }
    name[i] = '\0';
    return name;
}

/* An id is its option's name with other strokes. */
Test(options, ids_are_places)
{
#define SERVED(id, fn, row) expect_name(OPT_##id, dashed(#id));
#define TUNES(row)
#define ASKS(row)
#include "batond/options.def"
#undef SERVED
#undef TUNES
#undef ASKS
}

/* What CONFIG GET shows is taken by CONFIG SET and shown again the same. */
Test(options, values_are_stable)
{
    for (size_t i = 0; i < OPT_N; i++) {
        const struct option *o = option_at(i);
        struct bt_slice word[64];
        struct option_value again;
        char *copy = strdup(config.value[i].text), *to = copy;
        struct bt_slice line = bt_str(copy);
        size_t n = 0;

        if (o->kind == OPTION_WORDS || o->kind == OPTION_SPECIAL) {
            while (bt_split_next(&line, &to, &word[n]) > 0) {
                n++;
            }
        } else {
            word[n++] = line;
        }
        if (n > 0 && !(o->flags & OPTION_UNSEEN)) {
            cr_assert_eq(
                option_parse(o, config.value[i].text, word, n, &again, &e), 0,
                "%s: %s", o->name, e.text);
            cr_expect_str_eq(again.text, config.value[i].text);
            cr_expect_eq(again.number, config.value[i].number);
            free(again.text);
        }
        cr_expect(config_is_default(&config, i), "%s", o->name);
        free(copy);
    }
}

static void for_each_word(const char *words, void (*fn)(const char *word))
{
    char word[80];

    for (size_t n; *words; words += n + 1) {
        n = strcspn(words, " ");
        cr_assert_lt(n, sizeof word);
        memcpy(word, words, n);
        word[n] = '\0';
        fn(word);
    }
}

static void is_known(const char *name)
{
    cr_expect_neq(option_find(bt_str(name)), OPT_N, "%s is missing", name);
}

Test(options, every_directive_of_redis_is_known)
{
    for_each_word(redis_names, is_known);
}

static char *manual;

/* The part of the manual that holds the options of a use. */
static bool is_part(const char *p, enum option_use use)
{
    static const char *const heads[] = {
        [OPTION_SERVED] = ".Sh OPTIONS\n",
        [OPTION_TUNES] = ".Sh OPTIONS WITHOUT EFFECT\n",
        [OPTION_ASKS] = ".Sh OPTIONS THAT ARE REFUSED\n"};
    const char *from = strstr(manual, heads[use]), *to;

    cr_assert(from, "%s", heads[use]);
    to = strstr(from + 1, "\n.Sh ");
    cr_assert(to);
    return p > from && p < to;
}

/* As the subject of an item, or in a list of names: ".Cm name". In its part of
 * the manual, and in no other one's list. */
static bool is_named(const char *name, enum option_use use)
{
    size_t n = strlen(name);
    bool named = false;

    for (const char *p = manual; (p = strstr(p, "Cm ")) != NULL; p += 3) {
        bool it = strncmp(p + 3, name, n) == 0 && strchr(" \n", p[3 + n]);

        named |= it && is_part(p, use);
        for (int other = OPTION_TUNES; it && other <= OPTION_ASKS; other++) {
            if ((enum option_use)other != use && p[-1] == '.' &&
                is_part(p, (enum option_use)other)) {
                return false;
            }
        }
    }
    return named;
}

static void is_explained(const char *name, enum option_use use)
{
    cr_expect(is_named(name, use), "batond.conf.5: %s is not where it belongs",
              name);
}

Test(options, the_manual_names_each)
{
    const char *top = getenv("top_srcdir");
    char path[4096];
    FILE *f;
    size_t n;

    snprintf(path, sizeof path, "%s/doc/batond.conf.5", top ? top : ".");
    f = fopen(path, "r");
    cr_assert(f, "%s", path);
    manual = calloc(1, 1000000);
    cr_assert(manual);
    n = fread(manual, 1, 999999, f);
    fclose(f);
    cr_assert_gt(n, 1000);
    for (size_t i = 0; i < OPT_N; i++) {
        const struct option *o = option_at(i);

        is_explained(o->name, o->use);
        if (o->alias) {
            is_explained(o->alias, o->use);
        }
    }
    cr_expect(strstr(manual, ".It Cm include "));
    free(manual);
}
