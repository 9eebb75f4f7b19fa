/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Master and data sockets, and what happens to files of Unix sockets.
 */
#include <criterion/criterion.h>

#include "os/socket.h"

#include "testnet.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/listener.h"

static char dir[64], path[96];
static struct sockaddr_storage ss;

static void start(void)
{
    struct sockaddr_un *un = (void *)&ss;

    strcpy(dir, "/tmp/baton-socket.XXXXXX");
    cr_assert(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/s", dir);
    un->sun_family = AF_UNIX;
    strcpy(un->sun_path, path);
}

static void end(void)
{
    unlink(path);
    rmdir(dir);
}

TestSuite(socket, .init = start, .fini = end, .timeout = 120);

static int listen_there(unsigned mode)
{
    return bt_socket_listen(&ss, sizeof(struct sockaddr_un), 5, mode);
}

static int dial(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    cr_assert_eq(connect(fd, (void *)&ss, sizeof(struct sockaddr_un)), 0);
    return fd;
}

static bool exists(void)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

Test(socket, stale_file_is_replaced)
{
    int fd = listen_there(0);

    cr_assert_geq(fd, 0);
    close(fd); /* as after a crash: the file stays and nobody answers */
    cr_assert(exists());
    fd = listen_there(0);
    cr_expect_geq(fd, 0);
    close(dial());
    close(fd);
}

Test(socket, file_in_use_stays)
{
    int fd = listen_there(0), client;

    cr_assert_geq(fd, 0);
    cr_expect_eq(listen_there(0), -EADDRINUSE);
    cr_expect(exists());
    client = dial(); /* the first one still has it */
    close(client);
    close(fd);
}

/* A server whose backlog is full does not answer at once; it is there. */
Test(socket, file_in_use_with_a_full_backlog)
{
    int master = bt_socket_listen(&ss, sizeof(struct sockaddr_un), 0, 0);
    int fd[8], r = 0;

    cr_assert_geq(master, 0);
    for (int i = 0; i < 8 && r == 0; i++) {
        fd[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
        r = connect(fd[i], (void *)&ss, sizeof(struct sockaddr_un));
    }
    cr_assert_eq(errno, EAGAIN);
    cr_expect_eq(listen_there(0), -EADDRINUSE);
    cr_expect(exists());
    close(master);
}

Test(socket, regular_file_is_left_alone)
{
    int fd = open(path, O_CREAT | O_WRONLY, 0600);

    cr_assert_eq(write(fd, "mine", 4), 4);
    close(fd);
    cr_expect_eq(listen_there(0), -EADDRINUSE);
    cr_expect(exists());
}

Test(socket, directory_is_left_alone)
{
    mkdir(path, 0700);
    cr_expect_eq(listen_there(0), -EADDRINUSE);
    cr_expect(exists());
    rmdir(path);
}

/* Also one that points to a stale socket: the link is not ours to remove. */
Test(socket, symbolic_link_is_left_alone)
{
    cr_assert_eq(symlink("/nonexistent", path), 0);
    cr_expect_eq(listen_there(0), -EADDRINUSE);
    cr_expect(exists());
}

Test(socket, no_such_directory)
{
    struct sockaddr_un *un = (void *)&ss;

    snprintf(un->sun_path, sizeof un->sun_path, "%s/none/s", dir);
    cr_expect_eq(listen_there(0), -ENOENT);
}

Test(socket, mode_of_the_file)
{
    struct stat st;
    int fd = listen_there(0740);

    cr_assert_eq(stat(path, &st), 0);
    cr_expect_eq(st.st_mode & 0777, 0740);
    close(fd);
}

/* ---- The listener: whose file is it at the end? ---- */

static void open_listener(struct bt_listener *l)
{
    char address[128];

    memset(l, 0, sizeof *l);
    snprintf(address, sizeof address, "unix://%s", path);
    cr_assert_eq(bt_listener_open(l, address, 5, 0), 0);
    cr_expect_str_eq(l->address, path);
}

Test(socket, listener_removes_its_file)
{
    struct bt_listener l;

    open_listener(&l);
    cr_assert(exists());
    bt_listener_close(&l);
    cr_expect_not(exists());
    cr_expect_eq(l.fd, -1);
    bt_listener_close(&l); /* a second time does nothing */
}

Test(socket, listener_leaves_the_file_of_another)
{
    struct bt_listener l;
    int other;

    open_listener(&l);
    unlink(path);
    /* Another socket keeps the inode number from being given again. */
    other = listen_there(0);
    cr_assert_geq(other, 0);
    bt_listener_close(&l);
    cr_expect(exists());
    close(dial());
    close(other);
}

Test(socket, listener_path_too_long)
{
    struct bt_listener l = {0};
    char address[256] = "unix:///tmp/";

    memset(address + 12, 'p', 120);
    cr_expect_eq(bt_listener_open(&l, address, 5, 0), -ENAMETOOLONG);
    cr_expect_eq(l.fd, -1);
}

Test(socket, listener_fills_in_the_port)
{
    struct bt_listener l = {0};

    cr_assert_eq(bt_listener_open(&l, "tcp://127.0.0.1:0", 5, 0), 0);
    cr_expect_eq(strncmp(l.address, "127.0.0.1:", 10), 0);
    cr_expect_gt(atoi(l.address + 10), 0);
    bt_listener_close(&l);
}

/* ---- Data sockets ---- */

Test(socket, accepted_as_the_engine_needs_it)
{
    struct sockaddr_storage peer;
    int master = listen_there(0), client, fd;

    cr_expect_eq(bt_socket_accept(master, &peer), -EAGAIN);
    client = dial();
    fd = bt_socket_accept(master, &peer);
    cr_assert_geq(fd, 0);
    cr_expect(fcntl(fd, F_GETFL) & O_NONBLOCK);
    cr_expect(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    cr_expect(fcntl(master, F_GETFD) & FD_CLOEXEC);
    close(client);
    close(fd);
    close(master);
}

Test(socket, read_write)
{
    struct iovec iov[2] = {{(char *)"wri", 3}, {(char *)"ting", 4}};
    char some[64];
    int pair[2];

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    cr_expect_eq(bt_socket_read(pair[0], some, sizeof some), -EAGAIN);
    cr_expect_eq(bt_socket_waiting(pair[0]), 0);
    cr_expect_eq(bt_socket_write(pair[1], "once ", 5), 5);
    cr_expect_eq(bt_socket_writev(pair[1], iov, 2), 7);
    cr_expect_eq(bt_socket_waiting(pair[0]), 12);
    cr_expect_eq(bt_socket_read(pair[0], some, sizeof some), 12);
    cr_expect_eq(memcmp(some, "once writing", 12), 0);
    bt_socket_shutdown_write(pair[1]);
    cr_expect_eq(bt_socket_read(pair[0], some, sizeof some), 0);
    close(pair[1]);
    cr_expect_eq(bt_socket_write(pair[0], "x", 1), -EPIPE, "and no signal");
    cr_expect_eq(bt_socket_writev(pair[0], iov, 2), -EPIPE);
    close(pair[0]);
}
