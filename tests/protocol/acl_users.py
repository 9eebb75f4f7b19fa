#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""ACL: users, their rules and passwords, and those of the configuration file."""

import hashlib
import os
import tempfile

from acl_support import clean, no_key
from baton_test import (
    NOAUTH,
    OK,
    REDIS,
    WRONGPASS,
    Error,
    Server,
    Set,
    as_map,
    both,
    expect,
    expect_error,
    expect_true,
    main,
    run_batond,
    test,
)


def digest(password):
    return hashlib.sha256(password.encode()).hexdigest()


# ---- Users ------------------------------------------------------------------


@both("ACL: the default user")
def default_user(c):
    clean(c)
    expect(c.cmd("ACL", "WHOAMI"), "default")
    expect(c.cmd("ACL", "USERS"), ["default"])
    expect(c.cmd("ACL", "LIST"), ["user default on nopass ~* &* +@all"])
    told = as_map(c, c.cmd("ACL", "GETUSER", "default"))
    flags = [b"on", b"nopass"]
    expect_true(list(told[b"flags"]) == flags, "%r" % told)
    expect_true(isinstance(told[b"flags"], Set) == (c.proto == 3), "a set")
    expect(told[b"passwords"], [])
    expect(told[b"commands"], "+@all")
    expect(told[b"keys"], "~*")
    expect(told[b"channels"], "&*")
    expect(told[b"selectors"], [])
    expect(c.cmd("ACL", "GETUSER", "nosuch"), None)
    expect(c.cmd("AUTH", "default", "anything"), OK)


@both("ACL SETUSER: what LIST and GETUSER tell")
def setuser_list(c):
    clean(c)
    expect(c.cmd("ACL", "SETUSER", "z"), OK)
    expect(
        c.cmd("ACL", "SETUSER", "bob", "on", ">pw", "~a*", "%R~b*", "%W~w", "&c*", "-@all", "+get", "+@list", "-lpop", "+config|get"),
        OK,
    )
    line = "user bob on #%s ~a* %%R~b* %%W~w resetchannels &c* -@all " % digest("pw")
    # 7.2 keeps the order of the rules; 7.0 makes one of its own.
    rules = "+get +@list -lpop +config|get"
    if REDIS:
        told = as_map(c, c.cmd("ACL", "GETUSER", "bob"))[b"commands"].decode()
        expect_true(sorted(told.split()) == sorted(("-@all " + rules).split()), told)
        rules = told[len("-@all ") :]
    expect(
        c.cmd("ACL", "LIST"),
        [line + rules, "user default on nopass ~* &* +@all", "user z off resetchannels -@all"],
    )
    expect(c.cmd("ACL", "USERS"), ["bob", "default", "z"])
    told = as_map(c, c.cmd("ACL", "GETUSER", "bob"))
    expect(told[b"keys"], "~a* %R~b* %W~w")
    expect(told[b"channels"], "&c*")
    expect(told[b"commands"], "-@all " + rules)
    expect(told[b"passwords"], [digest("pw")])
    expect(list(told[b"flags"]), [b"on"] if c.proto == 2 else lambda f: f == [b"on"])


@both("ACL SETUSER: passwords")
def setuser_passwords(c):
    clean(c)

    def passwords(*rules):
        expect(c.cmd("ACL", "SETUSER", "u", *rules), OK)
        return as_map(c, c.cmd("ACL", "GETUSER", "u"))[b"passwords"]

    expect(passwords(">a", ">b", ">a"), [digest("a"), digest("b")])
    expect(passwords("<a"), [digest("b")])
    expect(passwords("#" + digest("c")), [digest("b"), digest("c")])
    expect(passwords("!" + digest("b")), [digest("c")])
    expect(passwords("nopass"), [])
    flags = as_map(c, c.cmd("ACL", "GETUSER", "u"))[b"flags"]
    expect_true(list(flags) == [b"off", b"nopass"], "%r" % flags)
    expect(passwords("resetpass"), [])
    flags = as_map(c, c.cmd("ACL", "GETUSER", "u"))[b"flags"]
    expect_true(list(flags) == [b"off"], "%r" % flags)
    expect(passwords(">a", "reset"), [])


