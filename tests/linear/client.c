/* SPDX-License-Identifier: BSD-2-Clause
 *
 * linear/client.c -- see client.h.
 */
#include "client.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static _Noreturn void trouble(const char *what, const char *more)
{
    fprintf(stderr, "linear: %s%s%s\n", what, *more ? ": " : "", more);
    exit(2);
}

void client_connect(struct client *c, const char *path)
{
    struct sockaddr_un sun = {.sun_family = AF_UNIX};

    memset(c, 0, sizeof(*c));
    if (strlen(path) >= sizeof(sun.sun_path)) {
        trouble("this path is too long", path);
    }
    memcpy(sun.sun_path, path, strlen(path));
    c->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&sun, sizeof(sun)) < 0) {
        trouble(path, strerror(errno));
    }
}

/* ---- requests ---- */

static void add(struct client *c, const char *data, size_t size)
{
    if (size > sizeof(c->out) - c->used) {
        trouble("too much at once", "");
    }
    memcpy(c->out + c->used, data, size);
    c->used += size;
}

void client_put(struct client *c, const char *fmt, ...)
{
    char line[512], head[32];
    int words = 1;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    for (const char *p = line; *p != '\0'; p++) {
        words += *p == ' ';
    }
    add(c, head, (size_t)snprintf(head, sizeof(head), "*%d\r\n", words));
    for (const char *p = line; words > 0; words--) {
        size_t n = strcspn(p, " ");

        add(c, head, (size_t)snprintf(head, sizeof(head), "$%zu\r\n", n));
        add(c, p, n);
        add(c, "\r\n", 2);
        p += n + (p[n] == ' ');
    }
}

void client_send(struct client *c)
{
    for (size_t at = 0; at < c->used;) {
        ssize_t n = send(c->fd, c->out + at, c->used - at, MSG_NOSIGNAL);

        if (n < 0 && errno != EINTR) {
            trouble("send", strerror(errno));
        }
        at += n > 0 ? (size_t)n : 0;
    }
    c->used = 0;
}

/* ---- answers ---- */

static void fill(struct client *c)
{
    struct pollfd pfd = {.fd = c->fd, .events = POLLIN};
    ssize_t n;

    memmove(c->in, c->in + c->from, c->to - c->from);
    c->to -= c->from;
    c->from = 0;
    if (c->to == sizeof(c->in)) {
        trouble("an answer is too long", "");
    }
    if (poll(&pfd, 1, 10000) == 0) {
        trouble("no answer for ten seconds", "");
    }
    n = recv(c->fd, c->in + c->to, sizeof(c->in) - c->to, 0);
    if (n == 0 || (n < 0 && errno != EINTR)) {
        trouble("the connection ended", n < 0 ? strerror(errno) : "");
    }
    c->to += n > 0 ? (size_t)n : 0;
}

/* The next line, without its end. */
static void read_line(struct client *c, char *line, size_t room)
{
    char *end;
    size_t n;

    while ((end = memchr(c->in + c->from, '\n', c->to - c->from)) == NULL) {
        fill(c);
    }
    n = (size_t)(end - (c->in + c->from));
    c->from += n + 1;
    if (n == 0 || n >= room) {
        trouble("an answer makes no sense", "");
    }
    memcpy(line, end - n, n - 1);
    line[n - 1] = '\0';
}

static void read_bulk(struct client *c, struct answer *a, long size)
{
    char *end, digits[32] = "";

    if (size < 0) {
        a->form = A_NULL;
        return;
    }
    while (c->to - c->from < (size_t)size + 2) {
        fill(c);
    }
    memcpy(digits, c->in + c->from,
           (size_t)size < sizeof(digits) ? (size_t)size : sizeof(digits) - 1);
    c->from += (size_t)size + 2;
    a->number = strtoll(digits, &end, 10);
    a->form = *digits != '\0' && *end == '\0' ? A_NUMBER : A_TEXT;
    memcpy(a->text, digits, sizeof(a->text));
}

void client_read(struct client *c, struct answer *a, struct answer *list,
                 int room)
{
    char line[512];
    long size;

    read_line(c, line, sizeof(line));
    size = strtol(line + 1, NULL, 10);
    memset(a, 0, sizeof(*a));
    switch (*line) {
    case ':':
        a->number = strtoll(line + 1, NULL, 10);
        return;
    case '$':
        read_bulk(c, a, size);
        return;
    case '+':
        a->form = A_STATUS;
        snprintf(a->text, sizeof(a->text), "%.31s", line + 1);
        return;
    case '*':
        a->form = size < 0 ? A_NULL : A_LIST;
        a->count = size < 0 ? 0 : (int)size;
        a->list = list;
        if (a->count > room) {
            trouble("an answer is a list that is too long", "");
        }
        room -= a->count;
        list += a->count;
        for (int i = 0; i < a->count; i++) {
            /* A list in a list (MGET in an EXEC) takes what room is left. */
            client_read(c, &a->list[i], list, room);
            room -= a->list[i].count;
            list += a->list[i].count;
        }
        return;
    default:
        trouble("an error for an answer", line);
    }
}

/* COMMAND INFO has many forms of lists, COMMAND COUNT has none: ask for what
 * only a known command says. */
bool client_knows(struct client *c, const char *command)
{
    char line[512];

    client_put(c, "%s", command);
    client_send(c);
    read_line(c, line, sizeof(line));
    return strstr(line, "unknown command") == NULL;
}
