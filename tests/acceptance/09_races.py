#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What no order of the commands could explain never shows: the race tests and
the tests of atomicity over the running server, for longer than `make check`
runs them."""

import glob
import os
import re
import sys

from accept import (
    BUILD,
    QUICK,
    at_least,
    exactly,
    main,
    part,
    run,
    say,
    source,
    tail,
)
from baton_test import Skip

SECONDS = 5 if QUICK else 30


# It counts rounds instead, and is run by 06_no_fds.
OTHERS = ("reuse",)


def race_programs():
    """They take the seconds as argument."""
    paths = glob.glob(os.path.join(BUILD, "tests", "race", "*"))
    return sorted(
        p
        for p in paths
        if os.path.isfile(p)
        and os.access(p, os.X_OK)
        and os.path.basename(p) not in OTHERS
    )


@part("race tests")
def races():
    programs = race_programs()
    if not programs:
        raise Skip("no race test is built")
    for program in programs:
        name = os.path.relpath(program, BUILD)
        result = run(program, SECONDS, timeout=60 + 10 * SECONDS)
        say(tail(result.stdout, 3 if result.returncode == 0 else 30))
        exactly(name + ", inconsistent (exit status)", result.returncode, 0)


@part("atomic commands")
def atomic():
    """MSET of 8 keys against MGET, GET and EXISTS; APPEND, SETRANGE and INCR
    against GET; RENAME against GET; and more."""
    result = run(
        sys.executable,
        source("tests", "protocol", "atomic.py"),
        timeout=60 + 60 * SECONDS,
        env=dict(os.environ, ATOMIC_SECONDS=str(SECONDS)),
    )
    for line in re.findall(r"^(?:ok|not ok) .*", result.stdout, re.M):
        say(line)
    good = len(re.findall(r"^ok (?!.* # SKIP)", result.stdout, re.M))
    bad = len(re.findall(r"^not ok ", result.stdout, re.M))
    if bad or result.returncode:
        say(tail(result.stdout, 60))
    planned = re.search(r"^1\.\.(\d+)$", result.stdout, re.M)
    at_least("tests of atomicity that pass", good, 1)
    exactly(
        "tests of atomicity that were run",
        good + bad,
        int(planned.group(1)) if planned else -1,
    )
    exactly("tests of atomicity that fail", bad, 0)
    exactly("tests of atomicity, exit status", result.returncode, 0)


if __name__ == "__main__":
    main()
