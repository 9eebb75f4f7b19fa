#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""SORT and SORT_RO."""

from baton_test import (
    NOT_INT,
    OK,
    SYNTAX,
    Error,
    both,
    expect,
    expect_error,
    main,
    test,
)

NOT_FLOAT = Error("ERR One or more scores can't be converted into double")


def expect_sort(c, want, *words):
    """SORT and SORT_RO answer so, and SORT ... STORE stores that."""
    want = [w if w is None else str(w) for w in want]
    expect(c.cmd("SORT", *words), want)
    expect(c.cmd("SORT_RO", *words), want)
    expect(c.cmd("SORT", *words, "STORE", "dst"), len(want))
    expect(c.cmd("LRANGE", "dst", 0, -1), [w or "" for w in want])
    expect(c.cmd("EXISTS", "dst"), int(len(want) > 0))


@both("numbers, and words with ALPHA; ASC and DESC")
def plain(c):
    c.cmd("RPUSH", "n", "3", "-1", "20", "1.5", "inf", "-inf", "2e3", "", " 4", "3.0")
    order = ["-inf", "-1", "", "1.5", "3", "3.0", " 4", "20", "2e3", "inf"]
    expect_sort(c, order, "n")
    expect_sort(c, order, "n", "asc")
    expect_sort(c, order[::-1], "n", "DESC")
    expect_sort(c, order, "n", "DESC", "ASC")
    c.cmd("RPUSH", "w", "b", "a", "B", "10", "9", "a", "aa")
    expect_sort(c, ["10", "9", "B", "a", "a", "aa", "b"], "w", "ALPHA")
    expect_sort(c, ["b", "aa", "a", "a", "B", "9", "10"], "w", "alpha", "desc")
    for word in ("x", "1x", "nan", "1e999"):
        c.cmd("DEL", "bad")
        c.cmd("RPUSH", "bad", "1", word)
        expect(c.cmd("SORT", "bad"), NOT_FLOAT)
        expect(c.cmd("SORT_RO", "bad"), NOT_FLOAT)


@both("sets and sorted sets")
def other_types(c):
    c.cmd("SADD", "s", "3", "20", "-1")
    expect_sort(c, [-1, 3, 20], "s")
    expect_sort(c, [20, 3, -1], "s", "desc")
    c.cmd("SADD", "words", "b", "c", "a")
    expect_sort(c, ["a", "b", "c"], "words", "alpha")
    c.cmd("ZADD", "z", "1", "30", "2", "10", "3", "20")
    expect_sort(c, [10, 20, 30], "z")
    expect_sort(c, [30, 10, 20], "z", "by", "nosort")
    expect_sort(c, [20, 10, 30], "z", "by", "nosort", "desc")
    expect_sort(c, [10], "z", "by", "nosort", "desc", "limit", "1", "1")
    c.cmd("RPUSH", "l", "3", "1", "2")
    expect_sort(c, [3, 1, 2], "l", "by", "nosort")
    expect_sort(c, [2, 1, 3], "l", "by", "nosort", "desc")
    # A set has no order to keep: what is stored is in order.
    expect(c.cmd("SORT", "words", "by", "nosort", "store", "dst"), 3)
    expect(c.cmd("LRANGE", "dst", 0, -1), ["a", "b", "c"])


@both("LIMIT")
def limit(c):
    c.cmd("RPUSH", "l", "3", "1", "2", "10")
    for start, count, want in (
        (0, 2, [1, 2]), (1, 2, [2, 3]), (-5, 2, [1, 2]), (2, -1, [3, 10]), (1, -7, [2, 3, 10]),
        (3, 9, [10]), (4, 1, []), (9, 9, []), (0, 0, []), ((1 << 63) - 1, (1 << 63) - 1, []),
        (-(1 << 63), -(1 << 63), [1, 2, 3, 10]),
    ):  # fmt: skip
        expect_sort(c, want, "l", "LIMIT", start, count)
    expect_sort(c, [2], "l", "limit", "0", "1", "limit", "1", "1")
    expect(c.cmd("SORT", "l", "limit", "x", "1"), NOT_INT)
    expect(c.cmd("SORT", "l", "limit", "1", "1.5"), NOT_INT)
    expect(c.cmd("SORT", "l", "limit", "1"), SYNTAX)


