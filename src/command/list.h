/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/list.h -- what the files of list commands share.
 *
 * Threads    As for commands. The functions that take a tx and a reply writer
 *            also serve clients that waited, on the thread of whoever pushed
 *            (command/block.h).
 */
#ifndef BATON_COMMAND_LIST_H
#define BATON_COMMAND_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "command/command.h"
#include "type/list.h"

/* True when e is a list or NULL; else false after the error reply. */
bool lists_check(struct resp_reply *out, const struct db_entry *e);

/* The list at key, for reading, and for changing. Absent: true, and *e is NULL.
 * False after the error reply. */
bool lists_read(struct call *c, struct bt_slice key, const struct db_entry **e);
bool lists_write(struct call *c, struct bt_slice key,
                 const struct db_entry **e);

/* What e, which is a list, holds; to be read. */
const struct list *lists_of(const struct db_entry *e);

/* list-max-listpack-size. */
int lists_fill(struct call *c);

/* "LEFT" or "RIGHT"; false after the error reply. */
bool lists_end(struct call *c, struct bt_slice s, enum list_end *end);

/* A range as LRANGE has it, inside a list of `count`; false: nothing is in it.
 */
bool lists_clip(int64_t *first, int64_t *last, size_t count);

/* The element as a bulk. */
void lists_reply(struct resp_reply *out, const struct list_at *at);

/* Says why an element could not be added. */
void lists_refuse(struct call *c, int error);

/* Takes n elements, which are there, from an end of the list e at key, and
 * answers with each as a bulk. */
void lists_take(struct tx *tx, struct resp_reply *out, struct bt_slice key,
                const struct db_entry *e, enum list_end end, size_t n);

/* After elements were taken from that end; `e` may be gone then. And the event
 * of it alone. */
void lists_taken(struct tx *tx, struct bt_slice key, const struct db_entry *e,
                 enum list_end end);
void lists_notify_taken(struct tx *tx, struct bt_slice key, enum list_end end);

/* LMOVE and kin. */
struct lists_move {
    struct bt_slice from, to;
    enum list_end from_end, to_end;
    int fill;
};

/* Moves one element of the list e at m->from and answers with it, or with an
 * error, and then nothing was changed. */
void lists_move(struct tx *tx, struct resp_reply *out,
                const struct lists_move *m, const struct db_entry *e);

/* numkeys key... LEFT|RIGHT [COUNT n] from argv[at] on. */
struct lists_mpop {
    size_t first, n; /* the keys in argv */
    enum list_end end;
    size_t count;
};

/* False after the error reply. */
bool lists_mpop_args(struct call *c, size_t at, struct lists_mpop *m);

/* The reply of LMPOP: the key and up to count elements. */
void lists_mpop_take(struct tx *tx, struct resp_reply *out, struct bt_slice key,
                     const struct db_entry *e, const struct lists_mpop *m);

#endif
