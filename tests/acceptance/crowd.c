/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/acceptance/crowd.c -- many clients in one small process.
 *
 * Purpose    Connects, in bursts or at a pace; takes the time from connect() to
 *            the first reply of each; then does what standard input says, and
 *            prints one line of figures for each order:
 *                ping          each client sends the request once
 *                beat MS US    for MS milliseconds each sends it every US
 *                              microseconds, unless it still waits for a reply
 *            At the end of input all are closed and it ends.
 * Figures    clients, answered (replies since the last line), failed (ended or
 *            wrong, since the start), p50_us p99_us max_us of the replies.
 * Bursts     --burst N at a time; the next burst when all have answered, or,
 *            with --pause US, so long after the last one began.
 * Threads    one. Linux only.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define SAMPLES_MAX 4000000u

struct client {
    int fd;
    bool waiting;    /* for a reply (or, connecting, for the first) */
    bool connecting; /* the request goes out when the connection stands */
    uint64_t began;  /* connect() or send(), ns */
    uint64_t due;    /* the next beat, ns */
    size_t got;      /* bytes of the reply */
};

static struct {
    uint16_t port;
    const char *path;
    unsigned clients, burst, pause_us, sources;
    const char *request, *reply;
} opt = {0, NULL, 50, 50, 0, 1, "PING\r\n", "+PONG\r\n"};

static struct client *clients;
static unsigned n_clients; /* started so far */
static unsigned waiting, failed;
static uint32_t *samples; /* us, since the last line */
static size_t n_samples;
static size_t reply_length;
static int epoll_fd, timer_fd;

static void die(const char *what)
{
    fprintf(stderr, "crowd: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- One client ---- */

static void drop(struct client *c, const char *why)
{
    if (failed++ < 10) {
        fprintf(stderr, "crowd: client %u: %s\n", (unsigned)(c - clients), why);
    }
    waiting -= c->waiting;
    c->waiting = false;
    close(c->fd);
    c->fd = -1;
}

static void send_request(struct client *c)
{
    size_t n = strlen(opt.request);

    c->got = 0;
    if (send(c->fd, opt.request, n, MSG_NOSIGNAL) != (ssize_t)n) {
        drop(c, strerror(errno));
    }
}

static void expect_reply(struct client *c, uint64_t since)
{
    c->waiting = true;
    waiting++;
    c->began = since;
}

static void note_reply(struct client *c)
{
    c->waiting = false;
    waiting--;
    if (n_samples < SAMPLES_MAX) {
        samples[n_samples++] = (uint32_t)((now_ns() - c->began) / 1000);
    }
}

static void receive(struct client *c)
{
    char buf[65536];
    ssize_t n;

    while ((n = recv(c->fd, buf, sizeof buf, 0)) > 0) {
        if (!c->waiting || c->got + (size_t)n > reply_length ||
            memcmp(buf, opt.reply + c->got, (size_t)n) != 0) {
            drop(c, "not the reply that was due");
            return;
        }
        c->got += (size_t)n;
        if (c->got == reply_length) {
            note_reply(c);
        }
    }
    if (n == 0) {
        drop(c, "the server closed the connection");
    } else if (errno != EAGAIN) {
        drop(c, strerror(errno));
    }
}

static void on_event(struct client *c, uint32_t events)
{
    socklen_t len = sizeof errno;

    if (c->fd < 0) {
        return;
    }
    if (c->connecting && (events & EPOLLOUT)) {
        c->connecting = false;
        if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &errno, &len) < 0 ||
            errno != 0) {
            drop(c, strerror(errno));
            return;
        }
        send_request(c);
    }
    if (c->fd >= 0 && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
        receive(c);
    }
}

/* ---- Connecting ---- */

/* One source address has some 28,000 ports at most. */
static void bind_source(int fd, unsigned i)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    int one = 1;

    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK + i % opt.sources);
#ifdef IP_BIND_ADDRESS_NO_PORT
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
#endif
    if (bind(fd, (struct sockaddr *)&in, sizeof in) < 0) {
        die("bind");
    }
}

static int dial_tcp(struct client *c)
{
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_port = htons(opt.port)};
    struct linger hard = {1, 0}; /* no TIME_WAIT at the end */
    int one = 1;

    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind_source(c->fd, (unsigned)(c - clients));
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    return connect(c->fd, (struct sockaddr *)&in, sizeof in) < 0 &&
                   errno != EINPROGRESS
               ? -1
               : 0;
}

/* A Unix socket's connect() does not go on in the background: it blocks while
 * the backlog is full. */
static int dial_unix(struct client *c)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};

    snprintf(un.sun_path, sizeof un.sun_path, "%s", opt.path);
    if (connect(c->fd, (struct sockaddr *)&un, sizeof un) < 0) {
        return -1;
    }
    return fcntl(c->fd, F_SETFL, O_NONBLOCK);
}

static void start(struct client *c)
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET,
                            .data.ptr = c};

    c->fd = socket(opt.path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0) {
        die("socket");
    }
    expect_reply(c, now_ns());
    c->connecting = true;
    if ((opt.path ? dial_unix(c) : dial_tcp(c)) < 0) {
        drop(c, strerror(errno));
    } else if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &e) < 0) {
        die("epoll_ctl");
    }
}

/* ---- Waiting ---- */

