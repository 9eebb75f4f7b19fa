/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/verify.h -- which version each key may hold.
 *
 * Purpose    Every key is written by one connection only (key modulo number of
 *            writers), in rising versions, and read by all. A read is right
 *            when it brings a version between the last one known to be in force
 *            when it was sent (acknowledged, or seen by some reader) and the
 *            last one sent when the reply came.
 * Threads    send: the writer's thread. All else: any thread.
 * Ownership  The ledger belongs to main; threads end before it does.
 */
#ifndef STRESS_VERIFY_H
#define STRESS_VERIFY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The ways in which a reply can be wrong. */
enum stress_fault {
    STRESS_RIGHT,
    STRESS_CROSSED,    /* the sound value of another key */
    STRESS_TORN,       /* no value that was ever written */
    STRESS_STALE,      /* a version that was no longer in force */
    STRESS_LOST,       /* an acknowledged write has vanished */
    STRESS_REORDERED,  /* replies, elements or messages changed places */
    STRESS_TWICE,      /* an element, a message or a number came twice */
    STRESS_NEVER,      /* an element or a message was accepted and never came */
    STRESS_MISSING,    /* no reply came in time, on a live connection */
    STRESS_UNEXPECTED, /* a reply of the wrong kind, or one nobody asked for */
    STRESS_N_FAULTS
};

struct stress_ledger {
    uint32_t keys, writers;
    _Atomic uint32_t *sent;     /* highest version sent, per key */
    _Atomic uint32_t *in_force; /* highest version proved, per key */
    _Atomic uint32_t *sent_at;  /* when, in ms; NULL: of no interest */
};

const char *stress_fault_name(enum stress_fault f);

/* keys and writers are set. timed: remembers when versions were sent. */
int stress_ledger_init(struct stress_ledger *l, bool timed);
void stress_ledger_fini(struct stress_ledger *l);

/* ---- writer of the key ---- */
/* The version to send next; from now on readers may see it. */
uint32_t stress_ledger_send(struct stress_ledger *l, uint32_t key);
/* A write of this key was refused, or its connection broke before the reply, so
 * that it may take effect at any later time: from now on any version that was
 * sent is right, and none as well. */
void stress_ledger_void(struct stress_ledger *l, uint32_t key);

/* ---- any thread ---- */
/* The version was acknowledged or read: older ones are stale from now on. */
void stress_ledger_prove(struct stress_ledger *l, uint32_t key,
                         uint32_t version);
/* The lowest version that a read sent now by this connection may bring; 0: nil
 * as well. Its writer must see its own writes, answered or not, since a server
 * takes the requests of one connection in order. */
uint32_t stress_ledger_floor(const struct stress_ledger *l, uint32_t key,
                             uint32_t reader);
/* Right, stale or unexpected. */
enum stress_fault stress_ledger_check(const struct stress_ledger *l,
                                      uint32_t key, uint32_t floor,
                                      uint32_t version);
/* Whether the last version sent is the one in force, and was sent at least so
 * long ago; true as well when that cannot be told. */
bool stress_ledger_expired(const struct stress_ledger *l, uint32_t key,
                           double seconds);

#endif
