#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sorted sets: what takes several of them, or stores, or picks by chance."""

from baton_test import (
    NOT_INT,
    SYNTAX,
    Error,
    expect,
    expect_error,
    expect_true,
    main,
    test,
)
from zset_support import forms, items, scored


def fill(c):
    c.cmd("ZADD", "x", "1", "a", "2", "b", "3", "c")
    c.cmd("ZADD", "y", "10", "b", "20", "c", "30", "d")


# ---- Union, intersection, difference ------------------------------------------


@forms("ZUNION, ZINTER, ZDIFF")
def combine(c):
    fill(c)
    expect(c.cmd("ZUNION", "2", "x", "y"), ["a", "b", "c", "d"])
    want = items(c, ["a", "1"], ["b", "12"], ["c", "23"], ["d", "30"])
    expect(c.cmd("ZUNION", "3", "x", "none", "y", "WITHSCORES"), want)
    want = items(c, ["b", "12"], ["c", "23"])
    expect(c.cmd("ZINTER", "2", "x", "y", "withscores"), want)
    expect(c.cmd("ZINTER", "3", "x", "none", "y"), [])
    expect(c.cmd("ZDIFF", "2", "x", "y"), ["a"])
    expect(c.cmd("ZDIFF", "2", "y", "x", "WITHSCORES"), items(c, ["d", "30"]))
    expect(c.cmd("ZDIFF", "2", "none", "x"), [])
    expect(c.cmd("ZDIFF", "2", "x", "x"), [])
    want = items(c, ["a", "2"], ["b", "4"], ["c", "6"])
    expect(c.cmd("ZUNION", "2", "x", "x", "WITHSCORES"), want)


@forms("WEIGHTS and AGGREGATE")
def weights(c):
    fill(c)
    for words, b, c_score in (
        (["WEIGHTS", "2", "0.5"], "9", "16"),
        (["AGGREGATE", "SUM"], "12", "23"),
        (["AGGREGATE", "min"], "2", "3"),
        (["AGGREGATE", "MAX"], "10", "20"),
        (["WEIGHTS", "-1", "-1", "AGGREGATE", "MAX"], "-2", "-3"),
        (["AGGREGATE", "MIN", "WEIGHTS", "10", "1"], "10", "20"),
        (["WEIGHTS", "inf", "-inf"], "0", "0"),
    ):
        got = c.cmd("ZINTER", "2", "x", "y", *words, "WITHSCORES")
        pairs = [["b", b], ["c", c_score]]
        pairs.sort(key=lambda p: (float(p[1]), p[0]))
        expect(got, items(c, *pairs), repr(words))
    c.cmd("ZADD", "i", "inf", "m")
    expect(c.cmd("ZUNION", "1", "i", "WEIGHTS", "0", "WITHSCORES"), items(c, ["m", "0"]))


@forms("ZUNIONSTORE, ZINTERSTORE, ZDIFFSTORE")
def store(c):
    fill(c)
    expect(c.cmd("ZUNIONSTORE", "d", "2", "x", "y"), 4)
    expect(c.cmd("ZSCORE", "d", "c"), scored(c, "23"))
    expect(c.cmd("ZINTERSTORE", "d", "2", "x", "y", "WEIGHTS", "1", "0"), 2)
    want = items(c, ["b", "2"], ["c", "3"])
    expect(c.cmd("ZRANGE", "d", "0", "-1", "WITHSCORES"), want)
    expect(c.cmd("ZDIFFSTORE", "x", "2", "x", "y"), 1)
    expect(c.cmd("ZRANGE", "x", "0", "-1"), ["a"])
    c.cmd("SET", "s", "x", "EX", "100")
    expect(c.cmd("ZUNIONSTORE", "s", "1", "y"), 3)
    expect(c.cmd("TTL", "s"), -1)
    expect(c.cmd("ZINTERSTORE", "s", "2", "x", "y"), 0)
    expect(c.cmd("EXISTS", "s"), 0)


@forms("sets count as sorted sets with the score 1")
def of_sets(c):
    fill(c)
    c.cmd("SADD", "s", "b", "c", "z")
    c.cmd("SADD", "i", "1", "2")
    want = items(c, ["a", "1"], ["z", "1"], ["b", "3"], ["c", "4"])
    expect(c.cmd("ZUNION", "2", "x", "s", "WITHSCORES"), want)
    want = items(c, ["b", "12"], ["c", "13"])
    words = ["WEIGHTS", "1", "10", "WITHSCORES"]
    expect(c.cmd("ZINTER", "2", "x", "s", *words), want)
    expect(c.cmd("ZDIFF", "2", "s", "x", "WITHSCORES"), items(c, ["z", "1"]))
    expect(c.cmd("ZDIFF", "2", "x", "s"), ["a"])
    expect(c.cmd("ZINTERCARD", "2", "s", "x"), 2)
    expect(c.cmd("ZUNIONSTORE", "d", "1", "i"), 2)
    expect(c.cmd("ZRANGE", "d", "0", "-1", "WITHSCORES"), items(c, ["1", "1"], ["2", "1"]))


