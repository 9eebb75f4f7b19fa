#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Lists."""

from family import Family, main, row
from gen import MOST

SIDES = ("LEFT", "RIGHT", "LEFT", "RIGHT", "left", "right", "UP")


class List(Family):
    name = "list"
    kind = "list"
    needs = ("LPUSH", "RPUSH", "LPOS", "LMOVE", "LMPOP", "LTRIM", "RPOPLPUSH")

    @row(8)
    def push(self, g):
        name = g.pick(("LPUSH", "RPUSH", "RPUSH", "LPUSHX", "RPUSHX"))
        most = 60 if g.chance(0.03) else 5
        return [name, g.key()] + g.some(g.member, most)

    @row(1)
    def push_large(self, g):
        return ["RPUSH", g.key()] + g.some(g.value, 3)

    @row(5)
    def pop(self, g):
        words = [g.pick(("LPOP", "RPOP")), g.key()]
        return words + ([g.count()] if g.chance(0.4) else [])

    @row(3)
    def length(self, g):
        return ["LLEN", g.key()]

    @row(5)
    def range(self, g):
        return ["LRANGE", g.key(), g.index(), g.index()]

    @row(3)
    def at(self, g):
        return ["LINDEX", g.key(), g.index()]

    @row(4)
    def set(self, g):
        return ["LSET", g.key(), g.index(), g.member()]

    @row(3)
    def insert(self, g):
        where = g.pick(("BEFORE", "AFTER", "before", "AT"))
        return ["LINSERT", g.key(), where, g.member(), g.member()]

    @row(3)
    def remove(self, g):
        n = g.pick((0, 1, -1, 2, -3, g.integer()))
        # Refused here, done by the reference: only where there is nothing to do.
        key = g.key() if n != -MOST - 1 else "none:9"
        return ["LREM", key, n, g.member()]

    @row(1)
    def trim(self, g):
        return ["LTRIM", g.key(), g.index(), g.index()]

    @row(3)
    def position(self, g):
        words = ["LPOS", g.key(), g.member()]
        while g.chance(0.5):
            words += [g.case(g.pick(("RANK", "COUNT", "MAXLEN", "FOO"))), g.integer()]
        return words[: -1 if g.chance(0.02) else None]

    @row(3)
    def move(self, g):
        if g.chance(0.3):
            return ["RPOPLPUSH", g.key(), g.key()]
        return ["LMOVE", g.key(), g.key(), g.pick(SIDES), g.pick(SIDES)]

    @row(3)
    def pop_of_many(self, g):
        keys = g.keys(3)
        n = len(keys) if g.chance(0.9) else g.integer()
        words = ["LMPOP", n] + keys + [g.pick(SIDES)]
        while g.chance(0.3):
            words += [g.case("COUNT"), g.count()]
        return words

    @row(1)
    def rename(self, g):
        return ["RENAME", g.key(), g.key()]


if __name__ == "__main__":
    main(List)
