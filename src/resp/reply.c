/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every function that writes something short asks for room once, for the whole
 * of it, and then only moves r->p. Anything that may be long goes through
 * resp_raw(), which fills one room after the other.
 */
#include "resp/reply.h"

#include "resp/number.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_NEED  4096 /* what a sink promises to have room for */
#define MAX_SHORT 1024 /* texts for which room is asked in one go */
#define HEAD_SIZE 32   /* a type byte, a number, CR LF and some */

static void turn(struct resp_reply *r, size_t need)
{
    size_t room = 0;

    r->start = r->sink->turn(r->ctx, (size_t)(r->p - r->start), need, &room);
    bt_assert(room >= need);
    r->p = r->start;
    r->end = r->start + room;
}

/* Room for n <= MAX_NEED bytes at r->p. */
static inline void need(struct resp_reply *r, size_t n)
{
    if (bt_unlikely((size_t)(r->end - r->p) < n)) {
        turn(r, n);
    }
}

void resp_reply_begin(struct resp_reply *r, const struct resp_sink *sink,
                      void *ctx, int proto)
{
    *r = (struct resp_reply){.proto = proto, .sink = sink, .ctx = ctx};
    turn(r, HEAD_SIZE);
}

void resp_reply_flush(struct resp_reply *r)
{
    if (r->p > r->start) {
        turn(r, HEAD_SIZE);
    }
}

void resp_reply_turn(struct resp_reply *r)
{
    turn(r, HEAD_SIZE);
}

void resp_reply_end(struct resp_reply *r)
{
    if (r->p > r->start) {
        turn(r, 0);
    }
}

/* Unmuted. */
static void put(struct resp_reply *r, const char *p, size_t n)
{
    size_t room = (size_t)(r->end - r->p);

    while (bt_unlikely(n > room)) {
        memcpy(r->p, p, room);
        r->p += room;
        p += room;
        n -= room;
        turn(r, n < MAX_NEED ? n : MAX_NEED);
        room = (size_t)(r->end - r->p);
    }
    if (n > 0) {
        memcpy(r->p, p, n);
        r->p += n;
    }
}

static inline void crlf(struct resp_reply *r)
{
    need(r, 2);
    *r->p++ = '\r';
    *r->p++ = '\n';
}

/* n bytes and CR LF, for which there is room. */
static inline void short_text(struct resp_reply *r, const char *p, size_t n)
{
    if (n > 0) {
        memcpy(r->p, p, n);
        r->p += n;
    }
    *r->p++ = '\r';
    *r->p++ = '\n';
}

/* A type byte, a number, CR LF, for which there is room. */
static inline void number(struct resp_reply *r, char type, uint64_t n)
{
    *r->p++ = type;
    r->p += resp_format_uint(r->p, n);
    *r->p++ = '\r';
    *r->p++ = '\n';
}

static inline void head(struct resp_reply *r, char type, uint64_t n)
{
    need(r, HEAD_SIZE);
    number(r, type, n);
}

void resp_raw(struct resp_reply *r, const char *p, size_t n)
{
    if (!r->mute) {
        put(r, p, n);
    }
}

void resp_status(struct resp_reply *r, const char *text)
{
    if (!r->mute) {
        size_t n = strlen(text);

        if (bt_likely(n < MAX_SHORT)) {
            need(r, n + 3);
            *r->p++ = '+';
            short_text(r, text, n);
        } else {
            put(r, "+", 1);
            put(r, text, n);
            crlf(r);
        }
    }
}

void resp_error(struct resp_reply *r, const char *text)
{
    r->errors++;
    if (r->mute) {
        return;
    }
    put(r, "-", 1);
    while (*text) {
        size_t n = strcspn(text, "\r\n");

        put(r, text, n);
        text += n;
        if (*text) {
            put(r, " ", 1);
            text++;
        }
    }
    crlf(r);
}

void resp_errorf(struct resp_reply *r, const char *fmt, ...)
{
    char text[1024]; /* no text that Redis makes is longer */
    va_list ap;
    size_t n;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    /* An argument's line end at the end is cut, inside it becomes a space. */
    for (n = strlen(text); n > 0 && strchr("\r\n", text[n - 1]); n--) {
        text[n - 1] = '\0';
    }
    resp_error(r, text);
}

void resp_int(struct resp_reply *r, int64_t v)
{
    if (r->mute) {
        return;
    }
    need(r, HEAD_SIZE);
    *r->p++ = ':';
    r->p += resp_format_int(r->p, v);
    *r->p++ = '\r';
    *r->p++ = '\n';
}

void resp_bulk(struct resp_reply *r, const char *p, size_t n)
{
    if (!r->mute) {
        if (bt_likely(n < MAX_SHORT)) {
            need(r, HEAD_SIZE + n + 2);
            number(r, '$', n);
            short_text(r, p, n);
        } else {
            head(r, '$', n);
            put(r, p, n);
            crlf(r);
        }
    }
}

void resp_bulk_str(struct resp_reply *r, const char *s)
{
    resp_bulk(r, s, strlen(s));
}

void resp_bulk_ref(struct resp_reply *r, const char *p, size_t n,
                   void (*release)(void *), void *arg)
{
    if (r->mute) {
        release(arg);
        return;
    }
    head(r, '$', n);
    resp_reply_flush(r);
    r->sink->ref(r->ctx, p, n, release, arg);
    turn(r, HEAD_SIZE);
    crlf(r);
}

void resp_bulk_int(struct resp_reply *r, int64_t v)
{
    char digits[RESP_NUMBER_SIZE];

    resp_bulk(r, digits, resp_format_int(digits, v));
}

void resp_null(struct resp_reply *r)
{
    resp_raw(r, r->proto > 2 ? "_\r\n" : "$-1\r\n", r->proto > 2 ? 3 : 5);
}

void resp_null_array(struct resp_reply *r)
{
    resp_raw(r, r->proto > 2 ? "_\r\n" : "*-1\r\n", r->proto > 2 ? 3 : 5);
}

void resp_array(struct resp_reply *r, size_t n)
{
    if (!r->mute) {
        head(r, '*', n);
    }
}

void resp_map(struct resp_reply *r, size_t n)
{
    if (!r->mute) {
        head(r, r->proto > 2 ? '%' : '*', r->proto > 2 ? n : 2 * (uint64_t)n);
    }
}

void resp_set(struct resp_reply *r, size_t n)
{
    if (!r->mute) {
        head(r, r->proto > 2 ? '~' : '*', n);
    }
}

void resp_push(struct resp_reply *r, size_t n)
{
    if (!r->mute) {
        head(r, r->proto > 2 ? '>' : '*', n);
    }
}

void resp_bool(struct resp_reply *r, bool v)
{
    if (r->proto > 2) {
        resp_raw(r, v ? "#t\r\n" : "#f\r\n", 4);
    } else {
        resp_int(r, v);
    }
}

void resp_double(struct resp_reply *r, double v)
{
    char text[RESP_NUMBER_SIZE];
    size_t n = resp_format_double(text, v);

    if (r->proto <= 2) {
        resp_bulk(r, text, n);
    } else if (!r->mute) {
        put(r, ",", 1);
        put(r, text, n);
        crlf(r);
    }
}

void resp_verbatim(struct resp_reply *r, const char *format, const char *p,
                   size_t n)
{
    if (r->proto <= 2) {
        resp_bulk(r, p, n);
    } else if (!r->mute) {
        head(r, '=', (uint64_t)n + 4);
        put(r, format, 3);
        put(r, ":", 1);
        put(r, p, n);
        crlf(r);
    }
}
