#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""baton-stress finds no wrong reply of batond or of redis-server, and finds
those of a server that lies."""

import json
import os
import subprocess
import sys
import tempfile

from accept import (
    QUICK,
    at_least,
    built,
    exactly,
    installed,
    main,
    part,
    run,
    say,
    source,
    tail,
)
from baton_test import Server

SECONDS = 3 if QUICK else 20
# (name, options): one request at a time, pipelined, large values, new
# connections all the time.
LOADS = [
    ("one at a time", ("-c", 50, "-t", 2)),
    ("pipeline 16", ("-c", 50, "-t", 2, "-P", 16, "--ratio", "1:1")),
    ("values of 20,000 bytes", ("-c", 20, "-t", 2, "-P", 4, "-d", 20000, "--keys", 500)),
    ("reconnecting", ("-c", 50, "-t", 2, "-P", 4, "--reconnect", 50)),
]


def stress(where, *options):
    """The exit status and the report."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report")
        result = run(
            built("baton-stress"), *where, *options, "-q", "--json", path
        )
        try:
            with open(path) as f:
                return result.returncode, json.load(f), result.stdout
        except OSError:
            return result.returncode, None, result.stdout


def truthful(name, where):
    for load, options in LOADS:
        what = "%s, %s" % (name, load)
        status, report, text = stress(where, *options, "--duration", SECONDS)
        if status != 0:
            say(tail(text))
        if report:
            faults = sum(report["faults"].values())
            exactly(what + ", wrong replies", faults, 0)
            at_least(what + ", requests", report["requests"], 1000)
        exactly(what + ", exit status", status, 0)


@part("batond")
def batond():
    with Server(tcp=True) as server:
        truthful("batond over TCP", ("-p", server.port))
        truthful("batond over Unix", ("-s", server.path))


@part("redis-server")
def redis():
    installed("redis-server")
    with Server(redis=True, tcp=True) as server:
        truthful("redis-server over TCP", ("-p", server.port))
        truthful("redis-server over Unix", ("-s", server.path))


# ---- Lies -------------------------------------------------------------------

# How the lie is called, and what baton-stress should call it.
LIES = {
    "crossed": "crossed",
    "torn": "torn",
    "stale": "stale",
    "lost": "lost",
    "reorder": "reordered",
    "dropped": "missing",
    "garbage": "unexpected",
}
LOAD = ("-c", 6, "-t", 2, "-P", 8, "-n", 6000, "--keys", 20, "--ratio", "1:1")


def against_liar(lie):
    script = source("tests", "support", "liar.py")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "s")
        liar = subprocess.Popen(
            [sys.executable, script, "--unix", path, "--lie", lie],
            stdout=subprocess.PIPE,
            universal_newlines=True,
        )
        try:
            liar.stdout.readline()  # it listens
            return stress(("-s", path), *LOAD, "--timeout", 1)
        finally:
            liar.kill()
            liar.wait()
            liar.stdout.close()


@part("lies")
def lies():
    status, report, text = against_liar("none")
    exactly("a truthful stand-in, exit status", status, 0)
    for lie, kind in LIES.items():
        status, report, text = against_liar(lie)
        exactly("a lie (%s), exit status" % lie, status, 1)
        counted = report["faults"][kind] if report else 0
        if not at_least("a lie (%s), counted as %s" % (lie, kind), counted, 1):
            say(tail(text))


if __name__ == "__main__":
    main()
