#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sorted sets: members, popping, and what they are as keys. Ranges are in
zset_range.py, what takes several in zset_more.py."""

from baton_test import (
    OK,
    REDIS,
    SYNTAX,
    Error,
    Skip,
    Status,
    both,
    expect,
    expect_error,
    main,
    test,
    wrong_n,
)
from zset_support import forms, items, scored

NOT_FLOAT = Error("ERR value is not a valid float")
WRONG_TYPE = "WRONGTYPE "


# ---- Members ----------------------------------------------------------------


@forms("ZADD counts what is new; ZSCORE, ZMSCORE, ZCARD")
def add(c):
    expect(c.cmd("ZADD", "z", "1", "a", "2.5", "b"), 2)
    expect(c.cmd("ZADD", "z", "3", "a", "-inf", "c", "4", "c"), 1)
    expect(c.cmd("ZCARD", "z"), 3)
    expect(c.cmd("ZCARD", "none"), 0)
    expect(c.cmd("ZSCORE", "z", "a"), scored(c, "3"))
    expect(c.cmd("ZSCORE", "z", "b"), scored(c, "2.5"))
    expect(c.cmd("ZSCORE", "z", "none"), None)
    expect(c.cmd("ZSCORE", "none", "a"), None)
    expect(c.cmd("ZMSCORE", "z", "c", "x", "a"), [scored(c, "4"), None, scored(c, "3")])
    expect(c.cmd("ZMSCORE", "none", "a", "b"), [None, None])
    expect(c.cmd("TYPE", "z"), Status("zset"))


@forms("ZADD NX, XX, GT, LT, CH")
def add_options(c):
    expect(c.cmd("ZADD", "z", "XX", "1", "a"), 0)
    expect(c.cmd("EXISTS", "z"), 0)
    expect(c.cmd("ZADD", "z", "NX", "5", "a", "6", "b"), 2)
    expect(c.cmd("ZADD", "z", "nx", "CH", "1", "a", "1", "c"), 1)
    expect(c.cmd("ZADD", "z", "XX", "CH", "7", "a", "1", "d"), 1)
    expect(c.cmd("ZADD", "z", "GT", "CH", "6", "a", "8", "b", "3", "e"), 2)
    expect(c.cmd("ZADD", "z", "LT", "CH", "8", "a", "7", "b", "9", "b"), 1)
    expect(c.cmd("ZADD", "z", "XX", "GT", "ch", "1", "a", "9", "x"), 0)
    expect(c.cmd("ZADD", "z", "CH", "7", "a"), 0)
    want = items(c, ["c", "1"], ["e", "3"], ["a", "7"], ["b", "7"])
    expect(c.cmd("ZRANGE", "z", "0", "-1", "WITHSCORES"), want)


@forms("ZADD INCR and ZINCRBY")
def increment(c):
    expect(c.cmd("ZADD", "z", "INCR", "2", "a"), scored(c, "2"))
    expect(c.cmd("ZADD", "z", "INCR", "0.5", "a"), scored(c, "2.5"))
    expect(c.cmd("ZADD", "z", "INCR", "NX", "1", "a"), None)
    expect(c.cmd("ZADD", "z", "INCR", "XX", "1", "x"), None)
    expect(c.cmd("ZADD", "z", "INCR", "GT", "-1", "a"), None)
    expect(c.cmd("ZADD", "z", "INCR", "LT", "-1", "a"), scored(c, "1.5"))
    expect(c.cmd("ZINCRBY", "z", "-1.5", "a"), scored(c, "0"))
    expect(c.cmd("ZINCRBY", "z", "inf", "b"), scored(c, "inf"))
    expect(
        c.cmd("ZINCRBY", "z", "-inf", "b"),
        Error("ERR resulting score is not a number (NaN)"),
    )
    expect(c.cmd("ZSCORE", "z", "b"), scored(c, "inf"))
    expect(c.cmd("ZINCRBY", "new", "3", "m"), scored(c, "3"))


@test("ZADD: what is wrong")
def add_wrong(c):
    both_nx_xx = Error("ERR XX and NX options at the same time are not compatible")
    order = Error(
        "ERR GT, LT, and/or NX options at the same time are not compatible"
    )
    for words, want in (
        (["1", "a", "2"], SYNTAX),
        (["NX", "CH"], SYNTAX),
        (["FOO", "1", "a"], SYNTAX),
        (["NX", "XX", "1", "a"], both_nx_xx),
        (["NX", "XX", "GT", "1", "a"], both_nx_xx),
        (["GT", "LT", "1", "a"], order),
        (["NX", "GT", "1", "a"], order),
        (["LT", "NX", "1", "a"], order),
        (
            ["INCR", "1", "a", "2", "b"],
            Error("ERR INCR option supports a single increment-element pair"),
        ),
        (["1", "a", "x", "b"], NOT_FLOAT),
        (["1"], wrong_n("zadd")),
    ):
        expect(c.cmd("ZADD", "z", *words), want, repr(words))
    for score in ("", " 1", "1 ", "nan", "1e400", "1e-400", "1,5", "x", "1\0"):
        expect(c.cmd("ZADD", "z", score, "a"), NOT_FLOAT, repr(score))
        expect(c.cmd("ZINCRBY", "z", score, "a"), NOT_FLOAT, repr(score))
    expect(c.cmd("EXISTS", "z"), 0)
    expect(c.cmd("ZINCRBY", "z", "1"), wrong_n("zincrby"))
    expect(c.cmd("ZINCRBY", "z", "1", "a", "b"), wrong_n("zincrby"))


@forms("scores of all kinds come back as 7.2 writes them")
def scores(c):
    for given, shown in (
        ("0x10", "16"),
        ("+5", "5"),
        (".5", "0.5"),
        ("1e3", "1000"),
        ("3.1", "3.1"),
        ("0.1", "0.1"),
        ("-0.30000000000000004", "-0.30000000000000004"),
        ("1e17", "100000000000000000"),
        ("1e19", "1e+19"),
        ("123456789012345678", "123456789012345680"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("4.9e-324", "5e-324"),
        ("Infinity", "inf"),
        ("-inf", "-inf"),
        ("000012", "12"),
        ("-7", "-7"),
    ):
        c.cmd("ZADD", "z", given, "m")
        got = c.cmd("ZSCORE", "z", "m")
        if REDIS:
            expect(float(got), float(shown), given)
        else:
            expect(got, scored(c, shown), given)


@test("a score of -0 in both forms")
def negative_zero(c):
    c.cmd("ZADD", "z", "-0", "m")
    expect(c.cmd("ZSCORE", "z", "m"), "0")
    c.cmd("CONFIG", "SET", "zset-max-listpack-entries", "0")
    c.cmd("ZADD", "y", "-0", "m")
    c.cmd("CONFIG", "SET", "zset-max-listpack-entries", "128")
    expect(c.cmd("ZSCORE", "y", "m"), "-0")
    expect(c.cmd("ZADD", "y", "CH", "0", "m"), 0)
    expect(c.cmd("ZSCORE", "y", "m"), "-0")


@forms("members of all kinds")
def members(c):
    odd = [b"", b"0", b"-0", b"007", b"12345678901234567890123", b"\0\r\n"]
    odd += [bytes(range(256)), b"v" * 64, b"v" * 65, b"v" * 100000, b"\xff"]
    for i, member in enumerate(odd):
        expect(c.cmd("ZADD", "z", i, member), 1)
    for i, member in enumerate(odd):
        expect(c.cmd("ZRANK", "z", member), i)
    expect(c.cmd("ZRANGE", "z", "0", "-1"), odd)
    for member in odd:
        expect(c.cmd("ZADD", "same", "1", member), 1)
    expect(c.cmd("ZRANGE", "same", "0", "-1"), sorted(odd))


@forms("ZRANK, ZREVRANK")
def ranks(c):
    c.cmd("ZADD", "z", "1", "a", "2", "b", "2", "c")
    for i, m in enumerate("abc"):
        expect(c.cmd("ZRANK", "z", m), i)
        expect(c.cmd("ZREVRANK", "z", m), 2 - i)
    expect(c.cmd("ZRANK", "z", "x"), None)
    expect(c.cmd("ZREVRANK", "none", "x"), None)
    expect(c.cmd("ZRANK", "z"), wrong_n("zrank"))


@both("ZRANK, ZREVRANK WITHSCORE")
def rank_with_score(c):
    if REDIS:
        raise Skip("7.0 does not know it")
    c.cmd("ZADD", "z", "1", "a", "2.5", "b")
    expect(c.cmd("ZRANK", "z", "b", "WITHSCORE"), [1, scored(c, "2.5")])
    expect(c.cmd("ZREVRANK", "z", "b", "withscore"), [0, scored(c, "2.5")])
    c.send("ZRANK", "z", "x", "WITHSCORE")
    expect(c.read_line(), b"*-1" if c.proto == 2 else b"_")
    c.send("ZREVRANK", "none", "x", "WITHSCORE")
    expect(c.read_line(), b"*-1" if c.proto == 2 else b"_")
    expect(c.cmd("ZRANK", "z", "b", "FOO"), SYNTAX)
    expect(c.cmd("ZRANK", "z", "b", "WITHSCORE", "x"), wrong_n("zrank"))


@forms("ZREM; an empty one is gone")
def remove(c):
    c.cmd("ZADD", "z", "1", "a", "2", "b", "3", "c")
    expect(c.cmd("ZREM", "z", "a", "x", "c", "a"), 2)
    expect(c.cmd("ZREM", "none", "a"), 0)
    expect(c.cmd("ZREM", "z", "b"), 1)
    expect(c.cmd("EXISTS", "z"), 0)
    expect(c.cmd("ZREM", "z"), wrong_n("zrem"))


# ---- Popping ----------------------------------------------------------------


@forms("ZPOPMIN, ZPOPMAX")
def pop(c):
    c.cmd("ZADD", "z", *sum((["%d" % i, "m%d" % i] for i in range(8)), []))
    expect(c.cmd("ZPOPMIN", "z"), [b"m0", scored(c, "0")])
    expect(c.cmd("ZPOPMAX", "z"), [b"m7", scored(c, "7")])
    expect(c.cmd("ZPOPMIN", "z", "2"), items(c, ["m1", "1"], ["m2", "2"]))
    expect(c.cmd("ZPOPMAX", "z", "2"), items(c, ["m6", "6"], ["m5", "5"]))
    expect(c.cmd("ZPOPMIN", "z", "0"), [])
    expect(c.cmd("ZPOPMIN", "none"), [])
    expect(c.cmd("ZPOPMIN", "none", "5"), [])
    expect(c.cmd("ZPOPMAX", "z", "9"), items(c, ["m4", "4"], ["m3", "3"]))
    expect(c.cmd("EXISTS", "z"), 0)
    positive = Error("ERR value is out of range, must be positive")
    expect(c.cmd("ZPOPMIN", "z", "-1"), positive)
    expect(c.cmd("ZPOPMIN", "z", "x"), positive)
    expect(c.cmd("ZPOPMIN", "z", "1", "2"), SYNTAX)


@forms("ZMPOP")
def mpop(c):
    c.cmd("ZADD", "z", "1", "a", "2", "b", "3", "c")
    c.cmd("ZADD", "y", "9", "x")

    def popped(key, *pairs):
        return [key.encode(), [[m.encode(), scored(c, s)] for m, s in pairs]]

    expect(c.cmd("ZMPOP", "2", "none", "z", "MIN"), popped("z", ("a", "1")))
    want = popped("z", ("c", "3"), ("b", "2"))
    expect(c.cmd("ZMPOP", "2", "z", "y", "max", "count", "5"), want)
    expect(c.cmd("ZMPOP", "2", "z", "y", "MAX"), popped("y", ("x", "9")))
    c.send("ZMPOP", "2", "z", "y", "MAX")
    expect(c.read_line(), b"*-1" if c.proto == 2 else b"_")
    keys = Error("ERR numkeys should be greater than 0")
    expect(c.cmd("ZMPOP", "0", "z", "MIN"), keys)
    expect(c.cmd("ZMPOP", "x", "z", "MIN"), keys)
    expect(c.cmd("ZMPOP", "2", "z", "MIN"), SYNTAX)
    expect(c.cmd("ZMPOP", "1", "z", "FOO"), SYNTAX)
    expect(c.cmd("ZMPOP", "1", "z", "MIN", "COUNT"), SYNTAX)
    expect(c.cmd("ZMPOP", "1", "z", "MIN", "COUNT", "1", "COUNT", "2"), SYNTAX)
    count = Error("ERR count should be greater than 0")
    expect(c.cmd("ZMPOP", "1", "z", "MIN", "COUNT", "0"), count)


# ---- Other types, forms -----------------------------------------------------


@test("a key of another type")
def wrong_type(c):
    c.cmd("SET", "s", "x")
    for words in (
        "ZADD s 1 a",
        "ZINCRBY s 1 a",
        "ZCARD s",
        "ZSCORE s a",
        "ZMSCORE s a",
        "ZRANK s a",
        "ZREVRANK s a",
        "ZREM s a",
        "ZRANGE s 0 1",
        "ZREVRANGE s 0 1",
        "ZRANGEBYSCORE s 0 1",
        "ZREVRANGEBYSCORE s 0 1",
        "ZRANGEBYLEX s - +",
        "ZREVRANGEBYLEX s + -",
        "ZRANGESTORE d s 0 1",
        "ZCOUNT s 0 1",
        "ZLEXCOUNT s - +",
        "ZREMRANGEBYRANK s 0 1",
        "ZREMRANGEBYSCORE s 0 1",
        "ZREMRANGEBYLEX s - +",
        "ZPOPMIN s",
        "ZPOPMAX s 2",
        "ZMPOP 1 s MIN",
        "ZUNION 1 s",
        "ZINTER 2 none s",
        "ZDIFF 1 s",
        "ZUNIONSTORE d 1 s",
        "ZINTERCARD 1 s",
    ):
        expect_error(c.cmd(*words.split()), WRONG_TYPE)
    c.cmd("ZADD", "z", "1", "a")
    expect_error(c.cmd("GET", "z"), WRONG_TYPE)
    expect_error(c.cmd("INCR", "z"), WRONG_TYPE)
    expect(c.cmd("SET", "z", "x"), OK)
    expect(c.cmd("GET", "z"), "x")


@test("OBJECT ENCODING and its limits")
def encoding(c):
    c.cmd("ZADD", "z", *sum((["%d" % i, "m%d" % i] for i in range(128)), []))
    expect(c.cmd("OBJECT", "ENCODING", "z"), "listpack")
    c.cmd("ZADD", "z", "1", "one more")
    expect(c.cmd("OBJECT", "ENCODING", "z"), "skiplist")
    c.cmd("ZREMRANGEBYRANK", "z", "0", "100")
    expect(c.cmd("OBJECT", "ENCODING", "z"), "skiplist")
    c.cmd("ZADD", "y", "1", "x" * 64)
    expect(c.cmd("OBJECT", "ENCODING", "y"), "listpack")
    c.cmd("ZADD", "y", "1", "x" * 65)
    expect(c.cmd("OBJECT", "ENCODING", "y"), "skiplist")
    for option in ("zset-max-listpack-entries", "zset-max-ziplist-entries"):
        expect(c.cmd("CONFIG", "SET", option, "2"), OK)
        c.cmd("DEL", "w")
        c.cmd("ZADD", "w", "1", "a", "2", "b")
        expect(c.cmd("OBJECT", "ENCODING", "w"), "listpack")
        c.cmd("ZADD", "w", "3", "c")
        expect(c.cmd("OBJECT", "ENCODING", "w"), "skiplist")
        c.cmd("CONFIG", "SET", option, "128")
    for option in ("zset-max-listpack-value", "zset-max-ziplist-value"):
        expect(c.cmd("CONFIG", "SET", option, "3"), OK)
        c.cmd("DEL", "w")
        c.cmd("ZADD", "w", "1", "aaaa")
        expect(c.cmd("OBJECT", "ENCODING", "w"), "skiplist")
        c.cmd("CONFIG", "SET", option, "64")


@forms("keys keep their time to live; RENAME, DEL")
def as_keys(c):
    c.cmd("ZADD", "z", "1", "a")
    c.cmd("EXPIRE", "z", "100")
    c.cmd("ZADD", "z", "2", "b")
    c.cmd("ZREM", "z", "a")
    expect(c.cmd("TTL", "z"), lambda v: 90 < v <= 100)
    c.cmd("RENAME", "z", "y")
    expect(c.cmd("ZRANGE", "y", "0", "-1"), ["b"])
    expect(c.cmd("DEL", "y"), 1)
    expect(c.cmd("ZCARD", "y"), 0)


if __name__ == "__main__":
    main()
