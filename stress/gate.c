/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/gate.c -- where threads meet: filled, let go, ended.
 */
#include "stress/gate.h"

#include <time.h>

#include "stress/clock.h"

void stress_gate_init(struct stress_gate *g, unsigned threads)
{
    *g = (struct stress_gate){.threads = threads};
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->moved, NULL);
}

void stress_gate_fini(struct stress_gate *g)
{
    pthread_cond_destroy(&g->moved);
    pthread_mutex_destroy(&g->lock);
}

void stress_gate_wait(struct stress_gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->arrived++;
    pthread_cond_broadcast(&g->moved);
    while (!g->open) {
        pthread_cond_wait(&g->moved, &g->lock);
    }
    pthread_mutex_unlock(&g->lock);
}

void stress_gate_arm(struct stress_gate *g)
{
    pthread_mutex_lock(&g->lock);
    while (g->arrived < g->threads) {
        pthread_cond_wait(&g->moved, &g->lock);
    }
    pthread_mutex_unlock(&g->lock);
}

void stress_gate_open(struct stress_gate *g, double seconds)
{
    pthread_mutex_lock(&g->lock);
    g->begin = stress_now();
    if (seconds > 0) {
        g->deadline = g->begin + (uint64_t)(seconds * (double)STRESS_NS_PER_S);
    }
    g->open = true;
    pthread_cond_broadcast(&g->moved);
    pthread_mutex_unlock(&g->lock);
}

void stress_gate_leave(struct stress_gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->ended++;
    pthread_cond_broadcast(&g->moved);
    pthread_mutex_unlock(&g->lock);
}

bool stress_gate_ended(struct stress_gate *g, uint64_t until)
{
    uint64_t now = stress_now(), left = until > now ? until - now : 0;
    struct timespec ts;
    bool ended;
    int rc = 0;

    clock_gettime(CLOCK_REALTIME, &ts);
    ts.tv_sec += (time_t)(left / STRESS_NS_PER_S);
    ts.tv_nsec += (long)(left % STRESS_NS_PER_S);
    if (ts.tv_nsec >= (long)STRESS_NS_PER_S) {
        ts.tv_nsec -= (long)STRESS_NS_PER_S;
        ts.tv_sec++;
    }
    pthread_mutex_lock(&g->lock);
    while (g->ended < g->threads && rc == 0) {
        rc = pthread_cond_timedwait(&g->moved, &g->lock, &ts);
    }
    ended = g->ended == g->threads;
    pthread_mutex_unlock(&g->lock);
    return ended;
}
