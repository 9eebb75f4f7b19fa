/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The order of things: into the background while there is one thread; the log;
 * the server, its sockets, its threads; only then the pid file, the line
 * "Ready", and the word to whoever waits for us. Whatever fails before that is
 * told on the standard error, which a daemon keeps as long.
 */
#include "config.h"

#include "batond/run.h"

#include <baton/baton.h>

#include "batond/apply.h"
#include "batond/daemon.h"
#include "batond/listen.h"
#include "batond/signals.h"
#include "command/service.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int open_log(struct config *c, struct option_error *e)
{
    int r = log_open(&c->log, config_text(c, OPT_logfile));

    if (r != 0) {
        option_fail(e, "Can't open the log file %s: %s",
                    config_text(c, OPT_logfile), strerror(-r));
        return r;
    }
    bt_logf(&c->settings.log, BT_LOG_NOTICE,
            "batond %s is starting, pid %ld, configuration %s", PACKAGE_VERSION,
            (long)getpid(), *c->file ? c->file : "(defaults and arguments)");
    config_warn(c);
    return 0;
}

/* The process, for those who look after it. */
struct program {
    struct config *config;
    struct baton_service *service;
    int verdict; /* daemon_ready() */
};

static void announce(struct baton_server *server, void *arg)
{
    struct program *p = arg;
    struct config *c = p->config;
    const char *pidfile = config_text(c, OPT_pidfile);
    const char *supervised = config_text(c, OPT_supervised);
    unsigned n = baton_masters(server);
    int r = *pidfile ? pidfile_write(pidfile) : 0;

    if (r != 0) {
        bt_logf(&c->settings.log, BT_LOG_NOTICE,
                "Failed to write PID file %s: %s", pidfile, strerror(-r));
    }
    for (unsigned i = 0; i < n; i++) {
        bt_logf(&c->settings.log, BT_LOG_NOTICE,
                "Ready to accept connections on %s",
                baton_master_address(server, i));
    }
    if (strcmp(supervised, "no") != 0) {
        daemon_notify();
    }
    daemon_ready(&p->verdict);
}

static int make_server(struct program *p, struct option_error *e)
{
    struct config *c = p->config;
    struct baton_options o;
    int r;

    apply_options(c, &o);
    o.ready = announce;
    o.ready_arg = p;
    r = baton_new(&o, &c->server);
    if (r != 0) {
        c->server = NULL;
        option_fail(e, "cannot make the server: %s", strerror(-r));
        return r;
    }
    return listen_all(c, p->service, e);
}

static int serve(struct config *c, struct option_error *e)
{
    const char *pidfile = config_text(c, OPT_pidfile);
    int r = baton_run(c->server);

    if (signals_count() > 0) {
        bt_logf(&c->settings.log, BT_LOG_NOTICE, "Stopped by %s",
                signals_name());
    }
    if (*pidfile) {
        pidfile_remove(pidfile);
    }
    if (r == -ETIMEDOUT) {
        bt_logf(&c->settings.log, BT_LOG_WARNING,
                "Some clients did not take their last replies in time");
        r = 0;
    }
    if (r != 0) {
        option_fail(e, "cannot serve: %s", strerror(-r));
        bt_logf(&c->settings.log, BT_LOG_WARNING, "%s", e->text);
    } else {
        bt_logf(&c->settings.log, BT_LOG_NOTICE,
                "batond is now ready to exit, bye bye...");
    }
    return r;
}

int run(struct config *c, struct option_error *e)
{
    bool background = config_number(c, OPT_daemonize) != 0;
    struct program p = {.config = c, .verdict = -1};
    int r = 0;

    if (background) {
        r = daemon_start(&p.verdict);
        if (r != 0) {
            option_fail(e, "cannot go into the background: %s", strerror(-r));
            return r;
        }
    }
    r = open_log(c, e);
    if (r == 0) {
        p.service = cmd_service_new(&c->settings, config_ops(c));
        r = p.service ? make_server(&p, e)
                      : (option_fail(e, "out of memory"), -ENOMEM);
    }
    if (r == 0) {
        signals_start(c->server, background);
        r = serve(c, e);
        signals_end();
    }
    if (c->server) {
        baton_destroy(&c->server);
    }
    if (p.service) {
        cmd_service_free(&p.service);
    }
    return r;
}
