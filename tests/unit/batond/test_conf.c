/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From a file and a command line to values: what is taken, what is refused, and
 * with which words.
 */
#include <criterion/criterion.h>

#include "batond/args.h"
#include "batond/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct config config;
static struct option_error e;
static char folder[] = "/tmp/test_conf.XXXXXX";
static char path[100];

static void start(void)
{
    cr_assert(mkdtemp(folder));
    cr_assert_eq(config_init(&config, &e), 0, "%s", e.text);
}

static void end(void)
{
    char command[200];

    config_fini(&config);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(conf, .init = start, .fini = end);

/* Writes a file into the folder; gives its path. */
static const char *file(const char *name, const char *text)
{
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "w");
    cr_assert(f);
    cr_assert_geq(fputs(text, f), 0);
    cr_assert_eq(fclose(f), 0);
    return path;
}

static void expect_text(enum option_id id, const char *text)
{
    cr_expect_str_eq(config_text(&config, id), text, "%s is '%s', not '%s'",
                     option_at(id)->name, config_text(&config, id), text);
}

static int line(const char *text)
{
    return config_line(&config, bt_str(text), "conf:7", &e);
}

static void takes(const char *text)
{
    cr_expect_eq(line(text), 0, "%s: %s", text, e.text);
}

static void refuses(const char *text, const char *why)
{
    cr_assert_lt(line(text), 0, "%s", text);
    cr_expect_str_eq(e.text, why);
}

Test(conf, defaults)
{
    expect_text(OPT_bind, "* -::*");
    expect_text(OPT_port, "6379");
    expect_text(OPT_requirepass, "");
    expect_text(OPT_proto_max_bulk_len, "536870912");
    expect_text(OPT_unixsocketperm, "0");
    expect_text(OPT_client_output_buffer_limit,
                "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 "
                "8388608 60");
    cr_expect_eq(config_number(&config, OPT_protected_mode), 1);
    cr_expect_eq(config_finish(&config, &e), 0);
    cr_expect(config.settings.protected_mode);
    cr_expect_str_empty(config.settings.requirepass);
    cr_expect_eq(config.settings.databases, 16);
    cr_expect_eq(config.settings.port, 6379);
    cr_expect_eq(config.settings.proto_max_bulk_len, 536870912);
    cr_expect_eq(config.settings.output_limit[OPTIONS_PUBSUB].soft_seconds, 60);
}

Test(conf, values_of_each_kind)
{
    takes("port 7000");
    takes("  PORT   \"7001\" ");
    expect_text(OPT_port, "7001");
    takes("protected-mode No");
    expect_text(OPT_protected_mode, "no");
    takes("loglevel WARNING");
    expect_text(OPT_loglevel, "warning");
    cr_expect_eq(config_number(&config, OPT_loglevel), BT_LOG_WARNING);
    takes("unixsocketperm 770");
    cr_expect_eq(config_number(&config, OPT_unixsocketperm), 0770);
    expect_text(OPT_unixsocketperm, "770");
    takes("requirepass \"a b\\x21\"");
    expect_text(OPT_requirepass, "a b!");
    takes("bind 127.0.0.1 -::1 *");
    expect_text(OPT_bind, "127.0.0.1 -::1 *");
    takes("bind \"\"");
    expect_text(OPT_bind, "");
    takes("");
    takes("\t ");
}

Test(conf, sizes)
{
    static const struct {
        const char *text;
        int64_t bytes;
    } sizes[] = {{"2000000", 2000000},
                 {"2000000b", 2000000},
                 {"2000k", 2000000},
                 {"2000KB", 2048000},
                 {"2m", 2000000},
                 {"2Mb", 2097152},
                 {"3g", INT64_C(3000000000)},
                 {"3GB", INT64_C(3221225472)}};
    char text[100];

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        snprintf(text, sizeof text, "proto-max-bulk-len %s", sizes[i].text);
        takes(text);
        cr_expect_eq(config_number(&config, OPT_proto_max_bulk_len),
                     sizes[i].bytes, "%s", sizes[i].text);
    }
}

#define AT "conf:7: "

