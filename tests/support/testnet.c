/* SPDX-License-Identifier: BSD-2-Clause */
#include "testnet.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

void testnet_die(const char *what, int error)
{
    fprintf(stderr, "testnet: %s: %s\n", what, strerror(abs(error)));
    abort();
}

static void must(int r, const char *what)
{
    if (r < 0) {
        testnet_die(what, r);
    }
}

/* ---- Time ---- */

uint64_t testnet_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

void testnet_sleep_ms(unsigned ms)
{
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

    nanosleep(&t, NULL);
}

/* ---- A server ---- */

void testnet_options(struct baton_options *o)
{
    baton_options_init(o);
    o->workers = 2;
    o->max_clients = 1000;
}

void testnet_make(struct testnet *n, const struct baton_options *o,
                  const struct baton_service *service)
{
    struct baton_options defaults;
    const char *tmp = getenv("TMPDIR");
    char address[128];

    memset(n, 0, sizeof *n);
    snprintf(n->dir, sizeof n->dir, "%s/baton-test.XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(n->dir)) {
        testnet_die("mkdtemp", errno);
    }
    snprintf(n->path, sizeof n->path, "%s/sock", n->dir);
    if (!o) {
        testnet_options(&defaults);
        o = &defaults;
    }
    must(baton_new(o, &n->server), "baton_new");
    must(baton_listen(n->server, "tcp://127.0.0.1:0", service), "baton_listen");
    snprintf(address, sizeof address, "unix://%s", n->path);
    must(baton_listen(n->server, address, service), "baton_listen");
    n->port =
        (unsigned)atoi(strrchr(baton_master_address(n->server, 0), ':') + 1);
}

static void *run(void *arg)
{
    struct testnet *n = arg;

    n->result = baton_run(n->server);
    return NULL;
}

void testnet_run(struct testnet *n)
{
    must(-pthread_create(&n->thread, NULL, run, n), "pthread_create");
    n->runs = true;
    if (!TESTNET_UNTIL(testnet_stats(n).server_state != BATON_STARTING)) {
        testnet_die("the server does not start", ETIMEDOUT);
    }
}

void testnet_start(struct testnet *n, const struct baton_options *o,
                   const struct baton_service *service)
{
    testnet_make(n, o, service);
    testnet_run(n);
}

int testnet_join(struct testnet *n)
{
    must(-pthread_join(n->thread, NULL), "pthread_join");
    n->runs = false;
    return n->result;
}

int testnet_stop(struct testnet *n)
{
    baton_stop(n->server);
    return testnet_join(n);
}

void testnet_end(struct testnet *n)
{
    if (n->runs) {
        baton_stop(n->server);
        testnet_stop(n);
    }
    baton_destroy(&n->server);
    unlink(n->path);
    rmdir(n->dir);
}

struct baton_stats testnet_stats(struct testnet *n)
{
    struct baton_stats st;

    baton_stats(n->server, &st);
    return st;
}

struct tally {
    enum baton_state state;
    unsigned n;
};

static bool tally(const struct baton_client_info *info, void *data, void *arg)
{
    struct tally *t = arg;

    (void)data;
    t->n += info->state == t->state;
    return true;
}

unsigned testnet_in_state(struct testnet *n, enum baton_state state)
{
    struct baton_cursor cursor = {0};
    struct tally t = {state, 0};

    while (!cursor.done) {
        baton_each(n->server, &cursor, 1000, tally, &t);
    }
    return t.n;
}

bool testnet_is(struct testnet *n, uint64_t id, enum baton_state state)
{
    struct baton_client_info info;

    return baton_info(n->server, id, &info) == 0 && info.state == state;
}

bool testnet_at_rest(const struct baton_stats *st)
{
    uint64_t states = 0;

    for (unsigned i = 0; i < BATON_N_STATES; i++) {
        states += st->state[i];
    }
    return st->cir_accepted == st->handles_live + st->handles_closed &&
           st->srm_received == st->srm_answered + st->srm_dropped &&
           states == st->handles_live;
}

