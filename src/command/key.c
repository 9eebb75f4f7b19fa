/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DEL, UNLINK, EXISTS, TOUCH, TYPE, RENAME, RENAMENX, RANDOMKEY.
 */
#include "command/key.h"

#include "base/buf.h"
#include "command/commands.h"

#include <errno.h>

const struct db_entry *key_find_write(struct call *c, struct bt_slice key)
{
    const struct db_entry *e = tx_find_quiet(c->tx, key);

    if (e != NULL && !c->tx->no_touch) {
        db_touch(c->tx, e);
    }
    return e;
}

const struct db_entry *key_ask(struct call *c, struct bt_slice key)
{
    bool no_touch = c->tx->no_touch;
    const struct db_entry *e;

    c->tx->no_touch = true;
    e = tx_find(c->tx, key);
    c->tx->no_touch = no_touch;
    return e;
}

/* ---- Removing and counting ---- */

static void remove_all(struct call *c)
{
    int64_t n = 0;

    for (size_t i = 1; i < c->argc; i++) {
        if (db_remove(c->tx, c->argv[i])) {
            tx_notify(c->tx, NOTIFY_GENERIC, "del", c->argv[i]);
            n++;
        }
    }
    resp_int(c->out, n);
}

void cmd_del(struct call *c)
{
    remove_all(c);
}

/* The same as DEL: no value's memory is given back while locks are held. */
void cmd_unlink(struct call *c)
{
    remove_all(c);
}

/* A key that is named twice counts twice. */
void cmd_exists(struct call *c)
{
    int64_t n = 0;

    for (size_t i = 1; i < c->argc; i++) {
        n += key_ask(c, c->argv[i]) != NULL;
    }
    resp_int(c->out, n);
}

/* Also for a client that said NO-TOUCH: here it asks for it by name. */
void cmd_touch(struct call *c)
{
    int64_t n = 0;

    c->tx->no_touch = false;
    for (size_t i = 1; i < c->argc; i++) {
        n += tx_find(c->tx, c->argv[i]) != NULL;
    }
    resp_int(c->out, n);
}

void cmd_type(struct call *c)
{
    const struct db_entry *e = key_ask(c, c->argv[1]);

    resp_status(c->out, e ? db_type_name(db_entry_type(e)) : "none");
}

/* ---- Renaming ---- */

/* True when the name was changed; false after an error reply. */
static bool rename_key(struct call *c)
{
    int r = db_rename(c->tx, c->argv[1], c->argv[2]);

    bt_assert(r == 0 || r == -ENOMEM);
    if (r != 0) {
        return cmd_oom(c);
    }
    tx_notify(c->tx, NOTIFY_GENERIC, "rename_from", c->argv[1]);
    tx_notify(c->tx, NOTIFY_GENERIC, "rename_to", c->argv[2]);
    return true;
}

static bool source_exists(struct call *c)
{
    if (key_find_write(c, c->argv[1]) == NULL) {
        resp_error(c->out, "ERR no such key");
        return false;
    }
    return true;
}

void cmd_rename(struct call *c)
{
    if (!source_exists(c)) {
        return;
    }
    if (bt_slice_eq(c->argv[1], c->argv[2]) || rename_key(c)) {
        resp_status(c->out, "OK");
    }
}

void cmd_renamenx(struct call *c)
{
    if (!source_exists(c)) {
        return;
    }
    /* A key is in the way of itself, too. */
    if (key_find_write(c, c->argv[2]) != NULL) {
        resp_int(c->out, 0);
    } else if (rename_key(c)) {
        resp_int(c->out, 1);
    }
}

/* ---- RANDOMKEY ---- */

struct random_key {
    struct bt_buf name;
    bool found;
    int error;
};

/* The entry is ours only in here, so the name is copied. */
static void take_key(void *arg, const struct db_entry *e)
{
    struct random_key *r = arg;
    struct bt_slice key = db_entry_key(e);

    if (!r->found) {
        r->found = true;
        r->error = bt_buf_add(&r->name, key.p, key.n);
    }
}

/* Chance gives up where nearly all keys are expired and not yet removed. Any
 * key that lives is the answer then. */
static void search_key(struct call *c, struct random_key *r)
{
    uint64_t cursor = 0;

    cmd_slow_begin(c);
    do {
        cursor = db_scan(c->tx, cursor, 1024, take_key, r);
    } while (!r->found && cursor != 0);
    cmd_slow_end(c);
}

void cmd_randomkey(struct call *c)
{
    struct random_key r = {.found = false};

    if (!db_random(c->tx, take_key, &r) && db_size(c->tx->db, c->tx->dbi) > 0) {
        search_key(c, &r);
    }
    if (!r.found) {
        resp_null(c->out);
    } else if (r.error != 0) {
        cmd_oom(c);
    } else {
        resp_bulk(c->out, r.name.p, r.name.n);
    }
    bt_buf_fini(&r.name);
}