Test(conf, words_of_redis_for_what_is_wrong)
{
    refuses("port abc",
            AT "'port abc': argument couldn't be parsed into an integer");
    refuses("port 070",
            AT "'port 070': argument couldn't be parsed into an integer");
    refuses("port 70000",
            AT "'port 70000': argument must be between 0 and 65535 inclusive");
    refuses("maxclients 0", AT "'maxclients 0': argument must be between 1 and "
                               "4294967295 inclusive");
    refuses("port 1 2", AT "'port 1 2': wrong number of arguments");
    refuses("port", AT "'port': wrong number of arguments");
    refuses("nosuch 1",
            AT "'nosuch 1': Bad directive or wrong number of arguments");
    refuses("daemonize maybe",
            AT "'daemonize maybe': argument must be 'yes' or 'no'");
    refuses("loglevel loud",
            AT "'loglevel loud': argument(s) must be one of the following: "
               "debug, verbose, notice, warning, nothing");
    refuses("unixsocketperm 8",
            AT "'unixsocketperm 8': argument couldn't be parsed as an octal "
               "number");
    refuses("unixsocketperm 1000", AT "'unixsocketperm 1000': argument must be "
                                      "between 0 and 777 inclusive");
    refuses("maxmemory 1x",
            AT "'maxmemory 1x': argument must be a memory value");
    refuses("maxmemory 99999999999gb",
            AT "'maxmemory 99999999999gb': argument must be a memory value");
    refuses("bind 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17",
            AT "'bind 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17': Too many "
               "bind addresses specified.");
    refuses("save 60", AT "'save 60': Invalid save parameters");
    refuses("replicaof me", AT "'replicaof me': wrong number of arguments");
    refuses("client-output-buffer-limit normal 1 2",
            AT "'client-output-buffer-limit normal 1 2': Wrong number of "
               "arguments in buffer limit configuration.");
    refuses("client-output-buffer-limit master 1 2 3",
            AT "'client-output-buffer-limit master 1 2 3': Invalid client "
               "class specified in buffer limit configuration.");
    refuses("client-output-buffer-limit normal 1 x 3",
            AT "'client-output-buffer-limit normal 1 x 3': Error in hard, soft "
               "or soft_seconds setting in buffer limit configuration.");
    refuses("dispatch-queue 1000",
            AT "'dispatch-queue 1000': argument must be a power of two between "
               "2 and 1048576");
}

/* Secrets are not repeated in messages, which end up in logs. */
Test(conf, secrets_are_not_shown)
{
    refuses("requirepass s3cret s3cret",
            AT "'requirepass': wrong number of arguments");
    refuses("requirepass \"s3cret",
            AT "'requirepass': Unbalanced quotes in configuration line");
    refuses("requirepass \"a\\x00b\"",
            AT "'requirepass': argument must not contain a zero byte");
    refuses("user bob on >s3cret nonsense",
            AT "'user': Error in user declaration 'nonsense': Syntax error");
}

Test(conf, users_add_up)
{
    takes("user bob on >a");
    takes("user \"alice\" \">b c\" ~*");
    refuses("user bob off", AT "'user': Duplicate user found. A user can only "
                               "be defined once in config files");
    cr_expect_str_eq(config_text(&config, OPT_user),
                     "bob\x1fon\x1f>a\nalice\x1f>b c\x1f~*");
    cr_assert_eq(config_finish(&config, &e), 0);
    cr_expect_str_eq(config.settings.users, config_text(&config, OPT_user));
}

Test(conf, limits_of_classes_add_up)
{
    takes("client-output-buffer-limit normal 1kb 1k 3 pubsub 0 0 0");
    takes("client-output-buffer-limit replica 5 6 7");
    expect_text(OPT_client_output_buffer_limit,
                "normal 1024 1000 3 slave 5 6 7 pubsub 0 0 0");
    cr_expect_eq(config_finish(&config, &e), 0);
    cr_expect_eq(config.settings.output_limit[OPTIONS_NORMAL].hard, 1024);
    cr_expect_eq(config.settings.output_limit[OPTIONS_NORMAL].soft, 1000);
    cr_expect_eq(config.settings.output_limit[OPTIONS_REPLICA].soft_seconds, 7);
}

/* ---- Features that are not there ---- */

