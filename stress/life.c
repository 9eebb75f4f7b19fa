/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/life.c -- how connections begin, how long they live, how they leave.
 */
#include "stress/life.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stress/clock.h"
#include "stress/request.h"
#include "stress/transfer.h"
#include "stress/worker.h"

void stress_client_open(struct stress_client *c, struct stress_worker *w)
{
    c->queued = true;
    c->wait_next = NULL;
    if (w->wait_first == NULL) {
        w->wait_first = c;
    } else {
        w->wait_last->wait_next = c;
    }
    w->wait_last = c;
}

void stress_life_greet(struct stress_client *c, struct stress_worker *w)
{
    int rc = stress_connect_result(c->fd);

    if (rc == 0) {
        rc = stress_loop_change(w->loop, c->fd, STRESS_READ, c);
    }
    if (rc < 0) {
        stress_client_fail(c, w, strerror(-rc));
        return;
    }
    c->state = STRESS_GREETING;
    rc = (int)stress_request_greeting(c, w);
    if (rc == 0) {
        stress_client_fail(c, w, "out of memory");
        return;
    }
    stress_transfer_send(c, w, (size_t)rc, stress_client_in_flight(c));
}

/* The queue of a Unix socket is full: no fault, but only for so long. */
static bool may_wait(const struct stress_client *c,
                     const struct stress_worker *w)
{
    double waited = (double)(stress_now() - c->opened_at);

    return waited < w->run->options.timeout * (double)STRESS_NS_PER_S;
}

void stress_client_connect(struct stress_client *c, struct stress_worker *w)
{
    int rc;

    if (c->opened_at == 0) {
        c->opened_at = stress_now();
    }
    rc = stress_connect(&w->run->target, w->connects++, &c->fd);
    if (rc == -EAGAIN && may_wait(c, w)) {
        c->retry_at = 0;
        return;
    }
    c->state = STRESS_CONNECTING;
    w->n_connecting++;
    if (rc == 0 || rc == -EINPROGRESS) {
        int add = stress_loop_add(w->loop, c->fd, STRESS_WRITE, c);

        if (add < 0) {
            close(c->fd);
            c->fd = -1;
            rc = add;
        }
    }
    if (rc == 0) {
        stress_life_greet(c, w);
    } else if (rc == -EADDRNOTAVAIL) {
        stress_client_fail(c, w, "no free local port (see --source-addresses)");
    } else if (rc != -EINPROGRESS) {
        stress_client_fail(c, w, strerror(-rc));
    }
}

/* Its time is over, or it has served enough. */
bool stress_life_over(const struct stress_client *c,
                      const struct stress_worker *w)
{
    uint64_t limit = w->run->options.reconnect;

    return c->role == STRESS_LOAD && w->phase == STRESS_RUN &&
           ((limit > 0 && c->served >= limit) ||
            (c->expires_at > 0 && w->now >= c->expires_at));
}

/* Evenly between half and one and a half times as long as they live on
 * average; and no longer than until the next time that all are renewed. */
void stress_life_begin(struct stress_client *c, struct stress_worker *w)
{
    const struct stress_options *o = &w->run->options;
    uint64_t begin = w->run->gate.begin;

    c->expires_at = 0;
    if (o->lifetime > 0) {
        double share = 0.5 + stress_random_below(&c->random, 1000000) / 1e6;

        c->expires_at = w->now + (uint64_t)(o->lifetime * share * 1e9);
    }
    if (o->reconnect_all > 0 && begin > 0) {
        uint64_t every = (uint64_t)(o->reconnect_all * 1e9);
        uint64_t next = begin + ((w->now - begin) / every + 1) * every;

        if (c->expires_at == 0 || next < c->expires_at) {
            c->expires_at = next;
        }
    }
}

void stress_life_again(struct stress_client *c, struct stress_worker *w)
{
    stress_client_shut(c, w);
    stress_client_open(c, w);
}

void stress_life_leave(struct stress_client *c, struct stress_worker *w)
{
    struct linger now = {.l_onoff = 1};
    enum stress_goodbye how = w->run->options.goodbye;

    stress_tally_add(&w->tally, STRESS_RECONNECTS, 1);
    if (how == STRESS_HALF_OPEN && shutdown(c->fd, SHUT_WR) == 0) {
        stress_tally_add(&w->tally, STRESS_CLOSED, 1);
        c->state = STRESS_LEAVING;
        c->opened_at = w->now;
        return;
    }
    if (how == STRESS_RESET) {
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    }
    stress_life_again(c, w);
}
