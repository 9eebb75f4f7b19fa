/* SPDX-License-Identifier: BSD-2-Clause */
#include "testservice.h"

#include "testnet.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct testservice_counts testservice_counts;
atomic_bool testservice_latch;

static const char filler[TESTSERVICE_BYTES];

#define COUNT(what) atomic_fetch_add(&testservice_counts.what, 1)

static int setup(struct baton_server *s, const struct baton_service *service,
                 unsigned workers)
{
    (void)s;
    (void)service;
    (void)workers;
    COUNT(setups);
    return 0;
}

static void teardown(struct baton_server *s,
                     const struct baton_service *service)
{
    (void)s;
    (void)service;
    COUNT(teardowns);
}

static void worker_start(struct baton_worker *w,
                         const struct baton_service *service)
{
    COUNT(workers_started);
    baton_worker_set_data(w, service, w);
}

static void worker_stop(struct baton_worker *w,
                        const struct baton_service *service)
{
    COUNT(workers_stopped);
    baton_worker_set_data(w, service, NULL);
}

static int open_client(struct baton_client *c)
{
    (void)c;
    COUNT(opened);
    return 0;
}

static void moved_out(struct baton_client *c)
{
    (void)c;
    COUNT(moved_out);
}

static void moved_in(struct baton_client *c)
{
    (void)c;
    COUNT(moved_in);
}

static void close_client(struct baton_client *c, enum baton_reason reason)
{
    (void)c;
    COUNT(closed);
    COUNT(reasons[reason]);
}

/* ---- Requests ---- */

static void say(struct baton_client *c, const char *text)
{
    baton_reply(c, text, strlen(text));
    baton_reply(c, "\n", 1);
}

static void say_number(struct baton_client *c, uint64_t v)
{
    char text[32];

    snprintf(text, sizeof text, "%" PRIu64, v);
    say(c, text);
}

static void hold(void)
{
    struct timespec ms = {0, 1000000};

    COUNT(holding);
    while (atomic_load(&testservice_latch)) {
        nanosleep(&ms, NULL);
    }
    atomic_fetch_sub(&testservice_counts.holding, 1);
}

void testservice_wake(struct baton_client *c, void *arg)
{
    (void)arg;
    say(c, "awake");
    baton_answered(c);
    baton_resume(c);
}

static void tick(struct baton_client *c)
{
    say(c, "tick");
}

static void released(void *arg)
{
    (void)arg;
    COUNT(releases);
}

/* In the order of service, over all clients. */
static void turn(struct baton_client *c)
{
    static atomic_uint turns;

    say_number(c, atomic_fetch_add(&turns, 1));
    baton_enough(c);
}

static void limits(struct baton_client *c, const char *args)
{
    unsigned long v[3] = {0};

    sscanf(args, "%lu %lu %lu", &v[0], &v[1], &v[2]);
    baton_output_limit(c, v[0], v[1], (unsigned)v[2]);
    say(c, "ok");
}

static void big(struct baton_client *c, size_t n, bool by_reference)
{
    if (by_reference) {
        COUNT(refs);
        baton_reply_ref(c, filler, n, released, NULL);
    } else {
        baton_reply(c, filler, n);
    }
}

static bool is(const char *line, const char *word)
{
    size_t n = strlen(word);

    return strncmp(line, word, n) == 0 && (line[n] == ' ' || line[n] == '\0');
}

/* 0, or an error that closes the client. */
static int serve(struct baton_client *c, const char *line)
{
    const char *args = strchr(line, ' ');
    long n = args ? atol(args) : 0;

    args = args ? args + 1 : "";
    if (is(line, "echo")) {
        say(c, args);
    } else if (is(line, "id")) {
        say_number(c, baton_id(c));
    } else if (is(line, "where")) {
        say_number(c, baton_worker_index(baton_worker_of(c)));
    } else if (is(line, "hold")) {
        hold();
        say(c, "held");
    } else if (is(line, "park")) {
        baton_park(c);
        return 0; /* answered by testservice_wake() */
    } else if (is(line, "move")) {
        baton_move(c, (unsigned)n);
        say(c, "moved");
    } else if (is(line, "big") || is(line, "ref")) {
        big(c, (size_t)n, is(line, "ref"));
    } else if (is(line, "turn")) {
        turn(c);
    } else if (is(line, "tick")) {
        baton_timer(c, n, tick);
    } else if (is(line, "limit")) {
        limits(c, args);
    } else if (is(line, "quit")) {
        say(c, "bye");
        baton_close(c, BATON_QUIT);
    } else {
        return -EPROTO;
    }
    baton_answered(c);
    return 0;
}

static ssize_t bytes(struct baton_client *c, const char *p, size_t n)
{
    const char *start = p, *end = p + n, *nl;
    char line[256];

    while ((nl = memchr(p, '\n', (size_t)(end - p))) && baton_more(c)) {
        int r;

        snprintf(line, sizeof line, "%.*s", (int)(nl - p), p);
        r = serve(c, line);
        if (r < 0) {
            return r;
        }
        p = nl + 1;
    }
    return p - start;
}

const struct baton_service testservice = {
    .name = "test",
    .refusal = "full\n",
    .client_size = sizeof(uint64_t),
    .setup = setup,
    .teardown = teardown,
    .worker_start = worker_start,
    .worker_stop = worker_stop,
    .open = open_client,
    .bytes = bytes,
    .moved_out = moved_out,
    .moved_in = moved_in,
    .close = close_client,
};

uint64_t testservice_ask_id(int fd)
{
    char text[32] = "";

    testnet_send(fd, "id\n");
    for (size_t n = 0; n < sizeof text - 1; n++) {
        if (testnet_recv(fd, text + n, 1) != 1) {
            testnet_die("id", 0);
        }
        if (text[n] == '\n') {
            break;
        }
    }
    return strtoull(text, NULL, 10);
}
