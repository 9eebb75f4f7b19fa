/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/options.h -- the command line of baton-stress.
 *
 * Threads    main, before the others start; read-only afterwards.
 * Ownership  Texts point into argv or the environment.
 */
#ifndef STRESS_OPTIONS_H
#define STRESS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stress/arrivals.h"
#include "stress/fault.h"

/* How a connection is closed on purpose. */
enum stress_goodbye {
    STRESS_FIN,
    STRESS_RESET,
    STRESS_HALF_OPEN /* first our half; then the server's is waited for */
};

struct stress_options {
    const char *host, *port, *unix_path;
    const char *user, *password;
    bool resp3;
    uint32_t clients, threads, pipeline, keys;
    const char *value_sizes; /* NULL: those of the workload */
    const char *popularity;  /* the same */
    const char *workload;    /* NULL: by set_weight and get_weight */
    double ttl;
    uint32_t db;
    bool open;   /* an open loop: --rate was given */
    bool closed; /* asked for by name */
    double rate;
    struct stress_plan plan;        /* open loop */
    const char *sweep, *slo;        /* several rates */
    double slo_quantile, slo_limit; /* ns; 0: no --slo */
    uint32_t max_in_flight;         /* open loop: requests per connection */
    double interval;                /* of the time series, seconds */
    double duration;   /* seconds; 0: until the requests are used up */
    uint64_t requests; /* 0: until the time is up */
    uint32_t set_weight, get_weight;
    uint64_t reconnect;   /* requests per connection; 0: no limit */
    double connect_rate;  /* connections opened per second; 0: as they come */
    double lifetime;      /* seconds; 0: for ever */
    double reconnect_all; /* seconds; 0: never */
    enum stress_goodbye goodbye;
    uint32_t idle, storm;
    struct stress_misdeeds misdeeds;
    double fault_after; /* seconds; 0: a third of the run */
    bool memcached;     /* only connections, and those to memcached */
    uint32_t sources;
    double timeout;
    uint64_t seed;
    bool has_seed;
    bool no_fill, keep;
    bool quiet, progress;
    const char *json_path;
    uint64_t server_pid;
    char **words; /* the command line, for the report */
    int n_words;
};

enum stress_go {
    STRESS_GO,
    STRESS_STOP_OK,
    STRESS_STOP_BAD
};

/* Prints help, version or one line about what is wrong, and says whether to
 * go on. */
enum stress_go stress_options_parse(struct stress_options *o, int argc,
                                    char **argv);

const char *stress_version(void);

#endif
