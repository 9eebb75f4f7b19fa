#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""All workloads run against redis-server and batond; and batond stands ten
minutes of all of them at once, beside clients that misbehave and connections
that come and go, without one wrong reply."""

import json
import os
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
    tail,
)
from baton_test import Server

WORKLOADS = ("cache", "session", "queue", "pubsub", "counter", "zset", "mixed")
SECONDS = 2 if QUICK else 10
LONG = 20 if QUICK else 600
# Those that misbehave all the time cost others their time, whatever the server.
FAULTS = "slow-reader:4,never-read:2,slow-writer:10,garbage:5,partial:10,rst:20,oversize:2"


def stress(name, port, *options):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "j")
        result = run(
            built("baton-stress"), "-p", port, "-q", "--json", path, *options,
            timeout=LONG + 300
        )
        if result.returncode != 0:
            say(tail(result.stdout))
        exactly(name + ", exit status", result.returncode, 0)
        if not os.path.exists(path):
            return None
        with open(path) as f:
            report = json.load(f)
    exactly(name + ", wrong replies", sum(report["faults"].values()), 0)
    at_least(name + ", requests", report["requests"], 1000)
    return report


def all_workloads(name, port):
    for workload in WORKLOADS:
        for more in ((), ("-3", "-P", 8)):
            stress(" ".join([name, workload] + [str(w) for w in more]), port,
                   "-w", workload, "-t", 2, "--duration", SECONDS, *more)


@part("redis-server")
def redis():
    installed("redis-server")
    with Server(redis=True, tcp=True) as server:
        all_workloads("redis-server", server.port)


@part("batond")
def batond():
    with Server(tcp=True) as server:
        all_workloads("batond", server.port)


@part("ten minutes")
def long():
    with Server(tcp=True) as server:
        report = stress(
            "batond, mixed for %d s" % LONG, server.port, "-w", "mixed",
            "-t", 2, "--rate", "5k", "--arrivals", "poisson", "--lifetime", 5,
            "--duration", LONG, "--fault", FAULTS, "--fault-after", LONG / 4,
            "--idle", 200, "--timeout", 30,
        )
        if report:
            at_least("connections that came and went",
                     report["connections"]["reconnects"], 10)
            for key in ("before_us", "during_us"):
                say("%s: %r" % (key, report["misbehaving"][key]))


if __name__ == "__main__":
    main()
