#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Strings: GET, SET and their relatives; APPEND and the ranges."""

import time

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

WRONG_N = "ERR wrong number of arguments for '%s' command"
TOO_LONG = Error(
    "ERR string exceeds maximum allowed size (proto-max-bulk-len)"
)


def bad_time(name):
    return Error("ERR invalid expire time in '%s' command" % name)


def expect_ttl(c, key, ms):
    """The key ends in `ms` milliseconds, give or take what passes meanwhile."""
    expect(c.cmd("PTTL", key), lambda v: ms - 5000 < v <= ms, "PTTL " + key)


def now_ms():
    return int(time.time() * 1000)


# ---- GET, SET ----


@both("GET and SET: values of all kinds come back as they were")
def get_set(c):
    values = [b"", b"x", b"0", b"-1", b"12345678901234567890123", b"\0", b"\r\n"]
    values += [bytes(range(256)), b"a" * 44, b"b" * 45, b"c" * 20000]
    for value in values:
        expect(c.cmd("SET", "k", value), OK)
        expect(c.cmd("GET", "k"), value)
        expect(c.cmd("STRLEN", "k"), len(value))


@both("GET of no key is a null")
def get_none(c):
    expect(c.cmd("GET", "none"), None)


@test("null is $-1 in RESP2 and _ in RESP3")
def null_bytes(c):
    c.keep_raw = True
    c.cmd("GET", "none")
    expect(c.raw, b"$-1\r\n")
    c.hello(3)
    c.cmd("GET", "none")
    expect(c.raw, b"_\r\n")


@both("keys are any bytes, of any length")
def strange_keys(c):
    for key in (b"", b"\0", b"a b", b"\r\n", b"\xff" * 300, b"k" * 70000):
        expect(c.cmd("SET", key, "v" + str(len(key))), OK)
    for key in (b"", b"\0", b"a b", b"\r\n", b"\xff" * 300, b"k" * 70000):
        expect(c.cmd("GET", key), "v" + str(len(key)))
    expect(c.cmd("DBSIZE"), 6)


@test("SET replaces the value and takes the time to live away")
def set_clears(c):
    c.cmd("SET", "k", "1", "EX", "100")
    expect(c.cmd("SET", "k", "2"), OK)
    expect(c.cmd("TTL", "k"), -1)


@test("SET EX, PX, EXAT, PXAT set the time to live")
def set_times(c):
    expect(c.cmd("SET", "k", "v", "EX", "100"), OK)
    expect_ttl(c, "k", 100000)
    expect(c.cmd("SET", "k", "v", "px", "200000"), OK)
    expect_ttl(c, "k", 200000)
    at = now_ms() // 1000 + 1000
    expect(c.cmd("SET", "k", "v", "ExAt", at), OK)
    expect(c.cmd("EXPIRETIME", "k"), at)
    at = now_ms() + 7654321
    expect(c.cmd("SET", "k", "v", "PXAT", at), OK)
    expect(c.cmd("PEXPIRETIME", "k"), at)


@test("SET KEEPTTL keeps the time to live")
def set_keep(c):
    c.cmd("SET", "k", "1", "EX", "100")
    expect(c.cmd("SET", "k", "2", "KEEPTTL"), OK)
    expect(c.cmd("GET", "k"), "2")
    expect_ttl(c, "k", 100000)
    expect(c.cmd("SET", "new", "2", "KEEPTTL"), OK)
    expect(c.cmd("TTL", "new"), -1)


@both("SET NX and XX")
def set_conditions(c):
    expect(c.cmd("SET", "k", "1", "XX"), None)
    expect(c.cmd("GET", "k"), None)
    expect(c.cmd("SET", "k", "1", "NX"), OK)
    expect(c.cmd("SET", "k", "2", "nx"), None)
    expect(c.cmd("GET", "k"), "1")
    expect(c.cmd("SET", "k", "3", "xx", "EX", "100"), OK)
    expect(c.cmd("GET", "k"), "3")
    expect(c.cmd("SET", "k", "4", "NX", "EX", "1000"), None)
    expect_ttl(c, "k", 100000)


