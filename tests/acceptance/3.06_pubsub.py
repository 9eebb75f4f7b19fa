#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""1,000 subscribers of one channel and 4 publishers: no loss, one order for
all, and what a delivered message costs the server beside redis-server."""

import selectors
import socket
import time

from accept import (
    QUICK,
    at_most,
    cpu_seconds,
    exactly,
    installed,
    main,
    median,
    part,
    raise_fd_limit,
    say,
    skip,
)
from baton_test import Server, Wrong, encode

SUBSCRIBERS = 1000
PUBLISHERS = 4
ROUNDS = 3 if QUICK else 7
PAYLOAD = 32
HEAD = len(b"*3\r\n$7\r\nmessage\r\n$7\r\nchannel\r\n$32\r\n")
MESSAGE = HEAD + PAYLOAD + 2


def connect(path):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.connect(path)
    return s


class Publisher:
    """Publishes `n` messages, `depth` at a time, and checks each reply."""

    def __init__(self, path, number, n, depth):
        self.sock = connect(path)
        self.number, self.n, self.depth = number, n, depth
        self.sent = self.answered = 0
        self.rest = b""
        self.wrong = 0

    def send(self):
        requests = []
        for i in range(self.sent, min(self.sent + self.depth, self.n)):
            text = b"%d:%d:" % (self.number, i)
            requests.append(
                encode("PUBLISH", "channel", text.ljust(PAYLOAD, b"x"))
            )
        self.sent += len(requests)
        if requests:
            self.sock.sendall(b"".join(requests))

    def read(self):
        lines = (self.rest + self.sock.recv(65536)).split(b"\r\n")
        self.rest = lines.pop()
        self.answered += len(lines)
        self.wrong += sum(line != b":%d" % SUBSCRIBERS for line in lines)
        if self.answered == self.sent:
            self.send()


class Subscriber:
    def __init__(self, path, keep):
        self.sock = connect(path)
        self.sock.sendall(encode("SUBSCRIBE", "channel"))
        self.got = 0
        self.kept = [] if keep else None
        self.sum = 0

    def confirmed(self):
        text = b""
        while not text.endswith(b":1\r\n"):
            text += self.sock.recv(4096)
        self.sock.setblocking(False)

    def read(self):
        piece = self.sock.recv(1 << 18)
        if not piece:
            raise Wrong("a subscriber was closed")
        self.got += len(piece)
        if self.kept is not None:
            self.kept.append(piece)


def run(server, depth, n, keep):
    """The server's CPU microseconds for each delivered message."""
    subscribers = [Subscriber(server.path, keep) for _ in range(SUBSCRIBERS)]
    publishers = [
        Publisher(server.path, i, n, depth) for i in range(PUBLISHERS)
    ]
    selector = selectors.DefaultSelector()
    for s in subscribers:
        s.confirmed()
    for x in subscribers + publishers:
        selector.register(x.sock, selectors.EVENT_READ, x)
    want = n * PUBLISHERS * MESSAGE
    before, start = cpu_seconds(server.pid), time.monotonic()
    for p in publishers:
        p.send()
    left = SUBSCRIBERS
    while left > 0 or any(p.answered < p.n for p in publishers):
        ready = selector.select(10)
        if not ready:
            raise Wrong("messages are missing")
        for key, _ in ready:
            was = getattr(key.data, "got", want)
            key.data.read()
            left -= was < want <= getattr(key.data, "got", want)
    spent, took = cpu_seconds(server.pid) - before, time.monotonic() - start
    delivered = n * PUBLISHERS * SUBSCRIBERS
    exactly("wrong counts of receivers", sum(p.wrong for p in publishers), 0)
    exactly("bytes too many", sum(s.got - want for s in subscribers), 0)
    result = [b"".join(s.kept) for s in subscribers] if keep else None
    for x in subscribers + publishers:
        x.sock.close()
    selector.close()
    return spent * 1e6 / delivered, delivered / took, result


def messages(text):
    return [text[i + HEAD : i + HEAD + PAYLOAD]
            for i in range(0, len(text), MESSAGE)]


@part("no loss, one order")
def order():
    raise_fd_limit()
    with Server(workers=2, maxclients=5000) as server:
        _, _, texts = run(server, 16, 100, True)
        first = messages(texts[0])
        for k in range(PUBLISHERS):
            own = [m for m in first if m.startswith(b"%d:" % k)]
            exactly(
                "messages of publisher %d out of order" % k,
                sum(int(m.split(b":")[1]) != i for i, m in enumerate(own)), 0,
            )
        exactly("subscribers with another order",
                sum(t != texts[0] for t in texts), 0)


def compare(depth, n, limit):
    if not installed("redis-server"):
        skip("beside redis-server", "redis-server is not installed")
        return
    raise_fd_limit()
    ours, theirs = [], []
    for i in range(ROUNDS):
        for redis in (False, True) if i % 2 else (True, False):
            options = {} if redis else {"workers": 2}
            with Server(redis=redis, maxclients=5000, **options) as server:
                cost, rate, _ = run(server, depth, n, False)
            (theirs if redis else ours).append(cost)
            say("%-6s pipeline %2d: %.3f us, %.0f a second"
                % ("redis" if redis else "batond", depth, cost, rate))
    say("median: batond %.3f us, redis %.3f us for each delivered message"
        % (median(ours), median(theirs)))
    at_most("CPU for each delivered message, of redis', pipeline %d" % depth,
            median(ours) / median(theirs), limit)


@part("cost at pipeline 16")
def deep():
    compare(16, 400 if QUICK else 1600, 0.5)


@part("cost at pipeline 1")
def shallow():
    compare(1, 100 if QUICK else 400, 1.0)


if __name__ == "__main__":
    main()
