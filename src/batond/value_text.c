/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Values as a configuration file has them, so that reading them gives the same.
 */
#include "batond/value.h"

#include <inttypes.h>
#include <string.h>

int value_add_quoted(struct bt_buf *b, const char *p)
{
    static const char plain[] = "\n\r\t\a\b", letter[] = "nrtab";
    int rc = bt_buf_add(b, "\"", 1);

    for (; *p && rc == 0; p++) {
        const char *at = strchr(plain, *p);
        unsigned char byte = (unsigned char)*p;

        if (at) {
            rc = bt_buf_addf(b, "\\%c", letter[at - plain]);
        } else if (*p == '"' || *p == '\\') {
            rc = bt_buf_addf(b, "\\%c", *p);
        } else if (byte < ' ' || byte > '~') {
            rc = bt_buf_addf(b, "\\x%02x", byte);
        } else {
            rc = bt_buf_add(b, p, 1);
        }
    }
    return rc == 0 ? bt_buf_add(b, "\"", 1) : rc;
}

int value_add_memory(struct bt_buf *b, uint64_t v)
{
    static const char *const units[] = {"", "kb", "mb", "gb"};
    int unit = 0;

    while (v > 0 && v % 1024 == 0 && unit < 3) {
        v /= 1024;
        unit++;
    }
    return bt_buf_addf(b, "%" PRIu64 "%s", v, units[unit]);
}

int value_add(struct bt_buf *b, const struct option *o,
              const struct option_value *v)
{
    if (o->kind == OPTION_MEMORY) {
        return value_add_memory(b, (uint64_t)v->number);
    }
    if (o->kind == OPTION_TEXT || *v->text == '\0') {
        return value_add_quoted(b, v->text);
    }
    return bt_buf_add(b, v->text, strlen(v->text));
}
