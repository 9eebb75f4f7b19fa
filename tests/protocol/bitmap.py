#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Bits of strings, and LCS: every command, option and error."""

from baton_test import OK, REDIS, Status, both, expect, expect_error, main

WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"
NOT_INT = "ERR value is not an integer or out of range"
OFFSET = "ERR bit offset is not an integer or out of range"
SYNTAX = "ERR syntax error"


@both("SETBIT and GETBIT")
def setbit(c):
    expect(c.cmd("SETBIT", "k", "7", "1"), 0)
    expect(c.cmd("GET", "k"), b"\x01")
    expect(c.cmd("SETBIT", "k", "0", "1"), 0)
    expect(c.cmd("SETBIT", "k", "0", "1"), 1)
    expect(c.cmd("GET", "k"), b"\x81")
    expect(c.cmd("SETBIT", "k", "23", "0"), 0)
    expect(c.cmd("GET", "k"), b"\x81\0\0")
    expect(c.cmd("SETBIT", "k", "7", "0"), 1)
    for offset, want in ((0, 1), (7, 0), (23, 0), (24, 0), (1000000, 0)):
        expect(c.cmd("GETBIT", "k", str(offset)), want)
    expect(c.cmd("GETBIT", "none", "0"), 0)
    expect(c.cmd("EXISTS", "none"), 0)
    expect(c.cmd("OBJECT", "ENCODING", "k"), "raw")
    c.cmd("EXPIRE", "k", "100")
    c.cmd("SETBIT", "k", "3", "1")
    expect(c.cmd("TTL", "k") > 90, True)


@both("SETBIT and GETBIT: errors")
def setbit_errors(c):
    for offset in ("-1", "x", "", "1.5", "4294967296", "9223372036854775808"):
        expect_error(c.cmd("SETBIT", "k", offset, "1"), OFFSET)
        expect_error(c.cmd("GETBIT", "k", offset), OFFSET)
    for bit in ("2", "-1", "x", ""):
        expect_error(c.cmd("SETBIT", "k", "1", bit),
                     "ERR bit is not an integer or out of range")
    expect(c.cmd("EXISTS", "k"), 0)
    c.cmd("RPUSH", "l", "x")
    for request in ("SETBIT l 0 1", "GETBIT l 0", "BITCOUNT l", "BITPOS l 1",
                    "BITFIELD l GET u8 0", "BITFIELD l SET u8 0 1",
                    "BITFIELD_RO l GET u8 0", "BITOP AND d l", "BITOP OR d k l"):
        expect_error(c.cmd(*request.split()), WRONGTYPE)


@both("BITCOUNT")
def bitcount(c):
    c.cmd("SET", "k", "foobar")
    for words, want in (("", 26), ("0 0", 4), ("1 1", 6), ("0 -1", 26),
                        ("-2 -1", 7), ("1 1 BYTE", 6), ("5 30 BIT", 17),
                        ("5 5 bit", 1), ("-8 -1 BIT", 4), ("3 1", 0),
                        ("-1 -3", 0), ("10 20", 0), ("-100 100", 26)):
        expect(c.cmd("BITCOUNT", "k", *words.split()), want)
    expect(c.cmd("BITCOUNT", "none"), 0)
    expect_error(c.cmd("BITCOUNT", "k", "0"), SYNTAX)
    expect_error(c.cmd("BITCOUNT", "k", "0", "1", "BITS"), SYNTAX)
    expect_error(c.cmd("BITCOUNT", "k", "0", "1", "BIT", "x"), SYNTAX)
    expect_error(c.cmd("BITCOUNT", "k", "x", "1"), NOT_INT)
    expect_error(c.cmd("BITCOUNT", "k", "0", "x"), NOT_INT)
    if not REDIS:  # since 7.2
        expect_error(c.cmd("BITCOUNT", "none", "x", "1"), NOT_INT)


@both("BITPOS")
def bitpos(c):
    c.cmd("SET", "k", b"\xff\xf0\x00")
    c.cmd("SET", "ones", b"\xff" * 20)
    c.cmd("SET", "zeros", b"\0" * 20)
    c.cmd("SET", "empty", "")
    for words, want in (("k 0", 12), ("k 1", 0), ("k 1 2", -1), ("k 0 0 0", -1),
                        ("k 0 1", 12), ("k 0 2", 16), ("k 1 1 -1", 8),
                        ("k 0 13 15 BIT", 13), ("k 1 4 7 BIT", 4),
                        ("k 1 1 1 BYTE", 8), ("k 0 0 11 BIT", -1),
                        ("ones 0", 160), ("ones 0 0 -1", -1), ("ones 0 3", 160),
                        ("zeros 1", -1), ("zeros 0", 0), ("zeros 0 -1", 152),
                        ("none 0", 0), ("none 1", -1), ("empty 0", -1),
                        ("empty 1", -1), ("k 1 5 4", -1)):
        expect(c.cmd("BITPOS", *words.split()), want, words)
    expect_error(c.cmd("BITPOS", "k", "2"), "ERR The bit argument must be 1 or 0.")
    expect_error(c.cmd("BITPOS", "k", "x"), NOT_INT)
    expect_error(c.cmd("BITPOS", "k", "1", "x"), NOT_INT)
    expect_error(c.cmd("BITPOS", "k", "1", "0", "x"), NOT_INT)
    expect_error(c.cmd("BITPOS", "k", "1", "0", "1", "BITS"), SYNTAX)
    expect_error(c.cmd("BITPOS", "k", "1", "0", "1", "BIT", "x"), SYNTAX)


