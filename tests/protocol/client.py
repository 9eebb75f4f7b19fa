#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""CLIENT: who one is, who is there, and which replies one wants."""

from admin_support import BAD_NAME, list_of, my_fields, not_redis
from baton_test import (
    OK,
    REDIS,
    SYNTAX,
    Error,
    Server,
    Status,
    both,
    encode,
    expect,
    expect_true,
    main,
    test,
    wait_until,
    wrong_n,
)


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


if __name__ == "__main__":
    main()
