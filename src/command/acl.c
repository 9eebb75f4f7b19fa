/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The list of the users.
 */
#include "command/acl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int acl_init(struct acl *a, struct settings *settings)
{
    memset(a, 0, sizeof *a);
    atomic_init(&a->generation, 1);
    bt_mutex_init(&a->lock, BT_RANK_LOG, 0);
    bt_mutex_init(&a->log_lock, BT_RANK_LOG, 0);
    bt_list_init(&a->log);
    return acl_configure(a, settings);
}

void acl_fini(struct acl *a)
{
    for (size_t i = 0; i < a->n; i++) {
        acl_user_release(a->v[i]);
    }
    free(a->v);
    acl_log_clear(a);
    bt_mutex_fini(&a->lock);
    bt_mutex_fini(&a->log_lock);
}

/* ---- Finding ---- */

static int order(struct bt_slice a, struct bt_slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n > 0 ? memcmp(a.p, b.p, n) : 0;

    return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

/* Its place, or where it would be. The lock is held. */
static size_t place(const struct acl *a, struct bt_slice name, bool *found)
{
    size_t i = 0;

    while (i < a->n && order(a->v[i]->name, name) < 0) {
        i++;
    }
    *found = i < a->n && order(a->v[i]->name, name) == 0;
    return i;
}

struct acl_user *acl_find(struct acl *a, struct bt_slice name)
{
    struct acl_user *u = NULL;
    bool found;
    size_t i;

    bt_mutex_lock(&a->lock);
    i = place(a, name, &found);
    if (found) {
        u = acl_user_hold(a->v[i]);
    }
    bt_mutex_unlock(&a->lock);
    return u;
}

struct acl_user **acl_all(struct acl *a, size_t *n)
{
    struct acl_user **v;

    bt_mutex_lock(&a->lock);
    v = malloc((a->n + 1) * sizeof *v);
    *n = a->n;
    for (size_t i = 0; v && i < a->n; i++) {
        v[i] = acl_user_hold(a->v[i]);
    }
    bt_mutex_unlock(&a->lock);
    return v;
}

/* ---- Changing ---- */

/* The lock is held. 0 is left out: no session has seen that. */
static void next_generation(struct acl *a)
{
    unsigned g = atomic_load(&a->generation) + 1;

    atomic_store(&a->generation, g != 0 ? g : 1);
}

/* Puts u in place; its reference is the list's now. The lock is held. */
static int put_user(struct acl *a, struct acl_user *u)
{
    bool found;
    size_t i = place(a, u->name, &found);

    if (!found) {
        struct acl_user **v = realloc(a->v, (a->n + 1) * sizeof *v);

        if (!v) {
            return -ENOMEM;
        }
        a->v = v;
        memmove(&v[i + 1], &v[i], (a->n - i) * sizeof *v);
        a->n++;
    } else {
        acl_user_release(a->v[i]);
    }
    a->v[i] = u;
    if (acl_user_is_default(u)) {
        atomic_store(&a->auth_required, !u->nopass || !u->on);
    }
    next_generation(a);
    return 0;
}

int acl_apply(struct acl_user *u, struct acl_change *ch)
{
    int rc = 0;

    for (ch->bad = 0; ch->bad < ch->n; ch->bad++) {
        rc = acl_user_rule(u, ch->rules[ch->bad], &ch->why);
        if (rc != 0) {
            return rc;
        }
    }
    return 0;
}

int acl_set(struct acl *a, struct bt_slice name, struct acl_change *ch)
{
    struct acl_user *u;
    bool found;
    size_t i;
    int rc;

    bt_mutex_lock(&a->lock);
    i = place(a, name, &found);
    u = found ? acl_user_copy(a->v[i]) : acl_user_new(name);
    rc = u ? acl_apply(u, ch) : -ENOMEM;
    if (rc == 0) {
        ch->hears_less = found && acl_user_hears_less(u, a->v[i]);
        rc = put_user(a, u);
    }
    bt_mutex_unlock(&a->lock);
    if (rc != 0) {
        acl_user_release(u);
    }
    return rc;
}

bool acl_delete(struct acl *a, struct bt_slice name)
{
    struct acl_user *u = NULL;
    bool found;
    size_t i;

    bt_mutex_lock(&a->lock);
    i = place(a, name, &found);
    if (found) {
        u = a->v[i];
        a->n--;
        memmove(&a->v[i], &a->v[i + 1], (a->n - i) * sizeof *a->v);
        next_generation(a);
    }
    bt_mutex_unlock(&a->lock);
    acl_user_release(u);
    return found;
}
