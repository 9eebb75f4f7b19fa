/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CONFIG GET and SET, as the commands reach them. The texts are those that a
 * Redis 7.0 gave.
 */
#include <criterion/criterion.h>

#include <baton/baton.h>

#include "batond/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct config config;
static const struct options_ops *ops;
static char err[600];

static void start(void)
{
    struct option_error e;

    cr_assert_eq(config_init(&config, &e), 0, "%s", e.text);
    cr_assert_eq(config_finish(&config, &e), 0, "%s", e.text);
    config.log.fd = open("/dev/null", O_WRONLY);
    ops = config_ops(&config);
}

static void end(void)
{
    config_fini(&config);
}

TestSuite(runtime, .init = start, .fini = end);

/* The value in the form of CONFIG GET; "(none)" when there is no such name. */
static const char *value(const char *name)
{
    static char text[600];
    struct bt_buf b = {0};

    for (size_t i = 0; ops->name(ops->ctx, i); i++) {
        if (strcmp(ops->name(ops->ctx, i), name) == 0) {
            cr_assert_eq(ops->get(ops->ctx, i, &b), 0);
            snprintf(text, sizeof text, "%.*s", (int)b.n, b.n ? b.p : "");
            bt_buf_fini(&b);
            return text;
        }
    }
    return "(none)";
}

static int set(const char *first, ...)
{
    struct bt_slice pairs[20];
    const char *p;
    size_t n = 1;
    va_list ap;

    pairs[0] = bt_str(first);
    va_start(ap, first);
    while ((p = va_arg(ap, const char *)) != NULL) {
        pairs[n++] = bt_str(p);
    }
    va_end(ap);
    strcpy(err, "");
    return ops->set(ops->ctx, pairs, n / 2, err, sizeof err);
}

#define SAYS(text, ...)                                                        \
    do {                                                                       \
        cr_expect_eq(set(__VA_ARGS__, NULL), -EINVAL);                         \
        cr_expect_str_eq(err, text);                                           \
    } while (0)
#define FAILED(name)                                                           \
    "CONFIG SET failed (possibly related to argument '" name "') - "

Test(runtime, names)
{
    size_t n = 0, known = 0;

    for (; ops->name(ops->ctx, n); n++) {
        for (size_t k = 0; k < n; k++) {
            cr_assert_str_neq(ops->name(ops->ctx, n), ops->name(ops->ctx, k));
        }
    }
    for (size_t i = 0; i < OPT_N; i++) {
        bool unseen = option_at(i)->flags & OPTION_UNSEEN;

        known += unseen ? 0 : 1 + (option_at(i)->alias != NULL);
        cr_expect_eq(strcmp(value(option_at(i)->name), "(none)") == 0, unseen);
    }
    cr_expect_eq(n, known);
    cr_expect_null(ops->name(ops->ctx, n));
    cr_expect_null(ops->name(ops->ctx, n + 1000));
}

Test(runtime, values)
{
    cr_expect_str_eq(value("maxclients"), "10000");
    cr_expect_str_eq(value("proto-max-bulk-len"), "536870912");
    cr_expect_str_eq(value("bind"), "* -::*");
    cr_expect_str_eq(value("slaveof"), "");
    cr_expect_str_eq(value("hash-max-ziplist-entries"), "512");
    cr_expect_str_eq(value("oom-score-adj-values"), "0 200 800");
    cr_expect_str_eq(value("user"), "(none)");
}

Test(runtime, set)
{
    cr_expect_eq(set("timeout", "5", "PROTO-max-bulk-len", "1mb",
                     "protected-mode", "no", NULL),
                 0, "%s", err);
    cr_expect_str_eq(value("timeout"), "5");
    cr_expect_str_eq(value("proto-max-bulk-len"), "1048576");
    cr_expect_eq(config.settings.proto_max_bulk_len, 1048576);
    cr_expect_not(config.settings.protected_mode);
    cr_expect_eq(
        set("client-output-buffer-limit", "normal 1kb 1k 3 pubsub 0 0 0", NULL),
        0);
    cr_expect_eq(set("client-output-buffer-limit", "", NULL), 0);
    cr_expect_str_eq(value("client-output-buffer-limit"),
                     "normal 1024 1000 3 slave 268435456 67108864 60 pubsub 0 "
                     "0 0");
    cr_expect_eq(config.settings.output_limit[OPTIONS_NORMAL].hard, 1024);
    cr_expect_eq(set("loglevel", "DEBUG", NULL), 0);
    cr_expect_eq(config.log.level, BT_LOG_DEBUG);
    cr_expect_eq(set("hz", "50", NULL), 0);
    cr_expect_str_eq(value("hz"), "50");
    cr_expect_eq(set("save", "", "appendonly", "NO", NULL), 0);
    cr_expect_eq(set("latency-tracking-info-percentiles", "", NULL), 0);
    cr_expect_str_eq(value("latency-tracking-info-percentiles"), "");
}

