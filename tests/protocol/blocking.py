#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Commands that wait: BLPOP and kin, and all that ends their waiting."""

import time

from baton_test import (
    OK,
    REDIS,
    Closed,
    both,
    expect,
    expect_error,
    expect_true,
    main,
    test,
    wait_until,
)
from waiter import Waiter, blocked

WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"


def content(c, key):
    return b" ".join(c.cmd("LRANGE", key, "0", "-1"))


def still_one(c):
    """One client waits. The count of a new one comes a moment after its flag."""
    wait_until(lambda: blocked(c) == 1, "one that waits")


@both("what is there already is taken without waiting")
def at_once(c):
    c.cmd("RPUSH", "l", "a", "b", "c", "d", "e", "f")
    expect(c.cmd("BLPOP", "none", "l", "0"), ["l", "a"])
    expect(c.cmd("BRPOP", "l", "none", "1.5"), ["l", "f"])
    expect(c.cmd("BLMPOP", "0", "2", "none", "l", "LEFT"), ["l", ["b"]])
    expect(c.cmd("BLMPOP", "1", "1", "l", "RIGHT", "COUNT", "2"),
           ["l", ["e", "d"]])
    expect(c.cmd("BLMOVE", "l", "m", "LEFT", "RIGHT", "0"), "c")
    expect(c.cmd("BRPOPLPUSH", "m", "l", "0"), "c")
    expect(c.cmd("BLPOP", "l", "0"), ["l", "c"])
    expect(c.cmd("EXISTS", "l", "m"), 0)


@both("a push serves who waits, and tells the length before")
def pushed(c):
    for request, want in (("BLPOP l 0", ["l", "a"]), ("BRPOP l 0", ["l", "a"]),
                          ("BLPOP x l y 0", ["l", "a"]),
                          ("BLPOP l l 0", ["l", "a"]),
                          ("BLMPOP 0 2 x l LEFT", ["l", ["a"]]),
                          ("BLMOVE l m LEFT LEFT 0", "a"),
                          ("BRPOPLPUSH l m 0", "a")):
        c.cmd("DEL", "m")
        with Waiter(c, *request.split()) as w:
            expect(c.cmd("RPUSH", "l", "a"), 1)
            expect(w.reply(), want)
            expect(c.cmd("EXISTS", "l"), 0)
            wait_until(lambda: blocked(c) == 0, "nobody waits any more")
            expect(c.cmd("LLEN", "m"), int("m" in request.split()))
            expect(w.client.cmd("ECHO", "x"), "x")


@both("elements of one push go to the waiters in the order of their coming")
def several(c):
    with Waiter(c, "BLPOP", "l", "0") as a, Waiter(c, "BRPOP", "l", "0") as b, \
            Waiter(c, "BLMPOP", "0", "1", "l", "LEFT", "COUNT", "2") as d:
        expect(c.cmd("RPUSH", "l", "1", "2", "3", "4", "5"), 5)
        expect(a.reply(), ["l", "1"])
        expect(b.reply(), ["l", "5"])
        expect(d.reply(), ["l", ["2", "3"]])
        expect(content(c, "l"), "4")


@both("first come, first served")
def order(c):
    waiters = [Waiter(c, "BLPOP", "l", "0") for _ in range(20)]
    for i in range(10):
        c.cmd("RPUSH", "l", "x%d" % i)
    c.cmd("RPUSH", "l", *["x%d" % i for i in range(10, 20)])
    for i, w in enumerate(waiters):
        expect(w.reply(), ["l", "x%d" % i])
        w.client.close()


@both("of several keys the first that gets something serves")
def keys(c):
    with Waiter(c, "BLPOP", "a", "b", "c", "0") as w:
        c.cmd("RPUSH", "b", "1")
        expect(w.reply(), ["b", "1"])
        c.cmd("RPUSH", "a", "2")
        c.cmd("RPUSH", "c", "3")
        expect(c.cmd("EXISTS", "a", "c"), 2)
        expect(w.client.cmd("BLPOP", "c", "a", "0"), ["c", "3"])


@both("requests behind one that waits are served after it")
def pipelined(c):
    with Waiter(c, "BLPOP", "l", "0") as w:
        w.client.send("ECHO", "y")
        w.client.send("BLPOP", "l", "0")
        w.client.send("ECHO", "x")
        c.cmd("RPUSH", "l", "a")
        expect(w.reply(), ["l", "a"])
        expect(w.reply(), "y")
        c.cmd("RPUSH", "l", "b")
        expect(w.reply(), ["l", "b"])
        expect(w.reply(), "x")


