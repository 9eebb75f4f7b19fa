#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""redis-benchmark runs to its end and has nothing to complain of."""

from accept import QUICK, at_least, exactly, installed, main, part, run, say
from baton_test import Server

TESTS = ["ping", "set", "get", "incr", "mset"]
REQUESTS = 100000 if QUICK else 1000000


def complaints(text):
    return [
        line
        for line in text.replace("\r", "\n").splitlines()
        if "error" in line.lower() or "warn" in line.lower()
    ]


def benchmark(name, where):
    result = run(
        installed("redis-benchmark"),
        *where,
        *("-t", ",".join(TESTS), "-P", 16, "-c", 50, "--threads", 2),
        *("-n", REQUESTS),
        timeout=900
    )
    found = complaints(result.stdout)
    for line in found[:10]:
        say(line)
    exactly(name + ", exit status", result.returncode, 0)
    exactly(name + ", errors and warnings", len(found), 0)
    # PING is done twice, inline and as an array; one report for each test.
    at_least(
        name + ", reports of %d requests" % REQUESTS,
        result.stdout.count("%d requests completed in" % REQUESTS),
        len(TESTS) + 1,
    )


@part("TCP")
def over_tcp():
    with Server(tcp=True) as server:
        benchmark("redis-benchmark over TCP", ["-p", server.port])


@part("Unix")
def over_unix():
    with Server() as server:
        benchmark("redis-benchmark over Unix", ["-s", server.path])


if __name__ == "__main__":
    main()
