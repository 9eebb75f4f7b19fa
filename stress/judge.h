/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/judge.h -- finds the request a reply belongs to and judges it.
 *
 * Threads    the client's thread.
 */
#ifndef STRESS_JUDGE_H
#define STRESS_JUDGE_H

#include <stdint.h>

#include "stress/resp.h"

struct stress_client;
struct stress_worker;

/* One reply has come. False: the connection must not be used any further (it
 * was not asked for, or it refuses our greeting). */
int stress_judge(struct stress_client *c, struct stress_worker *w,
                 const struct stress_reply *r, uint64_t now);

/* The requests in flight will have no reply: what follows for their keys.
 * Returns how many they were. */
unsigned stress_judge_abandon(struct stress_client *c, struct stress_worker *w);

#endif
