/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/life.h -- how connections begin, how long they live, how they leave.
 *
 * Threads    the client's. stress_client_open and stress_client_connect
 *            (client.h) are here too.
 */
#ifndef STRESS_LIFE_H
#define STRESS_LIFE_H

#include <stdbool.h>

#include "stress/client.h"

/* The socket is connected, or is not going to be. */
void stress_life_greet(struct stress_client *c, struct stress_worker *w);
/* It has been answered: from now on it grows older. */
void stress_life_begin(struct stress_client *c, struct stress_worker *w);
/* Its time is over, or it has served enough. */
bool stress_life_over(const struct stress_client *c,
                      const struct stress_worker *w);
/* Closes it on purpose, in the way that was asked for. */
void stress_life_leave(struct stress_client *c, struct stress_worker *w);
/* It is closed; it queues up to be opened again. */
void stress_life_again(struct stress_client *c, struct stress_worker *w);

#endif