@both("time-outs")
def timeouts(c):
    for request in ("BLPOP a b", "BRPOP a", "BRPOPLPUSH a b",
                    "BLMOVE a b LEFT LEFT"):
        start = time.monotonic()
        expect(c.cmd(*request.split(), "0.1"), None)
        took = time.monotonic() - start
        expect_true(0.099 <= took < 60, "0.1 seconds, not %f" % took)
    expect(c.cmd("BLMPOP", "0.01", "1", "a", "LEFT"), None)
    expect(c.cmd("BLPOP", "a", "1e-3"), None)
    expect(c.cmd("RPUSH", "a", "x"), 1)
    expect(content(c, "a"), "x")


@test("the null of a time-out is one of an array", protos=(2,))
def timeout_form(c):
    for request in ("BLPOP a 0.01", "BLMPOP 0.01 1 a LEFT",
                    "BRPOPLPUSH a b 0.01", "BLMOVE a b LEFT LEFT 0.01"):
        c.send(*request.split())
        expect(c.read_bytes(5), b"*-1\r\n")


@both("errors come before any waiting")
def errors(c):
    for bad, text in (("x", "ERR timeout is not a float or out of range"),
                      ("-1", "ERR timeout is negative"),
                      ("-0.1", "ERR timeout is negative"),
                      ("nan", "ERR timeout is not a float or out of range"),
                      ("1e400000", "ERR timeout is not a float or out of "
                       "range"),
                      ("9223372036854775808", "ERR timeout is out of range"),
                      ("9223372036854775", "ERR timeout is out of range")):
        if REDIS and bad.startswith("92"):
            continue  # 7.0 overflows
        expect_error(c.cmd("BLPOP", "l", bad), text)
        expect_error(c.cmd("BLMOVE", "l", "m", "LEFT", "LEFT", bad), text)
        expect_error(c.cmd("BRPOPLPUSH", "l", "m", bad), text)
        expect_error(c.cmd("BLMPOP", bad, "1", "l", "LEFT"), text)
    expect_error(c.cmd("BLMOVE", "l", "m", "UP", "LEFT", "x"),
                 "ERR syntax error")
    expect_error(c.cmd("BLMPOP", "0", "0", "l", "LEFT"),
                 "ERR numkeys should be greater than 0")
    expect_error(c.cmd("BLMPOP", "0", "2", "l", "LEFT"), "ERR syntax error")
    expect_error(c.cmd("BLMPOP", "0", "1", "l", "LEFT", "COUNT", "0"),
                 "ERR count should be greater than 0")
    c.cmd("SET", "s", "x")
    expect_error(c.cmd("BLPOP", "none", "s", "0"), WRONGTYPE)
    expect_error(c.cmd("BLMOVE", "s", "m", "LEFT", "LEFT", "0"), WRONGTYPE)
    expect_error(c.cmd("BLMPOP", "0", "1", "s", "LEFT"), WRONGTYPE)
    expect_error(c.cmd("BLPOP", "l"), "ERR wrong number of arguments")


@both("a value of another type wakes nobody")
def other_type(c):
    with Waiter(c, "BLPOP", "l", "0") as w:
        c.cmd("SET", "l", "x")
        c.cmd("APPEND", "l", "y")
        c.cmd("DEL", "l")
        still_one(c)
        c.cmd("RPUSH", "l", "a")
        expect(w.reply(), ["l", "a"])


@both("RENAME makes a key ready")
def renamed(c):
    with Waiter(c, "BLPOP", "l", "0") as w:
        c.cmd("RPUSH", "m", "a", "b")
        expect(c.cmd("RENAME", "m", "l"), OK)
        expect(w.reply(), ["l", "a"])
        expect(content(c, "l"), "b")


@both("COPY, MOVE, SWAPDB and SORT STORE make keys ready")
def other_ways(c):
    c.cmd("RPUSH", "m", "2", "1")
    with Waiter(c, "BLPOP", "l", "0") as w:
        expect(c.cmd("COPY", "m", "l"), 1)
        expect(w.reply(), ["l", "2"])
        expect(content(c, "l"), "1")
    c.cmd("DEL", "l")
    with Waiter(c, "BLPOP", "l", "0") as w:
        expect(c.cmd("SORT", "m", "STORE", "l"), 2)
        expect(w.reply(), ["l", "1"])
    c.cmd("DEL", "l")
    with Waiter(c, "BLPOP", "l", "0") as w:
        c.cmd("SELECT", "1")
        c.cmd("RPUSH", "l", "a")
        expect(c.cmd("MOVE", "l", "0"), 1)
        expect(w.reply(), ["l", "a"])
    with Waiter(c, "BLPOP", "l", "0") as w:
        c.cmd("SELECT", "2")
        c.cmd("RPUSH", "l", "a", "b")
        expect(c.cmd("SWAPDB", "0", "2"), OK)
        c.cmd("SELECT", "0")
        expect(w.reply(), ["l", "a"])
        expect(content(c, "l"), "b")


