/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/request.h -- chooses the next requests of a client and encodes them.
 *
 * Threads    init: main. batch, greeting: the client's thread.
 */
#ifndef STRESS_REQUEST_H
#define STRESS_REQUEST_H

#include <stddef.h>
#include <stdint.h>

struct stress_client;
struct stress_ledger;
struct stress_options;
struct stress_worker;

/* Requests as they go over the wire, but for key and value. */
struct stress_wire {
    char get[64], set[96];
    size_t get_len, set_len; /* set_len: up to where the value begins */
    size_t get_key, set_key; /* where the key begins */
    char *greeting;          /* AUTH or HELLO if need be, and PING */
    size_t greeting_len;
    unsigned greeting_hellos; /* 0 or 1 */
    size_t batch_bytes;       /* room that any batch needs */
};

int stress_wire_init(struct stress_wire *wire, const struct stress_options *o);
void stress_wire_fini(struct stress_wire *wire);

/* Enters the client's next batch into its window and w->output. Returns the
 * bytes to send; 0 when there is nothing to ask for in this phase (or no
 * memory). */
size_t stress_request_batch(struct stress_client *c, struct stress_worker *w,
                            uint64_t intended_at);

/* The same for what is sent first on a connection. */
size_t stress_request_greeting(struct stress_client *c,
                               struct stress_worker *w);

/* One GET; `to` has room for it. */
size_t stress_request_get(const struct stress_wire *wire,
                          const struct stress_ledger *l, char *to,
                          uint32_t key);

#endif
