/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/floor_reply.h -- what floor knows of requests, and its fixed replies.
 *
 * Threads    init: main, before others start. Everything else: any.
 */
#ifndef STRESS_FLOOR_REPLY_H
#define STRESS_FLOOR_REPLY_H

#include <stddef.h>

/* One reply, as often as fits: any count of them is one write. */
struct floor_reply {
    char *bytes;
    size_t length, copies;
};

/* 0 or -ENOMEM. */
int floor_replies_init(size_t value_bytes);

/* Answers GET with the value of this SET from now on, so that a client that
 * checks replies can be measured. For one thread, and one key. */
void floor_remember(const char *p, size_t n);
/* Whether that is the reply to SET. */
int floor_is_set(const struct floor_reply *r, const char *p, size_t n);

/* The reply to the request that begins at p; never NULL. */
const struct floor_reply *floor_reply_to(const char *p, size_t n);

/* The length of the first request at p, of which at least the heads must have
 * come: "*2\r\n$3\r\nGET\r\n$9\r\n..."; or of a line. 0: cannot be told. */
size_t floor_request_length(const char *p, size_t n);

#endif
