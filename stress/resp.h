/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/resp.h -- reads replies of RESP2 and RESP3, as they arrive.
 *
 * Purpose    Tells where a reply ends and what its outermost value is. The
 *            elements of aggregates (arrays, maps, sets, pushes) are checked
 *            and passed over at any depth up to 32; attributes are dropped.
 * Threads    none of its own; one parser per connection.
 * Ownership  Bytes stay with the caller. A reply that is not whole yet must be
 *            offered again from its first byte, with more behind it; what has
 *            been looked at is not looked at again.
 * Errors     -EPROTO: not RESP. The parser is of no further use.
 */
#ifndef STRESS_RESP_H
#define STRESS_RESP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STRESS_RESP_DEPTH 32

struct stress_reply {
    char type;        /* the first byte; '_' for every kind of nil */
    int64_t integer;  /* : the number, * % ~ > the count of elements */
    const char *text; /* + - $ = ! # , ( the bytes, in the caller's buffer */
    size_t len;
    const char *end; /* behind the whole reply */
};

struct stress_parser {
    size_t pos;  /* all before it is done with */
    size_t scan; /* no end of line lies between pos and here */
    unsigned depth;
    bool has_top;
    char top_type;
    int64_t top_integer;
    size_t top_text, top_len;
    struct {
        uint64_t left;  /* elements to come */
        bool attribute; /* they are no part of the value */
    } frame[STRESS_RESP_DEPTH];
};

void stress_parser_init(struct stress_parser *p);

/* The length of the reply at buf (and *reply filled, the parser ready for the
 * next one), 0 when it needs more bytes, or -EPROTO. */
ssize_t stress_parse(struct stress_parser *p, const char *buf, size_t len,
                     struct stress_reply *reply);

/* The values of an aggregate that has been parsed, one after another and
 * however deep they stand. *at is NULL at first. false: there are no more. */
bool stress_leaf(const struct stress_reply *whole, const char **at,
                 struct stress_reply *leaf);

#endif
