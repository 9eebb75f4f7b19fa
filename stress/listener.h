/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/listener.h -- what a connection has been delivered, and in what order.
 *
 * Purpose    Elements of one writer, and its messages, must reach a connection
 *            in rising order; messages all of them.
 * Threads    the client's.
 */
#ifndef STRESS_LISTENER_H
#define STRESS_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

#include "stress/resp.h"
#include "stress/value.h"

struct stress_client;
struct stress_worker;

#define STRESS_GAPS 64

/* Kept by consumers and subscribers only. */
struct stress_listener {
    bool heard;      /* since this connection was opened */
    unsigned n_gaps; /* messages that others overtook */
    struct stress_gap {
        uint32_t writer, number;
    } gap[STRESS_GAPS];
    uint32_t last[]; /* the last number of each writer; UINT32_MAX: unknown */
};

/* An element came out of a list. */
void stress_listener_element(struct stress_client *c, struct stress_worker *w,
                             const struct stress_stamp *stamp, uint64_t now);
/* A message; or what should be one. */
void stress_listener_message(struct stress_client *c, struct stress_worker *w,
                             const struct stress_reply *r, uint64_t now);
/* The connection broke: what it misses now is not the server's fault. */
void stress_listener_reset(struct stress_client *c, struct stress_worker *w);
/* Whether all messages that were published have come; those that have not are
 * counted if it is the end. */
bool stress_listener_complete(struct stress_client *c, struct stress_worker *w,
                              bool end);

#endif
