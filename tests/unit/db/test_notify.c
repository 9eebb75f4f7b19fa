/* SPDX-License-Identifier: BSD-2-Clause */
#include "use.h"

#include "db/notify.h"

static struct use u;
static struct bt_buf heard;

/* "class:event dbi key;" for each event. */
static void hear(void *arg, unsigned flags, const struct notify_event *e)
{
    cr_assert_eq(arg, &heard);
    cr_assert_eq(flags, db_notify_flags(u.db));
    bt_buf_addf(&heard, "%s %u %.*s;", e->event, e->dbi, (int)e->key.n,
                e->key.p);
}

static void open_it(void)
{
    use_open(&u, 2, 4);
    db_on_notify(u.t, hear, &heard);
}

static void close_it(void)
{
    use_close(&u);
    bt_buf_fini(&heard);
}

static void expect(const char *text)
{
    bt_buf_addf(&heard, "%s", "");
    cr_assert_str_eq(heard.p ? heard.p : "", text);
    heard.n = 0;
}

TestSuite(notify, .init = open_it, .fini = close_it);

Test(notify, nothing_is_told_when_off)
{
    use_lock(&u, "a", TX_WRITE);
    tx_notify(&u.tx, NOTIFY_STRING, "set", bt_str("a"));
    tx_commit(&u.tx);
    expect("");
    db_set_notify(u.db, NOTIFY_ALL); /* neither K nor E */
    cr_assert_eq(db_notify_flags(u.db), 0);
    use_set(&u, "a", "1", DB_NO_EXPIRE);
    expect("");
}

Test(notify, events_come_at_commit_in_order)
{
    char key[] = "a";

    db_set_notify(u.db, NOTIFY_KEYEVENT | NOTIFY_ALL);
    tx_begin(&u.tx, u.t, 1);
    tx_notify(&u.tx, NOTIFY_LIST, "lpush", bt_str(key));
    key[0] = 'b';
    tx_notify(&u.tx, NOTIFY_GENERIC, "del", bt_str(key));
    tx_notify(&u.tx, NOTIFY_KEY_MISS, "keymiss", bt_str(key));
    key[0] = 'c';
    expect("");
    tx_commit(&u.tx);
    expect("lpush 1 a;del 1 b;");
    tx_commit(&u.tx);
    expect("");
}

Test(notify, flush_tells_what_was_noted)
{
    db_set_notify(u.db, NOTIFY_KEYSPACE | NOTIFY_HASH);
    tx_begin(&u.tx, u.t, 0);
    tx_notify(&u.tx, NOTIFY_HASH, "hset", bt_str(""));
    tx_notify_flush(&u.tx);
    expect("hset 0 ;");
    tx_commit(&u.tx);
    expect("");
}

Test(notify, new_and_expired_and_missed_keys)
{
    db_set_notify(u.db, NOTIFY_KEYSPACE | NOTIFY_NEW | NOTIFY_EXPIRED |
                            NOTIFY_KEY_MISS);
    use_set(&u, "a", "1", DB_NO_EXPIRE);
    expect("new 0 a;");
    use_set(&u, "a", "2", bt_real_ms() - 1000);
    expect("");
    use_lock(&u, "a", TX_WRITE);
    cr_assert_null(tx_find(&u.tx, bt_str("a")));
    cr_assert_null(tx_find_quiet(&u.tx, bt_str("a")));
    tx_commit(&u.tx);
    expect("expired 0 a;keymiss 0 a;");
    use_set(&u, "b", "2", bt_real_ms() - 1000);
    use_set(&u, "b", "3", DB_NO_EXPIRE);
    expect("new 0 b;expired 0 b;new 0 b;");
}

Test(notify, the_cycle_tells_of_expired_keys)
{
    use_set(&u, "a", "1", bt_real_ms() - 1000);
    db_set_notify(u.db, NOTIFY_KEYEVENT | NOTIFY_EXPIRED);
    db_expire_cycle(u.t, 1000000);
    expect("expired 0 a;");
}

Test(notify, letters)
{
    char text[NOTIFY_LETTERS];

    cr_assert_eq(notify_parse(bt_str("")), 0);
    cr_assert_eq(notify_parse(bt_str("KEx")),
                 NOTIFY_KEYSPACE | NOTIFY_KEYEVENT | NOTIFY_EXPIRED);
    cr_assert_eq(notify_parse(bt_str("g$lshzxetd")), NOTIFY_ALL);
    cr_assert_eq(notify_parse(bt_str("Kq")), -1);
    notify_format((unsigned)notify_parse(bt_str("xEKnm")), text);
    cr_assert_str_eq(text, "xnKEm");
    notify_format((unsigned)notify_parse(bt_str("mEKnA")), text);
    cr_assert_str_eq(text, "AKEm");
}
