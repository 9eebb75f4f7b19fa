#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Real clients of other languages, as their users install them."""

import subprocess
import sys

from accept import TOP, ci_jobs, exactly, main, part, say, source
from baton_test import Skip


@part("python")
def python():
    done = subprocess.run([sys.executable, source("tests", "protocol", "client_python.py")],
                          stdout=subprocess.PIPE, universal_newlines=True, timeout=120)
    if "# SKIP" in done.stdout:
        raise Skip("python3-redis is not installed")
    if done.returncode:
        say(done.stdout)
    exactly("python redis, tests that fail", done.stdout.count("not ok"), 0)


@part("ioredis, redis, express-session, kombu", long=True)
def others():
    ci_jobs(TOP, "clients")


if __name__ == "__main__":
    main()
