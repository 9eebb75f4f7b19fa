#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The open loop of baton-stress: requests go out when they are due, a stall of
the server shows in the response times, and the JSON says all of it."""

import json
import os
import sys
import tempfile

from stress_support import Liar, expect, main, near, same, stress, test
from stress_support import wrong_faults


def run(liar, *args):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "j")
        done = stress(*liar.where, "-q", "--json", path, "--keys", "20", *args)
        expect(os.path.exists(path), done.stderr)
        with open(path) as f:
            return done, json.load(f)


@test("each kind of arrivals sends what is due")
def arrivals():
    # (arrivals, requests due in 0.6 s at 500 a second, give or take)
    for name, due, more in (
        ("constant", 300, 1), ("poisson", 300, 120), ("burst:50", 300, 50),
        ("ramp:100", 180, 2), ("step:100:3", 180, 3),
    ):
        with Liar() as liar:
            done, r = run(liar, "--rate", "500", "--duration", "0.6", "-c", "4",
                          "-t", "2", "--arrivals", name)
        same(done.returncode, 0)
        same(r["setup"]["loop"], "open")
        same(r["setup"]["arrivals"], name.split(":")[0])
        near(name, r["sends"]["intended"], due - more, due + more)
        same(r["requests"], r["sends"]["sent"])
        same(r["sends"]["sent"] + r["sends"]["dropped"], r["sends"]["intended"])
        same(r["latency"]["response_us"]["count"], r["requests"])


@test("a stall shows in the response times, not in the service times")
def stall():
    with Liar("--lie", "late", "--after", "400", "--stall", "1") as liar:
        done, r = run(liar, "--rate", "500", "--duration", "3", "-c", "4")
    same((done.returncode, wrong_faults(r)), (0, {}))
    same(r["sends"]["intended"], 1500)
    # A third of the requests wait, evenly 0 to 1 s; few were under way. What
    # this machine stalls by itself comes on top.
    near("response p90", r["latency"]["response_us"]["p90"], 5.5e5, 1e7)
    near("response p99", r["latency"]["response_us"]["p99"], 8.5e5, 1e7)
    near("service p90", r["latency"]["service_us"]["p90"], 0, 2.5e5)


@test("a closed loop has no response times")
def closed():
    with Liar() as liar:
        done, r = run(liar, "--closed", "-n", "500", "-c", "4")
    same(done.returncode, 0)
    same((r["setup"]["loop"], r["sends"]), ("closed", None))
    same(r["latency"]["response_us"], None)
    same(r["histograms"]["response_us"], None)
    expect("hide stalls" in done.stdout, done.stdout)


@test("time series and histograms add up to the whole")
def sums():
    with Liar() as liar:
        done, r = run(liar, "--rate", "400", "--duration", "0.9", "-c", "4",
                      "--interval", "0.2", "--server-pid",
                      str(liar.process.pid))
    same(done.returncode, 0)
    points = r["series"]["points"]
    near("points", len(points), 3, 200)  # the last reply may come late
    same(sum(p["requests"] for p in points), r["requests"])
    for name in ("response_us", "service_us", "connect_us"):
        same(sum(n for _, n in r["histograms"][name]),
             r["latency"][name]["count"])
    if sys.platform.startswith("linux"):
        near("CPU", r["server"]["cpu_us_per_request"], 1, 1e5)
        near("memory", r["server"]["memory_bytes"], 1 << 20, 1 << 30)


@test("what a connection has no room for is dropped and counted")
def dropped():
    with Liar("--lie", "late", "--after", "150", "--stall", "0.7") as liar:
        done, r = run(liar, "--rate", "500", "--duration", "1.2", "-c", "1",
                      "--max-in-flight", "50")
    same(done.returncode, 0)
    near("dropped", r["sends"]["dropped"], 50, 550)
    expect("dropped" in (r["generator"]["warning"] or ""), "no warning")


@test("options that contradict each other")
def contradictions():
    for args in (["--rate", "0"], ["--rate", "x"], ["--rate", "5", "--closed"],
                 ["--arrivals", "poisson"], ["--rate", "5", "--arrivals", "x"],
                 ["--rate", "5", "--arrivals", "ramp:1", "-n", "9"]):
        done = stress(*args)
        same((args, done.returncode, done.stderr.count("\n")), (args, 2, 1))


if __name__ == "__main__":
    main()