@both("BITOP")
def bitop(c):
    a, b = bytes(range(40)), bytes([0x55, 0xAA, 0xFF] * 5)
    c.cmd("SET", "a", a)
    c.cmd("SET", "b", b)
    wide = b + b"\0" * 25
    for op, want in (("AND", bytes(x & y for x, y in zip(a, wide))),
                     ("OR", bytes(x | y for x, y in zip(a, wide))),
                     ("xor", bytes(x ^ y for x, y in zip(a, wide)))):
        expect(c.cmd("BITOP", op, "d", "a", "b"), 40)
        expect(c.cmd("GET", "d"), want)
        expect(c.cmd("BITOP", op, "d", "b", "a"), 40)
        expect(c.cmd("GET", "d"), want)
    expect(c.cmd("BITOP", "AND", "d", "a", "none"), 40)
    expect(c.cmd("GET", "d"), b"\0" * 40)
    expect(c.cmd("BITOP", "NOT", "d", "a"), 40)
    expect(c.cmd("GET", "d"), bytes(255 - x for x in a))
    expect(c.cmd("BITOP", "NOT", "a", "a"), 40)
    expect(c.cmd("GET", "a"), bytes(255 - x for x in a))
    c.cmd("RPUSH", "l", "x")
    expect(c.cmd("BITOP", "OR", "l", "b"), 15)
    expect(c.cmd("GET", "l"), b)
    expect(c.cmd("BITOP", "OR", "l", "none"), 0)
    expect(c.cmd("EXISTS", "l"), 0)
    expect_error(c.cmd("BITOP", "NOT", "d", "a", "b"),
                 "ERR BITOP NOT must be called with a single source key.")
    expect_error(c.cmd("BITOP", "NAND", "d", "a"), SYNTAX)


@both("BITFIELD")
def bitfield(c):
    def field(*words):
        return c.cmd("BITFIELD", "k", *" ".join(words).split())

    expect(field("GET u8 0 GET i64 100"), [0, 0])
    expect(c.cmd("EXISTS", "k"), 0)
    expect(field("SET u8 0 200 GET u8 0 GET i8 0 GET u4 4"), [0, 200, -56, 8])
    expect(field("SET u8 #1 5 INCRBY u8 #1 10"), [0, 15])
    expect(c.cmd("GET", "k"), b"\xc8\x0f")
    expect(field("INCRBY u8 0 100"), [44])
    expect(field("OVERFLOW SAT INCRBY u8 0 300 INCRBY u8 0 -300"), [255, 0])
    expect(field("OVERFLOW FAIL INCRBY u8 0 -1 SET u4 0 16 GET u8 0"),
           [None, None, 0])
    expect(field("OVERFLOW FAIL INCRBY u8 0 -1 OVERFLOW WRAP INCRBY u8 0 -1"),
           [None, 255])
    expect(field("SET i8 0 127 INCRBY i8 0 1 OVERFLOW sat INCRBY i8 0 -1"),
           [-1, -128, -128])
    expect(field("SET i64 64 9223372036854775807 INCRBY i64 64 1"),
           [0, -9223372036854775808])
    expect(field("OVERFLOW SAT INCRBY i64 64 -1"), [-9223372036854775808])
    expect(field("OVERFLOW SAT SET u63 3 -1 GET u63 3")[1], 9223372036854775807)
    expect(field("OVERFLOW SAT SET i8 0 -200 GET i8 0")[1], -128)
    expect(field("OVERFLOW SAT SET i8 0 -9223372036854775808 GET i8 0")[1], 127)
    expect(field("OVERFLOW SAT SET i64 64 -9223372036854775808 GET i64 64")[1],
           -9223372036854775808)
    expect(field("OVERFLOW FAIL"), [])
    expect(c.cmd("BITFIELD", "k"), [])
    expect(c.cmd("BITFIELD_RO", "k", "GET", "u8", "#0"), field("GET u8 0"))
    expect(c.cmd("BITFIELD", "new", "SET", "u1", "100", "0"), [0])
    expect(c.cmd("STRLEN", "new"), 13)