@both("SET GET answers the old value, with NX and XX as well")
def set_get(c):
    expect(c.cmd("SET", "k", "1", "GET"), None)
    expect(c.cmd("SET", "k", "2", "GET"), "1")
    expect(c.cmd("SET", "k", "3", "NX", "GET"), "2")
    expect(c.cmd("GET", "k"), "2")
    expect(c.cmd("SET", "k", "4", "XX", "get"), "2")
    expect(c.cmd("GET", "k"), "4")
    expect(c.cmd("SET", "new", "1", "XX", "GET"), None)
    expect(c.cmd("EXISTS", "new"), 0)
    expect(c.cmd("SET", "new", "1", "GET", "NX", "PX", "100000"), None)
    expect(c.cmd("GET", "new"), "1")
    expect_ttl(c, "new", 100000)


@test("SET with a time in the past: the key is gone")
def set_past(c):
    c.cmd("SET", "k", "1")
    expect(c.cmd("SET", "k", "2", "EXAT", "1", "GET"), "1")
    expect(c.cmd("EXISTS", "k"), 0)
    expect(c.cmd("SET", "k", "2", "PXAT", str(now_ms() - 5)), OK)
    expect(c.cmd("GET", "k"), None)


@test("SET: the same word twice is no fault, the last time holds")
def set_twice(c):
    expect(c.cmd("SET", "k", "1", "EX", "100", "EX", "500"), OK)
    expect_ttl(c, "k", 500000)
    expect(c.cmd("SET", "k", "1", "NX", "NX", "GET", "GET"), "1")
    expect(c.cmd("SET", "k", "2", "KEEPTTL", "KEEPTTL"), OK)
    expect_ttl(c, "k", 500000)


@both("SET: wrong options")
def set_wrong(c):
    for words in (
        "NX XX",
        "XX NX",
        "EX",
        "EX 10 PX 10",
        "EX 10 KEEPTTL",
        "KEEPTTL PX 10",
        "EXAT 10 PXAT 10",
        "PERSIST",
        "FOO",
        "EX 10 FOO",
        "GET XX NX",
    ):
        expect(c.cmd("SET", "k", "v", *words.split()), SYNTAX, words)
    expect(c.cmd("SET", "k"), Error(WRONG_N % "set"))
    expect(c.cmd("GET"), Error(WRONG_N % "get"))
    expect(c.cmd("GET", "a", "b"), Error(WRONG_N % "get"))
    expect(c.cmd("EXISTS", "k"), 0)


@test("SET: wrong times")
def set_wrong_times(c):
    for word in ("EX", "PX", "EXAT", "PXAT"):
        for value in ("", "x", "1.0", "+1", " 1", "01", "9" * 20):
            expect(c.cmd("SET", "k", "v", word, value), NOT_INT, word + value)
        for value in ("0", "-1", "-9223372036854775808"):
            expect(c.cmd("SET", "k", "v", word, value), bad_time("set"))
    most = "9223372036854775807"
    for word in ("EX", "PX", "EXAT"):
        expect(c.cmd("SET", "k", "v", word, most), bad_time("set"))
    expect(c.cmd("SET", "k", "v", "PXAT", most), OK)
    expect(c.cmd("PEXPIRETIME", "k"), int(most))
    expect(c.cmd("SET", "k", "v", "EX", "9223372036854775"), bad_time("set"))
    expect(c.cmd("SET", "k", "v", "EXAT", "9223372036854775"), OK)
    # The time is looked at before the conditions.
    expect(c.cmd("SET", "k", "v", "NX", "EX", "0"), bad_time("set"))


@test("SETEX, PSETEX, SETNX")
def set_old_forms(c):
    expect(c.cmd("SETEX", "k", "100", "v"), OK)
    expect_ttl(c, "k", 100000)
    expect(c.cmd("PSETEX", "k", "5000", "w"), OK)
    expect_ttl(c, "k", 5000)
    expect(c.cmd("GET", "k"), "w")
    expect(c.cmd("SETNX", "k", "x"), 0)
    expect(c.cmd("SETNX", "l", "x"), 1)
    expect(c.cmd("MGET", "k", "l"), [b"w", b"x"])
    expect(c.cmd("TTL", "l"), -1)
    expect(c.cmd("SETEX", "k", "0", "v"), bad_time("setex"))
    expect(c.cmd("SETEX", "k", "9223372036854775807", "v"), bad_time("setex"))
    expect(c.cmd("PSETEX", "k", "-1", "v"), bad_time("psetex"))
    expect(c.cmd("PSETEX", "k", "x", "v"), NOT_INT)
    expect(c.cmd("GET", "k"), "w")
    expect(c.cmd("SETEX", "k", "1"), Error(WRONG_N % "setex"))
    expect(c.cmd("PSETEX", "k", "1", "2", "3"), Error(WRONG_N % "psetex"))
    expect(c.cmd("SETNX", "k"), Error(WRONG_N % "setnx"))


