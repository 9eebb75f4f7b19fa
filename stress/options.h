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

struct stress_options {
    const char *host, *port, *unix_path;
    const char *user, *password;
    bool resp3;
    uint32_t clients, threads, pipeline, keys;
    uint64_t value_bytes;
    double duration;   /* seconds; 0: until the requests are used up */
    uint64_t requests; /* 0: until the time is up */
    uint32_t set_weight, get_weight;
    uint64_t reconnect; /* requests per connection; 0: no limit */
    uint32_t sources;
    double timeout;
    uint64_t seed;
    bool has_seed;
    bool no_fill, keep;
    bool quiet, progress;
    const char *json_path;
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
