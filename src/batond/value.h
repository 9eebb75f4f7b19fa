/* SPDX-License-Identifier: BSD-2-Clause
 *
 * batond/value.h -- parsers for the values that no kind of option covers, and
 * values as text.
 */
#ifndef BATON_BATOND_VALUE_H
#define BATON_BATOND_VALUE_H

#include "base/buf.h"
#include "base/check.h"
#include "batond/option.h"

/* ---- Parsers ---- */

/* Classes of clients and three sizes each; classes not named keep theirs. */
option_parse_fn value_limits;
/* Seconds and changes, again and again; adds to the value before; "" clears. */
option_parse_fn value_save;
/* A master, or "no one". */
option_parse_fn value_replicaof;
/* Words out of default, save, nosave, now, force. */
option_parse_fn value_shutdown_flags;
/* Numbers from 0 to 100. */
option_parse_fn value_percentiles;
/* Of notify-keyspace-events. */
option_parse_fn value_notify;
/* A name and rules; adds to the users before. */
option_parse_fn value_user;
/* Of dispatch-queue. */
option_parse_fn value_power_of_two;

/* A size: digits and a unit. False: it is none. */
bool value_memory(struct bt_slice word, int64_t *out);
/* Joins words with blanks, malloc'd. 0 or -ENOMEM with e filled in. */
int value_join(const struct bt_slice *word, size_t n, char **out,
               struct option_error *e);
/* The text of a value, formatted. 0 or -ENOMEM with e filled in. */
int value_text(struct option_value *out, struct option_error *e,
               const char *fmt, ...) BT_PRINTF(3, 4);

/* ---- Back into text: value_text.c. 0 or -ENOMEM ---- */

int value_add(struct bt_buf *b, const struct option *o,
              const struct option_value *v);
/* In double quotes, with escapes for all that is not plain. */
int value_add_quoted(struct bt_buf *b, const char *p);
/* A size, with the largest unit that divides it. */
int value_add_memory(struct bt_buf *b, uint64_t v);

#endif
