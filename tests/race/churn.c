/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Servers that start and stop while clients connect, ask, half-close, reset, are
 * killed, moved and parked. What must hold, after each server: every client that
 * was opened was closed, every reference released, the counters add up, and no
 * thread, file descriptor or socket file is left.
 */
#include "race.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "testnet.h"
#include "testservice.h"

#define CLIENTS 4

static struct testnet net;
static atomic_bool stopped; /* the server, or about to be */
static atomic_ullong connections;

static const char *const requests[] = {
    "echo one\necho two\n",
    "echo unfinish",
    "ref 100000\nref 20000\n",
    "big 50000\necho x\n",
    "park\necho behind\n",
    "move 0\nmove 1\necho moved\n",
    "tick 1\ntick 5\n",
    "quit\n",
    "bad\n",
    "limit 1000 0 0\nbig 100000\n",
    "id\nwhere\n",
};

/* As testnet_unix() and testnet_tcp(), but the server may be gone. */
static int dial(uint64_t random)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = socket(random % 2 ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
    int r;

    if (random % 2) {
        snprintf(un.sun_path, sizeof un.sun_path, "%s", net.path);
        r = connect(fd, (struct sockaddr *)&un, sizeof un);
    } else {
        r = testnet_connect(&net, fd);
    }
    if (r < 0) {
        close(fd);
        return -1;
    }
    atomic_fetch_add(&connections, 1);
    return fd;
}

static void behave(int fd, uint64_t random)
{
    const char *text = requests[random % (sizeof requests / sizeof *requests)];
    char some[65536];

    send(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
    random /= 64;
    if (random % 2) {
        race_pause_us((unsigned)(random / 2 % 1000));
        (void)!recv(fd, some, sizeof some, MSG_DONTWAIT);
    }
}

static void part(int fd, uint64_t random)
{
    struct linger reset = {1, 0};

    if (random % 4 == 0) {
        shutdown(fd, SHUT_WR);
        race_pause_us(100);
    } else if (random % 4 == 1) {
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    close(fd);
}

static void *be_clients(void *arg)
{
    uint64_t random = race_ns() + (uintptr_t)arg * 7919;

    while (!atomic_load(&stopped)) {
        int fd = dial(race_random(&random));

        for (unsigned i = race_random(&random) % 4; fd >= 0 && i > 0; i--) {
            behave(fd, race_random(&random) >> 4);
        }
        if (fd >= 0) {
            part(fd, race_random(&random));
        } else {
            race_pause_us(1000);
        }
    }
    return NULL;
}

static void *disturb(void *arg)
{
    uint64_t random = race_ns();

    (void)arg;
    while (!atomic_load(&stopped)) {
        uint64_t top = testnet_stats(&net).cir_accepted;
        uint64_t id = top > 20 ? top - race_random(&random) % 20 : top;

        if (race_random(&random) % 2) {
            baton_kill(net.server, id, BATON_KILLED);
        } else {
            baton_post(net.server, id, testservice_wake, NULL, NULL);
        }
        testnet_in_state(&net, BATON_BLOCKED);
        race_pause_us(200);
    }
    return NULL;
}

static void check(unsigned fds, unsigned threads)
{
    struct baton_stats st = testnet_stats(&net);
    struct stat file;

    if (!testnet_at_rest(&st) || st.handles_live != 0) {
        race_fail("the counters do not add up");
    }
    if (atomic_load(&testservice_counts.opened) !=
        atomic_load(&testservice_counts.closed)) {
        race_fail("%u opened, %u closed",
                  atomic_load(&testservice_counts.opened),
                  atomic_load(&testservice_counts.closed));
    }
    if (atomic_load(&testservice_counts.refs) !=
        atomic_load(&testservice_counts.releases)) {
        race_fail("%u references, %u released",
                  atomic_load(&testservice_counts.refs),
                  atomic_load(&testservice_counts.releases));
    }
    if (stat(net.path, &file) == 0) {
        race_fail("the socket's file is still there");
    }
    testnet_end(&net);
    /* A thread that was joined may be listed a moment longer. */
    if (testnet_fds() != fds || !TESTNET_UNTIL(testnet_threads() == threads)) {
        race_fail("%u fds were %u, %u threads were %u", testnet_fds(), fds,
                  testnet_threads(), threads);
    }
}

static void one_server(uint64_t random)
{
    unsigned fds = testnet_fds(), threads = testnet_threads(), n = 0;
    pthread_t t[CLIENTS + 1];
    struct baton_options o;
    int r;

    testnet_options(&o);
    o.workers = 1 + (unsigned)(random % 3);
    o.max_clients = random / 4 % 2 ? 1000 : 5;
    o.dispatch_queue = random / 8 % 2 ? 1024 : 2;
    o.idle_seconds = random / 16 % 2;
    o.shutdown_ms = 200;
    testnet_start(&net, &o, &testservice);
    atomic_store(&stopped, false);
    for (unsigned i = 0; i < CLIENTS; i++) {
        t[n++] = race_start(be_clients, i);
    }
    t[n++] = race_start(disturb, 0);
    race_pause_us(100000 + (unsigned)(random / 32 % 200000));
    if (random / 7 % 2) { /* clients go on while it stops, or go before */
        baton_stop(net.server);
        race_pause_us((unsigned)(random / 32 % 50000));
    }
    atomic_store(&stopped, true);
    if (random / 14 % 4 == 0) {
        baton_stop(net.server);
        baton_stop(net.server);
    }
    r = testnet_stop(&net);
    while (n > 0) {
        race_join(t[--n]);
    }
    if (r != 0 && r != -ETIMEDOUT) {
        race_fail("baton_run: %s", strerror(-r));
    }
    check(fds, threads);
}

static void *nothing(void *arg)
{
    return arg;
}

int main(int argc, char **argv)
{
    uint64_t end = race_ns() + race_argument(argc, argv, 2) * 1000000000ull;
    uint64_t random = race_ns() | 1;
    unsigned servers = 0;

    race_join(race_start(nothing, 0)); /* a sanitizer's own thread comes now */
    while (race_ns() < end && !atomic_load(&race_failed)) {
        one_server(race_random(&random) >> 3);
        servers++;
    }
    printf("%u servers, %llu connections\n", servers,
           (unsigned long long)atomic_load(&connections));
    return race_end();
}
