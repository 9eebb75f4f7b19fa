#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What concerns two databases: COPY, MOVE, SWAPDB."""

import threading

from baton_test import (
    NOT_INT,
    OK,
    SYNTAX,
    Error,
    Server,
    both,
    expect,
    expect_true,
    main,
    test,
)

NO_DB = Error("ERR DB index is out of range")
SAME = Error("ERR source and destination objects are the same")
FILL = (
    ("string", ["SET", "k", "value"], ["GET", "k"]),
    ("number", ["SET", "k", "12"], ["GET", "k"]),
    ("long string", ["SET", "k", "v" * 50000], ["GET", "k"]),
    ("list", ["RPUSH", "k", "a", "b"], ["LRANGE", "k", "0", "-1"]),
    ("long list", ["RPUSH", "k"] + ["e%d" % i for i in range(3000)], ["LRANGE", "k", "0", "-1"]),
    ("hash", ["HSET", "k", "f", "v", "g", "w"], ["HGET", "k", "g"]),
    ("large hash", ["HSET", "k"] + ["f%d" % i for i in range(2000)], ["HGET", "k", "f500"]),
    ("set", ["SADD", "k", "1", "2"], ["SISMEMBER", "k", "2"]),
    ("large set", ["SADD", "k"] + ["m%d" % i for i in range(2000)], ["SCARD", "k"]),
    ("sorted set", ["ZADD", "k", "1", "a", "2", "b"], ["ZRANGE", "k", "0", "-1"]),
    (
        "large sorted set",
        ["ZADD", "k"] + sum((["%d" % (i % 7), "m%d" % i] for i in range(500)), []),
        ["ZRANGE", "k", "0", "-1", "WITHSCORES"],
    ),
)


def other(words, key):
    return [key if w == "k" else w for w in words]


@both("COPY: values of all types, on their own afterwards")
def copy_types(c):
    for name, fill, read in FILL:
        c.cmd("FLUSHALL")
        c.cmd(*fill)
        want = c.cmd(*read)
        form = c.cmd("OBJECT", "ENCODING", "k")
        expect(c.cmd("COPY", "k", "d"), 1, name)
        expect(c.cmd(*other(read, "d")), want, name)
        expect(c.cmd("OBJECT", "ENCODING", "d"), form, name)
        c.cmd("DEL", "k")
        expect(c.cmd(*other(read, "d")), want, name)
        c.cmd(*fill)
        c.cmd("DEL", "d")
        expect(c.cmd(*read), want, name)


@test("COPY: a copy is no other name of the same thing")
def copy_alone(c):
    c.cmd("RPUSH", "k", "a")
    c.cmd("COPY", "k", "d")
    c.cmd("RPUSH", "k", "b")
    c.cmd("LPUSH", "d", "c")
    expect(c.cmd("LRANGE", "k", "0", "-1"), ["a", "b"])
    expect(c.cmd("LRANGE", "d", "0", "-1"), ["c", "a"])


@test("COPY REPLACE, DB; the time to live goes along")
def copy_options(c):
    c.cmd("SET", "k", "1", "EX", "100")
    c.cmd("RPUSH", "d", "x")
    expect(c.cmd("COPY", "k", "d"), 0)
    expect(c.cmd("LLEN", "d"), 1)
    expect(c.cmd("COPY", "k", "d", "REPLACE"), 1)
    expect(c.cmd("GET", "d"), "1")
    expect(c.cmd("TTL", "d"), lambda v: 90 < v <= 100)
    expect(c.cmd("COPY", "k", "k", "DB", "3"), 1)
    expect(c.cmd("COPY", "k", "k", "db", "3"), 0)
    expect(c.cmd("COPY", "k", "k", "db", "3", "replace"), 1)
    expect(c.cmd("COPY", "none", "x"), 0)
    expect(c.cmd("DBSIZE"), 2)
    c.cmd("SELECT", "3")
    expect(c.cmd("GET", "k"), "1")
    expect(c.cmd("TTL", "k"), lambda v: 90 < v <= 100)
    c.cmd("SET", "forever", "1")
    c.cmd("COPY", "forever", "k", "REPLACE")
    expect(c.cmd("TTL", "k"), -1)
    c.cmd("SELECT", "0")


@test("COPY: what is wrong")
def copy_wrong(c):
    c.cmd("SET", "k", "1")
    expect(c.cmd("COPY", "k", "k"), SAME)
    expect(c.cmd("COPY", "k", "k", "DB", "0"), SAME)
    expect(c.cmd("COPY", "k", "d", "FOO"), SYNTAX)
    expect(c.cmd("COPY", "k", "d", "DB"), SYNTAX)
    expect(c.cmd("COPY", "k", "d", "DB", "x"), NOT_INT)
    expect(c.cmd("COPY", "k", "d", "DB", "99"), NO_DB)
    expect(c.cmd("COPY", "k", "d", "DB", "-1"), NO_DB)
    expect(c.cmd("EXISTS", "d"), 0)