# ---- Read and change ----


@both("GETSET answers the old value and takes the time to live away")
def getset(c):
    expect(c.cmd("GETSET", "k", "1"), None)
    c.cmd("EXPIRE", "k", "100")
    expect(c.cmd("GETSET", "k", "2"), "1")
    expect(c.cmd("TTL", "k"), -1)
    expect(c.cmd("GET", "k"), "2")
    expect(c.cmd("GETSET", "k"), Error(WRONG_N % "getset"))


@both("GETDEL answers the value and removes the key")
def getdel(c):
    expect(c.cmd("GETDEL", "k"), None)
    c.cmd("SET", "k", "v" * 30000)
    expect(c.cmd("GETDEL", "k"), b"v" * 30000)
    expect(c.cmd("EXISTS", "k"), 0)
    expect(c.cmd("GETDEL"), Error(WRONG_N % "getdel"))


@both("GETEX sets, keeps and takes away the time to live")
def getex(c):
    expect(c.cmd("GETEX", "k", "EX", "10"), None)
    for value in (b"v", b"w" * 30000):
        c.cmd("SET", "k", value)
        expect(c.cmd("GETEX", "k"), value)
        expect(c.cmd("TTL", "k"), -1)
        expect(c.cmd("GETEX", "k", "EX", "100"), value)
        expect_ttl(c, "k", 100000)
        expect(c.cmd("GETEX", "k", "px", "50000"), value)
        expect_ttl(c, "k", 50000)
        expect(c.cmd("GETEX", "k"), value)
        expect_ttl(c, "k", 50000)
        at = now_ms() // 1000 + 300
        expect(c.cmd("GETEX", "k", "EXAT", at), value)
        expect(c.cmd("EXPIRETIME", "k"), at)
        expect(c.cmd("GETEX", "k", "PXAT", at * 1000 + 7), value)
        expect(c.cmd("PEXPIRETIME", "k"), at * 1000 + 7)
        expect(c.cmd("GETEX", "k", "PERSIST"), value)
        expect(c.cmd("TTL", "k"), -1)
        expect(c.cmd("GETEX", "k", "PERSIST"), value)
        expect(c.cmd("GETEX", "k", "EXAT", "1"), value)
        expect(c.cmd("EXISTS", "k"), 0)


@test("GETEX: wrong options and times")
def getex_wrong(c):
    c.cmd("SET", "k", "v")
    for words in (
        "NX",
        "KEEPTTL",
        "GET",
        "EX",
        "EX 1 PX 1",
        "PERSIST EX 1",
        "EX 1 PERSIST",
        "FOO",
    ):
        expect(c.cmd("GETEX", "k", *words.split()), SYNTAX, words)
        expect(c.cmd("GETEX", "none", *words.split()), SYNTAX, words)
    expect(c.cmd("GETEX", "k", "EX", "x"), NOT_INT)
    expect(c.cmd("GETEX", "k", "EX", "0"), bad_time("getex"))
    expect(c.cmd("GETEX", "k", "PX", "9223372036854775807"), bad_time("getex"))
    expect(c.cmd("GETEX", "none", "EX", "0"), None)  # no key: nothing is read
    expect(c.cmd("GETEX"), Error(WRONG_N % "getex"))
    expect(c.cmd("TTL", "k"), -1)


# ---- Several keys ----


