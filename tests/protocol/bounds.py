#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What would hold others up: numbers without bounds, and databases that change
places under those who walk in them."""

import os
import time

from baton_test import OK, expect, expect_true, main, parallel, test, wait_until

MOST = 9223372036854775807


def cpu_seconds(pid):
    with open("/proc/%d/stat" % pid) as f:
        words = f.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


@test("random members without number, for nobody: others go on")
def unheard(c):
    c.cmd("SADD", "s", "a", "b")
    c.cmd("HSET", "h", "f", "v")
    c.cmd("ZADD", "z", "1", "m")
    silent = c.server.client()
    silent.send("CLIENT", "REPLY", "OFF")
    silent.send("SRANDMEMBER", "s", str(-MOST))
    silent.send("HRANDFIELD", "h", str(-MOST))
    silent.send("ZRANDMEMBER", "z", str(-MOST))
    silent.send("CLIENT", "REPLY", "ON")
    expect(silent.read_reply(), OK)
    expect(c.cmd("SADD", "s", "c"), 1)
    silent.close()


@test("a client over its output limit ends a reply without end")
def over_limit(c):
    c.cmd("CONFIG", "SET", "client-output-buffer-limit", "normal 4mb 0 0")
    c.cmd("SADD", "s", "a" * 100)
    greedy = c.server.client()
    greedy.cmd("PING")  # it is in the list from now on
    greedy.send("SRANDMEMBER", "s", str(-MOST // 2))
    wait_until(lambda: c.cmd("CLIENT", "LIST").count(b"\n") == 1, "it to be closed")
    expect(c.cmd("SADD", "s", "b"), 1)
    greedy.close()
    c.cmd("CONFIG", "SET", "client-output-buffer-limit", "normal 0 0 0")


@test("a time-out of centuries does not come at once")
def centuries(c):
    waiter = c.server.client()
    waiter.send("BLPOP", "nokey", "18446744074")
    waits = lambda: b"flags=b" in c.cmd("CLIENT", "LIST")
    wait_until(waits, "it to wait")
    time.sleep(0.6)
    expect_true(waits(), "still waiting")
    expect(c.cmd("RPUSH", "nokey", "v"), 1)
    expect(waiter.read_reply(), ["nokey", "v"])
    waiter.close()


@test("a pause of centuries costs no CPU, and ends")
def pause(c):
    held = c.server.client()
    expect(c.cmd("CLIENT", "PAUSE", "18446744073710", "WRITE"), OK)
    held.send("SET", "k", "v")
    began, before = time.monotonic(), cpu_seconds(c.server.process.pid)
    time.sleep(1)
    spent = cpu_seconds(c.server.process.pid) - before
    spent /= time.monotonic() - began
    expect(c.cmd("CLIENT", "UNPAUSE"), OK)
    expect(held.read_reply(), OK)
    expect_true(spent < 0.3, "%.2f s of CPU in a second of the pause" % spent)
    held.close()


@test("SWAPDB under RANDOMKEY, SCAN, expiry and eviction")
def swaps(c):
    c.cmd("CONFIG", "SET", "maxmemory", "2mb", "maxmemory-policy", "allkeys-lru")
    end = time.time() + 3

    def loop(n, *requests):
        client = c.server.client()
        i = 0
        while time.time() < end:
            client.pipeline([r(i + k) for k in range(50) for r in requests])
            i += 50
        client.close()

    parallel(
        lambda: loop(0, lambda i: ("SWAPDB", 0, 1)),
        lambda: loop(1, lambda i: ("SET", "k%d" % i, "x" * 500, "PX", 200)),
        lambda: loop(2, lambda i: ("RANDOMKEY",), lambda i: ("SCAN", "0", "COUNT", "100")),
        lambda: loop(3, lambda i: ("SET", "other%d" % (i % 3000), "y" * 300)),
    )
    c.cmd("CONFIG", "SET", "maxmemory", "0")
    expect(c.cmd("FLUSHALL"), OK)
    wait_until(lambda: c.cmd("DBSIZE") == 0, "nothing left")
    expect_true("db1" not in c.server.info(c), "an empty keyspace")


if __name__ == "__main__":
    main()
