#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Histories of concurrent clients are linearizable; and the same chain, with a
server in between that breaks one promise, finds that.

Environment: LINEAR_HISTORIES (60), LINEAR_SEED."""

import os
import re
import subprocess

from baton_test import Server, Skip, Wrong, main, note, test
from unfaithful import FAULTS, Unfaithful

HISTORIES = os.environ.get("LINEAR_HISTORIES", "60")
PROGRAM = os.path.join(os.environ.get("top_builddir", "."), "tests/linear/linear")


def linear(path, *more):
    """(exit status, figures, all that was said)"""
    words = [PROGRAM, "-s", path] + list(more)
    if os.environ.get("LINEAR_SEED"):
        words += ["-S", os.environ["LINEAR_SEED"]]
    result = subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        timeout=1800,
    )
    figures = {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", result.stdout)}
    return result.returncode, figures, result.stdout


def knows(server, name):
    with server.client() as c:
        return isinstance(c.cmd("COMMAND", "INFO", name)[0], list)


def clean(**options):
    with Server(**options) as server:
        status, figures, said = linear(server.path, "-n", HISTORIES)
        if status != 0:
            note(said)
            raise Wrong("not linearizable")
        note(said.splitlines()[0])
        # Else it shows little.
        assert figures["overlapping"] * 2 > figures["operations"], said


@test("%s histories, 4 workers" % HISTORIES, client=False)
def four():
    clean(workers=4)


@test("%s histories, 2 workers" % HISTORIES, client=False)
def two():
    clean(workers=2)


def plant(fault):
    with Server(workers=4) as server:
        if not knows(server, FAULTS[fault]):
            raise Skip("the server has no " + FAULTS[fault])
        path = os.path.join(server.dir, fault)
        proxy = Unfaithful(path, server.path, fault)
        status, figures, said = linear(path, "-n", "200")
        proxy.stop()
        if status != 1 or figures["not_linearizable"] != 1:
            note(said[-3000:])
            raise Wrong("the fault was not found")
        note("found in history %d" % figures["histories"])


for _fault in FAULTS:
    test("planted: " + _fault.replace("_", " "), client=False)(
        lambda fault=_fault: plant(fault)
    )


@test("nothing is found through a proxy that does no wrong", client=False)
def faithful():
    with Server(workers=4) as server:
        path = os.path.join(server.dir, "none")
        proxy = Unfaithful(path, server.path, "none")
        status, _, said = linear(path, "-n", "10")
        proxy.stop()
        if status != 0:
            note(said[-3000:])
            raise Wrong("a fault was found")


if __name__ == "__main__":
    main()
