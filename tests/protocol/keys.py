#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Keys: DEL, EXISTS, TYPE, RENAME, RANDOMKEY, OBJECT and their relatives."""

import time

from baton_test import (
    OK,
    REDIS,
    Error,
    Status,
    both,
    expect,
    expect_error,
    expect_true,
    main,
    test,
    wrong_n,
)

NO_KEY = Error("ERR no such key")


@both("DEL and UNLINK count what they removed")
def delete(c):
    for name in ("DEL", "UNLINK"):
        c.cmd("MSET", "a", "1", "b", "2", "c", "x" * 100000)
        expect(c.cmd(name, "none"), 0)
        expect(c.cmd(name, "a", "none", "a", "c"), 2)
        expect(c.cmd("MGET", "a", "b", "c"), [None, b"2", None])
        expect(c.cmd(name), wrong_n(name.lower()))


@both("EXISTS and TOUCH count each time a key is named")
def exists(c):
    c.cmd("MSET", "a", "1", "b", "2")
    for name in ("EXISTS", "TOUCH"):
        expect(c.cmd(name, "none"), 0)
        expect(c.cmd(name, "a"), 1)
        expect(c.cmd(name, "a", "a", "none", "b"), 3)
        expect(c.cmd(name), wrong_n(name.lower()))


@both("TYPE")
def kind(c):
    c.cmd("SET", "k", "v")
    expect(c.cmd("TYPE", "k"), Status("string"))
    expect(c.cmd("TYPE", "none"), Status("none"))
    expect(c.cmd("TYPE"), wrong_n("type"))


@both("RENAME takes value and time to live along")
def rename(c):
    c.cmd("SET", "a", "1", "EX", "100")
    c.cmd("SET", "b", "2")
    expect(c.cmd("RENAME", "a", "b"), OK)
    expect(c.cmd("EXISTS", "a"), 0)
    expect(c.cmd("GET", "b"), "1")
    expect(c.cmd("TTL", "b"), lambda v: 90 < v <= 100)
    c.cmd("SET", "c", "3")
    expect(c.cmd("RENAME", "c", "b"), OK)
    expect(c.cmd("TTL", "b"), -1)
    expect(c.cmd("GET", "b"), "3")
    expect(c.cmd("RENAME", "b", "b"), OK)
    expect(c.cmd("GET", "b"), "3")
    expect(c.cmd("DBSIZE"), 1)


@both("RENAME of nothing")
def rename_none(c):
    c.cmd("SET", "b", "2")
    expect(c.cmd("RENAME", "none", "b"), NO_KEY)
    expect(c.cmd("RENAME", "none", "none"), NO_KEY)
    expect(c.cmd("RENAMENX", "none", "b"), NO_KEY)
    expect(c.cmd("RENAMENX", "none", "none"), NO_KEY)
    expect(c.cmd("GET", "b"), "2")
    expect(c.cmd("RENAME", "b"), wrong_n("rename"))
    expect(c.cmd("RENAMENX", "b"), wrong_n("renamenx"))


@both("RENAMENX")
def renamenx(c):
    c.cmd("MSET", "a", "1", "b", "2")
    expect(c.cmd("RENAMENX", "a", "b"), 0)
    expect(c.cmd("MGET", "a", "b"), [b"1", b"2"])
    expect(c.cmd("RENAMENX", "a", "a"), 0)
    c.cmd("EXPIRE", "a", "100")
    expect(c.cmd("RENAMENX", "a", "c"), 1)
    expect(c.cmd("MGET", "a", "c"), [None, b"1"])
    expect(c.cmd("TTL", "c"), lambda v: 90 < v <= 100)


