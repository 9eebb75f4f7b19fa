#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Connections as a workload: lifetimes, ways to close, idle ones, storms, and
clients that misbehave beside healthy ones."""

import json
import os
import socket
import tempfile

from stress_support import Liar, expect, main, near, same, stress, test
from stress_support import wrong_faults


def run(*args, lie=()):
    with Liar(*lie) as liar, tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "j")
        done = stress(*liar.where, "-q", "--keys", "20", "-c", "6",
                      "--json", path, *args)
        expect(os.path.exists(path), done.stderr)
        with open(path) as f:
            return done, json.load(f)


def well(*args):
    done, r = run(*args)
    same((done.returncode, wrong_faults(r)), (0, {}))
    return r


@test("connections live for a time, and are closed in three ways")
def lifetimes():
    for way in ("fin", "rst", "half"):
        r = well("--lifetime", "0.1", "--close", way, "--duration", "1.5")
        # Six of them, each up to fifteen times; less if this machine stalls.
        near(way, r["connections"]["reconnects"], 12, 120)
        near(way, r["connections"]["opened"]
             - r["connections"]["reconnects"], 0, 6)


@test("all are renewed at once")
def renewed():
    r = well("--reconnect-all", "0.2", "--duration", "1.5")
    near("reconnects", r["connections"]["reconnects"], 12, 48)


@test("a rate of connections is kept")
def rate():
    r = well("--reconnect", "1", "--connect-rate", "100", "--duration", "2")
    near("opened", r["connections"]["opened"], 50, 260)


@test("idle connections and a storm")
def herd():
    r = well("--idle", "50", "--storm", "60", "-n", "2000")
    same((r["connections"]["idle"], r["connections"]["idle_lost"]), (50, 0))
    same((r["storm"]["connections"], r["storm"]["answered"]), (60, 60))
    same(r["storm"]["connect_us"]["count"], 60)
    same(sum(n for _, n in r["histograms"]["storm_connect_us"]), 60)
    r = well("-c", "0", "--storm", "40", "--duration", "0.3")
    same((r["requests"], r["storm"]["answered"]), (0, 40))


@test("a storm that nobody answers is told")
def unanswered():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen(20)
        done = stress("-p", str(s.getsockname()[1]), "-c", "0", "--memcached",
                      "--storm", "5", "--duration", "0.2", "--timeout", "1",
                      "-q", "--json", "-")
    r = json.loads(done.stdout)
    same((done.returncode, r["ok"], r["storm"]["answered"]), (1, False, 0))
    same(r["verdict"], "WRONG (5 of the storm not answered)")


@test("fairness is counted")
def fairness():
    r = well("-n", "6000")
    f = r["fairness"]
    same(f["connections"], 6)
    expect(f["min"] <= f["median"] <= f["max"], f)
    least, most = f["min"], f["max"]
    # What numbers between these two can come to, however they lie.
    near("Jain", f["jain"], 4 * least * most / (least + most) ** 2 - 1e-5, 1)
    expect(f["jain"] > 0.999999 or least < most, f)


KINDS = ("slow-reader", "never-read", "slow-writer", "garbage", "partial",
         "rst", "oversize")


@test("healthy clients beside those that misbehave")
def misdeeds():
    r = well("--rate", "300", "--duration", "2", "--fault-after", "0.5",
             "--fault", "partial:2,slow-writer:2,rst:2")
    m = r["misbehaving"]
    same([c["kind"] for c in m["clients"]], ["slow-writer", "partial", "rst"])
    for c in m["clients"]:
        near(c["kind"], c["connections"], 2, 200)
        expect(c["bytes_out"] > 0, c)
    near("before", m["before_us"]["count"], 10, 200)
    same(m["before_us"]["count"] + m["during_us"]["count"], r["requests"])


@test("every kind of misdeed has a name")
def names():
    for kind in KINDS:
        same(stress("--fault", kind + ":1", "--nope").stderr.split(":")[1],
             " --nope")
    for bad in ("rude:1", "rst", "rst:0", "rst:1,", ""):
        same((bad, stress("--fault", bad).returncode), (bad, 2))


if __name__ == "__main__":
    main()
