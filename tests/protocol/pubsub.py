#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Channels: SUBSCRIBE and kin, PUBLISH, PUBSUB, and what a subscribed client
may do."""

import os
import re
import threading
import time

from baton_test import (
    OK,
    Error,
    Push,
    Status,
    expect,
    expect_true,
    main,
    note,
    parallel,
    test as plain_test,
    wait_until,
)

SECONDS = float(os.environ.get("ATOMIC_SECONDS", "1"))
KINDS = [
    ("SUBSCRIBE", "UNSUBSCRIBE", "PUBLISH", "message"),
    ("SSUBSCRIBE", "SUNSUBSCRIBE", "SPUBLISH", "smessage"),
]


def test(name, protos=(2,)):
    """Begins when the subscribers of the test before are forgotten."""

    def enter(fn):
        def run(c):
            for sub, none in (("CHANNELS", []), ("SHARDCHANNELS", []),
                              ("NUMPAT", 0)):
                wait_until(
                    lambda s=sub, n=none: c.cmd("PUBSUB", s) == n, "nobody"
                )
            fn(c)

        return plain_test(name, protos)(run)

    return enter


def both(name):
    return test(name, (2, 3))


def push(c, *items):
    """What a message looks like in c's protocol."""
    return Push(items) if c.proto > 2 else list(items)


def get(c, *items):
    want = [i.encode() if isinstance(i, str) else i for i in items]
    expect(c.read_reply(), push(c, *want))


def say(c, *args):
    """A command whose replies are read by others."""
    c.send(*args)


# ---- Messages ----


@both("a message comes to the subscribers of its channel")
def message(c):
    for sub, unsub, publish, kind in KINDS:
        say(c, sub, "a", "b")
        get(c, sub.lower(), "a", 1)
        get(c, sub.lower(), "b", 2)
        with c.server.client() as p:
            expect(p.cmd(publish, "a", "hello"), 1)
            expect(p.cmd(publish, "c", "nobody"), 0)
            expect(p.cmd(publish, "b", b"\0\r\n"), 1)
        get(c, kind, "a", "hello")
        get(c, kind, "b", b"\0\r\n")
        say(c, unsub, "a", "none", "b")
        get(c, unsub.lower(), "a", 1)
        get(c, unsub.lower(), "none", 1)
        get(c, unsub.lower(), "b", 0)
    expect(c.cmd("PING"), Status("PONG"))


@both("channels and shard channels of one name are two")
def shard_channels(c):
    say(c, "SUBSCRIBE", "a")
    get(c, "subscribe", "a", 1)
    say(c, "SSUBSCRIBE", "a")
    get(c, "ssubscribe", "a", 1)
    with c.server.client() as p:
        expect(p.cmd("PUBLISH", "a", "1"), 1)
        get(c, "message", "a", "1")
        expect(p.cmd("SPUBLISH", "a", "2"), 1)
        get(c, "smessage", "a", "2")


@both("patterns: one message for each that fits, the channel's first")
def patterns(c):
    for i, name in enumerate(["n?ws.*", "news.[a-c]rt", "none*"]):
        say(c, "PSUBSCRIBE", name)
        get(c, "psubscribe", name, i + 1)
    say(c, "SUBSCRIBE", "news.art")
    get(c, "subscribe", "news.art", 4)
    with c.server.client() as p:
        expect(p.cmd("PUBLISH", "news.art", "x"), 3)
        expect(p.cmd("PUBLISH", "nows.it", "y"), 1)
        expect(p.cmd("PUBLISH", "other", "z"), 0)
    get(c, "message", "news.art", "x")
    two = sorted(c.read_reply() for _ in range(2))  # the reference: any order
    expect(two, [push(c, b"pmessage", b"n?ws.*", b"news.art", b"x"),
                 push(c, b"pmessage", b"news.[a-c]rt", b"news.art", b"x")])
    get(c, "pmessage", "n?ws.*", "nows.it", "y")
    say(c, "PUNSUBSCRIBE", "n?ws.*")
    get(c, "punsubscribe", "n?ws.*", 3)
    with c.server.client() as p:
        expect(p.cmd("PUBLISH", "news.bow", "x"), 0)


@both("subscribing twice counts once")
def twice(c):
    say(c, "SUBSCRIBE", "a", "a")
    get(c, "subscribe", "a", 1)
    get(c, "subscribe", "a", 1)
    with c.server.client() as p:
        expect(p.cmd("PUBLISH", "a", "x"), 1)
    get(c, "message", "a", "x")


