/* SPDX-License-Identifier: BSD-2-Clause
 *
 * testnet.h -- for tests of the engine: a server in this process, and clients.
 *
 * Threads    A struct testnet belongs to the thread that made it; the socket
 *            helpers are for any thread.
 * Errors     What must not fail here ends the program with a line that says
 *            what it was: tests are about the server, not about the helpers.
 * Time       Every wait is bounded by TESTNET_MS, long enough for a busy machine
 *            and for sanitizers; a wait that ends by it is a failure.
 */
#ifndef BATON_TESTNET_H
#define BATON_TESTNET_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <baton/baton.h>

#define TESTNET_MS 20000

_Noreturn void testnet_die(const char *what, int error);

/* ---- A server ---- */

struct testnet {
    struct baton_server *server;
    char dir[64], path[96]; /* a private directory; the Unix socket in it */
    unsigned port;          /* of 127.0.0.1 */
    pthread_t thread;
    int result; /* of baton_run() */
    bool runs;
};

/* Defaults for tests: two workers, room for 1000 clients. */
void testnet_options(struct baton_options *o);
/* Master socket 0 is TCP, 1 is a Unix socket; not yet running. */
void testnet_make(struct testnet *n, const struct baton_options *o,
                  const struct baton_service *service);
/* Runs it in a thread of its own and waits until it listens. */
void testnet_run(struct testnet *n);
/* Both. */
void testnet_start(struct testnet *n, const struct baton_options *o,
                   const struct baton_service *service);
/* Waits for the end of baton_run() and returns its result. */
int testnet_join(struct testnet *n);
/* baton_stop(), then the same. */
int testnet_stop(struct testnet *n);
/* Stops it if it runs, destroys it, removes the directory. */
void testnet_end(struct testnet *n);

struct baton_stats testnet_stats(struct testnet *n);
/* Handles in this state, as baton_each() shows them. */
unsigned testnet_in_state(struct testnet *n, enum baton_state state);
/* True when a client with this id is in this state. */
bool testnet_is(struct testnet *n, uint64_t id, enum baton_state state);
/* Do the counters add up? They must when nothing moves. */
bool testnet_at_rest(const struct baton_stats *st);

/* ---- Clients: plain blocking sockets ---- */

int testnet_tcp(const struct testnet *n);
int testnet_unix(const struct testnet *n);
/* connect() of a TCP socket that is there already: 0 or -errno. */
int testnet_connect(const struct testnet *n, int fd);
void testnet_send(int fd, const char *text);
/* Up to n bytes; fewer only when the peer closed or time ran out. */
size_t testnet_recv(int fd, void *p, size_t n);
/* Are the next bytes these? */
bool testnet_expect(int fd, const char *text);
/* Sends and expects. */
bool testnet_ask(int fd, const char *text, const char *answer);
/* Throws away what comes; 0 at EOF, else -errno (-ETIMEDOUT: it goes on). */
int testnet_ending(int fd);

/* ---- Waiting ---- */

uint64_t testnet_now_ms(void);
void testnet_sleep_ms(unsigned ms);

/* Waits until cond holds; false when it does not come to hold. */
#define TESTNET_UNTIL(cond)                                                    \
    ({                                                                         \
        uint64_t until_end = testnet_now_ms() + TESTNET_MS;                    \
        bool until_ok;                                                         \
                                                                               \
        while (!(until_ok = (cond)) && testnet_now_ms() < until_end) {         \
            testnet_sleep_ms(1);                                               \
        }                                                                      \
        until_ok;                                                              \
    })

/* ---- What the process has ---- */

unsigned testnet_fds(void);
/* Threads, 0 where the system does not tell. */
unsigned testnet_threads(void);

#endif
