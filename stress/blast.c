/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/blast.c -- the load for comparing servers: cheap, even and blind.
 *
 * Purpose    Keeps `pipeline` requests in flight on each of many connections
 *            from one thread, and counts replies by their known length, so that
 *            as much of the machine as can be is left to the server. It does
 *            not look into replies (baton-stress does); only their first bytes
 *            must be those of the reply that is due, and the sum must be right.
 * Protocols  RESP, with the kinds of blast_kind.c; and memcached's text
 *            protocol for GET and SET. With --fill it only makes what the kind
 *            wants to find there: every key once, or -n requests' worth of
 *            elements for those that take them away.
 * Talk       With --wait it prints "ready" when all connections stand and have
 *            had one reply, starts at a line on standard input, and after its
 *            result line keeps the connections until end of input. So a script
 *            can read the server's CPU clock at both ends.
 * Threads    one.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "stress/blast_dial.h"
#include "stress/blast_kind.h"
#include "stress/blast_options.h"
#include "stress/clock.h"
#include "stress/histogram.h"

#define INPUT_BYTES   262144
#define FILL_PIPELINE 64

struct connection {
    int fd;
    unsigned in_flight; /* requests of the batch */
    size_t due;         /* bytes of replies still to come */
    size_t unsent;      /* the last bytes of the batch */
    char *batch;        /* its own copy, only while some of it is unsent */
    uint64_t sent_at;
};

static struct blast_options opt;

static char *batch; /* `pipeline` requests */
static struct blast_request request;
static struct blast_reply reply;
static char *input;
static uint64_t left, answered, seed = 1;
static bool in_order; /* keys one after another, not at random */
static uint32_t next_in_order;
static struct stress_histogram latency;

static void die(const char *what, const char *why)
{
    fprintf(stderr, "blast: %s: %s\n", what, why);
    exit(1);
}

static void *room(size_t n)
{
    void *p = calloc(1, n);

    if (p == NULL) {
        die("memory", strerror(errno));
    }
    return p;
}

/* ---- requests ---- */

static void batch_init(const struct blast_kind *kind)
{
    free(request.bytes);
    free(batch);
    if (!blast_request_init(&request, kind, opt.value_bytes, opt.memcached)) {
        die("memory", strerror(errno));
    }
    batch = room(request.length * opt.pipeline);
    for (unsigned i = 0; i < opt.pipeline; i++) {
        memcpy(batch + i * request.length, request.bytes, request.length);
    }
    blast_reply_init(&reply, kind, opt.value_bytes, opt.memcached);
    in_order = blast_kind_in_order(kind);
    next_in_order = 0;
}

static void put_keys(char *bytes)
{
    for (unsigned i = 0; i < request.keys; i++) {
        uint32_t key = in_order ? next_in_order++ % opt.keys
                                : stress_random_below(&seed, opt.keys);

        blast_request_key(&request, bytes, i, key, (uint32_t)(seed >> 32));
    }
}

/* ---- one connection ---- */

static int watch(int epoll, struct connection *c, int op, uint32_t events)
{
    struct epoll_event ev = {.events = events | EPOLLET, .data.ptr = c};

    return epoll_ctl(epoll, op, c->fd, &ev);
}

