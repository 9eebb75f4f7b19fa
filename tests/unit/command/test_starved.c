/* SPDX-License-Identifier: BSD-2-Clause
 *
 * No memory for a message to a client or a worker: those who wait for it are
 * woken all the same. The linker puts us in front of the allocator, and of the
 * calls that post: while a test wants it, none of them gets any memory.
 */
#include <criterion/criterion.h>

#include "testdb.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_bool armed;
static atomic_uint posts;          /* that were made while it was armed */
static _Thread_local bool starved; /* this thread gets no memory */

/* ---- The allocator ---- */

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
    return starved ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return starved ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return starved ? NULL : __real_realloc(p, n);
}

/* ---- The calls ---- */

static void begin(void)
{
    if (atomic_load(&armed)) {
        atomic_fetch_add(&posts, 1);
        starved = true;
    }
}

static int end(int r)
{
    starved = false;
    return r;
}

typedef void job_fn(struct baton_worker *w, void *arg);
typedef void release_fn(void *arg);

int __real_baton_post(struct baton_server *s, uint64_t id, baton_post_fn *fn,
                      void *arg, release_fn *release);
int __real_baton_message_post(struct baton_server *s, uint64_t id,
                              struct baton_message **m);
int __real_baton_post_worker(struct baton_server *s, unsigned index, job_fn *fn,
                             void *arg);
int __real_baton_job_post(struct baton_server *s, unsigned index,
                          struct baton_job *job);
int __wrap_baton_post(struct baton_server *s, uint64_t id, baton_post_fn *fn,
                      void *arg, release_fn *release);
int __wrap_baton_message_post(struct baton_server *s, uint64_t id,
                              struct baton_message **m);
int __wrap_baton_post_worker(struct baton_server *s, unsigned index, job_fn *fn,
                             void *arg);
int __wrap_baton_job_post(struct baton_server *s, unsigned index,
                          struct baton_job *job);

int __wrap_baton_post(struct baton_server *s, uint64_t id, baton_post_fn *fn,
                      void *arg, release_fn *release)
{
    begin();
    return end(__real_baton_post(s, id, fn, arg, release));
}

int __wrap_baton_message_post(struct baton_server *s, uint64_t id,
                              struct baton_message **m)
{
    begin();
    return end(__real_baton_message_post(s, id, m));
}

int __wrap_baton_post_worker(struct baton_server *s, unsigned index, job_fn *fn,
                             void *arg)
{
    begin();
    return end(__real_baton_post_worker(s, index, fn, arg));
}

int __wrap_baton_job_post(struct baton_server *s, unsigned index,
                          struct baton_job *job)
{
    begin();
    return end(__real_baton_job_post(s, index, job));
}

/* ---- A database in this process ---- */

static struct testnet net;

static void start(void)
{
    testdb_start(&net, 2);
}

static void finish(void)
{
    atomic_store(&armed, false);
    testdb_end(&net);
}

TestSuite(starved, .init = start, .fini = finish, .timeout = 120);

/* ---- Clients that are blocked ---- */

static int blocked_client(void)
{
    int fd = testnet_tcp(&net);

    testnet_send(fd, "BLPOP list 0\r\n");
    cr_assert(TESTNET_UNTIL(testnet_in_state(&net, BATON_BLOCKED) == 1));
    return fd;
}

Test(starved, blocked_client_is_served)
{
    int fd = blocked_client(), other = testnet_tcp(&net);

    atomic_store(&armed, true);
    cr_expect(testnet_ask(other, "RPUSH list value\r\n", ":1\r\n"));
    cr_expect(testnet_expect(fd, "*2\r\n$4\r\nlist\r\n$5\r\nvalue\r\n"));
    cr_expect(testnet_ask(fd, "LLEN list\r\n", ":0\r\n"));
    cr_expect_gt(atomic_load(&posts), 0);
    close(fd);
    close(other);
}

Test(starved, blocked_client_is_unblocked)
{
    char request[64];
    int fd = testnet_tcp(&net), other = testnet_tcp(&net);
    uint64_t id = 0;

    /* The first two clients; which is which, the server knows. */
    cr_expect(testnet_ask(fd, "PING\r\n", "+PONG\r\n"));
    testnet_send(fd, "BLPOP list 0\r\n");
    for (uint64_t i = 1; i <= 2; i++) {
        if (TESTNET_UNTIL(testnet_in_state(&net, BATON_BLOCKED) == 1) &&
            testnet_is(&net, i, BATON_BLOCKED)) {
            id = i;
        }
    }
    cr_assert_neq(id, 0);
    atomic_store(&armed, true);
    snprintf(request, sizeof request, "CLIENT UNBLOCK %u\r\n", (unsigned)id);
    cr_expect(testnet_ask(other, request, ":1\r\n"));
    cr_expect(testnet_expect(fd, "*-1\r\n"));
    cr_expect(testnet_ask(fd, "PING\r\n", "+PONG\r\n"));
    cr_expect_gt(atomic_load(&posts), 0);
    close(fd);
    close(other);
}

/* ---- Subscribers, and publishers that wait for them ---- */

static int subscriber(void)
{
    int fd = testnet_tcp(&net);

    cr_assert(testnet_ask(fd, "SUBSCRIBE c\r\n",
                          "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"));
    return fd;
}

Test(starved, subscriber_gets_its_message)
{
    int fd = subscriber(), other = testnet_tcp(&net);

    atomic_store(&armed, true);
    cr_expect(testnet_ask(other, "PUBLISH c text\r\n", ":1\r\n"));
    cr_expect(
        testnet_expect(fd, "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$4\r\ntext\r\n"));
    cr_expect_gt(atomic_load(&posts), 0);
    close(fd);
    close(other);
}

enum {
    LARGE = 1200 * 1000 /* over TOPIC_QUEUE_MAX */
};

/* Over the limit of the queue before the subscriber's worker was told. */
Test(starved, held_publisher_goes_on)
{
    char *request = malloc(LARGE + 100), *got = malloc(LARGE);
    char head[] = "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1200000\r\n";
    int fd = subscriber(), other = testnet_tcp(&net);
    size_t n = (size_t)sprintf(
        request, "*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n$%d\r\n", LARGE);

    memset(request + n, 'x', LARGE);
    strcpy(request + n + LARGE, "\r\n");
    atomic_store(&armed, true);
    for (int i = 0; i < 3; i++) {
        testnet_send(other, request);
        cr_expect(testnet_expect(other, ":1\r\n"));
        cr_expect(testnet_expect(fd, head));
        cr_expect_eq(testnet_recv(fd, got, LARGE), LARGE);
        cr_expect_eq(got[LARGE - 1], 'x');
        cr_expect(testnet_expect(fd, "\r\n"));
    }
    cr_expect(testnet_ask(other, "PING\r\n", "+PONG\r\n"));
    cr_expect_geq(atomic_load(&posts), 6, "a job and a message for each");
    free(request);
    free(got);
    close(fd);
    close(other);
}