@both("MGET, MSET")
def mget_mset(c):
    expect(c.cmd("MSET", "a", "1", "b", "2", "a", "3"), OK)
    expect(c.cmd("MGET", "a", "none", "b", "a"), [b"3", None, b"2", b"3"])
    c.cmd("EXPIRE", "a", "100")
    expect(c.cmd("MSET", "a", "4"), OK)
    expect(c.cmd("TTL", "a"), -1)
    expect(c.cmd("MSET", "a"), Error(WRONG_N % "mset"))
    expect(c.cmd("MSET", "a", "1", "b"), Error(WRONG_N % "mset"))
    expect(c.cmd("MGET"), Error(WRONG_N % "mget"))
    expect(c.cmd("GET", "a"), "4")


@test("MSET and MGET of 3,000 keys, some of them large")
def mset_many(c):
    pairs = []
    for i in range(3000):
        pairs += ["key:%d" % i, "%d:" % i + "x" * (i % 700 * 50 % 23000)]
    expect(c.cmd("MSET", *pairs), OK)
    expect(c.cmd("MGET", *pairs[::2]), [v.encode() for v in pairs[1::2]])
    expect(c.cmd("EXISTS", *pairs[::2]), 3000)
    expect(c.cmd("DEL", *pairs[::2]), 3000)
    expect(c.cmd("DBSIZE"), 0)


@test("MSETNX sets all or nothing")
def msetnx(c):
    expect(c.cmd("MSETNX", "a", "1", "b", "2"), 1)
    expect(c.cmd("MSETNX", "c", "1", "b", "3"), 0)
    expect(c.cmd("MGET", "a", "b", "c"), [b"1", b"2", None])
    expect(c.cmd("MSETNX", "d", "1", "d", "2"), 1)
    expect(c.cmd("GET", "d"), "2")
    expect(c.cmd("MSETNX", "a", "1", "b"), Error(WRONG_N % "msetnx"))


# ---- Parts ----


@test("APPEND")
def append(c):
    expect(c.cmd("APPEND", "k", "12"), 2)
    expect(c.cmd("OBJECT", "ENCODING", "k"), "int")
    c.cmd("EXPIRE", "k", "100")
    expect(c.cmd("APPEND", "k", "3"), 3)
    expect(c.cmd("GET", "k"), "123")
    expect(c.cmd("OBJECT", "ENCODING", "k"), "raw")
    expect_ttl(c, "k", 100000)
    expect(c.cmd("APPEND", "k", ""), 3)
    expect(c.cmd("APPEND", "k", b"\0" * 70000), 70003)
    expect(c.cmd("GET", "k"), b"123" + b"\0" * 70000)
    expect(c.cmd("APPEND", "empty", ""), 0)
    expect(c.cmd("EXISTS", "empty"), 1)
    expect(c.cmd("APPEND", "k"), Error(WRONG_N % "append"))


@test("STRLEN")
def strlen(c):
    expect(c.cmd("STRLEN", "none"), 0)
    c.cmd("SET", "k", "-12345")
    expect(c.cmd("STRLEN", "k"), 6)
    expect(c.cmd("STRLEN"), Error(WRONG_N % "strlen"))


@both("GETRANGE and SUBSTR")
def getrange(c):
    value = b"This is a string"
    c.cmd("SET", "k", value)
    big = 9223372036854775807
    for name in ("GETRANGE", "SUBSTR"):
        for first in (0, 1, 5, 15, 16, 17, -1, -3, -16, -17, -100, big, -big - 1):
            for last in (0, 3, 15, 16, 1000, -1, -2, -16, -17, big, -big - 1):
                a = first if first >= 0 else max(first + 16, 0)
                b = last if last >= 0 else max(last + 16, 0)
                want = value[a : b + 1] if a <= b else b""
                if first < 0 and last < 0 and first > last:
                    want = b""
                expect(c.cmd(name, "k", first, last), want, "%d %d" % (first, last))
        expect(c.cmd(name, "none", "0", "-1"), "")
        expect(c.cmd(name, "k", "x", "1"), NOT_INT)
        expect(c.cmd(name, "k", "1", "x"), NOT_INT)
        expect(c.cmd(name, "none", "1", "1.5"), NOT_INT)
        expect(c.cmd(name, "k", "1"), Error(WRONG_N % name.lower()))
    c.cmd("SET", "e", "")
    expect(c.cmd("GETRANGE", "e", "0", "-1"), "")
    c.cmd("SET", "n", "12345")
    expect(c.cmd("GETRANGE", "n", "1", "2"), "23")
    c.cmd("SET", "l", bytes(range(256)) * 1000)
    expect(c.cmd("GETRANGE", "l", "256", "-257"), bytes(range(256)) * 998)


