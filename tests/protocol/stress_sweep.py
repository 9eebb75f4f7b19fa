#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Several rates, the knee, several servers."""

import json

from stress_support import Child, Liar, expect, main, near, same, stress, test


class Metronome(Child):
    """A server that takes so many microseconds for each request but the first,
    which set the keys."""

    def __init__(self, service):
        super().__init__("metronome.py", "--service", str(service), "--free", "50")


def report(*args):
    done = stress("-q", "--keys", "20", "-c", "8", "--json", "-", *args)
    expect(done.stdout, done.stderr)
    return done, json.loads(done.stdout)


@test("--sweep runs at each rate")
def sweep():
    with Liar() as liar:
        done, r = report(*liar.where, "--sweep", "100:300:3", "--duration",
                         "0.4")
    same(done.returncode, 0)
    same([p["rate"] for p in r["sweep"]["points"]], [100, 200, 300])
    for p in r["sweep"]["points"]:
        near("requests", p["requests"], p["rate"] * 0.3, p["rate"] * 0.5)
        same(p["response_us"]["count"], p["requests"])
        expect(p["ok"] and p["good"], p)
    same(r["slo"], None)
    same(r["setup"]["rate"], 300)


@test("--slo finds the knee")
def slo():
    # Four milliseconds each: 250 a second; the machine may be busy.
    # If it stalls, the knee comes out too low, and one looks again. The search
    # begins near it, since a rate that fails is tried three times.
    for _ in range(8):
        with Metronome(4000) as server:
            done, r = report(*server.where, "--slo", "p90=50ms", "--duration",
                             "0.25", "--rate", "250", "--keys", "8")
        bad = [p["rate"] for p in r["sweep"]["points"] if not p["good"]]
        if r["slo"] and r["slo"]["rate"] >= 120 and bad and min(bad) > 120:
            break
    same((done.returncode, r["slo"]["quantile"]), (0, 0.9))
    near("knee", r["slo"]["rate"], 120, 400)
    same(r["setup"]["rate"], r["slo"]["rate"])
    expect("slo: p90=50ms holds up to" in done.stderr, done.stderr)
    expect(bad and min(bad) > 120, r["sweep"])


@test("compare: rounds, medians, ratios; and lies are told")
def compare():
    with Liar() as a, Liar() as b, Liar("--lie", "torn") as c:
        path = a.where[1]
        words = ["compare", "--rounds", "3", "one=" + path,
                 "two=%s@%d" % (b.where[1], b.process.pid)]
        load = ["--", "-q", "-n", "1000", "--keys", "20", "-c", "4", "--json",
                "-"]
        done = stress(*words, *load)
        same(done.returncode, 0)
        r = json.loads(done.stdout)
        same([s["name"] for s in r["servers"]], ["one", "two"])
        for s in r["servers"]:
            same((s["ok"], len(s["rate"]["samples"])), (True, 3))
            v = s["rate"]["value"]
            expect(v["q1"] <= v["median"] <= v["q3"], v)
        same(r["servers"][0]["rate"]["ratio"]["median"], 1)
        expect("median (quartiles), and as a ratio to one" in done.stderr,
               done.stderr)
        done = stress("compare", path, "liar=" + c.where[1], "--rounds", "1",
                      *load)
        same(done.returncode, 1)
        expect("compare: liar: WRONG (1 torn)" in done.stderr, done.stderr)


@test("options of these that make no sense")
def contradictions():
    for args in (["--sweep", "x"], ["--sweep", "1k:2k"], ["--slo", "p99"],
                 ["--sweep", "1k", "--rate", "5"], ["--slo", "p100=1ms"],
                 ["--slo", "p99=2"], ["--sweep", "1k", "--slo", "p99=1s"],
                 ["compare"], ["compare", "1"], ["compare", "x", "y"],
                 ["compare", "1", "2", "-q"],
                 ["compare", "1", "2", "--rounds", "0"],
                 ["compare", "1", "2", "--", "--nope"]):
        done = stress(*args)
        same((args, done.returncode, done.stderr.count("\n")), (args, 2, 1))


if __name__ == "__main__":
    main()
