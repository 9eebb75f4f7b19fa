#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Transactions: each connection opens, fills, ends and forgets them at random,
watches keys, and meanwhile the others write to these."""

from family import Family, Scene, do, main, row
from family_string import String


class Tx(Family):
    name = "tx"
    kind = "string"
    needs = ("MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH")

    def __init__(self):
        super().__init__()
        self.strings = String()

    @row(24)
    def write(self, g):
        return self.strings.units(g)

    @row(4)
    def multi(self, g):
        return ["MULTI"]

    @row(4)
    def exec(self, g):
        return ["EXEC"]

    @row(1)
    def discard(self, g):
        return [g.pick(("DISCARD", "DISCARD", "UNWATCH", "UNWATCH", "RESET"))]

    @row(3)
    def watch(self, g):
        return ["WATCH"] + g.keys(3)

    @row(2)
    def wrong(self, g):
        """What makes EXEC refuse, or fails in it."""
        return g.pick(
            (
                ["NOSUCH", g.key()],
                ["GET"],
                ["INCR", g.key(), "1", "2"],
                ["OBJECT", "FOO", g.key()],
                ["LPUSH", g.key(), "x"],
                ["INCR", g.key()],
            )
        )

    @row(2)
    def other(self, g):
        return g.pick(
            (
                ["SELECT", g.pick("0001x")],
                ["PING"],
                ["ECHO", g.value()],
                ["RENAME", g.key(), g.key()],
                ["DEL"] + g.keys(),
                ["DBSIZE"],
                ["FLUSHDB"] if g.chance(0.05) else ["EXISTS", g.key()],
            )
        )

    @row(3, exact=True)
    def compare_and_set(self, g):
        """A whole optimistic transaction, and what may come between."""
        key, n = g.key(), g.below(3)
        scene = [do(n, ["DISCARD"]), do(n, ["WATCH"] + [key] + g.some(g.key, 2, 0))]
        scene.append(do(n, ["GET", key]))
        for _ in range(g.below(2)):
            scene.append(do(g.between(0, 3), self.strings.get(g)))
        between = g.pick(
            (
                ["SET", key, g.value()],
                ["DEL", key],
                ["PEXPIREAT", key, 1],
                ["EXPIRE", key, "100000"],
                ["PERSIST", key],
                ["RENAME", key, g.key()],
                ["RENAME", g.key(), key],
                ["APPEND", key, ""],
                ["SETRANGE", key, 0, ""],
                ["GET", key],
                ["FLUSHALL"] if g.chance(0.1) else ["TOUCH", key],
                ["SELECT", "0"],
            )
        )
        if g.chance(0.8):
            scene.append(do(g.between(0, 3), between))
        scene.append(do(n, ["MULTI"]))
        for _ in range(g.between(0, 3)):
            scene.append(do(n, ["INCR", g.key()]))
        scene += [do(n, ["SET", key, "done"]), do(n, ["EXEC"])]
        return Scene(scene)


if __name__ == "__main__":
    main(Tx)
