#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Requests at a fixed rate while another process computes on every processor:
response times beside redis', in interleaved rounds. A worker that lets others
run before it sleeps must not have its clients wait for it."""

import json
import os
import subprocess
import sys
import tempfile

from accept import QUICK, at_most, built, installed, main, median, part, run, say, tail
from baton_test import Server, Wrong

ROUNDS = 3 if QUICK else 9
SECONDS = 3
LOAD = ("-c", 20, "--rate", 5000, "--arrivals", "poisson", "--duration", SECONDS)
HOG = "while True: pass"


def once(port):
    """Response times in us: quantile -> value."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "j")
        result = run(built("baton-stress"), "-p", port, "-q", "--json", path, *LOAD)
        if result.returncode != 0:
            raise Wrong("baton-stress: %s" % tail(result.stdout, 3))
        with open(path) as f:
            return json.load(f)["latency"]["response_us"]


def rounds(ports):
    """name -> quantile -> values."""
    found = {name: {"p50": [], "p90": [], "p99": []} for name in ports}
    for _ in range(ROUNDS):
        for name, port in ports.items():
            times = once(port)
            for key, values in found[name].items():
                values.append(times[key])
    return found


@part("beside processes that compute")
def hogs():
    installed("redis-server")
    with Server(redis=False, tcp=True) as batond, Server(redis=True, tcp=True) as redis:
        busy = [subprocess.Popen([sys.executable, "-c", HOG])
                for _ in os.sched_getaffinity(0)]
        try:
            found = rounds({"batond": batond.port, "redis": redis.port})
        finally:
            for process in busy:
                process.kill()
                process.wait()
    for key, limit in (("p50", 1.5), ("p90", 1.25), ("p99", 1.5)):
        mine, theirs = found["batond"][key], found["redis"][key]
        say("%s: batond %.0f us, redis %.0f us" % (key, median(mine), median(theirs)))
        at_most("%s of response times, as a part of redis'" % key,
                median(mine) / median(theirs), limit)


if __name__ == "__main__":
    main()