/* Wakes us at the given time (ns of the monotonic clock; 0: never). */
static void alarm_at(uint64_t at)
{
    struct itimerspec t = {
        .it_value = {(time_t)(at / 1000000000u), (long)(at % 1000000000u)}};

    if (timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &t, NULL) < 0) {
        die("timerfd_settime");
    }
}

static void step(void)
{
    struct epoll_event events[256];
    int n = epoll_wait(epoll_fd, events, 256, 1000);
    uint64_t ticks;

    for (int i = 0; i < n; i++) {
        if (!events[i].data.ptr) {
            (void)!read(timer_fd, &ticks, sizeof ticks);
        } else {
            on_event(events[i].data.ptr, events[i].events);
        }
    }
}

/* All that is due, within a minute. */
static void await_replies(void)
{
    uint64_t end = now_ns() + UINT64_C(60000000000);

    alarm_at(0);
    while (waiting > 0 && now_ns() < end) {
        step();
    }
    for (unsigned i = 0; waiting > 0 && i < n_clients; i++) {
        if (clients[i].waiting) {
            drop(&clients[i], "no reply in a minute");
        }
    }
}

static void await_time(uint64_t at)
{
    alarm_at(at);
    while (now_ns() < at) {
        step();
    }
}

/* ---- What is done ---- */

static void connect_all(void)
{
    uint64_t next = now_ns();

    while (n_clients < opt.clients) {
        for (unsigned i = 0; i < opt.burst && n_clients < opt.clients; i++) {
            start(&clients[n_clients++]);
        }
        next += opt.pause_us * UINT64_C(1000);
        if (opt.pause_us == 0) {
            await_replies();
        } else {
            await_time(next);
        }
    }
    await_replies();
}

static void ping(void)
{
    for (unsigned i = 0; i < n_clients; i++) {
        if (clients[i].fd >= 0) {
            expect_reply(&clients[i], now_ns());
            send_request(&clients[i]);
        }
    }
    await_replies();
}

/* The clients take turns, evenly spread over the interval. */
static void beat(unsigned ms, unsigned us)
{
    uint64_t t = now_ns(), end = t + ms * UINT64_C(1000000);

    for (unsigned i = 0; i < n_clients; i++) {
        clients[i].due = t + us * UINT64_C(1000) * i / n_clients;
    }
    while (t < end) {
        uint64_t next = end;

        for (unsigned i = 0; i < n_clients; i++) {
            struct client *c = &clients[i];

            if (c->fd < 0) {
                continue;
            }
            if (c->due <= t) {
                c->due += us * UINT64_C(1000);
                if (!c->waiting) {
                    expect_reply(c, now_ns());
                    send_request(c);
                }
            }
            next = c->due < next ? c->due : next;
        }
        alarm_at(next);
        step();
        t = now_ns();
    }
    await_replies();
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void print_figures(void)
{
    size_t n = n_samples;

    qsort(samples, n, sizeof *samples, by_value);
    printf("clients=%u answered=%zu failed=%u p50_us=%" PRIu32
           " p99_us=%" PRIu32 " max_us=%" PRIu32 "\n",
           n_clients, n, failed, n ? samples[n / 2] : 0,
           n ? samples[n - 1 - n / 100] : 0, n ? samples[n - 1] : 0);
    fflush(stdout);
    n_samples = 0;
}

static void obey(void)
{
    char line[128];
    unsigned ms, us;

    while (fgets(line, sizeof line, stdin)) {
        if (strcmp(line, "ping\n") == 0) {
            ping();
        } else if (sscanf(line, "beat %u %u", &ms, &us) == 2) {
            beat(ms, us);
        } else {
            fprintf(stderr, "crowd: what is this: %s", line);
            exit(2);
        }
        print_figures();
    }
}

/* ---- The command line ---- */

static unsigned number(const char *text)
{
    return (unsigned)strtoul(text, NULL, 10);
}

static void parse(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];

        if (strcmp(name, "-p") == 0) {
            opt.port = (uint16_t)number(value);
        } else if (strcmp(name, "-s") == 0) {
            opt.path = value;
        } else if (strcmp(name, "--clients") == 0) {
            opt.clients = number(value);
        } else if (strcmp(name, "--burst") == 0) {
            opt.burst = number(value);
        } else if (strcmp(name, "--pause") == 0) {
            opt.pause_us = number(value);
        } else if (strcmp(name, "--sources") == 0) {
            opt.sources = number(value);
        } else if (strcmp(name, "--request") == 0) {
            opt.request = value;
        } else if (strcmp(name, "--reply") == 0) {
            opt.reply = value;
        } else {
            opt.clients = 0;
        }
    }
    if (argc % 2 == 0 || !opt.clients || !opt.burst || !opt.sources ||
        (!opt.port && !opt.path)) {
        fprintf(stderr,
                "usage: crowd (-p PORT | -s PATH) [--clients N] [--burst N] "
                "[--pause US] [--sources N] [--request TEXT] [--reply TEXT]\n");
        exit(2);
    }
    reply_length = strlen(opt.reply);
}

int main(int argc, char **argv)
{
    struct epoll_event e = {.events = EPOLLIN};
    struct rlimit files;

    parse(argc, argv);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    clients = calloc(opt.clients, sizeof *clients);
    samples = malloc(SAMPLES_MAX * sizeof *samples);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (!clients || !samples || epoll_fd < 0 || timer_fd < 0 ||
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, timer_fd, &e) < 0) {
        die("start");
    }
    connect_all();
    print_figures();
    obey();
    return 0;
}
