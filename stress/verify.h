/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/verify.h -- what each key may hold, and how a value proves it.
 *
 * Purpose    Every key is written by one connection only (key modulo number of
 *            connections), in rising versions, and read by all. A value names
 *            its key, its writer and its version, and the rest of it is derived
 *            from these. A GET is right when it brings a version between the
 *            last one known to be in force when the GET was sent (acknowledged,
 *            or seen by some reader) and the last one sent when the reply came.
 * Threads    sent: the writer's thread. All else: any thread.
 * Ownership  The ledger belongs to main; threads end before it does.
 */
#ifndef STRESS_VERIFY_H
#define STRESS_VERIFY_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* "kkkkkkkk:wwwww:vvvvvvvv:", hexadecimal, and at least 8 bytes of filler. */
#define STRESS_VALUE_HEAD 24
#define STRESS_VALUE_MIN  32
#define STRESS_KEY_BYTES  20 /* "bs:rrrrrrrr:kkkkkkkk" */

/* The ways in which a reply can be wrong. */
enum stress_fault {
    STRESS_RIGHT,
    STRESS_CROSSED,    /* the sound value of another key */
    STRESS_TORN,       /* no value that was ever written */
    STRESS_STALE,      /* a version that was no longer in force */
    STRESS_LOST,       /* an acknowledged write has vanished */
    STRESS_REORDERED,  /* replies of one connection changed places */
    STRESS_MISSING,    /* no reply came in time, on a live connection */
    STRESS_UNEXPECTED, /* a reply of the wrong kind, or one nobody asked for */
    STRESS_N_FAULTS
};

struct stress_ledger {
    uint32_t keys, writers;
    size_t value_bytes;
    uint32_t run; /* tells this run's keys and values from those of others */
    _Atomic uint32_t *sent;     /* highest version sent, per key */
    _Atomic uint32_t *in_force; /* highest version proved, per key */
};

const char *stress_fault_name(enum stress_fault f);

int stress_ledger_init(struct stress_ledger *l);
void stress_ledger_fini(struct stress_ledger *l);

/* ---- writer of the key ---- */
/* The version to send next; from now on readers may see it. */
uint32_t stress_ledger_send(struct stress_ledger *l, uint32_t key);
/* A SET of this key was refused, or its connection broke before the reply, so
 * that it may take effect at any later time: from now on any version that was
 * sent is right, and none as well. */
void stress_ledger_void(struct stress_ledger *l, uint32_t key);

/* ---- any thread ---- */
/* The version was acknowledged or read: older ones are stale from now on. */
void stress_ledger_prove(struct stress_ledger *l, uint32_t key,
                         uint32_t version);
/* The lowest version that a GET sent now by this connection may bring; 0: nil
 * as well. Its writer must see its own SETs, answered or not, since a server
 * takes the requests of one connection in order. */
uint32_t stress_ledger_floor(const struct stress_ledger *l, uint32_t key,
                             uint32_t reader);

void stress_key_write(const struct stress_ledger *l, char *to, uint32_t key);
void stress_value_write(const struct stress_ledger *l, char *to, uint32_t key,
                        uint32_t version);

/* Checks a value in full. *version is set when it is a right one. */
enum stress_fault stress_value_check(const struct stress_ledger *l,
                                     const char *value, size_t len,
                                     uint32_t key, uint32_t floor,
                                     uint32_t *version);

void stress_hex(char *to, uint32_t v, unsigned digits);

#endif
