/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/fault.h -- clients that misbehave.
 *
 * Purpose    slow-reader   asks for much and reads a kilobyte now and then
 *            never-read    asks and asks and reads nothing
 *            slow-writer   sends its request byte by byte
 *            garbage       sends what is no request
 *            partial       sends half a request, waits, and goes
 *            rst           resets the connection in the middle of a reply
 *            oversize      announces gigabytes
 * Threads    parse: main. Everything else: the herd's.
 */
#ifndef STRESS_FAULT_H
#define STRESS_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stress_misdeed {
    STRESS_SLOW_READER,
    STRESS_NEVER_READ,
    STRESS_SLOW_WRITER,
    STRESS_GARBAGE,
    STRESS_PARTIAL,
    STRESS_RST,
    STRESS_OVERSIZE,
    STRESS_N_MISDEEDS
};

struct stress_misdeeds {
    uint32_t n[STRESS_N_MISDEEDS];
    uint32_t total;
};

struct stress_fault_count {
    uint64_t opened, closed_by_server, failed, bytes_in, bytes_out;
};

struct stress_rogue {
    enum stress_misdeed kind;
    int fd; /* -1: not open */
    bool connected;
    uint64_t next_at, opened_at;
    size_t at; /* bytes sent of what it sends */
    uint64_t random;
};

/* "slow-reader:4,rst:20"; 0 or -EINVAL. */
int stress_misdeeds_parse(struct stress_misdeeds *m, const char *text);
const char *stress_misdeed_name(enum stress_misdeed k);

#define STRESS_BAIT_BYTES 65536

/* What a rogue asks for: the key of a value of STRESS_BAIT_BYTES. Called once
 * before any of them acts. */
void stress_rogue_prepare(const char *key, size_t key_len);

/* Does its next misdeed; false: its connection is at an end, and is to be
 * closed by the caller (rst: with a reset). Sets next_at. */
bool stress_rogue_act(struct stress_rogue *r, struct stress_fault_count *n,
                      uint64_t now);

#endif
