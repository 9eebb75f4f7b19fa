#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Transactions: what MULTI queues, and what EXEC, DISCARD and RESET do with it.
Watched keys are in multi_watch.py."""

import re

from baton_test import (
    OK,
    QUEUED,
    Closed,
    Error,
    Status,
    both,
    expect,
    expect_error,
    expect_true,
    main,
    test,
)

ABORTED = Error(
    "EXECABORT Transaction discarded because of previous errors."
)


def field(c, name):
    line = c.cmd("CLIENT", "INFO").decode()
    return re.search(r" %s=(\S*)" % name, line).group(1)


def field_of(c, id, name):
    line = c.cmd("CLIENT", "LIST", "ID", id).decode()
    return re.search(r" %s=(\S*)" % name, line).group(1)


@both("EXEC answers with the replies of all commands")
def exec_replies(c):
    c.cmd("DEL", "k", "n")
    expect(c.cmd("MULTI"), OK)
    for request in ("SET k v", "GET k", "GET none", "INCR n", "MGET k n", "PING"):
        expect(c.cmd(*request.split()), QUEUED)
    expect(
        c.cmd("EXEC"), [OK, b"v", None, 1, [b"v", b"1"], Status("PONG")]
    )
    expect(c.cmd("GET", "k"), b"v")


@both("an empty transaction is an empty array")
def empty(c):
    c.cmd("MULTI")
    expect(c.cmd("EXEC"), [])


@both("nothing of it is done before EXEC, nor after DISCARD")
def discard(c):
    s = c.server
    with s.client() as other:
        other.cmd("SET", "k", "old")
        c.cmd("MULTI")
        expect(c.cmd("SET", "k", "new"), QUEUED)
        expect(other.cmd("GET", "k"), b"old")
        expect(c.cmd("DISCARD"), OK)
        expect(c.cmd("GET", "k"), b"old")
    expect(c.cmd("EXEC"), Error("ERR EXEC without MULTI"))


@both("EXEC and DISCARD without MULTI")
def without(c):
    expect(c.cmd("EXEC"), Error("ERR EXEC without MULTI"))
    expect(c.cmd("DISCARD"), Error("ERR DISCARD without MULTI"))


@both("MULTI within MULTI is refused and does no harm")
def nested(c):
    c.cmd("MULTI")
    expect(c.cmd("MULTI"), Error("ERR MULTI calls can not be nested"))
    expect(c.cmd("PING"), QUEUED)
    expect(c.cmd("EXEC"), [Status("PONG")])


@both("WATCH within MULTI is refused and does no harm")
def nested_watch(c):
    s = c.server
    c.cmd("MULTI")
    expect(c.cmd("WATCH", "k"), Error("ERR WATCH inside MULTI is not allowed"))
    with s.client() as other:
        other.cmd("SET", "k", "x")
    expect(c.cmd("EXEC"), [])


@both("a command that is refused makes EXEC abort")
def abort(c):
    for bad in ("nonsense a", "GET", "CLIENT nonsense", "SHUTDOWN NOSAVE"):
        c.cmd("SET", "k", "old")
        c.cmd("MULTI")
        expect(c.cmd("SET", "k", "new"), QUEUED)
        expect_error(c.cmd(*bad.split()), "ERR")
        expect(c.cmd("SET", "k", "newer"), QUEUED)
        expect(c.cmd("EXEC"), ABORTED, bad)
        expect(c.cmd("GET", "k"), b"old")
        expect(c.cmd("EXEC"), Error("ERR EXEC without MULTI"))


@both("what may not be queued is refused by name")
def no_multi(c):
    c.cmd("MULTI")
    expect(
        c.cmd("SHUTDOWN"), Error("ERR Command not allowed inside a transaction")
    )
    expect(c.cmd("DISCARD"), OK)
    c.cmd("MULTI")
    expect(c.cmd("EXEC"), [])


@both("an EXEC that is refused itself discards")
def exec_refused(c):
    c.cmd("MULTI")
    c.cmd("SET", "k", "x")
    expect(
        c.cmd("EXEC", "now"),
        Error(
            "EXECABORT Transaction discarded because of: "
            "wrong number of arguments for 'exec' command"
        ),
    )
    expect(c.cmd("EXEC"), Error("ERR EXEC without MULTI"))


@both("DISCARD, MULTI, UNWATCH take no arguments; WATCH takes keys")
def arity(c):
    for name in ("DISCARD x", "MULTI x", "UNWATCH x", "WATCH"):
        expect(
            c.cmd(*name.split()),
            Error(
                "ERR wrong number of arguments for '%s' command"
                % name.split()[0].lower()
            ),
        )


@both("an error of a command in EXEC is an element, and the rest is done")
def errors_inside(c):
    c.cmd("SET", "k", "text")
    c.cmd("MULTI")
    for request in ("SET a 1", "INCR k", "SET b 2", "SELECT 999"):
        expect(c.cmd(*request.split()), QUEUED)
    replies = c.cmd("EXEC")
    expect(replies[0], OK)
    expect_error(replies[1], "ERR value is not an integer")
    expect(replies[2], OK)
    expect_error(replies[3], "ERR DB index is out of range")
    expect(c.cmd("MGET", "a", "b"), [b"1", b"2"])


@both("errors in EXEC are counted each once")
def errors_counted(c):
    s = c.server
    c.cmd("CONFIG", "RESETSTAT")
    c.cmd("SET", "k", "text")
    c.cmd("MULTI")
    c.cmd("INCR", "k")
    c.cmd("INCR", "k")
    c.cmd("EXEC")
    info = c.cmd("INFO", "everything").decode()
    expect_true("errorstat_ERR:count=2\r\n" in info, "two errors")
    expect_true("total_error_replies:2\r\n" in info, "two error replies")
    expect_true(
        re.search(r"cmdstat_incr:calls=2,.*failed_calls=2\r\n", info),
        "failed calls of INCR",
    )
    expect_true(
        re.search(r"cmdstat_exec:calls=1,.*failed_calls=0\r\n", info),
        "EXEC did not fail",
    )


@both("SELECT in a transaction counts for what follows")
def select_inside(c):
    c.cmd("FLUSHALL")
    c.cmd("MULTI")
    for request in ("SET k 0", "SELECT 1", "SET k 1", "DBSIZE", "SELECT 2", "GET k"):
        expect(c.cmd(*request.split()), QUEUED)
    expect(c.cmd("EXEC"), [OK, OK, OK, 1, OK, None])
    expect(c.cmd("GET", "k"), None)
    c.cmd("SELECT", 1)
    expect(c.cmd("GET", "k"), b"1")
    c.cmd("SELECT", 0)
    expect(c.cmd("GET", "k"), b"0")


@both("commands that walk over all keys, in a transaction")
def walks_inside(c):
    c.cmd("FLUSHALL")
    c.cmd("MSET", "a", 1, "b", 2, "c", 3)
    c.cmd("MULTI")
    requests = "SET d 4|KEYS *|SCAN 0 COUNT 1000|DBSIZE|RANDOMKEY|FLUSHDB|KEYS *"
    for request in requests.split("|") + ["RANDOMKEY", "SET e 5", "DBSIZE"]:
        expect(c.cmd(*request.split()), QUEUED)
    r = c.cmd("EXEC")
    names = [b"a", b"b", b"c", b"d"]
    expect(sorted(r[1]), names)
    expect(r[2][0], b"0")
    expect(sorted(r[2][1]), names)
    expect(r[3], 4)
    expect_true(r[4] in names, "a random key")
    expect(r[5:], [OK, [], None, OK, 1])


@both("locks of the options are taken in a transaction")
def config_inside(c):
    c.cmd("SET", "k", "v")
    c.cmd("MULTI")
    for request in ("GET k", "CONFIG GET timeout", "CONFIG SET timeout 0",
                    "CLIENT LIST", "INFO server", "CLIENT SETNAME me"):
        expect(c.cmd(*request.split()), QUEUED)
    r = c.cmd("EXEC")
    expect(r[0], b"v")
    expect(r[2], OK)
    expect(r[5], OK)


@both("keys that are found by looking at the arguments")
def strange_arguments(c):
    c.cmd("MULTI")
    expect(c.cmd("MSET", "a", "1", "b"), QUEUED)
    expect(c.cmd("OBJECT", "ENCODING", "a"), QUEUED)
    expect(c.cmd("RENAME", "none", "other"), QUEUED)
    r = c.cmd("EXEC")
    expect_error(r[0], "ERR wrong number of arguments for")
    expect_error(r[2], "ERR no such key")


@both("large and empty arguments come back as they were")
def arguments(c):
    values = [b"", b"\0\r\n", b"x" * 70000, b"y" * 1000000]
    c.cmd("MULTI")
    for i, value in enumerate(values):
        c.cmd("SET", "k%d" % i, value)
        c.cmd("GET", "k%d" % i)
    expect(c.cmd("EXEC"), [x for v in values for x in (OK, v)])


@both("a long queue in one pipeline")
def long_queue(c):
    c.cmd("DEL", "n")
    requests = [["MULTI"]] + [["INCR", "n"]] * 5000 + [["EXEC"]]
    replies = c.pipeline(requests)
    expect(replies[1:-1], [QUEUED] * 5000)
    expect(replies[-1], list(range(1, 5001)))


@test("HELLO in a transaction changes the protocol midway")
def hello_inside(c):
    c.cmd("MULTI")
    c.cmd("HELLO", "3")
    c.cmd("GET", "none")
    c.keep_raw = True
    r = c.cmd("EXEC")
    expect(r[1], None)
    expect_true(c.raw.endswith(b"_\r\n"), "a null of RESP3")


@test("CLIENT REPLY in a transaction")
def reply_inside(c):
    c.cmd("MULTI")
    c.cmd("CLIENT", "REPLY", "SKIP")
    c.send("EXEC")
    c.send("PING")
    c.send("ECHO", "seen")
    expect_true(c.read_line().startswith(b"*1"), "the head of EXEC's reply")
    expect(c.read_reply(), b"seen")


@both("QUIT in a transaction is not queued")
def quit_inside(c):
    s = c.server
    with s.client() as other:
        other.cmd("MULTI")
        other.cmd("SET", "k", "quit")
        expect(other.cmd("QUIT"), OK)
        expect_true(other.at_end(), "closed")
    expect_true(c.cmd("GET", "k") != b"quit", "not done")


@both("RESET ends a transaction and its watches")
def reset(c):
    s = c.server
    c.cmd("WATCH", "k")
    c.cmd("MULTI")
    c.cmd("SET", "k", "reset")
    expect(c.cmd("RESET"), Status("RESET"))
    expect(c.cmd("EXEC"), Error("ERR EXEC without MULTI"))
    expect_true(field(c, "multi") == "-1", "no MULTI")
    with s.client() as other:
        other.cmd("SET", "k", "x")
    c.cmd("MULTI")
    expect(c.cmd("EXEC"), [])


@both("CLIENT LIST tells MULTI and what it queued")
def client_list(c):
    s = c.server
    id = c.cmd("CLIENT", "ID")
    with s.client() as other:
        expect_true(field_of(other, id, "multi") == "-1", "multi=")
        c.cmd("WATCH", "k")
        c.cmd("MULTI")
        expect_true(field_of(other, id, "multi") == "0", "multi=")
        c.cmd("PING")
        c.cmd("PING")
        expect_true(field_of(other, id, "multi") == "2", "multi=")
        expect_true("x" in field_of(other, id, "flags"), "flag x")
        expect_true("d" not in field_of(other, id, "flags"), "no flag d")
        other.cmd("SET", "k", "1")
        expect_true("d" in field_of(other, id, "flags"), "flag d")
        expect(c.cmd("EXEC"), None)
        expect_true(field_of(other, id, "multi") == "-1", "multi=")
        expect_true("x" not in field_of(other, id, "flags"), "no flag x")
        expect_true("d" not in field_of(other, id, "flags"), "no flag d")


@test("a queue beyond client-query-buffer-limit closes the client")
def too_long(c):
    s = c.server
    part = b"x" * 4500000
    with s.client() as other:
        other.cmd("MULTI")
        for _ in range(4):
            expect(other.cmd("SET", "k", part), QUEUED)
        try:
            for _ in range(3):  # the reference notices a request later
                other.cmd("SET", "k", part)
            raise AssertionError("still connected")
        except (Closed, OSError):
            pass
    expect(c.cmd("PING"), Status("PONG"))


if __name__ == "__main__":
    main(workers=4, client_query_buffer_limit="20mb")