@both("EXEC serves at its end")
def in_exec(c):
    with Waiter(c, "BLPOP", "l", "0") as w:
        c.cmd("MULTI")
        c.cmd("RPUSH", "l", "a")
        c.cmd("BLPOP", "none", "0")
        c.cmd("BLMOVE", "none", "l", "LEFT", "LEFT", "0")
        c.cmd("LPUSH", "l", "b")
        c.cmd("BRPOP", "l", "0")
        expect(c.cmd("EXEC"), [1, None, None, 2, ["l", "a"]])
        expect(w.reply(), ["l", "b"])
        c.cmd("SET", "x", "1")
    with Waiter(c, "BLPOP", "l", "0") as w:
        c.cmd("MULTI")
        c.cmd("RPUSH", "l", "a")
        c.cmd("DEL", "l")
        expect(c.cmd("EXEC"), [1, 1])
        still_one(c)
        c.cmd("RPUSH", "l", "c")
        expect(w.reply(), ["l", "c"])


@both("LMOVE, LINSERT and RPUSHX make a key ready, or cannot")
def other_pushes(c):
    with Waiter(c, "BLPOP", "l", "0") as w:
        expect(c.cmd("RPUSHX", "l", "x"), 0)
        expect(c.cmd("LINSERT", "l", "BEFORE", "x", "y"), 0)
        c.cmd("RPUSH", "m", "a")
        expect(c.cmd("LMOVE", "m", "l", "LEFT", "LEFT"), "a")
        expect(w.reply(), ["l", "a"])


@both("BLMOVE hands on, along a chain of waiters")
def chain(c):
    with Waiter(c, "BLMOVE", "a", "b", "LEFT", "LEFT", "0") as x, \
            Waiter(c, "BLMOVE", "b", "c", "LEFT", "LEFT", "0") as y, \
            Waiter(c, "BLPOP", "c", "0") as z:
        expect(c.cmd("RPUSH", "a", "1"), 1)
        expect(x.reply(), "1")
        expect(y.reply(), "1")
        expect(z.reply(), ["c", "1"])
        expect(c.cmd("EXISTS", "a", "b", "c"), 0)


@both("BLMOVE in a circle, and onto itself")
def circle(c):
    with Waiter(c, "BLMOVE", "a", "b", "LEFT", "LEFT", "0") as x, \
            Waiter(c, "BLMOVE", "b", "a", "LEFT", "LEFT", "0") as y:
        c.cmd("RPUSH", "a", "1")
        expect(x.reply(), "1")
        expect(y.reply(), "1")
        expect(content(c, "a"), "1")
    c.cmd("DEL", "a")
    with Waiter(c, "BLMOVE", "a", "a", "LEFT", "RIGHT", "0") as x:
        c.cmd("RPUSH", "a", "1", "2")
        expect(x.reply(), "1")
        expect(content(c, "a"), "2 1")


@both("BLMOVE into a value of another type")
def move_refused(c):
    with Waiter(c, "BLMOVE", "a", "s", "LEFT", "LEFT", "0") as x, \
            Waiter(c, "BLPOP", "a", "0") as y:
        c.cmd("SET", "s", "x")
        c.cmd("RPUSH", "a", "1")
        expect_error(x.reply(), WRONGTYPE)
        expect(y.reply(), ["a", "1"])


