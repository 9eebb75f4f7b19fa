#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Transactions whose keys many clients change at once: nothing is seen half
done, nothing is lost."""

import os
import threading
import time

from baton_test import TIMEOUT, expect, expect_true, main, note, parallel, test

SECONDS = float(os.environ.get("ATOMIC_SECONDS", "1"))


def run_for(s, enough, *functions):
    """Each fn(client) again and again on a connection of its own, for a while and
    until enough() says so, on a slow machine."""
    stop = threading.Event()

    def loop(fn):
        def run():
            try:
                with s.client() as c:
                    end = time.monotonic() + SECONDS
                    while not stop.is_set() and (
                        time.monotonic() < end
                        or (time.monotonic() < end + TIMEOUT and not enough())
                    ):
                        fn(c)
            except BaseException:
                stop.set()
                raise
        return run

    parallel(*(loop(fn) for fn in functions))


@test("transfers between accounts: the sum never changes")
def transfers(c):
    s = c.server
    n = 8
    accounts = ["account:%d" % i for i in range(n)]
    c.cmd("MSET", *(x for a in accounts for x in (a, 100)))
    moves, sums = [0], [0]

    def transfer(c):
        for i in range(10):
            k = moves[0]
            a, b = accounts[k % n], accounts[(k * 3 + 1) % n]
            replies = c.pipeline(
                [["MULTI"], ["DECRBY", a, 7], ["INCRBY", b, 7], ["EXEC"]]
            )
            expect_true(isinstance(replies[3], list), "EXEC ran")
            moves[0] += 1

    def sum_by_exec(c):
        replies = c.pipeline(
            [["MULTI"]] + [["GET", a] for a in accounts] + [["EXEC"]]
        )
        expect(sum(int(v) for v in replies[-1]), 100 * n)
        sums[0] += 1

    def sum_by_mget(c):
        for values in c.pipeline([["MGET"] + accounts] * 5):
            expect(sum(int(v) for v in values), 100 * n)
        sums[0] += 1

    def enough():
        return moves[0] > 20 and sums[0] > 20

    run_for(s, enough, transfer, transfer, transfer, sum_by_exec, sum_by_mget)
    note("%d transfers, %d sums" % (moves[0], sums[0]))
    expect_true(enough(), "enough happened")


@test("one key set twice in EXEC: nobody reads the first value")
def one_key_twice(c):
    s = c.server
    c.cmd("SET", "twice", "b")
    reads = [0]

    def write(c):
        c.pipeline(
            [["MULTI"], ["SET", "twice", "a"], ["SET", "twice", "b"], ["EXEC"]]
            * 10
        )

    def read(c):
        expect(c.pipeline([["GET", "twice"]] * 50), [b"b"] * 50)
        reads[0] += 1

    run_for(s, lambda: reads[0] > 20, write, write, read, read)
    expect_true(reads[0] > 20, "enough happened")


@test("counters by WATCH and EXEC lose nothing")
def compare_and_set(c):
    s = c.server
    keys = ["cas:1", "cas:2", "cas:3"]
    c.cmd("MSET", *(x for k in keys for x in (k, 0)))
    done, lost, lock = [0, 0, 0], [0], threading.Lock()

    def increment(c):
        for i, key in enumerate(keys):
            c.cmd("WATCH", key)
            v = int(c.cmd("GET", key))
            replies = c.pipeline(
                [["MULTI"], ["SET", key, v + 1], ["GET", keys[0]], ["EXEC"]]
            )
            with lock:
                if replies[3] is None:
                    lost[0] += 1
                else:
                    done[i] += 1

    run_for(s, lambda: sum(done) > 20, *([increment] * 5))
    expect([int(v) for v in c.cmd("MGET", *keys)], done)
    note("%d increments, %d refused" % (sum(done), lost[0]))
    expect_true(sum(done) > 20, "enough happened")


if __name__ == "__main__":
    main(workers=4)
