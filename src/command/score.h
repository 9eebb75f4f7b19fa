/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/score.h -- scores, weights and the ends of ranges as clients write
 * them.
 *
 * Threads    Any; no state.
 */
#ifndef BATON_COMMAND_SCORE_H
#define BATON_COMMAND_SCORE_H

#include <stdbool.h>

#include "base/slice.h"
#include "type/ztree.h"

/* All that strtod reads, to the last byte; no white space in front, no NaN, and
 * nothing too large or too small to be told from infinity or zero. */
bool score_parse(struct bt_slice s, double *v);

/* "1.5", "(1.5", "-inf": where the range begins, or (`upper`) ends. As Redis
 * reads it, nothing at all is 0. */
bool score_end(struct bt_slice s, bool upper, struct zpoint *p);

/* "[member", "(member", "-", "+". */
bool score_lex_end(struct bt_slice s, bool upper, struct zpoint *p);

#endif
