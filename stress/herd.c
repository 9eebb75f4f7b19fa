/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/herd.c -- connections beside the load: idle ones, a storm, and those
 * that misbehave.
 */
#include "stress/herd.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stress/clock.h"
#include "stress/loop.h"
#include "stress/net.h"
#include "stress/rogues.h"
#include "stress/run.h"

#define EVENTS_AT_ONCE 256
#define TICK_NS        (2 * STRESS_NS_PER_MS)
#define IDLE_AT_ONCE   512

enum member_state {
    WAITING, /* to connect */
    CONNECTING,
    GREETING,
    UP,
    LOST
};

struct member {
    int fd;
    enum member_state state;
    bool storm;
    uint64_t began; /* connect, or the last greeting */
};

struct stress_herd {
    struct stress_run *run;
    pthread_t thread;
    struct stress_loop *loop;
    struct member *members; /* the idle ones, then the storm */
    uint32_t n_idle, n_storm, connects;
    uint32_t n_settled_idle, n_settled_storm, n_under_way, next;
    struct stress_rogues rogues;
    atomic_bool settled, storm, stop;
    uint64_t storm_at;
    struct stress_herd_result result;
};

/* ---- members ---- */

static const char *greeting(const struct stress_herd *h, size_t *len)
{
    const struct stress_run *run = h->run;

    if (run->options.memcached) {
        *len = strlen("version\r\n");
        return "version\r\n";
    }
    *len = run->greeting_len;
    return run->greeting;
}

static void settled(struct stress_herd *h, struct member *m,
                    enum member_state state)
{
    m->state = state;
    h->n_under_way--;
    if (m->storm) {
        h->n_settled_storm++;
        h->result.storm_open += state == UP;
        h->result.storm_seconds = (double)(stress_now() - h->storm_at) / 1e9;
    } else {
        h->n_settled_idle++;
    }
}

static void lose(struct stress_herd *h, struct member *m)
{
    if (m->fd >= 0) {
        stress_loop_remove(h->loop, m->fd);
        close(m->fd);
        m->fd = -1;
    }
    if (m->state == UP) {
        m->state = LOST;
    } else {
        settled(h, m, LOST);
    }
}

static void greet(struct stress_herd *h, struct member *m)
{
    size_t len;
    const char *hello = greeting(h, &len);

    if (stress_connect_result(m->fd) < 0 ||
        stress_loop_change(h->loop, m->fd, STRESS_READ, m) < 0 ||
        write(m->fd, hello, len) != (ssize_t)len) {
        lose(h, m);
        return;
    }
    m->state = GREETING;
}

/* false: a full queue of a Unix socket; try again. */
static bool dial(struct stress_herd *h, struct member *m)
{
    int rc = stress_connect(&h->run->target, h->connects++, &m->fd);

    if (rc == -EAGAIN) {
        return false;
    }
    m->state = CONNECTING;
    h->n_under_way++;
    if (rc < 0 && rc != -EINPROGRESS) {
        settled(h, m, LOST);
    } else if (stress_loop_add(h->loop, m->fd, STRESS_WRITE, m) < 0) {
        close(m->fd);
        m->fd = -1;
        settled(h, m, LOST);
    } else if (rc == 0) {
        greet(h, m);
    }
    return true;
}

/* A reply to the greeting has come, or the end. What it says is looked at as
 * far as needed to tell an answer from a refusal. */
static void hear(struct stress_herd *h, struct member *m)
{
    char buf[512];
    ssize_t n = read(m->fd, buf, sizeof(buf));

    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (n <= 0 || buf[0] == '-') {
        lose(h, m);
    } else if (m->state == GREETING) {
        stress_histogram_add(m->storm ? &h->result.storm : &h->result.idle,
                             stress_now() - m->began);
        settled(h, m, UP);
    }
}

static void connect_some(struct stress_herd *h)
{
    uint32_t end = h->n_idle;

    if (atomic_load(&h->storm)) {
        end += h->n_storm;
        h->storm_at = h->storm_at == 0 ? stress_now() : h->storm_at;
    }
    while (h->next < end) {
        struct member *m = &h->members[h->next];

        if (!m->storm && h->n_under_way >= IDLE_AT_ONCE) {
            return;
        }
        m->began = m->began == 0 ? stress_now() : m->began;
        if (!dial(h, m)) {
            return;
        }
        h->next++;
    }
}

/* ---- the thread ---- */

static void pass(struct stress_herd *h)
{
    struct stress_event list[EVENTS_AT_ONCE];
    bool busy = h->rogues.n > 0 || h->next < h->n_idle + h->n_storm;
    int n = stress_loop_wait(h->loop, list, EVENTS_AT_ONCE,
                             busy ? TICK_NS : 10 * TICK_NS);

    for (int i = 0; i < n; i++) {
        struct member *m = list[i].data;

        if (m->state == CONNECTING) {
            greet(h, m);
        } else {
            hear(h, m);
        }
    }
}

