/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/blast_kind.h -- the requests that blast can send, and their replies.
 *
 * Purpose    One table of kinds: the words of a request, with places for the
 *            digits of a key and for the value, and what the reply looks like.
 * Threads    one.
 */
#ifndef STRESS_BLAST_KIND_H
#define STRESS_BLAST_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BLAST_PLACES 16

/* One request of a kind, as bytes; its digits are put in each time. */
struct blast_request {
    char *bytes;
    size_t length;
    unsigned keys;    /* keys named by one request */
    uint32_t members; /* keys / members is the container, the rest a member */
    unsigned n_places;
    struct blast_place {
        char what; /* '#' container, '%' member, '~' anything */
        unsigned key, digits;
        size_t at;
    } place[BLAST_PLACES];
};

/* What comes back. In lines: their lengths vary, so they are counted. */
struct blast_reply {
    char head[4]; /* its first two bytes; "" when it is counted in lines */
    size_t length;
    bool lines;
};

struct blast_kind;

/* NULL: no such kind. */
const struct blast_kind *blast_kind(const char *name);
const char *blast_kind_name(const struct blast_kind *k);
/* The kind that makes what this one wants to find there; NULL: nothing. */
const struct blast_kind *blast_kind_fill(const struct blast_kind *k);
/* Keys are taken one after another: each must be met equally often. */
bool blast_kind_in_order(const struct blast_kind *k);
/* memcached has it too. */
bool blast_kind_memcached(const struct blast_kind *k);

/* false: out of memory. */
bool blast_request_init(struct blast_request *r, const struct blast_kind *k,
                        size_t value_bytes, bool memcached);
void blast_reply_init(struct blast_reply *r, const struct blast_kind *k,
                      size_t value_bytes, bool memcached);
/* How much of what is due, in bytes or in lines, these n bytes are; -1: they are
 * another reply. */
ssize_t blast_reply_count(const struct blast_reply *r, size_t due,
                          const char *bytes, size_t n);
/* Puts the digits of a key into a copy of the request; `nth` of its keys. */
void blast_request_key(const struct blast_request *r, char *bytes, unsigned nth,
                       uint32_t key, uint32_t any);

#endif
