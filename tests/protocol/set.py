#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sets."""

import random

from baton_test import (
    NOT_INT,
    OK,
    REDIS,
    SYNTAX,
    Error,
    Server,
    Set,
    Status,
    both,
    expect,
    expect_error,
    expect_true,
    main,
    parallel,
    test,
    walk,
)

WRONG_TYPE = "WRONGTYPE "
SMALL = b"hashtable" if REDIS else b"listpack"  # 7.0 has no listpacks for sets


def encoding(c, key="s"):
    return c.cmd("OBJECT", "ENCODING", key)


def expect_set(c, got, *members):
    """A set (RESP2: an array) of exactly these."""
    kind = Set if c.proto == 3 else list
    want = sorted(m.encode() if isinstance(m, str) else m for m in members)
    expect_true(type(got) is kind, "%r is a %s" % (got, kind.__name__))
    expect(sorted(got), want)


def fill(c, n, key="s", form="m%d"):
    names = [(form % i).encode() for i in range(n)]
    for at in range(0, n, 1000):
        c.cmd("SADD", key, *names[at : at + 1000])
    return set(names)


# ---- Members ----


@both("SADD and SREM count what changed; SISMEMBER, SMISMEMBER, SCARD, SMEMBERS")
def members(c):
    expect(c.cmd("SADD", "s", "a", "b", "a"), 2)
    expect(c.cmd("SADD", "s", "b", "c"), 1)
    expect(c.cmd("TYPE", "s"), Status("set"))
    expect(c.cmd("SCARD", "s"), 3)
    expect(c.cmd("SCARD", "none"), 0)
    expect_set(c, c.cmd("SMEMBERS", "s"), "a", "b", "c")
    expect_set(c, c.cmd("SMEMBERS", "none"))
    expect(c.cmd("SISMEMBER", "s", "a"), 1)
    expect(c.cmd("SISMEMBER", "s", "A"), 0)
    expect(c.cmd("SISMEMBER", "none", "a"), 0)
    expect(c.cmd("SMISMEMBER", "s", "a", "x", "c"), [1, 0, 1])
    expect(c.cmd("SMISMEMBER", "none", "a", "x"), [0, 0])
    expect(c.cmd("SREM", "s", "a", "x", "a"), 1)
    expect(c.cmd("SREM", "none", "a"), 0)
    expect(c.cmd("SREM", "s", "b", "c", "d"), 2)
    expect(c.cmd("EXISTS", "s"), 0)


@both("members of all kinds, in every form of a set")
def kinds(c):
    odd = [b"", b"0", b"-0", b"007", b"12345678901234567890123", b"\0\r\n", b"1.0"]
    odd += [b"%d" % (s << n) for n in range(63) for s in (1, -1)]
    odd += [bytes(range(256)), b"v" * 64, b"v" * 65, b"v" * 100000]
    for i, member in enumerate(odd):
        expect(c.cmd("SADD", "s", member), 1)
        expect(c.cmd("SADD", "s", member), 0)
        expect(c.cmd("SCARD", "s"), i + 1)
        expect(c.cmd("SMISMEMBER", "s", *odd), [1] * (i + 1) + [0] * (len(odd) - i - 1))
    expect_set(c, c.cmd("SMEMBERS", "s"), *odd)
    for i, member in enumerate(odd):
        expect(c.cmd("SREM", "s", member), 1)
        expect(c.cmd("SISMEMBER", "s", member), 0)
        expect(c.cmd("SCARD", "s"), len(odd) - i - 1)


@both("a set of integers lists them in order")
def ordered(c):
    c.cmd("SADD", "s", "100", "-5", "70000", "3", "-9223372036854775808")
    want = [b"-9223372036854775808", b"-5", b"3", b"100", b"70000"]
    expect(list(c.cmd("SMEMBERS", "s")), want)
    expect(encoding(c), "intset")


@both("SMOVE")
def smove(c):
    c.cmd("SADD", "a", "1", "2", "x")
    c.cmd("SADD", "b", "2")
    expect(c.cmd("SMOVE", "a", "b", "1"), 1)
    expect(c.cmd("SMOVE", "a", "b", "2"), 1)
    expect(c.cmd("SMOVE", "a", "b", "9"), 0)
    expect_set(c, c.cmd("SMEMBERS", "b"), "1", "2")
    expect(c.cmd("SMOVE", "a", "a", "x"), 1)
    expect(c.cmd("SMOVE", "a", "a", "9"), 0)
    expect(c.cmd("SMOVE", "a", "new", "x"), 1)
    expect(c.cmd("EXISTS", "a", "new"), 1)
    c.cmd("SET", "string", "v")
    expect(c.cmd("SMOVE", "none", "string", "x"), 0)
    expect_error(c.cmd("SMOVE", "b", "string", "9"), WRONG_TYPE)
    expect_error(c.cmd("SMOVE", "string", "b", "9"), WRONG_TYPE)


