/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/tree_read.c -- reads JSON into a tree of nodes.
 */
#include "stress/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64

struct reader {
    const char *start, *p, *end;
    const char *wrong; /* the first thing that was */
    unsigned depth;
};

static bool read_node(struct reader *r, struct stress_node *v);

static bool fail(struct reader *r, const char *what)
{
    if (!r->wrong) {
        r->wrong = what;
    }
    return false;
}

static void skip_blanks(struct reader *r)
{
    while (r->p < r->end && strchr(" \t\r\n", *r->p) && *r->p) {
        r->p++;
    }
}

static bool take(struct reader *r, char c)
{
    skip_blanks(r);
    if (r->p == r->end || *r->p != c) {
        return false;
    }
    r->p++;
    return true;
}

/* ---- Text ---- */

static bool hex4(struct reader *r, unsigned *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++, r->p++) {
        const char *digits = "0123456789abcdef";
        const char *d;

        if (r->p == r->end || !*r->p ||
            !(d = strchr(digits,
                         *r->p >= 'A' && *r->p <= 'F' ? *r->p + 32 : *r->p))) {
            return fail(r, "four hexadecimal digits expected");
        }
        *out = *out * 16 + (unsigned)(d - digits);
    }
    return true;
}

static char *put_utf8(char *to, unsigned c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
        *to++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *to++ = (char)(0xe0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    } else {
        *to++ = (char)(0xf0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    }
    return to;
}

/* Behind the "u"; two of them make one character above the first 65,536. */
static bool read_unicode(struct reader *r, char **to)
{
    unsigned c, low;

    if (!hex4(r, &c)) {
        return false;
    }
    if (c >= 0xd800 && c < 0xdc00) {
        if (r->end - r->p < 6 || r->p[0] != '\\' || r->p[1] != 'u') {
            return fail(r, "half of a character");
        }
        r->p += 2;
        if (!hex4(r, &low)) {
            return false;
        }
        c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
    }
    *to = put_utf8(*to, c);
    return true;
}

static bool read_escape(struct reader *r, char **to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    const char *found;

    if (r->p == r->end || !*r->p) {
        return fail(r, "text without an end");
    }
    if (*r->p == 'u') {
        r->p++;
        return read_unicode(r, to);
    }
    found = strchr(from, *r->p);
    if (!found) {
        return fail(r, "unknown escape");
    }
    r->p++;
    *(*to)++ = into[found - from];
    return true;
}

/* Behind the quote. Decoded, text is never longer than written. */
static char *read_text(struct reader *r)
{
    const char *close = r->p;
    char *text, *to;

    while (close < r->end && *close != '"') {
        close += *close == '\\' ? 2 : 1;
    }
    text = close < r->end ? malloc((size_t)(close - r->p) + 1) : NULL;
    if (!text) {
        fail(r, "text without an end");
        return NULL;
    }
    for (to = text; *r->p != '"';) {
        if (*r->p != '\\') {
            *to++ = *r->p++;
            continue;
        }
        r->p++;
        if (!read_escape(r, &to)) {
            free(text);
            return NULL;
        }
    }
    r->p++;
    *to = 0;
    return text;
}

/* ---- Values ---- */

static bool read_word(struct reader *r, struct stress_node *v)
{
    static const struct {
        const char *word;
        enum stress_node_kind kind;
        double number;
    } words[] = {{"null", STRESS_NODE_NULL, 0},
                 {"true", STRESS_NODE_BOOL, 1},
                 {"false", STRESS_NODE_BOOL, 0}};

    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(words[i].word);

        if ((size_t)(r->end - r->p) >= n && !memcmp(r->p, words[i].word, n)) {
            r->p += n;
            v->kind = words[i].kind;
            v->number = words[i].number;
            return true;
        }
    }
    return fail(r, "a value expected");
}

static bool read_number(struct reader *r, struct stress_node *v)
{
    char digits[64], *stop;
    size_t n = 0;

    while (r->p + n < r->end && n < sizeof digits - 1 && r->p[n] &&
           strchr("+-.0123456789eE", r->p[n])) {
        digits[n] = r->p[n];
        n++;
    }
    digits[n] = 0;
    v->kind = STRESS_NODE_NUMBER;
    v->number = strtod(digits, &stop); /* the locale is "C" */
    if (n == 0 || *stop) {
        return fail(r, "a number expected");
    }
    r->p += n;
    return true;
}

static bool read_name(struct reader *r, struct stress_node *member)
{
    if (!take(r, '"')) {
        return fail(r, "a name expected");
    }
    member->name = read_text(r);
    return member->name && (take(r, ':') || fail(r, "\":\" expected"));
}

/* Behind the bracket. */
static bool read_list(struct reader *r, struct stress_node *v, char close)
{
    struct stress_node **tail = &v->first;

    if (++r->depth > DEPTH_MAX) {
        return fail(r, "too deep");
    }
    if (!take(r, close)) {
        do {
            *tail = calloc(1, sizeof **tail);
            if (!*tail) {
                return fail(r, "out of memory");
            }
            if (close == '}' && !read_name(r, *tail)) {
                return false;
            }
            if (!read_node(r, *tail)) {
                return false;
            }
            tail = &(*tail)->next;
            v->n++;
        } while (take(r, ','));
        if (!take(r, close)) {
            return fail(r, "\",\" or the end of a list expected");
        }
    }
    r->depth--;
    return true;
}

static bool read_node(struct reader *r, struct stress_node *v)
{
    skip_blanks(r);
    if (take(r, '{')) {
        v->kind = STRESS_NODE_OBJECT;
        return read_list(r, v, '}');
    }
    if (take(r, '[')) {
        v->kind = STRESS_NODE_ARRAY;
        return read_list(r, v, ']');
    }
    if (take(r, '"')) {
        v->kind = STRESS_NODE_TEXT;
        v->text = read_text(r);
        return v->text != NULL;
    }
    if (r->p < r->end && (*r->p == '-' || (*r->p >= '0' && *r->p <= '9'))) {
        return read_number(r, v);
    }
    return read_word(r, v);
}

struct stress_node *stress_node_read(const char *p, size_t n, char *error,
                                     size_t size)
{
    struct reader r = {.start = p, .p = p, .end = p + n};
    struct stress_node *v = calloc(1, sizeof *v);

    if (!v) {
        snprintf(error, size, "out of memory");
        return NULL;
    }
    if (read_node(&r, v)) {
        skip_blanks(&r);
        if (r.p == r.end) {
            return v;
        }
        fail(&r, "something behind the end");
    }
    snprintf(error, size, "byte %zu: %s", (size_t)(r.p - r.start), r.wrong);
    stress_node_free(&v);
    return NULL;
}
