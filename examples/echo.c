/* SPDX-License-Identifier: BSD-2-Clause
 *
 * echo.c -- sends back what it is sent.
 *
 *     cc echo.c $(pkg-config --cflags --libs baton) -o echo
 *     ./echo tcp://127.0.0.1:7000 unix:///tmp/echo.sock
 */
#include <baton/baton.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct baton_server *server;

static void on_signal(int signo)
{
    (void)signo;
    baton_stop(server);
}

/* A request is whatever one read brought. */
static ssize_t bytes(struct baton_client *c, const char *p, size_t n)
{
    if (!baton_more(c)) {
        return 0;
    }
    baton_reply(c, p, n);
    baton_answered(c);
    return (ssize_t)n;
}

static const struct baton_service echo = {.name = "echo", .bytes = bytes};

int main(int argc, char **argv)
{
    struct baton_options o;
    int r;

    baton_options_init(&o);
    r = baton_new(&o, &server);
    for (int i = 1; r == 0 && i < argc; i++) {
        r = baton_listen(server, argv[i], &echo);
        if (r == 0) {
            printf("%s\n", baton_master_address(server, (unsigned)i - 1));
        }
    }
    fflush(stdout);
    if (r == 0) {
        signal(SIGINT, on_signal);
        signal(SIGTERM, on_signal);
        r = baton_run(server);
    }
    if (r < 0) {
        fprintf(stderr, "echo: %s\n", strerror(-r));
    }
    baton_destroy(&server);
    return r < 0;
}