static void asks(const char *text, const char *why)
{
    takes(text);
    cr_assert_lt(config_finish(&config, &e), 0, "%s", text);
    cr_expect_str_eq(e.text, why);
    end();
    strcpy(folder, "/tmp/test_conf.XXXXXX");
    start();
}

Test(conf, missing_features_are_refused_by_name)
{
    asks("appendonly yes", AT "'appendonly yes': not supported yet (the "
                              "append-only file)");
    asks("slaveof host 1",
         AT "'replicaof host 1': not supported yet (replication)");
    asks("cluster-enabled yes",
         AT "'cluster-enabled yes': not supported yet (the cluster)");
    asks("tls-port 6380", AT "'tls-port 6380': not supported yet (TLS)");
    asks("loadmodule /x.so a b",
         AT "'loadmodule /x.so a b': not supported yet (modules)");
    asks("aclfile /x", AT "'aclfile /x': not supported yet (a file of users)");
    asks("save 60 1", AT "'save 60 1': not supported yet (snapshots)");
    asks("maxmemory-clients 10%",
         AT "'maxmemory-clients 10%': not supported yet (a limit for the "
            "memory of clients)");
    asks("syslog-enabled yes",
         AT "'syslog-enabled yes': not supported yet (syslog)");
    asks("rename-command CONFIG \"\"",
         AT "'rename-command CONFIG ': not supported yet (renamed commands)");
    asks("supervised upstart", AT "'supervised upstart': not supported yet "
                                  "(tell systemd when the server is ready: "
                                  "systemd, or auto: if it asks)");
}

Test(conf, a_later_line_takes_it_back)
{
    takes("save 3600 1 300 100");
    takes("save 60 10000");
    takes("save \"\"");
    takes("appendonly yes");
    takes("appendonly no");
    takes("replicaof host 1");
    takes("replicaof NO ONE");
    cr_expect_eq(config_finish(&config, &e), 0, "%s", e.text);
}

/* What config_warn() writes, without the beginnings of the lines. */
static const char *warnings(void)
{
    static char text[4000];
    char raw[4000], *p = raw;
    size_t len = 0;
    ssize_t n;
    int fd;

    snprintf(path, sizeof path, "%s/log", folder);
    cr_assert_eq(log_open(&config.log, path), 0);
    config_warn(&config);
    fd = open(path, O_RDONLY);
    cr_assert_geq(fd, 0);
    n = read(fd, raw, sizeof raw - 1);
    close(fd);
    cr_assert_geq(n, 0);
    raw[n] = '\0';
    while (*p) {
        char *end_of_line = strchr(p, '\n');
        char *mark = strstr(p, " # ");

        cr_assert(end_of_line && mark && mark < end_of_line, "%s", raw);
        len += (size_t)snprintf(text + len, sizeof text - len, "%.*s\n",
                                (int)(end_of_line - mark - 3), mark + 3);
        p = end_of_line + 1;
    }
    text[len] = '\0';
    return text;
}

Test(conf, what_only_tunes_is_taken_with_a_warning)
{
    takes("io-threads 4");
    takes("rdbchecksum yes"); /* as it is */
    takes("slave-priority 50");
    takes("masterauth s3cret");
    takes("list-max-ziplist-value 64"); /* nothing any more */
    cr_assert_eq(config_finish(&config, &e), 0);
    cr_expect_str_eq(
        warnings(),
        AT "'io-threads 4' has no effect (threads of Redis; see workers)\n" AT
           "'masterauth' has no effect (replication)\n" AT
           "'replica-priority 50' has no effect (replication)\n");
}

/* Every option at its default, as a distribution's file has it. */
Test(conf, defaults_in_a_file_say_nothing)
{
    char text[200];

    for (size_t i = 0; i < OPT_N; i++) {
        const struct option *o = option_at(i);

        if (o->flags & OPTION_UNSEEN) {
            continue;
        }
        if (o->kind == OPTION_TEXT && i != OPT_dir) {
            snprintf(text, sizeof text, "%s \"%s\"", o->name, o->def);
            takes(text);
        } else if (*o->def) {
            snprintf(text, sizeof text, "%s %s", o->name, o->def);
            takes(text);
        }
    }
    cr_assert_eq(config_finish(&config, &e), 0, "%s", e.text);
    cr_expect_str_eq(warnings(), "");
}

