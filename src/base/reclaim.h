/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/reclaim.h -- safe memory reclamation for lock-free readers (ck_epoch).
 *
 * Purpose    A writer unlinks an object and retires it; its memory is released
 *            once every reader that could have seen it has left its section.
 * Threads    A domain's records are made by the main thread before the threads
 *            start and freed after they are joined (ck registers with plain
 *            accesses). A record is used by its thread alone.
 * Ownership  retire takes the object; fn(obj) runs later, exactly once, on the
 *            thread whose record it was given to (or in record_free).
 * Rules      One section for a whole pass of work, never held across a wait or
 *            slow work. Unlink before retire. Sections do not nest here.
 * Cost       Retired objects are gathered in batches: an object needs no
 *            member for it, and the epoch machinery runs once per batch.
 */
#ifndef BT_BASE_RECLAIM_H
#define BT_BASE_RECLAIM_H

#include <stdbool.h>
#include <stddef.h>

struct bt_domain;
struct bt_record;

typedef void bt_retire_fn(void *obj);

/* ---- Setup: main thread ---- */
struct bt_domain *bt_domain_new(void);
void bt_domain_free(struct bt_domain **d); /* after all records were freed */
struct bt_record *bt_record_new(struct bt_domain *d);
/* Runs everything that is still retired: no reader may be left. */
void bt_record_free(struct bt_record **r);

/* ---- The record's thread ---- */
void bt_record_enter(struct bt_record *r);
void bt_record_leave(struct bt_record *r);
bool bt_record_inside(const struct bt_record *r);
void bt_retire(struct bt_record *r, void *obj, bt_retire_fn *fn);
/* The same for an object that may be large: much memory does not wait for a
 * batch to fill up, nor for its time. */
void bt_retire_sized(struct bt_record *r, void *obj, bt_retire_fn *fn,
                     size_t bytes);
/* What waits for release, as far as its size was told. Whoever makes it grow
 * without bounds must end its section now and then. */
size_t bt_record_bytes(const struct bt_record *r);

/* Outside sections: closes the open batch when it is due and releases what can
 * be released, without waiting. Cheap when nothing is retired. */
void bt_record_poll(struct bt_record *r);
/* The same, spared as long as little is retired and the last look is only some
 * milliseconds old: for passes that may be as short as one request. */
void bt_record_tend(struct bt_record *r);

/* True while something waits for release: sleep no longer than some 10 ms. */
bool bt_record_pending(const struct bt_record *r);

#endif
