#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""MEMORY, and the commands about what is not there: FUNCTION and MODULE."""

from baton_test import (
    NOT_INT,
    OK,
    REDIS,
    SYNTAX,
    Error,
    Verbatim,
    as_map,
    both,
    expect,
    expect_error,
    expect_true,
    main,
    wrong_n,
)


@both("MEMORY USAGE")
def usage(c):
    expect(c.cmd("MEMORY", "USAGE", "k"), None)
    c.cmd("SET", "k", "v")
    small = c.cmd("MEMORY", "USAGE", "k")
    expect_true(10 <= small <= 200, "small: %r" % small)
    c.cmd("SET", "k", "v" * 100000)
    large = c.cmd("MEMORY", "USAGE", "k")
    expect_true(100000 < large < 130000, "large: %r" % large)
    for n in 0, 1, 5:
        expect(c.cmd("MEMORY", "USAGE", "k", "SAMPLES", n), large)
    for bad in (("x",), ("SAMPLES",), ("x", "1"), ("SAMPLES", "-1")):
        expect(c.cmd("MEMORY", "USAGE", "k", *bad), SYNTAX)
    expect(c.cmd("MEMORY", "USAGE", "k", "SAMPLES", "x"), NOT_INT)
    expect(c.cmd("MEMORY", "USAGE"), wrong_n("memory|usage"))


COLLECTIONS = (
    ("RPUSH", "k", lambda n: ("e%d" % n,)),
    ("SADD", "k", lambda n: ("e%d" % n,)),
    ("HSET", "k", lambda n: ("f%d" % n, "v%d" % n)),
    ("ZADD", "k", lambda n: (str(n), "e%d" % n)),
)


@both("MEMORY USAGE of collections grows with them")
def usage_collections(c):
    have = c.cmd("COMMAND", "LIST")
    for name, key, element in COLLECTIONS:
        if name.lower().encode() not in have:
            continue
        c.cmd("DEL", key)
        c.cmd(name, key, *element(0))
        one = c.cmd("MEMORY", "USAGE", key, "SAMPLES", "0")
        c.pipeline([(name, key) + element(n) for n in range(5000)])
        many = c.cmd("MEMORY", "USAGE", key, "SAMPLES", "0")
        expect_true(one < 1000 and many > 5000 * 5, "%s: %d, %d" % (name, one, many))


STATS = """peak.allocated total.allocated startup.allocated replication.backlog
    clients.slaves clients.normal cluster.links aof.buffer lua.caches
    functions.caches overhead.total keys.count keys.bytes-per-key dataset.bytes
    dataset.percentage peak.percentage allocator.allocated allocator.active
    allocator.resident allocator-fragmentation.ratio
    allocator-fragmentation.bytes allocator-rss.ratio allocator-rss.bytes
    rss-overhead.ratio rss-overhead.bytes fragmentation
    fragmentation.bytes""".split()


@both("MEMORY STATS")
def stats(c):
    c.cmd("SELECT", "3")
    for n in range(100):
        c.cmd("SET", "k%d" % n, "x" * 1000)
    told = {k.decode(): v for k, v in as_map(c, c.cmd("MEMORY", "STATS")).items()}
    expect_true(set(told) == set(STATS) | {"db.3"}, "%r" % sorted(told))
    expect_true(list(told)[:10] == STATS[:10], "order")
    expect(told["keys.count"], 100)
    expect_true(told["dataset.bytes"] > 100000, "dataset")
    expect_true(told["peak.allocated"] >= told["total.allocated"], "peak")
    as_map(c, told["db.3"])
    kind = float if c.proto == 3 else bytes
    for name in STATS:
        if name.endswith(("ratio", "percentage")) or name == "fragmentation":
            expect_true(isinstance(told[name], kind), name)
        else:
            expect_true(isinstance(told[name], int), name)
    c.cmd("FLUSHALL")
    expect_true(b"db.3" not in as_map(c, c.cmd("MEMORY", "STATS")), "an empty one")


@both("MEMORY DOCTOR, PURGE, HELP")
def the_rest(c):
    doctor = c.cmd("MEMORY", "DOCTOR")
    expect_true(isinstance(doctor, Verbatim) == (c.proto == 3), "%r" % doctor)
    expect(c.cmd("MEMORY", "PURGE"), OK)
    expect(c.cmd("MEMORY", "HELP")[0], lambda t: "MEMORY" in t)
    expect(c.cmd("MEMORY"), wrong_n("memory"))
    expect_error(c.cmd("MEMORY", "NOSUCH"), "ERR unknown subcommand 'NOSUCH'")


@both("FUNCTION FLUSH and LIST: there are none")
def functions(c):
    for words in ((), ("SYNC",), ("async",)):
        expect(c.cmd("FUNCTION", "FLUSH", *words), OK)
    expect(
        c.cmd("FUNCTION", "FLUSH", "x"),
        Error("ERR FUNCTION FLUSH only supports SYNC|ASYNC option"),
    )
    expect(
        c.cmd("FUNCTION", "FLUSH", "ASYNC", "x"),
        Error(
            "ERR unknown subcommand or wrong number of arguments for 'FLUSH'. "
            "Try FUNCTION HELP."
        ),
    )
    for words in ((), ("WITHCODE",), ("withcode", "libraryname", "x")):
        expect(c.cmd("FUNCTION", "LIST", *words), [])
    expect(
        c.cmd("FUNCTION", "LIST", "x"), Error("ERR Unknown argument x")
    )
    expect(
        c.cmd("FUNCTION", "LIST", "withcode", "withcode"),
        Error("ERR Unknown argument withcode"),
    )
    expect(
        c.cmd("FUNCTION", "LIST", "libraryname"),
        Error("ERR library name argument was not given"),
    )
    expect(c.cmd("FUNCTION", "HELP")[0], lambda t: "FUNCTION" in t)


@both("MODULE LIST: there are none")
def modules(c):
    expect(c.cmd("MODULE", "LIST"), [])
    expect(c.cmd("MODULE", "LIST", "x"), wrong_n("module|list"))
    expect(c.cmd("MODULE", "HELP")[0], lambda t: "MODULE" in t)
    if not REDIS:
        expect_error(c.cmd("MODULE", "LOAD", "x"), "ERR unknown subcommand 'LOAD'")


if __name__ == "__main__":
    main()