Test(runtime, errors)
{
    SAYS("Unknown option or number of arguments for CONFIG SET - 'NoSuch'",
         "NoSuch", "1");
    SAYS("Unknown option or number of arguments for CONFIG SET - 'nosuch'",
         "maxclients", "0", "nosuch", "1");
    SAYS("Unknown option or number of arguments for CONFIG SET - 'user'",
         "user", "x");
    SAYS(FAILED("databases") "can't set immutable config", "databases", "1",
         "nosuch", "1");
    SAYS(FAILED("dir") "can't set protected config", "dir", "/");
    SAYS(FAILED("TIMEOUT") "duplicate parameter", "timeout", "1", "TIMEOUT",
         "2");
    SAYS(FAILED("maxclients") "argument must be between 1 and 4294967295 "
                              "inclusive",
         "MAXCLIENTS", "0");
    SAYS(FAILED("timeout") "argument couldn't be parsed into an integer",
         "timeout", "");
    SAYS(FAILED("client-output-buffer-limit") "Wrong number of arguments in "
                                              "buffer limit configuration.",
         "client-output-buffer-limit", "normal 0 0");
    SAYS(FAILED("maxmemory") "argument must be a memory value", "maxmemory",
         "a lot");
    SAYS(FAILED("save") "not supported yet (snapshots)", "save", "3600 1");
    SAYS(FAILED("oom-score-adj-values") "wrong number of arguments",
         "oom-score-adj-values", "1 2");
}

Test(runtime, all_or_nothing)
{
    SAYS(FAILED("hz") "argument couldn't be parsed into an integer", "timeout",
         "5", "requirepass", "x", "hz", "abc");
    cr_expect_str_eq(value("timeout"), "0");
    cr_expect_str_eq(value("requirepass"), "");
    cr_expect_str_empty(config.settings.requirepass);
}

/* A value that is fine and yet cannot be had takes the others back, too: more
 * clients than the system has descriptors for. */
Test(runtime, what_cannot_count_is_taken_back)
{
    struct baton_options o;

    baton_options_init(&o);
    o.max_clients = 100;
    o.workers = 1;
    cr_assert_eq(baton_new(&o, &config.server), 0);
    cr_expect_str_eq(value("maxclients"), "100");
    cr_expect_eq(set("requirepass", "x", "timeout", "5", "maxclients",
                     "4000000000", "protected-mode", "no", NULL),
                 -EINVAL);
    cr_expect(strstr(err, FAILED("maxclients") "The operating system is not "
                                               "able to handle the specified "
                                               "number of clients, try with "),
              "%s", err);
    cr_expect_str_eq(value("maxclients"), "100");
    cr_expect_str_eq(value("timeout"), "0");
    cr_expect_str_empty(config.settings.requirepass);
    cr_expect(config.settings.protected_mode);
    cr_assert_eq(set("maxclients", "90", "timeout", "7", NULL), 0, "%s", err);
    cr_expect_eq(baton_max_clients(config.server), 90);
    cr_expect_str_eq(value("maxclients"), "90");
    baton_destroy(&config.server);
}

/* A copy, since it may be replaced at any time. */
static char *password_now(void)
{
    char *copy;

    bt_mutex_lock(&config.settings.lock);
    copy = strdup(config.settings.requirepass);
    bt_mutex_unlock(&config.settings.lock);
    cr_assert(copy);
    return copy;
}

Test(runtime, password)
{
    char *copy;

    cr_assert_eq(set("requirepass", "pass word", NULL), 0);
    copy = password_now();
    cr_expect_str_eq(copy, "pass word");
    free(copy);
    cr_assert_eq(set("requirepass", "", NULL), 0);
    cr_expect_str_empty(config.settings.requirepass);
}

/* Two options always change together; nobody sees them apart, nobody sees a
 * torn value, and the locks hold. */
static void *change(void *arg)
{
    const char *v = arg;

    for (int i = 0; i < 2000; i++) {
        struct bt_slice pairs[] = {bt_str("requirepass"), bt_str(v),
                                   bt_str("timeout"), bt_str(v)};
        char text[600], *copy;
        size_t k;

        cr_assert_eq(ops->set(ops->ctx, pairs, 2, text, sizeof text), 0);
        copy = password_now();
        for (k = 1; copy[k]; k++) {
            cr_assert_eq(copy[k], copy[0]);
        }
        cr_assert_eq(k, 8);
        free(copy);
    }
    return NULL;
}

Test(runtime, several_threads, .timeout = 120)
{
    static const char *const values[] = {"11111111", "22222222", "33333333"};
    pthread_t thread[3];
    char password[20];

    for (int i = 0; i < 3; i++) {
        cr_assert_eq(
            pthread_create(&thread[i], NULL, change, (void *)values[i]), 0);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(thread[i], NULL);
    }
    strcpy(password, value("requirepass"));
    cr_expect_str_eq(value("timeout"), password);
}