@both("ACL SETUSER: rules make earlier ones void")
def setuser_rules(c):
    clean(c)

    def rules(*words):
        c.cmd("ACL", "DELUSER", "u")
        expect(c.cmd("ACL", "SETUSER", "u", *words), OK)
        return as_map(c, c.cmd("ACL", "GETUSER", "u"))[b"commands"]

    expect(rules("+get", "-get"), "-@all -get" if not REDIS else "-@all")
    expect(rules("+@all", "-get", "+@all"), "+@all")
    expect(rules("allcommands", "-get"), "+@all -get")
    expect(rules("+@all", "nocommands"), "-@all")
    if not REDIS:
        expect(rules("+config|get", "+GET", "+config"), "-@all +get +config")
        expect(rules("+get", "-@Read", "+get"), "-@all -@read +get")


@both("ACL SETUSER: errors change nothing")
def setuser_errors(c):
    clean(c)
    c.cmd("ACL", "SETUSER", "u", "on", "~a", "&a", "+get")
    before = c.cmd("ACL", "LIST")
    unknown = "Unknown command or category name in ACL"
    digest_text = (
        "The password hash must be exactly 64 characters and contain only "
        "lowercase hexadecimal characters"
    )
    for rule, text in (
        ("foo", "Syntax error"),
        ("%", "Syntax error"),
        ("%X~a", "Syntax error"),
        ("%~a", "Syntax error"),
        ("~a b", "Syntax error"),
        ("&a b", "Syntax error"),
        ("+nosuch", unknown),
        ("+@nosuch", unknown),
        ("-config|nosuch", unknown),
        ("#abc", digest_text),
        ("#" + "A" * 64, digest_text),
        ("<zz", "The password you are trying to remove from the user does not exist"),
    ):
        expect(
            c.cmd("ACL", "SETUSER", "u", "off", rule),
            Error("ERR Error in ACL SETUSER modifier '%s': %s" % (rule, text)),
        )
    for first, rule, kind in (("allkeys", "~x", "patterns"), ("allchannels", "&x", "channels")):
        expect(
            c.cmd("ACL", "SETUSER", "u", first, rule),
            Error(
                "ERR Error in ACL SETUSER modifier '%s': Adding a pattern after "
                "the * pattern (or the '%s' flag) is not valid and does not have "
                "any effect. Try '%s' to start with an empty list of %s"
                % (rule, first, first.replace("all", "reset"), kind)
            ),
        )
    expect(c.cmd("ACL", "LIST"), lambda t: t == before)
    expect(
        c.cmd("ACL", "SETUSER", "a b"),
        Error("ERR Usernames can't contain spaces or null characters"),
    )


# ---- AUTH -------------------------------------------------------------------


@both("AUTH and HELLO with a user")
def auth(c):
    clean(c)
    c.cmd("ACL", "SETUSER", "u", "on", ">pw", ">other", "~*", "+@all")
    with c.server.client(c.proto) as other:
        expect(other.cmd("AUTH", "u", "no"), WRONGPASS)
        expect(other.cmd("AUTH", "nosuch", "pw"), WRONGPASS)
        expect(other.cmd("ACL", "WHOAMI"), "default")
        expect(other.cmd("AUTH", "u", "other"), OK)
        expect(other.cmd("ACL", "WHOAMI"), "u")
        expect_true(" user=u " in other.cmd("CLIENT", "INFO").decode(), "user=")
        expect(other.cmd("AUTH", "u", "no"), WRONGPASS)
        expect(other.cmd("ACL", "WHOAMI"), "u")
        other.cmd("RESET")
        other.proto = 2
        expect(other.cmd("ACL", "WHOAMI"), "default")
        other.cmd("HELLO", "3", "AUTH", "u", "pw")
        expect(other.cmd("ACL", "WHOAMI"), "u")
    c.cmd("ACL", "SETUSER", "u", "off")
    with c.server.client(c.proto) as other:
        expect(other.cmd("AUTH", "u", "pw"), WRONGPASS)
    expect(
        c.cmd("AUTH", "x"),
        Error(
            "ERR AUTH <password> called without any password configured for the "
            "default user. Are you sure your configuration is correct?"
        ),
    )


