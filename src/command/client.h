/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/client.h -- what CLIENT shares with HELLO, and with its own parts.
 */
#ifndef BATON_COMMAND_CLIENT_H
#define BATON_COMMAND_CLIENT_H

#include <stdbool.h>

#include "base/buf.h"
#include "command/command.h"

struct session;

/* CLIENT SETNAME: false when the name was refused, and that was told. */
bool client_set_name(struct call *c, struct bt_slice name);

/* Appends the line of CLIENT LIST for one client, with newline; under the lock
 * that the walk holds. 0 or -ENOMEM. */
int client_line(struct bt_buf *text, const struct baton_client_info *info,
                const struct session *s);

enum client_kind {
    CLIENT_ANY,
    CLIENT_NORMAL,
    CLIENT_PUBSUB,
    CLIENT_OTHER /* of a server that has replicas: nobody */
};

/* Is a client with this session of that kind? */
bool client_is(enum client_kind kind, const struct session *s);

/* *kind: what the word ("normal", "replica", "pubsub", ...) stands for. An
 * unknown type: false, and that was told. */
bool client_type(struct call *c, struct bt_slice type, enum client_kind *kind);

#define CLIENT_STEP 64 /* handles that a walk visits at a time */

#endif
