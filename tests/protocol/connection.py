#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The connection itself: PING, ECHO, QUIT, RESET, SELECT, pipelines, and what is
refused: unknown commands, protocol errors, one client too many."""

from admin_support import expect_end, my_fields
from baton_test import (
    OK,
    REDIS,
    Error,
    Server,
    Status,
    both,
    encode,
    expect,
    expect_error,
    expect_true,
    main,
    test,
    wait_until,
    wrong_n,
)

# ---- PING, ECHO, QUIT, SELECT, RESET ----------------------------------------


@both("PING and ECHO")
def ping(c):
    expect(c.cmd("PING"), Status("PONG"))
    expect(c.cmd("pInG", "hello"), "hello")
    expect(c.cmd("PING", ""), "")
    expect(c.cmd("PING", "a", "b"), wrong_n("ping"))
    expect(c.cmd("ECHO", "a\r\nb\0c"), "a\r\nb\0c")
    expect(c.cmd("ECHO", "x" * 100000), "x" * 100000)
    expect(c.cmd("ECHO"), wrong_n("echo"))
    expect(c.cmd("ECHO", "a", "b"), wrong_n("echo"))


@test("inline commands are served as well")
def inline(c):
    c.send_raw(b"PING\r\nping hello\r\nECHO 'a b'\r\n\r\nselect 1\n")
    expect(c.read_reply(), Status("PONG"))
    expect(c.read_reply(), "hello")
    expect(c.read_reply(), "a b")
    expect(c.read_reply(), OK)


@both("QUIT answers, then closes, and nothing behind it is served")
def quits(c):
    c.send_raw(encode("PING") + encode("QUIT") + encode("SET", "q", "1"))
    expect(c.read_reply(), Status("PONG"))
    expect(c.read_reply(), OK)
    expect_end(c)
    with c.server.client() as other:
        expect(other.cmd("GET", "q"), None)


@both("SELECT")
def select(c):
    expect(c.cmd("SELECT", "15"), OK)
    expect(my_fields(c)["db"], lambda db: db == "15")
    c.cmd("SET", "k", "15")
    expect(c.cmd("SELECT", "0"), OK)
    expect(c.cmd("GET", "k"), None)
    for db in ("16", "-1", "100"):
        expect(c.cmd("SELECT", db), Error("ERR DB index is out of range"))
    for db in ("x", "", "1.5", "9" * 30):
        expect(
            c.cmd("SELECT", db),
            Error("ERR value is not an integer or out of range"),
        )
    expect_error(c.cmd("SELECT", "99999999999"), "ERR value is out of range, ")
    expect(c.cmd("SELECT"), wrong_n("select"))


@both("RESET makes the connection a new one")
def reset(c):
    c.cmd("SELECT", "3")
    c.cmd("CLIENT", "SETNAME", "me")
    c.cmd("CLIENT", "NO-EVICT", "ON")
    me = c.cmd("CLIENT", "ID")
    expect(c.cmd("RESET", "x"), wrong_n("reset"))
    expect(c.cmd("RESET"), Status("RESET"))
    c.proto = 2
    now = my_fields(c)
    expect_true(now["id"] == str(me), "the id stays")
    expect_true(now["db"] == "0" and now["name"] == "", "database and name")
    expect_true(now["resp"] == "2" if not REDIS else True, "RESP2")
    expect_true("e" not in now["flags"] or REDIS, "flags %s" % now["flags"])


@test("RESET switches replies on again")
def reset_reply(c):
    c.send("CLIENT", "REPLY", "OFF")
    c.send("PING")
    expect(c.cmd("RESET"), Status("RESET"))
    expect(c.cmd("PING"), Status("PONG"))


# ---- What is refused --------------------------------------------------------


@both("unknown commands are answered, and the connection stays")
def unknown(c):
    start = "ERR unknown command "
    expect(c.cmd("NOSUCH"), Error(start + "'NOSUCH', with args beginning with: "))
    expect(
        c.cmd("nosuch", "a", "b c", ""),
        Error(start + "'nosuch', with args beginning with: 'a' 'b c' '' "),
    )
    expect(c.cmd(""), Error(start + "'', with args beginning with: "))
    expect(c.cmd("GETX", "k"), lambda r: r.startswith(start + "'GETX'"))
    expect(c.cmd("GE"), lambda r: r.startswith(start + "'GE'"))
    expect(c.cmd("CLIENT|ID"), lambda r: r.startswith(start + "'CLIENT|ID'"))
    expect(c.cmd("PING"), Status("PONG"))


@both("unknown commands: what is told is cut and made one line")
def unknown_cut(c):
    expect(
        c.cmd("f" * 300, "a\r\nb\0c", "d"),
        Error(
            "ERR unknown command '%s', with args beginning with: "
            "'a  b' 'd' " % ("f" * 128)
        ),
    )
    expect(
        c.cmd("x", "a" * 100, "b" * 100, "c"),
        Error(
            "ERR unknown command 'x', with args beginning with: '%s' '%s' "
            % ("a" * 100, "b" * 25)
        ),
    )
    expect(
        c.cmd("x", "a" * 200, "b"),
        Error(
            "ERR unknown command 'x', with args beginning with: '%s' "
            % ("a" * 128)
        ),
    )


@both("unknown subcommands")
def unknown_sub(c):
    for name in ("CLIENT", "config", "COMMAND", "object"):
        expect(
            c.cmd(name, "nosuch", "x"),
            Error(
                "ERR unknown subcommand 'nosuch'. Try %s HELP." % name.upper()
            ),
        )
    expect(c.cmd("CLIENT", "ID", "x"), wrong_n("client|id"))
    expect(c.cmd("CLIENT"), wrong_n("client"))


@test("POST and Host: end the connection without a word", client=False)
def attack():
    with Server() as server:
        for request in (
            b"POST / HTTP/1.1\r\n",
            b"Host: example.org\r\n",
            encode("host:", "x"),
        ):
            with server.client() as c:
                c.send_raw(request + encode("SET", "k", "v"))
                expect_end(c)
        with server.client() as c:
            expect(c.cmd("EXISTS", "k"), 0)
        expect_true(
            server.log().count("Possible SECURITY ATTACK detected") == 1,
            "one line of log for all of them",
        )


PROTOCOL_ERRORS = (
    (b"*x\r\n", "invalid multibulk length"),
    (b"*1048577\r\n", None),
    (b"*9999999999999\r\n", "invalid multibulk length"),
    (b"*1\r\n:3\r\n", "expected '$', got ':'"),
    (b"*1\r\n$-1\r\n", "invalid bulk length"),
    (b"*1\r\n$x\r\n", "invalid bulk length"),
    (b"*1\r\n$99999999999\r\n", "invalid bulk length"),
    (b'get "a\r\n', "unbalanced quotes in request"),
    (b"x" * 70000, "too big inline request"),
)


@test("protocol errors are answered, then the connection is closed")
def protocol_errors(c):
    for request, text in PROTOCOL_ERRORS:
        if text is None:
            continue
        with c.server.client() as bad:
            bad.send_raw(encode("PING") + request)
            expect(bad.read_reply(), Status("PONG"))
            expect(bad.read_reply(), Error("ERR Protocol error: " + text))
            expect_end(bad)
    expect(c.cmd("PING"), Status("PONG"))


@test("one client too many is told so", client=False)
def max_clients():
    with Server(maxclients=4) as server:
        clients = [server.client()]
        wait_until(
            lambda: server.info(clients[0])["connected_clients"] == "1",
            "only this one is left",
        )
        clients += [server.client() for _ in range(3)]
        for c in clients:
            expect(c.cmd("PING"), Status("PONG"))
        with server.client() as c:
            if not REDIS:  # whose end would meet this with a reset
                c.send("PING")
                c.send("PING")
            expect(c.read_reply(), Error("ERR max number of clients reached"))
            expect_end(c)
        clients.pop().close()

        def served():
            with server.client() as c:
                return c.cmd("PING") == Status("PONG")

        wait_until(served, "a place becomes free")
        for c in clients:
            c.close()


# ---- Many requests, large replies -------------------------------------------


@both("a pipeline mixes small and large replies in order")
def mixed_pipeline(c):
    values = {"v%d" % n: "%d," % n * n for n in (1, 100, 3000, 20000, 60000)}
    for key, value in values.items():
        expect(c.cmd("SET", key, value), OK)
    names = [n for _ in range(20) for n in values]
    replies = c.pipeline([("GET", n) for n in names])
    for name, reply in zip(names, replies):
        expect(reply, values[name])


@test("a large value stays whole while it is replaced")
def held_value(c):
    a, b = b"a" * 300000, b"b" * 300000
    c.cmd("SET", "k", a)
    requests = []
    for n in range(60):
        requests += [("GET", "k"), ("SET", "k", b if n % 2 == 0 else a)]
    replies = c.pipeline(requests)
    for n, reply in enumerate(replies[0::2]):
        expect(reply, a if n % 2 == 0 else b)


if __name__ == "__main__":
    main()
