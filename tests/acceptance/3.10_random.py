#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Random structured requests from several connections at once, against builds
with sanitizers: no report, no crash, no leak. And 1 worker and 4 workers end with
the same keys where the requests commute."""

import glob
import os
import re
import sys
import tempfile
import time

from accept import (
    BUILD,
    QUICK,
    build_asan,
    exactly,
    main,
    part,
    run,
    sanitized_builds,
    sanitizers_of,
    say,
    source,
    tail,
)
from baton_test import Skip

SECONDS = 5 if QUICK else 120
COMMUTING = 20000 if QUICK else 1000000


def storm(folder, *parts):
    """Runs the program on the batond in the folder: (name, result, reports)"""
    kinds = ",".join(sanitizers_of(folder)) or "no sanitizer"
    with tempfile.TemporaryDirectory() as logs:
        log_path = "log_path=" + os.path.join(logs, "report")
        suppressions = ":suppressions=" + source("tests", "support", "tsan.supp")
        env = dict(
            os.environ,
            BATOND=os.path.join(folder, "batond"),
            STORM_SECONDS=str(SECONDS),
            STORM_SEED=os.environ.get("STORM_SEED") or str(time.time_ns()),
            STORM_COMMUTING=str(COMMUTING),
            BATON_TEST_TIMEOUT="60",
            ASAN_OPTIONS=log_path + ":detect_stack_use_after_return=1",
            UBSAN_OPTIONS=log_path + ":print_stacktrace=1",
            TSAN_OPTIONS=log_path + suppressions,
        )
        program = source("tests", "differential", "storm.py")
        result = run(sys.executable, program, *parts, env=env, timeout=7200)
        text = ""
        for path in glob.glob(os.path.join(logs, "report*")):
            with open(path, errors="replace") as f:
                text += f.read()
    for line in re.findall(r"^# (?:seed|\d+ requests).*$", result.stdout, re.M):
        say(line)
    if result.returncode != 0 or text:
        say(tail(result.stdout, 60))
        say(text[:6000])
    found = text.count("SUMMARY: ") + text.count("runtime error")
    exactly("%s, %s, reports" % (parts[0], kinds), found, 0)
    exactly("%s, %s, exit status" % (parts[0], kinds), result.returncode, 0)


@part("sanitized")
def sanitized():
    found = sanitized_builds()
    for folder in found:
        storm(folder, "random requests")
    if not found:
        if QUICK:
            raise Skip("there is no build with a sanitizer")
        with tempfile.TemporaryDirectory() as folder:
            build_asan(folder)
            storm(folder, "random requests")


@part("workers")
def workers():
    storm(BUILD, "agree")


if __name__ == "__main__":
    main()
