#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""WATCH and UNWATCH: which changes make EXEC do nothing, and which do not."""

import time

from baton_test import OK, QUEUED, both, expect, main, test

CHANGES = [
    "SET w 2", "DEL w", "INCR w", "APPEND w x", "EXPIRE w 100", "GETDEL w",
    "RENAME w other", "RENAME a w", "MSET a 1 w 1", "FLUSHDB", "FLUSHALL",
    "SETRANGE w 0 x", "PEXPIRE w -1", "UNLINK w", "GETEX w EX 100",
]
NO_CHANGES = [
    "GET w", "SET a 2", "DEL none", "SET w 2 NX", "TTL w", "PERSIST w",
    "TOUCH w", "EXPIRE w 100 XX", "RENAMENX a w", "SELECT 1",
]


@both("a change of a watched key makes EXEC do nothing")
def watch_changes(c):
    s = c.server
    with s.client() as other:
        for change in CHANGES:
            c.cmd("MSET", "w", 1, "a", 1)
            expect(c.cmd("WATCH", "x", "w", "w"), OK)
            other.cmd(*change.split())
            c.cmd("MULTI")
            c.cmd("SET", "done", "1")
            expect(c.cmd("EXEC"), None, change)
            c.cmd("MULTI")
            expect(c.cmd("EXEC"), [], "watched no more")


@both("the same end of its time once more is a change as well")
def watch_same_time(c):
    with c.server.client() as other:
        other.cmd("SET", "w", "1", "PXAT", "4102444800000")
        c.cmd("WATCH", "w")
        expect(other.cmd("PEXPIREAT", "w", "4102444800000"), 1)
        c.cmd("MULTI")
        expect(c.cmd("EXEC"), None)


@both("what is no change of a watched key does not matter")
def watch_no_changes(c):
    s = c.server
    with s.client() as other:
        for change in NO_CHANGES:
            c.cmd("DEL", "w")
            c.cmd("MSET", "w", 1, "a", 1)
            c.cmd("WATCH", "w")
            other.cmd(*change.split())
            c.cmd("MULTI")
            expect(c.cmd("EXEC"), [], change)


@both("our own change before MULTI counts, too; one in the queue does not")
def watch_own(c):
    c.cmd("WATCH", "w")
    c.cmd("SET", "w", "mine")
    c.cmd("MULTI")
    expect(c.cmd("EXEC"), None)
    c.cmd("WATCH", "w")
    c.cmd("MULTI")
    c.cmd("SET", "w", "queued")
    expect(c.cmd("EXEC"), [OK])


@both("a key that appears was watched, too")
def watch_absent(c):
    s = c.server
    c.cmd("DEL", "w")
    c.cmd("WATCH", "w")
    with s.client() as other:
        other.cmd("SET", "w", "1")
    c.cmd("MULTI")
    expect(c.cmd("EXEC"), None)


@both("flushing a database without the key is no change")
def watch_flush(c):
    c.cmd("FLUSHALL")
    c.cmd("SET", "a", "1")
    c.cmd("WATCH", "w")
    c.cmd("FLUSHDB")
    c.cmd("MULTI")
    expect(c.cmd("EXEC"), [])


@both("the same name in another database is another key")
def watch_databases(c):
    s = c.server
    c.cmd("SELECT", 0)
    c.cmd("WATCH", "w")
    with s.client() as other:
        other.cmd("SELECT", 1)
        other.cmd("SET", "w", "1")
        c.cmd("MULTI")
        expect(c.cmd("EXEC"), [])
        c.cmd("WATCH", "w")
        c.cmd("SELECT", 1)
        c.cmd("WATCH", "w")
        c.cmd("SELECT", 0)
        other.cmd("SET", "w", "2")
        c.cmd("MULTI")
        expect(c.cmd("EXEC"), None)


