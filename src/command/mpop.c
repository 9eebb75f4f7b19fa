/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/mpop.h"

static bool read_count(struct call *c, size_t at, size_t *count)
{
    if (c->argc - at < 2 || !bt_slice_is(c->argv[at], "count")) {
        return cmd_syntax(c);
    }
    /* A count that makes no sense is told before what follows it. */
    return cmd_size(c, c->argv[at + 1], 1, "count should be greater than 0",
                    count) &&
           (c->argc - at == 2 || cmd_syntax(c));
}

bool mpop_args(struct call *c, size_t at, const char *head, const char *tail,
               struct mpop *m)
{
    size_t where;

    if (!cmd_size(c, c->argv[at], 1, "numkeys should be greater than 0",
                  &m->n)) {
        return false;
    }
    if (m->n >= c->argc - at - 1) {
        return cmd_syntax(c);
    }
    m->first = at + 1;
    m->count = 1;
    where = m->first + m->n;
    m->tail = bt_slice_is(c->argv[where], tail);
    if (!m->tail && !bt_slice_is(c->argv[where], head)) {
        return cmd_syntax(c);
    }
    return where + 1 == c->argc || read_count(c, where + 1, &m->count);
}
