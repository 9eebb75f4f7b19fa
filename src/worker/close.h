/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/close.h -- how a client ends.
 *
 * Purpose    baton_close() only notes it. At the end of the pass the client
 *            becomes `closing`: its last words are sent; when they are an
 *            answer to something, the close lingers: our side is shut down and
 *            input is thrown away until the peer has read them and closes too,
 *            bounded in time and bytes. Then the handle leaves the table and
 *            the fd is closed.
 * Threads    The worker.
 */
#ifndef BT_WORKER_CLOSE_H
#define BT_WORKER_CLOSE_H

#include "worker/worker.h"

/* End of the pass: closes and moves what is on w->ends. */
void bt_close_ends(struct baton_worker *w);
/* A closing client's turn: goes on sending, or throwing away. */
void bt_close_turn(struct baton_worker *w, struct baton_client *c);
/* Puts c onto w->ends. */
void bt_close_note(struct baton_worker *w, struct baton_client *c);
/* No more waiting: everything is closed at the end of this pass. */
void bt_close_all(struct baton_worker *w, enum baton_reason reason);

#endif
