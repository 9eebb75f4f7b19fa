/* SPDX-License-Identifier: BSD-2-Clause
 *
 * batond: an in-memory database that speaks RESP, a service on libbaton.
 */
#include "batond/args.h"
#include "batond/conf.h"
#include "batond/daemon.h"
#include "batond/run.h"

#include <stdio.h>

static int check(struct config *c, struct option_error *e)
{
    int r = config_finish(c, e);

    if (r == 0) {
        config_warn(c);
        printf("batond: the configuration is ok%s%s\n", *c->file ? ": " : "",
               c->file);
    }
    return r;
}

static int configured(struct config *c, enum args_mode mode,
                      struct option_error *e)
{
    int r;

    if (mode == ARGS_CHECK) {
        return check(c, e);
    }
    r = config_finish(c, e);
    return r == 0 ? run(c, e) : r;
}

int main(int argc, char **argv)
{
    static struct config config; /* zeroed, and too large for the stack */
    struct option_error e;
    enum args_mode mode;
    int r;

    daemon_hold_descriptors();
    mode = args_mode(&argc, argv);
    if (mode == ARGS_HELP) {
        args_help();
        return 0;
    }
    if (mode == ARGS_VERSION) {
        args_version();
        return 0;
    }
    r = config_init(&config, &e);
    if (r == 0) {
        config.settings.executable = argv[0];
        r = config_arguments(&config, argc, argv, &e);
    }
    if (r == 0) {
        r = configured(&config, mode, &e);
    }
    if (r != 0) {
        fprintf(stderr, "batond: %s\n", e.text);
    }
    config_fini(&config);
    return r == 0 ? 0 : 1;
}
