/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What happens when there are no file descriptors.
 */
#include <criterion/criterion.h>

#include "net/pace.h"

#include "testnet.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/socket.h"

#define MS  1000000ull
#define SEC 1000000000ull

static struct bt_pace pace;

static void set_limit(rlim_t n)
{
    struct rlimit r;

    getrlimit(RLIMIT_NOFILE, &r);
    r.rlim_cur = n;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &r), 0);
}

static rlim_t limit(void)
{
    struct rlimit r;

    getrlimit(RLIMIT_NOFILE, &r);
    return r.rlim_cur;
}

static int lowest_free(void)
{
    int fd = open("/dev/null", O_RDONLY);

    close(fd);
    return fd;
}

/* A master socket with n clients that wait; their ends are in fd. */
static int master_with(struct sockaddr_un *un, int *fd, unsigned n)
{
    struct sockaddr_storage ss = {.ss_family = AF_UNIX};
    int master;

    snprintf(un->sun_path, sizeof un->sun_path, "/tmp/baton-pace.%d",
             (int)getpid());
    un->sun_family = AF_UNIX;
    memcpy(&ss, un, sizeof *un);
    master = bt_socket_listen(&ss, sizeof *un, 100, 0);
    cr_assert_geq(master, 0);
    for (unsigned i = 0; i < n; i++) {
        fd[i] = socket(AF_UNIX, SOCK_STREAM, 0);
        cr_assert_eq(connect(fd[i], (void *)un, sizeof *un), 0);
    }
    return master;
}

Test(pace, pauses)
{
    bt_pace_init(&pace);
    cr_expect_geq(pace.reserve, 0);
    cr_expect_eq(bt_pace_left(&pace, SEC), 0);
    bt_pace_pause(&pace, SEC, 10);
    cr_expect_eq(bt_pace_left(&pace, SEC + 10 * MS), 0);
    cr_expect_geq(bt_pace_left(&pace, SEC), 10);
    cr_expect_leq(bt_pace_left(&pace, SEC), 11);
    cr_expect_geq(bt_pace_left(&pace, SEC + 9 * MS + 1), 1, "never 0 early");
    cr_expect_not(bt_pace_recovered(&pace), "it was not starved");
    bt_pace_fini(&pace);
}

Test(pace, turns_clients_away_and_recovers, .timeout = 120)
{
    struct sockaddr_un un;
    rlim_t before = limit();
    uint64_t now = 10 * SEC;
    int fd[40], master = master_with(&un, fd, 40);
    unsigned n, all = 0;
    bool log;

    bt_pace_init(&pace);
    set_limit((rlim_t)lowest_free());
    n = bt_pace_starve(&pace, master, now, &log);
    cr_expect(log);
    cr_expect_gt(n, 0);
    cr_expect_lt(n, 40, "bounded in one look");
    cr_expect(pace.starved);
    cr_expect_geq(pace.reserve, 0, "the reserve is back");
    cr_expect_gt(bt_pace_left(&pace, now), 0);
    cr_expect_not(bt_pace_recovered(&pace));
    for (all = n; n > 0; all += n) {
        now += 100 * MS;
        n = bt_pace_starve(&pace, master, now, &log);
        cr_expect_not(log, "one line a second");
    }
    cr_expect_eq(all, 40, "each of them was turned away");
    for (int i = 0; i < 40; i++) {
        cr_expect_eq(testnet_ending(fd[i]), 0);
        close(fd[i]);
    }
    cr_expect(bt_pace_recovered(&pace), "fds are free again");
    cr_expect_not(bt_pace_recovered(&pace), "told once");
    set_limit(before);
    bt_pace_fini(&pace);
    close(master);
    unlink(un.sun_path);
}

/* Even the reserve can be lost to another thread; it is got back later. */
Test(pace, without_a_reserve)
{
    struct sockaddr_un un;
    rlim_t before = limit();
    int fd[1], master = master_with(&un, fd, 1);
    bool log;

    bt_pace_init(&pace);
    close(pace.reserve);
    pace.reserve = -1;
    set_limit((rlim_t)lowest_free());
    cr_expect_eq(bt_pace_starve(&pace, master, SEC, &log), 0);
    cr_expect_eq(pace.reserve, -1);
    cr_expect_not(bt_pace_recovered(&pace));
    set_limit(before);
    cr_expect(bt_pace_recovered(&pace));
    cr_expect_geq(pace.reserve, 0);
    bt_pace_fini(&pace);
    close(fd[0]);
    close(master);
    unlink(un.sun_path);
}

/* To and fro ten times a second makes two lines a second. */
Test(pace, all_clear_once_a_second)
{
    unsigned told = 0, clear = 0;
    int nobody = socket(AF_UNIX, SOCK_STREAM, 0);
    bool log;

    bt_pace_init(&pace);
    cr_expect_not(bt_pace_all_clear(&pace, 5 * SEC));
    for (uint64_t now = 10 * SEC; now < 20 * SEC; now += 100 * MS) {
        bt_pace_starve(&pace, nobody, now, &log);
        told += log;
        cr_expect_not(bt_pace_all_clear(&pace, now), "it is starved");
        cr_expect(bt_pace_recovered(&pace));
        clear += bt_pace_all_clear(&pace, now + 50 * MS);
    }
    cr_expect_leq(told + clear, 11);
    cr_expect_geq(told, 5);
    bt_pace_all_clear(&pace, 30 * SEC);
    cr_expect_not(bt_pace_all_clear(&pace, 60 * SEC), "nothing more to say");
    close(nobody);
    bt_pace_fini(&pace);
}
