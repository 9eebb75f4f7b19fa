#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What redis-cli does beside single commands: --bigkeys, --memkeys, --scan,
--stat, --latency, --pipe. (Its hints are in docs.py.)"""

import os
import pty
import select
import shutil
import subprocess

from baton_test import Skip, encode, expect, expect_true, main, test


def cli(c, *args, status=0, **more):
    """Runs redis-cli against the client's server; its output."""
    program = shutil.which("redis-cli")
    if not program:
        raise Skip("redis-cli is not installed")
    ended = subprocess.run(
        [program, "-s", c.server.path] + list(args),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        **more
    )
    text = ended.stdout.decode()
    expect_true(ended.returncode == status, "redis-cli: %s" % text)
    return text


def for_a_while(c, lines, *args):
    """The same for one that never ends by itself: some lines of its output. It
    writes to a terminal, else it would keep them."""
    program = shutil.which("redis-cli")
    if not program:
        raise Skip("redis-cli is not installed")
    ours, side = pty.openpty()
    process = subprocess.Popen(
        [program, "-s", c.server.path] + list(args), stdout=side, stderr=side
    )
    os.close(side)
    text = b""
    try:
        while text.count(b"\n") < lines:
            expect_true(select.select([ours], [], [], 90)[0], "%r" % text)
            text += os.read(ours, 65536)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return text.decode()


COLLECTIONS = (
    ("list", ("RPUSH", "l", "a", "b", "c"), "'\"l\"' has 3 items"),
    ("hash", ("HSET", "h", "f", "v", "g", "w"), "'\"h\"' has 2 fields"),
    ("set", ("SADD", "s", "a", "b", "c", "d"), "'\"s\"' has 4 members"),
    ("zset", ("ZADD", "z", "1", "a"), "'\"z\"' has 1 members"),
)


def fill(c):
    """Strings, and a collection of each kind that there is; their findings."""
    have = c.cmd("COMMAND", "LIST")
    for n in range(200):
        c.cmd("SET", "k%d" % n, "v" * (n + 1))
    found = []
    for kind, request, text in COLLECTIONS:
        if request[0].lower().encode() in have:
            c.cmd(*request)
            found.append((kind, text))
    return found


@test("redis-cli --bigkeys")
def bigkeys(c):
    found = fill(c)
    text = cli(c, "--bigkeys")
    expect_true("Biggest string found '\"k199\"' has 200 bytes" in text, text)
    for kind, finding in found:
        expect_true("Biggest %6s found %s" % (kind, finding) in text, text)
    expect_true("Sampled %d keys" % (200 + len(found)) in text, text)


@test("redis-cli --memkeys")
def memkeys(c):
    fill(c)
    c.cmd("SET", "large", "x" * 100000)
    text = cli(c, "--memkeys")
    expect_true("Biggest string found '\"large\"' has " in text, text)
    n = int(text.split("Biggest string found '\"large\"' has ")[1].split()[0])
    expect_true(100000 < n < 140000, text)


@test("redis-cli --scan, with a pattern and a type")
def scan(c):
    found = fill(c)
    names = cli(c, "--scan").split()
    expect_true(len(names) == 200 + len(found), "%d names" % len(names))
    expect_true(len(set(names)) == len(names), "some came twice")
    names = cli(c, "--scan", "--pattern", "k1?").split()
    expect_true(sorted(names) == ["k1%d" % n for n in range(10)], "%r" % names)


@test("redis-cli --stat")
def stat(c):
    fill(c)
    text = for_a_while(c, 5, "--stat", "-i", "0.1")
    lines = text.strip().split("\n")
    expect_true("keys" in lines[1] and "clients" in lines[1], text)
    expect_true(len(lines) > 3, text)
    expect_true(int(lines[2].split()[0]) == c.cmd("DBSIZE"), text)


@test("redis-cli --latency")
def latency(c):
    text = cli(c, "--latency", "-i", "0.2", "--raw")
    low, high, average, samples = text.split()[:4]
    expect_true(0 <= float(low) <= float(average) <= float(high), text)
    expect_true(int(samples) > 0, text)
    text = for_a_while(c, 2, "--latency-history", "-i", "0.2")
    expect_true("samples) -- " in text, text)


@test("redis-cli --pipe")
def pipe(c):
    requests = b"".join(encode("SET", "p%d" % n, n) for n in range(20000))
    text = cli(c, "--pipe", input=requests + encode("NOSUCH"), status=1)
    expect_true("errors: 1, replies: 20001" in text, text)
    expect(c.cmd("DBSIZE"), 20000)
    expect(c.cmd("GET", "p19999"), "19999")


@test("redis-cli: a command from the arguments, and from the input")
def commands(c):
    expect_true(cli(c, "SET", "k", "v") == "OK\n", "SET")
    expect_true(cli(c, "-3", "GET", "k") == "v\n", "RESP3")
    text = cli(c, input=b"SET a 1\nINCR a\nGET a\n")
    expect_true(text == "OK\n2\n2\n", text)
    expect_true(cli(c, "-x", "SET", "k", input=b"from input") == "OK\n", "-x")
    expect(c.cmd("GET", "k"), "from input")


if __name__ == "__main__":
    main()
