/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/rogues.c -- all clients that misbehave, and their connections.
 */
#include "stress/rogues.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stress/clock.h"
#include "stress/net.h"
#include "stress/run.h"

#define ROGUE_PAUSE_NS (50 * STRESS_NS_PER_MS)

int stress_rogues_init(struct stress_rogues *g, struct stress_run *run)
{
    const struct stress_misdeeds *m = &run->options.misdeeds;
    uint32_t at = 0;

    *g = (struct stress_rogues){.run = run, .n = m->total};
    g->rogue = calloc(g->n + 1, sizeof(*g->rogue));
    for (int k = 0; g->rogue != NULL && k < STRESS_N_MISDEEDS; k++) {
        for (uint32_t i = 0; i < m->n[k]; i++, at++) {
            g->rogue[at] = (struct stress_rogue){
                .kind = (enum stress_misdeed)k, .fd = -1, .random = at};
        }
    }
    return g->rogue != NULL ? 0 : -ENOMEM;
}

static void close_rogue(struct stress_rogue *r)
{
    struct linger now = {.l_onoff = 1};

    if (r->kind == STRESS_RST) {
        setsockopt(r->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    }
    close(r->fd);
    r->fd = -1;
}

static void open_rogue(struct stress_rogues *g, struct stress_rogue *r,
                       uint64_t now)
{
    struct stress_fault_count *n = &g->count[r->kind];
    int rc = stress_connect(&g->run->target, g->connects++, &r->fd);

    r->at = 0;
    r->connected = rc == 0;
    r->opened_at = now;
    r->next_at = now + ROGUE_PAUSE_NS;
    if (rc < 0 && rc != -EINPROGRESS) {
        r->fd = -1;
        n->failed += rc != -EAGAIN;
        return;
    }
    n->opened += rc == 0;
    r->next_at = now;
}

/* Whether its connection stands by now. */
static bool established(struct stress_rogues *g, struct stress_rogue *r)
{
    struct stress_fault_count *n = &g->count[r->kind];
    struct pollfd p = {.fd = r->fd, .events = POLLOUT};

    if (r->connected) {
        return true;
    }
    if (poll(&p, 1, 0) <= 0) {
        return false;
    }
    if (stress_connect_result(r->fd) < 0) {
        n->failed++;
        close_rogue(r);
        return false;
    }
    r->connected = true;
    n->opened++;
    return true;
}

void stress_rogues_act(struct stress_rogues *g, uint64_t now)
{
    for (uint32_t i = 0; i < g->n; i++) {
        struct stress_rogue *r = &g->rogue[i];

        if (now < r->next_at) {
            continue;
        }
        if (r->fd < 0) {
            open_rogue(g, r, now);
        } else if (established(g, r) &&
                   !stress_rogue_act(r, &g->count[r->kind], now)) {
            close_rogue(r);
            r->next_at = now + ROGUE_PAUSE_NS;
        }
    }
}

void stress_rogues_stop(struct stress_rogues *g,
                        struct stress_fault_count count[STRESS_N_MISDEEDS])
{
    for (uint32_t i = 0; i < g->n; i++) {
        if (g->rogue[i].fd >= 0) {
            close_rogue(&g->rogue[i]);
        }
    }
    g->n = 0;
    memcpy(count, g->count, sizeof(g->count));
}

void stress_rogues_fini(struct stress_rogues *g)
{
    free(g->rogue);
    g->rogue = NULL;
}
