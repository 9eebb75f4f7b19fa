/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OBJECT and its subcommands. None of them counts as an access to the key, nor
 * does the lack of the key send a keymiss.
 *
 * A string is kept in one form here; "int", "embstr" and "raw" are what a user
 * of Redis expects to read for a value of such content and history.
 */
#include "command/key.h"

#include "command/commands.h"

#define INT_MAX_LEN    20 /* longest decimal 64-bit integer */
#define EMBSTR_MAX_LEN 44 /* Redis' own border */

#define ADJUSTS                                                                \
    " Please note that when switching between policies at runtime LRU and "    \
    "LFU "                                                                     \
    "data will take some time to adjust."

/* The entry, or NULL after the reply. */
static const struct db_entry *find_object(struct call *c)
{
    const struct db_entry *e = tx_find_unsaid(c->tx, c->argv[2]);

    if (e == NULL) {
        resp_null(c->out);
    }
    return e;
}

static const char *string_encoding(const struct db_entry *e)
{
    struct bt_slice s = db_entry_string(e);
    int64_t ignored;

    if (db_entry_raw(e)) {
        return "raw";
    }
    if (s.n <= INT_MAX_LEN && cmd_parse_int(s, &ignored)) {
        return "int";
    }
    return s.n <= EMBSTR_MAX_LEN ? "embstr" : "raw";
}

void cmd_object_encoding(struct call *c)
{
    const struct db_entry *e = find_object(c);

    if (e != NULL) {
        resp_bulk_str(c->out, db_entry_type(e) == DB_STRING
                                  ? string_encoding(e)
                                  : db_entry_encoding(e));
    }
}

/* Values are never shared between keys. */
void cmd_object_refcount(struct call *c)
{
    if (find_object(c) != NULL) {
        resp_int(c->out, 1);
    }
}

void cmd_object_idletime(struct call *c)
{
    const struct db_entry *e = find_object(c);

    if (e == NULL) {
        return;
    }
    if (db_counts_use(c->tx->db)) {
        resp_error(c->out, "ERR An LFU maxmemory policy is selected, idle time "
                           "not tracked." ADJUSTS);
        return;
    }
    resp_int(c->out, (int64_t)(db_entry_idle_ms(e) / 1000));
}

void cmd_object_freq(struct call *c)
{
    const struct db_entry *e = find_object(c);

    if (e == NULL) {
        return;
    }
    if (!db_counts_use(c->tx->db)) {
        resp_error(c->out, "ERR An LFU maxmemory policy is not selected, "
                           "access frequency not tracked." ADJUSTS);
        return;
    }
    resp_int(c->out, db_entry_use_count(c->tx, e));
}

void cmd_object_help(struct call *c)
{
    static const char *const lines[] = {
        "ENCODING <key>",
        "    Tells the form in which the key's value is kept.",
        "FREQ <key>",
        "    Tells how often the key is used, on a logarithmic scale; only",
        "    with a maxmemory policy that counts it.",
        "IDLETIME <key>",
        "    Tells the seconds since the key was last used.",
        "REFCOUNT <key>",
        "    Tells how many references to the key's value there are.",
        NULL};

    cmd_help(c, lines);
}