/* ---- Files ---- */

Test(conf, a_file)
{
    const char *name = file("a.conf", "# a comment\n\n  port 7000\r\n"
                                      "   # another\nrequirepass 'x y'\n"
                                      "save 60 1\nsave \"\"");

    cr_assert_eq(config_file(&config, name, &e), 0, "%s", e.text);
    expect_text(OPT_port, "7000");
    expect_text(OPT_requirepass, "x y");
    cr_expect_eq(config_finish(&config, &e), 0, "%s", e.text);
    cr_expect_str_eq(config.settings.config_file, config.file);
    cr_expect(config.file[0] == '/' && strstr(config.file, "a.conf"));
}

static void expect_error(int r, const char *format, const char *name)
{
    char want[300];

    cr_assert_lt(r, 0);
    snprintf(want, sizeof want, format, name, name);
    cr_expect_str_eq(e.text, want);
}

Test(conf, the_line_of_an_error_is_named)
{
    const char *name = file("a.conf", "port 0\n\n#\nport x\nport 1\n");

    expect_error(config_file(&config, name, &e),
                 "%s:4: 'port x': argument couldn't be parsed into an integer",
                 name);
}

Test(conf, a_file_that_is_not_there)
{
    snprintf(path, sizeof path, "%s/none", folder);
    expect_error(config_file(&config, path, &e),
                 "cannot open the configuration file %s: No such file or "
                 "directory",
                 path);
}

Test(conf, a_folder_is_no_file)
{
    expect_error(config_file(&config, folder, &e),
                 "cannot read %s: Is a directory", folder);
}

Test(conf, include)
{
    char text[300];
    const char *name;

    file("1.inc", "port 1\ntimeout 1\n");
    file("2.inc", "port 2\n");
    snprintf(text, sizeof text,
             "port 0\ninclude %s/*.inc\ninclude %s/*.none\ntimeout 9\n", folder,
             folder);
    name = file("a.conf", text);
    cr_assert_eq(config_file(&config, name, &e), 0, "%s", e.text);
    expect_text(OPT_port, "2"); /* in the order of the names */
    expect_text(OPT_timeout, "9");
}

Test(conf, errors_in_included_files)
{
    char text[300], name[100];

    file("bad.inc", "\ntimeout x\n");
    snprintf(text, sizeof text, "include %s/bad.inc\n", folder);
    snprintf(name, sizeof name, "%s", file("a.conf", text));
    snprintf(path, sizeof path, "%s/bad.inc", folder);
    expect_error(config_file(&config, name, &e),
                 "%s:2: 'timeout x': argument couldn't be parsed into an "
                 "integer",
                 path);
    snprintf(text, sizeof text, "\ninclude %s/none.inc\n", folder);
    file("a.conf", text);
    cr_assert_lt(config_file(&config, name, &e), 0);
    cr_expect(strstr(e.text, "a.conf:2: ") &&
                  strstr(e.text, "none.inc: No such"),
              "%s", e.text);
}

Test(conf, a_file_that_includes_itself)
{
    char text[300], name[100];

    snprintf(text, sizeof text, "include %s/a.conf\n", folder);
    snprintf(name, sizeof name, "%s", file("a.conf", text));
    cr_assert_lt(config_file(&config, name, &e), 0);
    cr_expect(strstr(e.text, "too deeply"), "%s", e.text);
}

/* Debian's own file, with its paths changed and saving turned off. */
Test(conf, the_file_of_debian)
{
    FILE *in = fopen("/etc/redis/redis.conf", "r");
    char text[2000];

    if (!in) {
        cr_skip_test("there is no /etc/redis/redis.conf");
    }
    while (fgets(text, sizeof text, in)) {
        text[strcspn(text, "\n")] = '\0';
        if (strncmp(text, "dir ", 4) != 0 && text[0] != '#') {
            takes(text);
        }
    }
    fclose(in);
    takes("save \"\"");
    cr_expect_eq(config_finish(&config, &e), 0, "%s", e.text);
    cr_expect_str_eq(warnings(), "");
}

/* ---- The directory ---- */

