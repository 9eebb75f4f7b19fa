/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/option_value.h -- reads the value of an option, or says what it wants.
 *
 * Threads    main.
 */
#ifndef STRESS_OPTION_VALUE_H
#define STRESS_OPTION_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "stress/options.h"

enum stress_option_kind {
    OPT_FLAG,
    OPT_TEXT,
    OPT_U32,
    OPT_U64,
    OPT_SECONDS,
    OPT_RATIO,
    OPT_RATE,
    OPT_ARRIVALS,
    OPT_SIZES,
    OPT_CHOICE,
    OPT_SWEEP,
    OPT_SLO,
    OPT_GOODBYE,
    OPT_MISDEEDS,
    OPT_NAMES, /* from here on: print something and stop */
    OPT_HELP,
    OPT_VERSION
};

/* One option: where its value goes, and what that may be. */
struct stress_option {
    char letter;
    const char *name;
    enum stress_option_kind kind;
    size_t at;
    uint64_t min, max;
};

/* 0, or -EINVAL and nothing of use stored. */
int stress_option_store(struct stress_options *o, const struct stress_option *r,
                        const char *value);
/* "wants ..., not VALUE". */
void stress_option_wants(const struct stress_option *r, const char *value,
                         char *text, size_t room);

#endif
