/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/transfer.h -- a client's bytes: what is on its way out, and in.
 *
 * Threads    the client's.
 * Ownership  The buffers are the client's, and there only while they hold
 *            something.
 */
#ifndef STRESS_TRANSFER_H
#define STRESS_TRANSFER_H

#include <stddef.h>
#include <stdint.h>

#include "stress/client.h"

struct stress_worker;

/* ---- out ---- */
/* Sends so many bytes of w->output, whose requests are the last n of the
 * window. A write that fails is left to the next read, which may still find
 * last words of the server before it finds the same error. */
void stress_transfer_send(struct stress_client *c, struct stress_worker *w,
                          size_t len, uint32_t n_requests);
/* The socket takes bytes again. */
void stress_transfer_flush(struct stress_client *c, struct stress_worker *w);

/* ---- in ---- */
/* Room for so many bytes of replies that are not whole yet; 0 or -ENOMEM. */
int stress_transfer_room(struct stress_client *c, size_t wanted);
/* Keeps the last bytes of what was read: the beginning of a reply. */
int stress_transfer_keep(struct stress_client *c, const char *from, size_t len);

void stress_transfer_drop(struct stress_client *c);

#endif
