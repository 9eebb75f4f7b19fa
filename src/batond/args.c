/* SPDX-License-Identifier: BSD-2-Clause
 *
 *     batond [FILE | -] [--NAME VALUE ...] [-]
 *
 * As redis-server does: a word that begins with "--" names an option, unless it
 * stands right behind a name, where it is a value; a name and its value may
 * also be one word ("--port 6380"); --save without a value says "".
 */
#include "config.h"

#include "batond/args.h"

#include "base/buf.h"
#include "batond/conf.h"
#include "batond/value.h"
#include "command/service.h"

#include <stdio.h>
#include <string.h>

static bool is_name(const char *arg)
{
    return arg[0] == '-' && arg[1] == '-' && arg[2] != '\0';
}

enum args_mode args_mode(int *argc, char **argv)
{
    int kept = 1;
    enum args_mode mode = ARGS_RUN;

    if (*argc > 1 &&
        (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        return ARGS_HELP;
    }
    if (*argc > 1 &&
        (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-v") == 0)) {
        return ARGS_VERSION;
    }
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], "--check-config") == 0) {
            mode = ARGS_CHECK;
        } else {
            argv[kept++] = argv[i];
        }
    }
    *argc = kept;
    argv[kept] = NULL;
    return mode;
}

/* Adds an argument in quotes, so that the line is split where argv was. */
static int add_argument(struct bt_buf *line, const char *arg)
{
    int r = bt_buf_add(line, " ", 1);

    return r == 0 ? value_add_quoted(line, arg) : r;
}

static bool has_blank(const char *arg)
{
    return strpbrk(arg, " \t") != NULL;
}

/* One option that begins at argv[i], and its values. *next: the first argument
 * behind them. */
static int one_option(struct config *c, char **argv, int i, int end, int *next,
                      struct option_error *e)
{
    struct bt_buf line = {0};
    bool bare = !has_blank(argv[i]); /* the value is still to come */
    int r = bt_buf_add(&line, argv[i] + 2, strlen(argv[i] + 2));
    int k = i + 1;

    if (bare && strcmp(argv[i], "--save") == 0 &&
        (k == end || is_name(argv[k]))) {
        r = r == 0 ? bt_buf_add(&line, " \"\"", 3) : r;
        bare = false;
    }
    for (; k < end && r == 0 && (bare || !is_name(argv[k])); k++) {
        r = add_argument(&line, argv[k]);
        bare = false;
    }
    *next = k;
    if (r == 0) {
        r = config_line(c, bt_slice(line.p, line.n), NULL, e);
    } else {
        option_no_memory(e);
    }
    bt_buf_fini(&line);
    return r;
}

int config_arguments(struct config *c, int argc, char **argv,
                     struct option_error *e)
{
    int i = 1, end = argc, r = 0;
    bool from_stdin = false;

    if (argc > 2 && strcmp(argv[argc - 1], "-") == 0) {
        from_stdin = true;
        end--;
    }
    if (i < end && !is_name(argv[i])) {
        if (argv[i][0] == '-' && argv[i][1] != '\0') {
            return option_fail(e, "unknown argument '%s' (try batond --help)",
                               argv[i]);
        }
        r = config_file(c, argv[i++], e);
    }
    if (from_stdin && r == 0) {
        r = config_file(c, "-", e);
    }
    while (i < end && r == 0) {
        if (!is_name(argv[i])) {
            return option_fail(e, "unknown argument '%s' (try batond --help)",
                               argv[i]);
        }
        r = one_option(c, argv, i, end, &i, e);
    }
    return r;
}

void args_version(void)
{
    printf("batond %s (behaves as Redis %s)\n", PACKAGE_VERSION,
           CMD_REDIS_VERSION);
}

void args_help(void)
{
    fputs(
        "batond: an in-memory database for Redis clients, on all processors\n"
        "\n"
        "  batond                                  port 6379, all addresses\n"
        "  batond /etc/batond.conf                 a file like redis.conf\n"
        "  batond --port 0 --unixsocket /run/batond.sock --unixsocketperm 770\n"
        "  batond --bind 0.0.0.0 --requirepass secret\n"
        "  batond conf --workers 4 --loglevel verbose --daemonize yes\n"
        "\n"
        "usage: batond [FILE | -] [--NAME VALUE ...] [--check-config]\n"
        "\n"
        "Options are those of redis.conf; the ones asked for most:\n"
        "  --bind ADDRESS ...      --port N               --unixsocket PATH\n"
        "  --requirepass PASSWORD  --protected-mode yes|no\n"
        "  --maxclients N          --timeout SECONDS      --databases N\n"
        "  --daemonize yes|no      --pidfile PATH         --dir PATH\n"
        "  --logfile PATH          --loglevel debug|verbose|notice|warning\n"
        "  --workers N             threads that serve; 0: one per processor\n"
        "  --check-config          say whether the options are right, and end\n"
        "  --version               --help\n"
        "A later option counts more than an earlier one and than the file.\n"
        "Data lives in memory only: it is gone when batond ends.\n"
        "See batond(8), and batond.conf(5) for all options.\n",
        stdout);
}