@test("RENAME of large and of built values, to and fro")
def rename_large(c):
    value = bytes(range(256)) * 500
    c.cmd("SET", "a", value)
    c.cmd("SET", "s", "x")
    c.cmd("APPEND", "s", "y")
    for i in range(20):
        expect(c.cmd("RENAME", "a", "b%d" % i), OK)
        expect(c.cmd("RENAME", "b%d" % i, "a"), OK)
    expect(c.cmd("GET", "a"), value)
    expect(c.cmd("RENAME", "s", "t" * 3000), OK)
    expect(c.cmd("OBJECT", "ENCODING", "t" * 3000), "raw")
    expect(c.cmd("GET", "t" * 3000), "xy")


@both("RANDOMKEY")
def randomkey(c):
    expect(c.cmd("RANDOMKEY"), None)
    c.cmd("SET", "only", "1")
    expect(c.cmd("RANDOMKEY"), "only")
    c.cmd("SET", "other", "1")
    seen = {c.cmd("RANDOMKEY") for _ in range(200)}
    expect_true(seen == {b"only", b"other"}, "got %r" % seen)
    expect(c.cmd("RANDOMKEY", "x"), wrong_n("randomkey"))


@test("RANDOMKEY favours none of 64 keys much")
def randomkey_spread(c):
    for i in range(64):
        c.cmd("SET", "k%d" % i, i)
    counts = {}
    for key in c.pipeline([("RANDOMKEY",)] * 6400):
        counts[key] = counts.get(key, 0) + 1
    expect_true(len(counts) == 64, "%d of 64 keys seen" % len(counts))
    most = max(counts.values())
    expect_true(most < 100 * 6, "one key %d times of 6400" % most)


@test("RANDOMKEY finds the one key left of many")
def randomkey_sparse(c):
    c.pipeline([("SET", "k%d" % i, i) for i in range(2000)])
    c.pipeline([("DEL", "k%d" % i) for i in range(2000) if i != 777])
    expect(c.cmd("RANDOMKEY"), "k777")


@test("RANDOMKEY never names a key whose time is over")
def randomkey_expired(c):
    c.pipeline([("SET", "k%d" % i, i, "PX", "1") for i in range(50)])
    c.cmd("SET", "stays", "1")
    time.sleep(0.02)
    for _ in range(50):
        expect(c.cmd("RANDOMKEY"), "stays")


@test("databases hold keys of their own")
def databases(c):
    c.cmd("SET", "k", "0")
    expect(c.cmd("SELECT", "5"), OK)
    expect(c.cmd("GET", "k"), None)
    expect(c.cmd("RENAME", "k", "l"), NO_KEY)
    expect(c.cmd("RANDOMKEY"), None)
    c.cmd("SET", "k", "5")
    expect(c.cmd("DEL", "k"), 1)
    expect(c.cmd("SELECT", "0"), OK)
    expect(c.cmd("GET", "k"), "0")


# ---- OBJECT ----


@both("OBJECT ENCODING")
def encoding(c):
    for value, want in (
        ("0", "int"),
        ("-9223372036854775808", "int"),
        ("9223372036854775807", "int"),
        ("9223372036854775808", "embstr"),
        ("01", "embstr"),
        ("+1", "embstr"),
        ("1 ", "embstr"),
        ("", "embstr"),
        ("x" * 44, "embstr"),
        ("x" * 45, "raw"),
        ("1" * 45, "raw"),
    ):
        c.cmd("SET", "k", value)
        expect(c.cmd("OBJECT", "ENCODING", "k"), want, value)
    c.cmd("MSET", "k", "17")
    expect(c.cmd("OBJECT", "encoding", "k"), "int")
    c.cmd("SETRANGE", "k", "0", "2")
    expect(c.cmd("OBJECT", "ENCODING", "k"), "raw")
    c.cmd("GETSET", "k", "5")
    expect(c.cmd("OBJECT", "ENCODING", "k"), "int")
    c.cmd("APPEND", "k", "5")
    c.cmd("EXPIRE", "k", "100")
    expect(c.cmd("OBJECT", "ENCODING", "k"), "raw")
    c.cmd("PERSIST", "k")
    expect(c.cmd("OBJECT", "ENCODING", "k"), "raw")
    expect(c.cmd("OBJECT", "ENCODING", "none"), None)


