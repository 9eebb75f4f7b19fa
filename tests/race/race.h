/* SPDX-License-Identifier: BSD-2-Clause
 *
 * race.h -- what the race tests of the engine share. They are plain programs, so
 * that they run under the thread sanitizer too: some seconds of work (the
 * argument, 2 without one) by several threads, and an exit status of 1 with a
 * line on stderr when something that must always hold did not.
 */
#ifndef BATON_RACE_H
#define BATON_RACE_H

#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_bool race_over; /* time is up, or something failed */
static atomic_uint race_failed;

/* Says what does not hold, and ends the test. */
static inline void race_fail(const char *fmt, ...)
{
    va_list ap;

    if (atomic_fetch_add(&race_failed, 1) < 5) {
        va_start(ap, fmt);
        vfprintf(stderr, fmt, ap);
        va_end(ap);
        fputc('\n', stderr);
    }
    atomic_store(&race_over, true);
}

static inline uint64_t race_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* xorshift; each thread has its own state, which is not 0. */
static inline uint64_t race_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static inline void race_pause_us(unsigned us)
{
    struct timespec t = {us / 1000000, (long)(us % 1000000) * 1000};

    nanosleep(&t, NULL);
}

static inline pthread_t race_start(void *(*fn)(void *), uintptr_t arg)
{
    pthread_t t;

    if (pthread_create(&t, NULL, fn, (void *)arg) != 0) {
        perror("pthread_create");
        exit(99);
    }
    return t;
}

static inline void race_join(pthread_t t)
{
    pthread_join(t, NULL);
}

static inline unsigned race_argument(int argc, char **argv, unsigned otherwise)
{
    return argc > 1 ? (unsigned)atoi(argv[1]) : otherwise;
}

/* Lets the threads work until the time is up or one of them failed. */
static inline void race_run_for(unsigned seconds)
{
    uint64_t end = race_ns() + seconds * 1000000000ull;

    while (!atomic_load(&race_over) && race_ns() < end) {
        race_pause_us(1000);
    }
    atomic_store(&race_over, true);
}

/* The exit status. */
static inline int race_end(void)
{
    return atomic_load(&race_failed) != 0;
}

#endif
