/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/input.h -- input that is kept between passes: an unfinished request,
 * or requests that the quantum left over.
 *
 * Purpose    A small rest is copied back in front of the worker's read buffer;
 *            a large one is grown in place, read straight into, and grows as
 *            bytes arrive, never by what a client declares.
 * Threads    The worker that owns the handle.
 */
#ifndef BT_WORKER_INPUT_H
#define BT_WORKER_INPUT_H

#include "worker/worker.h"

struct bt_input {
    size_t off, n, cap; /* bytes p[off .. n) are kept */
    size_t want;        /* so many more at least will be, 0: not known */
    char p[];
};

/* Where the next read goes: *p, with *room bytes free behind `have` bytes of
 * kept input which stand in front of *p. 0, or -ENOMEM. */
int bt_input_place(struct baton_worker *w, struct baton_client *c, char **p,
                   size_t *room, size_t *have);
/* The bytes at p[0..n) (in the read buffer or in c->in) are kept. 0,
 * -ENOMEM. */
int bt_input_keep(struct baton_client *c, const char *p, size_t n);
/* baton_expect() */
void bt_input_expect(struct baton_client *c, size_t n);
void bt_input_drop(struct baton_client *c);

#endif
