/* SPDX-License-Identifier: BSD-2-Clause
 *
 * When all is read: what cannot be is refused, what counts is applied, and what
 * has no effect is told.
 */
#include "batond/conf.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int config_refuse(const struct option *o, struct option_error *e)
{
    return option_fail(e, "not supported yet (%s)", o->help);
}

/* What asks for a feature that is not there is refused by its name. */
static int refuse_missing(struct config *c, struct option_error *e)
{
    for (size_t i = 0; i < OPT_N; i++) {
        const struct option *o = option_at(i);
        const struct option_value *v = &c->value[i];
        char shown[120];
        bool missing = o->use == OPTION_ASKS && !config_is_default(c, i);

        if (i == OPT_supervised && strcmp(v->text, "upstart") == 0) {
            missing = true;
        }
        if (missing) {
            bool secret = o->flags & OPTION_SECRET;

            snprintf(shown, sizeof shown, "%s%s%s", o->name, secret ? "" : " ",
                     secret ? "" : v->text);
            return config_locate(e, v->origin, shown, config_refuse(o, e));
        }
    }
    return 0;
}

static int change_directory(struct config *c, struct option_error *e)
{
    struct option_value *dir = &c->value[OPT_dir];
    char here[PATH_MAX];

    if (*dir->text && chdir(dir->text) != 0) {
        char shown[120];

        snprintf(shown, sizeof shown, "dir %s", dir->text);
        return config_locate(e, dir->origin, shown,
                             option_fail(e, "%s", strerror(errno)));
    }
    if (!getcwd(here, sizeof here)) {
        here[0] = '\0';
    }
    free(dir->text);
    dir->text = strdup(here);
    return dir->text ? 0 : option_no_memory(e);
}

int config_finish(struct config *c, struct option_error *e)
{
    int r = refuse_missing(c, e);

    if (r == 0) {
        r = change_directory(c, e);
    }
    for (size_t i = 0; i < OPT_N && r == 0; i++) {
        const struct option *o = option_at(i);

        r = o->apply ? o->apply(c, e) : 0;
    }
    if (r == 0) {
        c->settings.enable_debug_command =
            (enum options_debug)config_number(c, OPT_enable_debug_command);
        c->settings.databases = (unsigned)config_number(c, OPT_databases);
        c->settings.query_limit =
            (size_t)config_number(c, OPT_client_query_buffer_limit);
        c->settings.port = (unsigned)config_number(c, OPT_port);
        c->settings.config_file = c->file;
        c->settings.users = config_text(c, OPT_user);
    }
    return r;
}

void config_warn(struct config *c)
{
    for (size_t i = 0; i < OPT_N; i++) {
        const struct option *o = option_at(i);
        const char *origin = c->value[i].origin;
        bool secret = o->flags & OPTION_SECRET;

        if (o->use == OPTION_TUNES && !(o->flags & OPTION_UNSEEN) &&
            !config_is_default(c, i)) {
            bt_logf(&c->settings.log, BT_LOG_WARNING,
                    "%s%s'%s%s%.80s' has no effect (%s)", origin ? origin : "",
                    origin ? ": " : "", o->name, secret ? "" : " ",
                    secret ? "" : c->value[i].text, o->help);
        }
    }
}
