#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What baton-stress finds in hashes, counters, lists and channels, and in the
texts of workloads. TAP."""

import tempfile

from stress_support import Liar, expect, judged, main, stress, test


def listen(lie, kind, workload, *more):
    """A workload of the file's own text; one lie."""
    with tempfile.NamedTemporaryFile("w", suffix=".load") as f:
        f.write(workload)
        f.flush()
        with Liar("--lie", lie) as liar:
            status, r, text = judged(liar, "-w", f.name, *more)
    faults = {k: v for k, v in r["faults"].items() if v}
    expect(status == (1 if kind else 0), f"exit status {status}: {text}")
    expect(faults == ({kind: 1} if kind else {}), f"{faults}: {text}")
    return r


HASH = "1 HSET {key} a {value} b {value}\n2 HGETALL {key}\n"
COUNTER = "3 INCR {key}\n1 GET {key:c}\n"
QUEUE = "1 LPUSH {key} {value}\nlists 2\n1 RPOP {key}\n"
CHANNEL = "1 PUBLISH {key} {value}\nsubscribe 50%\n"
# All elements go to one connection, which sees their order.
STOCK = "1 LPUSH {key} {value}\nlists 1\nconsume 17% RPOP {key}\n"


@test("hashes, counters, lists and channels: truth")
def other_types():
    for workload in (HASH, COUNTER, QUEUE, CHANNEL, STOCK):
        for more in ([], ["-3"]):
            r = listen("none", None, workload, *more)
            expect(r["requests"] == 6000, r["requests"])


@test("torn: a hash of two versions")
def half_done():
    listen("half", "torn", HASH)


@test("a counter that tells a number twice")
def same_number():
    r = listen_any("count", COUNTER)
    expect(set(r) <= {"stale", "twice", "lost"} and r, f"{r}")


def listen_any(lie, workload, *more):
    with tempfile.NamedTemporaryFile("w") as f:
        f.write(workload)
        f.flush()
        with Liar("--lie", lie) as liar:
            status, r, text = judged(liar, "-w", f.name, *more)
    expect(status == 1, text)
    return {k: v for k, v in r["faults"].items() if v}


@test("twice: an element")
def popped_twice():
    listen("again", "twice", QUEUE)


@test("never: an element")
def swallowed():
    listen("swallow", "never", QUEUE)


@test("reordered: elements")
def overtaken():
    # Most elements are still there at the end: the one connection that pops
    # them is slower than the others.
    r = listen_any("overtaken", STOCK, "-n", "20000")
    expect(set(r) == {"reordered"}, f"{r}")


@test("never: a message")
def unheard():
    listen("deaf", "never", CHANNEL)


@test("twice: a message")
def heard_twice():
    listen("echo", "twice", CHANNEL)


@test("reordered: messages")
def jumped():
    listen("jump", "reordered", CHANNEL)


@test("a late reply is not wrong, but shows")
def late_reply():
    """Late is not wrong, but it shows."""
    with Liar("--lie", "late") as liar:
        status, r, text = judged(liar, "--rate", "2k", "-n", "3000")
    expect(status == 0 and not any(r["faults"].values()), text)
    expect(r["latency"]["response_us"]["max"] >= 490000, r["latency"])


@test("workloads that make no sense: one line, exit 2")
def bad_workloads():
    for text in ("", "x GET {key}", "1", "1 GET {key", "1 APPEND {key} a{value}",
                 "0 GET {key}", "1 BRPOP {key} 1",
                 "consume 50% LPUSH {key} {value}", "1 GET {key:q}",
                 "1 HSET {key} a {value}\n1 HSET {key} b {value}",
                 "1 GET {key}\nsubscribe 100%"):
        with tempfile.NamedTemporaryFile("w") as f:
            f.write(text)
            f.flush()
            done = stress("-w", f.name, "-n", "1")
        expect(done.returncode == 2 and done.stderr.count("\n") == 1,
               f"{text}: {done.returncode} {done.stderr}")


if __name__ == "__main__":
    main()
