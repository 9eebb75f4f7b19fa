/* SPDX-License-Identifier: BSD-2-Clause
 *
 * chat.c -- one room: a line goes to all others, whichever worker they are on.
 *
 *     cc chat.c $(pkg-config --cflags --libs baton) -o chat
 *     ./chat tcp://127.0.0.1:7000        (then: telnet 127.0.0.1 7000)
 */
#include <baton/baton.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct baton_server *server;

static int join(struct baton_client *c)
{
    baton_output_limit(c, 1048576, 0, 0); /* who does not read must go */
    return 0;
}

/* Runs on the worker of the client that hears it. */
static void hear(struct baton_client *c, void *text)
{
    baton_reply(c, text, strlen(text));
}

static bool collect(const struct baton_client_info *info, void *data, void *arg)
{
    uint64_t **end = arg;

    (void)data;
    *(*end)++ = info->id;
    return true;
}

/* A walk must not post by itself, so it goes by steps of 256 ids. */
static void tell_others(uint64_t speaker, const char *text)
{
    for (struct baton_cursor cursor = {0}; !cursor.done;) {
        uint64_t ids[256], *end = ids;

        baton_each(server, &cursor, 256, collect, &end);
        for (const uint64_t *id = ids; id < end; id++) {
            char *copy = *id == speaker ? NULL : strdup(text);

            if (copy && baton_post(server, *id, hear, copy, free) < 0) {
                free(copy);
            }
        }
    }
}

static ssize_t bytes(struct baton_client *c, const char *p, size_t n)
{
    const char *start = p, *end = p + n, *nl;

    while (baton_more(c) && (nl = memchr(p, '\n', (size_t)(end - p)))) {
        char text[512];

        snprintf(text, sizeof text, "%llu: %.*s\n",
                 (unsigned long long)baton_id(c),
                 (int)(nl - p < 480 ? nl - p : 480), p);
        tell_others(baton_id(c), text);
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
    static const struct baton_service chat = {
        .name = "chat", .open = join, .bytes = bytes};
    struct baton_options o;
    int r;

    baton_options_init(&o);
    o.input_limit_bytes = 65536; /* for a line that does not end */
    r = baton_new(&o, &server);
    r = r < 0 ? r : baton_listen(server, argc > 1 ? argv[1] : "", &chat);
    if (r == 0) {
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
