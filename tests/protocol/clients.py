#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Clients as seen by others: CLIENT PAUSE and UNPAUSE, CLIENT LIST in parts."""

import socket
import threading
import time

from admin_support import not_redis
from baton_test import (
    OK,
    REDIS,
    Error,
    Server,
    Verbatim,
    both,
    encode,
    expect,
    expect_true,
    main,
    parallel,
    test,
    wait_until,
)


def waits(c, seconds=0.05):
    """True when nothing comes for that long."""
    before = c.sock.gettimeout()
    c.sock.settimeout(seconds)
    try:
        c.fill()
    except socket.timeout:
        return True
    finally:
        c.sock.settimeout(before)
    return False


def blocked(c):
    info = c.cmd("INFO", "clients").decode()
    return int(info.split("blocked_clients:")[1].split()[0])


# ---- PAUSE ------------------------------------------------------------------


@both("CLIENT PAUSE: errors")
def pause_errors(c):
    def pause(*args):
        return c.cmd("CLIENT", "PAUSE", *args)

    error = Error("ERR timeout is not an integer or out of range")
    expect(pause("x"), error)
    expect(pause("1.5"), error)
    expect(pause("-1"), Error("ERR timeout is negative"))
    if not REDIS:  # 7.0 takes it, and the sum of it and now is in the past
        error = Error("ERR timeout is out of range")
        expect(pause("9223372036854775807"), error)
    error = Error("ERR CLIENT PAUSE mode must be WRITE or ALL")
    expect(pause("10", "read"), error)
    expect(
        pause("10", "write", "x"),
        Error(
            "ERR unknown subcommand or wrong number of arguments for 'PAUSE'. "
            "Try CLIENT HELP."
        ),
    )
    wrong = "ERR wrong number of arguments for 'client|%s' command"
    expect(pause(), Error(wrong % "pause"))
    expect(c.cmd("CLIENT", "UNPAUSE", "x"), Error(wrong % "unpause"))
    expect(c.cmd("CLIENT", "UNPAUSE"), OK)


@both("CLIENT PAUSE WRITE: reads go on, writes wait until UNPAUSE")
def pause_write(c):
    c.cmd("SET", "k", "before")
    others = [c.server.client(c.proto) for _ in range(8)]
    expect(c.cmd("CLIENT", "PAUSE", "100000", "WRITE"), OK)
    for n, other in enumerate(others):
        expect(other.cmd("GET", "k"), "before")
        expect(other.cmd("PING", "x"), "x")
        expect(other.cmd("SET", "k"), lambda e: isinstance(e, Error))
        other.send("SET", "k%d" % n, "v")
        other.send("GET", "k%d" % n)
    for other in others:
        expect_true(waits(other, 0.02), "a write came through")
    wait_until(lambda: blocked(c) == 8, "8 blocked clients")
    for n in range(len(others)):
        expect(c.cmd("GET", "k%d" % n), None)
    expect(c.cmd("CLIENT", "UNPAUSE"), OK)
    for other in others:
        expect(other.read_reply(), OK)
        expect(other.read_reply(), "v")
        other.close()
    expect(c.cmd("SET", "k", "after"), OK)
    wait_until(lambda: blocked(c) == 0, "no blocked clients")


@both("CLIENT PAUSE: ends by itself")
def pause_ends(c):
    with c.server.client(c.proto) as other:
        start = time.monotonic()
        expect(c.cmd("CLIENT", "PAUSE", "150", "WRITE"), OK)
        expect(other.cmd("SET", "k", "v"), OK)
        took = time.monotonic() - start
        expect_true(0.145 <= took < 60, "it took %.3f s" % took)
        expect(c.cmd("CLIENT", "PAUSE", "0"), OK)
        expect(other.cmd("SET", "k", "v"), OK)


@both("CLIENT PAUSE ALL: everything waits, UNPAUSE as well")
def pause_all(c):
    with c.server.client(c.proto) as other:
        for mode in ((), ("ALL",)):
            start = time.monotonic()
            expect(c.cmd("CLIENT", "PAUSE", "100", *mode), OK)
            c.send("CLIENT", "UNPAUSE")
            expect(other.cmd("PING"), lambda r: r == "PONG")
            took = time.monotonic() - start
            expect_true(0.095 <= took < 60, "it took %.3f s" % took)
            expect(c.read_reply(), OK)


@both("CLIENT PAUSE: a second one makes it longer and stricter, never less so")
def pause_twice(c):
    with c.server.client(c.proto) as other:
        start = time.monotonic()
        expect(c.cmd("CLIENT", "PAUSE", "200", "WRITE"), OK)
        expect(c.cmd("CLIENT", "PAUSE", "1", "WRITE"), OK)
        expect(other.cmd("SET", "k", "v"), OK)
        expect_true(time.monotonic() - start >= 0.195, "made shorter")
        start = time.monotonic()
        expect(c.cmd("CLIENT", "PAUSE", "50", "WRITE"), OK)
        expect(c.cmd("CLIENT", "PAUSE", "200", "WRITE"), OK)
        expect(other.cmd("SET", "k", "v"), OK)
        expect_true(time.monotonic() - start >= 0.195, "not made longer")


