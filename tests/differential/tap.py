# SPDX-License-Identifier: BSD-2-Clause
"""Campaigns: rounds until the count is reached, and what is told of faults; and
the short form of a family as TAP.

Environment of the short form: DIFFERENTIAL_COUNT (requests, 15000),
DIFFERENTIAL_SEED (1), BATOND."""

import os
import time

from baton_test import Skip, Wrong, main, note, short, test
from differences import DIFFERENCES
from engine import ROUND, Mismatch, Pair, run_round, shrink
from family import Mixed
from wire import Gone


def new_seed():
    return int(time.time() * 1000) % 1000000007


def show_unit(unit):
    kind, n, words = unit
    if type(words) is int:
        return "%d: (%s %d)" % (n, kind, words)
    text = " ".join(repr(w)[1:] if len(w) < 80 else repr(w[:60])[1:] + "..." for w in words)
    return "%d: %s%s" % (n, text, "  (%s)" % kind if kind != "do" else "")


def tell(pair, fault, where, seconds=20):
    note("---- replies differ: " + where)
    units, again = shrink(pair, fault, seconds)
    if again is None:
        note("it does not come again when the round is repeated; its last requests:")
        units = [u for u in units if type(u[2]) is int or set(u[2]) & set(fault.request[1:])]
        units = units[-30:]
    else:
        fault = again
        note("%d requests lead to it:" % len(units))
    for unit in units[-40:]:
        note("    " + show_unit(unit))
    note("request: %d: %s" % (fault.conn, show_unit(("do", fault.conn, fault.request))))
    if fault.final:
        note("         (when all keys were compared)")
    note("batond:  %s" % short(fault.ours))
    note("redis:   %s" % short(fault.theirs))


class Campaign:
    def __init__(self, family, seed=None, **pair):
        self.family = family
        self.seed = new_seed() if seed is None else seed
        self.pair = Pair(family, **pair)
        self.faults = 0

    def run(self, count, faults=1, first=0, shrink_seconds=20):
        """Rounds until so many requests were compared, or so many faults seen."""
        if isinstance(self.family, Mixed):
            there = [f for f in self.family.families if not self.pair.missing(f.needs)]
            self.family.choose(there)
        missing = self.pair.missing(self.family.needs)
        if missing:
            self.pair.stop()
            raise Skip("batond has no " + " ".join(missing))
        begin, n = time.monotonic(), first
        while self.pair.compared < count and self.faults < faults:
            size = min(ROUND, max(100, count - self.pair.compared))
            self.one(n, size, shrink_seconds)
            n += 1
        took = max(time.monotonic() - begin, 1e-6)
        note(
            "%s: seed %s, %d replies compared, %d rounds, %d faults, %.0f/s"
            % (self.family.name, self.seed, self.pair.compared, n - first,
               self.faults, self.pair.compared / took)
        )  # fmt: skip
        for count, (name, _, why) in zip(self.pair.explained, DIFFERENCES):
            if count:
                note("explained: %d, %s: %s" % (count, name or "any", why))
        self.pair.stop()

    def one(self, n, size, shrink_seconds):
        where = "--family %s --seed %s --round %d" % (self.family.name, self.seed, n)
        try:
            run_round(self.pair, "%s/%s/%d" % (self.family.name, self.seed, n), size)
        except Mismatch as fault:
            self.faults += 1
            try:
                tell(self.pair, fault, where, shrink_seconds)
            except Gone as gone:
                self.dead(gone, where)
        except Gone as gone:
            self.dead(gone, where)

    def dead(self, gone, where):
        for side in self.pair.sides:
            if side.server.process.poll() is not None:
                note(side.server.log()[-4000:])
        raise Wrong("%s (%s)" % (gone, where))


def short_form(family):
    family = family()
    count = int(os.environ.get("DIFFERENTIAL_COUNT", "15000"))
    # The same requests each time: a good tree passes each time. The long form,
    # run.py, tries others.
    seed = os.environ.get("DIFFERENTIAL_SEED", "1")

    @test("%s: %d random requests, RESP2 and RESP3" % (family.name, count), client=False)
    def compare():
        campaign = Campaign(family, seed)
        campaign.run(count)
        if campaign.faults:
            raise Wrong("replies differ, seed %s" % campaign.seed)

    main()