@both("MOVE")
def move(c):
    for name, fill, read in FILL:
        c.cmd("FLUSHALL")
        c.cmd(*fill)
        c.cmd("EXPIRE", "k", "100")
        want = c.cmd(*read)
        expect(c.cmd("MOVE", "k", "1"), 1, name)
        expect(c.cmd("EXISTS", "k"), 0)
        c.cmd("SELECT", "1")
        expect(c.cmd(*read), want, name)
        expect(c.cmd("TTL", "k"), lambda v: 90 < v <= 100)
        c.cmd("SELECT", "0")
    c.cmd("SET", "k", "mine")
    expect(c.cmd("MOVE", "k", "1"), 0)
    expect(c.cmd("GET", "k"), "mine")
    expect(c.cmd("MOVE", "none", "1"), 0)
    expect(c.cmd("MOVE", "k", "0"), SAME)
    expect(c.cmd("MOVE", "k", "x"), NOT_INT)
    expect(c.cmd("MOVE", "k", "16"), NO_DB)


@both("SWAPDB")
def swap(c):
    c.cmd("SET", "a", "0")
    c.cmd("SELECT", "1")
    c.cmd("RPUSH", "a", "1")
    c.cmd("SET", "b", "1", "EX", "100")
    expect(c.cmd("SWAPDB", "0", "1"), OK)
    expect(c.cmd("GET", "a"), "0")
    expect(c.cmd("DBSIZE"), 1)
    c.cmd("SELECT", "0")
    expect(c.cmd("LRANGE", "a", "0", "-1"), ["1"])
    expect(c.cmd("DBSIZE"), 2)
    expect(c.cmd("TTL", "b"), lambda v: 90 < v <= 100)
    expect(c.cmd("SWAPDB", "0", "9"), OK)
    expect(c.cmd("DBSIZE"), 0)
    expect(c.cmd("SWAPDB", "9", "9"), OK)
    expect(c.cmd("SWAPDB", "9", "0"), OK)
    expect(sorted(c.cmd("KEYS", "*")), ["a", "b"])
    expect(c.cmd("SWAPDB", "x", "0"), Error("ERR invalid first DB index"))
    expect(c.cmd("SWAPDB", "0", "x"), Error("ERR invalid second DB index"))
    expect(c.cmd("SWAPDB", "0", "16"), NO_DB)
    expect(c.cmd("SWAPDB", "-1", "0"), NO_DB)


@test("who watches a key learns of all three")
def watched(c):
    for change in (
        ["COPY", "other", "k", "REPLACE"],
        ["MOVE", "k", "1"],
        ["SWAPDB", "0", "2"],
        ["SWAPDB", "2", "0"],
    ):
        c.cmd("FLUSHALL")
        c.cmd("MSET", "k", "1", "other", "2")
        c.cmd("WATCH", "k")
        c.cmd(*change)
        c.cmd("MULTI")
        c.cmd("PING")
        expect(c.cmd("EXEC"), None, repr(change))
    c.cmd("FLUSHALL")
    c.cmd("SET", "other", "2")
    c.cmd("WATCH", "k")
    c.cmd("SWAPDB", "0", "2")
    c.cmd("MULTI")
    c.cmd("PING")
    expect(c.cmd("EXEC"), lambda v: v == ["PONG"])


@test("SWAPDB while others read: one of two worlds", client=False)
def swap_and_read():
    with Server(workers=4) as server:
        with server.client() as c:
            for db in ("0", "1"):
                c.cmd("SELECT", db)
                c.pipeline([("SET", "k%d" % i, db) for i in range(50)])
            stop = threading.Event()
            bad = []

            def read():
                with server.client() as r:
                    while not stop.is_set():
                        got = r.cmd("MGET", *["k%d" % i for i in range(50)])
                        if len(set(got)) != 1 or got[0] is None:
                            bad.append(got)
                        if r.cmd("GET", "k7") not in (b"0", b"1"):
                            bad.append("GET")

            threads = [threading.Thread(target=read) for _ in range(3)]
            for t in threads:
                t.start()
            for _ in range(300):
                expect(c.cmd("SWAPDB", "0", "1"), OK)
            stop.set()
            for t in threads:
                t.join()
            expect_true(not bad, "a mixture: %r" % bad[:1])


if __name__ == "__main__":
    main()
