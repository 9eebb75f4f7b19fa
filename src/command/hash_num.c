/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fields as numbers: HINCRBY, HINCRBYFLOAT.
 */
#include "command/hash.h"

#include "base/decimal.h"
#include "command/commands.h"
#include "command/float.h"

#include <math.h>

/* The field at argv[2]; false: it is not there. */
static bool field_value(struct call *c, const struct hash_change *w,
                        struct hash_place *place, struct bt_slice *value,
                        char buf[PACK_TEXT])
{
    if (!w->h || !hash_find(w->h, c->argv[2], place)) {
        return false;
    }
    *value = hash_value(w->h, place, buf);
    return true;
}

/* Gives the field at argv[2] its new value. False after the error reply. */
static bool set_field(struct call *c, struct hash_change *w,
                      struct hash_place *place, struct bt_slice value,
                      const char *event)
{
    if (!hash_cmd_begin(c, w)) {
        return false;
    }
    if (!w->e) {
        hash_find(w->h, c->argv[2], place);
    }
    if (hash_put(w->h, place, c->argv[2], value, &w->limits) != 0) {
        hash_cmd_fail(c, w);
        return false;
    }
    return hash_cmd_end(c, w, event);
}

void cmd_hincrby(struct call *c)
{
    struct hash_change w;
    struct hash_place place;
    struct bt_slice was;
    char buf[PACK_TEXT], text[BT_DECIMAL_MAX];
    int64_t delta, v = 0;

    if (!cmd_int(c, c->argv[3], &delta) || !hash_cmd_find(c, &w)) {
        return;
    }
    if (field_value(c, &w, &place, &was, buf) && !cmd_parse_int(was, &v)) {
        resp_error(c->out, "ERR hash value is not an integer");
        return;
    }
    if (delta < 0 ? v < INT64_MIN - delta : v > INT64_MAX - delta) {
        resp_error(c->out, "ERR increment or decrement would overflow");
        return;
    }
    v += delta;
    if (set_field(c, &w, &place, bt_slice(text, bt_decimal_write(text, v)),
                  "hincrby")) {
        resp_int(c->out, v);
    }
}

static bool read_delta(struct call *c, long double *delta)
{
    if (!float_parse(c->argv[3], delta)) {
        resp_error(c->out, "ERR value is not a valid float");
        return false;
    }
    if (isinf(*delta)) {
        resp_error(c->out, "ERR value is NaN or Infinity");
        return false;
    }
    return true;
}

void cmd_hincrbyfloat(struct call *c)
{
    struct hash_change w;
    struct hash_place place;
    struct bt_slice value;
    char buf[PACK_TEXT], text[FLOAT_TEXT];
    long double delta, v = 0;

    if (!read_delta(c, &delta) || !hash_cmd_find(c, &w)) {
        return;
    }
    if (field_value(c, &w, &place, &value, buf) && !float_parse(value, &v)) {
        resp_error(c->out, "ERR hash value is not a float");
        return;
    }
    if (float_add(c->out, v, delta, text, &value) &&
        set_field(c, &w, &place, value, "hincrbyfloat")) {
        resp_bulk(c->out, value.p, value.n);
    }
}
