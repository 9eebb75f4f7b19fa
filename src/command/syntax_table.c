/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is known of each command, and what the names of arguments stand for.
 */
#include "command/syntax.h"

#include <errno.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- Types ---- */

static const char *const type_names[] = {"string",     "integer", "double",
                                         "key",        "pattern", "unix-time",
                                         "pure-token", "oneof",   "block"};

const char *syntax_type_name(enum syntax_type type)
{
    return type_names[type];
}

/* What the names of arguments stand for; all others are strings. */
static const struct {
    enum syntax_type type;
    const char *names;
} usual[] = {
    {SYNTAX_KEY,
     " key key1 key2 destination destkey dst newkey source sourcekey src "},
    {SYNTAX_INTEGER,
     " bit bits client-id count cursor db decrement destination-db end "
     "increment index index1 index2 len limit milliseconds num-matches numkeys "
     "offset protover rank seconds start stop timeout weight "},
    {SYNTAX_DOUBLE, " score "},
    {SYNTAX_PATTERN, " pattern "},
    {SYNTAX_TIME, " unix-time-milliseconds unix-time-seconds "},
};

static enum syntax_type usual_type(struct bt_slice name)
{
    for (size_t i = 0; i < COUNT(usual); i++) {
        const char *p = usual[i].names;

        while (*p == ' ' && p[1]) {
            size_t n = strcspn(p + 1, " ");

            if (bt_slice_eq(bt_slice(p + 1, n), name)) {
                return usual[i].type;
            }
            p += 1 + n;
        }
    }
    return SYNTAX_STRING;
}

enum syntax_type syntax_take_type(struct bt_slice *name)
{
    for (size_t i = 0; i < SYNTAX_TOKEN; i++) {
        size_t n = strlen(type_names[i]);

        if (name->n > n + 1 && name->p[name->n - n - 1] == ':' &&
            memcmp(name->p + name->n - n, type_names[i], n) == 0) {
            name->n -= n + 1;
            return (enum syntax_type)i;
        }
    }
    return usual_type(*name);
}

/* ---- Commands ---- */

static const struct row {
    const char *command, *complexity, *text;
} rows[] = {
#define SYNTAX(command, complexity, text) {command, complexity, text},
#define DEPRECATED(command, since, replaced_by)
#include "command/syntax.def"
#undef SYNTAX
#undef DEPRECATED
};

static const struct syntax_deprecated deprecated[] = {
#define SYNTAX(command, complexity, text)
#define DEPRECATED(command, since, replaced_by) {command, since, replaced_by},
#include "command/syntax.def"
#undef SYNTAX
#undef DEPRECATED
};

int syntax_read(const char *command, struct syntax *out)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (strcmp(rows[i].command, command) == 0) {
            int rc = syntax_parse(rows[i].text, out);

            out->complexity = rows[i].complexity;
            return rc;
        }
    }
    return -ENOENT;
}

const struct syntax_deprecated *syntax_deprecated(const char *command)
{
    for (size_t i = 0; i < COUNT(deprecated); i++) {
        if (strcmp(deprecated[i].command, command) == 0) {
            return &deprecated[i];
        }
    }
    return NULL;
}
