#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sorted sets: ranges by rank, score and name."""

import random

from baton_test import NOT_INT, SYNTAX, Error, expect, main, test, wrong_n
from zset_support import forms, items

NOT_RANGE = Error("ERR min or max is not a float")
NOT_LEX = Error("ERR min or max not valid string range item")
LETTERS = ["0", "a", "0", "b", "0", "c", "0", "d", "0", "e"]


@forms("ZRANGE and ZREVRANGE by rank")
def by_rank(c):
    c.cmd("ZADD", "z", "1", "a", "2", "b", "3", "c")
    expect(c.cmd("ZRANGE", "z", "0", "-1"), ["a", "b", "c"])
    expect(c.cmd("ZRANGE", "z", "1", "1"), ["b"])
    expect(c.cmd("ZRANGE", "z", "-2", "100"), ["b", "c"])
    expect(c.cmd("ZRANGE", "z", "-100", "0"), ["a"])
    expect(c.cmd("ZRANGE", "z", "2", "1"), [])
    expect(c.cmd("ZRANGE", "z", "3", "9"), [])
    expect(c.cmd("ZRANGE", "none", "0", "-1"), [])
    expect(c.cmd("ZRANGE", "z", "0", "1", "REV"), ["c", "b"])
    expect(c.cmd("ZREVRANGE", "z", "0", "-1"), ["c", "b", "a"])
    want = items(c, ["c", "3"], ["b", "2"])
    expect(c.cmd("ZREVRANGE", "z", "0", "1", "WITHSCORES"), want)
    expect(c.cmd("ZRANGE", "z", "0", "1", "rev", "withscores"), want)
    expect(c.cmd("ZRANGE", "z", "x", "1"), NOT_INT)
    expect(c.cmd("ZREVRANGE", "z", "0", "1.5"), NOT_INT)


@forms("ZRANGE BYSCORE, ZRANGEBYSCORE, ZREVRANGEBYSCORE")
def by_score(c):
    c.cmd("ZADD", "z", "1", "a", "2", "b", "2", "c", "3", "d", "inf", "e")
    for low, high, want in (
        ("-inf", "+inf", "abcde"),
        ("2", "3", "bcd"),
        ("(2", "3", "d"),
        ("2", "(3", "bc"),
        ("(2", "(3", ""),
        ("3", "2", ""),
        ("(3", "inf", "e"),
        ("3", "(inf", "d"),
        ("", "1.5", "a"),
        (" 1", "2", "abc"),
    ):
        words = ["z", low, high]
        back = ["z", high, low]
        expect(c.cmd("ZRANGEBYSCORE", *words), list(want), repr(words))
        expect(c.cmd("ZRANGE", *words, "BYSCORE"), list(want))
        expect(c.cmd("ZREVRANGEBYSCORE", *back), list(want[::-1]))
        expect(c.cmd("ZRANGE", *back, "BYSCORE", "REV"), list(want[::-1]))
        expect(c.cmd("ZCOUNT", *words), len(want))
    for low, high in (("x", "1"), ("1", "((1"), ("nan", "1"), ("1", "1 ")):
        expect(c.cmd("ZRANGEBYSCORE", "z", low, high), NOT_RANGE)
        expect(c.cmd("ZCOUNT", "none", low, high), NOT_RANGE)
    want = items(c, ["d", "3"], ["c", "2"])
    words = ["z", "3", "2", "WITHSCORES", "LIMIT", "0", "2"]
    expect(c.cmd("ZREVRANGEBYSCORE", *words), want)


@forms("LIMIT")
def limit(c):
    c.cmd("ZADD", "z", "1", "a", "2", "b", "2", "c", "3", "d")
    for offset, count, want in (
        (0, -1, "abcd"),
        (1, 2, "bc"),
        (3, 5, "d"),
        (4, 1, ""),
        (0, 0, ""),
        (-1, 2, ""),
        (2, -5, "cd"),
    ):
        words = ["LIMIT", offset, count]
        expect(c.cmd("ZRANGEBYSCORE", "z", "0", "9", *words), list(want))
        back = "".join(sorted("abcd", reverse=True))
        back = back[offset:] if offset >= 0 else ""
        back = back[:count] if count >= 0 else back
        expect(c.cmd("ZREVRANGEBYSCORE", "z", "9", "0", *words), list(back))
    expect(c.cmd("ZRANGEBYSCORE", "z", "0", "9", "LIMIT", "0"), SYNTAX)
    expect(c.cmd("ZRANGEBYSCORE", "z", "0", "9", "LIMIT", "x", "1"), NOT_INT)
    only = Error(
        "ERR syntax error, LIMIT is only supported in combination with either "
        "BYSCORE or BYLEX"
    )
    expect(c.cmd("ZRANGE", "z", "0", "9", "LIMIT", "0", "1"), only)
    expect(c.cmd("ZRANGE", "z", "0", "0", "LIMIT", "0", "-1"), ["a"])


