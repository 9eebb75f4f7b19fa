/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/run.c -- what all threads of a run share.
 */
#include "stress/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "stress/clock.h"
#include "stress/command.h"

#define FILL_BYTES_MAX 256e6
#define BATCH_MAX      1e9
#define LISTS          8

/* ---- the greeting ---- */

/* Appends one bulk string. */
static size_t bulk(char *to, const char *text)
{
    return (size_t)sprintf(to, "$%zu\r\n%s\r\n", strlen(text), text);
}

static size_t put_hello(const struct stress_options *o, const char *user,
                        char *g)
{
    size_t n = 0;

    if (o->resp3) {
        n += (size_t)sprintf(g + n, "*%d\r\n", o->password != NULL ? 5 : 2);
        n += bulk(g + n, "HELLO");
        n += bulk(g + n, "3");
    } else if (o->password != NULL) {
        n += (size_t)sprintf(g + n, "*%d\r\n", o->user != NULL ? 3 : 2);
    }
    if (o->password != NULL) {
        n += bulk(g + n, "AUTH");
        if (o->resp3 || o->user != NULL) {
            n += bulk(g + n, user);
        }
        n += bulk(g + n, o->password);
    }
    return n;
}

static int greeting_init(struct stress_run *run)
{
    const struct stress_options *o = &run->options;
    const char *user = o->user != NULL ? o->user : "default";
    char number[16];
    size_t n;
    char *g = malloc(512 + strlen(user) +
                     (o->password != NULL ? strlen(o->password) : 0));

    if (g == NULL) {
        return -ENOMEM;
    }
    n = put_hello(o, user, g);
    run->greeting_replies = n > 0;
    if (o->db > 0) {
        sprintf(number, "%u", (unsigned)o->db);
        n += (size_t)sprintf(g + n, "*2\r\n");
        n += bulk(g + n, "SELECT");
        n += bulk(g + n, number);
        run->greeting_replies++;
    }
    n += (size_t)sprintf(g + n, "*1\r\n$4\r\nPING\r\n");
    run->greeting = g;
    run->greeting_len = n;
    return 0;
}

/* ---- connections and keys ---- */

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t share_of(double share, uint32_t of)
{
    uint32_t n = (uint32_t)(share * of + 0.5);

    return share > 0 && n == 0 ? 1 : n;
}

static int roles(struct stress_run *run)
{
    const struct stress_workload *w = &run->workload;
    uint32_t clients = run->options.clients, most = LISTS;

    if (clients == 0) {
        run->n_load = run->lists = run->channels = 1;
        return 0;
    }
    run->n_consumers = share_of(w->consumers, clients);
    run->n_subscribers = share_of(w->subscribers, clients);
    if (run->n_consumers + run->n_subscribers >= clients) {
        fprintf(stderr,
                "baton-stress: --clients: too few for workload %s, which wants "
                "some to write and some to listen\n",
                w->name);
        return -EINVAL;
    }
    run->n_load = clients - run->n_consumers - run->n_subscribers;
    most = least(most, run->n_load);
    run->lists = w->lists > 0           ? w->lists
                 : run->n_consumers > 0 ? least(most, run->n_consumers)
                                        : most;
    run->channels = w->channels > 0          ? w->channels
                    : run->n_subscribers > 0 ? least(most, run->n_subscribers)
                                             : most;
    return 0;
}

/* Whether there is something to ask for by those who have no keys. */
static bool can_read(const struct stress_workload *w)
{
    for (unsigned i = 0; i < w->n_ops; i++) {
        enum stress_act act = w->op[i].act;

        if (w->op[i].weight > 0 && act != STRESS_SET && act != STRESS_HSET &&
            act != STRESS_ZADD) {
            return true;
        }
    }
    return false;
}

static int keys(struct stress_run *run)
{
    struct stress_options *o = &run->options;
    double room = FILL_BYTES_MAX / run->sizes.mean;

    if (o->keys == 0) {
        o->keys = room < 10000 ? (uint32_t)room + 1 : 10000;
        o->keys = o->keys < run->n_load ? run->n_load : o->keys;
    }
    if (o->keys < run->n_load && !can_read(&run->workload)) {
        fprintf(stderr,
                "baton-stress: --keys: each connection sets keys of its own, "
                "so without reads there must be as many keys as connections\n");
        return -EINVAL;
    }
    stress_choice_prepare(&run->choice, o->keys);
    run->choice_own = run->choice;
    stress_choice_prepare(&run->choice_own, (o->keys - 1) / run->n_load + 1);
    return 0;
}

static int batch_bytes(struct stress_run *run)
{
    double most = 512 + (double)run->greeting_len;

    for (unsigned i = 0; i < run->workload.n_ops; i++) {
        const struct stress_op *op = &run->workload.op[i];
        double bytes =
            (double)op->fixed_size + (run->sizes.max + 64.0) * op->n_values;

        bytes *= run->options.pipeline;
        most = bytes > most ? bytes : most;
    }
    if (most > BATCH_MAX) {
        fprintf(stderr, "baton-stress: --pipeline: so many requests may come "
                        "to over 1 GB\n");
        return -EINVAL;
    }
    run->batch_bytes = (size_t)most;
    return 0;
}

