/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/options.c -- the command line of baton-stress.
 *
 * One row per option. Written `-c 50`, `-c50`, `--clients 50`,
 * `--clients=50`.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "stress/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stress/option_value.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

#define AT(field) offsetof(struct stress_options, field)

static const struct stress_option rows[] = {
    {'h', "host", OPT_TEXT, AT(host), 0, 0},
    {'p', "port", OPT_TEXT, AT(port), 0, 0},
    {'s', "unixsocket", OPT_TEXT, AT(unix_path), 0, 0},
    {'a', "password", OPT_TEXT, AT(password), 0, 0},
    {0, "user", OPT_TEXT, AT(user), 0, 0},
    {'3', "resp3", OPT_FLAG, AT(resp3), 0, 0},
    {'c', "clients", OPT_U32, AT(clients), 0, 1000000},
    {'t', "threads", OPT_U32, AT(threads), 1, 1024},
    {'P', "pipeline", OPT_U32, AT(pipeline), 1, 100000},
    {'d', "value-bytes", OPT_SIZES, AT(value_sizes), 0, 0},
    {'w', "workload", OPT_TEXT, AT(workload), 0, 0},
    {0, "popularity", OPT_CHOICE, AT(popularity), 0, 0},
    {0, "ttl", OPT_SECONDS, AT(ttl), 0, 0},
    {0, "db", OPT_U32, AT(db), 0, 1000000},
    {'r', "rate", OPT_RATE, AT(rate), 0, 0},
    {0, "arrivals", OPT_ARRIVALS, AT(plan), 0, 0},
    {0, "sweep", OPT_SWEEP, AT(sweep), 0, 0},
    {0, "slo", OPT_SLO, AT(slo), 0, 0},
    {0, "closed", OPT_FLAG, AT(closed), 0, 0},
    {0, "max-in-flight", OPT_U32, AT(max_in_flight), 1, 1u << 30},
    {0, "interval", OPT_SECONDS, AT(interval), 0, 0},
    {0, "duration", OPT_SECONDS, AT(duration), 0, 0},
    {'n', "requests", OPT_U64, AT(requests), 1, UINT64_MAX},
    {0, "ratio", OPT_RATIO, AT(set_weight), 0, 0},
    {0, "keys", OPT_U32, AT(keys), 1, 1000000000},
    {0, "reconnect", OPT_U64, AT(reconnect), 1, UINT64_MAX},
    {0, "connect-rate", OPT_RATE, AT(connect_rate), 0, 0},
    {0, "lifetime", OPT_SECONDS, AT(lifetime), 0, 0},
    {0, "reconnect-all", OPT_SECONDS, AT(reconnect_all), 0, 0},
    {0, "close", OPT_GOODBYE, AT(goodbye), 0, 0},
    {0, "idle", OPT_U32, AT(idle), 1, 1000000},
    {0, "storm", OPT_U32, AT(storm), 1, 1000000},
    {0, "fault", OPT_MISDEEDS, AT(misdeeds), 0, 0},
    {0, "fault-after", OPT_SECONDS, AT(fault_after), 0, 0},
    {0, "memcached", OPT_FLAG, AT(memcached), 0, 0},
    {0, "source-addresses", OPT_U32, AT(sources), 1, 60000},
    {0, "timeout", OPT_SECONDS, AT(timeout), 0, 0},
    {0, "seed", OPT_U64, AT(seed), 0, UINT64_MAX},
    {0, "no-fill", OPT_FLAG, AT(no_fill), 0, 0},
    {0, "keep", OPT_FLAG, AT(keep), 0, 0},
    {'q', "quiet", OPT_FLAG, AT(quiet), 0, 0},
    {0, "progress", OPT_FLAG, AT(progress), 0, 0},
    {0, "json", OPT_TEXT, AT(json_path), 0, 0},
    {0, "server-pid", OPT_U64, AT(server_pid), 1, INT32_MAX},
    {0, "options", OPT_NAMES, 0, 0, 0}, /* for the completion of bash */
    {0, "help", OPT_HELP, 0, 0, 0},
    {0, "version", OPT_VERSION, 0, 0, 0},
};

