#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""CLIENT KILL: whom it takes, and whom it spares."""

import time

from admin_support import expect_end, list_of, not_redis
from baton_test import (
    OK,
    SYNTAX,
    Closed,
    Error,
    Server,
    Status,
    both,
    expect,
    expect_true,
    main,
    test,
    wait_until,
    wrong_n,
)


def gone(c, victim):
    """True once the server closed the victim and lists it no more."""
    try:
        expect(victim.read_reply(), None)
    except (Closed, ConnectionResetError):
        return True
    return False


@both("CLIENT KILL, the old form")
def client_kill_old(c):
    expect(c.cmd("CLIENT", "KILL", "1.2.3.4:5"), Error("ERR No such client"))
    with Server(tcp=True) as server:
        with server.client() as k, server.client(tcp=True) as victim:
            victim.cmd("PING")
            address = "%s:%d" % victim.sock.getsockname()
            expect(k.cmd("CLIENT", "KILL", address), OK)
            expect_true(gone(k, victim), "the victim is closed")
            with server.client(tcp=True) as me:
                address = "%s:%d" % me.sock.getsockname()
                expect(me.cmd("CLIENT", "KILL", address), OK, "myself")
                expect_end(me)


@both("CLIENT KILL by ID, and SKIPME")
def client_kill_id(c):
    with c.server.client() as victim:
        you = victim.cmd("CLIENT", "ID")
        expect(c.cmd("CLIENT", "KILL", "ID", you), 1)
        expect_true(gone(c, victim), "the victim is closed")
        wait_until(lambda: list_of(c, "ID", you) == [], "it is out of the list")
        expect(c.cmd("CLIENT", "KILL", "ID", you), 0)
    me = c.cmd("CLIENT", "ID")
    expect(c.cmd("CLIENT", "KILL", "ID", me), 0, "skipme is the default")
    expect(c.cmd("CLIENT", "KILL", "ID", me, "SKIPME", "yes"), 0)
    expect(c.cmd("CLIENT", "KILL", "ID", me, "SKIPME", "no"), 1)
    expect_end(c)


@test("CLIENT KILL by ADDR, LADDR, TYPE and USER", client=False)
def client_kill_filters():
    with Server(tcp=True) as server:
        with server.client() as c:
            for make in (
                lambda v: ("ADDR", "%s:%d" % v.sock.getsockname()),
                lambda v: ("LADDR", "%s:%d" % v.sock.getpeername()),
                lambda v: ("TYPE", "normal"),
                lambda v: ("USER", "default"),
                lambda v: ("TYPE", "normal", "USER", "default", "SKIPME", "yes"),
                lambda v: (
                    "LADDR",
                    "127.0.0.1:%d" % server.port,
                    "ID",
                    v.cmd("CLIENT", "ID"),
                ),
            ):
                wait_until(lambda: len(list_of(c)) == 1, "the others are gone")
                with server.client(tcp=True) as victim:
                    victim.cmd("PING")
                    expect(c.cmd("CLIENT", "KILL", *make(victim)), 1)
                    expect_true(gone(c, victim), "the victim is closed")
            with server.client(tcp=True) as other:
                other.cmd("PING")
                for miss in (
                    ("ADDR", "127.0.0.1:1"),
                    ("LADDR", server.path + ":1"),
                    ("TYPE", "pubsub"),
                    ("TYPE", "replica"),
                    ("TYPE", "master"),
                    ("ID", "1", "ADDR", "x"),
                ):
                    expect(c.cmd("CLIENT", "KILL", *miss), 0)
                expect(other.cmd("PING"), Status("PONG"))


@test("CLIENT KILL by MAXAGE", client=False)
def client_kill_age():
    not_redis()
    with Server() as server:
        with server.client() as old:
            old.cmd("PING")
            time.sleep(4.1)
            with server.client() as c:
                expect(c.cmd("CLIENT", "KILL", "MAXAGE", "1000"), 0)
                expect(c.cmd("CLIENT", "KILL", "MAXAGE", "4", "SKIPME", "no"), 1)
                expect_true(gone(c, old), "the old one is closed")
                expect(c.cmd("PING"), Status("PONG"), "the young one is not")
                expect(
                    c.cmd("CLIENT", "KILL", "MAXAGE", "0"),
                    Error("ERR maxage should be greater than 0"),
                )
                expect(
                    c.cmd("CLIENT", "KILL", "MAXAGE", "x"),
                    Error("ERR maxage is not an integer or out of range"),
                )


@both("CLIENT KILL: faults")
def client_kill_faults(c):
    bad_id = Error("ERR client-id should be greater than 0")
    for value in ("x", "0", "-1"):
        expect(c.cmd("CLIENT", "KILL", "ID", value), bad_id)
    expect(
        c.cmd("CLIENT", "KILL", "TYPE", "x"), Error("ERR Unknown client type 'x'")
    )
    expect(c.cmd("CLIENT", "KILL", "USER", "bob"), Error("ERR No such user 'bob'"))
    for bad in (
        ("what", "ever"),
        ("ID", "5", "SKIPME"),
        ("ID", "5", "SKIPME", "perhaps"),
    ):
        expect(c.cmd("CLIENT", "KILL", *bad), SYNTAX)
    expect(c.cmd("CLIENT", "KILL"), wrong_n("client|kill"))
    expect(c.cmd("PING"), Status("PONG"))


if __name__ == "__main__":
    main()
