#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a subscribed client may do, what is told of it, and its limits."""

import re
import time

from baton_test import (
    OK,
    Error,
    Status,
    expect,
    expect_true,
    main,
    note,
    wait_until,
)
from pubsub_support import both, get, say, test

# ---- What a subscribed client may do ----------------------------------------


@test("a subscribed client of RESP2: the commands that it may use")
def context(c):
    say(c, "SUBSCRIBE", "a")
    get(c, "subscribe", "a", 1)
    text = (
        "ERR Can't execute '%s': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING "
        "/ QUIT / RESET are allowed in this context"
    )
    expect(c.cmd("GET", "k"), Error(text % "get"))
    expect(c.cmd("MULTI"), Error(text % "multi"))
    expect(c.cmd("CLIENT", "LIST"), Error(text % "client|list"))
    expect(c.cmd("PUBLISH", "a", "x"), Error(text % "publish"))
    expect(c.cmd("PING"), [b"pong", b""])
    expect(c.cmd("PING", "hi"), [b"pong", b"hi"])
    say(c, "UNSUBSCRIBE")
    get(c, "unsubscribe", "a", 0)
    expect(c.cmd("PING"), Status("PONG"))
    expect(c.cmd("GET", "k"), None)


@test("a subscribed client of RESP3 may do everything")
def context3(c):
    c.hello(3)
    say(c, "SUBSCRIBE", "a")
    get(c, "subscribe", "a", 1)
    expect(c.cmd("PING"), Status("PONG"))
    expect(c.cmd("SET", "k", "v"), OK)
    expect(c.cmd("GET", "k"), b"v")


@both("RESET ends all subscriptions, QUIT closes")
def reset(c):
    for name in ("SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE"):
        say(c, name, "a")
        c.read_reply()
    expect(c.cmd("RESET"), Status("RESET"))
    with c.server.client() as p:
        expect(p.cmd("PUBLISH", "a", "x"), 0)
        expect(p.cmd("SPUBLISH", "a", "x"), 0)
    expect(c.cmd("GET", "k"), None)
    say(c, "SUBSCRIBE", "a")
    c.read_reply()
    expect(c.cmd("QUIT"), OK)
    expect_true(c.at_end(), "closed")


@both("SUBSCRIBE and PUBLISH in a transaction")
def transaction(c):
    with c.server.client() as p:
        c.cmd("MULTI")
        for request in ("SET k v", "PUBLISH a 1", "SPUBLISH a 2", "SUBSCRIBE a"):
            expect(c.cmd(*request.split()), Status("QUEUED"))
        c.keep_raw = True
        say(c, "EXEC")
        expect(c.read_reply()[:3], [OK, 0, 0])
        mark = b"*" if c.proto == 2 else b">"
        expect_true(
            c.raw.endswith(mark + b"3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"),
            "the confirmation is an element",
        )
        expect(p.cmd("PUBLISH", "a", "4"), 1)
        get(c, "message", "a", "4")


@test("messages come with CLIENT REPLY OFF, too")
def reply_off(c):
    c.hello(3)
    c.send("CLIENT", "REPLY", "OFF")
    say(c, "SUBSCRIBE", "a")
    get(c, "subscribe", "a", 1)
    with c.server.client() as p:
        expect(p.cmd("PUBLISH", "a", "x"), 1)
    get(c, "message", "a", "x")


@both("CLIENT LIST and INFO tell of subscriptions")
def shown(c):
    def field(name):
        line = p.cmd("CLIENT", "LIST", "ID", id).decode()
        return re.search(r" %s=(\S*)" % name, line).group(1)

    id = c.cmd("CLIENT", "ID")
    with c.server.client() as p:
        expect_true("P" not in field("flags"), "no flag P")
        say(c, "SUBSCRIBE", "a", "b", "c")
        say(c, "PSUBSCRIBE", "a*", "b*")
        say(c, "SSUBSCRIBE", "s")
        for _ in range(6):
            c.read_reply()
        expect([field("sub"), field("psub"), field("ssub")] == ["3", "2", "1"],
               True)
        expect_true("P" in field("flags"), "flag P")
        info = p.cmd("INFO", "stats").decode()
        for text in ("pubsub_channels:3", "pubsub_patterns:2",
                     "pubsubshard_channels:1"):
            expect_true(text + "\r\n" in info, text)


