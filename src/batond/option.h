/* SPDX-License-Identifier: BSD-2-Clause
 *
 * batond/option.h -- the table of options, and words into values.
 *
 * Purpose    A value is kept as the text that CONFIG GET shows, and beside it
 *            as a number where it is one. What an option may be is told by its
 *            row in options.def; what the words mean, by the kind of the row.
 * Threads    Any; the table is constant.
 * Ownership  option_parse() gives its caller a malloc'd text.
 */
#ifndef BATON_BATOND_OPTION_H
#define BATON_BATOND_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"
#include "base/slice.h"

enum option_kind {
    OPTION_BOOL,
    OPTION_INT,
    OPTION_MEMORY,
    OPTION_OCTAL,
    OPTION_ENUM, /* the number is the word's place in the row */
    OPTION_TEXT,
    OPTION_WORDS,  /* min to max words */
    OPTION_SPECIAL /* what `parse` makes of it */
};

enum option_use {
    OPTION_SERVED, /* has an effect */
    OPTION_TUNES,  /* tunes what is not there */
    OPTION_ASKS    /* asks for what is not there, unless it is the default */
};

enum option_flag {
    OPTION_SETTABLE = 1 << 0, /* CONFIG SET may change it */
    OPTION_GUARDED = 1 << 1,  /* but not while it is protected */
    OPTION_SECRET = 1 << 2,   /* the value is never shown in a message */
    OPTION_UNSEEN = 1 << 3    /* CONFIG does not know it */
};

/* Served options by name; the numbers are places in the table. */
enum option_id {
#define SERVED(id, fn, row) OPT_##id,
#define TUNES(row)
#define ASKS(row)
#include "batond/options.def"
#undef SERVED
#undef TUNES
#undef ASKS
    OPT_SERVED_END,
    OPT_N = OPT_SERVED_END
#define SERVED(id, fn, row)
#define TUNES(row) +1
#define ASKS(row)  +1
#include "batond/options.def"
#undef SERVED
#undef TUNES
#undef ASKS
};

struct config;

/* One line for the user. */
struct option_error {
    char text[512];
};

struct option_value {
    char *text;
    int64_t number;
    char *origin; /* "FILE:LINE"; NULL: command line, default, CONFIG SET */
};

/* From words into *out (text and number); old is the text of the value before
 * for those that add to it. 0, or -EINVAL or -ENOMEM with e filled in. */
struct option;
typedef int option_parse_fn(const struct option *o, const char *old,
                            const struct bt_slice *word, size_t n,
                            struct option_value *out, struct option_error *e);

/* Makes a new value count: lock held. 0, or a negative errno with e filled. */
typedef int option_apply_fn(struct config *c, struct option_error *e);

struct option {
    const char *name, *alias, *def, *help;
    const char *words; /* of OPTION_ENUM, by blanks */
    int64_t min, max;
    option_parse_fn *parse; /* of OPTION_SPECIAL */
    option_apply_fn *apply;
    enum option_kind kind;
    enum option_use use;
    unsigned flags;
};

/* i < OPT_N */
const struct option *option_at(size_t i);

/* By name or alias in any case; OPT_N when there is none. */
size_t option_find(struct bt_slice name);

option_parse_fn option_parse;

/* Formats e->text; always -EINVAL. */
int option_fail(struct option_error *e, const char *fmt, ...) BT_PRINTF(2, 3);
/* Says so; always -ENOMEM. */
int option_no_memory(struct option_error *e);

/* The limits of a class of clients, in the order of enum options_class. */
struct option_limit {
    uint64_t hard, soft, soft_seconds;
};
/* From the text that client-output-buffer-limit has as a value. */
void option_read_limits(const char *text, struct option_limit limit[3]);

#endif
