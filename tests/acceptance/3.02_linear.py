#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A thousand histories of eight clients and more, on 2 and on 4 workers: each is
linearizable. That planted faults are found is shown by tests/linear/linear.py."""

import re
import sys

from accept import BUILD, QUICK, at_least, built, exactly, main, part, run, say
from accept import skip, source
from baton_test import Server

HISTORIES = 50 if QUICK else 500


def histories(workers, clients):
    name = "%d clients, %d workers" % (clients, workers)
    with Server(workers=workers) as server:
        result = run(
            built("tests", "linear", "linear"),
            *("-s", server.path, "-n", HISTORIES, "-c", clients),
            *("-o", 15 if clients <= 8 else 8),
            timeout=3600
        )
    figures = {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", result.stdout)}
    if result.returncode != 0:
        say(result.stdout[-8000:])
    at_least(name + ", histories", figures.get("histories", 0), HISTORIES)
    exactly(name + ", not linearizable", figures.get("not_linearizable", -1), 0)
    exactly(name + ", undecided", figures.get("undecided", -1), 0)
    at_least(
        name + ", operations beside another",
        100.0 * figures.get("overlapping", 0) / max(figures.get("operations", 1), 1),
        50,
        "%",
    )
    for what in ("strings", "watch", "lists"):
        if not figures.get(what):
            skip("%s, %s" % (name, what), "the server lacks some of the commands")


@part("histories")
def all_histories():
    histories(2, 8)
    histories(4, 8)
    histories(4, 12)


@part("planted faults")
def planted():
    exactly(
        "histories by hand, exit status",
        run(built("tests", "linear", "planted")).returncode,
        0,
    )
    result = run(
        sys.executable, source("tests", "linear", "linear.py"), "planted", cwd=BUILD
    )
    if result.returncode != 0:
        say(result.stdout[-8000:])
    found = len(re.findall(r"^ok .*planted: [^#]*$", result.stdout, re.M))
    at_least("planted faults found", found, 4)
    exactly("planted faults, exit status", result.returncode, 0)


if __name__ == "__main__":
    main()