@both("CLIENT PAUSE: a pipeline goes on where it stopped")
def pause_pipeline(c):
    expect(c.cmd("CLIENT", "PAUSE", "100000", "WRITE"), OK)
    with c.server.client(c.proto) as other:
        other.send_raw(
            encode("GET", "n")
            + b"".join(encode("INCR", "n") + encode("GET", "n") for _ in range(50))
        )
        expect(other.read_reply(), None)
        expect_true(waits(other), "a write came through")
        expect(c.cmd("CLIENT", "UNPAUSE"), OK)
        for n in range(1, 51):
            expect(other.read_reply(), n)
            expect(other.read_reply(), str(n))


@both("CLIENT PAUSE: waiting clients may be killed, or go")
def pause_gone(c):
    expect(c.cmd("CLIENT", "PAUSE", "100000", "WRITE"), OK)
    other = c.server.client(c.proto)
    ident = other.cmd("CLIENT", "ID")
    other.send("SET", "k", "v")
    wait_until(lambda: blocked(c) == 1, "a blocked client")
    expect(c.cmd("CLIENT", "KILL", "ID", str(ident)), 1)
    wait_until(lambda: blocked(c) == 0, "that it is gone")
    other.close()
    other = c.server.client(c.proto)
    other.send("SET", "k", "v")
    wait_until(lambda: blocked(c) == 1, "a blocked client")
    other.close()
    wait_until(lambda: blocked(c) == 0, "that it is gone")
    expect(c.cmd("CLIENT", "UNPAUSE"), OK)
    expect(c.cmd("GET", "k"), None)


@both("CLIENT PAUSE: expired keys are not removed meanwhile")
def pause_expiry(c):
    for ttl in ("20", "500", "5000", "20000"):  # it must outlive our slowness
        c.cmd("SET", "k", "v", "PX", ttl)
        expect(c.cmd("CLIENT", "PAUSE", "100000", "WRITE"), OK)
        if c.cmd("GET", "k") is not None:
            break
        expect(c.cmd("CLIENT", "UNPAUSE"), OK)
    wait_until(lambda: c.cmd("GET", "k") is None, "the key's end")
    time.sleep(0.3)
    expect(c.cmd("DBSIZE"), 1)
    expect(c.cmd("GET", "k"), None)
    expect(c.cmd("DBSIZE"), 1)
    expect(c.cmd("CLIENT", "UNPAUSE"), OK)
    wait_until(lambda: c.cmd("DBSIZE") == 0, "that the key is removed")


@test("CLIENT PAUSE: after its answer nothing is written", client=False)
def pause_strict():
    with Server(workers=3) as server:
        stop = threading.Event()

        def write(n):
            with server.client() as c:
                while not stop.is_set():
                    c.pipeline([("INCR", "n%d" % n), ("MSET", "a", n, "b", n)] * 8)

        def look():
            with server.client() as c:
                keys = ["n0", "n1", "n2", "n3"]
                for _ in range(40):
                    expect(c.cmd("CLIENT", "PAUSE", "100000", "WRITE"), OK)
                    first = c.cmd("MGET", *keys)
                    time.sleep(0.002)
                    expect(c.cmd("MGET", *keys), lambda r, f=first: r == f)
                    expect(c.cmd("CLIENT", "UNPAUSE"), OK)
            stop.set()

        parallel(look, *(lambda n=n: write(n) for n in range(4)))


# ---- LIST in parts ----------------------------------------------------------


def part(c, *args):
    """The next cursor, and the ids of a part."""
    reply = c.cmd("CLIENT", "LIST", *args)
    expect_true(isinstance(reply, Verbatim) == (c.proto == 3), "form")
    lines = reply.decode().split("\n")
    expect_true(lines[0].startswith("cursor=") and lines[-1] == "", "%r" % lines)
    return lines[0][7:], [line.split()[0] for line in lines[1:-1]]


@both("CLIENT LIST CURSOR: all clients, each once")
def list_parts(c):
    not_redis()
    others = [c.server.client() for _ in range(300)]
    wanted = {"id=%d" % o.cmd("CLIENT", "ID") for o in others}
    cursor, seen, parts = "0", [], 0
    while True:
        cursor, ids = part(c, "CURSOR", cursor, "COUNT", "20")
        expect_true(len(ids) <= 20, "%d in a part" % len(ids))
        seen += ids
        parts += 1
        if cursor == "0":
            break
    expect_true(parts >= 15, "%d parts" % parts)
    expect_true(len(set(seen)) == len(seen), "some came twice")
    expect_true(wanted <= set(seen), "some are missing")
    for other in others:
        other.close()
    expect_true(len(part(c, "COUNT", "5", "CURSOR", "0")[1]) <= 5, "any order")
    expect_true(part(c, "CURSOR", "0")[1], "without COUNT")


@both("CLIENT LIST CURSOR: errors, and cursors that were made up")
def list_errors(c):
    not_redis()
    for bad in "x", "-1", "1-x", "", "1-", "99999999999999":
        expect(
            c.cmd("CLIENT", "LIST", "CURSOR", bad), Error("ERR Invalid cursor")
        )
    syntax = Error("ERR syntax error")
    for words in (
        ("COUNT", "5"),
        ("CURSOR", "0", "COUNT", "0"),
        ("CURSOR", "0", "COUNT"),
        ("CURSOR", "0", "TYPE", "normal"),
    ):
        expect(c.cmd("CLIENT", "LIST", *words), syntax)
    expect(
        c.cmd("CLIENT", "LIST", "CURSOR", "0", "COUNT", "x"),
        Error("ERR value is not an integer or out of range"),
    )
    expect_true(part(c, "CURSOR", "4000000000-1") == ("0", []), "far away")


if __name__ == "__main__":
    main(workers=2)
