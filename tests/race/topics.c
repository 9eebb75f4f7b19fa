/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Subscribers that come and go on all workers of a whole database, while others
 * publish. What must hold, for a channel, a channel seen through a pattern, and
 * a shard channel:
 *   - what is published after a subscription was confirmed and before it is
 *     given up arrives, once; what was published before it or after it does not;
 *   - all subscribers of a channel see one order;
 *   - PUBLISH tells the number of those who get it (c1, where all are known);
 *   - a message is freed once, when the last of its receivers has it or is gone.
 */
#include "race.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "command/topic_parts.h"
#include "testdb.h"

#define WORKERS 3
#define CHANNELS                                                               \
    3 /* c0; c1, seen through a pattern, too; the shard channel c2 */
#define PUBLISHERS  2 /* each on all channels: the order of two is one number */
#define SUBSCRIBERS 4
#define BATCH       16
#define LIMIT       (1u << 16) /* messages of a publisher to a channel */
#define SMALL       105        /* bytes of a payload */
#define LARGE       20011      /* referred to, not copied */
#define SILENT_MS   60000      /* a reply that does not come at all */

static struct testnet net;

/* Of each publisher, for each channel: the last message that it began to send,
 * and the last one for which it has the reply; 0: none. */
static atomic_uint begun[CHANNELS][PUBLISHERS], done[CHANNELS][PUBLISHERS];
/* For each message: how many of the other publisher's came before it, plus 1; 0:
 * nobody has seen that yet. */
static atomic_uint *before[CHANNELS][PUBLISHERS];
static atomic_ullong received[CHANNELS], promised[CHANNELS], periods;

/* ---- Memory: messages that live ---- */

#define MESSAGE(payload) (sizeof(struct topic_message) + 2 + (payload) + 56)
#define SLOTS            (1u << 16)

static atomic_uintptr_t block[SLOTS]; /* by address; few fall together */
static atomic_ullong born, died;

void *__real_malloc(size_t n);
void __real_free(void *p);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void __wrap_free(void *p);
void *__wrap_realloc(void *p, size_t n);

static atomic_uintptr_t *slot_of(const void *p)
{
    return &block[(uintptr_t)p / 16 % SLOTS];
}

/* Relaxed, here and in free: nothing is to be put in order by the test. */
void *__wrap_malloc(size_t n)
{
    void *p = __real_malloc(n);
    uintptr_t none = 0;

    if (p && (n == MESSAGE(SMALL) || n == MESSAGE(LARGE)) &&
        atomic_compare_exchange_strong_explicit(slot_of(p), &none, (uintptr_t)p,
                                                memory_order_relaxed,
                                                memory_order_relaxed)) {
        atomic_fetch_add_explicit(&born, 1, memory_order_relaxed);
    }
    return p;
}

static void note_free(void *p)
{
    uintptr_t was = (uintptr_t)p;

    if (p && atomic_load_explicit(slot_of(p), memory_order_relaxed) == was &&
        atomic_compare_exchange_strong_explicit(
            slot_of(p), &was, 0, memory_order_relaxed, memory_order_relaxed)) {
        atomic_fetch_add_explicit(&died, 1, memory_order_relaxed);
    }
}

void __wrap_free(void *p)
{
    note_free(p);
    __real_free(p);
}

/* Not of messages, but of what has their size by chance. */
void *__wrap_realloc(void *p, size_t n)
{
    note_free(p);
    return __real_realloc(p, n);
}

/* ---- A connection, and what comes over it ---- */

struct wire {
    int fd;
    size_t from, n; /* what is in buf and not parsed yet */
    char buf[1 << 16];
};

static bool readable(int fd, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, ms) > 0;
}

static void wire_open(struct wire *w)
{
    w->fd = testnet_unix(&net);
    w->from = w->n = 0;
}

/* More bytes. False: the server has ended the connection, or is silent. */
static bool wire_fill(struct wire *w)
{
    ssize_t r;

    memmove(w->buf, w->buf + w->from, w->n);
    w->from = 0;
    if (!readable(w->fd, SILENT_MS)) {
        return false;
    }
    r = recv(w->fd, w->buf + w->n, sizeof w->buf - w->n, 0);
    w->n += r > 0 ? (size_t)r : 0;
    return r > 0;
}

