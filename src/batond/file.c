/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The configuration file: one directive in a line, # in front of comments,
 * `include` for more of the same.
 */
#include "batond/conf.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 16 /* files that include files */

static int read_file(struct config *c, const char *path,
                     struct option_error *e);

static int cannot_open(const char *path, struct option_error *e)
{
    int err = errno ? errno : EIO;

    option_fail(e, "cannot open the configuration file %s: %s", path,
                strerror(err));
    return -err;
}

/* A pattern that matches nothing includes nothing; a plain name must exist. */
int config_include(struct config *c, const char *pattern,
                   struct option_error *e)
{
    glob_t found;
    int r = 0;

    if (!strpbrk(pattern, "*?[")) {
        return read_file(c, pattern, e);
    }
    if (glob(pattern, 0, NULL, &found) != 0) {
        return 0;
    }
    for (size_t i = 0; i < found.gl_pathc && r == 0; i++) {
        r = read_file(c, found.gl_pathv[i], e);
    }
    globfree(&found);
    return r;
}

/* Without blanks at either end; empty when there is nothing to be done. */
static struct bt_slice trim(const char *p, size_t n)
{
    while (n > 0 && strchr(" \t\r\n", *p)) {
        p++;
        n--;
    }
    while (n > 0 && strchr(" \t\r\n", p[n - 1])) {
        n--;
    }
    return bt_slice(p, n > 0 && *p == '#' ? 0 : n);
}

static int read_stream(struct config *c, FILE *f, const char *name,
                       struct option_error *e)
{
    char origin[300], *text = NULL;
    size_t cap = 0;
    ssize_t n;
    int r = 0, number = 0;

    while (r == 0 && (errno = 0, n = getline(&text, &cap, f)) >= 0) {
        struct bt_slice line = trim(text, (size_t)n);

        number++;
        if (line.n > 0) {
            snprintf(origin, sizeof origin, "%s:%d", name, number);
            r = config_line(c, line, origin, e);
        }
    }
    if (r == 0 && ferror(f)) {
        int err = errno ? errno : EIO;

        option_fail(e, "cannot read %s: %s", name, strerror(err));
        r = -err;
    }
    free(text);
    return r;
}

static int read_file(struct config *c, const char *path, struct option_error *e)
{
    FILE *f;
    int r;

    if (c->depth == MAX_DEPTH) {
        return option_fail(e, "%s: files include each other too deeply", path);
    }
    errno = 0;
    f = fopen(path, "re");
    if (!f) {
        return cannot_open(path, e);
    }
    c->depth++;
    r = read_stream(c, f, path, e);
    c->depth--;
    fclose(f);
    return r;
}

int config_file(struct config *c, const char *path, struct option_error *e)
{
    char *absolute;
    int r;

    if (strcmp(path, "-") == 0) {
        return read_stream(c, stdin, "standard input", e);
    }
    r = read_file(c, path, e);
    if (r == 0) {
        absolute = realpath(path, NULL);
        if (absolute) {
            free(c->file);
            c->file = absolute;
        }
    }
    return r;
}
