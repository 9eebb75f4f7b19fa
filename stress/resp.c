/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/resp.c -- reads replies of RESP2 and RESP3, as they arrive.
 *
 * Values are taken one after another. An aggregate pushes a frame with the
 * number of elements to come; a value that ends takes one off the innermost
 * frame, and an emptied frame is itself a value that ends. The reply is whole
 * when no frame is left. An attribute is a frame that counts for nothing.
 */
#include "stress/resp.h"

#include <errno.h>
#include <string.h>

#define LINE_MAX_BYTES 65536
#define BULK_MAX_BYTES INT64_C(0x40000000)

struct value {
    char type;
    int64_t integer;
    size_t text, len; /* text: offset in the buffer */
};

void stress_parser_init(struct stress_parser *p)
{
    p->pos = p->scan = 0;
    p->depth = 0;
    p->has_top = false;
}

/* Reads a decimal number that fills the bytes exactly. */
static int number(const char *s, size_t n, int64_t *out)
{
    bool minus = n > 0 && *s == '-';
    uint64_t v = 0;

    if (n > 0 && (*s == '-' || *s == '+')) {
        s++;
        n--;
    }
    if (n == 0 || n > 19) {
        return -EPROTO;
    }
    for (; n > 0; s++, n--) {
        if (*s < '0' || *s > '9') {
            return -EPROTO;
        }
        v = v * 10 + (uint64_t)(*s - '0');
    }
    *out = minus ? (int64_t)(0 - v) : (int64_t)v;
    return 0;
}

/* Finds the line at p->pos; its length without the line end, 0 when it has not
 * all arrived. A line holds its type byte at least. */
static ssize_t line(struct stress_parser *p, const char *buf, size_t len)
{
    size_t from = p->scan > p->pos ? p->scan : p->pos;
    const char *end = len > from ? memchr(buf + from, '\n', len - from) : NULL;
    size_t n;

    if (end == NULL) {
        p->scan = len;
        return len - p->pos > LINE_MAX_BYTES ? -EPROTO : 0;
    }
    n = (size_t)(end - (buf + p->pos));
    if (n < 2 || n > LINE_MAX_BYTES || end[-1] != '\r') {
        return -EPROTO;
    }
    return (ssize_t)(n - 1);
}

/* The bytes after a `$N` line. 1 when all are there. */
static int bulk(const char *buf, size_t len, size_t at, struct value *v)
{
    size_t n;

    if (v->integer < 0 || v->integer > BULK_MAX_BYTES) {
        return -EPROTO;
    }
    n = (size_t)v->integer;
    if (len - at < n + 2) {
        return 0;
    }
    if (buf[at + n] != '\r' || buf[at + n + 1] != '\n') {
        return -EPROTO;
    }
    v->text = at;
    v->len = n;
    return 1;
}

/* A value that is one line. */
static int simple(struct value *v, const char *buf)
{
    switch (v->type) {
    case '_':
        return v->len == 0 ? 1 : -EPROTO;
    case '#':
        v->integer = buf[v->text] == 't';
        return v->len == 1 && (buf[v->text] == 't' || buf[v->text] == 'f')
                   ? 1
                   : -EPROTO;
    case '+':
    case '-':
    case ',':
    case '(':
        return 1;
    default:
        return -EPROTO;
    }
}

/* Takes the next value, of an aggregate only its head. 1, 0 or -EPROTO; moves
 * on only with 1. */
static int next(struct stress_parser *p, const char *buf, size_t len,
                struct value *v)
{
    ssize_t n = line(p, buf, len);
    size_t after;
    int rc;

    if (n <= 0) {
        return (int)n;
    }
    after = p->pos + (size_t)n + 2;
    *v = (struct value){
        .type = buf[p->pos], .text = p->pos + 1, .len = (size_t)n - 1};
    if (strchr("$*:%~>|=!", v->type) == NULL || v->type == '\0') {
        rc = simple(v, buf);
    } else if (number(buf + v->text, v->len, &v->integer) < 0) {
        rc = -EPROTO;
    } else if ((v->type == '$' || v->type == '*') && v->integer == -1) {
        v->type = '_';
        rc = 1;
    } else if (v->type == '$' || v->type == '=' || v->type == '!') {
        rc = bulk(buf, len, after, v);
        after += v->len + 2;
    } else {
        rc = v->type == ':' || v->integer >= 0 ? 1 : -EPROTO;
    }
    if (rc == 1) {
        p->pos = after;
    }
    return rc;
}

/* Opens a frame when the value has elements: 1 if so, 0 if it is complete. */
static int enter(struct stress_parser *p, const struct value *v)
{
    bool pairs = v->type == '%' || v->type == '|';

    if (strchr("*~>%|", v->type) == NULL || v->integer == 0) {
        return 0;
    }
    if (p->depth == STRESS_RESP_DEPTH || v->integer > INT32_MAX) {
        return -EPROTO;
    }
    p->frame[p->depth].left = (uint64_t)v->integer << (pairs ? 1 : 0);
    p->frame[p->depth].attribute = v->type == '|';
    p->depth++;
    return 1;
}

/* A value has ended; true when the reply has ended with it. */
static bool leave(struct stress_parser *p)
{
    while (p->depth > 0) {
        if (--p->frame[p->depth - 1].left > 0) {
            return false;
        }
        p->depth--;
        if (p->frame[p->depth].attribute) {
            return false;
        }
    }
    return true;
}

static ssize_t finish(struct stress_parser *p, const char *buf,
                      struct stress_reply *reply)
{
    size_t n = p->pos;

    reply->type = p->top_type;
    reply->integer = p->top_integer;
    reply->text = buf + p->top_text;
    reply->len = p->top_len;
    reply->end = buf + n;
    stress_parser_init(p);
    return (ssize_t)n;
}

ssize_t stress_parse(struct stress_parser *p, const char *buf, size_t len,
                     struct stress_reply *reply)
{
    struct value v;
    int rc;

    for (;;) {
        rc = next(p, buf, len, &v);
        if (rc <= 0) {
            return rc;
        }
        if (p->depth == 0 && !p->has_top && v.type != '|') {
            p->has_top = true;
            p->top_type = v.type;
            p->top_integer = v.integer;
            p->top_text = v.text;
            p->top_len = v.len;
        }
        rc = enter(p, &v);
        if (rc < 0) {
            return rc;
        }
        if (rc == 0 && !(v.type == '|') && leave(p)) {
            return finish(p, buf, reply);
        }
    }
}

bool stress_leaf(const struct stress_reply *whole, const char **at,
                 struct stress_reply *leaf)
{
    const char *s = *at != NULL ? *at : whole->text - 1;

    while (s < whole->end) {
        struct stress_parser p = {0};
        struct value v;

        if (next(&p, s, (size_t)(whole->end - s), &v) <= 0) {
            return false;
        }
        *leaf = (struct stress_reply){.type = v.type,
                                      .integer = v.integer,
                                      .text = s + v.text,
                                      .len = v.len};
        s += p.pos;
        *at = s;
        if (strchr("*~>%|", v.type) == NULL) {
            return true;
        }
    }
    return false;
}
