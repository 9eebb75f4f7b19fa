#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The connection itself: HELLO, AUTH, PING, ECHO, QUIT, RESET, SELECT, CLIENT,
protected mode, limits before AUTH, unknown commands and protocol errors."""

import re
import socket
import time

from baton_test import (
    OK,
    REDIS,
    SYNTAX,
    Client,
    Closed,
    Error,
    Map,
    Server,
    Skip,
    Status,
    Verbatim,
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

NOAUTH = Error("NOAUTH Authentication required.")
WRONGPASS = Error(
    "WRONGPASS invalid username-password pair or user is disabled."
)
BAD_NAME = Error(
    "ERR Client names cannot contain spaces, newlines or special characters."
)


def not_redis():
    if REDIS:
        raise Skip("ours alone, or newer than the reference")


def as_map(reply):
    """A map of either protocol."""
    if isinstance(reply, Map):
        return reply
    return dict(zip(reply[0::2], reply[1::2]))


def text_of(c, reply):
    """A text that RESP3 gives as a verbatim string."""
    expect_true(
        isinstance(reply, Verbatim) == (c.proto == 3), "form of %r" % reply
    )
    return bytes(reply).decode()


def fields(line):
    return dict(word.partition("=")[::2] for word in line.split(" "))


def list_of(c, *more):
    text = text_of(c, c.cmd("CLIENT", "LIST", *more))
    expect_true(text == "" or text.endswith("\n"), "a last newline")
    return [fields(line) for line in text.splitlines()]


def my_fields(c):
    return fields(text_of(c, c.cmd("CLIENT", "INFO")).rstrip("\n"))


def expect_end(c):
    """The server ends the connection and says nothing more."""
    try:
        expect(c.read_reply(), None, "after the end")
    except (Closed, ConnectionResetError):
        return
    raise AssertionError("the connection goes on")


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


def outside_address():
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))  # no packet is sent by this
            address = s.getsockname()[0]
        except OSError:
            address = "127.0.0.1"
    if address.startswith("127."):
        raise Skip("this machine has no address but loopback")
    return address


@test("protected mode refuses whoever is not on loopback", client=False)
def protected():
    address = outside_address()
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
    address = outside_address()
    with Server(tcp=True, bind="0.0.0.0", requirepass="x") as server:
        with Client((address, server.port)) as c:
            expect(c.cmd("PING"), NOAUTH)
            expect(c.cmd("AUTH", "x"), OK)
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


# ---- CLIENT -----------------------------------------------------------------


@both("CLIENT ID: never the same twice")
def client_id(c):
    me = c.cmd("CLIENT", "ID")
    expect(c.cmd("CLIENT", "ID"), me)
    with c.server.client() as other:
        expect_true(other.cmd("CLIENT", "ID") > me, "ids grow")


@both("CLIENT SETNAME and GETNAME")
def client_name(c):
    expect(c.cmd("CLIENT", "GETNAME"), None)
    expect(c.cmd("CLIENT", "SETNAME", "job:1"), OK)
    expect(c.cmd("CLIENT", "GETNAME"), "job:1")
    for bad in ("a b", "a\n", "a\0", "\x7f"):
        expect(c.cmd("CLIENT", "SETNAME", bad), BAD_NAME)
    expect(c.cmd("CLIENT", "GETNAME"), "job:1")
    expect(my_fields(c)["name"], lambda name: name == "job:1")
    expect(c.cmd("CLIENT", "SETNAME", "x" * 3000), OK)
    expect(c.cmd("CLIENT", "GETNAME"), "x" * 3000)
    expect(c.cmd("CLIENT", "SETNAME", ""), OK)
    expect(c.cmd("CLIENT", "GETNAME"), None)
    expect(c.cmd("CLIENT", "SETNAME"), wrong_n("client|setname"))


@both("CLIENT SETINFO")
def client_setinfo(c):
    not_redis()
    expect(c.cmd("CLIENT", "SETINFO", "LIB-NAME", "lib(x)"), OK)
    expect(c.cmd("CLIENT", "SETINFO", "lib-ver", "1.2.3"), OK)
    now = my_fields(c)
    expect_true(now["lib-name"] == "lib(x)", now)
    expect_true(now["lib-ver"] == "1.2.3", now)
    expect(
        c.cmd("CLIENT", "SETINFO", "lib-foo", "x"),
        Error("ERR Unrecognized option 'lib-foo'"),
    )
    expect(
        c.cmd("CLIENT", "SETINFO", "Lib-Ver", "a b"),
        Error(
            "ERR Lib-Ver cannot contain spaces, newlines or special characters."
        ),
    )
    expect(c.cmd("CLIENT", "SETINFO", "lib-ver"), wrong_n("client|setinfo"))
    expect(c.cmd("RESET"), Status("RESET"))
    c.proto = 2
    expect_true(my_fields(c)["lib-name"] == "lib(x)", "RESET leaves it")


FIELDS_7_0 = (
    "id addr laddr fd name age idle flags db sub psub ssub multi qbuf "
    "qbuf-free argv-mem multi-mem rbs rbp obl oll omem tot-mem events cmd user "
    "redir resp"
).split()
FIELDS = FIELDS_7_0 + (
    "lib-name lib-ver state worker master srm queued-us".split()
)


@both("CLIENT INFO: the fields and their order")
def client_info(c):
    now = my_fields(c)
    expect(list(now), lambda names: names == (FIELDS_7_0 if REDIS else FIELDS))
    expect_true(now["id"] == str(c.cmd("CLIENT", "ID")), "id")
    expect_true(now["addr"] == c.server.path + ":0", "addr")
    expect_true(now["laddr"] == c.server.path + ":0", "laddr")
    expect_true(now["flags"] == "U", "flags of a Unix socket")
    expect_true(now["cmd"] == "client|info", "cmd")
    expect_true(now["user"] == "default", "user")
    expect_true(now["resp"] == str(c.proto), "resp")
    expect_true(int(now["fd"]) > 2, "fd")
    if not REDIS:
        expect_true(now["state"] == "serving", "state")
        expect_true(int(now["worker"]) >= 0, "worker")
        expect_true(now["master"] == "0", "master")
        before = int(my_fields(c)["srm"])
        c.cmd("PING")
        expect_true(int(my_fields(c)["srm"]) == before + 2, "srm counts")


@test("CLIENT LIST: who is there, over TCP and over the Unix socket", client=False)
def client_list():
    with Server(tcp=True) as server:
        with server.client(3) as c, server.client(tcp=True) as t:
            t.cmd("CLIENT", "SETNAME", "tcp")
            t.cmd("SELECT", "7")
            wait_until(lambda: len(list_of(c)) == 2, "only these two are left")
            rows = {row["id"]: row for row in list_of(c)}
            mine = rows[str(c.cmd("CLIENT", "ID"))]
            other = rows[str(t.cmd("CLIENT", "ID"))]
            expect_true(mine["cmd"] == "client|list", mine)
            expect_true(other["cmd"] == "select", other)
            expect_true(other["db"] == "7" and other["name"] == "tcp", other)
            expect_true(other["flags"] == "N", other)
            expect_true(other["addr"] == "%s:%d" % t.sock.getsockname(), other)
            expect_true(other["laddr"] == "%s:%d" % t.sock.getpeername(), other)
            if not REDIS:
                expect_true(other["master"] != mine["master"], other)
                you = other["id"]
                wait_until(
                    lambda: list_of(c, "ID", you)[0]["state"] == "idle",
                    "a client that was answered is idle",
                )


@both("CLIENT LIST by TYPE and by ID")
def client_list_filters(c):
    me = str(c.cmd("CLIENT", "ID"))
    with c.server.client() as other:
        you = str(other.cmd("CLIENT", "ID"))
        ids = [row["id"] for row in list_of(c, "TYPE", "normal")]
        expect_true(me in ids and you in ids, ids)
        for kind in ("master", "REPLICA", "slave", "pubsub"):
            expect_true(list_of(c, "TYPE", kind) == [], kind)
        ids = [row["id"] for row in list_of(c, "ID", you, "999999999", me)]
        expect_true(ids == [you, me], ids)
    expect(
        c.cmd("CLIENT", "LIST", "TYPE", "x"), Error("ERR Unknown client type 'x'")
    )
    expect(c.cmd("CLIENT", "LIST", "ID", me, "x"), Error("ERR Invalid client ID"))
    for bad in (("x",), ("TYPE",), ("ID",), ("TYPE", "normal", "x")):
        expect(c.cmd("CLIENT", "LIST", *bad), SYNTAX)


@test("CLIENT LIST of many, each once, while others come and go", client=False)
def client_list_many():
    with Server() as server, server.client() as c:
        stay = [server.client() for _ in range(200)]
        ids = {str(s.cmd("CLIENT", "ID")) for s in stay}
        for _ in range(20):
            passing = [server.client() for _ in range(20)]
            listed = [row["id"] for row in list_of(c)]
            expect_true(len(listed) == len(set(listed)), "nobody twice")
            expect_true(ids <= set(listed), "all that stay")
            for p in passing:
                p.close()
        for s in stay:
            s.close()


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


@both("CLIENT REPLY OFF, SKIP and ON")
def client_reply(c):
    expect(c.cmd("CLIENT", "REPLY", "ON"), OK)
    c.send("CLIENT", "REPLY", "SKIP")
    c.send("SET", "k", "1")
    expect(c.cmd("ECHO", "after skip"), "after skip")
    c.send_raw(
        encode("CLIENT", "REPLY", "OFF")
        + encode("SET", "k", "2")
        + encode("NOSUCH")
        + encode("CLIENT", "REPLY", "SKIP")
        + encode("GET", "k")
        + encode("CLIENT", "REPLY", "ON")
        + encode("GET", "k")
    )
    expect(c.read_reply(), OK)
    expect(c.read_reply(), "2")
    c.send_raw(encode("CLIENT", "REPLY", "SKIP") + encode("GET", "k") * 2)
    expect(c.read_reply(), "2")
    expect(c.cmd("PING"), Status("PONG"), "one reply was left out, not two")
    expect(c.cmd("CLIENT", "REPLY", "x"), SYNTAX)
    expect(c.cmd("CLIENT", "REPLY"), wrong_n("client|reply"))


@both("CLIENT NO-EVICT and NO-TOUCH")
def client_flags(c):
    for name, letter in (("NO-EVICT", "e"), ("NO-TOUCH", "T")):
        if REDIS and name == "NO-TOUCH":
            continue
        expect(c.cmd("CLIENT", name, "ON"), OK)
        expect_true(letter in my_fields(c)["flags"], name)
        expect(c.cmd("CLIENT", name, "off"), OK)
        expect_true(letter not in my_fields(c)["flags"], name)
        expect(c.cmd("CLIENT", name, "x"), SYNTAX)
        expect(c.cmd("CLIENT", name), wrong_n("client|" + name.lower()))


@both("CLIENT HELP")
def client_help(c):
    reply = c.cmd("CLIENT", "HELP")
    expect(
        reply[0],
        Status("CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"),
    )
    expect(reply[-2:], [Status("HELP"), Status("    Prints this help.")])
    expect_true(all(type(line) is Status for line in reply), "statuses")
    names = {line.split()[0] for line in reply[1:] if line[0] != " "}
    expect_true({"ID", "INFO", "KILL", "LIST", "NO-EVICT", "REPLY"} <= names, names)


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
    main(enable_debug_command="yes")
