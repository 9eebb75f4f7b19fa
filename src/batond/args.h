/* SPDX-License-Identifier: BSD-2-Clause
 *
 * batond/args.h -- what the user asks for besides options.
 *
 * Threads    Main.
 */
#ifndef BATON_BATOND_ARGS_H
#define BATON_BATOND_ARGS_H

enum args_mode {
    ARGS_RUN,
    ARGS_CHECK,
    ARGS_HELP,
    ARGS_VERSION
};

/* Takes --check-config out of argv; sees --help and --version. */
enum args_mode args_mode(int *argc, char **argv);

void args_help(void);
void args_version(void);

#endif