@both("UNSUBSCRIBE of all, and of nothing")
def unsubscribe_all(c):
    for sub, unsub in (
        ("SUBSCRIBE", "UNSUBSCRIBE"),
        ("PSUBSCRIBE", "PUNSUBSCRIBE"),
        ("SSUBSCRIBE", "SUNSUBSCRIBE"),
    ):
        say(c, unsub)
        get(c, unsub.lower(), None, 0)
        names = ["n%d" % i for i in range(100)]
        say(c, sub, *names)
        for i in range(100):
            get(c, sub.lower(), names[i], i + 1)
        say(c, unsub)
        seen = [c.read_reply() for _ in names]
        expect(sorted(r[1] for r in seen), sorted(n.encode() for n in names))
        expect([r[2] for r in seen], list(range(99, -1, -1)))
        expect(c.cmd("PUBSUB", "CHANNELS"), [])
        expect(c.cmd("PUBSUB", "NUMPAT"), 0)
        expect(c.cmd("PUBSUB", "SHARDCHANNELS"), [])


@both("UNSUBSCRIBE of all leaves patterns alone, and counts them")
def unsubscribe_counts(c):
    say(c, "SUBSCRIBE", "a")
    say(c, "PSUBSCRIBE", "p*", "q*")
    get(c, "subscribe", "a", 1)
    get(c, "psubscribe", "p*", 2)
    get(c, "psubscribe", "q*", 3)
    say(c, "UNSUBSCRIBE")
    get(c, "unsubscribe", "a", 2)
    say(c, "UNSUBSCRIBE")
    get(c, "unsubscribe", None, 2)
    say(c, "SUNSUBSCRIBE")
    get(c, "sunsubscribe", None, 0)


@both("large messages and small ones keep their order")
def large(c):
    say(c, "SUBSCRIBE", "a")
    get(c, "subscribe", "a", 1)
    sizes = [0, 1, 100, 16300, 20000, 3, 500000, 70000, 1, 1, 200, 65536]
    with c.server.client() as p:
        expect(
            p.pipeline([["PUBLISH", "a", b"%d" % (i % 10) * n]
                        for i, n in enumerate(sizes)]),
            [1] * len(sizes),
        )
    for i, n in enumerate(sizes):
        get(c, "message", "a", b"%d" % (i % 10) * n)


@both("channel names are any bytes")
def names(c):
    for name in (b"", b"\0", b"\r\n", b"x" * 300, b"y" * 30000):
        say(c, "SUBSCRIBE", name)
        get(c, "subscribe", name, 1)
        with c.server.client() as p:
            expect(p.cmd("PUBLISH", name, name), 1)
            expect(p.cmd("PUBSUB", "CHANNELS"), [name])
        get(c, "message", name, name)
        say(c, "UNSUBSCRIBE", name)
        get(c, "unsubscribe", name, 0)


@test("publishing to oneself: the message follows the reply (RESP3)")
def own(c):
    c.hello(3)
    say(c, "SUBSCRIBE", "a")
    c.read_reply()
    say(c, "PUBLISH", "a", "x")
    seen = [c.read_reply(), c.read_reply()]
    expect_true(1 in seen, "the reply")
    expect_true(Push([b"message", b"a", b"x"]) in seen, "the message")


@test("RESP3 and RESP2 subscribers side by side")
def mixed(c):
    clients = [c.server.client(2 + i % 2) for i in range(20)]
    for s in clients:
        say(s, "SUBSCRIBE", "a")
        get(s, "subscribe", "a", 1)
    expect(c.pipeline([["PUBLISH", "a", str(i)] for i in range(50)]), [20] * 50)
    for s in clients:
        for i in range(50):
            get(s, "message", "a", str(i))
        s.close()
    wait_until(
        lambda: c.cmd("PUBSUB", "NUMSUB", "a") == [b"a", 0], "they are gone"
    )
    expect(c.cmd("PUBLISH", "a", "x"), 0)


# ---- What a subscribed client may do ----


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


# ---- PUBSUB ----


@both("PUBSUB CHANNELS, NUMSUB, NUMPAT")
def pubsub(c):
    with c.server.client() as s, c.server.client() as t:
        say(s, "SUBSCRIBE", "a1", "a2", "b")
        say(s, "SSUBSCRIBE", "s1", "t")
        say(s, "PSUBSCRIBE", "p*", "q*")
        say(t, "SUBSCRIBE", "b")
        say(t, "PSUBSCRIBE", "p*")
        for _ in range(7):
            s.read_reply()
        for _ in range(2):
            t.read_reply()
        expect(sorted(c.cmd("PUBSUB", "CHANNELS")), [b"a1", b"a2", b"b"])
        expect(sorted(c.cmd("PUBSUB", "CHANNELS", "a*")), [b"a1", b"a2"])
        expect(c.cmd("PUBSUB", "CHANNELS", "z*"), [])
        expect(c.cmd("PUBSUB", "NUMSUB"), [])
        expect(
            c.cmd("PUBSUB", "NUMSUB", "b", "none", "a1"),
            [b"b", 2, b"none", 0, b"a1", 1],
        )
        expect(c.cmd("PUBSUB", "NUMPAT"), 2)
        expect(sorted(c.cmd("PUBSUB", "SHARDCHANNELS")), [b"s1", b"t"])
        expect(c.cmd("PUBSUB", "SHARDCHANNELS", "s?"), [b"s1"])
        expect(c.cmd("PUBSUB", "SHARDNUMSUB", "s1", "b"), [b"s1", 1, b"b", 0])


