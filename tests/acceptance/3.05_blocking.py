#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""10,000 clients wait with BLPOP on 100 lists, which 4 others feed: each element
is delivered once, and to those who wait for a list in the order of their coming.
What a delivery costs does not depend on how many wait elsewhere."""

import select
import socket
import threading

from accept import (
    QUICK,
    at_most,
    cpu_seconds,
    exactly,
    main,
    median,
    part,
    raise_fd_limit,
    say,
)
from baton_test import Server, Skip, encode, wait_until

LISTS = 100
EACH = 10 if QUICK else 100
CLIENTS = LISTS * EACH
PUSHERS = 4
DELIVERIES = 500 if QUICK else 3000
ROUNDS = 3


def blocked(c):
    text = c.cmd("INFO", "clients").decode()
    return int(text.split("blocked_clients:")[1].split()[0])


class Waiters:
    """CLIENTS sockets; number i waits for list i % LISTS, as the i // LISTS-th."""

    def __init__(self, server, c, name="list:%d"):
        if raise_fd_limit() < CLIENTS + 100:
            raise Skip("too few file descriptors for %d clients" % CLIENTS)
        self.sockets = []
        for turn in range(EACH):
            for k in range(LISTS):
                s = socket.socket(socket.AF_UNIX)
                s.connect(server.path)
                s.sendall(encode("BLPOP", name % k, "0"))
                self.sockets.append(s)
            # All of this turn wait before any of the next one comes.
            wait_until(lambda n=len(self.sockets): blocked(c) == n, "all to wait", 60)

    def read_all(self):
        """{number of the client: what it got}"""
        poll = select.epoll()
        number = {}
        for i, s in enumerate(self.sockets):
            s.setblocking(False)
            poll.register(s, select.EPOLLIN)
            number[s.fileno()] = i
        got = {}
        while True:
            ready = poll.poll(2)
            if not ready:
                break
            for fd, _ in ready:
                i = number[fd]
                data = self.sockets[i].recv(65536)
                if not data:
                    poll.unregister(fd)
                got[i] = got.get(i, b"") + data
        poll.close()
        return got

    def close(self):
        for s in self.sockets:
            s.close()


def feed(server, pusher):
    """A pusher's share of each list's elements, one request for each."""
    with server.client() as c:
        for turn in range(EACH // PUSHERS):
            c.pipeline([("RPUSH", "list:%d" % k, "%d:%d:%d" % (pusher, k, turn))
                        for k in range(LISTS)])


def element(reply):
    words = reply.split(b"\r\n")
    return words[4].decode() if len(words) == 6 and words[0] == b"*2" else None


def judge(got):
    """How many were delivered; twice; of another list; out of order."""
    seen, twice, strange, disorder = set(), 0, 0, 0
    last = {}
    for i in sorted(got):
        e = element(got[i])
        if e is None:
            strange += 1
            continue
        pusher, k, turn = (int(x) for x in e.split(":"))
        twice += e in seen
        seen.add(e)
        strange += k != i % LISTS
        # One pusher's elements of a list reach its waiters in their order.
        disorder += last.get((pusher, k), -1) >= turn
        last[pusher, k] = turn
    return len(seen), twice, strange, disorder


@part("each once, in order")
def deliver():
    with Server(maxclients=20000, workers=2) as server, server.client() as c:
        waiters = Waiters(server, c)
        threads = [threading.Thread(target=feed, args=(server, p)) for p in range(PUSHERS)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        count, twice, strange, disorder = judge(waiters.read_all())
        fed = EACH // PUSHERS * PUSHERS * LISTS
        exactly("elements delivered to %d clients" % CLIENTS, count, fed)
        exactly("delivered twice", twice, 0)
        exactly("replies of another form or list", strange, 0)
        exactly("delivered out of the order of coming", disorder, 0)
        exactly("clients that still wait", blocked(c), CLIENTS - fed)
        exactly("keys that are left", c.cmd("DBSIZE"), 0)
        waiters.close()


def cost(server):
    """CPU microseconds of the server for one delivery."""
    with server.client() as w, server.client() as p:
        before = cpu_seconds(server.process.pid)
        for _ in range(DELIVERIES):
            w.send("BLPOP", "hot", "0")
            p.cmd("RPUSH", "hot", "x")
            w.read_reply()
        return (cpu_seconds(server.process.pid) - before) * 1e6 / DELIVERIES


@part("cost of a delivery")
def costs():
    with Server(maxclients=20000, workers=2) as server, server.client() as c:
        cost(server)
        alone = median([cost(server) for _ in range(ROUNDS)])
        waiters = Waiters(server, c, "elsewhere:%d")
        among = median([cost(server) for _ in range(ROUNDS)])
        say("alone %.1f us, with %d clients blocked elsewhere %.1f us" %
            (alone, CLIENTS, among))
        at_most("cost of a delivery among %d who wait elsewhere" % CLIENTS,
                among / alone, 1.5, "of that alone")
        waiters.close()


if __name__ == "__main__":
    main()
