/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/listener.h"

#include "os/address.h"
#include "os/socket.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void describe(struct bt_listener *l)
{
    struct sockaddr_storage ss;
    socklen_t len = sizeof ss;

    memset(&ss, 0, sizeof ss);
    if (getsockname(l->fd, (struct sockaddr *)&ss, &len) == 0) {
        l->origin.addr = bt_addr_of(&ss);
    }
    if (l->path[0]) {
        snprintf(l->address, sizeof l->address, "%s", l->path);
        l->origin.path = l->path;
    } else {
        bt_addr_text(&l->origin.addr, NULL, l->address, sizeof l->address);
    }
}

int bt_listener_open(struct bt_listener *l, const char *address, int backlog,
                     unsigned mode)
{
    struct sockaddr_storage ss;
    struct stat st;
    socklen_t len;
    int r = bt_addr_parse(address, &ss, &len);

    l->fd = -1;
    if (r < 0) {
        return r;
    }
    l->fd = bt_socket_listen(&ss, len, backlog, mode);
    if (l->fd < 0) {
        return l->fd;
    }
    if (ss.ss_family == AF_UNIX) {
        snprintf(l->path, sizeof l->path, "%s", address + strlen("unix://"));
        if (lstat(l->path, &st) == 0) {
            l->dev = st.st_dev;
            l->ino = st.st_ino;
        }
    }
    describe(l);
    return 0;
}

void bt_listener_close(struct bt_listener *l)
{
    struct stat st;

    if (l->fd < 0) {
        return;
    }
    if (l->path[0] && lstat(l->path, &st) == 0 && st.st_dev == l->dev &&
        st.st_ino == l->ino) {
        unlink(l->path);
    }
    close(l->fd);
    l->fd = -1;
}
