#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""SCAN and KEYS: what they find, and that a walk misses no key that stays."""

import random
import threading
import time

from baton_test import (
    NOT_INT,
    OK,
    SYNTAX,
    Error,
    both,
    expect,
    expect_true,
    main,
    note,
    test,
    walk,
)


def fill(c, n, form="key:%d"):
    """n keys; returns their names."""
    names = [form % i for i in range(n)]
    for at in range(0, n, 1000):
        c.cmd("MSET", *(w for name in names[at : at + 1000] for w in (name, "v")))
    return {name.encode() for name in names}


@both("an empty database")
def empty(c):
    expect(c.cmd("SCAN", "0"), [b"0", []])
    expect(c.cmd("KEYS", "*"), [])


@both("a walk finds every key")
def all_found(c):
    names = fill(c, 5000)
    for words in ((), ("COUNT", "1"), ("count", "77"), ("COUNT", "100000")):
        found, _ = walk(c, ("SCAN",), *words)
        expect_true(set(found) == names, "%d keys, %r" % (len(set(found)), words))
    expect_true(set(c.cmd("KEYS", "*")) == names, "KEYS")


@test("nothing is found twice while nothing changes")
def no_repetition(c):
    fill(c, 3000)
    found, _ = walk(c, ("SCAN",), "COUNT", "50")
    expect(len(found), 3000)


@test("COUNT bounds the work of one step")
def count_bounds(c):
    fill(c, 20000)
    for count in (1, 10, 100, 1000):
        _, steps = walk(c, ("SCAN",), "COUNT", count)
        expect_true(
            steps >= 20000 / (count * 8 + 100),
            "%d steps with COUNT %d" % (steps, count),
        )
        expect_true(
            steps <= 20000 / count * 40, "%d steps, COUNT %d" % (steps, count)
        )


@test("MATCH, TYPE and both")
def filters(c):
    fill(c, 1000, "a:%d")
    some = fill(c, 100, "b:%d")
    found, _ = walk(c, ("SCAN",), "MATCH", "b:*")
    expect_true(set(found) == some, "MATCH b:*")
    found, _ = walk(c, ("SCAN",), "MATCH", "*", "TYPE", "string", "COUNT", "300")
    expect(len(set(found)), 1100)
    found, _ = walk(c, ("SCAN",), "TYPE", "STRING", "match", "b:1?")
    expect(len(set(found)), 10)
    for kind in ("list", "hash", "zset", "set", "stream"):
        expect(walk(c, ("SCAN",), "TYPE", kind)[0], [])
    found, _ = walk(c, ("SCAN",), "MATCH", "a:*", "MATCH", "b:*")
    expect_true(set(found) == some, "the last MATCH holds")
    expect(walk(c, ("SCAN",), "MATCH", "")[0], [])


@both("wrong cursors and options")
def wrong(c):
    invalid = Error("ERR invalid cursor")
    for cursor in ("x", "1x", " 1", "1 ", "9" * 40, "0x10"):
        expect(c.cmd("SCAN", cursor), invalid, cursor)
        expect(c.cmd("SCAN", cursor, "COUNT", "x"), invalid, cursor)
    for words in (
        "COUNT",
        "COUNT 0",
        "COUNT -1",
        "MATCH",
        "TYPE",
        "FOO",
        "FOO BAR",
        "COUNT 1 MATCH",
        "MATCH a b c",
    ):
        expect(c.cmd("SCAN", "0", *words.split()), SYNTAX, words)
    for value in ("x", "", "1.5", "9" * 20):
        expect(c.cmd("SCAN", "0", "COUNT", value), NOT_INT, value)
    expect(c.cmd("SCAN"), Error("ERR wrong number of arguments for 'scan' command"))
    expect(c.cmd("KEYS"), Error("ERR wrong number of arguments for 'keys' command"))
    expect(
        c.cmd("KEYS", "a", "b"),
        Error("ERR wrong number of arguments for 'keys' command"),
    )


@test("a cursor that never was given is harmless")
def any_cursor(c):
    names = fill(c, 1000)
    rnd = random.Random(1)
    for _ in range(300):
        cursor = rnd.getrandbits(rnd.randrange(1, 65))
        reply = c.cmd("SCAN", str(cursor).encode())
        expect_true(set(reply[1]) <= names, "cursor %d" % cursor)


@test("only the database that is selected")
def selected(c):
    fill(c, 100, "zero:%d")
    c.cmd("SELECT", "3")
    names = fill(c, 100, "three:%d")
    expect_true(set(walk(c, ("SCAN",))[0]) == names, "SCAN")
    expect_true(set(c.cmd("KEYS", "*")) == names, "KEYS")
    c.cmd("SELECT", "4")
    expect(walk(c, ("SCAN",))[0], [])


@test("keys whose time is over are not shown")
def expired(c):
    names = fill(c, 200)
    c.pipeline([("SET", "gone:%d" % i, "v", "PX", "1") for i in range(200)])
    time.sleep(0.02)
    expect_true(set(walk(c, ("SCAN",))[0]) == names, "SCAN")
    expect_true(set(c.cmd("KEYS", "*")) == names, "KEYS")