@both("BITFIELD that changes nothing leaves watchers alone")
def bitfield_watched(c):
    def watched(*words):
        c.cmd("SETBIT", "k", 7, 1)
        c.cmd("WATCH", "k")
        c.cmd("BITFIELD", "k", *" ".join(words).split())
        c.cmd("MULTI")
        return c.cmd("EXEC")

    expect(watched("SET u8 0 1"), [])
    expect(watched("INCRBY u8 0 256 GET u8 0"), [])
    expect(watched("OVERFLOW FAIL INCRBY u8 0 -5"), [])
    expect(watched("SET u8 0 2"), None)
    expect(watched("SET u8 100 0"), None)
    c.cmd("SET", "k", "\x03")
    c.cmd("WATCH", "k")
    c.cmd("SETBIT", "k", 7, 1)
    expect(c.cmd("OBJECT", "ENCODING", "k"), "raw")
    c.cmd("MULTI")
    expect(c.cmd("EXEC"), [])


@both("BITFIELD: errors")
def bitfield_errors(c):
    kind = ("ERR Invalid bitfield type. Use something like i16 u8. Note that "
            "u64 is not supported but i64 is.")
    for words, want in (("GET u64 0", kind), ("GET i65 0", kind),
                        ("GET u0 0", kind), ("GET x8 0", kind),
                        ("GET u 0", kind), ("GET u8 -1", OFFSET),
                        ("GET u8 x", OFFSET), ("GET u8 #x", OFFSET),
                        ("GET u8 4294967296", OFFSET),
                        ("GET u8 #9223372036854775807", OFFSET),
                        ("SET u8 0 x", NOT_INT), ("INCRBY u8 0 1.5", NOT_INT),
                        ("OVERFLOW UP", "ERR Invalid OVERFLOW type specified"),
                        ("OVERFLOW", SYNTAX), ("GET u8", SYNTAX),
                        ("SET u8 0", SYNTAX), ("NOP u8 0", SYNTAX)):
        expect_error(c.cmd("BITFIELD", "k", *words.split()), want)
    expect_error(c.cmd("BITFIELD_RO", "k", "SET", "u8", "0", "1"),
                 "ERR BITFIELD_RO only supports the GET subcommand")
    expect(c.cmd("EXISTS", "k"), 0)


def as_map(got):
    return dict(zip(got[::2], got[1::2])) if isinstance(got, list) else got


@both("LCS")
def lcs(c):
    c.cmd("MSET", "a", "ohmytext", "b", "mynewtext")
    expect(c.cmd("LCS", "a", "b"), "mytext")
    expect(c.cmd("LCS", "a", "b", "LEN"), 6)
    got = as_map(c.cmd("LCS", "a", "b", "IDX"))
    expect(got[b"matches"], [[[4, 7], [5, 8]], [[2, 3], [0, 1]]])
    expect(got[b"len"], 6)
    got = as_map(c.cmd("LCS", "a", "b", "idx", "MINMATCHLEN", "4"))
    expect(got[b"matches"], [[[4, 7], [5, 8]]])
    got = as_map(c.cmd("LCS", "a", "b", "IDX", "WITHMATCHLEN", "MINMATCHLEN", "-1"))
    expect(got[b"matches"], [[[4, 7], [5, 8], 4], [[2, 3], [0, 1], 2]])
    expect(c.cmd("LCS", "a", "none"), "")
    expect(c.cmd("LCS", "none", "a", "LEN"), 0)
    expect(as_map(c.cmd("LCS", "a", "none", "IDX"))[b"matches"], [])
    expect_error(c.cmd("LCS", "a", "b", "IDX", "LEN"), "ERR If you want both the "
                 "length and indexes, please just use IDX.")
    expect_error(c.cmd("LCS", "a", "b", "OTHER"), SYNTAX)
    expect_error(c.cmd("LCS", "a", "b", "MINMATCHLEN"), SYNTAX)
    expect_error(c.cmd("LCS", "a", "b", "MINMATCHLEN", "x"), NOT_INT)
    c.cmd("RPUSH", "l", "x")
    expect_error(c.cmd("LCS", "a", "l"),
                 "ERR The specified keys must contain string values")
    c.cmd("SET", "a", "x" * 20000)
    c.cmd("SET", "b", "y" * 20000)
    expect_error(c.cmd("LCS", "a", "b"), "ERR Insufficient memory")


@both("bits of large strings")
def large(c):
    expect(c.cmd("SETBIT", "k", "8000000", "1"), 0)
    expect(c.cmd("STRLEN", "k"), 1000001)
    expect(c.cmd("BITCOUNT", "k"), 1)
    expect(c.cmd("BITPOS", "k", "1"), 8000000)
    expect(c.cmd("BITOP", "NOT", "k", "k"), 1000001)
    expect(c.cmd("BITPOS", "k", "0"), 8000000)
    expect(c.cmd("BITCOUNT", "k", "1", "-2", "BIT"), 8000006 - 1)
    expect(c.cmd("TYPE", "k"), Status("string"))
    expect(c.cmd("SET", "k", "x"), OK)


if __name__ == "__main__":
    main()
