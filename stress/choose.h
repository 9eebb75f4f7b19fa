/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/choose.h -- which key comes next: how popular each one is.
 *
 * Threads    prepare: main. next: any thread, with a state of its own.
 */
#ifndef STRESS_CHOOSE_H
#define STRESS_CHOOSE_H

#include <stdint.h>

struct stress_choice {
    char kind;    /* 'u' uniform, 'z' zipf, 'g' gauss, 's' seq, 'h' hot */
    double theta; /* zipf */
    double p, q;  /* hot: so much of the work goes to so much of the keys */
    uint32_t n;
    double first, last, squeeze; /* zipf, derived from n */
};

/* "uniform", "zipf:0.99", "gauss", "seq", "hot:0.9:0.1"; 0 or -EINVAL. */
int stress_choice_parse(struct stress_choice *c, const char *text);
/* For the keys 0 .. n-1; the most popular come first, but of gauss those in
 * the middle. */
void stress_choice_prepare(struct stress_choice *c, uint32_t n);

/* seq counts on with each call of it. */
uint32_t stress_choice_next(const struct stress_choice *c, uint64_t *random,
                            uint32_t *seq);

#endif