/* ---- Clients ---- */

static int dial(int family, const void *address, size_t len)
{
    int fd = socket(family, SOCK_STREAM, 0);

    must(fd, "socket");
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (connect(fd, address, (socklen_t)len) < 0) {
        testnet_die("connect", errno);
    }
    return fd;
}

static struct sockaddr_in tcp_address(const struct testnet *n)
{
    struct sockaddr_in in = {.sin_family = AF_INET};

    in.sin_port = htons((uint16_t)n->port);
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return in;
}

int testnet_tcp(const struct testnet *n)
{
    struct sockaddr_in in = tcp_address(n);

    return dial(AF_INET, &in, sizeof in);
}

int testnet_connect(const struct testnet *n, int fd)
{
    struct sockaddr_in in = tcp_address(n);

    return connect(fd, (struct sockaddr *)&in, sizeof in) < 0 ? -errno : 0;
}

int testnet_unix(const struct testnet *n)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};

    snprintf(un.sun_path, sizeof un.sun_path, "%s", n->path);
    return dial(AF_UNIX, &un, sizeof un);
}

void testnet_send(int fd, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        ssize_t k = send(fd, text, left, MSG_NOSIGNAL);

        if (k < 0 && errno != EINTR) {
            testnet_die("send", errno);
        }
        text += k > 0 ? k : 0;
        left -= k > 0 ? (size_t)k : 0;
    }
}

/* One read within the time that is left: as recv(), -ETIMEDOUT. */
static ssize_t recv_some(int fd, void *p, size_t n, uint64_t end)
{
    struct pollfd f = {.fd = fd, .events = POLLIN};
    uint64_t now = testnet_now_ms();
    int r = poll(&f, 1, now < end ? (int)(end - now) : 0);
    ssize_t k;

    if (r == 0) {
        return -ETIMEDOUT;
    }
    k = r < 0 ? -1 : recv(fd, p, n, 0);
    return k < 0 ? -errno : k;
}

size_t testnet_recv(int fd, void *p, size_t n)
{
    uint64_t end = testnet_now_ms() + TESTNET_MS;
    size_t have = 0;

    while (have < n) {
        ssize_t k = recv_some(fd, (char *)p + have, n - have, end);

        if (k == -EINTR) {
            continue;
        }
        if (k <= 0) {
            break;
        }
        have += (size_t)k;
    }
    return have;
}

bool testnet_expect(int fd, const char *text)
{
    char have[1024] = "";
    size_t n = strlen(text), got;

    got = testnet_recv(fd, have, n < sizeof have ? n : sizeof have - 1);
    if (got == n && memcmp(have, text, n) == 0) {
        return true;
    }
    fprintf(stderr, "testnet: expected \"%s\", got \"%.*s\"\n", text, (int)got,
            have);
    return false;
}

bool testnet_ask(int fd, const char *text, const char *answer)
{
    testnet_send(fd, text);
    return testnet_expect(fd, answer);
}

int testnet_ending(int fd)
{
    uint64_t end = testnet_now_ms() + TESTNET_MS;
    char some[4096];
    ssize_t k;

    do {
        k = recv_some(fd, some, sizeof some, end);
    } while (k > 0 || k == -EINTR);
    return (int)k;
}

/* ---- What the process has ---- */

/* Directories that list something of the process, one name for each. */
static unsigned names_in(const char *dir)
{
    DIR *d = opendir(dir);
    unsigned n = 0;

    if (d) {
        for (struct dirent *e; (e = readdir(d)) != NULL;) {
            n += e->d_name[0] != '.';
        }
        closedir(d);
    }
    return n;
}

unsigned testnet_fds(void)
{
    unsigned n = 0;

    for (int fd = 0; fd < 4096; fd++) {
        n += fcntl(fd, F_GETFD) >= 0;
    }
    return n;
}

unsigned testnet_threads(void)
{
    return names_in("/proc/self/task");
}
