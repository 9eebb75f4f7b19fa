/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/report.c -- what a result amounts to.
 */
#include "stress/report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

uint64_t stress_result_requests(const struct stress_result *r)
{
    return stress_tally_get(&r->total, STRESS_READS) +
           stress_tally_get(&r->total, STRESS_WRITES);
}

uint64_t stress_result_intended(const struct stress_result *r)
{
    return stress_histogram_count(&r->total.delay) +
           stress_tally_get(&r->total, STRESS_DROPPED);
}

struct stress_histogram *stress_result_disturbed(const struct stress_result *r)
{
    struct stress_histogram *h = calloc(1, sizeof(*h));

    if (h != NULL) {
        stress_histogram_merge(h, r->run->options.open ? &r->total.response
                                                       : &r->total.service);
        stress_histogram_subtract(h, &r->total.calm);
        atomic_store(&h->max, (uint64_t)stress_histogram_top(h));
    }
    return h;
}

const char *stress_result_warning(const struct stress_result *r)
{
    uint64_t intended = stress_result_intended(r);
    uint64_t missed = stress_tally_get(&r->total, STRESS_LATE) +
                      stress_tally_get(&r->total, STRESS_DROPPED);

    if (!r->run->options.open) {
        return r->busiest < 0.95
                   ? NULL
                   : "a thread of the generator used all of a processor: the "
                     "server may be faster than this says (see -t)";
    }
    if (missed * 100 <= intended) {
        return NULL;
    }
    return r->busiest > 0.9
               ? "the generator was the bottleneck: sends were late or dropped "
                 "while a thread of its own was busy all the time (see -t)"
               : "more than 1 % of the sends were late or dropped, though the "
                 "generator had time to spare";
}

bool stress_result_clean(const struct stress_result *r)
{
    bool ok = stress_tally_get(&r->total, STRESS_CONN_ERRORS) == 0 &&
              stress_tally_get(&r->total, STRESS_REPLY_ERRORS) == 0;

    for (int i = STRESS_RIGHT + 1; i < STRESS_N_FAULTS; i++) {
        ok = ok && stress_tally_faults(&r->total, i) == 0;
    }
    return ok;
}

bool stress_result_ok(const struct stress_result *r)
{
    return stress_result_clean(r) && r->herd.idle_lost == 0 &&
           (r->herd.storm_failed == 0 || r->interrupted) &&
           (stress_result_requests(r) > 0 || r->interrupted ||
            r->run->options.clients == 0);
}

/* Appends, with a comma after what is there already. */
__attribute__((format(printf, 3, 4))) static void add(char *to, size_t room,
                                                      const char *format, ...)
{
    size_t n = strlen(to);
    va_list args;

    if (n > 0) {
        n += (size_t)snprintf(to + n, room - n, ", ");
    }
    if (n < room) {
        va_start(args, format);
        vsnprintf(to + n, room - n, format, args);
        va_end(args);
    }
}

void stress_result_verdict(const struct stress_result *r, char *to, size_t room)
{
    uint64_t errors = stress_tally_get(&r->total, STRESS_REPLY_ERRORS);
    uint64_t broken = stress_tally_get(&r->total, STRESS_CONN_ERRORS);
    char text[512] = "";

    if (stress_result_ok(r)) {
        snprintf(to, room, "ok");
        return;
    }
    for (int i = STRESS_RIGHT + 1; i < STRESS_N_FAULTS; i++) {
        uint64_t n = stress_tally_faults(&r->total, i);

        if (n > 0) {
            add(text, sizeof(text), "%" PRIu64 " %s", n, stress_fault_name(i));
        }
    }
    if (errors > 0) {
        add(text, sizeof(text), "%" PRIu64 " error replies", errors);
    }
    if (broken > 0) {
        add(text, sizeof(text), "%" PRIu64 " connection errors", broken);
    }
    if (r->herd.idle_lost > 0) {
        add(text, sizeof(text), "%" PRIu32 " idle connections lost",
            r->herd.idle_lost);
    }
    if (r->herd.storm_failed > 0 && !r->interrupted) {
        add(text, sizeof(text), "%" PRIu32 " of the storm not answered",
            r->herd.storm_failed);
    }
    if (stress_result_requests(r) == 0 && r->run->options.clients > 0) {
        add(text, sizeof(text), "no request was answered");
    }
    snprintf(to, room, "WRONG (%s)", text);
}
