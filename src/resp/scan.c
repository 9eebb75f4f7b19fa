/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A request is a count line "*N", then N times a length line "$len", len bytes
 * and CR LF. Nearly all lines are short and plain, so short_count() reads those
 * by hand; whatever is odd about a line (too long, not a number, not all there)
 * goes to count_line(), which alone knows Redis' rules. As in Redis the two
 * bytes that end a line or a bulk are skipped, whatever they are.
 */
#include "resp/scan.h"

#include "base/check.h"
#include "base/split.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ARGS  16        /* argument vectors begin with so many */
#define PLAIN_TOTAL INT32_MAX /* Redis' own limit for a count of arguments */

enum resp_status resp_scan_fail(struct resp_scan *s, const char *text)
{
    snprintf(s->req->error, sizeof s->req->error, "Protocol error: %s", text);
    return RESP_ERROR;
}

static enum resp_status more(struct resp_scan *s, size_t want)
{
    s->want = want;
    return RESP_MORE;
}

bool resp_scan_grow(struct resp_request *req, size_t i)
{
    size_t cap = i < FIRST_ARGS ? FIRST_ARGS : i * 2;
    struct bt_slice *argv;

    if (i < req->cap) {
        return true;
    }
    argv = realloc(req->argv, cap * sizeof *argv);
    if (argv) {
        req->argv = argv;
        req->cap = cap;
    }
    return argv != NULL;
}

/* Strict decimal: no blanks, no "+", no leading zeroes. What is no number, or
 * too large for one, becomes INT64_MAX, a count that nobody accepts. */
static int64_t parse_number(const char *p, size_t n)
{
    bool minus = n > 0 && *p == '-';
    size_t i = minus;
    uint64_t v = 0;

    if (i == n || n - i > 19 || (p[i] == '0' && n > 1)) {
        return INT64_MAX;
    }
    for (; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') {
            return INT64_MAX;
        }
        v = v * 10 + (uint64_t)(p[i] - '0'); /* 19 digits always fit */
    }
    if (v > (uint64_t)INT64_MAX) {
        return minus && v - 1 == (uint64_t)INT64_MAX ? INT64_MIN : INT64_MAX;
    }
    return minus ? -(int64_t)v : (int64_t)v;
}

/* Finds the end of a line that `stop` ends, within the limit for lines. */
static enum resp_status find_end(struct resp_scan *s, char stop,
                                 const char *too_big, const char **at)
{
    size_t n = (size_t)(s->end - s->p), max = s->limits->max_inline;
    size_t look = n > max ? max + 1 : n;

    *at = NULL;
    if (look > s->scanned) {
        *at = memchr(s->p + s->scanned, stop, look - s->scanned);
    }
    if (*at) {
        return RESP_OK;
    }
    if (n > max) {
        return resp_scan_fail(s, too_big);
    }
    s->scanned = n;
    return more(s, 1);
}

/* Reads the count line at s->p. The caller, once it likes the count, moves s->p
 * to *next, the place behind the line. */
static enum resp_status count_line(struct resp_scan *s, const char *too_big,
                                   int64_t *v, const char **next)
{
    const char *cr;
    enum resp_status status = find_end(s, '\r', too_big, &cr);

    if (status != RESP_OK) {
        return status;
    }
    if (s->end - cr < 2) {
        s->scanned = (size_t)(cr - s->p);
        return more(s, 1);
    }
    s->scanned = 0;
    *next = cr + 2;
    *v = parse_number(s->p + 1, (size_t)(cr - s->p) - 1);
    return RESP_OK;
}

/* "*N": RESP_OK when arguments follow. */
static enum resp_status array_header(struct resp_scan *s)
{
    const char *next;
    int64_t n;
    enum resp_status status =
        count_line(s, "too big mbulk count string", &n, &next);

    if (status != RESP_OK) {
        return status;
    }
    if (n > PLAIN_TOTAL) {
        return resp_scan_fail(s, "invalid multibulk length");
    }
    if (s->limits->unauthenticated && n > RESP_STRICT_ARGS) {
        return resp_scan_fail(s, "unauthenticated multibulk length");
    }
    if (n > 0 && (uint64_t)n > s->limits->max_args) {
        return resp_scan_fail(s, "invalid multibulk length");
    }
    s->p = next;
    if (n <= 0) {
        return RESP_EMPTY;
    }
    s->declared = (size_t)n;
    return RESP_OK;
}

/* "$len", the thorough way: leaves s->p behind the line. */
static enum resp_status bulk_header(struct resp_scan *s)
{
    const char *next;
    char text[32];
    int64_t n;
    enum resp_status status =
        count_line(s, "too big bulk count string", &n, &next);

    if (status != RESP_OK) {
        return status;
    }
    if (*s->p != '$') {
        snprintf(text, sizeof text, "expected '$', got '%c'", *s->p);
        return resp_scan_fail(s, text);
    }
    if (n < 0 || (uint64_t)n > s->limits->max_bulk || n > PTRDIFF_MAX - 2) {
        return resp_scan_fail(s, "invalid bulk length");
    }
    if (s->limits->unauthenticated && n > RESP_STRICT_BULK) {
        return resp_scan_fail(s, "unauthenticated bulk length");
    }
    s->p = next;
    s->bulk = (size_t)n;
    return RESP_OK;
}

