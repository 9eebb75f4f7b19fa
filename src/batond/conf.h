/* SPDX-License-Identifier: BSD-2-Clause
 *
 * batond/conf.h -- what batond was told: the value of each option. (Not
 * config.h, which is the name of what configure found.)
 *
 *     config_init(&c);                      Redis' defaults
 *     config_file(), config_arguments()     in any order, the last word counts
 *     config_finish(&c, &e);                refuses what cannot be, applies
 *     c.server = ...                        from now on changes reach it
 *     config_ops(&c)                        CONFIG GET and SET
 *
 * Threads    Until the server runs: one. Then values and their texts are read
 *            and changed under settings.lock; CONFIG GET and SET take it.
 * Errors     0, or a negative errno with one line for the user in *e.
 */
#ifndef BATON_BATOND_CONF_H
#define BATON_BATOND_CONF_H

#include "batond/log.h"
#include "batond/option.h"
#include "command/options.h"

struct baton_server;

struct config {
    struct option_value value[OPT_N];
    struct settings settings;
    struct options_ops ops;
    struct log log;
    struct baton_server *server; /* NULL: not made yet */
    char *file;                  /* absolute path, "" when there is none */
    int depth; /* files that are being read, one in the other */
};

/* Never fails but for want of memory, which it tells. */
int config_init(struct config *c, struct option_error *e);
void config_fini(struct config *c);

/* One directive: word[0] is its name. origin ("FILE:LINE") is for messages;
 * NULL is the command line. */
int config_directive(struct config *c, const struct bt_slice *word, size_t n,
                     const char *origin, struct option_error *e);

/* Splits one line and takes it as a directive. */
int config_line(struct config *c, struct bt_slice line, const char *origin,
                struct option_error *e);

/* Reads a file; "-" is the standard input. */
int config_file(struct config *c, const char *path, struct option_error *e);

/* The same for `include`: a name, or a pattern that stands for several. */
int config_include(struct config *c, const char *pattern,
                   struct option_error *e);

/* argv[1..argc) as the user gave it, without --help and its like. */
int config_arguments(struct config *c, int argc, char **argv,
                     struct option_error *e);

/* When all is read: refuses what asks for features that are not there, changes
 * to the directory, fills in the settings. */
int config_finish(struct config *c, struct option_error *e);

/* Logs what was accepted and has no effect. */
void config_warn(struct config *c);

const struct options_ops *config_ops(struct config *c);

int64_t config_number(const struct config *c, enum option_id id);
const char *config_text(const struct config *c, enum option_id id);

/* Puts "FILE:LINE: 'shown': " in front of a message; returns r. */
int config_locate(struct option_error *e, const char *origin, const char *shown,
                  int r);
/* "is not supported yet", for an option with another than its default value. */
int config_refuse(const struct option *o, struct option_error *e);
/* The text of the value that the table gives, malloc'd; NULL: out of memory. */
char *config_default(size_t i);
/* True when the value is that of the table. */
bool config_is_default(const struct config *c, size_t i);

#endif
