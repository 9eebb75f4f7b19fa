/* SPDX-License-Identifier: BSD-2-Clause */
#include "batond/value.h"

#include "base/buf.h"
#include "command/acl.h"
#include "command/command.h"
#include "command/options.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const class_names[] = {"normal", "slave", "pubsub"};

void option_read_limits(const char *text, struct option_limit limit[3])
{
    for (int i = 0; i < 3; i++) {
        int used = 0;
        int found = sscanf(text, "%*s %" SCNu64 " %" SCNu64 " %" SCNu64 "%n",
                           &limit[i].hard, &limit[i].soft,
                           &limit[i].soft_seconds, &used);

        bt_assert(found == 3 && used > 0); /* our own text */
        text += used;
    }
}

static int class_of(struct bt_slice word)
{
    if (bt_slice_is(word, "replica")) {
        return 1;
    }
    for (int i = 0; i < 3; i++) {
        if (bt_slice_is(word, class_names[i])) {
            return i;
        }
    }
    return -1;
}

int value_limits(const struct option *o, const char *old,
                 const struct bt_slice *word, size_t n,
                 struct option_value *out, struct option_error *e)
{
    struct option_limit l[3] = {0};

    if (n % 4 != 0) { /* none: all stay, as in Redis */
        return option_fail(e, "Wrong number of arguments in buffer limit "
                              "configuration.");
    }
    if (old) {
        option_read_limits(old, l);
    }
    for (; n > 0; word += 4, n -= 4) {
        int class = class_of(word[0]);
        int64_t v[3];

        if (class < 0) {
            return option_fail(e, "Invalid client class specified in buffer "
                                  "limit configuration.");
        }
        if (!value_memory(word[1], &v[0]) || !value_memory(word[2], &v[1]) ||
            !cmd_parse_int(word[3], &v[2]) || v[2] < 0) {
            return option_fail(e, "Error in hard, soft or soft_seconds setting "
                                  "in buffer limit configuration.");
        }
        l[class] = (struct option_limit){(uint64_t)v[0], (uint64_t)v[1],
                                         (uint64_t)v[2]};
    }
#define CLASS(i) class_names[i], l[i].hard, l[i].soft, l[i].soft_seconds
#define FORMAT   "%s %" PRIu64 " %" PRIu64 " %" PRIu64
    return value_text(out, e, FORMAT " " FORMAT " " FORMAT, CLASS(0), CLASS(1),
                      CLASS(2));
#undef CLASS
#undef FORMAT
}

int value_save(const struct option *o, const char *old,
               const struct bt_slice *word, size_t n, struct option_value *out,
               struct option_error *e)
{
    struct bt_slice both[2];
    char *joined;
    int64_t v;
    int r;

    if (n == 0 || (n == 1 && word[0].n == 0)) {
        return value_text(out, e, "%s", "");
    }
    if (n % 2 != 0) {
        return option_fail(e, "Invalid save parameters");
    }
    for (size_t i = 0; i < n; i++) {
        if (!cmd_parse_int(word[i], &v) || v < (i % 2 == 0)) {
            return option_fail(e, "Invalid save parameters");
        }
    }
    r = value_join(word, n, &joined, e);
    if (r == 0 && old && *old) {
        both[0] = bt_str(old);
        both[1] = bt_str(joined);
        r = value_join(both, 2, &out->text, e);
        free(joined);
    } else if (r == 0) {
        out->text = joined;
    }
    return r;
}

int value_replicaof(const struct option *o, const char *old,
                    const struct bt_slice *word, size_t n,
                    struct option_value *out, struct option_error *e)
{
    int64_t port;

    if (n != 2) {
        return option_fail(e, "wrong number of arguments");
    }
    if (bt_slice_is(word[0], "no") && bt_slice_is(word[1], "one")) {
        return value_text(out, e, "%s", "");
    }
    if (!cmd_parse_int(word[1], &port) || port < 0 || port > 65535) {
        return option_fail(e, "Invalid master port");
    }
    return value_join(word, n, &out->text, e);
}

