#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The differential tester finds what is wrong: batond gets other requests than
the reference now and then, as if it had answered wrongly, and each time the
difference must be seen, and shrunk to few requests."""

# The family first: it knows where the others are.
from family import HERE, Family, row  # isort: skip
import os

from baton_test import main, test
from engine import Mismatch, Pair, run_round, shrink
from family_string import String
from run import explain


class Few(String):
    """Rounds in which all families' rows are left out."""

    plain = True


def lost_write(request):
    """APPEND to one key does nothing."""
    if request[0].upper() == b"APPEND" and request[1:2] == [b"s:1"]:
        return [b"STRLEN", b"s:1"]
    return request


def wrong_type_of_reply(request):
    """A number as a bulk string."""
    return [b"ECHO", b"1"] if request[0].upper() == b"SETNX" else request


def only_seen_at_the_end(request):
    """Nothing that is asked for in a round tells that the value is another."""
    if request[0] == b"MSET" and len(request) == 3 and request[1] == b"s:2":
        return [b"MSET", b"s:2", b"other"]
    return request


class Writes(Family):
    name = "writes"
    kind = "string"
    plain = True

    def setup(self, g):
        return ()

    @row(1)
    def mset(self, g):
        return ["MSET", g.key(), g.value()]


def find(family, tamper):
    """(units that were left, the fault)"""
    pair = Pair(family, tamper=tamper)
    try:
        for n in range(20):
            try:
                run_round(pair, "planted/%d" % n, 1000)
            except Mismatch as fault:
                return shrink(pair, fault, 120)  # much less on a calm machine
        raise AssertionError("the fault was not seen")
    finally:
        pair.stop()


@test("a lost write is seen and shrunk", client=False)
def write():
    units, fault = find(Few(), lost_write)
    assert fault is not None, "it did not come again"
    assert len(units) <= 4, units
    assert any(u[2][0].upper() == b"APPEND" for u in units), units


@test("a reply of another type is seen", client=False)
def other_type():
    units, fault = find(Few(), wrong_type_of_reply)
    assert len(units) <= 2 and fault.request[0].upper() == b"SETNX", units


@test("what no reply told is seen when all keys are compared", client=False)
def keyspace():
    units, fault = find(Writes(), only_seen_at_the_end)
    assert fault.final and len(units) == 1, units


@test("doc/DIFFERENCES.md tells all that is let pass", client=False)
def documented():
    top = os.environ.get("top_srcdir", os.path.join(HERE, os.pardir, os.pardir))
    with open(os.path.join(top, "doc", "DIFFERENCES.md")) as f:
        assert f.read() == explain(), "run tests/differential/run.py --explain"


@test("without a fault there is no difference", client=False)
def none():
    pair = Pair(Few())
    run_round(pair, "planted/none", 2000)
    pair.stop()


if __name__ == "__main__":
    main()
