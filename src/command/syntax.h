/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/syntax.h -- the arguments of a command, as COMMAND DOCS tells them.
 *
 * Purpose    syntax.def says what follows a command's name in the notation that
 *            users know from its documentation; here it becomes a tree.
 * Threads    Any; the rows are constant, a tree is its caller's.
 * Ownership  The texts of a tree are those of the row.
 *
 * The notation:
 *
 *     count              an argument; its type follows from its name
 *     value:integer      ... or is said
 *     newkey#1           of the command's second key specification; a key
 *                        without a number is of the first
 *     NX                 a word that stands for itself
 *     change=CH          ... with another name than the word in small letters
 *     EX seconds         an argument behind a word that announces it
 *     x...               x once or more
 *     (EX seconds)...    ... with the word each time
 *     [x]                x may be left out
 *     (name: a | b)      one of these;  [name: a | b] or none
 *     (name: a b)        all of these;  [name: a b] or none
 *     x@6.2.0            since when there is x
 */
#ifndef BATON_COMMAND_SYNTAX_H
#define BATON_COMMAND_SYNTAX_H

#include <stddef.h>

#include "base/slice.h"

enum syntax_type {
    SYNTAX_STRING,
    SYNTAX_INTEGER,
    SYNTAX_DOUBLE,
    SYNTAX_KEY,
    SYNTAX_PATTERN,
    SYNTAX_TIME,
    SYNTAX_TOKEN,
    SYNTAX_ONEOF,
    SYNTAX_BLOCK
};

/* "string", "pure-token", ... */
const char *syntax_type_name(enum syntax_type type);

enum syntax_flag {
    SYNTAX_OPTIONAL = 1 << 0,
    SYNTAX_MULTIPLE = 1 << 1,
    SYNTAX_MULTIPLE_TOKEN = 1 << 2,
    SYNTAX_SMALL = 1 << 3 /* the name is to be told in small letters */
};

struct syntax_arg {
    struct bt_slice name, token, since; /* n 0: none */
    enum syntax_type type;
    unsigned flags;
    int key_spec; /* -1: none */
    int first;    /* of its own arguments, -1: none */
    int next;     /* beside it, -1: the last */
};

#define SYNTAX_MAX 64

struct syntax {
    const char *complexity; /* "O(1)", or "" */
    struct syntax_arg v[SYNTAX_MAX];
    int n;
    int first; /* -1: no arguments */
};

/* Takes ":type" off the end of an argument's name, or tells its usual type. */
enum syntax_type syntax_take_type(struct bt_slice *name);

/* 0; -ENOENT when there is no row for this command; -EINVAL when its text makes
 * no sense, which no row does. */
int syntax_read(const char *command, struct syntax *out);
/* The notation alone, for the tests. 0 or -EINVAL. */
int syntax_parse(const char *text, struct syntax *out);

struct syntax_deprecated {
    const char *command, *since, *replaced_by;
};
/* NULL: the command is as good as ever. */
const struct syntax_deprecated *syntax_deprecated(const char *command);

#endif
