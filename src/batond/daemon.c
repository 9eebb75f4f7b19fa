/* SPDX-License-Identifier: BSD-2-Clause */
#include "batond/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

void daemon_hold_descriptors(void)
{
    int fd;

    do { /* open() gives the lowest free number */
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO) {
        close(fd);
    }
}

/* The process that the user started: waits for one byte, or for the end. */
static _Noreturn void wait_for_verdict(int fd, pid_t child)
{
    char byte;
    ssize_t n;
    int status;

    do {
        n = read(fd, &byte, 1);
    } while (n < 0 && errno == EINTR);
    if (n == 1) {
        _exit(0);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    _exit(1);
}

int daemon_start(int *verdict)
{
    int ends[2];
    pid_t child;

    if (pipe(ends) != 0) {
        return -errno;
    }
    fflush(NULL);
    child = fork();
    if (child < 0) {
        int err = errno;

        close(ends[0]);
        close(ends[1]);
        return -err;
    }
    if (child > 0) {
        close(ends[1]);
        wait_for_verdict(ends[0], child);
    }
    close(ends[0]);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    setsid();
    *verdict = ends[1];
    return 0;
}

void daemon_ready(int *verdict)
{
    int null;

    if (*verdict < 0) {
        return;
    }
    null = open("/dev/null", O_RDWR);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
    }
    if (null > STDERR_FILENO) {
        close(null);
    }
    while (write(*verdict, "", 1) < 0 && errno == EINTR) {
    }
    close(*verdict);
    *verdict = -1;
}

void daemon_notify(void)
{
    static const char text[] = "READY=1";
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t n = path ? strlen(path) : 0;
    int fd;

    if (n == 0 || n >= sizeof to.sun_path) {
        return;
    }
    memcpy(to.sun_path, path, n);
    if (to.sun_path[0] == '@') { /* Linux' names outside the file system */
        to.sun_path[0] = '\0';
    }
    fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd >= 0) {
        sendto(fd, text, sizeof text - 1, 0, (const struct sockaddr *)&to,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
        close(fd);
    }
}

int pidfile_write(const char *path)
{
    FILE *f = fopen(path, "we");
    int err = 0;

    if (!f) {
        return -errno;
    }
    if (fprintf(f, "%ld\n", (long)getpid()) < 0) {
        err = -errno;
    }
    if (fclose(f) != 0 && err == 0) {
        err = -errno;
    }
    return err;
}

void pidfile_remove(const char *path)
{
    FILE *f = fopen(path, "re");
    long pid = 0;

    if (!f) {
        return;
    }
    if (fscanf(f, "%ld", &pid) == 1 && pid == (long)getpid()) {
        unlink(path);
    }
    fclose(f);
}
