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
    built,
    exactly,
    installed,
    main,
    part,
    raise_fd_limit,
    run,
    say,
    tail,
)
from baton_test import Server, Skip, free_port

IDLE = 2000 if QUICK else 10000
STORM = 1000 if QUICK else 5000


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
            "--storm", STORM, "--duration", 5, "--timeout", 30, "-q",
            "--json", path, *more
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
    say("%s: storm of %d over after %.3f s; connect to first reply, ms: p50 "
        "%.1f p99 %.1f max %.1f" % (
            name, STORM, storm["seconds"], storm["connect_us"]["p50"] / 1e3,
            storm["connect_us"]["p99"] / 1e3, storm["connect_us"]["max"] / 1e3))


OPTIONS = {"maxclients": IDLE + STORM + 1000, "tcp_backlog": 4096}


@part("batond")
def batond():
    with Server(tcp=True, **OPTIONS) as server:
        crowd("batond", server.port)


@part("redis-server")
def redis():
    installed("redis-server")
    with Server(redis=True, tcp=True, **OPTIONS) as server:
        crowd("redis-server", server.port)


@part("memcached")
def memcached_crowd():
    with memcached() as port:
        crowd("memcached", port, "--memcached")


if __name__ == "__main__":
    main()
