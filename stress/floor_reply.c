/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/floor_reply.c -- what floor knows of requests, and its fixed replies.
 */
#include "stress/floor_reply.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OUTPUT_MIN 262144

enum shape {
    VALUE,
    OK,
    PONG,
    NUMBER,
    TEN,
    N_SHAPES
};

static const struct {
    const char *verb;
    enum shape shape;
} verbs[] = {
    {"GET", VALUE},    {"SET", OK},       {"PING", PONG},  {"INCR", NUMBER},
    {"MSET", OK},      {"LPUSH", NUMBER}, {"LPOP", VALUE}, {"RPOP", VALUE},
    {"RPUSH", NUMBER}, {"HSET", NUMBER},  {"HGET", VALUE}, {"SADD", NUMBER},
    {"ZADD", NUMBER},  {"ZRANGE", TEN},   {"DEL", NUMBER}, {"PUBLISH", NUMBER}};

static struct floor_reply replies[N_SHAPES];

static int make(struct floor_reply *r, const char *one, size_t length)
{
    r->length = length;
    r->copies = length < OUTPUT_MIN / 8 ? OUTPUT_MIN / length : 8;
    r->bytes = malloc(r->copies * length);
    for (size_t i = 0; r->bytes != NULL && i < r->copies; i++) {
        memcpy(r->bytes + i * length, one, length);
    }
    return r->bytes != NULL ? 0 : -ENOMEM;
}

static int make_value(size_t value_bytes)
{
    char *one = malloc(value_bytes + 64);
    int n, rc;

    if (one == NULL) {
        return -ENOMEM;
    }
    n = sprintf(one, "$%zu\r\n", value_bytes);
    memset(one + n, 'x', value_bytes);
    memcpy(one + (size_t)n + value_bytes, "\r\n", 2);
    rc = make(&replies[VALUE], one, (size_t)n + value_bytes + 2);
    free(one);
    return rc;
}

static int make_ten(void)
{
    char one[256];
    size_t n = (size_t)sprintf(one, "*10\r\n");

    for (int i = 0; i < 10; i++) {
        n += (size_t)sprintf(one + n, "$9\r\nmember:%02d\r\n", i);
    }
    return make(&replies[TEN], one, n);
}

int floor_replies_init(size_t value_bytes)
{
    int rc = make_value(value_bytes);

    rc = rc < 0 ? rc : make(&replies[OK], "+OK\r\n", 5);
    rc = rc < 0 ? rc : make(&replies[PONG], "+PONG\r\n", 7);
    rc = rc < 0 ? rc : make(&replies[NUMBER], ":1\r\n", 4);
    return rc < 0 ? rc : make_ten();
}

/* Behind "*2\r\n$3\r\n", or at once when it is a line. */
static const char *verb_at(const char *p, size_t n)
{
    for (int lines = 0; n > 0 && *p == '*' && lines < 2; lines++) {
        const char *end = memchr(p, '\n', n);

        if (end == NULL) {
            return p;
        }
        n -= (size_t)(end + 1 - p);
        p = end + 1;
        if (n > 0 && *p == '$') {
            end = memchr(p, '\n', n);
            return end != NULL ? end + 1 : p;
        }
    }
    return p;
}

const struct floor_reply *floor_reply_to(const char *p, size_t n)
{
    const char *verb = verb_at(p, n);
    size_t left = n - (size_t)(verb - p);

    for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
        size_t length = strlen(verbs[i].verb);

        if (length < left && strncasecmp(verb, verbs[i].verb, length) == 0 &&
            strchr("\r\n ", verb[length]) != NULL) {
            return &replies[verbs[i].shape];
        }
    }
    return &replies[OK]; /* anything else, such as AUTH */
}

size_t floor_request_length(const char *p, size_t n)
{
    size_t at = 0;
    unsigned long words;
    char *end;

    if (n == 0 || *p != '*') {
        const char *line = memchr(p, '\n', n);

        return line != NULL ? (size_t)(line - p) + 1 : 0;
    }
    words = strtoul(p + 1, &end, 10);
    at = (size_t)(end - p) + 2;
    while (words-- > 0) {
        size_t len;

        if (at >= n || p[at] != '$' || memchr(p + at, '\n', n - at) == NULL) {
            return 0;
        }
        len = strtoul(p + at + 1, &end, 10);
        at = (size_t)(end - p) + 2 + len + 2;
    }
    return at;
}

int floor_is_set(const struct floor_reply *r, const char *p, size_t n)
{
    return r == &replies[OK] && n > 13 &&
           memcmp(p, "*3\r\n$3\r\nSET\r\n", 13) == 0;
}

void floor_remember(const char *p, size_t n)
{
    size_t at = strlen("*3\r\n$3\r\nSET\r\n");
    struct floor_reply old = replies[VALUE];
    size_t len;
    char *end;

    for (int word = 0; word < 2; word++) {
        if (at >= n || p[at] != '$' || memchr(p + at, '\n', n - at) == NULL) {
            return;
        }
        len = strtoul(p + at + 1, &end, 10);
        /* The value is sent back as it came, with its head. */
        if (word == 1 && (size_t)(end - p) + 2 + len + 2 <= n &&
            make(&replies[VALUE], p + at,
                 (size_t)(end - p) - at + 2 + len + 2) == 0) {
            free(old.bytes);
        }
        at = (size_t)(end - p) + 2 + len + 2;
    }
}
