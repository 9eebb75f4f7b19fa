#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""COMMAND DOCS: the arguments of all commands, side by side with the reference,
and the hints that redis-cli makes of them."""

import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import termios
import time

from baton_test import (
    REDIS,
    Error,
    Server,
    Set,
    Skip,
    Status,
    Wrong,
    both,
    expect,
    expect_true,
    main,
    redis_program,
    test,
)

# Where 7.2 knows more than the reference, which is 7.0, or says it otherwise.
NEWER = """bitop zrank zrevrank client|kill client|no-touch client|setinfo
    client|list quit command|getkeys command|getkeysandflags sinterstore""".split()


def plain(value):
    """A reply without the differences of the protocols: text for bytes."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, dict):
        return {plain(k): plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value


def pairs(value, proto):
    if proto == 3:
        return value
    return dict(zip(value[0::2], value[1::2]))


def tidy_args(args, proto):
    out = []
    for arg in args:
        arg = dict(pairs(arg, proto))
        arg["flags"] = sorted(arg.get("flags", []))
        arg.pop("display_text", None)  # 7.2 tells it
        arg.pop("deprecated_since", None)
        if "arguments" in arg:
            arg["arguments"] = tidy_args(arg["arguments"], proto)
        out.append(arg)
    return out


def all_docs(c):
    """name -> what is told of it, subcommands beside their parents."""
    out = {}

    def take(docs):
        for name, doc in pairs(docs, c.proto).items():
            doc = dict(pairs(doc, c.proto))
            take(doc.pop("subcommands", {} if c.proto == 3 else []))
            doc["arguments"] = tidy_args(doc.get("arguments", []), c.proto)
            out[name] = doc

    take(plain(c.cmd("COMMAND", "DOCS")))
    return out


@both("COMMAND DOCS: the arguments are those of the reference")
def docs_same(c):
    if not redis_program():
        raise Skip("redis-server is not installed")
    ours = all_docs(c)
    with Server(redis=True) as reference, reference.client(c.proto) as r:
        theirs = all_docs(r)
    compared = 0
    for name, doc in ours.items():
        if name in NEWER or name not in theirs:
            continue
        for field in ("group", "since", "arguments", "replaced_by"):
            expect_true(
                doc.get(field) == theirs[name].get(field),
                "%s of %s: %r, not %r"
                % (field, name, doc.get(field), theirs[name].get(field)),
            )
        compared += 1
    expect_true(compared > 60, "only %d were compared" % compared)


@both("COMMAND DOCS: one command in full")
def docs_one(c):
    if REDIS:
        raise Skip("7.0 tells no display_text")
    doc = pairs(plain(c.cmd("COMMAND", "DOCS", "set")), c.proto)["set"]
    doc = pairs(doc, c.proto)
    expect_true(doc["complexity"] == "O(1)", "complexity")
    args = [pairs(a, c.proto) for a in doc["arguments"]]
    expect_true(
        args[0]
        == {
            "name": "key",
            "type": "key",
            "display_text": "key",
            "key_spec_index": 0,
        },
        "key: %r" % args[0],
    )
    expect_true([a["name"] for a in args][2:] == ["condition", "get", "expiration"], "names")
    condition = args[2]
    expect_true(condition["type"] == "oneof", "oneof")
    expect_true(condition["flags"] == ["optional"], "optional")
    expect_true(condition["since"] == "2.6.12", "since")
    nx = pairs(condition["arguments"][0], c.proto)
    expect_true(
        nx
        == {
            "name": "nx",
            "type": "pure-token",
            "display_text": "nx",
            "token": "NX",
        },
        "NX: %r" % nx,
    )
    ex = pairs(args[4]["arguments"][0], c.proto)
    expect_true(ex["token"] == "EX" and ex["type"] == "integer", "EX")
    doc = pairs(plain(c.cmd("COMMAND", "DOCS", "getset")), c.proto)["getset"]
    doc = pairs(doc, c.proto)
    expect_true(doc["doc_flags"] == ["deprecated"], "doc_flags")
    expect_true(doc["deprecated_since"] == "6.2.0", "deprecated_since")


@test("COMMAND DOCS: flags are sets in RESP3", protos=(3,))
def docs_sets(c):
    args = c.cmd("COMMAND", "DOCS", "get", "del")[b"del"][b"arguments"]
    expect(type(args[0][b"flags"]), lambda t: t is Set)


# ---- GETKEYS ----------------------------------------------------------------


@both("COMMAND GETKEYS")
def getkeys(c):
    def keys(*request):
        return c.cmd("COMMAND", "GETKEYS", *request)

    expect(keys("get", "k"), ["k"])
    expect(keys("MSET", "a", "1", "b", "2"), ["a", "b"])
    expect(keys("del", "a", "b", "a"), ["a", "b", "a"])
    expect(keys("object", "encoding", "k"), ["k"])
    error = "ERR Invalid command specified"
    expect(keys("nosuch", "a"), Error(error))
    expect(keys("object", "nosuch", "a"), Error(error))
    error = "ERR The command has no key arguments"
    expect(keys("ping", "a"), Error(error))
    expect(keys("config", "get", "a"), Error(error))
    error = "ERR Invalid number of arguments specified for command"
    expect(keys("get", "a", "b"), Error(error))
    if not REDIS:
        expect(keys("get"), Error(error))


@both("COMMAND GETKEYSANDFLAGS")
def getkeys_flags(c):
    def keys(*request):
        return c.cmd("COMMAND", "GETKEYSANDFLAGS", *request)

    def flags(*names):
        words = [Status(n) for n in names]
        return Set(words) if c.proto == 3 else words

    write = flags("OW", "update")
    expect(keys("mset", "a", "1", "b", "2"), [["a", write], ["b", write]])
    expect(keys("set", "a", "1"), [["a", write]])
    both_ways = flags("RW", "access", "update")
    expect(keys("set", "a", "1", "get"), [["a", both_ways]])
    moved = flags("RW", "access", "delete")
    expect(keys("rename", "a", "b"), [["a", moved], ["b", write]])


# Requests whose keys the reference names, of all families; those of commands
# that are not there are left out.
REQUESTS = """
    zunionstore d 2 a b weights 1 2|lmpop 2 a b left|blmpop 0 2 a b left
    sort k by w_* get g_* store d|sort k|sort_ro k by w_*|bitop and d a b
    sdiffstore d a b|sintercard 2 a b limit 1|lcs a b
    zrangestore d s 0 -1|bzmpop 0 1 a min|zinter 2 a b|zdiff 1 a
    blpop a b 0|brpoplpush a b 0|blmove a b left right 0|smove a b m
    copy a b|bitfield k get u4 0|bitfield k set u4 0 1|bitfield_ro k get u4 0
    memory usage k|watch a b|spublish c m|ssubscribe c|publish c m
    zunionstore d 0 a|zunionstore d x a|lmpop 3 a b left|zadd k 1 m
    hset k f v|lpush k v|exists a b|touch a|unlink a b|getex k
""".replace("\n", "|")


@both("COMMAND GETKEYS and INFO of all families, as the reference has them")
def getkeys_same(c):
    if not redis_program():
        raise Skip("redis-server is not installed")
    have = {name.decode() for name in c.cmd("COMMAND", "LIST")}
    with Server(redis=True) as reference, reference.client(c.proto) as r:
        for request in filter(None, REQUESTS.split("|")):
            words = request.split()
            if words[0] not in have:
                continue
            for sub in ("GETKEYS", "GETKEYSANDFLAGS"):
                ours = c.cmd("COMMAND", sub, *words)
                expect(ours, lambda got, w=r.cmd("COMMAND", sub, *words):
                       plain(got) == plain(w), request)
        for name in sorted(have):
            theirs = r.cmd("COMMAND", "INFO", name)[0]
            if theirs is not None and name not in NEWER:
                ours = c.cmd("COMMAND", "INFO", name)[0]
                expect_true(specs(ours, c.proto) == specs(theirs, c.proto),
                            "%s: %r, not %r" % (name, specs(ours, c.proto), specs(theirs, c.proto)))


def specs(row, proto):
    """Where the keys are, from a row of COMMAND INFO."""
    out = []
    for spec in plain(row[8]):
        spec = dict(pairs(spec, proto))
        spec.pop("notes", None)
        # Flags that we have no use for.
        spec["flags"] = [f for f in spec["flags"] if f != "incomplete"]
        out.append(spec)
    return [row[1], row[3], row[4], row[5], out]


# ---- redis-cli --------------------------------------------------------------


class Terminal:
    """redis-cli in a terminal of its own, 250 columns wide."""

    def __init__(self, server):
        program = shutil.which("redis-cli")
        if not program:
            raise Skip("redis-cli is not installed")
        self.fd, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 250, 0, 0))
        env = dict(os.environ, TERM="xterm", HOME=server.dir)
        self.process = subprocess.Popen(
            [program, "-s", server.path],
            stdin=side,
            stdout=side,
            stderr=side,
            env=env,
            start_new_session=True,
        )
        os.close(side)
        self.seen = b""

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.process.kill()
        self.process.wait()
        os.close(self.fd)

    def type(self, text):
        self.seen = b""
        os.write(self.fd, text.encode())

    def wait_for(self, text):
        end = time.monotonic() + 90
        while text.encode() not in self.seen:
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                raise Wrong("%r is not in %r" % (text, self.seen))
            self.seen += os.read(self.fd, 65536)


HINTS = (
    ("set ", "key value [NX|XX] [GET] [EX seconds|PX milliseconds|"),
    ("mset ", "key value [key value ...]"),
    ("del ", "key [key ...]"),
    ("expire ", "key seconds [NX|XX|GT|LT]"),
    ("config get ", "parameter [parameter ...]"),
)


@test("redis-cli shows hints", client=False)
def cli_hints():
    with Server() as server, Terminal(server) as terminal:
        terminal.wait_for("> ")
        for typed, hint in HINTS:
            terminal.type(typed)
            terminal.wait_for(hint)
            terminal.type("\x15")  # clears the line


if __name__ == "__main__":
    main()