@both("CLIENT LIST and CLIENT KILL by type")
def types(c):
    def ids(kind):
        text = p.cmd("CLIENT", "LIST", "TYPE", kind).decode()
        return re.findall(r"^id=(\d+) ", text, re.M)

    id = str(c.cmd("CLIENT", "ID"))
    with c.server.client() as p:
        expect_true(id in ids("normal"), "normal")
        expect(ids("pubsub"), [])
        say(c, "SUBSCRIBE", "a")
        c.read_reply()
        expect_true(id not in ids("normal"), "not normal any more")
        expect_true(ids("pubsub") == [id], "pubsub")
        expect_true(ids("replica") == [], "nobody")
        expect(p.cmd("CLIENT", "KILL", "TYPE", "pubsub"), 1)
        expect_true(c.at_end(), "closed")


# ---- Limits -----------------------------------------------------------------


@test("a slow subscriber falls to the limit of its class, others do not")
def slow(c):
    part = b"x" * 100000
    c.cmd("CONFIG", "SET", "client-output-buffer-limit", "pubsub 4mb 0 0")
    try:
        with c.server.client() as slow, c.server.client() as fast:
            for s in (slow, fast):
                say(s, "SUBSCRIBE", "a")
                get(s, "subscribe", "a", 1)
            n = 0
            while c.cmd("PUBLISH", "a", part) == 2:
                expect(fast.read_reply()[2], part)
                n += 1
                expect_true(n < 1000, "the slow one is still there")
            note("closed after %d messages" % n)
            expect(c.cmd("PUBSUB", "NUMSUB", "a"), [b"a", 1])
            expect(fast.read_reply()[2], part)
    finally:
        c.cmd("CONFIG", "SET", "client-output-buffer-limit",
              "pubsub 32mb 8mb 60")


@test("new limits hold for those who are there, subscribed or not")
def renewed(c):
    keep = c.cmd("CONFIG", "GET", "client-output-buffer-limit")[1]
    c.cmd("CONFIG", "SET", "client-output-buffer-limit",
          "normal 0 0 0 pubsub 0 0 0")
    try:
        with c.server.client() as s, c.server.client() as n:
            say(s, "SUBSCRIBE", "a")
            get(s, "subscribe", "a", 1)
            id = n.cmd("CLIENT", "ID")
            c.cmd("SET", "k", b"x" * 8000000)
            expect(len(n.cmd("GET", "k")), 8000000, "no limit yet")
            c.cmd("CONFIG", "SET", "client-output-buffer-limit",
                  "normal 1mb 0 0 pubsub 1mb 0 0")
            n.send("GET", "k")
            wait_until(lambda: c.cmd("CLIENT", "LIST", "ID", id) == b"",
                       "the one that does not read is gone")
            part = b"x" * 100000
            wait_until(lambda: c.cmd("PUBLISH", "a", part) == 0,
                       "the subscriber that does not read is gone")
    finally:
        c.cmd("CONFIG", "SET", "client-output-buffer-limit", keep)
        c.cmd("DEL", "k")


@test("subscribers may be silent for longer than `timeout`")
def timeout(c):
    with c.server.client() as s, c.server.client() as t:
        id = t.cmd("CLIENT", "ID")
        say(s, "SUBSCRIBE", "a")
        get(s, "subscribe", "a", 1)
        c.cmd("CONFIG", "SET", "timeout", "4")  # we must not stall so long
        wait_until(
            lambda: c.cmd("CLIENT", "LIST", "ID", id) == b"",
            "the one that does not listen is gone",
        )
        for _ in range(5):
            time.sleep(0.1)
            c.cmd("PING")
        c.cmd("CONFIG", "SET", "timeout", "0")
        expect(c.cmd("PUBLISH", "a", "x"), 1)
        get(s, "message", "a", "x")


if __name__ == "__main__":
    main(workers=4)
