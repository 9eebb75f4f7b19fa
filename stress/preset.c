/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/preset.c -- the workloads that are built in.
 */
#include "stress/workload.h"

#include <string.h>

static const struct {
    const char *name, *text, *popularity, *sizes;
} presets[] = {
    {"cache",
     "10 GET {key}\n"
     "1 SET {key} {value}\n",
     "zipf:0.99", "64:70,512:25,4096:5"},
    {"session",
     "6 HGETALL {key}\n"
     "2 HGET {key} user\n"
     "3 HSET {key} user {value} cart {value} seen {value}\n"
     "1 EXPIRE {key:h} 3600\n",
     "zipf:0.8", "64-256"},
    {"queue",
     "1 LPUSH {key} {value}\n"
     "consume 50% BRPOP {key} 1\n",
     NULL, "64-512"},
    {"pubsub",
     "1 PUBLISH {key} {value}\n"
     "subscribe 50%\n",
     NULL, "64-256"},
    {"counter",
     "9 INCR {key}\n"
     "1 GET {key:c}\n",
     "zipf:0.9", NULL},
    {"zset",
     "2 ZADD {key} {score} {member}\n"
     "4 ZSCORE {key} {member}\n"
     "1 ZRANGE {key} 0 9 WITHSCORES\n",
     NULL, NULL},
    {"mixed",
     "24 GET {key}\n"
     "8 SET {key} {value}\n"
     "8 HGETALL {key}\n"
     "4 HGET {key} b\n"
     "5 HSET {key} a {value} b {value}\n"
     "8 INCR {key}\n"
     "6 LPUSH {key} {value}\n"
     "7 RPOP {key}\n"
     "5 ZADD {key} {score} {member}\n"
     "5 ZSCORE {key} {member}\n"
     "2 ZRANGE {key} 0 9 WITHSCORES\n"
     "4 PUBLISH {key} {value}\n"
     "subscribe 10%\n",
     "zipf:0.9", "64:70,512:25,4096:5"},
};

#define N_PRESETS (sizeof(presets) / sizeof(*presets))

const char *stress_preset(const char *name)
{
    for (size_t i = 0; i < N_PRESETS; i++) {
        if (strcmp(presets[i].name, name) == 0) {
            return presets[i].text;
        }
    }
    return NULL;
}

const char *stress_preset_option(const char *name, const char *option)
{
    for (size_t i = 0; i < N_PRESETS; i++) {
        if (strcmp(presets[i].name, name) == 0) {
            return strcmp(option, "popularity") == 0 ? presets[i].popularity
                                                     : presets[i].sizes;
        }
    }
    return NULL;
}