@both("OBJECT REFCOUNT")
def refcount(c):
    c.cmd("SET", "k", "value")
    expect(c.cmd("OBJECT", "REFCOUNT", "k"), 1)
    expect(c.cmd("OBJECT", "REFCOUNT", "none"), None)


@test("OBJECT FREQ is refused without a policy that counts")
def freq(c):
    c.cmd("SET", "k", "value")
    expect_error(
        c.cmd("OBJECT", "FREQ", "k"),
        "ERR An LFU maxmemory policy is not selected, access frequency not",
    )
    expect(c.cmd("OBJECT", "FREQ", "none"), None)


def idle(c, key):
    return c.cmd("OBJECT", "IDLETIME", key)


@test("OBJECT IDLETIME counts seconds since the last use")
def idletime(c):
    c.cmd("MSET", "used", "a", "looked", "b", "touched", "c", "put", "d")
    expect(c.cmd("OBJECT", "IDLETIME", "used"), lambda v: v < 60)
    expect(c.cmd("OBJECT", "IDLETIME", "none"), None)
    time.sleep(2.2)
    # None of these is a use.
    for name in ("TYPE", "EXISTS", "TTL", "PTTL", "EXPIRETIME"):
        c.cmd(name, "looked")
    for name in ("ENCODING", "REFCOUNT", "IDLETIME"):
        c.cmd("OBJECT", name, "looked")
    c.cmd("GET", "used")
    c.cmd("TOUCH", "touched")
    c.cmd("EXPIRE", "put", "100")
    # However slow the machine: those were used two seconds after this one.
    for key in ("used", "touched", "put"):
        expect_true(idle(c, key) < idle(c, "looked"), key)


@test("CLIENT NO-TOUCH: reading is no use then")
def no_touch(c):
    if REDIS:
        return  # since 7.2
    c.cmd("SET", "k", "1")
    c.cmd("SET", "untouched", "1")
    time.sleep(2.2)
    expect(c.cmd("CLIENT", "NO-TOUCH", "ON"), OK)
    c.cmd("GET", "k")
    expect_true(idle(c, "k") >= 1, "no use")
    c.cmd("TOUCH", "k")  # asked for by name: it counts
    expect_true(idle(c, "k") < idle(c, "untouched"), "a use")


@both("OBJECT HELP and its faults")
def object_help(c):
    lines = c.cmd("OBJECT", "HELP")
    expect_true(
        lines[0].startswith("OBJECT <subcommand>")
        and all(isinstance(line, Status) for line in lines)
        and lines[-2] == "HELP",
        repr(lines),
    )
    for word in ("ENCODING", "REFCOUNT", "IDLETIME", "FREQ"):
        expect_true(any(line.startswith(word) for line in lines), word)
    expect(c.cmd("OBJECT"), wrong_n("object"))
    expect(c.cmd("OBJECT", "ENCODING"), wrong_n("object|encoding"))
    expect(c.cmd("OBJECT", "REFCOUNT", "k", "l"), wrong_n("object|refcount"))
    expect(
        c.cmd("OBJECT", "FOO", "k"),
        Error("ERR unknown subcommand 'FOO'. Try OBJECT HELP."),
    )


@test("hits and misses are counted")
def hits(c):
    before = c.server.info(c)
    c.cmd("SET", "k", "1")
    c.cmd("GET", "k")
    c.cmd("GET", "none")
    c.cmd("MGET", "k", "none", "none")
    c.cmd("INCR", "k")
    c.cmd("DEL", "k")
    after = c.server.info(c)
    for name, want in (("keyspace_hits", 2), ("keyspace_misses", 3)):
        got = int(after[name]) - int(before[name])
        expect(got, want, name)


if __name__ == "__main__":
    main()
