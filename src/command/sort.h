/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/sort.h -- what the files of SORT share.
 *
 * Threads    As for commands: the worker that owns the client.
 */
#ifndef BATON_COMMAND_SORT_H
#define BATON_COMMAND_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "command/command.h"

/* ---- Options: sort.c ---- */

struct sort {
    struct call *call;
    bool desc, alpha;
    bool asis; /* BY a pattern without a star: no sorting */
    int64_t skip, count;
    struct bt_slice by;           /* p == NULL: by the elements themselves */
    const struct bt_slice *store; /* NULL: reply */
    size_t n_get;                 /* GET patterns */
    size_t first, n;              /* of the items: those that LIMIT wants */
    struct sort_item *items;
    size_t n_items;
    struct bt_buf texts; /* of the items */
    struct bt_buf key;   /* being looked up */
};

/* ---- Items: sort_items.c ---- */

struct sort_item {
    struct bt_slice element;
    struct bt_slice by; /* ALPHA; p == NULL: there is none */
    double score;
    size_t order; /* as it came: of two that are equal, the first stays first */
};

/* Fills s->items from the value at argv[1] (NULL: from nothing), sorted; sets
 * first and n. False after the error reply. */
bool sort_items(struct sort *s, const struct db_entry *e);
void sort_fini(struct sort *s);

/* ---- Order: sort_order.c ---- */

void sort_in_order(struct sort *s);

/* ---- Patterns: sort_pattern.c ---- */

/* What a pattern gives for an element: 1, and *value lies in the keyspace or in
 * text until the next change; 0: nothing; -ENOMEM. */
#define SORT_TEXT 32
int sort_lookup(struct sort *s, struct bt_slice pattern,
                struct bt_slice element, char text[SORT_TEXT],
                struct bt_slice *value);

#endif
