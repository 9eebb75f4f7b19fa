#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What baton-stress costs itself, beside redis-benchmark: both load stress/floor
with GETs, and baton-stress checks each reply."""

import json
import os
import resource
import subprocess
import tempfile

from accept import (
    QUICK,
    at_most,
    below,
    built,
    exactly,
    installed,
    main,
    median,
    part,
    run,
    say,
    tail,
)

ROUNDS = 3 if QUICK else 9
REQUESTS = 200000 if QUICK else 1000000


class Floor:
    """stress/floor, which gives back the one value that was set."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [built("stress", "floor"), "-p", "0", "-t", "1", "--echo"],
            stdout=subprocess.PIPE,
            universal_newlines=True,
        )
        self.port = self.process.stdout.readline().split()[1]
        return self

    def __exit__(self, *what):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def cpu(*words):
    """CPU microseconds of a program, user and system, per request."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = run(*words)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode != 0:
        say(tail(result.stdout))
    exactly(os.path.basename(words[0]) + ", exit status", result.returncode, 0)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used * 1e6 / REQUESTS


def ratio(pipeline):
    ours, theirs = [], []
    with Floor() as floor:
        for _ in range(ROUNDS):
            ours.append(cpu(
                built("baton-stress"), "-p", floor.port, "-q", "--keys", 1,
                "--ratio", "0:1", "-c", 50, "-P", pipeline, "-n", REQUESTS,
            ))
            theirs.append(cpu(
                installed("redis-benchmark"), "-p", floor.port, "-t", "get",
                "-d", 64, "-c", 50, "-P", pipeline, "-n", REQUESTS, "-q",
            ))
    say("baton-stress %.2f us, redis-benchmark %.2f us per request"
        % (median(ours), median(theirs)))
    return median([a / b for a, b in zip(ours, theirs)])


@part("CPU, pipeline 1")
def cpu_1():
    at_most("CPU per request, pipeline 1", ratio(1), 1.5, "x redis-benchmark")


@part("CPU, pipeline 16")
def cpu_16():
    below("CPU per request, pipeline 16", ratio(16), 1, "x redis-benchmark")


@part("open loop")
def open_loop():
    with Floor() as floor, tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "j")
        result = run(
            built("baton-stress"), "-p", floor.port, "-q", "--keys", 1,
            "--ratio", "0:1", "--rate", "50k", "--duration", 5 if QUICK else 20,
            "--json", path,
        )
        exactly("open loop, exit status", result.returncode, 0)
        with open(path) as f:
            report = json.load(f)
    at_most("off 50,000 requests per second",
            abs(report["rate"] - 50000) / 500, 1, "%")
    exactly("dropped sends", report["sends"]["dropped"], 0)
    say("late sends: %d of %d; delay p50 %.1f us, p99 %.1f us" % (
        report["sends"]["late"], report["sends"]["intended"],
        report["sends"]["delay_us"]["p50"], report["sends"]["delay_us"]["p99"]))


if __name__ == "__main__":
    main()