Test(conf, directory)
{
    char here[200], text[200];

    snprintf(text, sizeof text, "dir %s", folder);
    takes(text);
    cr_assert_eq(config_finish(&config, &e), 0, "%s", e.text);
    cr_assert(getcwd(here, sizeof here));
    cr_expect_str_eq(here, folder);
    expect_text(OPT_dir, folder);
}

Test(conf, a_directory_that_is_not_there)
{
    takes("dir /no/such/place");
    cr_assert_lt(config_finish(&config, &e), 0);
    cr_expect_str_eq(e.text,
                     AT "'dir /no/such/place': No such file or directory");
}

/* ---- The command line ---- */

static int arguments(const char *first, ...)
{
    char *argv[20] = {(char *)"batond", (char *)first};
    int argc = 2;
    va_list ap;

    va_start(ap, first);
    while ((argv[argc] = va_arg(ap, char *)) != NULL) {
        argc++;
    }
    va_end(ap);
    return config_arguments(&config, argc, argv, &e);
}

Test(conf, arguments)
{
    cr_assert_eq(arguments("--port", "7000", "--bind", "127.0.0.1", "::1",
                           "--requirepass", "--x \"\\", "--timeout 5", NULL),
                 0, "%s", e.text);
    expect_text(OPT_port, "7000");
    expect_text(OPT_bind, "127.0.0.1 ::1");
    expect_text(OPT_requirepass, "--x \"\\");
    expect_text(OPT_timeout, "5");
}

Test(conf, save_without_a_value)
{
    takes("save 60 1");
    cr_assert_eq(arguments("--save", "--port", "1", NULL), 0, "%s", e.text);
    cr_expect_eq(config_finish(&config, &e), 0, "%s", e.text);
    expect_text(OPT_port, "1");
    takes("save 60 1");
    cr_assert_eq(arguments("--save", "", NULL), 0, "%s", e.text);
    cr_expect_eq(config_finish(&config, &e), 0, "%s", e.text);
    takes("save 60 1");
    cr_assert_eq(arguments("--save", NULL), 0, "%s", e.text);
    cr_expect_eq(config_finish(&config, &e), 0, "%s", e.text);
}

Test(conf, arguments_count_more_than_the_file)
{
    const char *name = file("a.conf", "port 1\ntimeout 1\nappendonly yes\n");

    cr_assert_eq(arguments(name, "--port", "2", "--appendonly", "no", NULL), 0);
    expect_text(OPT_port, "2");
    expect_text(OPT_timeout, "1");
    cr_expect_eq(config_finish(&config, &e), 0, "%s", e.text);
}

Test(conf, wrong_arguments)
{
    cr_assert_lt(arguments("--port", NULL), 0);
    cr_expect_str_eq(e.text, "'--port': wrong number of arguments");
    cr_assert_lt(arguments("--port", "1", "2", NULL), 0);
    cr_expect_str_eq(e.text, "'--port 1 2': wrong number of arguments");
    cr_assert_lt(arguments("-p", "1", NULL), 0);
    cr_expect_str_eq(e.text, "unknown argument '-p' (try batond --help)");
    cr_assert_lt(arguments("--appendonly", "yes", NULL), 1);
    cr_assert_lt(config_finish(&config, &e), 0);
    cr_expect_str_eq(e.text, "'--appendonly yes': not supported yet (the "
                             "append-only file)");
}

Test(conf, modes)
{
    char *help[] = {(char *)"batond", (char *)"--help", NULL};
    char *version[] = {(char *)"batond", (char *)"-v", NULL};
    char *check[] = {(char *)"batond", (char *)"a", (char *)"--check-config",
                     (char *)"--port", (char *)"1", NULL};
    int argc = 2;

    cr_expect_eq(args_mode(&argc, help), ARGS_HELP);
    cr_expect_eq(args_mode(&argc, version), ARGS_VERSION);
    argc = 5;
    cr_expect_eq(args_mode(&argc, check), ARGS_CHECK);
    cr_expect_eq(argc, 4);
    cr_expect_str_eq(check[2], "--port");
    cr_expect_null(check[4]);
    cr_expect_eq(args_mode(&argc, check), ARGS_RUN);
}
