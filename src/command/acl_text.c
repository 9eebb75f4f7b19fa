/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A user in the form of rules that would make it again.
 */
#include "command/acl_user.h"

int acl_user_commands(const struct acl_user *u, struct bt_buf *out)
{
    int rc = bt_buf_addf(out, "%s", u->base_all ? "+@all" : "-@all");

    if (rc == 0 && u->rules.n > 0) {
        rc = bt_buf_addf(out, " %.*s", (int)u->rules.n, u->rules.p);
    }
    return rc;
}

static int add_with(struct bt_buf *out, const char *before, struct bt_slice s)
{
    int rc = bt_buf_addf(out, "%s", before);

    return rc == 0 ? bt_buf_add(out, s.p, s.n) : rc;
}

int acl_user_keys(const struct acl_user *u, struct bt_buf *out)
{
    static const char *const signs[] = {"", "%R~", "%W~", "~"};
    int rc = u->all_keys ? bt_buf_add(out, "~*", 2) : 0;

    for (size_t i = 0; i < u->keys.n && rc == 0; i++) {
        rc = i > 0 ? bt_buf_add(out, " ", 1) : 0;
        if (rc == 0) {
            rc = add_with(out, signs[u->keys.v[i].access], u->keys.v[i].text);
        }
    }
    return rc;
}

int acl_user_channels(const struct acl_user *u, struct bt_buf *out)
{
    int rc = u->all_channels ? bt_buf_add(out, "&*", 2) : 0;

    for (size_t i = 0; i < u->channels.n && rc == 0; i++) {
        rc = add_with(out, i > 0 ? " &" : "&", u->channels.v[i].text);
    }
    return rc;
}

int acl_user_describe(const struct acl_user *u, struct bt_buf *out)
{
    size_t before;
    int rc = add_with(out, "user ", u->name);

    if (rc == 0) {
        rc = bt_buf_addf(out, " %s %s", u->on ? "on" : "off",
                         u->nopass ? "nopass " : "");
    }
    for (size_t i = 0; i < u->n_passwords && rc == 0; i++) {
        rc = bt_buf_addf(out, "#%s ", u->password[i]);
    }
    before = out->n;
    if (rc == 0) {
        rc = acl_user_keys(u, out);
    }
    if (rc == 0) {
        rc = bt_buf_addf(out, "%s%s", out->n > before ? " " : "",
                         u->all_channels ? "" : "resetchannels ");
    }
    before = out->n;
    if (rc == 0) {
        rc = acl_user_channels(u, out);
    }
    if (rc == 0) {
        rc = bt_buf_addf(out, "%s", out->n > before ? " " : "");
    }
    return rc == 0 ? acl_user_commands(u, out) : rc;
}
