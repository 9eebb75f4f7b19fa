#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Hashes."""

import random

from baton_test import (
    NOT_INT,
    OK,
    SYNTAX,
    Error,
    Map,
    Server,
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


def pairs(flat):
    return dict(zip(flat[::2], flat[1::2]))


def as_map(c, **fields):
    """What HGETALL answers, fields in order."""
    flat = [w.encode() for kv in fields.items() for w in kv]
    return Map(pairs(flat)) if c.proto == 3 else flat


# ---- Setting and reading ----


@both("HSET counts what is new; HGET, HEXISTS, HSTRLEN, HLEN")
def set_get(c):
    expect(c.cmd("HSET", "h", "a", "1", "b", "two"), 2)
    expect(c.cmd("HSET", "h", "a", "3", "c", "", "a", "4"), 1)
    expect(c.cmd("HGET", "h", "a"), "4")
    expect(c.cmd("HGET", "h", "c"), "")
    expect(c.cmd("HGET", "h", "none"), None)
    expect(c.cmd("HGET", "none", "a"), None)
    expect(c.cmd("HEXISTS", "h", "b"), 1)
    expect(c.cmd("HEXISTS", "h", "B"), 0)
    expect(c.cmd("HEXISTS", "none", "b"), 0)
    expect(c.cmd("HSTRLEN", "h", "b"), 3)
    expect(c.cmd("HSTRLEN", "h", "none"), 0)
    expect(c.cmd("HSTRLEN", "none", "b"), 0)
    expect(c.cmd("HLEN", "h"), 3)
    expect(c.cmd("HLEN", "none"), 0)
    expect(c.cmd("TYPE", "h"), Status("hash"))


@both("values of all kinds come back as they were")
def values(c):
    odd = [b"", b"0", b"-0", b"007", b"12345678901234567890123", b"\0\r\n"]
    odd += [b"%d" % (s << n) for n in range(63) for s in (1, -1)]
    odd += [bytes(range(256)), b"v" * 64, b"v" * 65, b"v" * 100000]
    for i, value in enumerate(odd):
        expect(c.cmd("HSET", "h", b"f%d" % i, value), 1)
        expect(c.cmd("HSET", "g", value, b"%d" % i), 1)
    for i, value in enumerate(odd):
        expect(c.cmd("HGET", "h", b"f%d" % i), value)
        expect(c.cmd("HGET", "g", value), b"%d" % i)
        expect(c.cmd("HSTRLEN", "h", b"f%d" % i), len(value))


@both("HMSET, HMGET, HSETNX")
def several(c):
    expect(c.cmd("HMSET", "h", "a", "1", "b", "2"), OK)
    expect(c.cmd("HMGET", "h", "b", "x", "a", "b"), [b"2", None, b"1", b"2"])
    expect(c.cmd("HMGET", "none", "b", "x"), [None, None])
    expect(c.cmd("HSETNX", "h", "a", "9"), 0)
    expect(c.cmd("HSETNX", "h", "c", "9"), 1)
    expect(c.cmd("HSETNX", "new", "c", "8"), 1)
    expect(c.cmd("HMGET", "h", "a", "c"), [b"1", b"9"])
    expect(c.cmd("HGET", "new", "c"), "8")


@both("HGETALL, HKEYS, HVALS")
def whole(c):
    expect(c.cmd("HGETALL", "none"), Map() if c.proto == 3 else [])
    expect(c.cmd("HKEYS", "none"), [])
    expect(c.cmd("HVALS", "none"), [])
    c.cmd("HSET", "h", "a", "1", "b", "2")
    expect(c.cmd("HGETALL", "h"), as_map(c, a="1", b="2"))
    expect(c.cmd("HKEYS", "h"), [b"a", b"b"])
    expect(c.cmd("HVALS", "h"), [b"1", b"2"])


@both("HDEL counts what was there; the last field takes the key with it")
def delete(c):
    c.cmd("HSET", "h", "a", "1", "b", "2", "c", "3")
    expect(c.cmd("HDEL", "h", "a", "x", "a"), 1)
    expect(c.cmd("HDEL", "none", "a"), 0)
    expect(c.cmd("HKEYS", "h"), [b"b", b"c"])
    expect(c.cmd("HDEL", "h", "b", "c", "d"), 2)
    expect(c.cmd("EXISTS", "h"), 0)
    expect(c.cmd("DBSIZE"), 0)


@both("a hash keeps its time to live, and goes with it")
def expires(c):
    c.cmd("HSET", "h", "a", "1")
    c.cmd("PEXPIRE", "h", "100000")
    c.cmd("HSET", "h", "b", "2")
    c.cmd("HINCRBY", "h", "a", "2")
    c.cmd("HDEL", "h", "b")
    expect(c.cmd("PTTL", "h"), lambda v: 50000 < v <= 100000)
    c.cmd("PERSIST", "h")
    expect(c.cmd("HGET", "h", "a"), "3")
    c.cmd("PEXPIREAT", "h", "1")
    expect(c.cmd("HGET", "h", "a"), None)
    expect(c.cmd("HSET", "h", "a", "1"), 1)


@both("SET, RENAME and FLUSHALL take a hash away or along")
def other_commands(c):
    c.cmd("HSET", "h", "a", "1")
    expect(c.cmd("RENAME", "h", "g"), OK)
    expect(c.cmd("HGET", "g", "a"), "1")
    expect(c.cmd("EXISTS", "h"), 0)
    expect(c.cmd("SET", "g", "string"), OK)
    expect(c.cmd("GET", "g"), "string")
    c.cmd("HSET", "h", *(w for i in range(2000) for w in ("f%d" % i, "v")))
    expect(c.cmd("UNLINK", "h"), 1)
    expect(c.cmd("HLEN", "h"), 0)
    c.cmd("HSET", "h", "a", "1")
    c.cmd("FLUSHALL")
    expect(c.cmd("HLEN", "h"), 0)


# ---- Numbers ----


@both("HINCRBY")
def incrby(c):
    expect(c.cmd("HINCRBY", "h", "n", "5"), 5)
    expect(c.cmd("HINCRBY", "h", "n", "-7"), -2)
    expect(c.cmd("HGET", "h", "n"), "-2")
    c.cmd("HSET", "h", "max", "9223372036854775807", "min", "-9223372036854775808")
    over = Error("ERR increment or decrement would overflow")
    expect(c.cmd("HINCRBY", "h", "max", "1"), over)
    expect(c.cmd("HINCRBY", "h", "min", "-1"), over)
    expect(c.cmd("HINCRBY", "h", "max", "-1"), 9223372036854775806)
    expect(c.cmd("HINCRBY", "h", "n", "1.5"), NOT_INT)
    expect(c.cmd("HINCRBY", "h", "n", ""), NOT_INT)
    c.cmd("HSET", "h", "text", " 1")
    bad = Error("ERR hash value is not an integer")
    expect(c.cmd("HINCRBY", "h", "text", "1"), bad)
    expect(c.cmd("HINCRBY", "none", "n", "x"), NOT_INT)
    expect(c.cmd("EXISTS", "none"), 0)


@both("HINCRBYFLOAT")
def incrbyfloat(c):
    expect(c.cmd("HINCRBYFLOAT", "h", "f", "10.5"), "10.5")
    expect(c.cmd("HINCRBYFLOAT", "h", "f", "0.1"), "10.6")
    expect(c.cmd("HINCRBYFLOAT", "h", "f", "-10.6"), "0")
    expect(c.cmd("HINCRBYFLOAT", "h", "f", "5.0e3"), "5000")
    expect(c.cmd("HINCRBYFLOAT", "h", "f", "0x10"), "5016")
    expect(c.cmd("HGET", "h", "f"), "5016")
    for word in ("nan", "x", "", " 1", "1 ", "1e5000"):
        expect(
            c.cmd("HINCRBYFLOAT", "h", "f", word),
            Error("ERR value is not a valid float"),
        )
    for word in ("inf", "-inf", "Infinity"):
        expect(
            c.cmd("HINCRBYFLOAT", "h", "f", word),
            Error("ERR value is NaN or Infinity"),
        )
    c.cmd("HSET", "h", "text", "x", "inf", "inf")
    expect(
        c.cmd("HINCRBYFLOAT", "h", "text", "1"),
        Error("ERR hash value is not a float"),
    )
    expect(
        c.cmd("HINCRBYFLOAT", "h", "inf", "1"),
        Error("ERR increment would produce NaN or Infinity"),
    )


# ---- HRANDFIELD ----


def fill(c, n, key="h"):
    for at in range(0, n, 1000):
        words = [w for i in range(at, min(n, at + 1000)) for w in (b"f%d" % i, b"v%d" % i)]
        c.cmd("HSET", key, *words)
    return {b"f%d" % i: b"v%d" % i for i in range(n)}


@both("HRANDFIELD without a count")
def random_one(c):
    expect(c.cmd("HRANDFIELD", "none"), None)
    for n in (3, 1000):
        all_of_it = fill(c, n)
        seen = {c.cmd("HRANDFIELD", "h") for _ in range(100)}
        expect_true(seen <= set(all_of_it) and len(seen) > 1, "%r" % seen)


@both("HRANDFIELD with a count: different fields; negative: any")
def random_some(c):
    expect(c.cmd("HRANDFIELD", "none", "5"), [])
    expect(c.cmd("HRANDFIELD", "none", "5", "WITHVALUES"), [])
    for n in (5, 1000):
        all_of_it = fill(c, n)
        for count in (1, 3, n // 2, n - 1, n, n + 1, 2 * n):
            got = c.cmd("HRANDFIELD", "h", count)
            expect(len(got), min(count, n))
            expect_true(len(set(got)) == len(got), "none twice")
            expect_true(set(got) <= set(all_of_it), "of the hash")
        for count in (1, n, 3 * n):
            got = c.cmd("HRANDFIELD", "h", -count)
            expect(len(got), count)
            expect_true(set(got) <= set(all_of_it), "of the hash")
    expect(c.cmd("HRANDFIELD", "h", "0"), [])
    expect(c.cmd("HRANDFIELD", "h", "-0"), NOT_INT)


@both("HRANDFIELD WITHVALUES: pairs in RESP3")
def random_values(c):
    for n in (5, 1000):
        all_of_it = fill(c, n)
        for count in (3, n // 2, 2 * n, -3, -2 * n):
            got = c.cmd("HRANDFIELD", "h", count, "withvalues")
            if c.proto == 3:
                expect_true(all(len(p) == 2 for p in got), "pairs")
                got = [w for p in got for w in p]
            expect(len(got) // 2, -count if count < 0 else min(count, n))
            for field, value in zip(got[::2], got[1::2]):
                expect(value, all_of_it[field])


@both("HRANDFIELD: errors")
def random_errors(c):
    c.cmd("HSET", "h", "a", "1")
    expect(c.cmd("HRANDFIELD", "h", "x"), NOT_INT)
    expect(c.cmd("HRANDFIELD", "h", "1", "withvalue"), SYNTAX)
    expect(c.cmd("HRANDFIELD", "h", "1", "withvalues", "x"), SYNTAX)
    expect_error(c.cmd("HRANDFIELD", "h", -(1 << 63)), "ERR value is out of range")
    expect(
        c.cmd("HRANDFIELD", "h", 1 << 62, "withvalues"),
        Error("ERR value is out of range"),
    )
    expect(c.cmd("HRANDFIELD", "h", 1 << 62), [b"a"])


@test("HRANDFIELD is fair enough")
def random_fair(c):
    for n in (20, 600):
        fill(c, n)
        for words in (["-%d" % (300 * n)], ["-%d" % (300 * n), "WITHVALUES"]):
            got = c.cmd("HRANDFIELD", "h", *words)[:: len(words)]
            counts = [got.count(b"f%d" % i) for i in range(0, n, 7)]
            expect_true(90 < min(counts) and max(counts) < 900, "%r" % counts)


# ---- HSCAN ----


@both("HSCAN: small hashes at once, large ones in pages")
def scan(c):
    expect(c.cmd("HSCAN", "none", "0"), [b"0", []])
    expect(c.cmd("HSCAN", "none", "17"), [b"0", []])
    c.cmd("HSET", "small", "a", "1", "b", "2")
    expect(c.cmd("HSCAN", "small", "0", "COUNT", "1"), [b"0", [b"a", b"1", b"b", b"2"]])
    all_of_it = fill(c, 3000)
    for count in (1, 10, 500, 100000):
        found, steps = walk(c, ("HSCAN", "h"), "count", count)
        expect(pairs(found), lambda v: v == all_of_it)
        expect_true(steps >= 3000 // (count + 20), "%d steps" % steps)


@both("HSCAN MATCH looks at fields, not at values")
def scan_match(c):
    fill(c, 1500)
    c.cmd("HSET", "h", "v1", "f")
    found, _ = walk(c, ("HSCAN", "h"), "MATCH", "f1*7", "COUNT", "100")
    numbers = [str(i) for i in range(1500)]
    want = {b"f" + n.encode() for n in numbers if n[0] == "1" and n[-1] == "7"}
    expect(set(pairs(found)), lambda v: v == want)
    found, _ = walk(c, ("HSCAN", "h"), "match", "nothing", "match", "v*")
    expect(found, [b"v1", b"f"])


@both("HSCAN: errors")
def scan_errors(c):
    c.cmd("HSET", "h", "a", "1")
    bad = Error("ERR invalid cursor")
    for cursor in ("x", "1x", " 1", "99999999999999999999999"):
        expect(c.cmd("HSCAN", "h", cursor), bad)
        expect(c.cmd("HSCAN", "none", cursor), bad)
    expect(c.cmd("HSCAN", "h", "0", "COUNT", "0"), SYNTAX)
    expect(c.cmd("HSCAN", "h", "0", "COUNT", "x"), NOT_INT)
    expect(c.cmd("HSCAN", "h", "0", "COUNT"), SYNTAX)
    expect(c.cmd("HSCAN", "h", "0", "TYPE", "string"), SYNTAX)
    expect(c.cmd("HSCAN", "none", "0", "FOO"), [b"0", []])


@test("HSCAN gives what stays, while the hash grows and shrinks")
def scan_resizes(c):
    rnd = random.Random(5)
    stays = fill(c, 1000)
    for swing in (50, 3000, 20000):
        cursor, found, top, up = b"0", {}, 0, True
        while True:
            cursor, page = c.cmd("HSCAN", "h", cursor, "COUNT", "7")
            found.update(pairs(page))
            if cursor == b"0":
                break
            step = rnd.randrange(1, swing // 10 + 2)
            names = [b"x%d" % i for i in range(top - (0 if up else step), top + step * up)]
            if up:
                c.cmd("HSET", "h", *(w for n in names for w in (n, b"-")))
            else:
                c.cmd("HDEL", "h", *names)
            top += step if up else -step
            up = True if top <= 0 else False if top > swing else up
            top = max(top, 0)
        missed = set(stays) - set(found)
        expect_true(not missed, "left out: %r" % missed)
        c.cmd("DEL", "h")
        stays = fill(c, 1000)


# ---- Forms ----


def encoding(c, key="h"):
    return c.cmd("OBJECT", "ENCODING", key)


@test("OBJECT ENCODING follows hash-max-listpack-entries and -value")
def forms(c):
    was = c.cmd("CONFIG", "GET", "hash-max-*")
    names = ["hash-max-listpack-entries", "hash-max-ziplist-entries",
             "hash-max-listpack-value", "hash-max-ziplist-value"]  # fmt: skip
    expect(sorted(was[::2]), sorted(n.encode() for n in names))
    for name in names[:2]:
        c.cmd("CONFIG", "SET", name, "10")
        c.cmd("DEL", "h")
        fill(c, 10)
        expect(encoding(c), "listpack")
        c.cmd("HSET", "h", "f3", "new")
        expect(encoding(c), "listpack")
        c.cmd("HSET", "h", "one more", "x")
        expect(encoding(c), "hashtable")
        c.cmd("HDEL", "h", *(b"f%d" % i for i in range(10)))
        expect(encoding(c), "hashtable")
    for name in names[2:]:
        c.cmd("CONFIG", "SET", name, "20")
        for pair in (("x" * 21, "y"), ("y", "x" * 21)):
            c.cmd("DEL", "h")
            c.cmd("HSET", "h", "x" * 20, "y" * 20)
            expect(encoding(c), "listpack")
            c.cmd("HSET", "h", *pair)
            expect(encoding(c), "hashtable")
            expect(c.cmd("HGET", "h", pair[0]), pair[1])
    c.cmd("CONFIG", "SET", names[0], "512", names[2], "64")
    expect_error(c.cmd("CONFIG", "SET", names[0], "-1"), "ERR CONFIG SET failed")
    c.cmd("DEL", "h")
    c.cmd("HINCRBYFLOAT", "h", "f" * 64, "1e60")
    expect(encoding(c), "listpack")
    c.cmd("HINCRBYFLOAT", "h", "f", "1e70")
    expect(encoding(c), "hashtable")


# ---- Errors ----


@both("another type, too few words")
def errors(c):
    c.cmd("SET", "s", "x")
    for words in (
        ["HSET", "a", "1"], ["HMSET", "a", "1"], ["HSETNX", "a", "1"], ["HGET", "a"],
        ["HMGET", "a"], ["HGETALL"], ["HDEL", "a"], ["HEXISTS", "a"], ["HLEN"],
        ["HSTRLEN", "a"], ["HKEYS"], ["HVALS"], ["HINCRBY", "a", "1"],
        ["HINCRBYFLOAT", "a", "1"], ["HRANDFIELD"], ["HRANDFIELD", "1"],
        ["HSCAN", "0"],
    ):  # fmt: skip
        expect_error(c.cmd(words[0], "s", *words[1:]), WRONG_TYPE)
        expect_error(
            c.cmd(words[0]), "ERR wrong number of arguments for '%s'" % words[0].lower()
        )
    expect(c.cmd("GET", "s"), "x")
    for name in ("hset", "hmset"):
        wrong = Error("ERR wrong number of arguments for '%s' command" % name)
        expect(c.cmd(name, "h", "a"), wrong)
        expect(c.cmd(name, "h", "a", "1", "b"), wrong)
    c.cmd("HSET", "h", "a", "1")
    for words in (["GET"], ["APPEND", "x"], ["INCR"], ["SETRANGE", "0", "x"]):
        expect_error(c.cmd(words[0], "h", *words[1:]), WRONG_TYPE)


# ---- Several clients ----


@test("one hash from several connections: no increment is lost", client=False)
def together():
    with Server() as server:

        def count():
            with server.client() as c:
                for i in range(300):
                    c.cmd("HINCRBY", "h", "all", "1")
                    c.cmd("HINCRBY", "h", "f%d" % (i % 40), "1")
                    c.cmd("HSET", "h", "x%d" % i, "x" * (i % 80))
                    c.cmd("HDEL", "h", "x%d" % (i - 1))

        parallel(*[count] * 4)
        with server.client() as c:
            expect(c.cmd("HGET", "h", "all"), "1200")
            got = sum(int(v) for v in c.cmd("HMGET", "h", *("f%d" % i for i in range(40))))
            expect(got, 1200)


if __name__ == "__main__":
    main()
