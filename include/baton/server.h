/* SPDX-License-Identifier: BSD-2-Clause
 *
 * baton/server.h -- making, running and stopping a server.
 *
 * Threads    baton_new, baton_listen, baton_run and baton_destroy are called
 *            by one thread (or by several, one after another). baton_stop is
 *            for any thread and for signal handlers. The rest says so.
 */
#ifndef BATON_SERVER_H
#define BATON_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <baton/service.h>

#ifdef __cplusplus
extern "C" {
#endif

enum baton_level {
    BATON_DEBUG,
    BATON_VERBOSE,
    BATON_NOTICE,
    BATON_WARNING
};

/* Takes one finished line of log, without newline. Any thread, several at once;
 * must not call the library. */
typedef void baton_log_fn(void *arg, enum baton_level level, const char *line);

struct baton_options {
    unsigned workers; /* 1..1024; 0 = processors this process may use */
    unsigned
        dispatch_queue;    /* dispatch ring; power of two, 2..1048576 [1024] */
    unsigned max_clients;  /* 1..; lowered when fds are short [10000] */
    int backlog;           /* listen(2), TCP and Unix [511] */
    unsigned idle_seconds; /* close silent clients; 0 = never [0] */
    unsigned keepalive_seconds; /* SO_KEEPALIVE, TCP only; 0 = off [300] */
    unsigned shutdown_ms;       /* how long a stop may take [10000] */
    size_t output_pause_bytes;  /* stop serving a client over it [1 MiB] */
    size_t input_limit_bytes;   /* unfinished request at most [1 GiB] */
    bool nodelay;               /* TCP_NODELAY [true] */
    baton_log_fn *log;          /* NULL = silent */
    void *log_arg;
    const char *thread_prefix; /* thread names; NULL = "baton". Must outlive
                                  the server */
    /* Called once, by the thread in baton_run(), when all threads run and
     * clients are served; not when it cannot start. NULL = nothing is. */
    void (*ready)(struct baton_server *s, void *arg);
    void *ready_arg;
};

/* Fills in the defaults given in brackets above. */
void baton_options_init(struct baton_options *o);

/* *out gets a server, NULL on failure. 0, -EINVAL (an option out of its range),
 * -ENOMEM, -EMFILE and kin. The options are copied, but not what they point to.
 * The process' limit of open fds is raised if max_clients needs it. */
int baton_new(const struct baton_options *o, struct baton_server **out);

/* Creates a master socket, before baton_run(). address is one of
 *     tcp://HOST:PORT   IPv4 or IPv6 address ("[::1]"), or * for all of IPv4;
 *                       "[::]" is IPv6 only. Port 0 = any free one.
 *     unix://PATH       a Unix domain socket. mode: baton_listen_mode().
 * 0; -EINVAL (bad address; no name or bytes; too late), -ENAMETOOLONG (Unix
 * path over the system's limit), -EADDRINUSE (also: somebody answers on the
 * Unix path, or it is no socket), -ENOSPC (over 16 services), -EADDRNOTAVAIL,
 * -EACCES, ...  A stale socket file is removed only when nobody answers on it.
 * When the server stops or is destroyed, the file is removed only if it is
 * still the one made here. */
int baton_listen(struct baton_server *s, const char *address,
                 const struct baton_service *service);

/* The same; mode (for example 0700) is given to a Unix socket's file, 0 leaves
 * it to the umask. */
int baton_listen_mode(struct baton_server *s, const char *address,
                      const struct baton_service *service, unsigned mode);

/* How many master sockets there are, and the address of the i-th as it was
 * bound, port filled in ("127.0.0.1:7000", "/run/x.sock"). Any thread after the
 * last baton_listen(). NULL when there is no i-th. */
unsigned baton_masters(const struct baton_server *s);
const char *baton_master_address(const struct baton_server *s, unsigned i);

/* Starts acceptor and workers, serves until baton_stop(), drains, and joins all
 * threads. 0 after a clean stop (or a second baton_stop()), -ETIMEDOUT when
 * shutdown_ms ran out before all clients had their replies, else why it could
 * not start; -EINVAL without a master socket. Once for a server. */
int baton_run(struct baton_server *s);

/* Begins an orderly stop: no new connections; every request that was received
 * whole is answered, but for parked ones; replies are flushed; connections are
 * closed. A second call ends it at once. Before baton_run() it makes that stop
 * as soon as it began. Async-signal-safe, any thread. */
void baton_stop(struct baton_server *s);

/* Frees everything and sets *s to NULL. After baton_run() returned, or without
 * it. */
void baton_destroy(struct baton_server **s);

/* ---- Any thread, while the server runs ---- */

unsigned baton_workers(const struct baton_server *s);

/* Runs fn(worker, arg) on worker `index` in its next pass. 0, -EINVAL, -ENOMEM,
 * -ESHUTDOWN (not started yet, or over). fn always runs when 0 was returned; if
 * baton_run() could not start all threads, possibly on its thread. */
int baton_post_worker(struct baton_server *s, unsigned index,
                      void (*fn)(struct baton_worker *w, void *arg), void *arg);

/* The same for who must be able to reach a worker later: the memory is taken in
 * advance. NULL: out of memory. */
struct baton_job;
struct baton_job *baton_job_new(void (*fn)(struct baton_worker *w, void *arg),
                                void *arg);
/* 0, -EINVAL, -ESHUTDOWN. After 0 it may be neither posted nor freed until fn
 * is called; from then on it may. */
int baton_job_post(struct baton_server *s, unsigned index,
                   struct baton_job *job);
/* Sets *job, which may be NULL, to NULL. */
void baton_job_free(struct baton_job **job);

/* Options that may change while running. max_clients 0, or more than the fd
 * limit (which is raised if possible) allows: -EINVAL; fewer than are there:
 * nobody is closed. The keepalive is for clients that come, shutdown_ms for a
 * stop that has not begun. */
int baton_set_max_clients(struct baton_server *s, unsigned n);
unsigned baton_max_clients(const struct baton_server *s);
void baton_set_idle_seconds(struct baton_server *s, unsigned n);
void baton_set_keepalive_seconds(struct baton_server *s, unsigned n);
void baton_set_output_pause(struct baton_server *s, size_t bytes);
void baton_set_shutdown_ms(struct baton_server *s, unsigned ms);

#ifdef __cplusplus
}
#endif
#endif
