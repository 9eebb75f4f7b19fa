/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/serve.h -- bytes of a client into requests, and these into replies.
 *
 * Threads    The worker that owns the client.
 */
#ifndef BATON_COMMAND_SERVE_H
#define BATON_COMMAND_SERVE_H

#include <baton/baton.h>

/* The bytes() of the service: see baton/service.h. */
ssize_t serve_bytes(struct baton_client *c, const char *p, size_t n);

#endif
