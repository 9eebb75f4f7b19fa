#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Keyspace notifications: notify-keyspace-events, and the events of strings and
keys."""

import time

from baton_test import (
    OK,
    TIMEOUT,
    Error,
    both,
    expect,
    expect_true,
    main,
    test,
)


class Listener:
    """A connection that hears all events as "event key" and, at the end, what
    was published last."""

    def __init__(self, c, flags, pattern="__keyevent@*"):
        expect(c.cmd("CONFIG", "SET", "notify-keyspace-events", flags), OK)
        self.c = c
        self.s = c.server.client()
        self.s.send("PSUBSCRIBE", pattern, "the end")
        self.s.read_reply()
        self.s.read_reply()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.s.close()
        self.c.cmd("CONFIG", "SET", "notify-keyspace-events", "")

    def heard(self):
        """What came since the last call: (channel, payload) each."""
        self.c.cmd("PUBLISH", "the end", "")
        seen = []
        while True:
            _, _, channel, payload = self.s.read_reply()
            if channel == b"the end":
                return seen
            seen.append((channel.decode(), payload.decode()))

    def events(self):
        return [
            "%s %s" % (channel.split(":", 1)[1], payload)
            for channel, payload in self.heard()
        ]


def equal(got, want):
    expect_true(got == want, "%r in place of %r" % (got, want))


@both("K tells by key, E by event, both both, none nothing")
def channels(c):
    by_key = ("__keyspace@0__:k", "set")
    by_event = ("__keyevent@0__:set", "k")
    for flags, want in (
        ("KA", [by_key]),
        ("EA", [by_event]),
        ("KEA", [by_key, by_event]),
        ("A", []),
        ("K", []),
        ("", []),
        ("E$", [by_event]),
        ("Kg", []),
    ):
        with Listener(c, flags, "__key*") as l:
            c.cmd("SET", "k", "v")
            equal(l.heard(), want)


@test("CONFIG GET shows the letters as Redis does; others are refused")
def option(c):
    for letters, shown in (
        ("KEA", "AKE"),
        ("KEg$", "g$KE"),
        ("xeKElshzgtd$", "AKE"),
        ("KEnm", "nKEm"),
        ("AKEm", "AKEm"),
        ("K", "K"),
        ("", ""),
    ):
        expect(c.cmd("CONFIG", "SET", "notify-keyspace-events", letters), OK)
        expect(
            c.cmd("CONFIG", "GET", "notify-keyspace-events"),
            [b"notify-keyspace-events", shown.encode()],
        )
    expect(
        c.cmd("CONFIG", "SET", "notify-keyspace-events", "Kq"),
        Error(
            "ERR CONFIG SET failed (possibly related to argument "
            "'notify-keyspace-events') - Invalid event class character. Use "
            "'Ag$lshzxeKEtmdn'."
        ),
    )


EVENTS = [
    ("SET k v", ["set k"]),
    ("SET k v EX 100", ["set k", "expire k"]),
    ("SET k v NX", []),
    ("SET k v KEEPTTL", ["set k"]),
    ("SETEX k 100 v", ["set k", "expire k"]),
    ("PSETEX k 100000 v", ["set k", "expire k"]),
    ("SETNX k v", []),
    ("SETNX fresh v", ["set fresh"]),
    ("GETSET k v", ["set k"]),
    ("SET k v GET", ["set k"]),
    ("APPEND k v", ["append k"]),
    ("APPEND a v", ["append a"]),
    ("SETRANGE k 3 v", ["setrange k"]),
    ("SETRANGE none 0 %s" % "", []),
    ("INCR n", ["incrby n"]),
    ("DECRBY n 3", ["incrby n"]),
    ("INCR k", []),
    ("INCRBYFLOAT n 1.5", ["incrbyfloat n"]),
    ("MSET x 1 y 2", ["set x", "set y"]),
    ("MSETNX x 1 z 2", []),
    ("MSETNX z 1 w 2", ["set z", "set w"]),
    ("EXPIRE x 100", ["expire x"]),
    ("PEXPIREAT x 99999999999999", ["expire x"]),
    ("EXPIRE x 100 NX", []),
    ("EXPIRE none 100", []),
    ("PERSIST x", ["persist x"]),
    ("PERSIST x", []),
    ("GETEX x", []),
    ("GETEX x EX 100", ["expire x"]),
    ("GETEX x PERSIST", ["persist x"]),
    ("GETEX x PXAT 1", ["del x"]),
    ("EXPIRE y -1", ["del y"]),
    ("GETDEL z", ["del z"]),
    ("GETDEL z", []),
    ("RENAME w v", ["rename_from w", "rename_to v"]),
    ("RENAME v n", ["rename_from v", "rename_to n"]),
    ("RENAMENX n k", []),
    ("RENAMENX n m", ["rename_from n", "rename_to m"]),
    ("DEL m none k", ["del m", "del k"]),
    ("UNLINK a", ["del a"]),
    ("GET none", []),
    ("FLUSHALL", []),
]


# What takes the last member takes the key, too.
SET_AND_HASH_EVENTS = [
    ("HSET h a 1", ["hset h"]),
    ("HSET h a 1 b 2", ["hset h"]),
    ("HMSET h c 3", ["hset h"]),
    ("HSETNX h a 1", []),
    ("HSETNX h d 1", ["hset h"]),
    ("HINCRBY h n 1", ["hincrby h"]),
    ("HINCRBYFLOAT h f 1.5", ["hincrbyfloat h"]),
    ("HINCRBY h f 1", []),
    ("HGET h a", []),
    ("HDEL h none", []),
    ("HDEL h a b none", ["hdel h"]),
    ("HDEL h c d n f", ["hdel h", "del h"]),
    ("SADD s a b", ["sadd s"]),
    ("SADD s a", []),
    ("SREM s none", []),
    ("SREM s a", ["srem s"]),
    ("SMOVE s t b", ["srem s", "del s", "sadd t"]),
    ("SMOVE t t b", []),
    ("SMOVE t u none", []),
    ("SADD u b", ["sadd u"]),
    ("SMOVE u t b", ["srem u", "del u"]),
    ("SPOP t", ["spop t", "del t"]),
    ("SPOP t", []),
    ("SADD v 1 2 3", ["sadd v"]),
    ("SPOP v 0", []),
    ("SPOP v 2", ["spop v"]),
    ("SPOP v 5", ["spop v", "del v"]),
    ("SADD v 1 2 3", ["sadd v"]),
    ("SINTERSTORE d v none", []),
    ("SINTERSTORE d v v", ["sinterstore d"]),
    ("SUNIONSTORE d v", ["sunionstore d"]),
    ("SDIFFSTORE d v none", ["sdiffstore d"]),
    ("SDIFFSTORE d v v", ["del d"]),
    ("SDIFFSTORE d v v", []),
    ("SREM v 1 2 3", ["srem v", "del v"]),
    ("SADD big " + " ".join("m%d" % i for i in range(300)), ["sadd big"]),
    ("SPOP big 290", ["spop big"]),
    ("SPOP big 10", ["spop big", "del big"]),
    ("RPUSH l 2 1", ["rpush l"]),
    ("SORT l", []),
    ("SORT l STORE d", ["sortstore d"]),
    ("SORT none STORE d", ["del d"]),
    ("SORT none STORE d", []),
]


def heard_after(c, requests):
    with Listener(c, "KEA") as l:
        for request, want in requests:
            c.cmd(*request.split(" "))
            got = l.events()
            expect_true(got == want, "%s: %r, not %r" % (request, got, want))


@both("events of hashes and sets, and of SORT")
def events_of_collections(c):
    heard_after(c, SET_AND_HASH_EVENTS)


@both("events of strings and keys")
def events(c):
    heard_after(c, EVENTS)


@both("new keys and missed keys, which are not in A")
def new_and_missed(c):
    with Listener(c, "KEnm") as l:
        for request, want in (
            ("SET k v", ["new k"]),
            ("SET k w", []),
            ("INCR n", ["new n"]),
            ("GET k", []),
            ("GET none", ["keymiss none"]),
            ("TYPE none", ["keymiss none"]),
            ("OBJECT ENCODING none", []),
            ("MGET k none", ["keymiss none"]),
            ("RENAME k l", ["new l"]),
            ("RENAME l n", ["new n"]),
        ):
            c.cmd(*request.split())
            equal(l.events(), want)


@both("keys whose time is over")
def expired(c):
    with Listener(c, "Ex") as l:
        c.cmd("SET", "k", "v", "PX", "1")
        c.cmd("SET", "stays", "v", "PX", "100000")
        seen, end = [], time.monotonic() + TIMEOUT
        while not seen and time.monotonic() < end:
            time.sleep(0.05)
            seen = l.events()
        equal(seen, ["expired k"])


@both("events of a transaction, in the order of its commands")
def transaction(c):
    with Listener(c, "EA") as l:
        c.cmd("MULTI")
        c.cmd("SET", "a", "1")
        c.cmd("SELECT", "1")
        c.cmd("SET", "b", "2")
        c.cmd("SELECT", "0")
        c.cmd("PUBLISH", "the end", "middle")
        c.cmd("DEL", "a")
        expect(c.cmd("EXEC"), [OK, OK, OK, OK, 1, 1])
        equal(
            l.heard(),
            [("__keyevent@0__:set", "a"), ("__keyevent@1__:set", "b")],
        )
        equal(l.heard(), [("__keyevent@0__:del", "a")])


@both("a key of any bytes and of any length")
def keys(c):
    with Listener(c, "KEA", "__key*") as l:
        for key in ("", "x" * 1000, "a b\r\n"):
            c.cmd("SET", key, "v")
            equal(
                l.heard(),
                [("__keyspace@0__:" + key, "set"), ("__keyevent@0__:set", key)],
            )


if __name__ == "__main__":
    main(workers=2)