@test("SETRANGE")
def setrange(c):
    expect(c.cmd("SETRANGE", "k", "0", ""), 0)
    expect(c.cmd("SETRANGE", "k", "5", ""), 0)
    expect(c.cmd("EXISTS", "k"), 0)
    expect(c.cmd("SETRANGE", "k", "2", "ab"), 4)
    expect(c.cmd("GET", "k"), b"\0\0ab")
    expect(c.cmd("OBJECT", "ENCODING", "k"), "raw")
    c.cmd("EXPIRE", "k", "100")
    expect(c.cmd("SETRANGE", "k", "1", "xyz"), 4)
    expect(c.cmd("GET", "k"), b"\0xyz")
    expect(c.cmd("SETRANGE", "k", "1", "_"), 4)
    expect(c.cmd("GET", "k"), b"\0_yz")
    expect(c.cmd("SETRANGE", "k", "3", "!!"), 5)
    expect(c.cmd("SETRANGE", "k", "100", ""), 5)
    expect(c.cmd("SETRANGE", "k", "7", "end"), 10)
    expect(c.cmd("GET", "k"), b"\0_y!!\0\0end")
    expect_ttl(c, "k", 100000)
    c.cmd("SET", "n", "1234")
    expect(c.cmd("SETRANGE", "n", "1", "x"), 4)
    expect(c.cmd("GET", "n"), "1x34")
    for key in ("k", "none"):
        expect(
            c.cmd("SETRANGE", key, "-1", "x"),
            Error("ERR offset is out of range"),
        )
        expect(c.cmd("SETRANGE", key, "x", "x"), NOT_INT)
    expect(c.cmd("SETRANGE", "k", "1"), Error(WRONG_N % "setrange"))


@test("SETRANGE and APPEND mind proto-max-bulk-len")
def too_long(c):
    most = 512 << 20
    expect(c.cmd("SETRANGE", "k", most - 1, "xx"), TOO_LONG)
    expect(c.cmd("SETRANGE", "k", most, "x"), TOO_LONG)
    expect(c.cmd("SETRANGE", "k", "9223372036854775807", "x"), TOO_LONG)
    expect(c.cmd("SETRANGE", "k", most, ""), 0)
    expect(c.cmd("EXISTS", "k"), 0)
    c.cmd("SET", "k", "v")
    expect(c.cmd("SETRANGE", "k", most, "x"), TOO_LONG)
    expect(c.cmd("GET", "k"), "v")
    expect(c.cmd("CONFIG", "SET", "proto-max-bulk-len", "1mb"), OK)
    try:
        c.cmd("SET", "k", b"x" * (1 << 19))
        expect(c.cmd("APPEND", "k", b"y" * (1 << 19)), 1 << 20)
        expect(c.cmd("APPEND", "k", "z"), TOO_LONG)
        expect(c.cmd("SETRANGE", "k", (1 << 20) - 1, "z"), 1 << 20)
        expect(c.cmd("SETRANGE", "k", 1 << 20, "z"), TOO_LONG)
        expect(c.cmd("STRLEN", "k"), 1 << 20)
    finally:
        c.cmd("CONFIG", "SET", "proto-max-bulk-len", most)


@test("values grow and shrink over all sizes")
def sizes(c):
    want = b""
    for i in list(range(0, 70)) + [100, 500, 5000, 20000, 100, 3, 100000]:
        want = bytes((i + j) % 256 for j in range(i))
        expect(c.cmd("SET", "k", want), OK)
        expect(c.cmd("GET", "k"), want)
        expect(c.cmd("APPEND", "k", "end"), i + 3)
        expect(c.cmd("GET", "k"), want + b"end")


@test("a type that is not a string is refused", protos=(2,))
def wrong_type(c):
    c.cmd("LPUSH", "l", "x")
    for request in ("GET l", "GETSET l x", "APPEND l x", "SET l x GET"):
        expect_error(c.cmd(*request.split()), "WRONGTYPE Operation against")


if __name__ == "__main__":
    main()
