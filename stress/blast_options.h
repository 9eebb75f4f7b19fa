/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/blast_options.h -- the command line of blast.
 *
 * Threads    one.
 */
#ifndef STRESS_BLAST_OPTIONS_H
#define STRESS_BLAST_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stress/blast_kind.h"

struct blast_options {
    int port;
    const char *unix_path;
    bool memcached, wait, fill;
    const struct blast_kind *kind;
    unsigned clients, pipeline;
    uint32_t keys;
    uint64_t requests;
    size_t value_bytes;
};

/* Ends the program, with a line, when they make no sense. */
void blast_options(struct blast_options *o, int argc, char **argv);

#endif
