#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Strings as numbers: INCR, DECR, INCRBY, DECRBY, INCRBYFLOAT."""

import platform

from baton_test import NOT_INT, OK, Error, both, expect, main, test, wrong_n

OVERFLOW = Error("ERR increment or decrement would overflow")
NOT_FLOAT = Error("ERR value is not a valid float")
INFINITE = Error("ERR increment would produce NaN or Infinity")
MOST = 9223372036854775807
LEAST = -MOST - 1

# Where long double is wider than double, as on x86; elsewhere only what both
# can tell is looked at.
WIDE = platform.machine() in ("x86_64", "i686", "i386", "AMD64")


@both("INCR, DECR, INCRBY, DECRBY count")
def count(c):
    expect(c.cmd("INCR", "k"), 1)
    expect(c.cmd("INCRBY", "k", "41"), 42)
    expect(c.cmd("DECR", "k"), 41)
    expect(c.cmd("DECRBY", "k", "50"), -9)
    expect(c.cmd("INCRBY", "k", "-1"), -10)
    expect(c.cmd("DECRBY", "k", "-10"), 0)
    expect(c.cmd("GET", "k"), "0")
    expect(c.cmd("DECR", "new"), -1)
    expect(c.cmd("OBJECT", "ENCODING", "new"), "int")


@test("the time to live stays")
def ttl_stays(c):
    c.cmd("SET", "k", "1", "EX", "100")
    c.cmd("INCR", "k")
    c.cmd("INCRBYFLOAT", "k", "0.5")
    expect(c.cmd("GET", "k"), "2.5")
    expect(c.cmd("TTL", "k"), lambda v: 90 < v <= 100)


@test("up to the borders of 64 bits and no further")
def borders(c):
    c.cmd("SET", "k", MOST - 1)
    expect(c.cmd("INCR", "k"), MOST)
    expect(c.cmd("INCR", "k"), OVERFLOW)
    expect(c.cmd("INCRBY", "k", MOST), OVERFLOW)
    expect(c.cmd("DECRBY", "k", "-1"), OVERFLOW)
    expect(c.cmd("INCRBY", "k", LEAST), -1)
    c.cmd("SET", "k", LEAST + 1)
    expect(c.cmd("DECR", "k"), LEAST)
    expect(c.cmd("DECR", "k"), OVERFLOW)
    expect(c.cmd("INCRBY", "k", "-1"), OVERFLOW)
    expect(c.cmd("DECRBY", "k", LEAST), Error("ERR decrement would overflow"))
    expect(c.cmd("GET", "k"), str(LEAST))
    expect(c.cmd("INCRBY", "k", MOST), -1)


@test("what is no integer, as value or as argument")
def not_integer(c):
    words = ["", " 1", "1 ", "+1", "01", "-0", "-", "1.0", "1e3", "0x10", "x"]
    words += ["9223372036854775808", "-9223372036854775809", "1" * 30, "1\0"]
    for word in words:
        c.cmd("SET", "k", word)
        for name in ("INCR", "DECR"):
            expect(c.cmd(name, "k"), NOT_INT, repr(word))
        expect(c.cmd("INCRBY", "k", "1"), NOT_INT, repr(word))
        expect(c.cmd("INCRBY", "n", word), NOT_INT, repr(word))
        expect(c.cmd("DECRBY", "n", word), NOT_INT, repr(word))
        expect(c.cmd("GET", "k"), word)
    expect(c.cmd("EXISTS", "n"), 0)
    for name in ("incr", "decr", "incrby", "decrby", "incrbyfloat"):
        expect(c.cmd(name), wrong_n(name))
        expect(c.cmd(name, "k", "1", "1"), wrong_n(name))


@test("INCR of a value that APPEND built")
def after_append(c):
    c.cmd("SET", "k", "1")
    c.cmd("APPEND", "k", "2")
    expect(c.cmd("INCR", "k"), 13)
    expect(c.cmd("OBJECT", "ENCODING", "k"), "int")


@both("INCRBYFLOAT: sums and how they are written")
def floats(c):
    for start, delta, want in (
        ("3", "1.1", "4.1"),
        ("1.5", "1.5", "3"),
        ("10.50", "0.1", "10.6"),
        ("5.0e3", "2.0e2", "5200"),
        ("1", "-1.1", "-0.1" if WIDE else None),
        ("0", "-0.0", "0"),
        ("0", "1e-10", "0.0000000001"),
        ("0", "1e-17", "0.00000000000000001"),
        ("0", "1e-18", "0"),
        ("0", "-1e-18", "-0.00000000000000000"),
        ("0", "0x10", "16"),
        ("9007199254740993", "0", "9007199254740993" if WIDE else None),
        ("0", "1e20", "100000000000000000000"),
        ("0.1", "0.2", "0.3" if WIDE else None),
        ("-1", "1", "0"),
        ("+5", "0", "5"),
        (".5", "1.", "1.5"),
    ):
        if want is None:
            continue
        if want == "-0.00000000000000000":
            want = "0"  # the zeros behind the point go, and then the sign
        c.cmd("SET", "k", start)
        expect(c.cmd("INCRBYFLOAT", "k", delta), want, start + " + " + delta)
        expect(c.cmd("GET", "k"), want)
    expect(c.cmd("INCRBYFLOAT", "new", "2.50"), "2.5")


@test("INCRBYFLOAT: large numbers are written out")
def large_floats(c):
    expect(c.cmd("INCRBYFLOAT", "k", "1e300"), lambda v: len(v) == 301)
    if WIDE:
        expect(c.cmd("INCRBYFLOAT", "k", "1e4932"), lambda v: len(v) == 4933)
        expect(c.cmd("INCRBYFLOAT", "k", "1e4932"), INFINITE)


@test("INCRBYFLOAT: what is no number")
def not_float(c):
    words = ["", " 1", "1 ", "x", "1x", "nan", "-nan", "1e", "--1", "1,5", "1\0"]
    words += ["1e5000", "-1e5000", "1e-5000", "1" * 6000]
    for word in words:
        c.cmd("SET", "k", word)
        expect(c.cmd("INCRBYFLOAT", "k", "1"), NOT_FLOAT, repr(word[:20]))
        expect(c.cmd("INCRBYFLOAT", "n", word), NOT_FLOAT, repr(word[:20]))
        expect(c.cmd("GET", "k"), word)
    expect(c.cmd("EXISTS", "n"), 0)
    for word in ("inf", "-inf", "Infinity"):
        expect(c.cmd("INCRBYFLOAT", "n", word), INFINITE)
    c.cmd("SET", "k", "inf")
    expect(c.cmd("INCRBYFLOAT", "k", "1"), INFINITE)
    expect(c.cmd("INCRBYFLOAT", "k", "-inf"), INFINITE)


@test("10,000 increments in one pipeline are consecutive")
def many(c):
    c.cmd("SET", "k", "0")
    expect(c.pipeline([("INCR", "k")] * 10000), list(range(1, 10001)))


@test("MSET then INCR of each")
def each(c):
    expect(c.cmd("MSET", "a", "1", "b", "-1", "c", "0"), OK)
    replies = c.pipeline([("INCRBY", k, "10") for k in "abc"])
    expect(replies, [11, 9, 10])


if __name__ == "__main__":
    main()