@both("wrong numbers of arguments")
def arity(c):
    for name in ("SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "PUBLISH a",
                 "SPUBLISH a", "PUBLISH a b c", "PUBSUB"):
        expect(
            c.cmd(*name.split()),
            Error("ERR wrong number of arguments for '%s' command"
                  % name.split()[0].lower()),
        )
    expect(c.cmd("PUBSUB", "NUMPAT", "x"), Error(
        "ERR wrong number of arguments for 'pubsub|numpat' command"))
    expect(c.cmd("PUBSUB", "CHANNELS", "a", "b"), Error(
        "ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. "
        "Try PUBSUB HELP."))
    expect(c.cmd("PUBSUB", "nonsense"),
           Error("ERR unknown subcommand 'nonsense'. Try PUBSUB HELP."))
    expect_true(c.cmd("PUBSUB", "HELP")[0].startswith("PUBSUB <subcommand>"),
                "help")


# ---- Limits ----


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


# ---- Races: several workers ----


@test("4 publishers, many subscribers: no loss, one order for all")
def order(c):
    n_subscribers = int(os.environ.get("PUBSUB_SUBSCRIBERS", "40"))
    n_messages, batch = 200, 16
    clients = [c.server.client(2 + i % 2) for i in range(n_subscribers)]
    for i, s in enumerate(clients):
        if i % 4 == 0:
            say(s, "PSUBSCRIBE", "ch*")
        else:
            say(s, "SUBSCRIBE", "channel")
        s.read_reply()

    def publisher(k):
        def run():
            with c.server.client() as p:
                for i in range(0, n_messages, batch):
                    requests = [["PUBLISH", "channel", "%d:%d" % (k, j)]
                                for j in range(i, min(i + batch, n_messages))]
                    expect(p.pipeline(requests), [n_subscribers] * len(requests))
        return run

    parallel(*(publisher(k) for k in range(4)))
    first = None
    for s in clients:
        seen = [s.read_reply()[-1] for _ in range(4 * n_messages)]
        if first is None:
            first = seen
            for k in range(4):
                own = [m for m in seen if m.startswith(b"%d:" % k)]
                expect(own, [b"%d:%d" % (k, i) for i in range(n_messages)])
        expect_true(seen == first, "the same order")
        s.close()


@test("coming and going while others publish: nobody misses or sees too much")
def coming_and_going(c):
    stop = threading.Event()
    published, left = [0], [3]

    def publisher():
        with c.server.client() as p:
            i = 0
            while not stop.is_set():
                p.pipeline([["PUBLISH", "channel", str(i + j)] for j in range(8)])
                i += 8
            published[0] = i

    def comer():
        end = time.monotonic() + SECONDS
        seen = 0
        try:
            with c.server.client() as s:
                while time.monotonic() < end or seen <= 20:
                    say(s, "SUBSCRIBE", "channel")
                    get(s, "subscribe", "channel", 1)
                    last = None
                    for _ in range(5):
                        kind, _, text = s.read_reply()
                        expect(kind, b"message")
                        if last is not None:
                            expect(int(text), last + 1)
                        last = int(text)
                        seen += 1
                    say(s, "UNSUBSCRIBE")
                    r = s.read_reply()
                    while r[0] == b"message":
                        expect(int(r[2]), last + 1)
                        last = int(r[2])
                        r = s.read_reply()
                    expect(r, [b"unsubscribe", b"channel", 0])
                    expect(s.cmd("PING"), Status("PONG"))
        finally:
            left[0] -= 1
            if left[0] == 0:
                stop.set()
        expect_true(seen > 20, "enough was seen")

    parallel(publisher, comer, comer, comer)
    note("%d published" % published[0])


@test("a publisher that outruns the subscribers waits, and nothing is lost")
def outrun(c):
    # A bound of 1 MB for each worker, 24 MB published at once.
    n, part = 240, b"x" * 100000
    seen = [0]
    with c.server.client() as s:
        say(s, "SUBSCRIBE", "a")
        get(s, "subscribe", "a", 1)

        def read():
            for i in range(n):
                expect(s.read_reply()[2], b"%d:" % i + part)
                seen[0] += 1

        def publish():
            with c.server.client() as p:
                for i in range(n):
                    p.send("PUBLISH", "a", b"%d:" % i + part)
                p.end_sending()
                expect([p.read_reply() for _ in range(n)], [1] * n)
                expect_true(p.at_end(), "closed after the last reply")

        parallel(read, publish)
    expect(seen[0], n)


if __name__ == "__main__":
    main(workers=4)
