/* SPDX-License-Identifier: BSD-2-Clause
 *
 * chat.c -- one room: each line goes to everybody else, whichever worker they
 * are on. The text is stored once and shared by reference count.
 *
 *     cc chat.c $(pkg-config --cflags --libs baton) -o chat
 *     ./chat tcp://127.0.0.1:7000        (then: telnet 127.0.0.1 7000)
 */
#include <baton/baton.h>

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct baton_server *server;

struct line {
    atomic_uint users;
    size_t n;
    uint64_t from;
    char text[];
};

static void drop(void *arg)
{
    struct line *l = arg;

    if (atomic_fetch_sub(&l->users, 1) == 1) {
        free(l);
    }
}

/* On the receiver's worker: the post's share of the line becomes the reply's. */
static void deliver(struct baton_client *c, void *arg)
{
    struct line *l = arg;

    atomic_fetch_add(&l->users, 1);
    baton_reply_ref(c, l->text, l->n, drop, l);
}

struct ids {
    size_t n, room;
    uint64_t *v;
};

static bool collect(const struct baton_client_info *info, void *data, void *arg)
{
    struct ids *ids = arg;

    (void)data;
    if (ids->n < ids->room) {
        ids->v[ids->n++] = info->id;
    }
    return true;
}

static void broadcast(struct line *l)
{
    struct baton_cursor cursor = {0};
    uint64_t v[256];

    while (!cursor.done) {
        struct ids ids = {.room = 256, .v = v};

        baton_each(server, &cursor, ids.room, collect, &ids);
        for (size_t i = 0; i < ids.n; i++) {
            atomic_fetch_add(&l->users, 1);
            if (v[i] == l->from ||
                baton_post(server, v[i], deliver, l, drop) < 0) {
                drop(l);
            }
        }
    }
    drop(l);
}

static ssize_t bytes(struct baton_client *c, const char *p, size_t n)
{
    const char *start = p, *end = p + n, *nl;

    while (baton_more(c) && (nl = memchr(p, '\n', (size_t)(end - p)))) {
        size_t len = (size_t)(nl + 1 - p);
        struct line *l = malloc(sizeof *l + len + 32);

        if (l) {
            atomic_init(&l->users, 1);
            l->from = baton_id(c);
            l->n = (size_t)snprintf(l->text, 32,
                                    "%llu: ", (unsigned long long)l->from);
            memcpy(l->text + l->n, p, len);
            l->n += len;
            broadcast(l);
        }
        baton_answered(c);
        p = nl + 1;
    }
    return p - start;
}

static void on_signal(int signo)
{
    (void)signo;
    baton_stop(server);
}

int main(int argc, char **argv)
{
    static const struct baton_service chat = {.name = "chat", .bytes = bytes};
    struct baton_options o;
    int r;

    baton_options_init(&o);
    r = baton_new(&o, &server);
    r = r ? r : baton_listen(server, argc > 1 ? argv[1] : "", &chat);
    if (r == 0) {
        printf("%s\n", baton_master_address(server, 0));
        fflush(stdout);
        signal(SIGINT, on_signal);
        signal(SIGTERM, on_signal);
        r = baton_run(server);
    }
    if (r < 0) {
        fprintf(stderr, "chat: %s\n", strerror(-r));
    }
    baton_destroy(&server);
    return r < 0;
}
