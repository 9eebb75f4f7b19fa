#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Channels: SUBSCRIBE and kin, PUBLISH, PUBSUB."""

from baton_test import (
    Error,
    Push,
    Status,
    expect,
    expect_true,
    main,
    wait_until,
)
from pubsub_support import both, get, push, say, test

KINDS = [
    ("SUBSCRIBE", "UNSUBSCRIBE", "PUBLISH", "message"),
    ("SSUBSCRIBE", "SUNSUBSCRIBE", "SPUBLISH", "smessage"),
]


# ---- Messages ---------------------------------------------------------------


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


# ---- PUBSUB -----------------------------------------------------------------


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


if __name__ == "__main__":
    main(workers=4)