int value_shutdown_flags(const struct option *o, const char *old,
                         const struct bt_slice *word, size_t n,
                         struct option_value *out, struct option_error *e)
{
    static const char *const flags[] = {"default", "save", "nosave", "now",
                                        "force"};
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sizeof flags / sizeof flags[0]; k++) {
            found += bt_slice_is(word[i], flags[k]);
        }
    }
    if (n == 0 || found < n) {
        return option_fail(e, "argument(s) must be one of the following: "
                              "default, save, nosave, now, force");
    }
    return value_join(word, n, &out->text, e);
}

int value_notify(const struct option *o, const char *old,
                 const struct bt_slice *word, size_t n,
                 struct option_value *out, struct option_error *e)
{
    char text[OPTIONS_NOTIFY_TEXT];
    unsigned flags;

    if (n > 1 ||
        !options_parse_notify(n > 0 ? word[0] : bt_str(""), &flags, text)) {
        return option_fail(e, "Invalid event class character. Use "
                              "'Ag$lshzxeKEtmdn'.");
    }
    out->number = flags;
    return value_text(out, e, "%s", text);
}

int value_power_of_two(const struct option *o, const char *old,
                       const struct bt_slice *word, size_t n,
                       struct option_value *out, struct option_error *e)
{
    int64_t v;

    if (n != 1) {
        return option_fail(e, "wrong number of arguments");
    }
    if (!cmd_parse_int(word[0], &v)) {
        return option_fail(e, "argument couldn't be parsed into an integer");
    }
    if (v < 2 || v > 1048576 || (v & (v - 1)) != 0) {
        return option_fail(
            e, "argument must be a power of two between 2 and 1048576");
    }
    out->number = v;
    return value_text(out, e, "%" PRId64, v);
}

/* A number as strtod() takes it, all of the word; NAN: it is none. */
static double to_number(struct bt_slice word)
{
    char text[64], *end;
    double v;

    if (word.n == 0 || word.n >= sizeof text) {
        return NAN;
    }
    memcpy(text, word.p, word.n);
    text[word.n] = '\0';
    v = strtod(text, &end);
    return *end == '\0' ? v : NAN;
}

int value_percentiles(const struct option *o, const char *old,
                      const struct bt_slice *word, size_t n,
                      struct option_value *out, struct option_error *e)
{
    char text[256] = "";
    size_t used = 0;

    n -= n == 1 && word[0].n == 0; /* "" is no word */
    for (size_t i = 0; i < n; i++) {
        double v = to_number(word[i]);

        if (isnan(v) || used + 32 > sizeof text) {
            return option_fail(
                e, "Invalid latency-tracking-info-percentiles parameters");
        }
        if (v < 0 || v > 100) {
            return option_fail(e, "latency-tracking-info-percentiles "
                                  "parameters should sit between "
                                  "[0.0,100.0]");
        }
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.10g",
                                 i > 0 ? " " : "", v);
    }
    return value_text(out, e, "%s", text);
}

/* Is there a user of this name among those of the lines before? */
static bool has_user(const char *users, struct bt_slice name)
{
    for (const char *p = users; *p;) {
        size_t line = strcspn(p, "\n"), n = 0;

        while (n < line && p[n] != ACL_WORD_END) {
            n++;
        }
        if (bt_slice_eq(bt_slice(p, n), name)) {
            return true;
        }
        p += line + (p[line] != '\0');
    }
    return false;
}

int value_user(const struct option *o, const char *old,
               const struct bt_slice *word, size_t n, struct option_value *out,
               struct option_error *e)
{
    struct bt_buf text = {0};
    int rc;

    if (n == 0) {
        return option_fail(e, "wrong number of arguments");
    }
    if (old && has_user(old, word[0])) {
        return option_fail(e, "Duplicate user found. A user can only be "
                              "defined once in config files");
    }
    if (acl_check_rules(word, n, e->text, sizeof e->text) != 0) {
        return -EINVAL;
    }
    rc = bt_buf_addf(&text, "%s%s", old ? old : "", old && *old ? "\n" : "");
    for (size_t i = 0; i < n && rc == 0; i++) {
        rc = i > 0 ? bt_buf_addf(&text, "%c", ACL_WORD_END) : 0;
        rc = rc == 0 ? bt_buf_add(&text, word[i].p, word[i].n) : rc;
    }
    if (rc == 0) {
        rc = bt_buf_add(&text, "", 1);
    }
    if (rc != 0) {
        bt_buf_fini(&text);
        return option_no_memory(e);
    }
    out->text = text.p;
    return 0;
}
