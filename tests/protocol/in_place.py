#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Large strings are changed where they are: what others see of it, and what it
costs.

They are shared with replies that are under way, with copies, and with the entry
that a new time to live replaces; none of these may see a later change."""

import os

from baton_test import (
    OK,
    REDIS,
    Server,
    Skip,
    Wrong,
    expect,
    expect_true,
    main,
    parallel,
    test,
    wait_until,
)

LARGE = 1 << 20


def peak(server):
    """The most memory that the server ever had, in bytes."""
    path = "/proc/%d/status" % server.process.pid
    if not os.path.exists(path):
        raise Skip("no /proc here")
    with open(path) as f:
        for line in f:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    raise Skip("no VmHWM here")


@test("each command changes what is there", client=False)
def each_command_changes_what_is_there():
    with Server() as s, s.client() as c:
        c.cmd("SETRANGE", "k", LARGE - 1, "z")
        expect(c.cmd("SETRANGE", "k", 5, "abc"), LARGE)
        expect(c.cmd("GETRANGE", "k", 4, 8), b"\0abc\0")
        expect(c.cmd("APPEND", "k", "tail"), LARGE + 4)
        expect(c.cmd("GETRANGE", "k", LARGE - 2, -1), b"\0ztail")
        expect(c.cmd("SETBIT", "k", 7, 1), 0)
        expect(c.cmd("SETBIT", "k", 7, 1), 1)
        expect(c.cmd("BITFIELD", "k", "SET", "u8", 8, 255), [0])
        expect(c.cmd("BITFIELD", "k", "INCRBY", "u8", "#1", 1), [0])
        expect(c.cmd("GETRANGE", "k", 0, 8), b"\1\0\0\0\0abc\0")
        expect(c.cmd("STRLEN", "k"), LARGE + 4)


@test("what becomes longer is zero behind the old end", client=False)
def what_becomes_longer_is_zero_behind_the_old_end():
    with Server() as s, s.client() as c:
        want = b"\0" * LARGE + b"x"
        c.cmd("SETRANGE", "k", LARGE, "x")
        for at in (LARGE + 10, LARGE + 5000, 3 * LARGE, 7 * LARGE + 3):
            want = want.ljust(at, b"\0") + b"y"
            expect(c.cmd("SETRANGE", "k", at, "y"), len(want))
            expect_true(c.cmd("GET", "k") == want, "the bytes at %d" % at)
        want = want.ljust(len(want) + 99, b"\0") + b"\x80"
        c.cmd("SETBIT", "k", (len(want) - 1) * 8, 1)
        expect_true(c.cmd("GET", "k") == want, "the bytes after SETBIT")


@test("a reply under way stays as it was", client=False)
def a_reply_under_way_stays_as_it_was():
    with Server() as s, s.client() as c:
        c.cmd("SETRANGE", "k", LARGE - 1, "\0")
        c.cmd("SETRANGE", "k", 0, "a" * LARGE)
        requests = []
        for letter in ("b", "c", "d"):
            requests += [("GET", "k"), ("SETRANGE", "k", 0, letter * LARGE)]
        replies = c.pipeline(requests)
        for i, letter in enumerate(("a", "b", "c")):
            expect_true(replies[2 * i] == letter.encode() * LARGE, letter)
        c.send_raw(b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n" * 20)  # not read yet
        with s.client() as other:
            other.cmd("SETRANGE", "k", 0, "e" * LARGE)
            got = [c.read_reply() for _ in range(20)]
        whole = (b"d" * LARGE, b"e" * LARGE)
        expect_true(all(g in whole for g in got), "replies are whole")
        expect_true(got == sorted(got), "and in order")


@test("copies go their own way", client=False)
def copies_go_their_own_way():
    with Server() as s, s.client() as c:
        c.cmd("SETRANGE", "k", LARGE - 1, "z")
        c.cmd("SETRANGE", "k", 0, "first")
        expect(c.cmd("COPY", "k", "copy"), 1)
        c.cmd("SETRANGE", "k", 0, "other")
        c.cmd("SETRANGE", "copy", 1, "I")
        expect(c.cmd("GETRANGE", "copy", 0, 4), b"fIrst")
        expect(c.cmd("GETRANGE", "k", 0, 4), b"other")
        expect(c.cmd("EXPIRE", "k", 1000), 1)
        c.cmd("SETRANGE", "k", 0, "O")
        expect(c.cmd("RENAME", "k", "l"), OK)
        c.cmd("APPEND", "l", "!")
        expect(c.cmd("GETRANGE", "l", 0, 4), b"Other")
        expect(c.cmd("GETRANGE", "l", -2, -1), b"z!")
        expect_true(c.cmd("TTL", "l") > 900, "it keeps its time to live")
        expect(c.cmd("MOVE", "l", 1), 1)
        c.cmd("SELECT", 1)
        c.cmd("SETRANGE", "l", 0, "X")
        expect(c.cmd("GETDEL", "l")[:5], b"Xther")
        expect(c.cmd("EXISTS", "l"), 0)


@test("a watched value was touched", client=False)
def a_watched_value_was_touched():
    with Server() as s, s.client() as c, s.client() as other:
        c.cmd("SETRANGE", "k", LARGE, "x")
        c.cmd("SETRANGE", "k", 0, "x")
        c.cmd("WATCH", "k")
        other.cmd("SETRANGE", "k", 0, "y")
        c.cmd("MULTI")
        c.cmd("GETRANGE", "k", 0, 0)
        expect(c.cmd("EXEC"), None)
        c.cmd("MULTI")
        c.cmd("SETRANGE", "k", 0, "z")
        c.cmd("GETRANGE", "k", 0, 0)
        c.cmd("SET", "k", "v")
        c.cmd("APPEND", "k", "w")
        c.cmd("GET", "k")
        expect(c.cmd("EXEC"), [LARGE + 1, b"z", OK, 2, b"vw"])


@test("memory is counted", client=False)
def memory_is_counted():
    with Server() as s, s.client() as c:

        def used():
            for line in c.cmd("INFO", "memory").splitlines():
                if line.startswith(b"used_memory_dataset:"):
                    return int(line.split(b":")[1])
            raise Wrong("no used_memory_dataset")

        c.cmd("SETRANGE", "k", LARGE, "x")
        for _ in range(9):
            c.cmd("APPEND", "k", "x" * LARGE)
        expect_true(c.cmd("MEMORY", "USAGE", "k") >= 10 * LARGE, "MEMORY USAGE")
        most = wait_until(lambda: used() >= 10 * LARGE and used(), "it counts")
        c.cmd("DEL", "k")
        wait_until(lambda: used() <= most - 10 * LARGE, "nor after DEL")


@test("readers see one change or the other", client=False)
def readers_see_one_change_or_the_other():
    if REDIS:
        raise Skip("one thread")
    n = 64 * 1024
    with Server(workers=2) as s:
        with s.client() as c:
            c.cmd("SETRANGE", "k", n - 1, "\0")
            c.cmd("SETRANGE", "k", 0, "a" * n)
        done = []

        def write():
            with s.client() as c:
                for i in range(200):
                    c.cmd("SETRANGE", "k", 0, "ab"[i % 2] * n)
            done.append(True)

        def read():
            with s.client() as c:
                while not done:
                    for got in (c.cmd("GET", "k"), c.cmd("GETRANGE", "k", 9, -1)):
                        expect_true(got in (got[:1] * n, got[:1] * (n - 9)), "torn")
                    expect(c.cmd("STRLEN", "k"), n)

        parallel(write, read, read)


@test("a change costs what it changes", client=False)
def a_change_costs_what_it_changes():
    with Server() as s, s.client() as c:
        c.cmd("SETBIT", "k", 16 * LARGE * 8, 1)
        before = peak(s)
        got = c.pipeline([("SETBIT", "k", 5, i % 2) for i in range(100)])
        expect(got, [0] + [(i + 1) % 2 for i in range(1, 100)])
        grown = peak(s) - before
        expect_true(grown < 400 * LARGE, "it grew by %d MB" % (grown >> 20))


@test("what is removed does not wait for the end of the batch", client=False)
def what_is_removed_does_not_wait_for_the_end_of_the_batch():
    with Server() as s, s.client() as c:
        c.cmd("SET", "first", "x")
        before = peak(s)
        one = [("SETRANGE", "k", 16 * LARGE, "x"), ("DEL", "k")]
        expect(c.pipeline(one * 60), [16 * LARGE + 1, 1] * 60)
        grown = peak(s) - before
        expect_true(grown < 600 * LARGE, "it grew by %d MB" % (grown >> 20))


@test("collections that are removed do not wait either", client=False)
def collections_that_are_removed_do_not_wait_either():
    with Server() as s, s.client() as c:
        for i in range(0, 100000, 10000):
            c.cmd("RPUSH", "k", *["element-%d" % k for k in range(i, i + 10000)])
        before = peak(s)
        expect(c.pipeline([("COPY", "k", "to", "REPLACE")] * 1500), [1] * 1500)
        grown = peak(s) - before
        expect_true(grown < 900 * LARGE, "it grew by %d MB" % (grown >> 20))


if __name__ == "__main__":
    main()
