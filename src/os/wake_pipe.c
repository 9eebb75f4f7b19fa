/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A full pipe is harmless: the reader is then about to wake anyway.
 */
#include "os/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int bt_wake_open(struct bt_wake *w)
{
    int p[2];

    if (pipe(p) < 0) {
        w->rd = w->wr = -1;
        return -errno;
    }
    for (int i = 0; i < 2; i++) {
        fcntl(p[i], F_SETFL, fcntl(p[i], F_GETFL) | O_NONBLOCK);
        fcntl(p[i], F_SETFD, FD_CLOEXEC);
    }
    w->rd = p[0];
    w->wr = p[1];
    return 0;
}

void bt_wake_close(struct bt_wake *w)
{
    if (w->rd >= 0) {
        close(w->rd);
        close(w->wr);
    }
    w->rd = w->wr = -1;
}

void bt_wake_send(const struct bt_wake *w)
{
    int saved = errno; /* signal handlers call this */

    while (write(w->wr, "", 1) < 0 && errno == EINTR) {
    }
    errno = saved;
}

void bt_wake_clear(const struct bt_wake *w)
{
    char b[256];
    ssize_t n;

    do {
        n = read(w->rd, b, sizeof b);
    } while (n == (ssize_t)sizeof b || (n < 0 && errno == EINTR));
}