@both("UNWATCH and DISCARD forget the keys, and that they were changed")
def unwatch(c):
    s = c.server
    with s.client() as other:
        for how in ("UNWATCH", "DISCARD"):
            c.cmd("WATCH", "w")
            other.cmd("SET", "w", "1")
            if how == "DISCARD":
                c.cmd("MULTI")
            expect(c.cmd(how), OK)
            other.cmd("SET", "w", "2")
            c.cmd("MULTI")
            expect(c.cmd("EXEC"), [])
        expect(c.cmd("UNWATCH"), OK)


@both("UNWATCH in the queue is queued")
def unwatch_queued(c):
    s = c.server
    c.cmd("WATCH", "w")
    with s.client() as other:
        other.cmd("SET", "w", "1")
    c.cmd("MULTI")
    expect(c.cmd("UNWATCH"), QUEUED)
    expect(c.cmd("EXEC"), None)
    c.cmd("WATCH", "w")
    c.cmd("MULTI")
    c.cmd("UNWATCH")
    c.cmd("SET", "w", "2")
    expect(c.cmd("EXEC"), [OK, OK])


def watch_to_its_end(c):
    """Watches a key while it is there, and lets its time pass. We may be slow:
    then it gets more time."""
    for px in (50, 400, 3000, 20000):
        c.cmd("SET", "w", "1", "PX", px)
        c.cmd("WATCH", "w")
        if c.cmd("PTTL", "w") > 0:
            break
        c.cmd("UNWATCH")
    time.sleep(px / 1000 + 0.03)


@both("a watched key whose time is over makes EXEC do nothing")
def watch_expires(c):
    c.cmd("SET", "w", "1", "PX", 1)
    c.cmd("WATCH", "w")
    time.sleep(0.08)
    c.cmd("MULTI")
    expect(c.cmd("EXEC"), lambda v: v in (None, []))
    watch_to_its_end(c)
    c.cmd("MULTI")
    expect(c.cmd("EXEC"), None)


@test("so too when nobody removes it")
def watch_expires_lazily(c):
    c.cmd("DEBUG", "SET-ACTIVE-EXPIRE", "0")
    try:
        watch_to_its_end(c)
        c.cmd("MULTI")
        expect(c.cmd("EXEC"), None)
        # Over before: not there, nor later.
        c.cmd("SET", "w", "1", "PX", "1")
        time.sleep(0.02)
        c.cmd("WATCH", "w")
        c.cmd("MULTI")
        expect(c.cmd("EXEC"), [])
        c.cmd("SET", "w", "1", "PX", "1")
        time.sleep(0.02)
        c.cmd("WATCH", "w")
        c.cmd("DEL", "w")  # removes it as expired
        c.cmd("MULTI")
        expect(c.cmd("EXEC"), [])
        c.cmd("SET", "w", "1", "PX", "1")
        time.sleep(0.02)
        c.cmd("WATCH", "w")
        c.cmd("SET", "w", "again")
        c.cmd("MULTI")
        expect(c.cmd("EXEC"), None)
    finally:
        c.cmd("DEBUG", "SET-ACTIVE-EXPIRE", "1")


@both("many watchers of many keys, all told")
def many_watchers(c):
    s = c.server
    clients = [s.client() for _ in range(40)]
    try:
        for i, w in enumerate(clients):
            w.cmd("WATCH", "all", *("w:%d:%d" % (i, j) for j in range(50)))
            w.cmd("MULTI")
        for i in range(0, 40, 2):
            c.cmd("SET", "w:%d:17" % i, "x")
        for i, w in enumerate(clients):
            expect(w.cmd("EXEC"), None if i % 2 == 0 else [])
            w.cmd("WATCH", "all")
            w.cmd("MULTI")
        c.cmd("SET", "all", "x")
        for w in clients:
            expect(w.cmd("EXEC"), None)
    finally:
        for w in clients:
            w.close()


@both("a watcher that goes away is forgotten")
def gone_watcher(c):
    s = c.server
    with s.client() as other:
        other.cmd("WATCH", "w", "v")
        other.cmd("MULTI")
        other.cmd("SET", "w", "never")
    c.cmd("SET", "w", "1")
    expect(c.cmd("GET", "w"), b"1")


if __name__ == "__main__":
    main(workers=4, enable_debug_command="yes")
