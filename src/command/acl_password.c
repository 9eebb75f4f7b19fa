/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Passwords of a user, of which only the digests are kept.
 */
#include "command/acl_user_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void digest_of(struct bt_slice password, char out[ACL_HASH_CHARS + 1])
{
    unsigned char digest[BT_SHA256_BYTES];

    bt_sha256(password.p, password.n, digest);
    for (int i = 0; i < BT_SHA256_BYTES; i++) {
        out[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    out[ACL_HASH_CHARS] = 0;
}

int acl_password_add(struct acl_user *u, const char *digest)
{
    void *more =
        realloc(u->password, (u->n_passwords + 1) * sizeof *u->password);

    if (!more) {
        return -ENOMEM;
    }
    u->password = more;
    memcpy(u->password[u->n_passwords++], digest, ACL_HASH_CHARS);
    u->password[u->n_passwords - 1][ACL_HASH_CHARS] = 0;
    return 0;
}

static size_t find_password(const struct acl_user *u, const char *digest)
{
    size_t i = 0;

    while (i < u->n_passwords &&
           memcmp(u->password[i], digest, ACL_HASH_CHARS) != 0) {
        i++;
    }
    return i;
}

static bool is_digest(struct bt_slice text)
{
    size_t i = 0;

    while (i < text.n && text.p[i] && strchr("0123456789abcdef", text.p[i])) {
        i++;
    }
    return text.n == ACL_HASH_CHARS && i == text.n;
}

static int remove_password(struct acl_user *u, size_t i, const char **why)
{
    if (i == u->n_passwords) {
        *why = "The password you are trying to remove from the user does not "
               "exist";
        return -EINVAL;
    }
    memmove(&u->password[i], &u->password[i + 1],
            (u->n_passwords - i - 1) * sizeof *u->password);
    u->n_passwords--;
    return 0;
}

int acl_rule_password(struct acl_user *u, char sign, struct bt_slice text,
                      const char **why)
{
    char digest[ACL_HASH_CHARS + 1];
    size_t i;

    if (sign == '>' || sign == '<') {
        digest_of(text, digest);
    } else if (is_digest(text)) {
        memcpy(digest, text.p, ACL_HASH_CHARS);
    } else {
        *why = "The password hash must be exactly 64 characters and contain "
               "only lowercase hexadecimal characters";
        return -EINVAL;
    }
    i = find_password(u, digest);
    if (sign == '<' || sign == '!') {
        return remove_password(u, i, why);
    }
    u->nopass = false;
    return i < u->n_passwords ? 0 : acl_password_add(u, digest);
}

bool acl_user_knows(const struct acl_user *u, struct bt_slice password)
{
    char digest[ACL_HASH_CHARS + 1];
    bool known = false;

    digest_of(password, digest);
    for (size_t i = 0; i < u->n_passwords; i++) {
        unsigned diff = 0;

        for (size_t k = 0; k < ACL_HASH_CHARS; k++) {
            diff |= (unsigned char)digest[k] ^ (unsigned char)u->password[i][k];
        }
        known |= diff == 0;
    }
    return known;
}
