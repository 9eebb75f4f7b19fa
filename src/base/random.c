/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef HAVE_SYS_RANDOM_H
#include <sys/random.h>
#endif

static int from_device(char *p, size_t n)
{
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    int r = fd < 0 ? -errno : 0;

    while (r == 0 && n > 0) {
        ssize_t k = read(fd, p, n);

        if (k > 0) {
            p += k;
            n -= (size_t)k;
        } else if (k == 0 || errno != EINTR) {
            r = k == 0 ? -EIO : -errno;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return r;
}

int bt_random(void *p, size_t n)
{
#if defined(HAVE_ARC4RANDOM_BUF)
    arc4random_buf(p, n);
    return 0;
#elif defined(HAVE_GETRANDOM)
    if (n <= 256 && getrandom(p, n, 0) == (ssize_t)n) {
        return 0;
    }
#endif
    return from_device(p, n);
}
