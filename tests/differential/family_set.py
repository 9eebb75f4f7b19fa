#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sets."""

from compare import popped_at_random, scanned, shape, unordered
from family import Family, main, row


class Set(Family):
    name = "set"
    kind = "set"
    needs = ("SADD", "SPOP", "SINTERCARD", "SDIFFSTORE", "SSCAN")
    COMPARE = {
        "SMEMBERS": unordered,
        "SINTER": unordered,
        "SUNION": unordered,
        "SDIFF": unordered,
        "SSCAN": scanned,
        "SRANDMEMBER": shape,
    }
    ALONE = {"SPOP": popped_at_random}
    # So that sets of integers go over, too.
    options = {"set_max_intset_entries": 24}

    @row(8)
    def add(self, g):
        if g.chance(0.3):
            words = [g.integer() for _ in range(g.between(1, 8))]
        else:
            words = g.some(g.member, 4 if g.chance(0.9) else 20)
        return ["SADD", g.key()] + words

    @row(4)
    def remove(self, g):
        return ["SREM", g.key()] + g.some(g.member)

    @row(3)
    def ask(self, g):
        if g.chance(0.4):
            return ["SMISMEMBER", g.key()] + g.some(g.member)
        return ["SISMEMBER", g.key(), g.member()]

    @row(4)
    def whole(self, g):
        return [g.pick(("SMEMBERS", "SCARD")), g.key()]

    @row(3)
    def move(self, g):
        return ["SMOVE", g.key(), g.key(), g.member()]

    @row(5)
    def combine(self, g):
        return [g.pick(("SINTER", "SUNION", "SDIFF"))] + g.keys()

    @row(5)
    def store(self, g):
        names = ("SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE")
        return [g.pick(names), g.key()] + g.keys()

    @row(3)
    def intercard(self, g):
        keys = g.keys()
        n = len(keys) if g.chance(0.9) else g.pick((0, -1, "x", 1, 9))
        words = ["SINTERCARD", n] + keys
        if g.chance(0.4):
            words += [g.case("LIMIT"), g.pick((0, 1, 2, 100, -1, "x"))]
        if g.chance(0.05):
            words.append(g.pick(("LIMIT", "FOO")))
        return words

    @row(2, exact=True)  # a large negative count is a very long answer
    def random(self, g):
        return g.at_random("SRANDMEMBER")

    @row(2)
    def pop(self, g):
        words = ["SPOP", g.key()]
        if g.chance(0.6):
            words.append(g.pick((0, 1, 1, 2, 3, 50, -1, "x", "")))
        return words

    @row(2)
    def scan(self, g):
        return g.scan("SSCAN")


if __name__ == "__main__":
    main(Set)
