#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Who comes in: HELLO, AUTH, limits before AUTH, protected mode."""

import re

from admin_support import BAD_NAME, expect_end, outside_address
from baton_test import (
    NOAUTH,
    OK,
    REDIS,
    SYNTAX,
    WRONGPASS,
    Client,
    Error,
    Map,
    Server,
    Skip,
    Status,
    both,
    encode,
    expect,
    expect_error,
    expect_true,
    main,
    test,
    wrong_n,
)


def as_map(reply):
    """A map of either protocol."""
    if isinstance(reply, Map):
        return reply
    return dict(zip(reply[0::2], reply[1::2]))


# ---- HELLO ------------------------------------------------------------------


@both("HELLO tells what the server is")
def hello(c):
    reply = as_map(c.cmd("HELLO"))
    expect(reply[b"server"], "redis")
    expect_true(re.match(rb"7\.\d+\.\d+$", reply[b"version"]), "version")
    expect(reply[b"proto"], c.proto)
    expect(reply[b"id"], c.cmd("CLIENT", "ID"))
    expect(reply[b"mode"], "standalone")
    expect(reply[b"role"], "master")
    expect(reply[b"modules"], [])
    expect(len(reply), 7)


@both("HELLO switches the protocol, to and fro")
def hello_switch(c):
    other = 5 - c.proto
    kind = type(c.cmd("HELLO", str(other)))
    expect_true(kind is (Map if other == 3 else list), "form after HELLO")
    c.keep_raw = True
    expect(c.cmd("GET", "none"), None)
    expect(c.raw, b"_\r\n" if other == 3 else b"$-1\r\n")
    kind = type(c.cmd("HELLO", str(c.proto)))
    expect_true(kind is (Map if c.proto == 3 else list), "and back")


@both("HELLO: faults")
def hello_faults(c):
    noproto = Error("NOPROTO unsupported protocol version")
    for version in ("1", "4", "0", "-2", "300"):
        expect(c.cmd("HELLO", version), noproto)
    for version in ("x", "", "2.0", "9" * 30):
        expect(
            c.cmd("HELLO", version),
            Error("ERR Protocol version is not an integer or out of range"),
        )
    for option in (
        ("auth",),
        ("AUTH", "u"),
        ("SETNAME",),
        ("what", "ever", "x"),
    ):
        expect(
            c.cmd("HELLO", "3", *option),
            Error("ERR Syntax error in HELLO option '%s'" % option[0]),
        )
    expect(c.cmd("HELLO", "3", "SETNAME", "a b"), BAD_NAME)
    expect(c.cmd("HELLO", "3", "AUTH", "nobody", "x"), WRONGPASS)
    expect(as_map(c.cmd("HELLO"))[b"proto"], c.proto)


@both("HELLO with AUTH and SETNAME at once")
def hello_options(c):
    p = str(c.proto)
    reply = c.cmd("HELLO", p, "SETNAME", "n1", "auth", "default", "any")
    expect(as_map(reply)[b"proto"], c.proto)
    expect(c.cmd("CLIENT", "GETNAME"), "n1")


# ---- AUTH -------------------------------------------------------------------


@both("AUTH when there is no password")
def auth_without(c):
    expect(
        c.cmd("AUTH", "x"),
        Error(
            "ERR AUTH <password> called without any password configured for "
            "the default user. Are you sure your configuration is correct?"
        ),
    )
    expect(c.cmd("AUTH", "default", "anything"), OK)
    expect(c.cmd("AUTH", "nobody", "anything"), WRONGPASS)
    expect(c.cmd("AUTH", "a", "b", "c"), SYNTAX)
    expect(c.cmd("AUTH"), wrong_n("auth"))


@test("a password keeps everything but AUTH, HELLO, RESET and QUIT", client=False)
def auth_needed():
    with Server(requirepass="secret") as server:
        with server.client() as c:
            for request in (("PING",), ("GET", "k"), ("CLIENT", "ID"), ("INFO",)):
                expect(c.cmd(*request), NOAUTH)
            # These come before the question who asks.
            expect(c.cmd("GET"), wrong_n("get"))
            expect_error(c.cmd("NOSUCH"), "ERR unknown command 'NOSUCH'")
            expect_error(
                c.cmd("HELLO", "3"),
                "NOAUTH HELLO must be called with the client already "
                "authenticated, otherwise the HELLO ",
            )
            expect(c.cmd("RESET"), Status("RESET"))
            expect(c.cmd("QUIT"), OK)
            expect_end(c)