@forms("ZRANGE BYLEX, ZRANGEBYLEX, ZREVRANGEBYLEX, ZLEXCOUNT")
def by_lex(c):
    c.cmd("ZADD", "z", *LETTERS)
    for low, high, want in (
        ("-", "+", "abcde"),
        ("+", "-", ""),
        ("[b", "[d", "bcd"),
        ("(b", "[d", "cd"),
        ("[b", "(d", "bc"),
        ("-", "(c", "ab"),
        ("(bb", "+", "cde"),
        ("[", "[a", "a"),
        ("[d", "[b", ""),
    ):
        expect(c.cmd("ZRANGEBYLEX", "z", low, high), list(want))
        expect(c.cmd("ZREVRANGEBYLEX", "z", high, low), list(want[::-1]))
        expect(c.cmd("ZRANGE", "z", low, high, "BYLEX"), list(want))
        expect(c.cmd("ZRANGE", "z", high, low, "REV", "BYLEX"), list(want[::-1]))
        expect(c.cmd("ZLEXCOUNT", "z", low, high), len(want))
    expect(c.cmd("ZRANGEBYLEX", "z", "-", "+", "LIMIT", "1", "2"), ["b", "c"])
    expect(c.cmd("ZRANGEBYLEX", "none", "-", "+"), [])
    for low, high in (("a", "+"), ("-x", "+"), ("-", "+x"), ("", "+")):
        expect(c.cmd("ZRANGEBYLEX", "z", low, high), NOT_LEX)
        expect(c.cmd("ZLEXCOUNT", "none", low, high), NOT_LEX)
    expect(
        c.cmd("ZRANGE", "z", "-", "+", "BYLEX", "WITHSCORES"),
        Error(
            "ERR syntax error, WITHSCORES not supported in combination with BYLEX"
        ),
    )


@test("ZRANGE: options that do not go together")
def range_syntax(c):
    for words in (
        ["FOO"],
        ["BYSCORE", "BYLEX"],
        ["REV", "REV"],
        ["LIMIT", "1"],
        ["WITHSCORE"],
    ):
        expect(c.cmd("ZRANGE", "z", "0", "1", *words), SYNTAX, repr(words))
    for name in ("ZREVRANGE", "ZRANGEBYSCORE", "ZREVRANGEBYLEX"):
        for word in ("REV", "BYSCORE", "BYLEX"):
            expect(c.cmd(name, "z", "0", "1", word), SYNTAX)
    expect(c.cmd("ZRANGE", "z", "0"), wrong_n("zrange"))


@forms("ZREMRANGEBYRANK, -BYSCORE, -BYLEX")
def remove_ranges(c):
    c.cmd("ZADD", "z", *LETTERS)
    expect(c.cmd("ZREMRANGEBYLEX", "z", "(a", "[c"), 2)
    expect(c.cmd("ZREMRANGEBYRANK", "z", "1", "-2"), 1)
    expect(c.cmd("ZREMRANGEBYSCORE", "z", "(0", "9"), 0)
    expect(c.cmd("ZRANGE", "z", "0", "-1"), ["a", "e"])
    expect(c.cmd("ZREMRANGEBYSCORE", "z", "0", "0"), 2)
    expect(c.cmd("EXISTS", "z"), 0)
    expect(c.cmd("ZREMRANGEBYRANK", "z", "0", "-1"), 0)
    expect(c.cmd("ZREMRANGEBYRANK", "z", "0", "x"), NOT_INT)
    expect(c.cmd("ZREMRANGEBYSCORE", "z", "0", "x"), NOT_RANGE)
    expect(c.cmd("ZREMRANGEBYLEX", "z", "-", "x"), NOT_LEX)


@forms("the whole against a model, at random")
def model(c):
    rnd = random.Random(7)
    have = {}
    for _ in range(1500):
        m = b"m%d" % rnd.randrange(200)
        p = rnd.random()
        if p < 0.6:
            have[m] = rnd.randrange(-20, 20)
            c.cmd("ZADD", "z", have[m], m)
        elif p < 0.8:
            expect(c.cmd("ZREM", "z", m), int(m in have))
            have.pop(m, None)
        else:
            order = sorted(have, key=lambda k: (have[k], k))
            a, b = sorted(rnd.randrange(-25, 25) for _ in "ab")
            want = [k for k in order if a <= have[k] <= b]
            expect(c.cmd("ZRANGEBYSCORE", "z", a, b), want)
            expect(c.cmd("ZCOUNT", "z", a, b), len(want))
            if m in have:
                expect(c.cmd("ZRANK", "z", m), order.index(m))
    order = sorted(have, key=lambda k: (have[k], k))
    expect(c.cmd("ZRANGE", "z", "0", "-1"), order)


if __name__ == "__main__":
    main()
