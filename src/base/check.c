/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void bt_check_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "baton: bug: %s does not hold (%s:%d)\n", what, file, line);
    abort();
}
