/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/keys.h"

#include "command/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void cmd_keys_init(struct cmd_key_list *list)
{
    list->n = 0;
    list->at = list->few;
    list->cap = sizeof list->few / sizeof list->few[0];
}

void cmd_keys_fini(struct cmd_key_list *list)
{
    if (list->at != list->few) {
        free(list->at);
    }
    cmd_keys_init(list);
}

static int reserve(struct cmd_key_list *list, size_t n)
{
    unsigned *at;

    if (n <= list->cap) {
        return 0;
    }
    n = n > 2 * list->cap ? n : 2 * list->cap;
    at = malloc(n * sizeof *at);
    if (!at) {
        return -ENOMEM;
    }
    memcpy(at, list->at, list->n * sizeof *at);
    if (list->at != list->few) {
        free(list->at);
    }
    list->at = at;
    list->cap = n;
    return 0;
}

int cmd_keys_add(struct cmd_key_list *list, size_t at)
{
    int r = reserve(list, list->n + 1);

    if (r == 0) {
        list->at[list->n++] = (unsigned)at;
    }
    return r;
}

static int add_range(struct cmd_key_list *list, size_t first, size_t last,
                     size_t step)
{
    for (size_t i = first; i <= last; i += step) {
        int r = cmd_keys_add(list, i);

        if (r != 0) {
            return r;
        }
    }
    return 0;
}

/* The count at `at` and as many keys behind it. */
static int add_counted(struct cmd_key_list *list, const struct bt_slice *argv,
                       size_t argc, size_t at)
{
    int64_t n;

    if (at >= argc || !cmd_parse_int(argv[at], &n) || n < 1 ||
        (uint64_t)n > argc - at - 1) {
        return -EINVAL;
    }
    return add_range(list, at + 1, at + (size_t)n, 1);
}

int cmd_keys_of(const struct command *c, const struct bt_slice *argv,
                size_t argc, struct cmd_key_list *list)
{
    const struct cmd_keys *k = &c->keys;
    int r = 0;

    list->n = 0;
    if (k->first > 0) {
        size_t last = k->last >= 0 ? (size_t)k->last : argc - (size_t)-k->last;

        r = add_range(list, (size_t)k->first, last, (size_t)k->step);
    }
    if (r == 0 && k->numkeys > 0) {
        r = add_counted(list, argv, argc, (size_t)k->numkeys);
    }
    if (r == 0 && k->more) {
        r = k->more(argv, argc, list);
    }
    if (r < 0) {
        list->n = 0;
    }
    return r;
}

/* What is done with the i-th key. The last words of a row stand for all keys
 * that are left, and for those that only a function finds. */
static struct bt_slice flags_of_key(const struct command *c, size_t i)
{
    const char *list = c->key_flags;
    struct bt_slice word = bt_slice("", 0), next;
    bool found = c->keys.more && i > 0;

    for (size_t k = 0; cmd_next_word(&list, ";", &next); k++) {
        word = next;
        if (k == i && !found) {
            break;
        }
    }
    return word;
}

/* SET reads its key only with GET, BITFIELD writes only with SET or INCRBY. */
static struct bt_slice variable_flags(const struct bt_slice *argv, size_t argc)
{
    bool set = bt_slice_is(argv[0], "set");

    for (size_t i = set ? 3 : 2; i < argc; i++) {
        if (set && bt_slice_is(argv[i], "get")) {
            return bt_str("RW access update");
        }
        if (!set &&
            (bt_slice_is(argv[i], "set") || bt_slice_is(argv[i], "incrby"))) {
            return bt_str("RW access update");
        }
    }
    return bt_str(set ? "OW update" : "RO access");
}

struct bt_slice cmd_key_flags(const struct command *c,
                              const struct bt_slice *argv, size_t argc,
                              size_t i)
{
    return strstr(c->key_flags, "variable_flags") ? variable_flags(argv, argc)
                                                  : flags_of_key(c, i);
}
