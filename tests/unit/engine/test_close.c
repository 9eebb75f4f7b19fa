/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Lingering: what the client sends behind its end is thrown away. The phases of
 * a pass are called by hand and no poller is asked, as it tells nothing new
 * about input that is there already.
 */
#include <criterion/criterion.h>

#include "worker/close.h"
#include "worker/serve.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* More than one turn throws away, less than a Unix socket takes. */
#define MUCH 300000

static struct bt_origin origin;
static struct baton_worker w;
static struct baton_client *c;
static int peer;

/* An idle client, which is to be closed at the end of this pass. */
static void start(void)
{
    int fds[2], room = 212992; /* twice as much is given, by default */

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    peer = fds[1];
    setsockopt(peer, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    bt_list_init(&w.clients);
    bt_list_init(&w.ends);
    w.ready_tail = &w.ready;
    w.rbuf = malloc(BT_CARRY_MAX + BT_READ_SIZE);
    w.poller = bt_poller_new();
    c = calloc(1, sizeof *c);
    cr_assert(w.rbuf && w.poller && c);
    c->origin = &origin;
    c->fd = fds[0];
    c->timer = BT_NO_TIMER;
    atomic_store(&c->owner, &w);
    atomic_store(&c->state, BATON_IDLE);
    cr_assert_eq(bt_poller_add(w.poller, c->fd, c), 0);
    bt_list_init(&c->link);
    bt_list_append(&w.clients, &c->link);
    baton_close(c, BATON_QUIT);
}

static void end(void)
{
    bt_timers_fini(&w.timers);
    bt_poller_free(&w.poller);
    close(c->fd);
    close(peer);
    free(c);
    free(w.rbuf);
}

TestSuite(closing, .init = start, .fini = end, .timeout = 120);

/* Until the socket takes no more; returns how much it took. */
static size_t fill(size_t n)
{
    static const char some[65536];
    size_t sent = 0;

    while (sent < n) {
        size_t k = n - sent < sizeof some ? n - sent : sizeof some;
        ssize_t r = send(peer, some, k, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (r <= 0) {
            break;
        }
        sent += (size_t)r;
    }
    return sent;
}

static bool lingers(void)
{
    return (c->flags & BT_LINGERING) && !(c->flags & BT_GONE);
}

/* The end of what was sent is there as well: who would wake the worker? Without
 * another turn the client would stay for the linger time, and what is left be
 * answered by a reset, which may destroy our last words. */
Test(closing, what_one_turn_leaves_has_another)
{
    cr_assert_eq(fill(MUCH), MUCH, "it does not fit");
    shutdown(peer, SHUT_WR);
    bt_close_ends(&w);
    cr_expect(lingers());
    cr_assert_eq(w.n_ready, 1);
    bt_serve_ready(&w);
    cr_expect(c->flags & BT_GONE, "the end was seen");
    cr_expect_eq(w.n_ready, 0);
    cr_expect_eq(w.ends.next, &c->link);
}

/* With all of it read, the poller is waited for: nothing spins. */
Test(closing, waits_for_the_end)
{
    cr_assert_eq(fill(MUCH), MUCH, "it does not fit");
    bt_close_ends(&w);
    bt_serve_ready(&w);
    cr_expect(lingers());
    cr_expect_eq(w.n_ready, 0);
    cr_expect_not(c->flags & BT_READABLE);
    shutdown(peer, SHUT_WR);
    bt_serve_event(&w, c, BT_IN | BT_HUP);
    bt_serve_ready(&w);
    cr_expect(c->flags & BT_GONE);
}

/* Nor is one listened to for ever that goes on sending. */
Test(closing, has_its_share)
{
    size_t sent = fill(MUCH);

    bt_close_ends(&w);
    while (lingers() && sent < 4 * (size_t)BT_LINGER_MAX) {
        sent += fill(MUCH);
        bt_serve_event(&w, c, BT_IN);
        bt_serve_ready(&w);
    }
    cr_expect(c->flags & BT_GONE);
    cr_expect_gt(sent, BT_LINGER_MAX);
}