@test("a stored result is small again")
def store_small(c):
    for k in range(3):
        m = sum((["%d" % i, "%d-%d" % (k, i)] for i in range(60)), [])
        c.cmd("ZADD", "k%d" % k, *m)
    c.cmd("ZUNIONSTORE", "d", "3", "k0", "k1", "k2")
    expect(c.cmd("OBJECT", "ENCODING", "d"), "skiplist")
    c.cmd("ZUNIONSTORE", "d", "2", "k0", "k1")
    expect(c.cmd("OBJECT", "ENCODING", "d"), "listpack")
    c.cmd("ZADD", "k0", "1", "x" * 65)
    c.cmd("ZUNIONSTORE", "d", "1", "k0")
    expect(c.cmd("OBJECT", "ENCODING", "d"), "skiplist")
    c.cmd("ZRANGESTORE", "d", "k0", "0", "0")
    expect(c.cmd("OBJECT", "ENCODING", "d"), "listpack")


@forms("ZINTERCARD")
def inter_card(c):
    fill(c)
    expect(c.cmd("ZINTERCARD", "2", "x", "y"), 2)
    expect(c.cmd("ZINTERCARD", "2", "x", "y", "LIMIT", "1"), 1)
    expect(c.cmd("ZINTERCARD", "2", "x", "y", "limit", "0"), 2)
    expect(c.cmd("ZINTERCARD", "2", "x", "none"), 0)
    negative = Error("ERR LIMIT can't be negative")
    expect(c.cmd("ZINTERCARD", "1", "x", "LIMIT", "-1"), negative)
    expect(c.cmd("ZINTERCARD", "1", "x", "LIMIT"), SYNTAX)
    expect(c.cmd("ZINTERCARD", "1", "x", "WITHSCORES"), SYNTAX)


@test("what is wrong in these")
def wrong(c):
    for name in ("zunion", "zinter", "zdiff", "zintercard"):
        none = Error("ERR at least 1 input key is needed for '%s' command" % name)
        expect(c.cmd(name, "0", "x"), none)
        expect(c.cmd(name, "x", "x"), NOT_INT)
        expect(c.cmd(name, "2", "x"), SYNTAX)
    for words in (
        ["ZUNION", "1", "x", "WEIGHTS"],
        ["ZUNION", "2", "x", "y", "WEIGHTS", "1"],
        ["ZUNION", "1", "x", "AGGREGATE"],
        ["ZUNION", "1", "x", "AGGREGATE", "FOO"],
        ["ZUNION", "1", "x", "FOO"],
        ["ZDIFF", "1", "x", "WEIGHTS", "1"],
        ["ZDIFF", "1", "x", "AGGREGATE", "SUM"],
        ["ZUNIONSTORE", "d", "1", "x", "WITHSCORES"],
    ):
        expect(c.cmd(*words), SYNTAX, repr(words))
    not_float = Error("ERR weight value is not a float")
    expect(c.cmd("ZUNION", "1", "x", "WEIGHTS", "y"), not_float)
    expect_error(c.cmd("ZUNIONSTORE", "d", "1"), "ERR wrong number")


# ---- ZRANGESTORE ----------------------------------------------------------------


@forms("ZRANGESTORE")
def range_store(c):
    fill(c)
    expect(c.cmd("ZRANGESTORE", "d", "x", "1", "-1"), 2)
    want = items(c, ["b", "2"], ["c", "3"])
    expect(c.cmd("ZRANGE", "d", "0", "-1", "WITHSCORES"), want)
    expect(c.cmd("ZRANGESTORE", "d", "x", "0", "0", "REV"), 1)
    expect(c.cmd("ZRANGE", "d", "0", "-1"), ["c"])
    words = ["(1", "3", "BYSCORE", "LIMIT", "0", "1"]
    expect(c.cmd("ZRANGESTORE", "d", "x", *words), 1)
    expect(c.cmd("ZRANGE", "d", "0", "-1"), ["b"])
    c.cmd("ZADD", "l", "0", "a", "0", "b", "0", "c")
    expect(c.cmd("ZRANGESTORE", "d", "l", "[b", "+", "BYLEX"), 2)
    expect(c.cmd("ZRANGESTORE", "x", "x", "0", "1"), 2)
    expect(c.cmd("ZCARD", "x"), 2)
    expect(c.cmd("ZRANGESTORE", "d", "none", "0", "-1"), 0)
    expect(c.cmd("EXISTS", "d"), 0)
    expect(c.cmd("ZRANGESTORE", "d", "x", "0", "1", "WITHSCORES"), SYNTAX)
    expect_error(c.cmd("ZRANGESTORE", "d", "x", "0", "1", "LIMIT", "0", "1"), "ERR syn")


# ---- In no order ----------------------------------------------------------------


