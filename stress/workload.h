/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/workload.h -- what is asked of the server, and how often.
 *
 * Purpose    A workload is a text: one command per line with its weight, and
 *            words in braces for what changes from one request to the next.
 *            Those that are built in are such texts too. Commands whose replies
 *            can be checked are recognised; of others only errors are seen.
 * Threads    parse: main. Everything else: read-only.
 * Ownership  The workload owns its ops.
 */
#ifndef STRESS_WORKLOAD_H
#define STRESS_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STRESS_OPS       16
#define STRESS_PIECES    24
#define STRESS_NAME      24
#define STRESS_BOARD     100 /* members of a sorted set */
#define STRESS_WORDS_MAX 32

/* What a request does, as far as its reply is checked. */
enum stress_act {
    STRESS_PLAIN,
    STRESS_GET,
    STRESS_SET,
    STRESS_HSET,
    STRESS_HGET,
    STRESS_HGETALL,
    STRESS_ZADD,
    STRESS_ZSCORE,
    STRESS_ZRANGE,
    STRESS_INCR,
    STRESS_COUNT, /* reads a counter */
    STRESS_PUSH,
    STRESS_POP,
    STRESS_PUBLISH,
    STRESS_HELLO, /* from here on: what a connection begins with */
    STRESS_PING,
    STRESS_SUBSCRIBE
};

struct stress_piece {
    char what; /* 0 bytes; 'k' key, 'm' member (both within a word); 'v' value,
                  'i' integer, 's' score (each a word of its own) */
    uint8_t part; /* value: of a hash, its field */
    const char *bytes;
    size_t len;
};

struct stress_op {
    char name[STRESS_NAME];
    enum stress_act act;
    char family; /* of its key: s h z c l p, or x for those not checked */
    uint32_t weight;
    bool left, blocking; /* of a list: which end; waits for an element */
    uint8_t part;        /* HGET: the field */
    unsigned n_values, n_pieces;
    struct stress_piece piece[STRESS_PIECES];
    char *bytes;       /* what the pieces point into */
    size_t fixed_size; /* without values and numbers */
};

struct stress_workload {
    char *text; /* the file, or NULL */
    const char *name;
    unsigned n_ops;
    struct stress_op op[STRESS_OPS];
    uint32_t weights;
    int consume;                   /* the op of consumers; -1: none */
    double consumers, subscribers; /* shares of the connections */
    int fill[3];                   /* ops that fill s, h, z; -1: not in use */
    uint32_t lists, channels;      /* 0: as many as make sense */
    bool fifo;    /* elements leave a list in the order in which they came */
    bool expires; /* keys of family s may vanish */
    double ttl;   /* of family s, seconds, if known */
    char fields[8][32]; /* of the HSET */
    unsigned n_fields;
};

/* What the command line says besides. */
struct stress_workload_hints {
    double ttl;
    uint32_t set_weight, get_weight;
};

/* name: one of those built in, a file, or NULL for SET and GET by their
 * weights. Prints what is wrong; 0 or -errno. */
int stress_workload_init(struct stress_workload *w, const char *name,
                         const struct stress_workload_hints *hints);
void stress_workload_fini(struct stress_workload *w);

/* The text of a workload that is built in, or NULL; its popularity and sizes,
 * or NULL. */
const char *stress_preset(const char *name);
const char *stress_preset_option(const char *name, const char *option);

bool stress_workload_uses(const struct stress_workload *w, char family);
/* The place of a family in fill and among the ledgers; -1: has none. */
int stress_family_index(char family);

#endif
