#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The differential tester: a million random requests for each family of
commands, to batond and to redis-server, and no unexplained difference."""

import re
import sys

from accept import QUICK, at_least, exactly, main, part, run, say, skip, source
from baton_test import Skip, redis_program

COUNT = 20000 if QUICK else 1000000
TOLD = re.compile(r"^# (\w+): seed \S+, (\d+) replies compared, \d+ rounds, (\d+) f", re.M)


def one(name):
    program = source("tests", "differential", "run.py")
    result = run(
        sys.executable,
        *(program, "--family", name, "--count", COUNT),
        timeout=3600
    )
    left_out = re.search(r"^# \w+: skipped: (.*)$", result.stdout, re.M)
    if left_out:
        skip("differential, %s" % name, left_out.group(1))
        return
    told = TOLD.search(result.stdout)
    if result.returncode != 0 or not told:
        say(result.stdout[-4000:])
    compared, faults = map(int, told.group(2, 3)) if told else (0, 0)
    at_least("%s, replies compared" % name, compared, COUNT)
    exactly("%s, unexplained differences" % name, faults, 0)
    exactly("%s, exit status" % name, result.returncode, 0)


@part("differential")
def differential():
    if redis_program() is None:
        raise Skip("redis-server is not installed")
    names = run(sys.executable, source("tests", "differential", "run.py"), "--list")
    for name in names.stdout.split():
        one(name)


if __name__ == "__main__":
    main()
