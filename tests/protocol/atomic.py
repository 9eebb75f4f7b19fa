#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Races over the running server: several connections, and what no order of
their commands could explain never shows.

Each test runs for ATOMIC_SECONDS (1) and says how much it saw; one that saw
too little of what it looks for fails."""

import os
import threading
import time

from baton_test import (
    OK,
    TIMEOUT,
    expect,
    expect_true,
    main,
    note,
    parallel,
    test,
)

SECONDS = float(os.environ.get("ATOMIC_SECONDS", "1"))
KEYS = ["atomic:%d" % i for i in range(8)]
DEPTH = 20  # requests in one pipeline: enough to keep the workers busy


class Race:
    """Functions that run side by side until the time is over and enough was
    seen, on a slow machine too, or until one fails."""

    def __init__(self, server):
        self.server = server
        self.stop = threading.Event()
        self.enough = lambda: True

    def goes_on(self, end):
        now = time.monotonic()
        return not self.stop.is_set() and (
            now < end or (now < end + TIMEOUT and not self.enough())
        )

    def loop(self, fn):
        """fn(client, round) again and again, on a connection of its own."""

        def run():
            end = time.monotonic() + SECONDS
            try:
                with self.server.client() as c:
                    i = 0
                    while self.goes_on(end):
                        fn(c, i)
                        i += 1
            except BaseException:
                self.stop.set()
                raise

        return run

    def run(self, *functions, enough=None):
        self.enough = enough or self.enough
        parallel(*(self.loop(fn) for fn in functions))


def batch(c, *requests):
    """The requests DEPTH times over in one pipeline."""
    return c.pipeline(list(requests) * DEPTH)


def mset_writer(keys):
    """Sets all keys to one number, which grows with each MSET."""

    def write(c, i):
        requests = []
        for j in range(DEPTH):
            words = []
            for key in keys:
                words += [key, i * DEPTH + j]
            requests.append(["MSET"] + words)
        expect(c.pipeline(requests), [OK] * DEPTH)

    return write


@test("MSET against MGET: never a mix")
def mset_mget(c):
    seen = set()
    c.cmd("MSET", *(w for key in KEYS for w in (key, 0)))

    def read(c, _):
        for reply in batch(c, ["MGET"] + KEYS, ["MGET"] + KEYS[::-1]):
            expect_true(len(set(reply)) == 1, "a mix: %r" % reply)
            seen.add(reply[0])

    Race(c.server).run(mset_writer(KEYS), read, read, enough=lambda: len(seen) > 20)
    note("%d different values seen" % len(seen))
    expect_true(len(seen) > 20, "too few")


@test("MSET against GET: what was seen on one key has come to the others")
def mset_get(c):
    seen = set()
    c.cmd("MSET", *(w for key in KEYS for w in (key, 0)))

    def read(c, i):
        keys = KEYS if i % 2 else KEYS[::-1]
        values = [int(v) for v in batch(c, *(["GET", key] for key in keys))]
        for before, after in zip(values, values[1:]):
            expect_true(after >= before, "%d after %d" % (after, before))
        seen.update(values)

    Race(c.server).run(
        mset_writer(KEYS), read, read, read,
        enough=lambda: len(seen) > 20,
    )
    note("%d different values seen" % len(seen))
    expect_true(len(seen) > 20, "too few")


@test("MSET and DEL of 8 keys against EXISTS: all or none")
def mset_exists(c):
    seen = {0: 0, 8: 0}
    words = [w for key in KEYS for w in (key, "v")]

    def write(c, _):
        batch(c, ["MSET"] + words, ["DEL"] + KEYS)
        c.cmd("MSET", *words)  # and once with a pause for the others
        c.cmd("DEL", *KEYS)

    def read(c, _):
        for reply in batch(c, ["EXISTS"] + KEYS, ["TOUCH"] + KEYS):
            expect_true(reply in (0, 8), "%d of 8 exist" % reply)
            seen[reply] += 1

    Race(c.server).run(write, read, read, enough=lambda: min(seen.values()) > 20)
    note("none %d times, all %d times" % (seen[0], seen[8]))
    expect_true(min(seen.values()) > 20, "too few")


@test("two MSETs of the same keys in opposite order: one of them was last")
def mset_mset(c):
    def write(mark, order):
        words = [w for key in KEYS[::order] for w in (key, mark)]

        def run(c, _):
            expect(batch(c, ["MSET"] + words), [OK] * DEPTH)

        return run

    def read(c, _):
        for reply in batch(c, ["MGET"] + KEYS):
            expect_true(len(set(reply)) == 1, "a mix: %r" % reply)

    c.cmd("MSET", *(w for key in KEYS for w in (key, "a")))
    Race(c.server).run(write("a", 1), write("b", -1), read)


@test("MSETNX: of two that overlap, one wins and has all of its keys")
def msetnx(c):
    wins = [0, 0]

    def claim(which, keys):
        words = [w for key in keys for w in (key, which)]

        def run(c, _):
            if c.cmd("MSETNX", *words) == 1:
                wins[which] += 1
                expect(c.cmd("MGET", *keys), [b"%d" % which] * len(keys))
                expect(c.cmd("DEL", *keys), len(keys))

        return run

    Race(c.server).run(
        claim(0, KEYS[:5]), claim(1, KEYS[3:]),
        enough=lambda: min(wins) > 5,
    )
    note("won %d and %d times" % tuple(wins))
    expect_true(min(wins) > 5, "too few")


RECORD = b"0123456789abcde\n"


@test("APPEND against GET: whole records only, in order")
def append(c):
    longest = [0]

    def write(c, i):
        if i % 40 == 0:
            c.cmd("SET", "log", "")
        batch(c, ["APPEND", "log", RECORD])

    def read(c, _):
        for reply in batch(c, ["GET", "log"]):
            if reply is not None:
                n, rest = divmod(len(reply), len(RECORD))
                expect_true(rest == 0 and reply == RECORD * n, "torn")
                longest[0] = max(longest[0], n)

    Race(c.server).run(write, read, read, enough=lambda: longest[0] > 20)
    note("up to %d records" % longest[0])
    expect_true(longest[0] > 20, "too few")


def setrange_against_get(c, size):
    letters = {}
    patterns = [bytes((65 + i,)) * size for i in range(8)]
    c.cmd("SET", "k", patterns[0])

    def write(c, i):
        for j in range(4):
            expect(c.cmd("SETRANGE", "k", "0", patterns[(i + j) % 8]), size)

    def read(c, _):
        for reply in c.pipeline([("GET", "k"), ("GETRANGE", "k", "0", "-1")] * 4):
            expect(len(reply), size)
            expect_true(reply == reply[:1] * size, "torn")
            letters[reply[:1]] = letters.get(reply[:1], 0) + 1

    Race(c.server).run(write, read, read, enough=lambda: len(letters) > 2)
    expect_true(len(letters) > 2, "too few values seen: %r" % letters)


@test("SETRANGE against GET and GETRANGE: never torn, 64 bytes")
def setrange_small(c):
    setrange_against_get(c, 64)


@test("SETRANGE against GET and GETRANGE: never torn, 30,000 bytes")
def setrange_large(c):
    setrange_against_get(c, 30000)


@test("SET of values of many sizes against GET: never torn")
def set_sizes(c):
    sizes = set()
    values = [bytes((65 + i,)) * (3**i + i) for i in range(10)]
    c.cmd("SET", "k", "A")

    def write(c, i):
        c.pipeline([("SET", "k", values[(i + j) % 10]) for j in range(10)])

    def read(c, _):
        for reply in batch(c, ["GET", "k"]):
            expect_true(reply == reply[:1] * len(reply), "torn")
            sizes.add(len(reply))

    Race(c.server).run(write, write, read, read, enough=lambda: len(sizes) > 4)
    expect_true(len(sizes) > 4, "too few sizes seen: %r" % sizes)


@test("INCR from several clients: each number once; GET never goes back")
def incr(c):
    given = []
    lock = threading.Lock()
    c.cmd("SET", "n", "0")

    def write(c, _):
        replies = batch(c, ["INCR", "n"], ["INCRBY", "n", "1"])
        expect_true(replies == sorted(set(replies)), "INCR went back")
        with lock:
            given.extend(replies)

    def read(c, _):
        values = [int(v) for v in batch(c, ["GET", "n"])]
        expect_true(values == sorted(values), "GET went back")

    Race(c.server).run(write, write, write, read)
    expect_true(
        sorted(given) == list(range(1, len(given) + 1)), "a number given twice"
    )
    expect(int(c.cmd("GET", "n")), len(given))
    note("%d increments" % len(given))


@test("DECR against INCR: nothing is lost")
def decr(c):
    done = [0, 0]

    def up(c, _):
        done[0] += len(batch(c, ["INCRBY", "n", "3"]))

    def down(c, _):
        done[1] += len(batch(c, ["DECRBY", "n", "2"]))

    Race(c.server).run(up, down)
    expect(int(c.cmd("GET", "n")), done[0] * 3 - done[1] * 2)


@test("RENAME there and back against MGET and EXISTS: one of the two names")
def rename_mget(c):
    seen = {}
    c.cmd("SET", "a", "v")

    def write(c, _):
        expect(batch(c, ["RENAME", "a", "b"], ["RENAME", "b", "a"]), [OK] * 2 * DEPTH)
        expect(c.cmd("RENAME", "a", "b"), OK)
        expect(c.cmd("RENAME", "b", "a"), OK)

    def read(c, _):
        for reply in batch(c, ["MGET", "a", "b"], ["EXISTS", "a", "b"]):
            if isinstance(reply, int):
                expect(reply, 1, "EXISTS a b")
                continue
            expect_true(
                reply in ([b"v", None], [None, b"v"]), "neither or both: %r" % reply
            )
            seen[reply[0]] = seen.get(reply[0], 0) + 1

    Race(c.server).run(write, read, read, enough=lambda: len(seen) == 2)
    note("a %d times, b %d times" % (seen.get(b"v", 0), seen.get(None, 0)))
    expect_true(len(seen) == 2, "too few")


@test("RENAME against GET: never neither, never both")
def rename_get(c):
    """Value i is set as a, then renamed to b. Whoever finds a gone must find
    the value at b; whoever finds value i at b must not find it at a."""
    seen = [0, 0]
    c.cmd("SET", "b", "-1")

    def write(c, i):
        requests = []
        for j in range(DEPTH):
            requests += [("SET", "a", i * DEPTH + j), ("RENAME", "a", "b")]
        expect(c.pipeline(requests[:-1]), [OK] * (2 * DEPTH - 1))
        expect(c.cmd(*requests[-1]), OK)

    def read(c, _):
        newest = -1
        replies = batch(c, ["GET", "a"], ["GET", "b"])
        for a, b, next_a in zip(replies[::2], replies[1::2], replies[2::2] + [None]):
            expect_true(b is not None, "b is gone")
            if a is None:
                expect_true(int(b) >= newest, "neither: b is %s" % b)
                seen[0] += 1
            else:
                newest = max(newest, int(a))
                expect_true(int(b) >= newest - 1, "b went back to %s" % b)
                seen[1] += 1
            newest = max(newest, int(b))
            if next_a is not None:
                expect_true(int(next_a) > int(b), "both: %s" % next_a)

    Race(c.server).run(write, read, read, read, enough=lambda: min(seen) > 20)
    note("a gone %d times, there %d times" % tuple(seen))
    expect_true(min(seen) > 20, "too few")


@test("SETNX as a lock: one owner at a time")
def lock(c):
    owners = [0]
    won = [0]
    guard = threading.Lock()

    def claim(c, _):
        if c.cmd("SETNX", "lock", "x") == 1:
            with guard:
                owners[0] += 1
                expect(owners[0], 1, "owners")
                won[0] += 1
            with guard:
                owners[0] -= 1
            expect(c.cmd("DEL", "lock"), 1)

    Race(c.server).run(claim, claim, claim, claim, enough=lambda: won[0] > 5)
    note("taken %d times" % won[0])
    expect_true(won[0] > 5, "too few")


@test("GETDEL hands each value to one client")
def getdel(c):
    got = []
    guard = threading.Lock()

    def take(c, _):
        values = [v for v in batch(c, ["GETDEL", "k"]) if v is not None]
        with guard:
            got.extend(values)

    def put(c, i):
        c.pipeline([("SETNX", "k", i * DEPTH + j) for j in range(DEPTH)])

    Race(c.server).run(put, take, take, enough=lambda: len(got) > 20)
    expect_true(len(got) == len(set(got)), "a value was taken twice")
    note("%d values taken" % len(got))
    expect_true(len(got) > 20, "too few")


@test("FLUSHALL against MSET and MGET: all or none")
def flushall(c):
    seen = {True: 0, False: 0}
    words = [w for key in KEYS for w in (key, "v")]

    def write(c, _):
        batch(c, ["MSET"] + words)

    def flush(c, _):
        c.pipeline([("FLUSHALL",)] * 2)

    def read(c, _):
        for reply in batch(c, ["MGET"] + KEYS):
            expect_true(len(set(reply)) == 1, "a mix: %r" % reply)
            seen[reply[0] is None] += 1

    Race(c.server).run(write, flush, read, enough=lambda: min(seen.values()) > 0)
    note("none %d times, all %d times" % (seen[True], seen[False]))
    expect_true(min(seen.values()) > 0, "too few")


if __name__ == "__main__":
    main(workers=4)