/* A line without its end; it stays until more is read. False: none came. */
static bool wire_line(struct wire *w, struct bt_slice *line)
{
    const char *end;

    while (!(end = memchr(w->buf + w->from, '\n', w->n))) {
        if (!wire_fill(w)) {
            return false;
        }
    }
    line->p = w->buf + w->from;
    line->n = (size_t)(end - 1 - line->p);
    w->from += line->n + 2;
    w->n -= line->n + 2;
    return true;
}

static long number(struct bt_slice line)
{
    return strtol(line.p + 1, NULL, 10); /* the line's end stops it */
}

/* n bytes and the end of their line, into p. */
static bool wire_bytes(struct wire *w, char *p, size_t n)
{
    while (w->n < n + 2) {
        if (!wire_fill(w)) {
            return false;
        }
    }
    memcpy(p, w->buf + w->from, n);
    w->from += n + 2;
    w->n -= n + 2;
    return true;
}

/* "message", channel, payload and the like: strings and numbers as text. */
struct frame {
    unsigned n;
    size_t size[4];
    char text[3][32];     /* of the first ones, cut off, */
    char last[LARGE + 1]; /* and of the last one */
};

static bool wire_frame(struct wire *w, struct frame *f)
{
    struct bt_slice line;

    if (!wire_line(w, &line) || (*line.p != '*' && *line.p != '>')) {
        return false;
    }
    f->n = (unsigned)number(line);
    for (unsigned i = 0; i < f->n && i < 4; i++) {
        bool last = i == f->n - 1;

        if (!wire_line(w, &line)) {
            return false;
        }
        f->size[i] = *line.p == '$' ? (size_t)number(line) : 0;
        if (f->size[i] > (last ? LARGE : sizeof f->text[0] - 1) ||
            (*line.p == '$' &&
             !wire_bytes(w, last ? f->last : f->text[i], f->size[i]))) {
            return false;
        }
        (last ? f->last : f->text[i])[f->size[i]] = 0;
    }
    return f->n == 3 || f->n == 4;
}

/* ---- Publishers ---- */

static size_t write_publish(char *p, unsigned channel, unsigned me,
                            unsigned seq)
{
    size_t size = seq % 64 == 0 ? LARGE : SMALL;
    int n = sprintf(p, "*3\r\n$%d\r\n%s\r\n$2\r\nc%u\r\n$%zu\r\n",
                    channel == 2 ? 8 : 7, channel == 2 ? "SPUBLISH" : "PUBLISH",
                    channel, size);
    size_t at = (size_t)n;

    memset(p + at, 'x', size);
    n = sprintf(p + at, "%u %u", me, seq);
    p[at + (size_t)n] = ' ';
    at += size;
    memcpy(p + at, "\r\n", 2);
    return at + 2;
}

static void send_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t r = send(fd, p, n, MSG_NOSIGNAL);

        if (r <= 0) {
            race_fail("a client was closed: %s", strerror(errno));
            return;
        }
        p += r;
        n -= (size_t)r;
    }
}

static void *publish(void *arg)
{
    unsigned me = (unsigned)(uintptr_t)arg, next[CHANNELS] = {1, 1, 1};
    char *out = malloc(BATCH * (LARGE + 64));
    struct wire *w = malloc(sizeof *w);
    uint64_t random = 88172645463325252u + me;

    wire_open(w);
    while (!atomic_load(&race_over)) {
        unsigned channel = (unsigned)(race_random(&random) >> 8) % CHANNELS;
        struct bt_slice line;
        size_t n = 0;

        for (unsigned i = 0; i < BATCH; i++) {
            n += write_publish(out + n, channel, me, next[channel] + i);
        }
        atomic_store(&begun[channel][me], next[channel] + BATCH - 1);
        send_all(w->fd, out, n);
        for (unsigned i = 0; i < BATCH; i++) {
            if (!wire_line(w, &line) || *line.p != ':') {
                race_fail("no reply to PUBLISH");
                break;
            }
            atomic_fetch_add(&promised[channel], (unsigned)number(line));
            atomic_store(&done[channel][me], next[channel]++);
        }
        if (next[channel] + BATCH >= LIMIT) {
            atomic_store(&race_over, true);
        }
        race_pause_us((unsigned)(race_random(&random) >> 8) % 200);
    }
    close(w->fd);
    free(w);
    free(out);
    return NULL;
}

