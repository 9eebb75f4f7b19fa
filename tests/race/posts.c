/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Posts to clients that come, move and go, from outside threads and from
 * workers. What must hold:
 *   - release runs exactly once for each post that was taken, and never for one
 *     that was not; nothing is delivered after its release, or twice;
 *   - what one thread posts to one client arrives in order, on the worker that
 *     owns the client;
 *   - nothing is leaked: the counts are equal when the server has stopped.
 */
#include "race.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "testnet.h"
#include "worker/worker.h"

#define POSTERS 3
#define CLIENTS 3 /* threads of clients, each with SOCKETS connections */
#define SOCKETS 8
#define WORKERS 3

static struct testnet net;

static atomic_ullong taken, refused, delivered, released;
static _Atomic uint64_t newest_id;

/* What a poster knows of its post: freed by the release. */
struct parcel {
    atomic_uint state;
    unsigned poster;
    uint64_t number; /* ascending for each poster */
};

enum {
    SENT = 0x5e47,
    DONE,
    RELEASED
};

/* The client's part: the last number that came from each poster. */
struct seen {
    uint64_t last[POSTERS];
};

static void deliver(struct baton_client *c, void *arg)
{
    struct parcel *p = arg;

    if (atomic_exchange(&p->state, DONE) != SENT) {
        race_fail("delivered twice, or after its release");
    }
    if (bt_worker_self() != baton_worker_of(c)) {
        race_fail("delivered by a worker that does not own the client");
    }
    if (p->poster < POSTERS) {
        struct seen *seen = baton_data(c);

        if (p->number <= seen->last[p->poster]) {
            race_fail("%llu after %llu", (unsigned long long)p->number,
                      (unsigned long long)seen->last[p->poster]);
        }
        seen->last[p->poster] = p->number;
    }
    if (p->number % 16 == 0) {
        baton_move(c, (unsigned)(p->number / 16 % WORKERS));
    }
    if (p->number % 64 == 0) {
        baton_reply(c, "post\n", 5);
    }
    atomic_fetch_add(&delivered, 1);
}

static void release(void *arg)
{
    struct parcel *p = arg;
    unsigned was = atomic_exchange(&p->state, RELEASED);

    if (was != SENT && was != DONE) {
        race_fail("released twice");
    }
    atomic_fetch_add(&released, 1);
    free(p);
}

static void post_to(uint64_t id, unsigned poster, uint64_t number)
{
    struct parcel *p = malloc(sizeof *p);

    atomic_init(&p->state, SENT);
    p->poster = poster;
    p->number = number;
    if (baton_post(net.server, id, deliver, p, release) == 0) {
        atomic_fetch_add(&taken, 1);
    } else {
        if (atomic_load(&p->state) != SENT) {
            race_fail("refused, and yet delivered or released");
        }
        free(p);
        atomic_fetch_add(&refused, 1);
    }
}

/* Some of the newest ids live, some are closing, some are gone. */
static uint64_t some_id(uint64_t *random)
{
    uint64_t top = atomic_load_explicit(&newest_id, memory_order_relaxed);
    uint64_t back = race_random(random) % (CLIENTS * SOCKETS + 4);

    return top > back ? top - back : 1;
}

static void *post(void *arg)
{
    unsigned poster = (unsigned)(uintptr_t)arg;
    uint64_t random = 88172645463325252u + poster, number = 0;

    while (!atomic_load(&race_over)) {
        uint64_t id = some_id(&random);

        for (unsigned i = 0; i < 20; i++) { /* several to one: an order */
            post_to(id, poster, ++number);
        }
        race_pause_us((unsigned)(race_random(&random) % 200));
    }
    return NULL;
}

/* ---- The service: each line is answered, and posted to somebody else ---- */

static int open_client(struct baton_client *c)
{
    uint64_t id = baton_id(c), top = atomic_load(&newest_id);

    while (top < id && !atomic_compare_exchange_weak(&newest_id, &top, id)) {
    }
    return 0;
}

static ssize_t bytes(struct baton_client *c, const char *p, size_t n)
{
    const char *start = p, *end = p + n, *nl;

    while ((nl = memchr(p, '\n', (size_t)(end - p))) && baton_more(c)) {
        uint64_t random = baton_id(c) * 2654435761u + 1;

        post_to(some_id(&random), POSTERS, 1 + baton_id(c));
        if (*p == 'q') {
            baton_close(c, BATON_QUIT);
        }
        baton_reply(c, p, (size_t)(nl + 1 - p));
        baton_answered(c);
        p = nl + 1;
    }
    return p - start;
}

static const struct baton_service service = {
    .name = "posts",
    .client_size = sizeof(struct seen),
    .open = open_client,
    .bytes = bytes,
};

/* ---- Clients ---- */

static void come_and_go(int *fd, uint64_t random)
{
    struct linger reset = {1, 0};

    if (*fd < 0) {
        *fd = random % 2 ? testnet_tcp(&net) : testnet_unix(&net);
        return;
    }
    switch (random % 8) {
    case 0:
        close(*fd);
        *fd = -1;
        break;
    case 1:
        setsockopt(*fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(*fd);
        *fd = -1;
        break;
    case 2:
        shutdown(*fd, SHUT_WR);
        break;
    case 3:
        send(*fd, "q\n", 2, MSG_NOSIGNAL | MSG_DONTWAIT);
        break;
    default:
        send(*fd, "one\ntwo\n", 8, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

static void *be_clients(void *arg)
{
    uint64_t random = 362436069u + (uintptr_t)arg;
    int fd[SOCKETS];

    for (unsigned i = 0; i < SOCKETS; i++) {
        fd[i] = -1;
    }
    while (!atomic_load(&race_over)) {
        int *one = &fd[race_random(&random) % SOCKETS];
        char some[4096];

        come_and_go(one, race_random(&random) >> 8);
        if (*one >= 0) {
            (void)!recv(*one, some, sizeof some, MSG_DONTWAIT);
        }
        race_pause_us((unsigned)(race_random(&random) % 100));
    }
    for (unsigned i = 0; i < SOCKETS; i++) {
        if (fd[i] >= 0) {
            close(fd[i]);
        }
    }
    return NULL;
}

static void check(void)
{
    struct baton_stats st = testnet_stats(&net);

    if (atomic_load(&released) != atomic_load(&taken)) {
        race_fail("%llu posts were taken and %llu released",
                  (unsigned long long)atomic_load(&taken),
                  (unsigned long long)atomic_load(&released));
    }
    if (atomic_load(&delivered) > atomic_load(&taken)) {
        race_fail("more delivered than taken");
    }
    if (!testnet_at_rest(&st)) {
        race_fail("the counters do not add up");
    }
    printf("%llu posts taken, %llu of them delivered, %llu refused; "
           "%llu clients\n",
           (unsigned long long)atomic_load(&taken),
           (unsigned long long)atomic_load(&delivered),
           (unsigned long long)atomic_load(&refused),
           (unsigned long long)st.cir_accepted);
}

int main(int argc, char **argv)
{
    pthread_t t[POSTERS + CLIENTS];
    struct baton_options o;
    unsigned n = 0;

    testnet_options(&o);
    o.workers = WORKERS;
    testnet_start(&net, &o, &service);
    for (unsigned i = 0; i < POSTERS; i++) {
        t[n++] = race_start(post, i);
    }
    for (unsigned i = 0; i < CLIENTS; i++) {
        t[n++] = race_start(be_clients, i);
    }
    race_run_for(race_argument(argc, argv, 2));
    while (n > 0) {
        race_join(t[--n]);
    }
    testnet_stop(&net);
    check();
    testnet_end(&net);
    return race_end();
}
