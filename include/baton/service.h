/* SPDX-License-Identifier: BSD-2-Clause
 *
 * baton/service.h -- the callbacks that give the bytes of a data socket a
 * meaning. Each master socket carries one service; a service may be carried by
 * any number of master sockets, also of several servers.
 *
 * Threads    setup and teardown run on the thread that calls baton_run(),
 *            before the first and after the last worker. All others run on the
 *            worker that owns the client, never two at once for one client.
 *            None may block: the worker's other clients wait meanwhile.
 *            A client's callbacks may make any call for it, but for moved_out
 *            and close.
 * Ownership  The structure is the caller's and must outlive the server.
 * Optional   Every member but name and bytes may be NULL (or 0).
 */
#ifndef BATON_SERVICE_H
#define BATON_SERVICE_H

#include <sys/types.h>
#include <baton/client.h>

#ifdef __cplusplus
extern "C" {
#endif

struct baton_service {
    const char *name;
    const char *refusal; /* last words to a client refused at max_clients */
    void *data;          /* the caller's */
    size_t client_size;  /* bytes of own state in each handle: baton_data() */

    /* Once for a server, whatever number of masters carries the service. 0, or
     * a negative errno value, which ends baton_run() with it; teardown then
     * runs for those services only whose setup came before. */
    int (*setup)(struct baton_server *s, const struct baton_service *service,
                 unsigned workers);
    void (*teardown)(struct baton_server *s,
                     const struct baton_service *service);

    void (*worker_start)(struct baton_worker *w,
                         const struct baton_service *service);
    void (*pass_begin)(struct baton_worker *w,
                       const struct baton_service *service);
    void (*pass_end)(struct baton_worker *w,
                     const struct baton_service *service);
    void (*worker_stop)(struct baton_worker *w,
                        const struct baton_service *service);

    /* After the hand-off, before the first byte. Non-zero (a negative errno)
     * closes the client with BATON_REFUSED; replies made here are sent. */
    int (*open)(struct baton_client *c);

    /* n bytes of input, n > 0. Returns how many were consumed; the rest comes
     * again, in front of what follows, so a request that is left until it is
     * whole is seen in one piece. Rest without new bytes comes only after
     * baton_more() said false, or after a park. A negative errno closes the
     * client with BATON_PROTOCOL. The bytes are the library's and are good
     * until the return. */
    ssize_t (*bytes)(struct baton_client *c, const char *p, size_t n);

    /* Around a move: on the old worker, then on the new one. moved_out looks
     * after the service's own data only: it must not reply, resume, set a
     * timer, move or close. */
    void (*moved_out)(struct baton_client *c);
    void (*moved_in)(struct baton_client *c);

    /* Last call for c, once for each client that reached open (there need not
     * be an open). Its replies are dropped. baton_each() and kin may still see
     * the service's part until the handle has left the table. */
    void (*close)(struct baton_client *c, enum baton_reason reason);
};

/* ---- Workers, for worker_start, pass_begin and kin. Owner worker. ---- */

unsigned baton_worker_index(const struct baton_worker *w);
struct baton_server *baton_worker_server(const struct baton_worker *w);

/* A pointer of the service's own, kept for each worker and service; NULL at
 * first. The server must carry the service. */
void baton_worker_set_data(struct baton_worker *w,
                           const struct baton_service *service, void *data);
void *baton_worker_data(const struct baton_worker *w,
                        const struct baton_service *service);

/* In pass_end: come again in `ms` milliseconds at the latest, though nothing
 * may happen until then. For this one time; of several calls the shortest
 * counts, 0 is taken for 1. */
void baton_worker_soon(struct baton_worker *w, unsigned ms);

/* baton_worker_data() for c's worker and service, without a search: for hot
 * paths. */
void *baton_client_worker_data(const struct baton_client *c);

#ifdef __cplusplus
}
#endif
#endif
