/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One array of rows: the top level first, then the subcommands of each
 * container in turn, with an empty row in front of each container's and one at
 * the very end, so that a container's rows always end at an empty one.
 *
 * Names of the top level are letters only, at most 16, so a name is two words
 * with the case bit set: the hash is taken of them, and comparing them is
 * exact. (Only a letter gives a lower-case letter when the bit is set.)
 */
#include "command/table.h"

#include "base/check.h"
#include "command/commands.h"

#include <stdint.h>
#include <string.h>

#define SLOT_BITS 9 /* a table well above the number of commands */
#define SLOTS     (1 << SLOT_BITS)
#define CASE_BIT  UINT64_C(0x2020202020202020)

/* Where each row lies in the array: offsets in a structure of bytes. */
struct layout_top {
#define CMD(name, fn, ...)           char top_##fn;
#define CONTAINER(id, name, fn, ...) char top_##id;
#define SUB(name, fn, ...)
#include "command/commands.def"
#undef CMD
#undef CONTAINER
#undef SUB
};

struct layout_sub {
#define CMD(name, fn, ...)
#define CONTAINER(id, name, fn, ...) char gap_##id;
#define SUB(name, fn, ...)           char sub_##fn;
#include "command/commands.def"
#undef CMD
#undef CONTAINER
#undef SUB
    char gap_end;
};

#define N_TOP  sizeof(struct layout_top)
#define N_ROWS (sizeof(struct layout_top) + sizeof(struct layout_sub))

static const struct command rows[N_ROWS];

/* See struct cmd_keys. */
#define NO_KEYS       KEYS(0, 0, 0)
#define KEYS(f, l, s) KEYS_AND(f, l, s, 0, NULL)
/* A range, those behind a count at argv[n], and what a function finds. */
#define KEYS_AND(f, l, s, n, more)                                             \
    {                                                                          \
        f, l, s, n, more                                                       \
    }
#define SUBS_OF(id) &rows[N_TOP + offsetof(struct layout_sub, gap_##id) + 1]
#define EMPTY_ROW   {.name = NULL},

/* The columns stand in the order of struct command. */
static const struct command rows[N_ROWS] = {
#define CMD(name, ...)           {name, __VA_ARGS__, NULL},
#define CONTAINER(id, name, ...) {name, __VA_ARGS__, SUBS_OF(id)},
#define SUB(name, ...)
#include "command/commands.def"
#undef CMD
#undef CONTAINER
#undef SUB

#define CMD(name, ...)
#define CONTAINER(id, name, ...) EMPTY_ROW
#define SUB(name, ...)           {name, __VA_ARGS__, NULL},
#include "command/commands.def"
#undef CMD
#undef CONTAINER
#undef SUB
    EMPTY_ROW};

/* Open addressing; an empty slot has no row. Written by cmd_table_init only. */
static struct slot {
    uint64_t head, tail;
    const struct command *row;
} slots[SLOTS];
/* The row's name has a '_', with which the fold confuses another byte. */
static bool underscored[SLOTS];

static uint64_t word32(const char *p)
{
    uint32_t w;

    memcpy(&w, p, 4);
    return w;
}

/* The name's letters as two words: its first bytes and its last, which overlap
 * unless it has a round length. False: no name of ours is as long. */
static inline bool fold(struct bt_slice name, uint64_t *head, uint64_t *tail)
{
    const char *p = name.p;
    size_t n = name.n;

    *tail = 0;
    if (n - 4 < 4) {
        *head = word32(p) | word32(p + n - 4) << 32;
    } else if (n - 8 <= 8) {
        memcpy(head, p, 8);
        memcpy(tail, p + n - 8, 8);
    } else if (n - 1 < 3) {
        *head = (uint64_t)(unsigned char)p[0] |
                (uint64_t)(unsigned char)p[n / 2] << 8 |
                (uint64_t)(unsigned char)p[n - 1] << 16;
    } else {
        return false;
    }
    *head |= CASE_BIT;
    *tail = (*tail | CASE_BIT) ^ n;
    return true;
}

static inline size_t slot_of(uint64_t head, uint64_t tail)
{
    uint64_t h = head ^ tail << 31 ^ tail >> 7;

    return (size_t)(h * UINT64_C(0x9e3779b97f4a7c15) >> (64 - SLOT_BITS));
}

void cmd_table_init(void)
{
    memset(slots, 0, sizeof slots);
    for (size_t i = 0; i < N_TOP; i++) {
        struct bt_slice name = bt_str(rows[i].name);
        uint64_t head, tail;
        size_t s;

        bt_assert(strspn(name.p, "abcdefghijklmnopqrstuvwxyz_") == name.n);
        bt_assert(fold(name, &head, &tail));
        s = slot_of(head, tail);
        while (slots[s].row) {
            s = (s + 1) & (SLOTS - 1);
        }
        slots[s] = (struct slot){head, tail, &rows[i]};
        underscored[s] = memchr(name.p, '_', name.n) != NULL;
    }
}

const struct command *cmd_find(struct bt_slice name)
{
    uint64_t head, tail;
    size_t s;

    if (!fold(name, &head, &tail)) {
        return NULL;
    }
    s = slot_of(head, tail);
    while (slots[s].row && (slots[s].head != head || slots[s].tail != tail)) {
        s = (s + 1) & (SLOTS - 1);
    }
    if (bt_unlikely(underscored[s]) && !bt_slice_is(name, slots[s].row->name)) {
        return NULL;
    }
    return slots[s].row;
}

const struct command *cmd_find_sub(const struct command *parent,
                                   struct bt_slice name)
{
    size_t skip = strlen(parent->name) + 1;
    const struct command *c = parent->sub;

    while (c && c->name && !bt_slice_is(name, c->name + skip)) {
        c++;
    }
    return c && c->name ? c : NULL;
}

const struct command *cmd_find_path(struct bt_slice path)
{
    const char *bar = memchr(path.p, '|', path.n);
    const struct command *c;
    size_t n;

    if (!bar) {
        return cmd_find(path);
    }
    n = (size_t)(bar - path.p);
    c = cmd_find(bt_slice(path.p, n));
    return c && c->sub ? cmd_find_sub(c, bt_slice(bar + 1, path.n - n - 1))
                       : NULL;
}

size_t cmd_count(void)
{
    return N_TOP;
}

const struct command *cmd_at(size_t i)
{
    bt_assert(i < N_TOP);
    return &rows[i];
}

size_t cmd_rows(void)
{
    return N_ROWS;
}

size_t cmd_index(const struct command *c)
{
    return (size_t)(c - rows);
}

const struct command *cmd_row(size_t i)
{
    return i < N_ROWS && rows[i].name ? &rows[i] : NULL;
}

size_t cmd_count_subs(const struct command *c)
{
    size_t n = 0;

    while (c->sub && c->sub[n].name) {
        n++;
    }
    return n;
}

bool cmd_next_word(const char **list, const char *stops, struct bt_slice *word)
{
    const char *p = *list + strspn(*list, stops);

    *word = bt_slice(p, strcspn(p, stops));
    *list = p + word->n;
    return word->n > 0;
}