# ---- Several sets ----


@both("SINTER, SUNION, SDIFF and their STOREs")
def several(c):
    c.cmd("SADD", "a", "1", "2", "3", "x")
    c.cmd("SADD", "b", "2", "3", "4", "x")
    c.cmd("SADD", "c", "3", "x", "y")
    for name, keys, want in (
        ("SINTER", "a b c", "3 x"), ("SINTER", "a b", "2 3 x"), ("SINTER", "a", "1 2 3 x"),
        ("SINTER", "a none", ""), ("SINTER", "none", ""), ("SUNION", "a b c", "1 2 3 4 x y"),
        ("SUNION", "none c none", "3 x y"), ("SUNION", "none", ""), ("SDIFF", "a b", "1"),
        ("SDIFF", "a c", "1 2"), ("SDIFF", "a", "1 2 3 x"), ("SDIFF", "a a", ""),
        ("SDIFF", "none a", ""), ("SDIFF", "a none", "1 2 3 x"), ("SDIFF", "c a b none", "y"),
    ):  # fmt: skip
        keys, want = keys.split(), want.split()
        expect_set(c, c.cmd(name, *keys), *want)
        c.cmd("SET", "d", "in the way")
        expect(c.cmd(name + "STORE", "d", *keys), len(want))
        expect(c.cmd("EXISTS", "d"), int(len(want) > 0))
        expect_set(c, c.cmd("SMEMBERS", "d"), *want)
    expect(c.cmd("SUNIONSTORE", "a", "a", "b"), 5)
    expect_set(c, c.cmd("SMEMBERS", "a"), "1", "2", "3", "4", "x")
    expect(c.cmd("SDIFFSTORE", "a", "a", "b"), 1)
    expect(c.cmd("SINTERSTORE", "a", "b", "c"), 2)
    c.cmd("EXPIRE", "a", "100")
    expect(c.cmd("SUNIONSTORE", "a", "b"), 4)
    expect(c.cmd("TTL", "a"), -1)


@both("many sets, large ones")
def many_sets(c):
    names = ["k%d" % i for i in range(40)]
    sets = [fill(c, 40 * (i + 1), name) for i, name in enumerate(names)]
    c.cmd("SADD", "ints", *range(300))
    big = fill(c, 5000, "big")
    expect_set(c, c.cmd("SINTER", *reversed(names)), *sets[0])
    expect_set(c, c.cmd("SUNION", *names), *sets[-1])
    expect_set(c, c.cmd("SDIFF", "big", *names), *(big - sets[-1]))
    expect_set(c, c.cmd("SDIFF", "big", "k3"), *(big - sets[3]))
    expect(c.cmd("SINTERSTORE", "d", "big", "big"), 5000)
    expect(c.cmd("SDIFFSTORE", "d", "big", "ints"), 5000)
    expect(c.cmd("SUNIONSTORE", "d", "big", "ints"), 5300)
    expect(c.cmd("SINTERCARD", "2", "d", "ints"), 300)


@both("SINTERCARD")
def intercard(c):
    c.cmd("SADD", "a", "1", "2", "3", "x")
    c.cmd("SADD", "b", "2", "3", "4", "x")
    expect(c.cmd("SINTERCARD", "2", "a", "b"), 3)
    expect(c.cmd("SINTERCARD", "1", "a"), 4)
    expect(c.cmd("SINTERCARD", "2", "a", "none"), 0)
    for limit, n in (("0", 3), ("2", 2), ("3", 3), ("9", 3)):
        expect(c.cmd("SINTERCARD", "2", "a", "b", "limit", limit), n)
    for keys in ("0", "x", "-1"):
        expect(
            c.cmd("SINTERCARD", keys, "a"), Error("ERR numkeys should be greater than 0")
        )
    expect(
        c.cmd("SINTERCARD", "3", "a", "b"),
        Error("ERR Number of keys can't be greater than number of args"),
    )
    for limit in ("-1", "x"):
        expect(
            c.cmd("SINTERCARD", "1", "a", "LIMIT", limit),
            Error("ERR LIMIT can't be negative"),
        )
    expect(c.cmd("SINTERCARD", "1", "a", "LIMIT"), SYNTAX)
    expect(c.cmd("SINTERCARD", "1", "a", "b"), SYNTAX)
    c.cmd("SET", "string", "v")
    expect_error(c.cmd("SINTERCARD", "2", "none", "string"), WRONG_TYPE)


# ---- By chance ----


