#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A server that stalls for a second shows in the response times of an open
loop, as it must; what a closed loop says of the same stall stands beside it."""

import json
import os
import signal
import tempfile
import threading
import time

from accept import (
    at_most,
    before_others,
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

RATE = 2000
SECONDS = 5


def stalled(server, begin, fn):
    """What fn says, the server being stopped for a second meanwhile."""

    def stall():
        time.sleep(begin)
        os.kill(server.pid, signal.SIGSTOP)
        time.sleep(1)
        os.kill(server.pid, signal.SIGCONT)

    thread = threading.Thread(target=stall)
    thread.start()
    try:
        return fn()
    finally:
        thread.join()


def off(value, wanted):
    """How far a value is from the wanted one, in percent."""
    return abs(value - wanted) / wanted * 100


@part("open loop")
def open_loop():
    installed("redis-server")
    before_others()
    with Server(redis=True, tcp=True) as server, \
            tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "j")
        words = ("-p", server.port, "--rate", RATE, "--duration", SECONDS,
                 "-q", "--json", path)
        result = stalled(
            server, 2, lambda: run(built("baton-stress"), *words)
        )
        if result.returncode != 0:
            say(tail(result.stdout))
        exactly("exit status", result.returncode, 0)
        with open(path) as f:
            report = json.load(f)
    response = report["latency"]["response_us"]
    service = report["latency"]["service_us"]
    exactly("requests due", report["sends"]["intended"], RATE * SECONDS)
    at_most("response p90, from 0.50 s", off(response["p90"], 5e5), 10, "%")
    at_most("response p99, from 0.95 s", off(response["p99"], 9.5e5), 5, "%")
    at_most("service p99", service["p99"] / 1e6, 0.1, "s")
    at_most("90 % of the sends were late by at most",
            report["sends"]["delay_us"]["p90"] / 1e3, 5, "ms")


@part("redis-benchmark beside it")
def beside():
    installed("redis-server")
    with Server(redis=True, tcp=True) as server:
        words = ("-p", server.port, "-t", "get", "-c", 50, "-n", 300000,
                 "--csv")
        result = stalled(
            server, 1, lambda: run(installed("redis-benchmark"), *words)
        )
    say("redis-benchmark on the same stall:")
    say(tail(result.stdout, 2))
    fields = result.stdout.splitlines()[-1].replace('"', "").split(",")
    at_most("redis-benchmark's p99, blind to it", float(fields[6]) / 1e3, 0.5,
            "s")


if __name__ == "__main__":
    main()