static const char help[] =
    "baton-stress --rate 20k --arrivals poisson    open loop: true response "
    "times\n"
    "baton-stress --duration 30 -P 16 -t 2         closed loop: as much as "
    "goes\n"
    "baton-stress compare :6379 :6380 -- -w mixed  several servers in turn\n"
    "Loads a server that speaks the Redis protocol, checks every reply.\n"
    "server  -h HOST (127.0.0.1)  -p PORT (6379)  -s UNIXSOCKET  -3 use RESP3\n"
    "        -a PASSWORD  --user NAME  --source-addresses N from N of 127/8\n"
    "load    -r --rate N per second  --arrivals constant|poisson|burst:SIZE|\n"
    "        ramp:FROM|step:FROM:STEPS  --max-in-flight N  or --closed  or\n"
    "        --sweep FROM:TO:N|A,B,C  or --slo p99=2ms (highest good rate)\n"
    "        -c CLIENTS (50)  -t THREADS (1)  -P PIPELINE (1)  --keys N "
    "(10000)\n"
    "        -w --workload cache|session|queue|pubsub|counter|zset|mixed|FILE\n"
    "        or --ratio SET:GET (1:10)  -d BYTES (64) 32-1024 exp:256 "
    "64:9,4096:1\n"
    "        --popularity uniform|zipf:0.99|gauss|seq|hot:0.9:0.1  --ttl "
    "SECONDS\n"
    "connect --reconnect REQUESTS  --lifetime SECONDS  --reconnect-all "
    "SECONDS\n"
    "        --connect-rate N  --close fin|rst|half  --idle N  --storm N\n"
    "        --fault "
    "slow-reader:4,never-read:2,slow-writer:10,garbage:5,partial:10,"
    "\n        rst:20,oversize:2  --fault-after SECONDS  --memcached  --db N\n"
    "        --no-fill  --keep leave the keys there  --seed N\n"
    "length  --duration SECONDS (10)  -n REQUESTS  --timeout SECONDS (10)\n"
    "output  --json FILE (- is standard output)  --interval SECONDS (1)\n"
    "        --server-pid PID its CPU and memory too  -q no live view or "
    "lines\n"
    "        --progress lines, even on a terminal  --help  --version\n"
    "Exit status: 0 all replies were right, 1 something was wrong, 2 usage.\n";

const char *stress_version(void)
{
    return PACKAGE_VERSION;
}

static const struct stress_option *row_named(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (strlen(rows[i].name) == len &&
            memcmp(rows[i].name, name, len) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static const struct stress_option *row_letter(char c)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (c != '\0' && rows[i].letter == c) {
            return &rows[i];
        }
    }
    return NULL;
}

/* One line on standard error, naming the option as it was written. */
static enum stress_go bad(const char *option, const char *what)
{
    fprintf(stderr, "baton-stress: %s%s%s (see baton-stress --help)\n", option,
            *option != '\0' ? ": " : "", what);
    return STRESS_STOP_BAD;
}

static enum stress_go bad_value(const struct stress_option *r,
                                const char *value)
{
    char text[400], name[32];

    stress_option_wants(r, value, text, sizeof(text));
    snprintf(name, sizeof(name), "--%s", r->name);
    return bad(name, text);
}

/* Splits argv[*i] into its row and its value, which may be the next word. */
static enum stress_go split(int argc, char **argv, int *i,
                            const struct stress_option **row,
                            const char **value)
{
    const char *word = argv[*i];
    const char *equals;

    *value = NULL;
    if (word[0] != '-' || word[1] == '\0') {
        return bad(word, "is not an option");
    }
    if (word[1] == '-') {
        equals = strchr(word, '=');
        *row = row_named(word + 2, equals != NULL ? (size_t)(equals - word - 2)
                                                  : strlen(word + 2));
        *value = equals != NULL ? equals + 1 : NULL;
    } else {
        *row = row_letter(word[1]);
        *value = word[2] != '\0' ? word + 2 : NULL;
    }
    if (*row == NULL) {
        return bad(word, "no such option");
    }
    if ((*row)->kind == OPT_FLAG || (*row)->kind >= OPT_NAMES) {
        return *value == NULL ? STRESS_GO : bad(word, "takes no value");
    }
    if (*value == NULL && *i + 1 >= argc) {
        return bad(word, "wants a value");
    }
    if (*value == NULL) {
        *value = argv[++*i];
    }
    return STRESS_GO;
}

