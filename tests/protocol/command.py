#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""COMMAND: what it tells of the commands; HELP."""

from baton_test import (
    REDIS,
    SYNTAX,
    Set,
    Status,
    as_map,
    both,
    expect,
    expect_true,
    main,
    wrong_n,
)


@both("COMMAND COUNT, LIST and INFO agree")
def command(c):
    names = c.cmd("COMMAND", "LIST")
    expect_true(len(set(names)) == len(names), "no name twice")
    expect_true(b"config|get" in names, "subcommands are listed")
    names = [name for name in names if b"|" not in name]
    expect(c.cmd("COMMAND", "COUNT"), len(names))
    everything = c.cmd("COMMAND")
    expect_true(sorted(row[0] for row in everything) == sorted(names), "names")
    expect(len(c.cmd("COMMAND", "INFO")), len(names))
    expect(c.cmd("COMMAND", "COUNT", "x"), wrong_n("command|count"))


@both("COMMAND INFO")
def command_info(c):
    rows = c.cmd("COMMAND", "INFO", "GeT", "nosuch", "config|get", "rename")
    expect(rows[1], None)
    get = rows[0]
    form = Set if c.proto == 3 else list
    expect(len(get), 10)
    expect(get[0:2], [b"get", 2])
    expect(get[2], form([Status("readonly"), Status("fast")]))
    expect(get[3:6], [1, 1, 1])
    expect(
        get[6], form([Status("@read"), Status("@string"), Status("@fast")])
    )
    expect(get[7], form([]))
    spec = as_map(c, get[8][0])
    expect(spec[b"flags"], form([Status("RO"), Status("access")]))
    expect(as_map(c, spec[b"begin_search"])[b"type"], "index")
    find = as_map(c, as_map(c, spec[b"find_keys"])[b"spec"])
    expect([find[k] for k in (b"lastkey", b"keystep", b"limit")], [0, 1, 0])
    expect(rows[2][0], "config|get")
    flags = [Status(f) for f in ("pubsub", "loading", "stale", "fast")]
    publish = c.cmd("COMMAND", "INFO", "publish")[0]
    expect(sorted(publish[2]), sorted(flags), "and no inner flag")
    expect(len(rows[3][8]), 2, "RENAME has two keys of different use")


@both("COMMAND INFO of every command: what drives the server")
def command_rows(c):
    for row in c.cmd("COMMAND"):
        name, arity, flags, first, last, step = row[:6]
        expect_true(arity != 0, name)
        expect_true((first == 0) == (step == 0 and last == 0), name)
        expect_true(not ("write" in flags and "readonly" in flags), name)
        expect_true(("@fast" in row[6]) != ("@slow" in row[6]), name)
        expect_true(("@fast" in row[6]) == ("fast" in flags), name)
        has_keys = first > 0 or "movablekeys" in flags
        expect_true((len(row[8]) > 0) == has_keys or REDIS, name)
        # One argument too few for every one of them.
        if abs(arity) > 1 and not REDIS:
            words = [name] + ["x"] * (abs(arity) - 2)
            reply = c.cmd(*words)
            expect_true(
                reply == wrong_n(name.decode())
                or reply.startswith("ERR unknown subcommand"),
                "%s: %r" % (name, reply),
            )


@both("COMMAND LIST FILTERBY")
def command_list(c):
    by = ("COMMAND", "LIST", "FILTERBY")
    expect(sorted(c.cmd(*by, "pattern", "mset*")), [b"mset", b"msetnx"])
    expect(c.cmd(*by, "PATTERN", "CLIENT|I[D]"), ["client|id"])
    names = c.cmd(*by, "ACLCAT", "string")
    expect_true(b"get" in names and b"del" not in names, names)
    expect_true(b"append" in names, names)
    expect(c.cmd(*by, "ACLCAT", "nosuch"), [])
    expect(c.cmd(*by, "MODULE", "m"), [])
    for bad in (("x",), ("FILTERBY",), ("FILTERBY", "x"), ("FILTERBY", "x", "y")):
        expect(c.cmd("COMMAND", "LIST", *bad), SYNTAX)


@both("COMMAND DOCS")
def command_docs(c):
    docs = as_map(c, c.cmd("COMMAND", "DOCS", "get", "nosuch", "config"))
    expect_true(sorted(docs) == [b"config", b"get"], docs)
    get = as_map(c, docs[b"get"])
    expect(get[b"since"], "1.0.0")
    expect(get[b"group"], "string")
    expect_true(len(get[b"summary"]) > 10, get)
    subs = as_map(c, as_map(c, docs[b"config"])[b"subcommands"])
    expect_true(b"config|get" in subs, subs)
    every = as_map(c, c.cmd("COMMAND", "DOCS"))
    expect(len(every), c.cmd("COMMAND", "COUNT"))


@both("COMMAND HELP, CONFIG HELP, DEBUG HELP")
def helps(c):
    for name in ("COMMAND", "CONFIG", "DEBUG"):
        reply = c.cmd(name, "HELP")
        expect(
            reply[0],
            Status(
                name + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"
            ),
        )
        expect(reply[-1], Status("    Prints this help."))


if __name__ == "__main__":
    main(enable_debug_command="yes")
