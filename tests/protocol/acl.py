#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""ACL: what users may do, and who is told no."""

import time

from acl_support import clean, no_command, no_key, user, while_changed
from baton_test import (
    OK,
    REDIS,
    Error,
    Server,
    as_map,
    both,
    expect,
    expect_error,
    expect_true,
    main,
    test,
    wait_until,
    wrong_n,
)

# ---- Requests ---------------------------------------------------------------


@both("what a user may run: commands, subcommands, categories")
def may_run(c):
    with user(c, "~*", "+get", "+@hash", "-hset", "+config|get") as u:
        expect(u.cmd("GET", "k"), None)
        expect(u.cmd("SET", "k", "v"), no_command("set"))
        expect_true(
            not isinstance(u.cmd("CONFIG", "GET", "port"), Error), "config get"
        )
        expect(u.cmd("CONFIG", "SET", "port", "1"), no_command("config|set"))
        expect(u.cmd("CLIENT", "ID"), no_command("client|id"))
        expect(u.cmd("NOSUCH"), lambda e: e.startswith("ERR unknown command"))
        expect(u.cmd("GET"), wrong_n("get"))
        expect(u.cmd("AUTH", "u", "pw"), OK)
        if b"hget" in c.cmd("COMMAND", "LIST"):
            expect(u.cmd("HGET", "k", "f"), None)
            expect(u.cmd("HSET", "k", "f", "v"), no_command("hset"))
        c.cmd("ACL", "SETUSER", "u", "+set", "-get")
        expect(u.cmd("SET", "k", "v"), OK)
        expect(u.cmd("GET", "k"), no_command("get"))
        c.cmd("ACL", "SETUSER", "u", "+@all")
        expect(u.cmd("GET", "k"), "v")
        c.cmd("ACL", "SETUSER", "u", "-@dangerous")
        expect(u.cmd("KEYS", "*"), no_command("keys"))
        expect(u.cmd("GET", "k"), "v")


@both("what a user may touch: keys, to read and to write")
def may_touch(c):
    with user(c, "+@all", "~a*", "%R~r*", "%W~w*") as u:
        expect(u.cmd("SET", "a", "1"), OK)
        expect(u.cmd("GET", "a1"), None)
        expect(u.cmd("GET", "r"), None)
        expect(u.cmd("SET", "r", "1"), no_key())
        expect(u.cmd("SET", "w", "1"), OK)
        expect(u.cmd("GET", "w"), no_key())
        expect(u.cmd("SET", "w", "1", "GET"), no_key())
        expect(u.cmd("GETSET", "w", "1"), no_key())
        expect(u.cmd("GET", "x"), no_key())
        expect(u.cmd("MSET", "a", "1", "w", "2"), OK)
        expect(u.cmd("MSET", "a", "1", "x", "2"), no_key())
        expect(u.cmd("RENAME", "a", "a2"), OK)
        expect(u.cmd("RENAME", "a2", "x"), no_key())
        expect(u.cmd("EXISTS", "w"), 1)
        expect(u.cmd("EXISTS", "x"), no_key())
        expect(u.cmd("DEL", "w"), 1)
        expect(u.cmd("DEL", "r"), no_key())
        expect(u.cmd("DBSIZE"), 1)
        if b"zunionstore" in c.cmd("COMMAND", "LIST"):
            expect(u.cmd("ZUNIONSTORE", "w", "1", "r"), 0)
            expect(u.cmd("ZUNIONSTORE", "r", "1", "a"), no_key())
        c.cmd("ACL", "SETUSER", "u", "allkeys")
        expect(u.cmd("GET", "x"), None)
        c.cmd("ACL", "SETUSER", "u", "resetkeys")
        expect(u.cmd("GET", "a"), no_key())


@both("a queued command is judged, and at EXEC once more")
def transactions(c):
    if b"multi" not in c.cmd("COMMAND", "LIST"):
        return
    with user(c, "+@all", "~a*") as u:
        u.cmd("MULTI")
        expect(u.cmd("SET", "x", "1"), no_key())
        expect_error(u.cmd("EXEC"), "EXECABORT")
        u.cmd("MULTI")
        expect(u.cmd("SET", "a", "1"), lambda r: r == "QUEUED")
        expect(u.cmd("SET", "a2", "1"), lambda r: r == "QUEUED")
        c.cmd("ACL", "SETUSER", "u", "resetkeys", "~a2")
        reply = u.cmd("EXEC")
        expect(reply[0], lambda e: isinstance(e, Error) and e.startswith("NOPERM"))
        expect(reply[1], OK)
    expect(c.cmd("EXISTS", "a"), 0)


