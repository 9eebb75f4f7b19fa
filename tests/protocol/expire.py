#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Times to live: EXPIRE and its relatives, and keys that vanish."""

import time

from baton_test import (
    NOT_INT,
    OK,
    Error,
    both,
    expect,
    expect_true,
    main,
    test,
    wait_until,
)

SETTERS = ("EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT")
GETTERS = ("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME")
MOST = 9223372036854775807


def wrong_n(name):
    return Error("ERR wrong number of arguments for '%s' command" % name.lower())


def bad_time(name):
    return Error("ERR invalid expire time in '%s' command" % name.lower())


def now_ms():
    return int(time.time() * 1000)


def argument(name, seconds):
    """What to give to a setter so that the key ends so many seconds from now."""
    v = seconds + (now_ms() // 1000 if name.endswith("AT") else 0)
    return v * 1000 if name[0] == "P" else v


@both("each setter against each getter")
def set_and_get(c):
    for setter in SETTERS:
        c.cmd("SET", "k", "v")
        for getter in GETTERS:
            expect(c.cmd(getter, "k"), -1, getter)
            expect(c.cmd(getter, "none"), -2, getter)
        end = now_ms() + 500000
        expect(c.cmd(setter, "k", argument(setter, 500)), 1, setter)
        near = lambda want, by: lambda v: want - by <= v <= want + by
        expect(c.cmd("TTL", "k"), near(500, 60), setter)
        expect(c.cmd("PTTL", "k"), near(500000, 60000), setter)
        expect(c.cmd("EXPIRETIME", "k"), near(end // 1000, 60), setter)
        expect(c.cmd("PEXPIRETIME", "k"), near(end, 60000), setter)
        expect(c.cmd(setter, "none", argument(setter, 500)), 0, setter)
        expect(c.cmd("GET", "k"), "v")


@both("PERSIST")
def persist(c):
    expect(c.cmd("PERSIST", "k"), 0)
    c.cmd("SET", "k", "v")
    expect(c.cmd("PERSIST", "k"), 0)
    c.cmd("EXPIRE", "k", "100")
    expect(c.cmd("PERSIST", "k"), 1)
    expect(c.cmd("TTL", "k"), -1)
    expect(c.cmd("PERSIST", "k"), 0)
    expect(c.cmd("PERSIST"), wrong_n("persist"))


@test("TTL and EXPIRETIME round to the nearest second")
def rounding(c):
    c.cmd("SET", "k", "v", "PXAT", 4000000001499)
    expect(c.cmd("EXPIRETIME", "k"), 4000000001)
    c.cmd("PEXPIREAT", "k", 4000000001500)
    expect(c.cmd("EXPIRETIME", "k"), 4000000002)
    expect(c.cmd("PEXPIRETIME", "k"), 4000000001500)
    c.cmd("PEXPIRE", "k", 10900)
    expect(c.cmd("TTL", "k"), lambda v: 3 <= v <= 11)


@test("a time in the past removes the key")
def past(c):
    for setter, value in (
        ("EXPIRE", 0),
        ("EXPIRE", -1),
        ("EXPIRE", -(MOST // 1000)),
        ("PEXPIRE", 0),
        ("PEXPIRE", -100),
        ("PEXPIRE", -MOST - 1),
        ("EXPIREAT", 1),
        ("EXPIREAT", 0),
        ("EXPIREAT", -5),
        ("PEXPIREAT", 1),
        ("PEXPIREAT", now_ms() - 1),
        ("PEXPIREAT", -MOST - 1),
    ):
        c.cmd("SET", "k", "v")
        expect(c.cmd(setter, "k", value), 1, setter)
        expect(c.cmd("EXISTS", "k"), 0, setter)
        expect(c.cmd("DBSIZE"), 0)
        expect(c.cmd(setter, "k", value), 0, setter)


@test("NX, XX, GT, LT")
def conditions(c):
    def ttl_is(ms):
        expect(c.cmd("PTTL", "k"), lambda v: ms - 9000 < v <= ms)

    for setter in SETTERS:
        set_to = lambda s, *words: c.cmd(setter, "k", argument(setter, s), *words)
        c.cmd("SET", "k", "v")
        expect(set_to(100, "XX"), 0)
        expect(set_to(100, "GT"), 0)
        expect(c.cmd("TTL", "k"), -1)
        expect(set_to(100, "nx"), 1)
        expect(set_to(200, "NX"), 0)
        ttl_is(100000)
        expect(set_to(200, "xx"), 1)
        ttl_is(200000)
        expect(set_to(100, "GT"), 0)
        expect(set_to(300, "gt"), 1)
        ttl_is(300000)
        expect(set_to(400, "LT"), 0)
        expect(set_to(200, "lt"), 1)
        ttl_is(200000)
        expect(set_to(250, "XX", "GT"), 1)
        expect(set_to(240, "XX", "LT", "LT"), 1)
        ttl_is(240000)
        c.cmd("PERSIST", "k")
        expect(set_to(100, "XX", "LT"), 0)
        expect(set_to(100, "LT"), 1)  # none counts as for ever
        ttl_is(100000)
        expect(c.cmd("EXPIRE", "none", "1", "NX"), 0)


@test("equal times are neither greater nor less")
def equal(c):
    c.cmd("SET", "k", "v", "PXAT", "4000000000000")
    expect(c.cmd("PEXPIREAT", "k", "4000000000000", "GT"), 0)
    expect(c.cmd("PEXPIREAT", "k", "4000000000000", "LT"), 0)
    expect(c.cmd("PEXPIREAT", "k", "4000000000001", "GT"), 1)
    expect(c.cmd("PEXPIREAT", "k", "4000000000000", "LT"), 1)
    expect(c.cmd("PEXPIREAT", "k", "1", "GT"), 0)
    expect(c.cmd("EXISTS", "k"), 1)
    expect(c.cmd("PEXPIREAT", "k", "1", "LT"), 1)
    expect(c.cmd("EXISTS", "k"), 0)


@both("wrong options")
def wrong_options(c):
    c.cmd("SET", "k", "v")
    alone = "ERR NX and XX, GT or LT options at the same time are not compatible"
    for words in ("NX XX", "NX GT", "LT NX", "NX GT LT"):
        expect(c.cmd("EXPIRE", "k", "1", *words.split()), Error(alone), words)
    expect(
        c.cmd("EXPIRE", "k", "1", "GT", "LT"),
        Error("ERR GT and LT options at the same time are not compatible"),
    )
    expect(
        c.cmd("EXPIRE", "k", "1", "a\r\nb\n\r\n"),
        Error("ERR Unsupported option a  b"),
    )
    for name in SETTERS:
        expect(
            c.cmd(name, "k", "1", "FOO"), Error("ERR Unsupported option FOO")
        )
        expect(
            c.cmd(name, "k", "x", "NX", "bar"),
            Error("ERR Unsupported option bar"),
        )
        expect(c.cmd(name, "k"), wrong_n(name))
    for name in GETTERS:
        expect(c.cmd(name), wrong_n(name))
        expect(c.cmd(name, "k", "l"), wrong_n(name))
    expect(c.cmd("TTL", "k"), -1)


@both("wrong times")
def wrong_times(c):
    c.cmd("SET", "k", "v")
    for name in SETTERS:
        for value in ("", "x", "1.5", "+1", " 1", "9" * 20):
            expect(c.cmd(name, "k", value), NOT_INT, name)
    for name, value in (
        ("EXPIRE", MOST),
        ("EXPIRE", MOST // 1000),
        ("EXPIRE", -(MOST // 1000) - 1),
        ("EXPIREAT", MOST // 1000 + 1),
        ("PEXPIRE", MOST),
    ):
        expect(c.cmd(name, "k", value), bad_time(name), name)
        expect(c.cmd(name, "none", value), bad_time(name), name)
    expect(c.cmd("EXPIREAT", "k", MOST // 1000), 1)
    expect(c.cmd("PEXPIREAT", "k", MOST), 1)
    expect(c.cmd("PEXPIRETIME", "k"), MOST)


@test("a key is gone for every command when its time is over")
def gone(c):
    def fresh():
        c.cmd("MSET", "k", "v", "other", "o")
        c.cmd("PEXPIRE", "k", "1")
        time.sleep(0.004)

    for request, want in (
        (("GET", "k"), None),
        (("STRLEN", "k"), 0),
        (("EXISTS", "k"), 0),
        (("TTL", "k"), -2),
        (("PEXPIRETIME", "k"), -2),
        (("DEL", "k"), 0),
        (("GETSET", "k", "x"), None),
        (("GETDEL", "k"), None),
        (("GETEX", "k", "EX", "5"), None),
        (("MGET", "k", "other"), [None, b"o"]),
        (("SETNX", "k", "x"), 1),
        (("SET", "k", "x", "XX"), None),
        (("SET", "k", "x", "GET"), None),
        (("MSETNX", "k", "x", "l", "y"), 1),
        (("APPEND", "k", "x"), 1),
        (("SETRANGE", "k", "1", "x"), 2),
        (("GETRANGE", "k", "0", "-1"), b""),
        (("INCR", "k"), 1),
        (("EXPIRE", "k", "10"), 0),
        (("PERSIST", "k"), 0),
        (("RENAME", "k", "l"), Error("ERR no such key")),
        (("RENAMENX", "other", "k"), 1),
        (("TOUCH", "k"), 0),
        (("OBJECT", "ENCODING", "k"), None),
        (("KEYS", "k"), []),
        (("SCAN", "0", "MATCH", "k", "COUNT", "100"), [b"0", []]),
    ):
        c.cmd("FLUSHALL")
        fresh()
        expect(c.cmd(*request), want, " ".join(request))
        left = c.cmd("TTL", "k")
        expect_true(left in (-1, -2), "%r left a ttl of %r" % (request, left))


@test("SET KEEPTTL after the time is over keeps nothing")
def keepttl_after(c):
    c.cmd("SET", "k", "v", "PX", "1")
    time.sleep(0.004)
    expect(c.cmd("SET", "k", "w", "KEEPTTL"), OK)
    expect(c.cmd("TTL", "k"), -1)
    expect(c.cmd("GET", "k"), "w")


@test("keys vanish by themselves, not only when they are asked for")
def active(c):
    before = int(c.server.info(c)["expired_keys"])
    c.pipeline([("SET", "k%d" % i, "v", "PX", "20") for i in range(5000)])
    c.pipeline([("SET", "l%d" % i, "v", "EX", "100") for i in range(100)])
    wait_until(lambda: c.cmd("DBSIZE") == 100, "5,000 keys to vanish")
    wait_until(
        lambda: int(c.server.info(c)["expired_keys"]) - before == 5000, "the count"
    )
    info = c.server.info(c)
    expect_true(info["db0"].startswith("keys=100,expires=100,"), info["db0"])


@test("the time is kept exactly: never early, soon after")
def exact(c):
    started = now_ms()
    c.cmd("SET", "k", "v", "PX", "150")
    last = asked = now_ms()
    while c.cmd("EXISTS", "k"):
        expect_true(asked <= last + 160, "still there when its time was over")
        asked = now_ms()
    expect_true(now_ms() - started >= 149, "gone too early")


@test("a time to live comes, changes and goes with values of all sizes")
def sizes(c):
    for n in (0, 1, 15, 44, 100, 5000, 200000):
        value = b"x" * n
        c.cmd("SET", "k", value)
        for request in (
            ("EXPIRE", "k", "100"),
            ("PEXPIREAT", "k", "4000000000000"),
            ("PERSIST", "k"),
            ("EXPIRE", "k", "200", "NX"),
        ):
            expect(c.cmd(*request), 1, "%d bytes, %s" % (n, request[0]))
            expect(c.cmd("GET", "k"), value)
        expect(c.cmd("TTL", "k"), lambda v: 190 < v <= 200)


if __name__ == "__main__":
    main()