/* How each family is read when all is over. */
static int audits(struct stress_run *run)
{
    static const struct {
        char family;
        const char *text;
    } reads[] = {{'s', "GET {key}"},
                 {'h', "HGETALL {key}"},
                 {'z', "ZSCORE {key} {member}"},
                 {'c', "GET {key:c}"},
                 {'l', "LPOP {key}"}};

    for (size_t i = 0; i < sizeof(reads) / sizeof(*reads); i++) {
        struct stress_op *op = &run->audit[run->n_audit];
        char text[64], *words[4], *rest = NULL;
        unsigned n = 0;

        if (!stress_workload_uses(&run->workload, reads[i].family)) {
            continue;
        }
        strcpy(text, reads[i].text);
        for (char *word = strtok_r(text, " ", &rest); word != NULL;
             word = strtok_r(NULL, " ", &rest)) {
            words[n++] = word;
        }
        run->n_audit++;
        if (stress_command_init(op, words, n, &run->workload) != NULL) {
            return -ENOMEM;
        }
    }
    return 0;
}

/* ---- all of it ---- */

static int texts(struct stress_run *run)
{
    struct stress_options *o = &run->options;
    struct stress_workload_hints hints = {.ttl = o->ttl,
                                          .set_weight = o->set_weight,
                                          .get_weight = o->get_weight};
    int rc = stress_workload_init(&run->workload, o->workload, &hints);

    if (rc < 0) {
        return rc;
    }
    if (o->popularity == NULL && o->workload != NULL) {
        o->popularity = stress_preset_option(o->workload, "popularity");
    }
    if (o->value_sizes == NULL && o->workload != NULL) {
        o->value_sizes = stress_preset_option(o->workload, "sizes");
    }
    o->popularity = o->popularity != NULL ? o->popularity : "uniform";
    o->value_sizes = o->value_sizes != NULL ? o->value_sizes : "64";
    stress_choice_parse(&run->choice, o->popularity);
    stress_sizes_parse(&run->sizes, o->value_sizes);
    return 0;
}

static int books(struct stress_run *run)
{
    const struct stress_workload *w = &run->workload;
    int rc = 0;

    for (int i = 0; i < 3 && rc == 0; i++) {
        run->ledger[i] = (struct stress_ledger){.keys = run->options.keys,
                                                .writers = run->n_load};
        if (w->fill[i] >= 0) {
            rc = stress_ledger_init(&run->ledger[i], i == 0 && w->ttl > 0);
        }
    }
    if (rc == 0 && stress_workload_uses(w, 'c')) {
        rc = stress_counters_init(&run->counters, run->options.keys);
    }
    if (rc == 0 && stress_workload_uses(w, 'l')) {
        rc = stress_items_init(&run->elements, run->n_load);
    }
    if (rc == 0 && (stress_workload_uses(w, 'p') || run->n_subscribers > 0)) {
        rc = stress_items_init(&run->messages, run->n_load);
    }
    if (rc < 0) {
        fprintf(stderr, "baton-stress: out of memory for %u keys\n",
                (unsigned)run->options.keys);
    }
    return rc;
}

int stress_run_init(struct stress_run *run)
{
    struct stress_options *o = &run->options;
    struct timespec ts;
    uint64_t once;
    int rc = texts(run);

    /* Different for each run, whatever the seed. */
    clock_gettime(CLOCK_REALTIME, &ts);
    once = stress_mix((uint64_t)ts.tv_sec * STRESS_NS_PER_S +
                      (uint64_t)ts.tv_nsec) ^
           stress_mix((uint64_t)getpid());
    if (!o->has_seed) {
        o->seed = once >> 32;
    }
    run->id = (uint32_t)once;
    stress_gate_init(&run->gate, o->threads);
    rc = rc < 0 ? rc : roles(run);
    rc = rc < 0 ? rc : keys(run);
    rc = rc < 0 ? rc : greeting_init(run);
    rc = rc < 0 ? rc : batch_bytes(run);
    rc = rc < 0 ? rc : audits(run);
    return rc < 0 ? rc : books(run);
}

void stress_run_fini(struct stress_run *run)
{
    for (int i = 0; i < 3; i++) {
        stress_ledger_fini(&run->ledger[i]);
    }
    for (unsigned i = 0; i < run->n_audit; i++) {
        free(run->audit[i].bytes);
    }
    run->n_audit = 0;
    stress_counters_fini(&run->counters);
    stress_items_fini(&run->elements);
    stress_items_fini(&run->messages);
    stress_workload_fini(&run->workload);
    stress_gate_fini(&run->gate);
    free(run->greeting);
    run->greeting = NULL;
}