static void transmit(int epoll, struct connection *c, const char *p, size_t n)
{
    ssize_t w = write(c->fd, p, n);

    if (w < 0 && errno != EAGAIN) {
        die("write", strerror(errno));
    }
    c->unsent = n - (w > 0 ? (size_t)w : 0);
    if (c->unsent == 0) {
        return;
    }
    if (c->batch == NULL) {
        c->batch = room(opt.pipeline * request.length);
        memcpy(c->batch, p, n);
        watch(epoll, c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
}

static void next_batch(int epoll, struct connection *c)
{
    unsigned n = left < opt.pipeline ? (unsigned)left : opt.pipeline;

    c->in_flight = n;
    if (n == 0) {
        return;
    }
    left -= n;
    for (unsigned i = 0; i < n; i++) {
        put_keys(batch + i * request.length);
    }
    c->due = n * reply.length;
    c->sent_at = stress_now();
    transmit(epoll, c, batch, n * request.length);
}

static void receive(int epoll, struct connection *c)
{
    ssize_t n;

    do {
        ssize_t got;

        n = read(c->fd, input, INPUT_BYTES);
        if (n < 0 && errno == EAGAIN) {
            return;
        }
        if (n <= 0) {
            die("read", n == 0 ? "closed by the server" : strerror(errno));
        }
        got = blast_reply_count(&reply, c->due, input, (size_t)n);
        if (got < 0) {
            input[n < 80 ? n : 80] = '\0';
            die("not the reply that was due", input);
        }
        if ((size_t)got > c->due) {
            die("read", "more than was asked for");
        }
        c->due -= (size_t)got;
        if (c->due == 0) {
            uint64_t took = stress_now() - c->sent_at;

            for (unsigned i = 0; i < c->in_flight; i++) {
                stress_histogram_add(&latency, took);
            }
            answered += c->in_flight;
            next_batch(epoll, c);
        }
    } while (n == INPUT_BYTES);
}

static void flush(int epoll, struct connection *c)
{
    size_t whole = c->in_flight * request.length;

    transmit(epoll, c, c->batch + whole - c->unsent, c->unsent);
    if (c->unsent == 0) {
        free(c->batch);
        c->batch = NULL;
        watch(epoll, c, EPOLL_CTL_MOD, EPOLLIN);
    }
}

/* ---- all connections ---- */

/* Sends `requests` requests over the connections and returns the seconds. */
static double run(int epoll, struct connection *c, unsigned n,
                  uint64_t requests)
{
    struct epoll_event ev[256];
    uint64_t begin = stress_now();

    left = requests;
    answered = 0;
    for (unsigned i = 0; i < n; i++) {
        next_batch(epoll, &c[i]);
    }
    while (answered < requests) {
        int ready = epoll_wait(epoll, ev, 256, 30000);

        if (ready == 0) {
            die("server", "no reply for 30 seconds");
        }
        for (int i = 0; i < ready; i++) {
            struct connection *one = ev[i].data.ptr;

            if (one->unsent > 0 && (ev[i].events & EPOLLOUT)) {
                flush(epoll, one);
            }
            receive(epoll, one);
        }
    }
    return (double)(stress_now() - begin) / 1e9;
}

static int dial(void)
{
    int fd = blast_dial(&opt);

    if (fd < 0) {
        die("connect", strerror(-fd));
    }
    return fd;
}

static struct connection *dial_all(int epoll)
{
    struct connection *c = room(opt.clients * sizeof(*c));

    for (unsigned i = 0; i < opt.clients; i++) {
        c[i].fd = dial();
        if (watch(epoll, &c[i], EPOLL_CTL_ADD, EPOLLIN) < 0) {
            die("epoll", strerror(errno));
        }
        /* One request each, so that every connection has been accepted before
         * the next ones come, and none is cold when the clock starts. */
        run(epoll, &c[i], 1, 1);
    }
    return c;
}

/* Makes what the kind wants to find, over one connection. What is taken away
 * in order must be there as often as it is asked for. */
static void fill(int epoll)
{
    const struct blast_kind *kind = blast_kind_fill(opt.kind);
    struct connection c = {0};

    if (kind == NULL) {
        return;
    }
    opt.pipeline = FILL_PIPELINE;
    batch_init(kind);
    in_order = true;
    c.fd = dial();
    watch(epoll, &c, EPOLL_CTL_ADD, EPOLLIN);
    run(epoll, &c, 1, blast_kind_in_order(opt.kind) ? opt.requests : opt.keys);
    close(c.fd);
}

/* ---- main ---- */

static void report(double seconds)
{
    struct stress_summary s;

    stress_histogram_summary(&latency, &s);
    printf("{\"kind\": \"%s\", \"clients\": %u, \"pipeline\": %u, "
           "\"requests\": %llu, \"seconds\": %.6f, \"rate\": %.1f, "
           "\"p50_us\": %.1f, \"p99_us\": %.1f}\n",
           blast_kind_name(opt.kind), opt.clients, opt.pipeline,
           (unsigned long long)opt.requests, seconds,
           (double)opt.requests / seconds, s.p50 / 1e3, s.p99 / 1e3);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct rlimit files;
    struct connection *c;
    double seconds;
    char line[16];
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    blast_options(&opt, argc, argv);
    signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    input = room(INPUT_BYTES + 1);
    if (opt.fill) {
        fill(epoll);
        return 0;
    }
    batch_init(opt.kind);
    c = dial_all(epoll);
    if (opt.wait) {
        printf("ready\n");
        fflush(stdout);
        if (fgets(line, sizeof(line), stdin) == NULL) {
            return 1;
        }
    }
    memset(&latency, 0, sizeof(latency));
    seconds = run(epoll, c, opt.clients, opt.requests);
    report(seconds);
    while (opt.wait && fgets(line, sizeof(line), stdin) != NULL) {
    }
    return 0;
}
