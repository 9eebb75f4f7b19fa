#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Requests as bytes: inline commands, limits, protocol errors, and what is
stricter before AUTH."""

import time

from baton_test import (
    OK,
    REDIS,
    Closed,
    Error,
    Status,
    expect,
    expect_true,
    main,
    test,
    wait_until,
    Server,
)

PONG = Status("PONG")


def ask(c, data, n=1):
    """Sends bytes as they are, reads n replies."""
    c.send_raw(data)
    replies = [c.read_reply() for _ in range(n)]
    return replies[0] if n == 1 else replies


def ends_with(c, data, text):
    """The bytes are answered with this protocol error and then closed, without
    a reset (the reference does reset when it has left input unread)."""
    try:
        c.send_raw(data)
    except OSError:
        pass  # it may close while we still send
    expect(c.read_reply(), Error("ERR Protocol error: " + text), repr(data[:60]))
    try:
        expect_true(c.at_end(), "not closed after " + repr(data[:60]))
    except ConnectionResetError:
        if not REDIS:
            raise


def all_end_with(c, *cases):
    for data, text in cases:
        with c.server.client() as fresh:
            ends_with(fresh, data, text)


# ---- Inline ----


@test("inline requests, ended by CR LF or by LF")
def line_ends(c):
    expect(ask(c, b"PING\r\n"), PONG)
    expect(ask(c, b"PING\n"), PONG)
    expect(ask(c, b"ping\r\nPiNg\necho hi\r\n", 3), [PONG, PONG, b"hi"])
    expect(ask(c, b"   PING   \r\n"), PONG)
    expect(ask(c, b"ECHO\ta\r\n"), "a")


@test("blank lines are no requests")
def blank(c):
    expect(ask(c, b"\r\n\r\n\n   \r\n\t\nPING\r\n"), PONG)


@test("inline and array requests mixed")
def mixed(c):
    expect(
        ask(c, b"SET a 1\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\nGET a\r\n", 3),
        [OK, b"1", b"1"],
    )


@test("quoting")
def quoting(c):
    for text, want in (
        (b'"hello world"', b"hello world"),
        (b"'hello world'", b"hello world"),
        (b'""', b""),
        (b"''", b""),
        (rb'"\x41\x7a\xff\x00"', b"Az\xff\0"),
        (rb'"\n\r\t\b\a\\\""', b"\n\r\t\b\a\\\""),
        (rb'"\q\x4"', b"qx4"),
        (rb"'it\'s'", b"it's"),
        (rb"'\n'", b"\\n"),
        (b"\"it's\"", b"it's"),
        (b"a\\nb", b"a\\nb"),
        (b'a"b c"', b"ab c"),
        (b"a'b c'", b"ab c"),
    ):
        expect(ask(c, b"ECHO " + text + b"\r\n"), want, repr(text))


@test("quotes that do not match end the connection")
def unbalanced(c):
    text = "unbalanced quotes in request"
    all_end_with(
        c,
        (b'ECHO "abc\r\n', text),
        (b"ECHO 'abc\r\n", text),
        (b'ECHO "a"b\r\n', text),
        (b"ECHO 'a'b\r\n", text),
        (b'ECHO "a\\"\r\n', text),
        (b'ECHO "\n', text),
        (b'"\r\n', text),
    )


@test("an inline request in pieces")
def inline_pieces(c):
    for byte in b"ECHO 'one two'\r\n":
        c.send_raw(bytes((byte,)))
        time.sleep(0.001)
    expect(c.read_reply(), "one two")


@test("an inline request may have 64 KB, not more")
def inline_limit(c):
    word = b"x" * (64 * 1024 - 8)
    expect(ask(c, b"ECHO " + word + b"\r\n"), word)
    ends_with(c, b"ECHO " + b"x" * (80 * 1024), "too big inline request")


# ---- Arrays ----


@test("names in any case, bulks with any bytes")
def arrays(c):
    expect(ask(c, b"*2\r\n$4\r\neChO\r\n$4\r\n\r\n\0\"\r\n"), b"\r\n\0\"")
    expect(ask(c, b"*2\r\n$4\r\nECHO\r\n$0\r\n\r\n"), "")


@test("empty arrays are no requests")
def empty_arrays(c):
    expect(ask(c, b"*0\r\n*-1\r\n*-17\r\n*1\r\n$4\r\nPING\r\n"), PONG)


@test("wrong arrays end the connection")
def wrong_arrays(c):
    multi, bulk = "invalid multibulk length", "invalid bulk length"
    all_end_with(
        c,
        (b"*x\r\n", multi),
        (b"*\r\n", multi),
        (b"*1x\r\n", multi),
        (b"* 1\r\n", multi),
        (b"*3000000000\r\n", multi),
        (b"*99999999999999999999\r\n", multi),
        (b"*1\r\nPING\r\n", "expected '$', got 'P'"),
        (b"*1\r\n:4\r\n", "expected '$', got ':'"),
        (b"*2\r\n$4\r\nECHO\r\n*1\r\n", "expected '$', got '*'"),
        (b"*1\r\n$x\r\n", bulk),
        (b"*1\r\n$\r\n", bulk),
        (b"*1\r\n$-1\r\n", bulk),
        (b"*1\r\n$536870913\r\n", bulk),
        (b"*1\r\n$99999999999999999999\r\n", bulk),
        (b"*" + b"1" * 70000, "too big mbulk count string"),
        (b"*1\r\n$" + b"1" * 70000, "too big bulk count string"),
    )


@test("an array may have 1,048,576 arguments, not more")
def many_arguments(c):
    n = 1 << 20
    pairs = b"$1\r\nk\r\n" * (n - 1)
    expect(ask(c, b"*%d\r\n$6\r\nEXISTS\r\n" % n + pairs), 0)
    if REDIS:
        return  # 7.0 takes more
    ends_with(c, b"*%d\r\n" % (n + 1), "invalid multibulk length")


@test("what was asked before a protocol error is answered")
def before_error(c):
    c.send_raw(b"PING\r\n*1\r\n$4\r\nPING\r\n*x\r\nPING\r\n")
    expect(c.read_reply(), PONG)
    expect(c.read_reply(), PONG)
    expect(c.read_reply(), Error("ERR Protocol error: invalid multibulk length"))
    expect_true(c.at_end(), "not closed")


@test("a declared length reserves no memory")
def declared(c):
    before = int(c.server.info(c)["used_memory"])
    others = [c.server.client() for _ in range(20)]
    for other in others:
        other.send_raw(b"*2\r\n$4\r\nECHO\r\n$500000000\r\nabc")
    expect(c.cmd("PING"), PONG)
    time.sleep(0.1)
    after = int(c.server.info(c)["used_memory"])
    for other in others:
        other.close()
    if REDIS:
        return  # it does reserve
    expect_true(after - before < 20 << 20, "%d bytes more" % (after - before))


# ---- Commands ----


@test("an unknown command is answered and nothing is closed")
def unknown(c):
    for request, want in (
        (b"foo\r\n", "'foo', with args beginning with: "),
        (b"FoO bar\r\n", "'FoO', with args beginning with: 'bar' "),
        (b"foo 'a b' c\r\n", "'foo', with args beginning with: 'a b' 'c' "),
    ):
        expect(ask(c, request), Error("ERR unknown command " + want))
    expect(
        c.cmd("x" * 200, "y" * 200),
        Error(
            "ERR unknown command '%s', with args beginning with: '%s' "
            % ("x" * 128, "y" * 128)
        ),
    )
    reply = c.cmd("a\r\nb", "c\nd")
    expect(
        reply,
        Error("ERR unknown command 'a  b', with args beginning with: 'c d' "),
    )
    expect(c.cmd(""), Error("ERR unknown command '', with args beginning with: "))
    expect(c.cmd("PING"), PONG)


@test("HTTP spoken to us closes, and is logged")
def http(c):
    for request in (
        b"POST / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"Host: localhost\r\n",
        b"*1\r\n$4\r\npost\r\n",
        b"PING\r\nhost: a\r\nSET k v\r\n",
    ):
        with c.server.client() as other:
            other.send_raw(request)
            got = other.read_all().replace(b"+PONG\r\n", b"")
            expect(got, b"", repr(request))
    expect(c.cmd("EXISTS", "k"), 0)
    wait_until(
        lambda: "SECURITY ATTACK" in c.server.log().upper(), "a line in the log"
    )


# ---- Before AUTH ----


def locked():
    return Server(requirepass="secret")


@test("before AUTH: shorter arrays and bulks", client=False)
def strict():
    with locked() as s:
        with s.client() as c:
            expect(c.cmd("GET", "k"), Error("NOAUTH Authentication required."))
            expect(
                ask(c, b"PING\r\n"), Error("NOAUTH Authentication required.")
            )
            words = ["x"] * 9
            expect(
                c.cmd("MGET", *words), Error("NOAUTH Authentication required.")
            )
            ends_with(c, b"*11\r\n", "unauthenticated multibulk length")
        with s.client() as c:
            big = b"x" * 16384
            expect(
                c.cmd("GET", big), Error("NOAUTH Authentication required.")
            )
            ends_with(
                c, b"*2\r\n$3\r\nGET\r\n$16385\r\n", "unauthenticated bulk length"
            )
        with s.client() as c:
            expect(c.cmd("AUTH", "secret"), OK)
            expect(c.cmd("MGET", *["k"] * 100), [None] * 100)
            expect(c.cmd("ECHO", b"x" * 20000), b"x" * 20000)


@test("before AUTH: an unknown command is answered as such", client=False)
def strict_unknown():
    with locked() as s, s.client() as c:
        expect(
            c.cmd("FOO"),
            Error("ERR unknown command 'FOO', with args beginning with: "),
        )
        expect(
            c.cmd("GET"), Error("ERR wrong number of arguments for 'get' command")
        )
        expect(c.cmd("QUIT"), OK)
        try:
            c.read_reply()
        except Closed:
            return
        raise AssertionError("not closed after QUIT")


if __name__ == "__main__":
    main(loglevel="verbose")
