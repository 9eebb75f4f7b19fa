/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/wake.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int bt_wake_open(struct bt_wake *w)
{
    w->rd = w->wr = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return w->rd < 0 ? -errno : 0;
}

void bt_wake_close(struct bt_wake *w)
{
    if (w->rd >= 0) {
        close(w->rd);
    }
    w->rd = w->wr = -1;
}

void bt_wake_send(const struct bt_wake *w)
{
    int saved = errno; /* signal handlers call this */
    uint64_t one = 1;

    while (write(w->wr, &one, sizeof one) < 0 && errno == EINTR) {
    }
    errno = saved;
}

void bt_wake_clear(const struct bt_wake *w)
{
    uint64_t n;

    while (read(w->rd, &n, sizeof n) < 0 && errno == EINTR) {
    }
}
