#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""CONFIG GET, SET and RESETSTAT."""

from admin_support import balanced, info
from baton_test import (
    OK,
    REDIS,
    SYNTAX,
    Error,
    Map,
    Server,
    Status,
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


@both("CONFIG GET: names, patterns, several at once")
def config_get(c):
    expect(as_map(c, c.cmd("CONFIG", "GET", "maxclients")), lambda m: len(m) == 1)
    expect(c.cmd("CONFIG", "GET", "nosuch"), Map() if c.proto == 3 else [])
    got = as_map(c, c.cmd("CONFIG", "GET", "MaxClients"))
    expect_true(list(got) == [b"MaxClients"], got)
    got = as_map(c, c.cmd("CONFIG", "GET", "max[c-n]lients", "port", "PORT", "save"))
    expect_true({b"maxclients", b"save"} <= set(got), got)
    got = as_map(c, c.cmd("CONFIG", "GET", "maxmemory*"))
    expect_true({b"maxmemory", b"maxmemory-policy"} <= set(got), got)
    expect_true(all(k.startswith(b"maxmemory") for k in got), got)
    got = as_map(c, c.cmd("CONFIG", "GET", "*"))
    expect_true(len(got) > 15 and got[b"appendonly"] == b"no", got)
    expect(c.cmd("CONFIG", "GET"), wrong_n("config|get"))


@both("CONFIG SET: what is set is told")
def config_set(c):
    def get(name):
        return as_map(c, c.cmd("CONFIG", "GET", name))[name.encode()]

    old = get("timeout")
    expect(c.cmd("CONFIG", "SET", "timeout", "1234"), OK)
    expect(get("timeout"), "1234")
    expect(c.cmd("CONFIG", "SET", "TIMEOUT", "77", "loglevel", "warning"), OK)
    expect(get("timeout"), "77")
    expect(get("loglevel"), "warning")
    expect(c.cmd("CONFIG", "SET", "timeout", old, "loglevel", "notice"), OK)


@both("CONFIG SET: all or nothing, and exact texts")
def config_faults(c):
    failed = "ERR CONFIG SET failed (possibly related to argument '%s') - %s"
    expect(
        c.cmd("CONFIG", "SET", "nosuch", "1"),
        Error("ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'"),
    )
    expect(
        c.cmd("CONFIG", "SET", "timeout", "5", "nosuch", "1"),
        Error("ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'"),
    )
    expect(as_map(c, c.cmd("CONFIG", "GET", "timeout"))[b"timeout"], "0")
    expect(
        c.cmd("CONFIG", "SET", "timeout", "-1"),
        Error(
            failed
            % ("timeout", "argument must be between 0 and 2147483647 inclusive")
        ),
    )
    expect(
        c.cmd("CONFIG", "SET", "maxclients", "abc"),
        Error(failed % ("maxclients", "argument couldn't be parsed into an integer")),
    )
    expect(
        c.cmd("CONFIG", "SET", "protected-mode", "maybe"),
        Error(failed % ("protected-mode", "argument must be 'yes' or 'no'")),
    )
    expect_error(
        c.cmd("CONFIG", "SET", "loglevel", "foo"),
        failed
        % (
            "loglevel",
            "argument(s) must be one of the following: debug, verbose, notice, "
            "warning",
        ),
    )
    expect(
        c.cmd("CONFIG", "SET", "timeout", "1", "timeout", "2"),
        Error(failed % ("timeout", "duplicate parameter")),
    )
    expect(
        c.cmd("CONFIG", "SET", "databases", "3"),
        Error(failed % ("databases", "can't set immutable config")),
    )
    expect(c.cmd("CONFIG", "SET", "timeout", "1", "x"), SYNTAX)
    expect(c.cmd("CONFIG", "SET", "timeout"), wrong_n("config|set"))
    expect(
        c.cmd("CONFIG", "REWRITE"),
        Error("ERR The server is running without a config file"),
    )


@test("CONFIG SET maxclients counts at once", client=False)
def config_maxclients():
    with Server() as server, server.client() as c:
        expect(c.cmd("CONFIG", "SET", "maxclients", "1"), OK)
        expect_true(info(c, "clients")["maxclients"] == "1", "INFO tells")
        with server.client() as o:
            expect(o.read_reply(), Error("ERR max number of clients reached"))
        expect(c.cmd("CONFIG", "SET", "maxclients", "10"), OK)
        with server.client() as o:
            expect(o.cmd("PING"), Status("PONG"))


@test("CONFIG RESETSTAT: Redis' statistics begin anew, # Baton goes on", client=False)
def resetstat():
    with Server() as server, server.client() as c:
        c.cmd("SET", "k", "v")
        c.cmd("GET", "k")
        c.cmd("GET", "none")
        c.cmd("NOSUCH")
        with server.client() as o:
            o.cmd("PING")  # it has been counted by now
        before = info(c, "everything")
        expect_true(before["keyspace_misses"] == "1", before["keyspace_misses"])
        expect(c.cmd("CONFIG", "RESETSTAT"), OK)
        after = info(c, "everything")
        for name in ("keyspace_hits", "keyspace_misses", "total_error_replies"):
            expect_true(after[name] == "0", name)
        expect_true(after["total_connections_received"] == "0", "connections")
        expect_true(int(after["total_commands_processed"]) <= 1, "commands")
        expect_true("cmdstat_get" not in after, "cmdstat_get")
        expect_true("errorstat_ERR" not in after, "errorstat_ERR")
        c.cmd("GET", "k")
        after = info(c, "everything")
        expect_true(after["keyspace_hits"] == "1", "counts again")
        expect_true(after["cmdstat_get"].startswith("calls=1,"), "counts again")
        if not REDIS:
            for name in ("cir_accepted", "srm_answered"):
                expect_true(int(after[name]) >= int(before[name]), name)
            wait_until(lambda: balanced(info(c, "baton")), "sums")
        expect(c.cmd("CONFIG", "RESETSTAT", "x"), wrong_n("config|resetstat"))


if __name__ == "__main__":
    main()
