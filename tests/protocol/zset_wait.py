#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""BZPOPMIN, BZPOPMAX, BZMPOP: sorted sets that are waited for."""

import threading

from baton_test import (
    REDIS,
    SYNTAX,
    Error,
    Server,
    both,
    expect,
    expect_error,
    expect_true,
)
from waiter import Waiter, blocked
from baton_test import main, test, wait_until
from zset_support import scored


def nested(c, key, *pairs):
    """The reply of ZMPOP and BZMPOP."""
    return [key.encode(), [[m.encode(), scored(c, s)] for m, s in pairs]]


@both("what is there already is taken without waiting")
def at_once(c):
    c.cmd("ZADD", "z", "1", "a", "2", "b", "3.5", "c", "4", "d")
    expect(c.cmd("BZPOPMIN", "none", "z", "0"), [b"z", b"a", scored(c, "1")])
    expect(c.cmd("BZPOPMAX", "z", "none", "1.5"), [b"z", b"d", scored(c, "4")])
    want = nested(c, "z", ("c", "3.5"), ("b", "2"))
    expect(c.cmd("BZMPOP", "0", "2", "none", "z", "MAX", "COUNT", "5"), want)
    expect(c.cmd("EXISTS", "z"), 0)


@both("whatever makes a sorted set serves who waits")
def served(c):
    for request, want in (
        ("BZPOPMIN z 0", [b"z", b"a", scored(c, "1")]),
        ("BZPOPMAX z 0", [b"z", b"b", scored(c, "2.5")]),
        ("BZPOPMIN x z z 0", [b"z", b"a", scored(c, "1")]),
        ("BZMPOP 0 2 x z MIN", nested(c, "z", ("a", "1"))),
        ("BZMPOP 0 1 z MAX COUNT 9", nested(c, "z", ("b", "2.5"), ("a", "1"))),
    ):
        for make in (
            ["ZADD", "z", "1", "a", "2.5", "b"],
            ["ZUNIONSTORE", "z", "1", "from"],
            ["ZRANGESTORE", "z", "from", "0", "-1"],
            ["RENAME", "from", "z"],
            ["COPY", "from", "z"],
        ):
            c.cmd("FLUSHALL")
            c.cmd("ZADD", "from", "1", "a", "2.5", "b")
            with Waiter(c, *request.split()) as w:
                expect(c.cmd(*make), lambda v: not isinstance(v, Error), repr(make))
                expect(w.reply(), want, "%s: %r" % (request, make))
                wait_until(lambda: blocked(c) == 0, "nobody to block")


@both("ZINCRBY, MOVE, SWAPDB serve as well")
def served_more(c):
    with Waiter(c, "BZPOPMIN", "z", "0") as w:
        expect(c.cmd("ZINCRBY", "z", "3", "a"), scored(c, "3"))
        expect(w.reply(), [b"z", b"a", scored(c, "3")])
    for change in (["MOVE", "z", "0"], ["SWAPDB", "0", "1"]):
        with Waiter(c, "BZPOPMIN", "z", "0") as w:
            c.cmd("SELECT", "1")
            c.cmd("ZADD", "z", "1", "a")
            c.cmd(*change)
            expect(w.reply(), [b"z", b"a", scored(c, "1")], repr(change))
            c.cmd("SELECT", "0")
            c.cmd("FLUSHALL")


@both("first come, first served")
def order(c):
    waiters = [Waiter(c, "BZPOPMIN", "z", "0") for _ in range(6)]
    c.cmd("ZADD", "z", "1", "a")
    c.cmd("ZADD", "z", "5", "e", "3", "c", "2", "b", "4", "d")
    c.cmd("ZADD", "z", "9", "x", "10", "y")
    for name, w in zip("abcdex", waiters):
        expect(w.reply()[1], name)
        w.client.close()
    expect(c.cmd("ZRANGE", "z", "0", "-1"), ["y"])


