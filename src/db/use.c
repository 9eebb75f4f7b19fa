/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/use.h"

#include "base/clock.h"

#define COUNT_FIRST 5 /* so that a new key is not the first to go */
#define COUNT_MAX   255
#define MINUTES     UINT32_C(0xffffff)

static uint32_t word_of(const struct db_entry *e)
{
    return atomic_load_explicit(&((struct db_entry *)e)->clock,
                                memory_order_relaxed);
}

static uint32_t minutes_now(void)
{
    return (uint32_t)(bt_now_ms() / 60000) & MINUTES;
}

unsigned db_use_count(const struct db *db, const struct db_entry *e)
{
    uint32_t word = word_of(e);
    unsigned count = word & COUNT_MAX;
    unsigned decay =
        atomic_load_explicit(&db->use.decay_minutes, memory_order_relaxed);
    uint32_t periods =
        decay ? ((minutes_now() - (word >> 8)) & MINUTES) / decay : 0;

    return periods > count ? 0 : count - periods;
}

/* The higher the counter, the rarer it rises. */
void db_use_lfu(struct db_thread *t, const struct db_entry *e)
{
    unsigned count = db_use_count(t->db, e);
    unsigned above = count > COUNT_FIRST ? count - COUNT_FIRST : 0;
    uint64_t factor =
        atomic_load_explicit(&t->db->use.log_factor, memory_order_relaxed);
    uint64_t odds = above * factor + 1;

    if (count < COUNT_MAX && db_thread_random(t) % odds == 0) {
        count++;
    }
    db_entry_touch(e, minutes_now() << 8 | count);
}

void db_use_first(struct db_thread *t, struct db_entry *e,
                  const struct db_entry *old)
{
    if (!db_use_is_lfu(t->db)) {
        db_entry_touch(e, db_thread_clock(t));
    } else if (old) {
        db_entry_touch(e, word_of(old));
        db_use_lfu(t, e);
    } else {
        db_entry_touch(e, minutes_now() << 8 | COUNT_FIRST);
    }
}

void db_set_use(struct db *db, bool lfu, unsigned log_factor,
                unsigned decay_minutes)
{
    atomic_store_explicit(&db->use.log_factor, log_factor,
                          memory_order_relaxed);
    atomic_store_explicit(&db->use.decay_minutes, decay_minutes,
                          memory_order_relaxed);
    atomic_store_explicit(&db->use.lfu, lfu, memory_order_relaxed);
}

bool db_counts_use(const struct db *db)
{
    return db_use_is_lfu(db);
}

unsigned db_entry_use_count(struct tx *tx, const struct db_entry *e)
{
    return db_use_count(tx->db, e);
}

/* In whole seconds, as the clock is; another thread's clock may be ahead. */
uint64_t db_entry_idle_ms(const struct db_entry *e)
{
    uint32_t now = (uint32_t)(bt_coarse_ns() / 1000000000u);
    uint32_t then = word_of(e);

    return now > then ? (uint64_t)(now - then) * 1000 : 0;
}