@test("long and strange keys")
def strange(c):
    names = {b"", b"\r\n", b"\0", b"*", b"k" * 100000, bytes(range(256))}
    for name in names:
        c.cmd("SET", name, "v")
    expect_true(set(walk(c, ("SCAN",))[0]) == names, "SCAN")
    expect_true(set(c.cmd("KEYS", "*")) == names, "KEYS")
    expect(c.cmd("KEYS", "\\*"), [b"*"])
    expect(c.cmd("KEYS", ""), [b""])


@both("KEYS: patterns")
def patterns(c):
    names = [
        "hello", "hallo", "hxllo", "hllo", "heeeello", "hbllo", "HELLO",
        "h^llo", "h*llo", "h\\llo", "a-b", "a]b", "foo:1", "foo:12", "",
    ]  # fmt: skip
    for name in names:
        c.cmd("SET", name, "v")
    for pattern, want in (
        ("h?llo", "hello hallo hxllo hbllo h^llo h*llo h\\llo"),
        ("h*llo", "hello hallo hxllo hllo heeeello hbllo h^llo h*llo h\\llo"),
        ("h[ae]llo", "hello hallo"),
        ("h[^e]llo", "hallo hxllo hbllo h^llo h*llo h\\llo"),
        ("h[a-b]llo", "hallo hbllo"),
        ("h[b-a]llo", "hallo hbllo"),
        ("h\\*llo", "h*llo"),
        ("h[\\^]llo", "h^llo"),
        ("h\\\\llo", "h\\llo"),
        ("a[]-]b", ""),
        ("foo:?", "foo:1"),
        ("foo:*", "foo:1 foo:12"),
        ("*:1*", "foo:1 foo:12"),
        ("**o**", "hello hallo hxllo hllo heeeello hbllo h^llo h*llo h\\llo "
         "foo:1 foo:12"),
        ("?", ""),
        ("none", ""),
        ("hello", "hello"),
        ("h[", ""),
        ("h[aello", ""),
    ):  # fmt: skip
        got = sorted(c.cmd("KEYS", pattern))
        expect(got, sorted(w.encode() for w in want.split()), pattern)
    expect(len(c.cmd("KEYS", "*")), len(names))


@test("a pattern made to be slow is not")
def slow_pattern(c):
    c.cmd("SET", "a" * 100, "v")
    started = time.monotonic()
    expect(c.cmd("KEYS", "a*" * 20 + "b"), [])
    expect_true(time.monotonic() - started < 20, "KEYS took too long")


def churn(server, stop, faults):
    """Lets a few thousand keys come and go, so that tables grow and shrink."""
    try:
        with server.client() as c:
            rnd = random.Random(2)
            while not stop.is_set():
                n = rnd.choice((100, 3000, 12000))
                base = rnd.randrange(1 << 30)
                names = ["churn:%d" % (base + i) for i in range(n)]
                c.pipeline([("SET", name, "x") for name in names])
                c.pipeline([("DEL", name) for name in names])
    except Exception as fault:  # pylint: disable=broad-except
        faults.append(fault)


def walks_under_churn(c, one_walk):
    stable = fill(c, 1500, "stable:%d")
    stop, faults = threading.Event(), []
    thread = threading.Thread(target=churn, args=(c.server, stop, faults))
    thread.start()
    try:
        walks, end = 0, time.monotonic() + 3
        while time.monotonic() < end or walks < 3:
            found = one_walk()
            missing = stable - set(found)
            expect_true(
                not missing,
                "walk %d: %d keys missed: %r"
                % (walks, len(missing), sorted(missing)[:5]),
            )
            walks += 1
    finally:
        stop.set()
        thread.join()
    expect(faults, [])
    note("%d walks" % walks)


@test("a walk sees all keys that stay while thousands come and go")
def guarantee(c):
    counts = iter(range(1, 100000))
    walks_under_churn(
        c, lambda: walk(c, ("SCAN",), "COUNT", (10, 100, 1000)[next(counts) % 3])[0]
    )


@test("so does KEYS")
def guarantee_keys(c):
    walks_under_churn(c, lambda: c.cmd("KEYS", "stable:*"))


@test("two walks at once do not disturb each other")
def two_walks(c):
    names = fill(c, 2000)
    cursors, found = [b"0", b"0"], [set(), set()]
    done = [False, False]
    while not all(done):
        for i in (0, 1):
            if not done[i]:
                reply = c.cmd("SCAN", cursors[i], "COUNT", (7, 90)[i])
                cursors[i] = reply[0]
                found[i] |= set(reply[1])
                done[i] = cursors[i] == b"0"
    expect_true(found[0] == names and found[1] == names, "both see all")


@test("FLUSHALL during a walk")
def flush(c):
    fill(c, 5000)
    cursor = c.cmd("SCAN", "0")[0]
    expect(c.cmd("FLUSHALL"), OK)
    steps = 0
    while cursor != b"0" and steps < 100000:
        cursor, keys = c.cmd("SCAN", cursor)
        expect(keys, [])
        steps += 1
    expect(cursor, b"0")


if __name__ == "__main__":
    main()