static void print_names(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (rows[i].kind != OPT_NAMES) {
            printf("--%s\n", rows[i].name);
        }
    }
}

static enum stress_go one(struct stress_options *o,
                          const struct stress_option *row, const char *value)
{
    switch (row->kind) {
    case OPT_NAMES:
        print_names();
        return STRESS_STOP_OK;
    case OPT_HELP:
        fputs(help, stdout);
        return STRESS_STOP_OK;
    case OPT_VERSION:
        printf("baton-stress %s\n", stress_version());
        return STRESS_STOP_OK;
    case OPT_FLAG:
        *((bool *)(void *)((char *)o + row->at)) = true;
        return STRESS_GO;
    default:
        if (row->at == AT(seed)) {
            o->has_seed = true;
        }
        return stress_option_store(o, row, value) < 0 ? bad_value(row, value)
                                                      : STRESS_GO;
    }
}

/* What follows from other options, and what contradicts them. */
static enum stress_go settle(struct stress_options *o)
{
    bool rates = o->sweep != NULL || o->slo_limit > 0;

    if (o->duration == 0 && o->requests == 0) {
        o->duration = rates ? 3 : 10;
    }
    if (o->sweep != NULL && (o->slo_limit > 0 || o->rate > 0)) {
        return bad("--sweep", "contradicts --rate and --slo");
    }
    o->open = o->rate > 0 || rates;
    o->plan.rate = o->rate;
    if (o->open && o->closed) {
        return bad("--closed", "contradicts --rate");
    }
    if (!o->open && o->plan.kind != STRESS_CONSTANT) {
        return bad("--arrivals", "wants a --rate");
    }
    if (o->plan.kind >= STRESS_RAMP && o->duration == 0) {
        return bad("--arrivals", "ramp and step want a --duration");
    }
    if (o->threads > o->clients) {
        o->threads = o->clients > 0 ? o->clients : 1;
    }
    if (o->interval < 0.001) {
        return bad("--interval", "wants 0.001 seconds or more");
    }
    if (o->clients == 0 && o->idle + o->storm == 0) {
        return bad("--clients", "none, and no --idle or --storm either");
    }
    if (o->clients == 0 && (o->requests > 0 || o->open || o->duration == 0)) {
        return bad("--clients", "none of them can send requests");
    }
    if (o->memcached && (o->clients > 0 || o->misdeeds.total > 0)) {
        return bad("--memcached", "only for --idle and --storm, with -c 0");
    }
    if (o->misdeeds.total > 0 && o->duration == 0) {
        return bad("--fault", "wants a --duration");
    }
    if (o->fault_after == 0) {
        o->fault_after = o->duration / 3;
    }
    if (o->unix_path != NULL && o->sources > 0) {
        return bad("--source-addresses", "only for TCP, not with -s");
    }
    if (o->user != NULL && o->password == NULL) {
        return bad("--user", "wants a password too (-a or REDISCLI_AUTH)");
    }
    return STRESS_GO;
}

enum stress_go stress_options_parse(struct stress_options *o, int argc,
                                    char **argv)
{
    const struct stress_option *row = NULL;
    const char *value = NULL;
    enum stress_go go = STRESS_GO;

    *o = (struct stress_options){.host = "127.0.0.1",
                                 .port = "6379",
                                 .password = getenv("REDISCLI_AUTH"),
                                 .clients = 50,
                                 .threads = 1,
                                 .pipeline = 1,
                                 .set_weight = 1,
                                 .get_weight = 10,
                                 .max_in_flight = 100000,
                                 .interval = 1,
                                 .timeout = 10};
    for (int i = 1; i < argc && go == STRESS_GO; i++) {
        go = split(argc, argv, &i, &row, &value);
        if (go == STRESS_GO) {
            go = one(o, row, value);
        }
    }
    return go == STRESS_GO ? settle(o) : go;
}