@both("DELUSER closes the user's clients")
def deluser(c):
    u = user(c, "+@all", "~*")
    expect(c.cmd("ACL", "DELUSER", "nosuch"), 0)
    expect(c.cmd("ACL", "DELUSER", "u", "nosuch"), 1)
    try:
        expect_true(u.at_end(), "the connection goes on")
    except ConnectionResetError:
        pass
    u.close()
    expect(
        c.cmd("ACL", "DELUSER", "default"),
        Error("ERR The 'default' user cannot be removed"),
    )
    u = user(c, "+@all", "~*")
    expect(u.cmd("ACL", "DELUSER", "u"), 1)
    expect_true(u.at_end(), "the connection goes on")
    u.close()


@both("CLIENT KILL USER")
def kill_user(c):
    u = user(c, "+@all", "~*")
    expect(c.cmd("CLIENT", "KILL", "USER", "nosuch"), Error("ERR No such user 'nosuch'"))
    expect(c.cmd("CLIENT", "KILL", "USER", "u", "ID", "1"), 0)
    expect(c.cmd("CLIENT", "KILL", "USER", "u"), 1)
    try:
        expect_true(u.at_end(), "the connection goes on")
    except ConnectionResetError:
        pass
    u.close()
    expect(c.cmd("CLIENT", "KILL", "USER", "u"), 0)
    expect(c.cmd("PING"), lambda r: r == "PONG")


# ---- LOG, CAT, GENPASS, DRYRUN ----------------------------------------------


@both("ACL LOG")
def acl_log(c):
    with user(c, "+get", "~a*") as u:
        expect(c.cmd("ACL", "LOG"), [])
        u.cmd("SET", "a", "1")
        u.cmd("SET", "a", "1")
        u.cmd("GET", "x")
        u.cmd("AUTH", "u", "wrong")
        log = [as_map(c, e) for e in c.cmd("ACL", "LOG")]
        expect([e[b"reason"] for e in log], ["auth", "key", "command"])
        expect([e[b"object"] for e in log], ["AUTH", "x", "set"])
        expect([e[b"count"] for e in log], [1, 1, 2])
        expect([e[b"username"] for e in log], ["u", "u", "u"])
        expect([e[b"context"] for e in log], ["toplevel"] * 3)
        expect_true(b" user=u" in log[1][b"client-info"], "client-info")
        age = log[0][b"age-seconds"]
        expect_true(isinstance(age, float) == (c.proto == 3), "%r" % age)
        if not REDIS:
            ids = [e[b"entry-id"] for e in log]
            expect_true(ids == sorted(ids, reverse=True), "%r" % ids)
            for e in log:
                created = e[b"timestamp-created"]
                expect_true(abs(created / 1000 - time.time()) < 60, "created")
                expect_true(e[b"timestamp-last-updated"] >= created, "updated")
        expect(len(c.cmd("ACL", "LOG", "1")), 1)
        expect(c.cmd("ACL", "LOG", "x"), Error("ERR value is not an integer or out of range"))
        expect(c.cmd("CONFIG", "SET", "acllog-max-len", "2"), OK)
        u.cmd("GET", "y")
        expect(len(c.cmd("ACL", "LOG")), 2)
        expect(c.cmd("CONFIG", "SET", "acllog-max-len", "128"), OK)
        expect(c.cmd("ACL", "LOG", "RESET"), OK)
        expect(c.cmd("ACL", "LOG"), [])


@test("INFO counts what was denied")
def denied(c):
    def counts():
        text = c.cmd("INFO", "stats").decode()
        return [
            int(text.split("acl_access_denied_%s:" % k)[1].split()[0])
            for k in ("auth", "cmd", "key", "channel")
        ]

    if REDIS:
        return
    with user(c, "+get", "~a*") as u:
        before = counts()
        u.cmd("AUTH", "u", "wrong")
        u.cmd("SET", "a", "1")
        u.cmd("GET", "x")
        u.cmd("GET", "x")
        after = counts()
        expect_true([a - b for a, b in zip(after, before)] == [1, 1, 2, 0], "%r" % after)


CATEGORIES = """keyspace read write set sortedset list hash string bitmap
    hyperloglog geo stream pubsub admin fast slow blocking dangerous connection
    transaction scripting""".split()


