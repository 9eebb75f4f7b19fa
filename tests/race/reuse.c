/* SPDX-License-Identifier: BSD-2-Clause
 *
 * usage: reuse [ROUNDS]
 *
 * File descriptor numbers live again at once, ids never: kills and posts for a
 * closed client touch nobody, also not the client that has its number now. What
 * must hold: nobody is killed, nobody gets a reply that it did not ask for, and
 * every request of a living client is answered.
 */
#include "race.h"

#include <errno.h>

#include "testnet.h"
#include "testservice.h"

#define CLIENTS 3
#define KILLERS 2
#define GRAVES  64

static struct testnet net;
static unsigned rounds;
static atomic_uint clients; /* threads still at work */
static atomic_ullong shots, hits, reused;

/* Ids of clients that the table does not know any more. */
static _Atomic uint64_t grave[GRAVES];
static atomic_uint graves;

static void poison(struct baton_client *c, void *arg)
{
    (void)arg;
    baton_reply(c, "poison\n", 7);
    atomic_fetch_add(&hits, 1);
}

static void *kill_the_dead(void *arg)
{
    uint64_t random = 88172645463325252u + (uintptr_t)arg;

    while (atomic_load(&clients) > 0) {
        uint64_t id = atomic_load(&grave[race_random(&random) % GRAVES]);
        int r = -ENOENT;

        if (id == 0) {
            sched_yield();
            continue;
        }
        if (race_random(&random) % 2) {
            r = baton_kill(net.server, id, BATON_KILLED);
        } else {
            r = baton_post(net.server, id, poison, NULL, NULL);
        }
        if (r != -ENOENT) {
            race_fail("a closed client could be posted to: %d", r);
        }
        atomic_fetch_add(&shots, 1);
    }
    return NULL;
}

/* Reads a line; false: something else came, or nothing. */
static bool line(int fd, char *out, size_t room)
{
    for (size_t n = 0; n + 1 < room; n++) {
        if (testnet_recv(fd, out + n, 1) != 1) {
            return false;
        }
        if (out[n] == '\n') {
            out[n] = '\0';
            return true;
        }
    }
    return false;
}

static bool served(int fd, const char *ask, const char *answer)
{
    char have[64];

    testnet_send(fd, ask);
    if (!line(fd, have, sizeof have)) {
        race_fail("asked %s: closed, or no answer", ask);
        return false;
    }
    if (strcmp(have, answer) != 0) {
        race_fail("asked %s: %s", ask, have);
        return false;
    }
    return true;
}

/* One life. The server's fd number is told, to see that it is used again. */
static int live(uint64_t *id)
{
    struct baton_client_info info;
    char text[64];
    int fd = *id % 2 ? testnet_tcp(&net) : testnet_unix(&net), number;

    testnet_send(fd, "id\n");
    if (!line(fd, text, sizeof text)) {
        race_fail("no id");
        close(fd);
        return -1;
    }
    *id = strtoull(text, NULL, 10);
    if (baton_info(net.server, *id, &info) < 0) {
        race_fail("%s lives and is not found", text);
    }
    number = info.fd;
    for (unsigned i = 0; i < 3; i++) {
        served(fd, "echo alive\n", "alive");
    }
    close(fd);
    while (baton_info(net.server, *id, &info) == 0) {
        sched_yield();
    }
    return number;
}

static void *live_and_die(void *arg)
{
    uint64_t id = (uintptr_t)arg;
    int before = -1;

    for (unsigned i = 0; i < rounds / CLIENTS; i++) {
        int number = live(&id);

        if (atomic_load(&race_over)) {
            break;
        }
        atomic_fetch_add(&reused, number == before);
        before = number;
        atomic_store(&grave[atomic_fetch_add(&graves, 1) % GRAVES], id);
    }
    atomic_fetch_sub(&clients, 1);
    return NULL;
}

static void check(void)
{
    struct baton_stats st = testnet_stats(&net);

    if (st.closed[BATON_KILLED] > 0 || atomic_load(&hits) > 0) {
        race_fail("%llu killed, %llu poisoned",
                  (unsigned long long)st.closed[BATON_KILLED],
                  (unsigned long long)atomic_load(&hits));
    }
    if (atomic_load(&reused) == 0) {
        race_fail("no number lived again: nothing was tried");
    }
    printf("%llu lives, %llu shots at the dead, %llu numbers used again\n",
           (unsigned long long)st.handles_closed,
           (unsigned long long)atomic_load(&shots),
           (unsigned long long)atomic_load(&reused));
}

int main(int argc, char **argv)
{
    pthread_t t[CLIENTS + KILLERS];
    unsigned n = 0;

    rounds = race_argument(argc, argv, 3000);
    atomic_store(&clients, CLIENTS);
    testnet_start(&net, NULL, &testservice);
    for (unsigned i = 0; i < CLIENTS; i++) {
        t[n++] = race_start(live_and_die, i);
    }
    for (unsigned i = 0; i < KILLERS; i++) {
        t[n++] = race_start(kill_the_dead, i);
    }
    while (n > 0) {
        race_join(t[--n]);
    }
    testnet_stop(&net);
    check();
    testnet_end(&net);
    return race_end();
}
