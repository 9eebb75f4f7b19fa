/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/pace.h"

#include "os/socket.h"

#include <fcntl.h>
#include <unistd.h>

#define STARVED_MS    50 /* pause between two looks */
#define CLOSE_AT_ONCE 32 /* clients turned away in one look */

static int spare_fd(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void bt_pace_init(struct bt_pace *p)
{
    *p = (struct bt_pace){.reserve = spare_fd()};
}

void bt_pace_fini(struct bt_pace *p)
{
    if (p->reserve >= 0) {
        close(p->reserve);
    }
    p->reserve = -1;
}

static bool may_log(const struct bt_pace *p, uint64_t now)
{
    return now - p->logged >= 1000000000u;
}

unsigned bt_pace_starve(struct bt_pace *p, int master, uint64_t now, bool *log)
{
    struct sockaddr_storage ss;
    unsigned n = 0;

    if (p->reserve >= 0) {
        close(p->reserve);
        p->reserve = -1;
    }
    while (n < CLOSE_AT_ONCE) {
        int fd = bt_socket_accept(master, &ss);

        if (fd < 0) {
            break;
        }
        close(fd);
        n++;
    }
    p->reserve = spare_fd();
    p->starved = true;
    *log = may_log(p, now);
    if (*log) {
        p->logged = now;
        p->told = true;
    }
    bt_pace_pause(p, now, STARVED_MS);
    return n;
}

void bt_pace_pause(struct bt_pace *p, uint64_t now, unsigned ms)
{
    p->until = now + ms * 1000000u;
}

int bt_pace_left(const struct bt_pace *p, uint64_t now)
{
    return p->until > now ? (int)((p->until - now) / 1000000u) + 1 : 0;
}

bool bt_pace_recovered(struct bt_pace *p)
{
    int fd;

    if (!p->starved) {
        return false;
    }
    if (p->reserve < 0) {
        p->reserve = spare_fd();
    }
    fd = p->reserve < 0 ? -1 : spare_fd();
    if (fd < 0) {
        return false;
    }
    close(fd);
    p->starved = false;
    return true;
}

bool bt_pace_all_clear(struct bt_pace *p, uint64_t now)
{
    if (p->starved || !p->told || !may_log(p, now)) {
        return false;
    }
    p->told = false;
    p->logged = now;
    return true;
}
