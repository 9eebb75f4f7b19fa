/* SPDX-License-Identifier: BSD-2-Clause */
#include "batond/option.h"

#include "base/check.h"
#include "batond/apply.h"
#include "batond/value.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#define SETTABLE OPTION_SETTABLE
#define GUARDED  OPTION_GUARDED
#define SECRET   OPTION_SECRET
#define UNSEEN   OPTION_UNSEEN

#define ROW(k, n, d, f, h)                                                     \
    .kind = OPTION_##k, .name = n, .def = d, .flags = f, .help = h
#define BOOL(n, d, f, h)           ROW(BOOL, n, d, f, h)
#define INT(n, lo, hi, d, f, h)    ROW(INT, n, d, f, h), .min = lo, .max = hi
#define MEMORY(n, lo, hi, d, f, h) ROW(MEMORY, n, d, f, h), .min = lo, .max = hi
#define OCTAL(n, lo, hi, d, f, h)  ROW(OCTAL, n, d, f, h), .min = lo, .max = hi
#define ENUM(n, w, d, f, h)        ROW(ENUM, n, d, f, h), .words = w
#define TEXT(n, d, f, h)           ROW(TEXT, n, d, f, h)
#define WORDS(n, lo, hi, d, f, h)  ROW(WORDS, n, d, f, h), .min = lo, .max = hi
#define SPECIAL(n, p, d, f, h)     ROW(SPECIAL, n, d, f, h), .parse = p
#define ALIAS(a, row)              row, .alias = a

/* Those with an effect come first, so that their ids are their places. */
static const struct option table[OPT_N] = {
#define SERVED(id, fn, row) {row, .use = OPTION_SERVED, .apply = fn},
#define TUNES(row)
#define ASKS(row)
#include "batond/options.def"
#undef SERVED
#undef TUNES
#undef ASKS
#define SERVED(id, fn, row)
#define TUNES(row) {row, .use = OPTION_TUNES},
#define ASKS(row)  {row, .use = OPTION_ASKS},
#include "batond/options.def"
#undef SERVED
#undef TUNES
#undef ASKS
};

const struct option *option_at(size_t i)
{
    bt_assert(i < OPT_N);
    return &table[i];
}

size_t option_find(struct bt_slice name)
{
    size_t i = 0;

    while (i < OPT_N &&
           !(bt_slice_is(name, table[i].name) ||
             (table[i].alias && bt_slice_is(name, table[i].alias)))) {
        i++;
    }
    return i;
}

int option_fail(struct option_error *e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
    return -EINVAL;
}

int option_no_memory(struct option_error *e)
{
    option_fail(e, "out of memory");
    return -ENOMEM;
}