@both("BY: strings, fields of hashes; those without a value count as 0")
def by(c):
    c.cmd("RPUSH", "l", "1", "2", "3")
    c.cmd("MSET", "w_1", "30", "w_2", "20", "w_3", "10", "1->x", "5")
    c.cmd("HSET", "h_1", "f", "2", "g", "b")
    c.cmd("HSET", "h_2", "f", "3", "g", "a")
    expect_sort(c, [3, 2, 1], "l", "BY", "w_*")
    expect_sort(c, [1, 2, 3], "l", "by", "w_*", "desc")
    expect_sort(c, [3, 1, 2], "l", "by", "h_*->f")
    expect_sort(c, [3, 2, 1], "l", "by", "h_*->g", "alpha")
    expect_sort(c, [1, 2, 3], "l", "by", "h_*->g", "alpha", "desc")
    expect_sort(c, [1, 2, 3], "l", "by", "h_*->none")
    expect_sort(c, [1, 2, 3], "l", "by", "h_*")
    expect_sort(c, [1, 2, 3], "l", "by", "w_*->f")
    expect(c.cmd("SORT", "l", "by", "h_*->g"), NOT_FLOAT)
    c.cmd("HSET", "h_1", "->", "7")
    expect_sort(c, [2, 3, 1], "l", "by", "h_*->->")
    expect_sort(c, [1, 2, 3], "l", "by", "nosort->*", "by", "const")


@both("GET: several, # for the element itself, nulls")
def get(c):
    c.cmd("RPUSH", "l", "2", "1")
    c.cmd("MSET", "w_1", "one", "w_2", "two", "x1y", "in")
    c.cmd("HSET", "h_2", "f", "42")
    expect_sort(c, ["one", "two"], "l", "GET", "w_*")
    expect_sort(c, ["one", "1", None, "two", "2", "42"],
                "l", "get", "w_*", "get", "#", "get", "h_*->f")  # fmt: skip
    expect_sort(c, ["in", None], "l", "get", "x*y")
    expect_sort(c, [None, None], "l", "get", "w_1")
    expect_sort(c, ["two"], "l", "desc", "get", "w_*", "limit", "0", "1")


@both("STORE replaces the key, or takes it away; the time to live goes")
def store(c):
    c.cmd("RPUSH", "l", "2", "1")
    c.cmd("SET", "dst", "string", "EX", "100")
    expect(c.cmd("SORT", "l", "STORE", "dst"), 2)
    expect(c.cmd("TTL", "dst"), -1)
    expect(c.cmd("LRANGE", "dst", 0, -1), ["1", "2"])
    expect(c.cmd("SORT", "none", "STORE", "dst"), 0)
    expect(c.cmd("EXISTS", "dst"), 0)
    expect(c.cmd("SORT", "l", "desc", "STORE", "l"), 2)
    expect(c.cmd("LRANGE", "l", 0, -1), ["2", "1"])
    expect(c.cmd("SORT", "l", "store", "a", "store", "b"), 2)
    expect(c.cmd("EXISTS", "a", "b"), 1)
    expect(c.cmd("SORT_RO", "l", "STORE", "dst"), SYNTAX)


@both("errors")
def errors(c):
    c.cmd("SET", "string", "x")
    c.cmd("HSET", "h", "a", "1")
    c.cmd("RPUSH", "l", "1")
    for name in ("SORT", "SORT_RO"):
        expect_error(c.cmd(name), "ERR wrong number of arguments for '%s'" % name.lower())
        expect_error(c.cmd(name, "string"), "WRONGTYPE ")
        expect_error(c.cmd(name, "h"), "WRONGTYPE ")
        expect(c.cmd(name, "none"), [])
        for words in (["FOO"], ["BY"], ["GET"], ["LIMIT"], ["STORE"], ["ASC", "x"]):
            expect(c.cmd(name, "l", *words), SYNTAX)
            expect(c.cmd(name, "string", *words), SYNTAX)


@both("many elements")
def many(c):
    for at in range(0, 20000, 1000):
        c.cmd("RPUSH", "l", *((i * 7919) % 20000 for i in range(at, at + 1000)))
    expect(c.cmd("SORT", "l"), [b"%d" % i for i in range(20000)])
    expect(c.cmd("SORT", "l", "desc", "limit", "5", "3"), [b"19994", b"19993", b"19992"])


@test("COMMAND GETKEYS tells the destination")
def getkeys(c):
    words = ("SORT", "l", "BY", "w_*", "GET", "store", "STORE", "d1", "store", "d2")
    expect(c.cmd("COMMAND", "GETKEYS", *words), ["l", "d2"])
    expect(c.cmd("COMMAND", "GETKEYS", "SORT_RO", "l", "BY", "store"), ["l"])


@test("SORT in a transaction, with patterns")
def transaction(c):
    c.cmd("RPUSH", "l", "1", "2")
    expect(c.cmd("MULTI"), OK)
    c.cmd("MSET", "w_1", "2", "w_2", "1")
    c.cmd("SORT", "l", "BY", "w_*", "STORE", "dst")
    c.cmd("LRANGE", "dst", 0, -1)
    expect(c.cmd("EXEC"), [OK, 2, [b"2", b"1"]])


if __name__ == "__main__":
    main()
