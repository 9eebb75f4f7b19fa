/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A file beside the old one, with the same mode, is renamed over it.
 */
#include "batond/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, p, n);

        if (done < 0 && errno != EINTR) {
            return -errno;
        }
        if (done > 0) {
            p += done;
            n -= (size_t)done;
        }
    }
    return fsync(fd) == 0 ? 0 : -errno;
}

/* The name is new on the disk as well; a system that cannot say so is
 * believed. */
static void sync_directory(const char *path)
{
    char *copy = strdup(path);
    int fd = copy ? open(dirname(copy), O_RDONLY | O_CLOEXEC) : -1;

    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(copy);
}

int file_replace(const char *path, const struct bt_buf *text)
{
    struct bt_buf name = {0};
    struct stat old;
    mode_t mode = stat(path, &old) == 0 ? old.st_mode & 07777 : 0644;
    int rc = bt_buf_addf(&name, "%s.XXXXXX", path), fd;

    if (rc == 0) {
        rc = bt_buf_add(&name, "", 1);
    }
    if (rc != 0) {
        bt_buf_fini(&name);
        return rc;
    }
    fd = mkstemp(name.p);
    rc = fd < 0 ? -errno : write_all(fd, text->p, text->n);
    if (rc == 0 && (fchmod(fd, mode) != 0 || rename(name.p, path) != 0)) {
        rc = -errno;
    }
    if (fd >= 0) {
        close(fd);
        if (rc != 0) {
            unlink(name.p);
        }
    }
    if (rc == 0) {
        sync_directory(path);
    }
    bt_buf_fini(&name);
    return rc;
}
