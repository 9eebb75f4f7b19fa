/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/pick.h"

#include <inttypes.h>

bool pick_read(struct call *c, struct bt_slice arg, struct pick *p)
{
    int64_t v;

    if (!cmd_int(c, arg, &v)) {
        return false;
    }
    if (v == INT64_MIN) { /* has no positive */
        resp_errorf(c->out,
                    "ERR value is out of range, value must between %" PRId64
                    " and %" PRId64,
                    -INT64_MAX, INT64_MAX);
        return false;
    }
    p->n = (uint64_t)(v < 0 ? -v : v);
    p->repeats = v < 0;
    return true;
}