@forms("ZRANDMEMBER")
def random_member(c):
    all_of = {b"m%d" % i: float(i) for i in range(50)}
    for member, score in all_of.items():
        c.cmd("ZADD", "z", score, member)
    expect(c.cmd("ZRANDMEMBER", "none"), None)
    expect(c.cmd("ZRANDMEMBER", "none", "5"), [])
    expect(c.cmd("ZRANDMEMBER", "z", "0"), [])
    seen = {c.cmd("ZRANDMEMBER", "z") for _ in range(400)}
    expect_true(len(seen) > 30 and seen <= set(all_of), "one at a time")
    for n in (1, 2, 3, 10, 49):
        got = c.cmd("ZRANDMEMBER", "z", n)
        expect(len(got), n)
        expect_true(len(set(got)) == n and set(got) <= set(all_of), "different ones")
    expect(sorted(c.cmd("ZRANDMEMBER", "z", "100")), sorted(all_of))
    got = c.cmd("ZRANDMEMBER", "z", "-200")
    expect(len(got), 200)
    expect_true(set(got) <= set(all_of) and len(set(got)) < 200, "repeated")
    for n in (5, -5, 100):
        got = c.cmd("ZRANDMEMBER", "z", n, "WITHSCORES")
        if c.proto == 2:
            got = [list(pair) for pair in zip(got[::2], got[1::2])]
        expect(len(got), min(abs(n), 50))
        expect_true(all(float(s) == all_of[m] for m, s in got), "scores")


@test("ZRANDMEMBER: every member has its chance")
def random_fair(c):
    for name, entries in (("small", 128), ("large", 0)):
        c.cmd("CONFIG", "SET", "zset-max-listpack-entries", entries)
        c.cmd("ZADD", name, *sum(([i, "m%d" % i] for i in range(40)), []))
        c.cmd("CONFIG", "SET", "zset-max-listpack-entries", "128")
        for count in ("-2000", "1", "15"):
            times = 2000 if count == "1" else 1 if count == "-2000" else 134
            replies = c.pipeline([("ZRANDMEMBER", name, count)] * times)
            got = sum(replies, [])
            for i in range(40):
                n = got.count(b"m%d" % i)
                expect_true(5 < n < 150, "%s: m%d %d times" % (name, i, n))


@test("ZRANDMEMBER: what is wrong")
def random_wrong(c):
    c.cmd("ZADD", "z", "1", "a")
    expect(c.cmd("ZRANDMEMBER", "z", "x"), NOT_INT)
    expect(c.cmd("ZRANDMEMBER", "z", "1", "FOO"), SYNTAX)
    expect(c.cmd("ZRANDMEMBER", "z", "1", "WITHSCORES", "x"), SYNTAX)
    big = 9223372036854775807
    out = Error("ERR value is out of range")
    expect(c.cmd("ZRANDMEMBER", "z", big, "WITHSCORES"), out)
    expect(
        c.cmd("ZRANDMEMBER", "z", -big - 1),
        Error(
            "ERR value is out of range, value must between %d and %d" % (-big, big)
        ),
    )
    expect(c.cmd("ZRANDMEMBER", "z", big), ["a"])
    c.cmd("SET", "s", "x")
    expect_error(c.cmd("ZRANDMEMBER", "s"), "WRONGTYPE ")


def scan_all(c, key, *words):
    out, cursor = [], b"0"
    while True:
        cursor, page = c.cmd("ZSCAN", key, cursor, *words)
        out += zip(page[::2], page[1::2])
        if cursor == b"0":
            return out


@forms("ZSCAN")
def scan(c):
    for i in range(300):
        c.cmd("ZADD", "z", i, "m%d" % i)
    want = sorted((b"m%d" % i, b"%d" % i) for i in range(300))
    for words in ((), ("COUNT", "1"), ("COUNT", "1000"), ("count", "7")):
        expect(sorted(set(scan_all(c, "z", *words))), want)
    got = sorted(set(scan_all(c, "z", "MATCH", "m2?")))
    expect(got, [(b"m2%d" % i, b"2%d" % i) for i in range(10)])
    expect(c.cmd("ZSCAN", "none", "0"), [b"0", []])
    expect(c.cmd("ZSCAN", "z", "x"), Error("ERR invalid cursor"))
    expect(c.cmd("ZSCAN", "z", "0", "COUNT", "0"), SYNTAX)
    expect(c.cmd("ZSCAN", "z", "0", "TYPE", "zset"), SYNTAX)
    c.cmd("SET", "s", "x")
    expect_error(c.cmd("ZSCAN", "s", "0"), "WRONGTYPE ")


@forms("ZSCAN: what stays is seen, whatever else comes and goes")
def scan_changes(c):
    for i in range(400):
        c.cmd("ZADD", "z", i, "m%d" % i)
    seen, cursor, i = set(), b"0", 0
    while True:
        cursor, page = c.cmd("ZSCAN", "z", cursor, "COUNT", "20")
        seen |= set(page[::2])
        if cursor == b"0":
            break
        i += 1
        c.cmd("ZREM", "z", *["m%d" % k for k in range(200 + 10 * i, 210 + 10 * i)])
        c.cmd("ZADD", "z", *sum(([k, "%d-%d" % (i, k)] for k in range(30)), []))
    expect_true({b"m%d" % k for k in range(200)} <= seen, "all that stayed")


if __name__ == "__main__":
    main()
