/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/floor.c -- the speed of light: how cheap a server can be here.
 *
 * Purpose    A bare epoll server to measure others against, with as many
 *            threads as they have: per event one read and one write, no parser
 *            and no map. It looks at the first bytes of what it has read, and
 *            answers each request with a fixed reply of the right kind.
 * How        The first request of a connection is measured once; all that
 *            follow are taken to be of its length, until a read begins with
 *            another verb. So a read of n bytes holds n / length requests, and
 *            the remainder is carried over. Good for benchmarks, and for
 *            nothing else.
 * Threads    main accepts and hands over, round-robin: by adding the socket to
 *            a thread's epoll itself, or (--ring) through one ck_ring from
 *            which the threads take when an eventfd wakes them. After that a
 *            connection belongs to its thread.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <ck_ring.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stress/floor_options.h"
#include "stress/floor_reply.h"

#define INPUT_BYTES 65536
#define RING_SLOTS  65536
#define VERB_BYTES                                                             \
    14 /* enough to tell "*2\r\n$4\r\nLPOP\r\n" from the others */

struct connection {
    int fd;
    const struct floor_reply *reply;
    size_t length; /* of one request; 0: not known yet */
    size_t carry;  /* bytes of a request that is not whole yet */
    char verb[VERB_BYTES];
};

struct thread {
    pthread_t id;
    int epoll, wake;
    char *input;
};

static struct floor_options opt;
static struct thread *threads;
static ck_ring_t ring;
static ck_ring_buffer_t *ring_slots;

static void die(const char *what)
{
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *room(size_t n)
{
    void *p = calloc(1, n);

    if (p == NULL) {
        die("memory");
    }
    return p;
}

/* ---- replies ---- */

/* Blocks when the client does not read: it would be measured no more anyway. */
static int send_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t w = write(fd, p, n);

        if (w < 0 && (errno == EAGAIN || errno == EINTR)) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};

            poll(&wait, 1, -1);
            continue;
        }
        if (w < 0) {
            return -1;
        }
        p += w;
        n -= (size_t)w;
    }
    return 0;
}

static int answer(const struct connection *c, size_t count)
{
    const struct floor_reply *r = c->reply;

    while (count > 0) {
        size_t n = count < r->copies ? count : r->copies;

        if (send_all(c->fd, r->bytes, n * r->length) < 0) {
            return -1;
        }
        count -= n;
    }
    return 0;
}

/* ---- requests ---- */

/* A read begins with a request: looks whether it is of the known kind. */
static int look(struct connection *c, const char *p, size_t n)
{
    if (n < VERB_BYTES) {
        memset(c->verb, 0, VERB_BYTES);
    } else if (c->length != 0 && memcmp(p, c->verb, VERB_BYTES) == 0) {
        return 0;
    } else {
        memcpy(c->verb, p, VERB_BYTES);
    }
    c->reply = floor_reply_to(p, n);
    c->length = floor_request_length(p, n);
    if (opt.echo && floor_is_set(c->reply, p, n)) {
        floor_remember(p, n);
        c->length = c->length > 0 ? c->length : 1;
        memset(c->verb, 0, VERB_BYTES); /* each SET is looked at */
    }
    return c->length > 0 ? 0 : -1;
}

/* One read, one write. Edge-triggered: a read that fills the buffer is the
 * only one that may have left something behind. */
static int serve(struct thread *t, struct connection *c)
{
    ssize_t n;
    size_t total;

    do {
        n = read(c->fd, t->input, INPUT_BYTES);
        if (n <= 0) {
            return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
        }
        t->input[n] = '\0';
        if (c->carry == 0 && look(c, t->input, (size_t)n) < 0) {
            fprintf(stderr, "floor: a request whose length cannot be told\n");
            return -1;
        }
        total = c->carry + (size_t)n;
        c->carry = total % c->length;
        if (answer(c, total / c->length) < 0) {
            return -1;
        }
    } while (n == INPUT_BYTES);
    return 0;
}

/* ---- connections ---- */

static void adopt(struct thread *t, struct connection *c)
{
    struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.ptr = c};

    if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, c->fd, &ev) < 0) {
        die("epoll_ctl");
    }
}

/* Takes as many connections as this thread was woken for, which is its even
 * share. */
static void take(struct thread *t)
{
    uint64_t n = 0;
    void *c;

    if (read(t->wake, &n, sizeof(n)) != sizeof(n)) {
        return;
    }
    while (n-- > 0 && ck_ring_dequeue_spmc(&ring, ring_slots, &c)) {
        adopt(t, c);
    }
}

static void give(struct thread *t, struct connection *c)
{
    uint64_t one = 1;

    if (!opt.ring) {
        adopt(t, c);
        return;
    }
    while (!ck_ring_enqueue_spmc(&ring, ring_slots, c)) {
        poll(NULL, 0, 1);
    }
    if (write(t->wake, &one, sizeof(one)) != sizeof(one)) {
        die("eventfd");
    }
}

static void *thread_main(void *arg)
{
    struct thread *t = arg;
    struct epoll_event ev[256];

    for (;;) {
        int n = epoll_wait(t->epoll, ev, 256, -1);

        for (int i = 0; i < n; i++) {
            struct connection *c = ev[i].data.ptr;

            if (c == NULL) {
                take(t);
            } else if (serve(t, c) < 0) {
                close(c->fd);
                free(c);
            }
        }
    }
    return NULL;
}

static void threads_start(void)
{
    threads = room((size_t)opt.threads * sizeof(*threads));
    for (int i = 0; i < opt.threads; i++) {
        struct thread *t = &threads[i];
        struct epoll_event ev = {.events = EPOLLIN};

        t->input = room(INPUT_BYTES + 1);
        t->epoll = epoll_create1(EPOLL_CLOEXEC);
        t->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (t->epoll < 0 || t->wake < 0) {
            die("epoll");
        }
        epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->wake, &ev);
        if (pthread_create(&t->id, NULL, thread_main, t) != 0) {
            die("thread");
        }
    }
}

/* ---- main ---- */

static void accept_all(int listener)
{
    int on = 1;

    for (unsigned turn = 0;; turn++) {
        struct connection *c;
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd < 0 && errno != ECONNABORTED && errno != EINTR) {
            die("accept");
        }
        if (fd < 0) {
            continue;
        }
        if (opt.unix_path == NULL) {
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        }
        c = room(sizeof(*c));
        c->fd = fd;
        give(&threads[turn % (unsigned)opt.threads], c);
    }
}

static void on_signal(int sig)
{
    (void)sig;
    if (opt.unix_path != NULL) {
        unlink(opt.unix_path);
    }
    _exit(0);
}

int main(int argc, char **argv)
{
    struct rlimit files;
    int listener;

    floor_options(&opt, argc, argv);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (floor_replies_init(opt.value_bytes) < 0) {
        die("memory");
    }
    ring_slots = room(RING_SLOTS * sizeof(*ring_slots));
    ck_ring_init(&ring, RING_SLOTS);
    threads_start();
    listener = floor_listen(&opt);
    if (listener < 0) {
        die("listen");
    }
    fflush(stdout);
    accept_all(listener);
    return 0;
}
