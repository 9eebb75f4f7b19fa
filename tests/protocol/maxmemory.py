#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""maxmemory: writes refused, keys evicted, what clients' buffers count."""

from baton_test import (
    OK,
    Error,
    both,
    encode,
    expect,
    expect_true,
    main,
    test,
    wait_until,
)

OOM = Error("OOM command not allowed when used memory > 'maxmemory'.")
BLOCK = b"x" * 1000


def set_options(c, **options):
    args = []
    for name, value in options.items():
        args += [name.replace("_", "-"), value]
    expect(c.cmd("CONFIG", "SET", *args), OK)


def reset(c):
    set_options(c, maxmemory=0, maxmemory_policy="noeviction")
    c.cmd("FLUSHALL")


def fill(c, n, prefix="k", value=BLOCK, *more):
    return c.pipeline([("SET", "%s%d" % (prefix, i), value) + more for i in range(n)])


@both("noeviction refuses what needs memory, and nothing else")
def noeviction(c):
    c.cmd("SET", "there", "v")
    set_options(c, maxmemory="1mb")
    replies = fill(c, 3000)
    expect(replies[0], OK)
    expect(replies[-1], OOM)
    n = sum(r == OK for r in replies)
    expect_true(500 < n < 1100, "%d keys of 1000 bytes in 1 MB" % n)
    expect_true(replies == [OK] * n + [OOM] * (3000 - n), "the first refusal is final")
    expect(c.cmd("GET", "there"), "v")
    expect(c.cmd("INCR", "n"), OOM)
    expect(c.cmd("DEL", "k0", "k1", "k2", "k3"), 4)
    expect(c.cmd("SET", "k0", "v"), OK)
    expect_true(c.server.info(c)["evicted_keys"] == "0", "evicted_keys")
    set_options(c, maxmemory=0)
    expect(c.cmd("SET", "k1", BLOCK), OK)
    reset(c)


@test("allkeys policies keep the data below the limit")
def allkeys(c):
    for policy in ("allkeys-lru", "allkeys-lfu", "allkeys-random"):
        c.cmd("CONFIG", "RESETSTAT")
        set_options(c, maxmemory="2mb", maxmemory_policy=policy)
        expect_true(all(r == OK for r in fill(c, 5000)), policy)
        set_options(c, maxmemory=0)  # what else goes, goes now

        def evicted():
            return int(c.server.info(c)["evicted_keys"])

        wait_until(lambda: evicted() + c.cmd("DBSIZE") == 5000, "each one counted")
        n = c.cmd("DBSIZE")
        expect_true(1000 < n < 2100, "%s: %d keys of 1000 bytes in 2 MB" % (policy, n))
        reset(c)


@test("volatile policies let keys with a time to live go, and then refuse")
def volatile(c):
    for policy in ("volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"):
        set_options(c, maxmemory="2mb", maxmemory_policy=policy)
        expect_true(all(r == OK for r in fill(c, 500, "plain")), policy)
        expect_true(all(r == OK for r in fill(c, 3000, "t", BLOCK, "EX", 10000)), policy)
        expect(c.cmd("EXISTS", *["plain%d" % i for i in range(500)]), 500, policy)
        replies = fill(c, 3000, "more")
        expect(replies[-1], OOM, policy)
        expect_true(",expires=0," in c.server.info(c)["db0"], policy)
        reset(c)


@test("lru keeps what is read, lfu what is read often")
def keeps(c):
    for policy in ("allkeys-lru", "allkeys-lfu"):
        set_options(c, maxmemory="4mb", maxmemory_policy=policy)
        expect_true(all(r == OK for r in fill(c, 300, "hot")), policy)
        lost = 0
        for i in range(100):
            lost += sum(
                r is None for r in c.pipeline([("GET", "hot%d" % j) for j in range(300)])
            )
            fill(c, 100, "cold%d-" % i)
            if policy == "allkeys-lru" and i % 20 == 19:
                c.cmd("DEBUG", "SLEEP", "1")  # its clock counts seconds
        expect_true(lost <= 150, "%s: %d of 30000 reads of hot keys missed" % (policy, lost))
        reset(c)


@both("OBJECT FREQ and IDLETIME follow the policy")
def freq(c):
    c.cmd("SET", "k", "v")
    expect(c.cmd("OBJECT", "IDLETIME", "k"), lambda v: v < 60)
    expect(
        c.cmd("OBJECT", "FREQ", "k"),
        Error(
            "ERR An LFU maxmemory policy is not selected, access frequency not "
            "tracked. Please note that when switching between policies at runtime "
            "LRU and LFU data will take some time to adjust."
        ),
    )
    set_options(c, maxmemory_policy="allkeys-lfu", lfu_log_factor=0)
    c.cmd("SET", "new", "v")
    expect(c.cmd("OBJECT", "FREQ", "new"), 5)
    for _ in range(10):
        c.cmd("GET", "new")
    expect(c.cmd("OBJECT", "FREQ", "new"), 15)
    expect(
        c.cmd("OBJECT", "IDLETIME", "new"),
        Error(
            "ERR An LFU maxmemory policy is selected, idle time not tracked. Please "
            "note that when switching between policies at runtime LRU and LFU data "
            "will take some time to adjust."
        ),
    )
    set_options(c, maxmemory_policy="noeviction", lfu_log_factor=10)
    reset(c)


@test("a lower limit is reached without anybody's writing")
def lower(c):
    expect_true(all(r == OK for r in fill(c, 3000)), "SET")
    set_options(c, maxmemory="1mb", maxmemory_policy="allkeys-lru")
    wait_until(lambda: c.cmd("DBSIZE") < 1100, "keys to go")
    reset(c)


@test("clients' buffers count")
def buffers(c):
    set_options(c, maxmemory="20mb", maxmemory_policy="noeviction")
    c.cmd("SET", "big", b"x" * 1000000)
    expect(c.cmd("SET", "k", "v"), OK)
    slow = c.server.client()
    slow.send_raw(encode("GET", "big") * 40)

    def refused():
        return c.pipeline([("SET", "k", "v")] * 1500)[-1] == OOM

    set_options(c, maxmemory="1500000")
    wait_until(refused, "unread replies to fill the memory")
    slow.close()
    wait_until(lambda: c.cmd("SET", "k", "v") == OK, "the room to come back")
    reset(c)


if __name__ == "__main__":
    main(enable_debug_command="yes")
