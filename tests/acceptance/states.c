/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/acceptance/states.c -- every state of a client handle, seen from a
 * thread that is none of the server's.
 *
 * Purpose    A server whose service parks, moves and holds its clients on
 *            request; one client after another walks through it, while this
 *            thread looks at its handle as fast as it can. Some states last for
 *            less than a microsecond, so it takes many clients to catch them.
 *            Prints, for each state, in how many looks it was seen.
 * Usage      states SOCKET-PATH SECONDS
 * Exit       0 when all states were seen in that time.
 * Threads    main looks; one thread runs the server, one is the clients.
 */
#include <baton/baton.h>

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PARK_MS 2

static struct baton_server *server;
static const char *path;
static atomic_bool done;
static _Atomic uint64_t turn = 1; /* ids are given in order: the client's */

static _Noreturn void fail(const char *what, int error)
{
    fprintf(stderr, "states: %s: %s\n", what, strerror(error));
    exit(1);
}

/* ---- The service: one request is one byte ---- */

static void answer(struct baton_client *c)
{
    baton_reply(c, "+", 1);
    baton_answered(c);
}

static void unpark(struct baton_client *c)
{
    answer(c);
    baton_resume(c);
}

/* Holds up its worker, as no real service may. */
static void dawdle(void)
{
    struct timespec t = {0, 1000000};

    nanosleep(&t, NULL);
}

static void serve(struct baton_client *c, char request)
{
    unsigned here = baton_worker_index(baton_worker_of(c));

    switch (request) {
    case 'p':
        baton_park(c);
        if (baton_timer(c, PARK_MS, unpark) < 0) {
            baton_close(c, BATON_SERVICE);
        }
        return;
    case 'm':
        baton_move(c, 1 - here);
        break;
    case 'd':
        dawdle();
        break;
    case 'q':
        baton_close(c, BATON_QUIT);
        break;
    }
    answer(c);
}

static ssize_t bytes(struct baton_client *c, const char *p, size_t n)
{
    size_t i = 0;

    while (i < n && baton_more(c)) {
        serve(c, p[i++]);
    }
    return (ssize_t)i;
}

static const struct baton_service service = {.name = "states", .bytes = bytes};

static void *run_server(void *arg)
{
    int r = baton_run(server);

    (void)arg;
    if (r < 0) {
        fail("run", -r);
    }
    return NULL;
}

/* ---- The clients ---- */

static int dial(void)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(un.sun_path, sizeof un.sun_path, "%s", path);
    if (fd < 0 || connect(fd, (struct sockaddr *)&un, sizeof un) < 0) {
        fail("connect", errno);
    }
    return fd;
}

/* An answer that does not come would hang us; the caller has a time limit. */
static void walk(int fd)
{
    char reply;

    for (const char *p = "dmpmq"; *p; p++) {
        if (write(fd, p, 1) != 1 || read(fd, &reply, 1) != 1) {
            fail("no answer", errno);
        }
    }
    close(fd);
}

/* Most only come and go, for the sake of the states at the beginning. */
static void *run_clients(void *arg)
{
    (void)arg;
    while (!atomic_load(&done)) {
        int fd = dial();

        if (atomic_load(&turn) % 16 == 0) {
            walk(fd);
        } else {
            close(fd);
        }
        atomic_fetch_add(&turn, 1);
    }
    return NULL;
}

/* ---- The looks ---- */

static uint64_t seen[BATON_N_STATES];

static bool seen_all(void)
{
    struct baton_stats stats;
    bool all = true;

    baton_stats(server, &stats);
    seen[BATON_CLOSED] = stats.handles_closed; /* it has no handle any more */
    for (int i = 0; i < BATON_N_STATES; i++) {
        all = all && seen[i] > 0;
    }
    return all;
}

static void look(time_t seconds)
{
    time_t end = time(NULL) + seconds;
    struct baton_client_info info;

    while (!seen_all() && time(NULL) < end) {
        for (int i = 0; i < 1000; i++) {
            if (baton_info(server, atomic_load(&turn), &info) == 0) {
                seen[info.state]++;
            }
        }
    }
}

int main(int argc, char **argv)
{
    struct baton_options o;
    pthread_t runner, client;
    char address[256];
    bool all;
    int r;

    if (argc != 3) {
        fprintf(stderr, "usage: states SOCKET-PATH SECONDS\n");
        return 2;
    }
    path = argv[1];
    snprintf(address, sizeof address, "unix://%s", path);
    baton_options_init(&o);
    o.workers = 2;
    r = baton_new(&o, &server);
    r = r < 0 ? r : baton_listen(server, address, &service);
    if (r < 0) {
        fail("start", -r);
    }
    if (pthread_create(&runner, NULL, run_server, NULL) != 0 ||
        pthread_create(&client, NULL, run_clients, NULL) != 0) {
        fail("thread", errno);
    }
    look(strtol(argv[2], NULL, 10));
    all = seen_all();
    atomic_store(&done, true);
    pthread_join(client, NULL);
    for (int i = 0; i < BATON_N_STATES; i++) {
        printf("%s %" PRIu64 "\n", baton_state_name((enum baton_state)i),
               seen[i]);
    }
    baton_stop(server);
    pthread_join(runner, NULL);
    baton_destroy(&server);
    return !all;
}
