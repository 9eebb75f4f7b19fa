/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/versus.c -- the same work on several servers, in turn.
 */
#include "stress/versus.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stress/progress.h"
#include "stress/trial.h"
#include "stress/versus_figures.h"

#define SERVERS_MAX 8
#define ROUNDS      5

static const char usage[] =
    "usage: baton-stress compare [--rounds N] SERVER SERVER... [-- OPTIONS]\n"
    "Does the work of OPTIONS (see baton-stress --help) on each server in "
    "turn,\nin rounds (5). SERVER is [NAME=]ADDRESS[@PID], ADDRESS a port, "
    "HOST:PORT or\nthe path of a Unix socket; with PID its CPU time per "
    "request "
    "is compared too.\n--json FILE among OPTIONS writes the figures.\n"
    "  baton-stress compare batond=6379 redis=6380 -- -P 16 --duration 5\n"
    "Exit status: 0 all replies were right, 1 something was wrong, 2 usage.\n";

/* ---- the command line ---- */

static int bad(const char *what, const char *why)
{
    fprintf(stderr, "baton-stress: compare: %s: %s (see baton-stress(1))\n",
            what, why);
    return -EINVAL;
}

/* [NAME=]ADDRESS[@PID]; an address with a slash is a Unix socket, others are
 * [HOST:]PORT. */
static int server_parse(struct stress_rival *s, const char *word)
{
    const char *equals = strchr(word, '='), *at = strrchr(word, '@'), *colon;
    const char *where = equals != NULL ? equals + 1 : word;
    size_t len =
        at != NULL && at > where ? (size_t)(at - where) : strlen(where);
    char address[256];

    if (len == 0 || len >= sizeof(address)) {
        return bad(word, "wants [NAME=]ADDRESS[@PID]");
    }
    snprintf(address, sizeof(address), "%.*s", (int)len, where);
    if (at != NULL && at > where) {
        s->pid = strtoull(at + 1, NULL, 10);
    }
    if (strchr(address, '/') != NULL) {
        snprintf(s->path, sizeof(s->path), "%s", address);
    } else {
        const char *port = address;

        colon = strrchr(address, ':');
        port = colon != NULL ? colon + 1 : address;
        snprintf(s->host, sizeof(s->host), "%.*s",
                 colon != NULL ? (int)(colon - address) : 0, address);
        if (*s->host == '\0') {
            strcpy(s->host, "127.0.0.1");
        }
        if (strspn(port, "0123456789") != strlen(port) || *port == '\0' ||
            strlen(port) >= sizeof(s->port)) {
            return bad(word, "wants a path, PORT or HOST:PORT");
        }
        strcpy(s->port, port);
    }
    snprintf(s->name, sizeof(s->name), "%.*s",
             equals != NULL ? (int)(equals - word) : (int)sizeof(s->name),
             equals != NULL ? word : address);
    return 0;
}

/* ---- rounds ---- */

static void keep(struct stress_rival *s, unsigned round,
                 const struct stress_result *r)
{
    const struct stress_histogram *h =
        r->run->options.open ? &r->total.response : &r->total.service;
    double n = (double)stress_result_requests(r);

    s->sample[STRESS_VS_RATE][round] = r->seconds > 0 ? n / r->seconds : 0;
    s->sample[STRESS_VS_P50][round] = stress_histogram_quantile(h, 0.5) / 1e3;
    s->sample[STRESS_VS_P99][round] = stress_histogram_quantile(h, 0.99) / 1e3;
    s->sample[STRESS_VS_P999][round] =
        stress_histogram_quantile(h, 0.999) / 1e3;
    s->sample[STRESS_VS_SERVER_CPU][round] =
        r->server_cpu >= 0 && n > 0 ? r->server_cpu * 1e6 / n : -1;
}

static int turn(struct stress_rival *s, unsigned round,
                const struct stress_options *options)
{
    struct stress_options o = *options;
    struct stress_trial t;
    char verdict[600];
    int rc = -EIO;

    o.host = s->host;
    o.port = s->port;
    o.unix_path = *s->path != '\0' ? s->path : NULL;
    o.server_pid = s->pid;
    stress_trial_run(&t, &o);
    if (t.result != NULL) {
        rc = 0;
        keep(s, round, t.result);
        if (!stress_result_ok(t.result)) {
            stress_result_verdict(t.result, verdict, sizeof(verdict));
            fprintf(stderr, "baton-stress: compare: %s: %s\n", s->name,
                    verdict);
            s->wrong = true;
        }
    }
    stress_trial_free(&t);
    return rc;
}

/* ---- all of it ---- */

static int rounds_run(struct stress_rival *servers, unsigned n, unsigned rounds,
                      const struct stress_options *o)
{
    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned i = 0; i < n; i++) {
            if (stress_trial_stopped() ||
                turn(&servers[(round + i) % n], round, o) < 0) {
                return -EIO;
            }
        }
    }
    return 0;
}

static int parse(int argc, char **argv, struct stress_rival *servers,
                 unsigned *n, unsigned *rounds)
{
    int i;

    for (i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
            *rounds = (unsigned)strtoul(argv[++i], NULL, 10);
        } else if (*argv[i] == '-') {
            return bad(argv[i], "options of the load stand behind --");
        } else if (*n == SERVERS_MAX) {
            return bad(argv[i], "too many servers");
        } else if (server_parse(&servers[(*n)++], argv[i]) < 0) {
            return -EINVAL;
        }
    }
    if (*n < 2) {
        return bad("servers", "wants two or more");
    }
    if (*rounds < 1 || *rounds > STRESS_ROUNDS_MAX) {
        return bad("--rounds", "wants a number from 1 to 100");
    }
    return i;
}

int stress_versus_main(int argc, char **argv)
{
    struct stress_rival *servers = calloc(SERVERS_MAX, sizeof(*servers));
    unsigned n = 0, rounds = ROUNDS;
    struct stress_options o;
    bool wrong = false, to_stdout;
    int used;

    if (argc > 0 && strcmp(argv[0], "--help") == 0) {
        free(servers);
        fputs(usage, stdout);
        return 0;
    }
    used = servers != NULL ? parse(argc, argv, servers, &n, &rounds) : -1;
    if (used < 0 ||
        stress_options_parse(&o, argc - used, argv + used) != STRESS_GO) {
        free(servers);
        return 2;
    }
    stress_progress_of_many(&o);
    to_stdout = o.json_path != NULL && strcmp(o.json_path, "-") == 0;
    stress_trial_signals();
    if (rounds_run(servers, n, rounds, &o) < 0) {
        free(servers);
        return 1;
    }
    stress_versus_show(servers, n, rounds, to_stdout ? stderr : stdout);
    if (o.json_path != NULL) {
        int rc = stress_versus_json(servers, n, rounds, o.json_path);

        wrong = rc < 0 && bad(o.json_path, strerror(-rc)) < 0;
    }
    for (unsigned i = 0; i < n; i++) {
        wrong = wrong || servers[i].wrong;
    }
    free(servers);
    return wrong;
}