@both("a key of another type is left alone")
def another_type(c):
    with Waiter(c, "BZPOPMIN", "z", "0") as w:
        c.cmd("RPUSH", "z", "a")
        c.cmd("DEL", "z")
        c.cmd("SET", "z", "x")
        c.cmd("DEL", "z")
        wait_until(lambda: blocked(c) == 1, "it to wait still")
        c.cmd("ZADD", "z", "1", "a")
        expect(w.reply(), [b"z", b"a", scored(c, "1")])
    c.cmd("SET", "s", "x")
    expect_error(c.cmd("BZPOPMIN", "s", "0"), "WRONGTYPE ")
    expect_error(c.cmd("BZMPOP", "0", "1", "s", "MIN"), "WRONGTYPE ")


@both("time-outs")
def timeouts(c):
    for request in ("BZPOPMIN a b 0.05", "BZPOPMAX a 0.01", "BZMPOP 0.05 1 a MIN"):
        c.send(*request.split())
        expect(c.read_line(), b"*-1" if c.proto == 2 else b"_", request)


@test("what is wrong")
def wrong(c):
    negative = Error("ERR timeout is negative")
    no_float = Error("ERR timeout is not a float or out of range")
    for name in ("BZPOPMIN", "BZPOPMAX"):
        expect(c.cmd(name, "z", "-1"), negative)
        expect(c.cmd(name, "z", "x"), no_float)
        expect_error(c.cmd(name, "z"), "ERR wrong number of arguments")
    expect(c.cmd("BZMPOP", "-1", "1", "z", "MIN"), negative)
    expect(c.cmd("BZMPOP", "x", "1", "z", "MIN"), no_float)
    keys = Error("ERR numkeys should be greater than 0")
    expect(c.cmd("BZMPOP", "0", "0", "z", "MIN"), keys)
    expect(c.cmd("BZMPOP", "0", "1", "z", "FOO"), SYNTAX)
    expect(c.cmd("BZMPOP", "0", "2", "z", "MIN"), SYNTAX)
    expect(c.cmd("BZMPOP", "0", "1", "z", "MIN", "COUNT", "x"),
           Error("ERR count should be greater than 0"))


@both("in a transaction nothing waits")
def in_exec(c):
    c.cmd("MULTI")
    c.cmd("BZPOPMIN", "z", "0")
    c.cmd("ZADD", "z", "1", "a", "2", "b")
    c.cmd("BZPOPMIN", "z", "0")
    c.cmd("BZMPOP", "0", "1", "none", "MAX")
    got = c.cmd("EXEC")
    expect(got, [None, 2, [b"z", b"a", scored(c, "1")], None])
    with Waiter(c, "BZPOPMAX", "y", "0") as w:
        c.cmd("MULTI")
        c.cmd("ZADD", "y", "1", "a")
        c.cmd("ZADD", "y", "2", "b")
        c.cmd("EXEC")
        expect(w.reply(), [b"y", b"b", scored(c, "2")])


@test("CLIENT UNBLOCK, and a client that goes away")
def ended(c):
    with Waiter(c, "BZPOPMIN", "z", "0") as w:
        expect(c.cmd("CLIENT", "UNBLOCK", w.id), 1)
        expect(w.reply(), None)
    with Waiter(c, "BZPOPMIN", "z", "0") as w:
        w.client.close()
        wait_until(lambda: blocked(c) == 0, "the client to be forgotten")
    c.cmd("ZADD", "z", "1", "a")
    expect(c.cmd("ZCARD", "z"), 1)


@test("each member goes to one client, whoever waits on 4 workers", client=False)
def many():
    with Server(**({} if REDIS else {"workers": 4})) as server, server.client() as c:
        taken, lock = [], threading.Lock()

        def take():
            with server.client() as w:
                while True:
                    key, member, _ = w.cmd("BZPOPMIN", "a", "b", "0")
                    if member == b"stop":
                        return
                    with lock:
                        taken.append((key, member))

        threads = [threading.Thread(target=take) for _ in range(8)]
        for t in threads:
            t.start()
        for i in range(400):
            c.cmd("ZADD", "ab"[i % 2], i % 5, "m%d" % i, i % 3, "n%d" % i)
        wait_until(lambda: len(taken) == 800, "all to be taken")
        for t in threads:
            c.cmd("ZADD", "a", "1", "stop")
            wait_until(lambda: not c.cmd("EXISTS", "a"), "one to stop")
        for t in threads:
            t.join()
        expect_true(len(set(taken)) == 800, "each once")


if __name__ == "__main__":
    main()
