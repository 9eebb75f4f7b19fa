#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""15,000 connections from one process and a storm of 5,000 at once, to batond,
redis-server and memcached, side by side."""

import contextlib
import json
import os
import subprocess
import tempfile
import time

from accept import (
    QUICK,
    at_least,
    before_others,
    built,
    exactly,
    installed,
    main,
    median,
    part,
    raise_fd_limit,
    run,
    say,
    skip,
    tail,
)
from baton_test import Server, Skip, free_port

IDLE = 2000 if QUICK else 10000
STORM = 1000 if QUICK else 5000
ROUNDS = 1 if QUICK else 3
ROWS = {}


@contextlib.contextmanager
def memcached():
    port = free_port()
    words = [installed("memcached"), "-p", str(port), "-U", "0", "-l",
             "127.0.0.1", "-c", str(IDLE + STORM + 1000), "-t", "2"]
    words += ["-u", "root"] if os.geteuid() == 0 else []
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL)
    try:
        time.sleep(1)
        yield port
    finally:
        process.terminate()
        process.wait()


def crowd(name, port, *more):
    if raise_fd_limit() < IDLE + STORM + 1000:
        raise Skip("too few open files are allowed")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "j")
        result = run(
            built("baton-stress"), "-p", port, "-c", 0, "--idle", IDLE,
            "--storm", STORM, "--duration", 5, "--timeout", 60, "-q",
            "--source-addresses", 4, "--json", path, *more
        )
        if result.returncode != 0:
            say(tail(result.stdout))
        exactly(name + ", exit status", result.returncode, 0)
        with open(path) as f:
            report = json.load(f)
    storm = report["storm"]
    exactly(name + ", idle connections lost",
            report["connections"]["idle_lost"], 0)
    at_least(name + ", storm answered", storm["answered"], STORM)
    ROWS.setdefault(name, []).append(
        [storm["seconds"] * 1e3] +
        [storm["connect_us"][key] / 1e3 for key in ("p50", "p99", "max")])


# The addresses of the crowd beside 127.0.0.1 are foreign ones to a server that
# protects itself.
OPTIONS = {"maxclients": IDLE + STORM + 1000, "tcp_backlog": 4096,
           "protected_mode": "no"}


def batond():
    with Server(tcp=True, **OPTIONS) as server:
        crowd("batond", server.port)


def redis():
    installed("redis-server")
    with Server(redis=True, tcp=True, **OPTIONS) as server:
        crowd("redis-server", server.port)


def memcached_crowd():
    with memcached() as port:
        crowd("memcached", port, "--memcached")


@part("side by side")
def side_by_side():
    before_others()
    for _ in range(ROUNDS):
        for one in (batond, redis, memcached_crowd):
            try:
                one()
            except Skip as why:
                skip(one.__name__, why)
    say("a storm of %d beside %d idle ones; ms from connect to the first reply,"
        % (STORM, IDLE))
    say("medians of %d interleaved rounds" % ROUNDS)
    say("%-14s" % "" + "".join(
        "%14s" % head for head in ("all answered", "p50", "p99", "max")))
    for name, rounds in ROWS.items():
        say("%-14s" % name + "".join(
            "%14.1f" % median(list(column)) for column in zip(*rounds)))
    at_least("servers side by side", len(ROWS), 1)


if __name__ == "__main__":
    main()
