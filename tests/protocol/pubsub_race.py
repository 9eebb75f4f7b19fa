#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Channels with many publishers and subscribers: nothing is lost, and all see
one order."""

import os
import threading
import time

from baton_test import Status, expect, expect_true, main, note, parallel
from pubsub_support import get, say, test

SECONDS = float(os.environ.get("ATOMIC_SECONDS", "1"))


@test("4 publishers, many subscribers: no loss, one order for all")
def order(c):
    n_subscribers = int(os.environ.get("PUBSUB_SUBSCRIBERS", "40"))
    n_messages, batch = 200, 16
    clients = [c.server.client(2 + i % 2) for i in range(n_subscribers)]
    for i, s in enumerate(clients):
        if i % 4 == 0:
            say(s, "PSUBSCRIBE", "ch*")
        else:
            say(s, "SUBSCRIBE", "channel")
        s.read_reply()

    def publisher(k):
        def run():
            with c.server.client() as p:
                for i in range(0, n_messages, batch):
                    requests = [["PUBLISH", "channel", "%d:%d" % (k, j)]
                                for j in range(i, min(i + batch, n_messages))]
                    expect(p.pipeline(requests), [n_subscribers] * len(requests))
        return run

    parallel(*(publisher(k) for k in range(4)))
    first = None
    for s in clients:
        seen = [s.read_reply()[-1] for _ in range(4 * n_messages)]
        if first is None:
            first = seen
            for k in range(4):
                own = [m for m in seen if m.startswith(b"%d:" % k)]
                expect(own, [b"%d:%d" % (k, i) for i in range(n_messages)])
        expect_true(seen == first, "the same order")
        s.close()


@test("coming and going while others publish: nobody misses or sees too much")
def coming_and_going(c):
    stop = threading.Event()
    published, left = [0], [3]

    def publisher():
        with c.server.client() as p:
            i = 0
            while not stop.is_set():
                p.pipeline([["PUBLISH", "channel", str(i + j)] for j in range(8)])
                i += 8
            published[0] = i

    def comer():
        end = time.monotonic() + SECONDS
        seen = 0
        try:
            with c.server.client() as s:
                while time.monotonic() < end or seen <= 20:
                    say(s, "SUBSCRIBE", "channel")
                    get(s, "subscribe", "channel", 1)
                    last = None
                    for _ in range(5):
                        kind, _, text = s.read_reply()
                        expect(kind, b"message")
                        if last is not None:
                            expect(int(text), last + 1)
                        last = int(text)
                        seen += 1
                    say(s, "UNSUBSCRIBE")
                    r = s.read_reply()
                    while r[0] == b"message":
                        expect(int(r[2]), last + 1)
                        last = int(r[2])
                        r = s.read_reply()
                    expect(r, [b"unsubscribe", b"channel", 0])
                    expect(s.cmd("PING"), Status("PONG"))
        finally:
            left[0] -= 1
            if left[0] == 0:
                stop.set()
        expect_true(seen > 20, "enough was seen")

    parallel(publisher, comer, comer, comer)
    note("%d published" % published[0])


@test("a publisher that outruns the subscribers waits, and nothing is lost")
def outrun(c):
    # A bound of 1 MB for each worker, 24 MB published at once.
    n, part = 240, b"x" * 100000
    seen = [0]
    with c.server.client() as s:
        say(s, "SUBSCRIBE", "a")
        get(s, "subscribe", "a", 1)

        def read():
            for i in range(n):
                expect(s.read_reply()[2], b"%d:" % i + part)
                seen[0] += 1

        def publish():
            with c.server.client() as p:
                for i in range(n):
                    p.send("PUBLISH", "a", b"%d:" % i + part)
                p.end_sending()
                expect([p.read_reply() for _ in range(n)], [1] * n)
                expect_true(p.at_end(), "closed after the last reply")

        parallel(read, publish)
    expect(seen[0], n)


if __name__ == "__main__":
    main(workers=4)
