#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every option and error of each family in both protocols, what COMMAND DOCS
covers, and redis-cli's own tools: the tests of `make check`, counted."""

import os
import subprocess
import sys

from accept import TOP, at_least, exactly, main, part, say

FAMILIES = ("strings strings_num bitmap keys databases expire scan hash list blocking set zset "
            "zset_more zset_wait sort multi pubsub notify maxmemory acl clients watching "
            "memory rewrite").split()


def count(name):
    """Tests that passed and failed, or None when there is no such file."""
    path = os.path.join(TOP, "tests", "protocol", name + ".py")
    if not os.path.exists(path):
        return None
    done = subprocess.run([sys.executable, path], stdout=subprocess.PIPE,
                          universal_newlines=True, timeout=600)
    lines = done.stdout.splitlines()
    bad = [x for x in lines if x.startswith("not ok") or "# SKIP" in x]
    for line in bad:
        say("%s: %s" % (name, line))
    return sum(x.startswith("ok ") for x in lines), len(bad) + (done.returncode and not bad)


@part("families")
def families():
    good = bad = files = 0
    for name in FAMILIES:
        counted = count(name)
        if counted:
            files += 1
            good += counted[0]
            bad += counted[1]
    at_least("files of protocol tests", files, 15)
    at_least("tests of options and errors", good, 500)
    exactly("tests that fail", bad, 0)


@part("COMMAND DOCS and redis-cli")
def docs():
    for name in ("docs", "redis_cli"):
        good, bad = count(name)
        at_least("%s, tests" % name, good, 5)
        exactly("%s, tests that fail" % name, bad, 0)


if __name__ == "__main__":
    main()