@test("AUTH with the right password and with wrong ones", client=False)
def auth_password():
    with Server(requirepass="secret") as server:
        with server.client() as c:
            for wrong in ("", "s", "secre", "secret ", "secrets", "SECRET"):
                expect(c.cmd("AUTH", wrong), WRONGPASS)
                expect(c.cmd("AUTH", "default", wrong), WRONGPASS)
            expect(c.cmd("AUTH", "nobody", "secret"), WRONGPASS)
            expect(c.cmd("PING"), NOAUTH)
            expect(c.cmd("AUTH", "secret"), OK)
            expect(c.cmd("PING"), Status("PONG"))
            expect(c.cmd("AUTH", "wrong"), WRONGPASS)
            expect(c.cmd("PING"), Status("PONG"), "a wrong one takes nothing away")
            expect(c.cmd("RESET"), Status("RESET"))
            expect(c.cmd("PING"), NOAUTH)
            expect(c.cmd("AUTH", "default", "secret"), OK)
            expect(c.cmd("PING"), Status("PONG"))
            if not REDIS:
                denied = server.info(c)["acl_access_denied_auth"]
                expect_true(denied == "14", denied)


@test("HELLO AUTH with a password", client=False)
def hello_auth():
    with Server(requirepass="secret") as server:
        with server.client() as c:
            expect(c.cmd("HELLO", "3", "AUTH", "default", "no"), WRONGPASS)
            expect(c.cmd("PING"), NOAUTH)
            reply = c.cmd("HELLO", "3", "AUTH", "default", "secret", "SETNAME", "n")
            expect_true(isinstance(reply, Map), "RESP3 at once")
            expect(c.cmd("CLIENT", "GETNAME"), "n")


@test("a password that is set later keeps who is in", client=False)
def auth_later():
    with Server() as server:
        with server.client() as c:
            expect(c.cmd("CONFIG", "SET", "requirepass", "p"), OK)
            expect(c.cmd("PING"), Status("PONG"))
            with server.client() as other:
                expect(other.cmd("PING"), NOAUTH)
                expect(c.cmd("CONFIG", "SET", "requirepass", ""), OK)
                expect(other.cmd("PING"), Status("PONG"))


@test("before AUTH: ten arguments, 16 KB each, and no more", client=False)
def limits_before_auth():
    with Server(requirepass="secret") as server:
        with server.client() as c:
            expect_error(c.cmd("NOSUCH", *["x"] * 9), "ERR unknown command")
            expect_error(c.cmd("NOSUCH", "x" * 16384), "ERR unknown command")
        for request, text in (
            (b"*11\r\n", "ERR Protocol error: unauthenticated multibulk length"),
            (
                b"*2\r\n$3\r\nGET\r\n$16385\r\n",
                "ERR Protocol error: unauthenticated bulk length",
            ),
        ):
            with server.client() as c:
                c.send_raw(request)
                expect(c.read_reply(), Error(text))
                expect_end(c)
        with server.client() as c:
            c.send_raw(encode("AUTH", "secret") + encode("SET", "k", "x" * 20000))
            expect(c.read_reply(), OK)
            expect(c.read_reply(), OK, "the limits are gone in the same read")


# ---- Protected mode ---------------------------------------------------------


def strangers_address():
    address = outside_address()
    if not address:
        raise Skip("this machine has no address but loopback")
    return address


@test("protected mode refuses whoever is not on loopback", client=False)
def protected():
    address = strangers_address()
    with Server(tcp=True, bind="0.0.0.0") as server:
        with Client((address, server.port)) as c:
            reply = c.read_reply()
            expect_error(
                reply,
                "DENIED Redis is running in protected mode because protected "
                "mode is enabled and no password is set for the default user. "
                "In this mode connections are only accepted from the loopback "
                "interface. ",
            )
            expect_true(
                reply.endswith("accepting connections from the outside."), reply
            )
            expect_end(c)
        with server.client(tcp=True) as c:
            expect(c.cmd("PING"), Status("PONG"), "over loopback")
            expect(c.cmd("CONFIG", "SET", "protected-mode", "no"), OK)
        with Client((address, server.port)) as c:
            expect(c.cmd("PING"), Status("PONG"), "when it is off")


@test("protected mode: a password opens the door", client=False)
def protected_password():
    address = strangers_address()
    with Server(tcp=True, bind="0.0.0.0", requirepass="x") as server:
        with Client((address, server.port)) as c:
            expect(c.cmd("PING"), NOAUTH)
            expect(c.cmd("AUTH", "x"), OK)
            expect(c.cmd("PING"), Status("PONG"))


if __name__ == "__main__":
    main()
