/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/page.h -- `baton-stress report`: results of --json as one web page.
 *
 * Purpose    A single file without any outside reference or script: a table of
 *            the runs and charts in which they overlay. Also the comparison of
 *            runs for --fail-if.
 * Threads    main.
 */
#ifndef STRESS_PAGE_H
#define STRESS_PAGE_H

#include <stddef.h>
#include <stdio.h>

#include "stress/tree.h"

#define STRESS_PAGE_RUNS 8 /* as many as there are colours */

struct stress_page_run {
    const char *name; /* the file's */
    struct stress_node *result;
};

struct stress_page {
    size_t n;
    struct stress_page_run runs[STRESS_PAGE_RUNS];
};

void stress_page_write(FILE *f, const struct stress_page *page);
/* The charts alone: stress/page_charts.c. 0 or -ENOMEM. */
int stress_page_charts(FILE *f, const struct stress_page *page);

/* One condition, "p99>+10%" or "rate<-5%": of the later runs against the first.
 * Tells each that holds. How many did; -1: the condition is none, and `error`
 * says why. */
int stress_page_fails(const struct stress_page *page, const char *condition,
                      char *error, size_t size);

/* The words behind "report". The exit status. */
int stress_page_main(int argc, char **argv);

#endif
