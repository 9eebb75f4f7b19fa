#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""--slo finds the same knee three times, where it must be: a server that takes
two milliseconds for each request does 500 a second."""

import json
import os
import subprocess
import sys
import tempfile

from accept import at_most, built, exactly, main, part, run, say, source, tail


def knee():
    with tempfile.TemporaryDirectory() as folder:
        path, report = os.path.join(folder, "s"), os.path.join(folder, "j")
        server = subprocess.Popen(
            [sys.executable, source("tests", "support", "metronome.py"),
             "--unix", path, "--service", "2000", "--free", "2000"],
            stdout=subprocess.PIPE, universal_newlines=True,
        )
        try:
            server.stdout.readline()
            result = run(
                built("baton-stress"), "-s", path, "-q", "--keys", 20,
                "-c", 20, "--slo", "p90=100ms", "--duration", 3,
                "--rate", 100, "--json", report,
            )
        finally:
            server.kill()
            server.wait()
            server.stdout.close()
        exactly("exit status", result.returncode, 0)
        say(tail(result.stdout, 1))
        with open(report) as f:
            return json.load(f)["slo"]["rate"]


@part("knee")
def three():
    rates = [knee() for _ in range(3)]
    at_most("spread of three runs", (max(rates) / min(rates) - 1) * 100, 10, "%")
    at_most("furthest from 500 requests per second",
            max(abs(r - 500) for r in rates) / 5, 10, "%")


if __name__ == "__main__":
    main()