/* ---- Subscribers ---- */

/* From one subscription to its end. */
struct period {
    unsigned channel;
    bool pattern, confirmed;
    unsigned old[PUBLISHERS];  /* had their reply before SUBSCRIBE was sent */
    unsigned late[PUBLISHERS]; /* what comes behind these must come */
    unsigned last[PUBLISHERS]; /* seen; 0: none */
};

/* The place of a message among those of the other publisher. */
static void check_order(const struct period *p, unsigned from, unsigned seq)
{
    unsigned other = p->last[1 - from], seen = 0;

    if (other == 0) {
        return; /* not known */
    }
    if (!atomic_compare_exchange_strong_explicit(
            &before[p->channel][from][seq], &seen, other + 1,
            memory_order_relaxed, memory_order_relaxed) &&
        seen != other + 1) {
        race_fail("c%u: %u of %u came after %u of the other, and after %u",
                  p->channel, seq, from, other, seen - 1);
    }
}

static void check_message(struct period *p, const struct frame *f)
{
    size_t size = f->size[f->n - 1];
    unsigned from, seq;

    if (!p->confirmed || p->pattern != (f->n == 4) ||
        f->text[f->n - 2][1] != (char)('0' + p->channel)) {
        race_fail("subscribed to c%u, and %s came from %s", p->channel,
                  f->text[0], f->text[f->n - 2]);
    }
    if (sscanf(f->last, "%u %u ", &from, &seq) != 2 || from >= PUBLISHERS ||
        seq >= LIMIT || size != (seq % 64 == 0 ? LARGE : SMALL) ||
        f->last[size - 1] != 'x') {
        race_fail("not what was published: %.20s", f->last);
        return;
    }
    if (p->last[from] != 0 ? seq != p->last[from] + 1
                           : seq <= p->old[from] || seq > p->late[from] + 1) {
        race_fail("c%u: %u of %u after %u; %u were old, %u begun", p->channel,
                  seq, from, p->last[from], p->old[from], p->late[from]);
    }
    p->last[from] = seq;
    check_order(p, from, seq);
    atomic_fetch_add_explicit(&received[p->channel], 1, memory_order_relaxed);
}

static const char *const words[][2] = {{"SUBSCRIBE", "UNSUBSCRIBE"},
                                       {"PSUBSCRIBE", "PUNSUBSCRIBE"},
                                       {"SSUBSCRIBE", "SUNSUBSCRIBE"}};

static void ask(int fd, const struct period *p, bool begin)
{
    char request[64];
    unsigned kind = p->channel == 2 ? 2 : p->pattern;
    int n = sprintf(request, "%s c%u%s\r\n", words[kind][!begin], p->channel,
                    p->pattern ? "*" : "");

    send_all(fd, request, (size_t)n);
}

/* Reads until there is an answer to what was asked, or for `n` messages. False:
 * that cannot be had any more. */
static bool listen_to(struct wire *w, struct period *p, unsigned n, bool answer)
{
    static _Thread_local struct frame f;

    while (answer || n > 0) {
        if (!answer && atomic_load(&race_over)) {
            return true; /* nobody publishes any more */
        }
        if (!answer && w->n == 0 && !readable(w->fd, 10)) {
            continue;
        }
        if (!wire_frame(w, &f)) {
            race_fail("a subscriber was closed, or hears nothing");
            return false;
        }
        if (strstr(f.text[0], "subscribe")) {
            return answer;
        }
        check_message(p, &f);
        n -= n > 0;
    }
    return true;
}

static bool live_period(struct wire *w, uint64_t *random)
{
    uint64_t dice = race_random(random) >> 8;
    struct period p = {.channel = dice % CHANNELS,
                       .pattern = dice % CHANNELS == 1 && dice / 8 % 2};
    unsigned have[PUBLISHERS];

    for (unsigned i = 0; i < PUBLISHERS; i++) {
        p.old[i] = atomic_load(&done[p.channel][i]);
    }
    ask(w->fd, &p, true);
    if (!listen_to(w, &p, 0, true)) {
        return false;
    }
    p.confirmed = true;
    for (unsigned i = 0; i < PUBLISHERS; i++) {
        p.late[i] = atomic_load(&begun[p.channel][i]);
    }
    if (!listen_to(w, &p, (unsigned)(dice / 16 % 100), false)) {
        return false;
    }
    for (unsigned i = 0; i < PUBLISHERS; i++) {
        have[i] = atomic_load(&done[p.channel][i]);
    }
    ask(w->fd, &p, false);
    if (!listen_to(w, &p, 0, true)) {
        return false;
    }
    for (unsigned i = 0; i < PUBLISHERS; i++) {
        if (have[i] > p.late[i] && p.last[i] < have[i]) {
            race_fail("c%u: %u of %u came last, but %u were published",
                      p.channel, p.last[i], i, have[i]);
        }
    }
    atomic_fetch_add(&periods, 1);
    return true;
}