@both("requirepass is the default user's password")
def requirepass(c):
    clean(c)
    with c.server.client(c.proto) as early:
        early.cmd("PING")  # so that it was there before
        expect(c.cmd("CONFIG", "SET", "requirepass", "pw"), OK)
        line = "user default on #%s ~* &* +@all" % digest("pw")
        expect(c.cmd("ACL", "LIST"), [line])
        expect(early.cmd("PING"), lambda r: r == "PONG")
        with c.server.client() as late:
            expect(late.cmd("PING"), NOAUTH)
            expect(late.cmd("AUTH", "no"), WRONGPASS)
            expect(late.cmd("AUTH", "pw"), OK)
            expect(late.cmd("PING"), lambda r: r == "PONG")
        expect(c.cmd("CONFIG", "SET", "requirepass", ""), OK)
    expect(c.cmd("ACL", "LIST"), ["user default on nopass ~* &* +@all"])
    c.cmd("ACL", "SETUSER", "default", ">pw")
    with c.server.client() as late:
        expect(late.cmd("PING"), NOAUTH)
        expect(late.cmd("AUTH", "pw"), OK)
    c.cmd("ACL", "SETUSER", "default", "off", "nopass")
    with c.server.client() as late:
        expect(late.cmd("PING"), NOAUTH)
        expect(late.cmd("AUTH", "default", "pw"), WRONGPASS)
    c.cmd("ACL", "SETUSER", "default", "on")
    with c.server.client() as late:
        expect(late.cmd("PING"), lambda r: r == "PONG")


# ---- The configuration file -------------------------------------------------


def with_file(text):
    directory = tempfile.mkdtemp(prefix="bt.")
    path = os.path.join(directory, "a.conf")
    with open(path, "w") as f:
        f.write(text)
    return path


def forget(path):
    os.remove(path)
    os.rmdir(os.path.dirname(path))


@test("users of the configuration file, and CONFIG REWRITE", client=False)
def config_file():
    path = with_file(
        "# users\nrequirepass pw\nuser bob on >b ~b* +@all\n"
        "user alice on nopass ~* -@all +get\n# the end\n"
    )
    with Server(file=path) as server:
        with server.client() as c:
            expect_error(c.cmd("PING"), "NOAUTH")
            expect(c.cmd("AUTH", "pw"), OK)
            bob = "user bob on #%s ~b* resetchannels +@all" % digest("b")
            alice = "user alice on nopass ~* resetchannels -@all +get"
            default = "user default on #%s ~* &* +@all" % digest("pw")
            expect(c.cmd("ACL", "LIST"), [alice, bob, default])
            c.cmd("ACL", "DELUSER", "alice")
            c.cmd("ACL", "SETUSER", "carol", "on")
            expect(c.cmd("CONFIG", "REWRITE"), OK)
        with open(path) as f:
            lines = f.read().split("\n")
        expect_true(bob in lines, "%r" % lines)
        expect_true("user carol on resetchannels -@all" in lines, "%r" % lines)
        expect_true(not [ln for ln in lines if "alice" in ln], "%r" % lines)
        if not REDIS:  # requirepass says it
            expect_true(not [ln for ln in lines if "user default" in ln], "default")
    forget(path)


@test("the default user of the configuration file counts more than requirepass", client=False)
def config_default():
    path = with_file("user default on nopass ~a* +@all\nrequirepass pw\n")
    with Server(file=path) as server, server.client() as c:
        expect(c.cmd("PING"), lambda r: r == "PONG")
        expect(c.cmd("GET", "x"), no_key() if not REDIS else lambda e: isinstance(e, Error))
    forget(path)


@test("faults of users in the configuration file are told", client=False)
def config_faults():
    if REDIS:
        return
    for line, text in (
        ("user bob +nosuch", "Error in user declaration '+nosuch': Unknown command"),
        ("user bob on\nuser bob off", "Duplicate user found"),
        ("user", "wrong number of arguments"),
    ):
        path = with_file(line + "\n")
        ended = run_batond(path, "--port", "0", "--check-config")
        expect_true(ended.returncode != 0, "it was taken")
        expect_true(text in ended.stderr + ended.stdout, "%r" % ended)
        forget(path)


if __name__ == "__main__":
    main(workers=2)
