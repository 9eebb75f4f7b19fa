/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/blast_options.c -- the command line of blast.
 */
#include "stress/blast_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void usage(void)
{
    fprintf(
        stderr,
        "blast -p PORT | -s UNIXSOCKET [--kind KIND (get)] "
        "[--memcached]\n"
        "      [-c CLIENTS (50)] [-P PIPELINE (1)] [-n REQUESTS (100000)]\n"
        "      [-d VALUE-BYTES (64)] [--keys N (10000)] [--fill] [--wait]\n"
        "kinds: get set ping incr mset lpush lpop hset hget sadd zadd zrange "
        "publish\n");
    exit(2);
}

static void kind_option(struct blast_options *o, const char *name)
{
    o->kind = blast_kind(name);
    if (o->kind == NULL) {
        usage();
    }
}

static void value_option(struct blast_options *o, const char *name,
                         const char *value)
{
    unsigned long long n = strtoull(value, NULL, 10);

    if (strcmp(name, "--kind") == 0) {
        kind_option(o, value);
    } else if (strcmp(name, "-s") == 0) {
        o->unix_path = value;
    } else if (n == 0) {
        usage();
    } else if (strcmp(name, "-p") == 0) {
        o->port = (int)n;
    } else if (strcmp(name, "-c") == 0) {
        o->clients = (unsigned)n;
    } else if (strcmp(name, "-P") == 0) {
        o->pipeline = (unsigned)n;
    } else if (strcmp(name, "-n") == 0) {
        o->requests = n;
    } else if (strcmp(name, "-d") == 0) {
        o->value_bytes = (size_t)n;
    } else if (strcmp(name, "--keys") == 0) {
        o->keys = (uint32_t)n;
    } else {
        usage();
    }
}

void blast_options(struct blast_options *o, int argc, char **argv)
{
    *o = (struct blast_options){.clients = 50,
                                .pipeline = 1,
                                .keys = 10000,
                                .requests = 100000,
                                .value_bytes = 64};
    kind_option(o, "get");
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--memcached") == 0) {
            o->memcached = true;
        } else if (strcmp(argv[i], "--wait") == 0) {
            o->wait = true;
        } else if (strcmp(argv[i], "--fill") == 0) {
            o->fill = true;
        } else if (argv[i][0] == '-' && i + 1 < argc) {
            value_option(o, argv[i], argv[i + 1]);
            i++;
        } else {
            usage();
        }
    }
    if (o->port == 0 && o->unix_path == NULL) {
        usage();
    }
    if (o->memcached && !blast_kind_memcached(o->kind)) {
        fprintf(stderr, "blast: --memcached: only get and set\n");
        exit(2);
    }
}
