/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/split.h"

#include <errno.h>

/* Not isspace(): no locale may change what a command is. */
static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static int hex(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static char unescaped(char c)
{
    static const char from[] = "nrtba", into[] = "\n\r\t\b\a";
    const char *at = c ? strchr(from, c) : NULL;

    return at ? into[at - from] : c;
}

/* Reads one character, or one escape, inside "..." at p (p < end). */
static const char *quoted(const char *p, const char *end, char *out)
{
    if (*p != '\\' || end - p < 2) {
        *out = *p;
        return p + 1;
    }
    if (end - p >= 4 && p[1] == 'x' && hex(p[2]) >= 0 && hex(p[3]) >= 0) {
        *out = (char)(hex(p[2]) * 16 + hex(p[3]));
        return p + 4;
    }
    *out = unescaped(p[1]);
    return p + 2;
}

/* The rest of a word, from behind its opening quote; NULL: unbalanced. */
static const char *until_quote(const char *p, const char *end, char quote,
                               char **to)
{
    while (p < end && *p != quote) {
        if (quote == '"') {
            p = quoted(p, end, *to);
        } else {
            p += *p == '\\' && end - p >= 2 && p[1] == '\'';
            **to = *p++;
        }
        (*to)++;
    }
    if (p == end || (end - p >= 2 && !is_blank(p[1]))) {
        return NULL;
    }
    return p + 1;
}

int bt_split_next(struct bt_slice *line, char **to, struct bt_slice *word)
{
    const char *p = line->p, *end = p + line->n;
    char *start = *to;

    while (p < end && is_blank(*p)) {
        p++;
    }
    if (p == end) {
        *line = bt_slice(end, 0);
        return 0;
    }
    /* A vertical tab or form feed parts words only at their beginning. */
    while (p < end && *p != ' ' && *p != '\t' && *p != '\n' && *p != '\r') {
        if (*p == '"' || *p == '\'') {
            p = until_quote(p + 1, end, *p, to);
            break;
        }
        *(*to)++ = *p++;
    }
    if (!p) {
        return -EINVAL;
    }
    *line = bt_slice(p, (size_t)(end - p));
    *word = bt_slice(start, (size_t)(*to - start));
    return 1;
}