/* The load may have ended before the last of the storm was answered. */
static void await_storm(struct stress_herd *h)
{
    uint64_t patience;

    connect_some(h); /* which begins the storm, if it has not */
    patience = h->storm_at +
               (uint64_t)(h->run->options.timeout * (double)STRESS_NS_PER_S);
    while (h->n_settled_storm < h->n_storm && h->storm_at > 0 &&
           !atomic_load(&h->run->stop) && stress_now() < patience) {
        connect_some(h);
        pass(h);
    }
    h->result.storm_failed = h->n_storm - h->result.storm_open;
}

/* Those that are idle must still be served: each is greeted once more. */
static void last_look(struct stress_herd *h)
{
    uint64_t patience = stress_now() + (uint64_t)(h->run->options.timeout *
                                                  (double)STRESS_NS_PER_S);

    for (uint32_t i = 0; i < h->n_idle; i++) {
        struct member *m = &h->members[i];

        if (m->state == UP) {
            m->began = stress_now();
            h->n_settled_idle--;
            h->n_under_way++;
            m->state = CONNECTING;
            greet(h, m);
        }
        if (i % IDLE_AT_ONCE == 0) {
            pass(h);
        }
    }
    while (h->n_settled_idle < h->n_idle && stress_now() < patience) {
        pass(h);
    }
    for (uint32_t i = 0; i < h->n_idle; i++) {
        h->result.idle_open += h->members[i].state == UP;
    }
    h->result.idle_lost = h->n_idle - h->result.idle_open;
}

static void *herd_main(void *arg)
{
    struct stress_herd *h = arg;

    while (!atomic_load(&h->stop)) {
        uint64_t now = stress_now();

        connect_some(h);
        if (h->n_settled_idle == h->n_idle) {
            atomic_store(&h->settled, true);
        }
        /* When the storm may begin, main has set the time of the rogues. */
        if (atomic_load(&h->storm) && h->rogues.n > 0 &&
            now >= h->run->fault_at) {
            stress_rogues_act(&h->rogues, now);
        }
        pass(h);
    }
    stress_rogues_stop(&h->rogues, h->result.fault);
    await_storm(h);
    last_look(h);
    return NULL;
}

/* ---- from outside ---- */

static int fill_in(struct stress_herd *h)
{
    const struct stress_options *o = &h->run->options;
    uint32_t n = o->idle + o->storm;

    h->n_idle = o->idle;
    h->n_storm = o->storm;
    h->loop = stress_loop_new();
    h->members = calloc(n + 1, sizeof(*h->members));
    if (h->loop == NULL || h->members == NULL ||
        stress_rogues_init(&h->rogues, h->run) < 0) {
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < n; i++) {
        h->members[i] = (struct member){.fd = -1, .storm = i >= h->n_idle};
    }
    return 0;
}

struct stress_herd *stress_herd_new(struct stress_run *run)
{
    struct stress_herd *h = calloc(1, sizeof(*h));

    if (h != NULL) {
        h->run = run;
        if (fill_in(h) == 0 &&
            pthread_create(&h->thread, NULL, herd_main, h) == 0) {
            return h;
        }
        stress_herd_destroy(&h);
    }
    fprintf(stderr, "baton-stress: out of memory or open files for idle or "
                    "faulty clients\n");
    return NULL;
}

void stress_herd_start(struct stress_herd *h)
{
    uint64_t patience = stress_now() + 60 * STRESS_NS_PER_S;

    while (!atomic_load(&h->settled) && !atomic_load(&h->run->stop) &&
           stress_now() < patience) {
        poll(NULL, 0, 5);
    }
}

void stress_herd_storm(struct stress_herd *h)
{
    atomic_store(&h->storm, true);
}

const struct stress_herd_result *stress_herd_stop(struct stress_herd *h)
{
    atomic_store(&h->stop, true);
    pthread_join(h->thread, NULL);
    return &h->result;
}

void stress_herd_destroy(struct stress_herd **herd)
{
    struct stress_herd *h = *herd;

    if (h == NULL) {
        return;
    }
    for (uint32_t i = 0; h->members != NULL && i < h->n_idle + h->n_storm;
         i++) {
        if (h->members[i].fd >= 0) {
            close(h->members[i].fd);
        }
    }
    stress_loop_destroy(&h->loop);
    free(h->members);
    stress_rogues_fini(&h->rogues);
    free(h);
    *herd = NULL;
}
