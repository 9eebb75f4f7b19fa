/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Somebody who goes from a channel to a pattern that matches it and back, and
 * always has one of them confirmed before the other is given up. What must hold:
 * each PUBLISH to that channel has a receiver, though there is no other
 * subscriber, so that mostly one number or the other is 0.
 */
#include "race.h"

#include <sys/socket.h>

#include "testdb.h"

#define PUBLISHERS 2

static struct testnet net;
static atomic_ulong published, moves;

/* Reads until this text came; all before it is thrown away. */
static bool read_until(int fd, const char *text)
{
    char buf[65536];
    size_t n = 0, keep = strlen(text);

    for (;;) {
        ssize_t r = recv(fd, buf + n, sizeof buf - 1 - n, 0);

        if (r <= 0) {
            race_fail("%s never came", text);
            return false;
        }
        n += (size_t)r;
        buf[n] = 0;
        if (strstr(buf, text)) {
            return true;
        }
        if (n > keep) { /* its begin may be there */
            memmove(buf, buf + n - keep, keep);
            n = keep;
        }
    }
}

static void *go_over(void *arg)
{
    static const char *const step[][2] = {
        {"PSUBSCRIBE c*\r\n", "psubscribe\r\n$2\r\nc*\r\n:2\r\n"},
        {"UNSUBSCRIBE c\r\n", "unsubscribe\r\n$1\r\nc\r\n:1\r\n"},
        {"SUBSCRIBE c\r\n", "subscribe\r\n$1\r\nc\r\n:2\r\n"},
        {"PUNSUBSCRIBE c*\r\n", "punsubscribe\r\n$2\r\nc*\r\n:1\r\n"}};
    int fd = *(int *)arg;

    for (unsigned i = 0; !atomic_load(&race_over); i = (i + 1) % 4) {
        testnet_send(fd, step[i][0]);
        if (!read_until(fd, step[i][1])) {
            break;
        }
        atomic_fetch_add(&moves, 1);
    }
    return NULL;
}

static void *publish(void *arg)
{
    int fd = testnet_unix(&net);
    char reply[16];

    (void)arg;
    while (!atomic_load(&race_over)) {
        testnet_send(fd, "PUBLISH c x\r\n");
        if (testnet_recv(fd, reply, 4) != 4 || reply[0] != ':') {
            race_fail("no reply to PUBLISH");
        } else if (reply[1] == '0') {
            race_fail("PUBLISH %lu reached nobody", atomic_load(&published));
        }
        atomic_fetch_add(&published, 1);
    }
    close(fd);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t t[PUBLISHERS + 1];
    unsigned n = 0;
    int fd;

    testdb_start(&net, PUBLISHERS + 1);
    fd = testnet_unix(&net);
    testnet_send(fd, "SUBSCRIBE c\r\n");
    read_until(fd, ":1\r\n");
    t[n++] = race_start(go_over, (uintptr_t)&fd);
    for (unsigned i = 0; i < PUBLISHERS; i++) {
        t[n++] = race_start(publish, i);
    }
    race_run_for(race_argument(argc, argv, 2));
    while (n > 0) {
        race_join(t[--n]);
    }
    close(fd);
    printf("%lu messages, %lu steps\n", atomic_load(&published),
           atomic_load(&moves));
    if (atomic_load(&published) == 0 || atomic_load(&moves) == 0) {
        race_fail("nothing was tried");
    }
    testdb_end(&net);
    return race_end();
}