static void *subscribe(void *arg)
{
    uint64_t random = 362436069u + (uintptr_t)arg;
    struct wire *w = malloc(sizeof *w);

    while (!atomic_load(&race_over)) {
        bool goes_on = true;

        wire_open(w);
        for (unsigned i = 0; goes_on && i < 20 && !atomic_load(&race_over);
             i++) {
            goes_on = live_period(w, &random);
        }
        close(w->fd);
    }
    free(w);
    return NULL;
}

/* Go while they are subscribed to all but c1. */
static void *vanish(void *arg)
{
    static const char all[] = "SUBSCRIBE c0 c3 c2\r\nPSUBSCRIBE c0* c[02]\r\n"
                              "SSUBSCRIBE c2 c1\r\nUNSUBSCRIBE c3\r\n";
    uint64_t random = 521288629u + (uintptr_t)arg;

    while (!atomic_load(&race_over)) {
        int fd = testnet_unix(&net);
        char some[4096];

        send_all(fd, all, sizeof all - 1);
        for (unsigned n = (unsigned)(race_random(&random) >> 8) % 20; n > 0;
             n--) {
            (void)!recv(fd, some, sizeof some, MSG_DONTWAIT);
            race_pause_us(100);
        }
        close(fd);
    }
    return NULL;
}

/* ---- The whole ---- */

static void check(void)
{
    unsigned long long have = atomic_load(&received[1]);

    printf("%llu messages of c1 in %llu subscriptions; %llu blocks\n", have,
           (unsigned long long)atomic_load(&periods),
           (unsigned long long)atomic_load(&born));
    if (atomic_load(&born) == 0) {
        race_fail("no block has the size of a message");
    }
    if (have != atomic_load(&promised[1])) {
        race_fail("c1: %llu messages were received, not %llu", have,
                  (unsigned long long)atomic_load(&promised[1]));
    }
    if (atomic_load(&born) != atomic_load(&died)) {
        race_fail("%llu blocks, of which %llu were freed",
                  (unsigned long long)atomic_load(&born),
                  (unsigned long long)atomic_load(&died));
    }
}

int main(int argc, char **argv)
{
    static const char no_limit[] =
        "CONFIG SET client-output-buffer-limit \"pubsub 0 0 0\"\r\n";
    pthread_t t[PUBLISHERS + SUBSCRIBERS + 1];
    unsigned n = 0;
    int fd;

    for (unsigned c = 0; c < CHANNELS; c++) {
        for (unsigned i = 0; i < PUBLISHERS; i++) {
            before[c][i] = calloc(LIMIT, sizeof *before[c][i]);
        }
    }
    testdb_start(&net, WORKERS);
    fd = testnet_unix(&net);
    if (!testnet_ask(fd, no_limit, "+OK\r\n")) {
        race_fail("the limit cannot be set");
    }
    for (unsigned i = 0; i < PUBLISHERS; i++) {
        t[n++] = race_start(publish, i);
    }
    for (unsigned i = 0; i < SUBSCRIBERS; i++) {
        t[n++] = race_start(subscribe, i);
    }
    t[n++] = race_start(vanish, 0);
    if (!TESTNET_UNTIL(atomic_load(&received[1]) > 0 ||
                       atomic_load(&race_over))) {
        race_fail("nothing is received");
    }
    race_run_for(race_argument(argc, argv, 2));
    while (n > 0) {
        race_join(t[--n]);
    }
    close(fd);
    testdb_end(&net);
    check();
    for (unsigned c = 0; c < CHANNELS; c++) {
        for (unsigned i = 0; i < PUBLISHERS; i++) {
            free(before[c][i]);
        }
    }
    return race_end();
}