/* The value of "<type>digits\r\n" at p when it is plain: one to four digits,
 * all there. Returns the place behind it, or NULL: look closer. */
static inline const char *short_count(const char *p, const char *end, char type,
                                      size_t *v)
{
    unsigned d, n;

    if (bt_unlikely(end - p < 7 || *p != type)) {
        return NULL;
    }
    n = (unsigned)(unsigned char)p[1] - '0';
    if (n > 9) {
        return NULL;
    }
    for (p += 2; (d = (unsigned)(unsigned char)*p - '0') <= 9; p++) {
        n = n * 10 + d;
        if (n < 10 || n > 9999) {
            return NULL;
        }
    }
    *v = n;
    return *p == '\r' ? p + 2 : NULL;
}

/* Reads bulks as long as they are plain and whole, and have a place in req. */
static inline void plain_arguments(struct resp_scan *s)
{
    const char *p = s->p, *end = s->end, *q;
    size_t most = s->declared, i = s->argc, len;
    struct bt_slice *argv = s->req->argv;

    most = most < s->req->cap ? most : s->req->cap;
    while (i < most) {
        q = short_count(p, end, '$', &len);
        if (!q || len > s->max_bulk || (size_t)(end - q) < len + 2) {
            break;
        }
        argv[i++] = bt_slice(q, len);
        p = q + len + 2;
        s->scanned = 0; /* an unfinished line may have set it */
    }
    s->p = p;
    s->argc = i;
}

/* Reads bulks until all that were declared are there. */
static enum resp_status arguments(struct resp_scan *s)
{
    const char *p, *q;
    enum resp_status status = RESP_OK;
    size_t i, len = s->bulk, room;

    if (!s->in_bulk) {
        plain_arguments(s);
        if (bt_likely(s->argc == s->declared)) {
            return RESP_OK;
        }
    }
    p = s->p;
    i = s->argc;
    while (i < s->declared && status == RESP_OK) {
        if (!s->in_bulk) {
            q = short_count(p, s->end, '$', &len);
            if (bt_unlikely(!q || len > s->max_bulk)) {
                s->p = p;
                status = bulk_header(s);
                q = s->p;
                len = s->bulk;
            } else {
                s->scanned = 0; /* an unfinished line may have set it */
            }
            p = q;
        }
        room = (size_t)(s->end - p);
        if (status == RESP_OK) {
            s->in_bulk = room < 2 || room - 2 < len;
            if (s->in_bulk) {
                s->bulk = len;
                status = more(s, len - room + 2);
            } else if (bt_unlikely(i == s->req->cap &&
                                   !resp_scan_grow(s->req, i))) {
                status = resp_scan_fail(s, "out of memory");
            } else {
                s->req->argv[i++] = bt_slice(p, len);
                p += len + 2;
            }
        }
    }
    s->p = p;
    s->argc = i;
    return status;
}

/* A line of words. */
static enum resp_status inline_command(struct resp_scan *s)
{
    struct resp_request *req = s->req;
    struct bt_slice line, word;
    const char *lf;
    char *to;
    enum resp_status status = find_end(s, '\n', "too big inline request", &lf);
    int r;

    if (status != RESP_OK) {
        return status;
    }
    line = bt_slice(s->p, (size_t)(lf - s->p));
    if (line.n > 0 && lf[-1] == '\r') {
        line.n--;
    }
    if (line.n > req->text_cap) {
        free(req->text);
        req->text = malloc(line.n);
        req->text_cap = req->text ? line.n : 0;
        if (!req->text) {
            return resp_scan_fail(s, "out of memory");
        }
    }
    to = req->text;
    while ((r = bt_split_next(&line, &to, &word)) > 0) {
        if (!resp_scan_grow(req, s->argc)) {
            return resp_scan_fail(s, "out of memory");
        }
        req->argv[s->argc++] = word;
    }
    s->p = lf + 1;
    if (r < 0) {
        return resp_scan_fail(s, "unbalanced quotes in request");
    }
    return s->argc > 0 ? RESP_OK : RESP_EMPTY;
}

enum resp_status resp_scan(struct resp_scan *s)
{
    enum resp_status status = RESP_OK;
    const char *q;

    if (s->declared == 0) {
        if (s->p == s->end) {
            return more(s, 1);
        }
        if (*s->p != '*') {
            return inline_command(s);
        }
        q = short_count(s->p, s->end, '*', &s->declared);
        if (bt_likely(q && s->declared - 1 < RESP_STRICT_ARGS &&
                      s->declared <= s->limits->max_args)) {
            s->p = q;
            s->scanned = 0;
        } else {
            s->declared = 0;
            status = array_header(s);
        }
    }
    return status == RESP_OK ? arguments(s) : status;
}
