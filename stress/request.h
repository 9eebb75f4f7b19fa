/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/request.h -- chooses the next requests of a client and encodes them.
 *
 * Threads    the client's; encode: any.
 */
#ifndef STRESS_REQUEST_H
#define STRESS_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "stress/client.h"
#include "stress/run.h"

struct stress_worker;

/* Enters the client's next batch into its window and w->output. Returns the
 * bytes to send; 0 when there is nothing to ask for in this phase (or no
 * memory). */
size_t stress_request_batch(struct stress_client *c, struct stress_worker *w,
                            uint64_t intended_at);

/* The same for what is sent first on a connection. */
size_t stress_request_greeting(struct stress_client *c,
                               struct stress_worker *w);

/* One request, as its slot says; `to` has room for it. */
size_t stress_request_encode(const struct stress_run *run,
                             const struct stress_op *op,
                             const struct stress_slot *s, char *to);

#endif
