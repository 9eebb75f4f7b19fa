/* SPDX-License-Identifier: BSD-2-Clause
 *
 * batond/listen.h -- makes the master sockets that the options ask for.
 *
 * Threads    Main, before the server runs.
 */
#ifndef BATON_BATOND_LISTEN_H
#define BATON_BATOND_LISTEN_H

#include "batond/conf.h"

struct baton_service;

/* 0, or a negative errno with e filled in: an address that cannot be had, or
 * none at all to listen on. */
int listen_all(struct config *c, const struct baton_service *service,
               struct option_error *e);

#endif
