/* SPDX-License-Identifier: BSD-2-Clause
 *
 * linear/client.h -- a connection that can ask what histories are made of.
 *
 * Errors:    anything that is no answer to the request (an error reply, a closed
 *            connection, nothing for ten seconds) is fatal for the program: it
 *            says what it was and exits with status 2.
 */
#ifndef LINEAR_CLIENT_H
#define LINEAR_CLIENT_H

#include "history.h"

struct client {
    int fd;
    char in[65536], out[8192];
    size_t from, to, used; /* what is in `in`, how much in `out` */
};

/* An answer: a number (a bulk string that is one as well), a null, a status, or
 * a list of those. */
struct answer {
    enum {
        A_NUMBER,
        A_NULL,
        A_STATUS,
        A_LIST,
        A_TEXT
    } form;
    int64_t number;
    char text[32]; /* of a status or of a bulk string that is no number */
    int count;
    struct answer *list; /* of the caller, see client_read */
};

void client_connect(struct client *c, const char *path);

/* Adds a command to what is sent next; the words are separated by one space. */
void client_put(struct client *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void client_send(struct client *c);

/* Reads one answer. list: room for the answers in it, as many as room says. */
void client_read(struct client *c, struct answer *a, struct answer *list,
                 int room);

/* True when the server knows the command. */
bool client_knows(struct client *c, const char *command);

#endif