@both("CLIENT UNBLOCK")
def unblock(c):
    with Waiter(c, "BLPOP", "l", "0") as w:
        expect(c.cmd("CLIENT", "UNBLOCK", str(w.id)), 1)
        expect(w.reply(), None)
        expect(c.cmd("CLIENT", "UNBLOCK", str(w.id)), 0)
        w.again("BRPOP", "l", "0")
        expect(c.cmd("CLIENT", "UNBLOCK", str(w.id), "error"), 1)
        expect_error(w.reply(),
                     "UNBLOCKED client unblocked via CLIENT UNBLOCK")
        w.again("BRPOP", "l", "0")
        expect(c.cmd("CLIENT", "UNBLOCK", str(w.id), "TIMEOUT"), 1)
        expect(w.reply(), None)
        c.cmd("RPUSH", "l", "x")
        expect(content(c, "l"), "x")
    expect(c.cmd("CLIENT", "UNBLOCK", "123456789"), 0)
    expect_error(c.cmd("CLIENT", "UNBLOCK", "x"),
                 "ERR value is not an integer or out of range")
    expect_error(c.cmd("CLIENT", "UNBLOCK", "1", "x"),
                 "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
    expect_error(c.cmd("CLIENT", "UNBLOCK", "1", "error", "x"),
                 "ERR unknown subcommand or wrong number of arguments for "
                 "'UNBLOCK'. Try CLIENT HELP.")


@both("a client that goes away is forgotten on all its keys")
def goes_away(c):
    with Waiter(c, "BLPOP", "a", "b", "0") as w, \
            Waiter(c, "BLPOP", "b", "0") as second:
        w.client.close()
        wait_until(lambda: blocked(c) == 1, "the client to be forgotten")
        c.cmd("RPUSH", "a", "1")
        c.cmd("RPUSH", "b", "2")
        expect(second.reply(), ["b", "2"])
        wait_until(lambda: content(c, "a") == b"1", "1 to stay, or come back")


@both("a killed client takes nothing along")
def killed(c):
    for request in ("BLPOP l 0", "BRPOP l 0", "BLMPOP 0 1 l LEFT COUNT 3"):
        for _ in range(20):
            c.cmd("DEL", "l")
            with Waiter(c, *request.split()) as w:
                expect(c.cmd("CLIENT", "KILL", "ID", str(w.id)), 1)
                c.cmd("RPUSH", "l", "a", "b", "c", "d")
                try:
                    w.reply()
                except (Closed, OSError):
                    pass
                wait_until(lambda: content(c, "l") == b"a b c d",
                           "all four to be there")


@both("CLIENT LIST, CLIENT INFO and INFO know who waits")
def shown(c):
    with Waiter(c, "BLPOP", "a", "b", "0") as w:
        lines = c.cmd("CLIENT", "LIST", "ID", str(w.id)).decode()
        expect_true(" flags=b" in lines, lines)
        expect_true(" cmd=blpop" in lines, lines)
        still_one(c)
        if not REDIS:
            wait_until(
                lambda: b"total_blocking_keys:2\r\n" in c.cmd("INFO", "clients"),
                "two keys",
            )
    wait_until(lambda: blocked(c) == 0, "the client to be forgotten")


@both("FLUSHALL leaves those who wait")
def flushed(c):
    with Waiter(c, "BLPOP", "l", "0") as w:
        expect(c.cmd("FLUSHALL"), OK)
        c.cmd("RPUSH", "l", "a")
        expect(w.reply(), ["l", "a"])


@both("other databases are other keys")
def databases(c):
    with Waiter(c, "BLPOP", "l", "0") as w:
        c.cmd("SELECT", "1")
        c.cmd("RPUSH", "l", "there")
        c.cmd("SELECT", "0")
        c.cmd("RPUSH", "l", "here")
        expect(w.reply(), ["l", "here"])
        c.cmd("SELECT", "1")
        expect(content(c, "l"), "there")
        c.cmd("DEL", "l")
        c.cmd("SELECT", "0")


@both("CLIENT REPLY SKIP leaves out the reply of a client that waits, too")
def skipped(c):
    with c.server.client(c.proto) as w:
        w.send("CLIENT", "REPLY", "SKIP")
        w.send("BLPOP", "l", "0")
        wait_until(lambda: blocked(c) == 1, "the client to block")
        w.send("ECHO", "x")
        c.cmd("RPUSH", "l", "a")
        expect(w.read_reply(), "x")


@both("large elements are handed over whole")
def large(c):
    value = b"v" * 3000000
    with Waiter(c, "BLPOP", "l", "0") as w:
        c.cmd("RPUSH", "l", value)
        expect(w.reply()[1] == value, True)


@both("many waiters on many keys, each served once")
def crowd(c):
    n = 200
    clients = [c.server.client(c.proto) for _ in range(n)]
    for i, w in enumerate(clients):
        w.send("BLPOP", "never", "k%d" % (i % 50), "u%d" % i, "0")
    wait_until(lambda: blocked(c) == n, "all to wait")
    for i in range(n):
        c.cmd("RPUSH", "k%d" % (i % 50), "v%d" % i)
    wait_until(lambda: blocked(c) == 0, "all to be served")
    got = [w.read_reply()[1] for w in clients]
    expect(sorted(got) == sorted(b"v%d" % i for i in range(n)), True)
    for w in clients:
        w.close()


@both("a server stops while clients wait")
def stops(c):
    w = c.server.client(c.proto)
    w.send("BLPOP", "left", "0")
    wait_until(lambda: blocked(c) == 1, "the client to block")
    # The server's end, with the client still there, is looked at by main().


if __name__ == "__main__":
    main()
