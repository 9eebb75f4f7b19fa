#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Clients of one worker take turns, however much one of them asks for.

Who is served when is told by the server and not by a clock: `other` waits for a
list with BLPOP and has sent GET behind it, the pipeline of `busy` feeds that list
first and counts its requests. So the GET says how many of them were served when
it was the other's turn. A pipeline here has fewer requests than a client may have
in one turn: only the time that they take can end it."""

from baton_test import (
    OK,
    REDIS,
    TIMEOUT,
    Skip,
    Status,
    encode,
    expect,
    expect_true,
    main,
    test,
    wait_until,
)
from waiter import blocked

QUEUED = Status("QUEUED")
ROUNDS = 80  # of a heavy request each: together far longer than a turn
INSIDE = 20  # so many in a transaction
LENGTH = 5000


def fill(c):
    """A list, a set and a sorted set with some thousands of members."""
    members = ["member %d" % (i * 7919 % LENGTH) for i in range(LENGTH)]
    pairs = [word for i, m in enumerate(members) for word in (i, m)]
    expect(c.cmd("RPUSH", "list", *members), LENGTH)
    expect(c.cmd("SADD", "set", *members), LENGTH)
    expect(c.cmd("ZADD", "zset", *pairs), LENGTH)


def rounds(n, heavy, want, first=1):
    """n times a heavy request and a count, and the replies to them."""
    requests = [heavy, ("INCR", "count")] * n
    replies = [r for i in range(n) for r in (want, first + i)]
    return requests, replies


def patient(c):
    """A client that waits for many heavy requests, on a slow machine too."""
    return c.server.client(timeout=10 * TIMEOUT)


def shared(c, requests, replies):
    """What the other client read when its turn came in between."""
    with patient(c) as busy, patient(c) as other:
        other.send_raw(encode("BLPOP", "go", "0") + encode("GET", "count"))
        wait_until(lambda: blocked(c) == 1, "the other to wait")
        # One piece, so that it is read at once.
        busy.send_raw(b"".join(encode(*r) for r in [("RPUSH", "go", "1")] + requests))
        expect(other.read_reply(), [b"go", b"1"])
        seen = int(other.read_reply() or 0)
        for i, reply in enumerate([1] + replies):
            expect(busy.read_reply(), reply, "reply %d" % i)
    return seen


def heavy(name, words, want):
    @test("a pipeline of %s lets others have their turn" % name)
    def run(c):
        if REDIS:
            raise Skip("the reference serves all that it read")
        fill(c)
        requests, replies = rounds(ROUNDS, words, want)
        seen = shared(c, requests, replies)
        expect_true(seen < ROUNDS, "%d of %d came first" % (seen, ROUNDS))


heavy("SORT", ("SORT", "list", "ALPHA", "LIMIT", "0", "1"), [b"member 0"])
heavy("ZUNIONSTORE", ("ZUNIONSTORE", "to", "1", "zset"), LENGTH)
heavy("SUNIONSTORE", ("SUNIONSTORE", "to", "set"), LENGTH)
heavy("COPY", ("COPY", "zset", "to", "REPLACE"), 1)


@test("a transaction is not divided, the pipeline that it is part of is")
def transaction(c):
    if REDIS:
        raise Skip("the reference serves all that it read")
    fill(c)
    sort = ("SORT", "list", "ALPHA", "LIMIT", "0", "1")
    inside, results = rounds(INSIDE, sort, [b"member 0"])
    behind, after = rounds(ROUNDS - INSIDE, sort, [b"member 0"], INSIDE + 1)
    replies = [OK] + [QUEUED] * len(inside) + [results] + after
    seen = shared(c, [("MULTI",)] + inside + [("EXEC",)] + behind, replies)
    expect_true(INSIDE <= seen < ROUNDS, "%d came first" % seen)


@test("two pipelines are served side by side")
def side_by_side(c):
    if REDIS:
        raise Skip("the reference serves all that it read")
    fill(c)
    requests, _ = rounds(ROUNDS, ("ZUNIONSTORE", "to", "1", "zset"), LENGTH)
    data = b"".join(encode(*r) for r in [("BLPOP", "go", "0")] + requests)
    with patient(c) as one, patient(c) as two:
        one.send_raw(data)
        two.send_raw(data)
        wait_until(lambda: blocked(c) == 2, "both to wait")
        expect(c.cmd("RPUSH", "go", "1", "1"), 2)
        last = []
        for client in (one, two):
            expect(client.read_reply(), [b"go", b"1"])
            counts = []
            for _ in range(ROUNDS):
                expect(client.read_reply(), LENGTH)
                counts.append(client.read_reply())
            expect(counts, sorted(counts))
            last.append(counts[-1])
        expect(max(last), 2 * ROUNDS)
        expect_true(min(last) > ROUNDS, "one came after the other: %r" % last)


if __name__ == "__main__":
    main(workers=1)
