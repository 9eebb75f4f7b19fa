#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a request costs the server, beside a server that does nothing (floor),
redis-server and memcached; and what idle clients cost."""

import json
import os
import sys
import tempfile
import time

from accept import (
    BUILD,
    QUICK,
    Crowd,
    at_most,
    below,
    built,
    cpu_seconds,
    exactly,
    installed,
    main,
    part,
    run,
    say,
    skip,
    source,
    tail,
)
from baton_test import Server, Wrong

ROUNDS = 3 if QUICK else 9
PEERS = {"redis": "redis-server", "memcached": "memcached"}
CPU_PIPELINE_1 = 1.15
CPU_PIPELINE_16 = 1.9
CALLS = 1.02
IDLE_CLIENTS = 1000
IDLE_CPU = 0.02  # seconds in ten


def ask(script, *options):
    """Runs one of the stress scripts; its figures."""
    built("stress", "floor")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "figures")
        result = run(
            sys.executable,
            source("stress", script),
            *options,
            *("--json", path, "--batond", built("batond")),
            timeout=3600,
            cwd=BUILD
        )
        say(result.stdout)
        if result.returncode != 0:
            raise Wrong("%s: %s" % (script, tail(result.stdout, 3)))
        with open(path) as f:
            return json.load(f)


def setting(row):
    return "%s, pipeline %d, %d connections" % (
        row["kind"].upper(),
        row["pipeline"],
        row["clients"],
    )


# ---- System calls -----------------------------------------------------------


@part("system calls")
def system_calls():
    installed("strace")
    for kind in ("get", "set"):
        for row in ask("syscalls", "--kind", kind, "--pipeline", "1"):
            if row["server"] == "batond":
                at_most(
                    setting(row) + ", system calls per request",
                    row["ratio"],
                    CALLS,
                    "x floor",
                )


# ---- CPU --------------------------------------------------------------------


def judge_peers(row):
    """Below the peers, median by median."""
    name = setting(row) + ", CPU per request below "
    mine = row["quartiles"]["batond"]["cpu_us"][1]
    for peer, program in PEERS.items():
        if peer in row["quartiles"]:
            below(name + peer, mine, row["quartiles"][peer]["cpu_us"][1], "us")
        else:
            skip(name + peer, program + " is not installed")


def judge(row):
    lower, middle, _ = row["quartiles"]["batond"]["cpu_ratio"]
    name = setting(row) + ", CPU per request"
    exactly(name + ", rounds", len(row["samples"]["batond"]), ROUNDS)
    if row["pipeline"] == 1:
        at_most(name + ", lower quartile", lower, CPU_PIPELINE_1, "x floor")
        say("its median: %.3f x floor" % middle)
    else:
        at_most(name + ", median", middle, CPU_PIPELINE_16, "x floor")
    judge_peers(row)


def compare(pipeline):
    rows = ask("compare", "--rounds", ROUNDS, "--pipeline", pipeline)
    for row in rows:
        judge(row)


@part("CPU, pipeline 1")
def cpu_1():
    compare(1)


@part("CPU, pipeline 16")
def cpu_16():
    compare(16)


# ---- Idle -------------------------------------------------------------------


def idle(tcp):
    with Server(tcp=True) as server:
        with Crowd(server, tcp=tcp, clients=IDLE_CLIENTS, burst=100):
            time.sleep(3)
            before = cpu_seconds(server.pid)
            time.sleep(10)
            used = cpu_seconds(server.pid) - before
    at_most(
        "CPU in 10 s with %d idle clients over %s"
        % (IDLE_CLIENTS, "TCP" if tcp else "Unix"),
        used,
        IDLE_CPU,
        "s",
    )


@part("idle TCP")
def idle_tcp():
    idle(True)


@part("idle Unix")
def idle_unix():
    idle(False)


if __name__ == "__main__":
    main()
