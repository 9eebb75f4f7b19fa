/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/versus_figures.h -- what a comparison of several servers comes to.
 *
 * Threads    main.
 */
#ifndef STRESS_VERSUS_FIGURES_H
#define STRESS_VERSUS_FIGURES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define STRESS_ROUNDS_MAX 100

enum stress_versus_figure {
    STRESS_VS_RATE,
    STRESS_VS_P50,
    STRESS_VS_P99,
    STRESS_VS_P999,
    STRESS_VS_SERVER_CPU,
    STRESS_VS_N_FIGURES
};

struct stress_rival {
    char name[64], host[256], port[16], path[256];
    uint64_t pid;
    double sample[STRESS_VS_N_FIGURES]
                 [STRESS_ROUNDS_MAX]; /* below 0: not known */
    bool wrong;
};

/* Medians with quartiles, and ratios to the first one within each round. */
void stress_versus_show(const struct stress_rival *servers, unsigned n,
                        unsigned rounds, FILE *f);
/* The same as JSON, to a file or to standard output ("-"); 0 or -errno. */
int stress_versus_json(const struct stress_rival *servers, unsigned n,
                       unsigned rounds, const char *path);

#endif