@both("SRANDMEMBER")
def randmember(c):
    expect(c.cmd("SRANDMEMBER", "none"), None)
    expect(c.cmd("SRANDMEMBER", "none", "3"), [])
    for n, form in ((10, "%d"), (10, "m%d"), (1000, "m%d")):
        c.cmd("DEL", "s")
        all_of_it = fill(c, n, "s", form)
        seen = {c.cmd("SRANDMEMBER", "s") for _ in range(100)}
        expect_true(seen <= all_of_it and len(seen) > 1, "%r" % seen)
        for count in (1, 3, n // 2, n - 1, n, n + 1):
            got = c.cmd("SRANDMEMBER", "s", count)
            expect_true(type(got) is list, "an array")
            expect(len(got), min(count, n))
            expect_true(len(set(got)) == len(got) and set(got) <= all_of_it, "none twice")
        for count in (1, n, 3 * n):
            got = c.cmd("SRANDMEMBER", "s", -count)
            expect(len(got), count)
            expect_true(set(got) <= all_of_it, "of the set")
        expect(c.cmd("SRANDMEMBER", "s", "0"), [])
        expect(c.cmd("SCARD", "s"), n)
    expect(c.cmd("SRANDMEMBER", "s", "x"), NOT_INT)
    expect(c.cmd("SRANDMEMBER", "s", "1", "2"), SYNTAX)
    expect_error(c.cmd("SRANDMEMBER", "s", -(1 << 63)), "ERR value is out of range")


@both("SPOP takes what it gives")
def spop(c):
    expect(c.cmd("SPOP", "none"), None)
    expect_set(c, c.cmd("SPOP", "none", "3"))
    for n, form in ((10, "%d"), (10, "m%d"), (1000, "m%d"), (1000, "%d")):
        for count in (1, 2, n // 2, n - 3, n - 1):
            c.cmd("DEL", "s")
            rest = fill(c, n, "s", form)
            c.cmd("PEXPIRE", "s", "100000")
            one = c.cmd("SPOP", "s")
            expect_true(one in rest, "%r was in it" % one)
            rest.remove(one)
            got = c.cmd("SPOP", "s", count)
            expect(len(got), min(count, n - 1))
            expect_set(c, got, *set(got))
            expect_true(set(got) <= rest, "all were in it")
            rest -= set(got)
            expect_set(c, c.cmd("SMEMBERS", "s"), *rest)
            expect(c.cmd("EXISTS", "s"), int(len(rest) > 0))
            if rest:
                expect(c.cmd("PTTL", "s"), lambda v: 50000 < v <= 100000)
    c.cmd("SADD", "s", "a")
    expect_set(c, c.cmd("SPOP", "s", "0"))
    bad = Error("ERR value is out of range, must be positive")
    expect(c.cmd("SPOP", "s", "-1"), bad)
    expect(c.cmd("SPOP", "s", "x"), bad)
    expect(c.cmd("SPOP", "s", "1", "2"), SYNTAX)
    expect_set(c, c.cmd("SPOP", "s", "5"), "a")
    expect(c.cmd("EXISTS", "s"), 0)


@test("SRANDMEMBER is fair enough")
def fair(c):
    for n, form in ((20, "%d"), (20, "m%d"), (600, "m%d")):
        c.cmd("DEL", "s")
        fill(c, n, "s", form)
        got = c.cmd("SRANDMEMBER", "s", -300 * n)
        counts = [got.count((form % i).encode()) for i in range(0, n, 7)]
        expect_true(90 < min(counts) and max(counts) < 900, "%r" % counts)


# ---- SSCAN ----


@both("SSCAN")
def sscan(c):
    expect(c.cmd("SSCAN", "none", "0"), [b"0", []])
    expect(c.cmd("SSCAN", "none", "0", "FOO"), [b"0", []])
    c.cmd("SADD", "s", "3", "1", "2")
    expect(c.cmd("SSCAN", "s", "0", "COUNT", "1"), [b"0", [b"1", b"2", b"3"]])
    all_of_it = fill(c, 3000)
    for count in (1, 10, 500, 100000):
        found, steps = walk(c, ("SSCAN", "s"), "count", count)
        expect(set(found) - {b"1", b"2", b"3"}, lambda v: v == all_of_it)
        expect_true(steps >= 3000 // (count + 20), "%d steps" % steps)
    found, _ = walk(c, ("SSCAN", "s"), "MATCH", "m29*9", "COUNT", "1000")
    want = {b"m299"} | {b"m29%d9" % i for i in range(10)}
    expect(set(found), lambda v: v == want)
    expect(c.cmd("SSCAN", "s", "x"), Error("ERR invalid cursor"))
    expect(c.cmd("SSCAN", "s", "0", "COUNT", "0"), SYNTAX)
    expect(c.cmd("SSCAN", "s", "0", "COUNT", "x"), NOT_INT)
    expect(c.cmd("SSCAN", "s", "0", "TYPE", "x"), SYNTAX)


@test("SSCAN gives what stays, while the set grows and shrinks")
def scan_resizes(c):
    rnd = random.Random(5)
    for swing in (50, 3000, 20000):
        c.cmd("DEL", "s")
        stays = fill(c, 1000)
        cursor, found, top, up = b"0", set(), 0, True
        while True:
            cursor, page = c.cmd("SSCAN", "s", cursor, "COUNT", "7")
            found.update(page)
            if cursor == b"0":
                break
            step = rnd.randrange(1, swing // 10 + 2)
            if up:
                c.cmd("SADD", "s", *(b"x%d" % i for i in range(top, top + step)))
            else:
                c.cmd("SREM", "s", *(b"x%d" % i for i in range(top - step, top)))
            top = max(top + (step if up else -step), 0)
            up = True if top == 0 else False if top > swing else up
        missed = stays - found
        expect_true(not missed, "left out: %r" % missed)


# ---- Forms ----


@test("OBJECT ENCODING follows set-max-intset-entries and -listpack-entries, -value")
def forms(c):
    c.cmd("CONFIG", "SET", "set-max-intset-entries", "20")
    c.cmd("SADD", "s", *range(20))
    expect(encoding(c), "intset")
    c.cmd("SADD", "s", "20")
    expect(encoding(c), "hashtable")
    c.cmd("CONFIG", "SET", "set-max-intset-entries", "512")
    c.cmd("DEL", "s")
    c.cmd("SADD", "s", *range(100))
    expect(encoding(c), "intset")
    c.cmd("SADD", "s", "x")
    expect(encoding(c), SMALL)
    fill(c, 27)
    expect(encoding(c), SMALL)
    c.cmd("SADD", "s", "one more")
    expect(encoding(c), "hashtable")
    c.cmd("DEL", "s")
    c.cmd("SADD", "s", "x" * 64)
    expect(encoding(c), SMALL)
    c.cmd("SADD", "s", "x" * 65)
    expect(encoding(c), "hashtable")
    c.cmd("SADD", "a", "1", "2", "x")
    c.cmd("SADD", "b", "1", "2", "y")
    c.cmd("SINTERSTORE", "s", "a", "b")
    expect(encoding(c), "intset")
    if not REDIS:
        expect(c.cmd("CONFIG", "SET", "set-max-listpack-entries", "5"), OK)
        expect(c.cmd("CONFIG", "SET", "set-max-listpack-value", "3"), OK)
        for words in (["a", "b", "c", "d", "e", "f"], ["a", "long"]):
            c.cmd("DEL", "s")
            c.cmd("SADD", "s", "first")
            c.cmd("DEL", "s")
            c.cmd("SADD", "s", *words[:-1])
            expect(encoding(c), "listpack")
            c.cmd("SADD", "s", words[-1])
            expect(encoding(c), "hashtable")
        c.cmd("CONFIG", "SET", "set-max-listpack-entries", "128")
        c.cmd("CONFIG", "SET", "set-max-listpack-value", "64")


# ---- Errors ----


@both("another type, too few words")
def errors(c):
    c.cmd("SET", "string", "x")
    for words in (
        ["SADD", "a"], ["SREM", "a"], ["SMEMBERS"], ["SISMEMBER", "a"],
        ["SMISMEMBER", "a"], ["SCARD"], ["SPOP"], ["SPOP", "1"], ["SRANDMEMBER"],
        ["SRANDMEMBER", "1"], ["SSCAN", "0"], ["SINTER", "none"], ["SUNION"], ["SDIFF"],
        ["SMOVE", "d", "x"],
    ):  # fmt: skip
        expect_error(c.cmd(words[0], "string", *words[1:]), WRONG_TYPE)
        expect_error(
            c.cmd(words[0]), "ERR wrong number of arguments for '%s'" % words[0].lower()
        )
    for name in ("SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"):
        expect_error(c.cmd(name, "d", "none", "string"), WRONG_TYPE)
        expect_error(c.cmd(name, "d"), "ERR wrong number of arguments")
    expect(c.cmd("GET", "string"), "x")
    c.cmd("SADD", "s", "a")
    expect_error(c.cmd("HGET", "s", "a"), WRONG_TYPE)
    expect_error(c.cmd("GET", "s"), WRONG_TYPE)


# ---- Several clients ----


@test("each member is popped by one client", client=False)
def together():
    with Server() as server:
        with server.client() as c:
            fill(c, 4000)
        got = []

        def pop():
            with server.client() as c:
                while True:
                    one = c.cmd("SPOP", "s")
                    if one is None:
                        return
                    got.append(one)
                    if len(got) % 50 == 0:
                        got.extend(c.cmd("SPOP", "s", "20"))

        parallel(*[pop] * 4)
        expect(len(got), 4000)
        expect(len(set(got)), 4000)


if __name__ == "__main__":
    main()