@both("ACL CAT")
def cat(c):
    expect(c.cmd("ACL", "CAT"), CATEGORIES)
    strings = c.cmd("ACL", "CAT", "STRING")
    expect_true(b"get" in strings and b"del" not in strings, "%r" % strings)
    expect_true(b"config|set" in c.cmd("ACL", "CAT", "admin"), "a subcommand")
    expect(c.cmd("ACL", "CAT", "nosuch"), Error("ERR Unknown category 'nosuch'"))


@both("ACL GENPASS")
def genpass(c):
    first = c.cmd("ACL", "GENPASS")
    expect_true(len(first) == 64 and int(first, 16) >= 0, "%r" % first)
    expect_true(c.cmd("ACL", "GENPASS") != first, "the same again")
    for bits, length in ((1, 1), (4, 1), (5, 2), (32, 8), (4096, 1024)):
        expect(len(c.cmd("ACL", "GENPASS", bits)), length)
    error = Error(
        "ERR ACL GENPASS argument must be the number of bits for the output "
        "password, a positive number up to 4096"
    )
    for bits in ("0", "-1", "4097"):
        expect(c.cmd("ACL", "GENPASS", bits), error)
    expect(c.cmd("ACL", "GENPASS", "x"), Error("ERR value is not an integer or out of range"))


@both("ACL DRYRUN")
def dryrun(c):
    clean(c)
    c.cmd("ACL", "SETUSER", "u", "+get", "~a*")

    def run(*words):
        return c.cmd("ACL", "DRYRUN", *words)

    expect(run("u", "get", "a"), OK)
    told = run("u", "set", "a", "1")
    if not REDIS:
        expect(told, "User u has no permissions to run the 'set' command")
        expect(run("u", "get", "x"), "User u has no permissions to access the 'x' key")
    expect(run("nosuch", "get", "a"), Error("ERR User 'nosuch' not found"))
    expect(run("u", "nosuch", "a"), Error("ERR Command 'nosuch' not found"))
    expect(run("u", "get"), wrong_n("get"))


@both("ACL: no file, wrong forms")
def forms(c):
    text = "ERR This Redis instance is not configured to use an ACL file."
    expect_error(c.cmd("ACL", "SAVE"), text)
    expect_error(c.cmd("ACL", "LOAD"), text)
    expect(c.cmd("ACL"), wrong_n("acl"))
    expect(c.cmd("ACL", "WHOAMI", "x"), wrong_n("acl|whoami"))
    expect(c.cmd("ACL", "GETUSER"), wrong_n("acl|getuser"))
    expect_error(c.cmd("ACL", "NOSUCH"), "ERR unknown subcommand 'NOSUCH'")
    for words in (("CAT", "a", "b"), ("GENPASS", "1", "2"), ("LOG", "1", "2")):
        expect(
            c.cmd("ACL", *words),
            Error(
                "ERR unknown subcommand or wrong number of arguments for '%s'. "
                "Try ACL HELP." % words[0]
            ),
        )
    expect(c.cmd("ACL", "HELP")[0], lambda t: "ACL" in t)


# ---- Changes while others run -----------------------------------------------


@test("users change while their clients are served by other workers", client=False)
def race():
    with Server(workers=3) as server:

        def change(c):
            for n in range(300):
                rule = ("+@all", "-set", "resetkeys", "~k*", "allkeys", "-@all")[n % 6]
                expect(c.cmd("ACL", "SETUSER", "u", rule), OK)
                c.cmd("ACL", "LIST")
                c.cmd("CLIENT", "LIST")
            for n in range(20):
                c.cmd("ACL", "DELUSER", "u")
                c.cmd("ACL", "SETUSER", "u", "on", ">pw", "~*", "+@all")

        def use():
            with server.client() as c:
                c.cmd("AUTH", "u", "pw")
                for _ in range(20):
                    for reply in c.pipeline([("SET", "k", "v"), ("GET", "k")] * 8):
                        expect_true(
                            reply in (OK, b"v", None)
                            or reply.startswith(("NOPERM", "WRONGPASS")),
                            "%r" % reply,
                        )

        while_changed(server, ("~*",), change, use, users=3)
        with server.client() as c:
            wait_until(
                lambda: c.cmd("CLIENT", "LIST").count(b"user=") == 1,
                "that they are gone",
            )


if __name__ == "__main__":
    main(workers=2)
