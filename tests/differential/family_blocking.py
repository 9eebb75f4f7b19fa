#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Commands that block, on lists: several clients wait, others push."""

from family import do, main, row
from waits import SECONDS, Waits

KEYS = ("e:0", "e:1", "{tag}e")
SIDES = ("LEFT", "RIGHT")


class Blocking(Waits):
    name = "blocking"
    kind = "list"
    needs = ("BLPOP", "BRPOP", "BLMOVE", "BLMPOP", "BRPOPLPUSH")
    KEYS = KEYS
    LAST = ("RPUSH",) + ("last",) * 9
    CONTENT = ("LRANGE", 0, -1)

    def waits(self, g, seconds):
        keys = g.some(lambda: g.pick(KEYS), 3)
        return g.pick(
            (
                ["BLPOP"] + keys + [seconds],
                ["BRPOP"] + keys + [seconds],
                ["BLMPOP", seconds, len(keys)] + keys + [g.pick(SIDES)],
                ["BLMPOP", seconds, len(keys)] + keys + ["LEFT", "COUNT", g.between(1, 3)],
                ["BLMOVE", keys[0], g.pick(KEYS), g.pick(SIDES), g.pick(SIDES), seconds],
                ["BRPOPLPUSH", keys[0], g.pick(KEYS), seconds],
            )
        )

    def feeds(self, g):
        key = g.pick(KEYS)
        push = [g.pick(("LPUSH", "RPUSH")), key] + g.some(g.member, 4)
        p = g.random()
        if p < 0.1:
            return [do(0, ["RPUSH", "e:4", "moved"]), do(0, ["RENAME", "e:4", key])]
        if p < 0.2:
            return [do(0, ["RPUSH", "e:4", "m1"]), do(0, ["LMOVE", "e:4", key, "LEFT", "LEFT"])]
        if p < 0.3:
            return [do(0, ["LPUSH", key, "m1"]), do(0, ["SET", key, "a string"])]
        if p < 0.5:
            other = ["RPUSH", g.pick(KEYS), g.member()]
            end = g.pick((["LLEN", key], ["DEL", key], ["PING"], ["LPOP", key]))
            return [do(0, w) for w in (["MULTI"], push, other, end, ["EXEC"])]
        return [do(0, push)]

    @row(60, exact=True)
    def at_once(self, g):
        """What does not wait: something is there, or in a MULTI, or wrong."""
        keys = g.keys(3)
        seconds = g.pick(SECONDS)
        return g.pick(
            (
                ["BLPOP"] + keys + [seconds],
                ["BRPOP"] + keys + [seconds],
                ["BLMPOP", seconds, len(keys)] + keys + [g.pick(SIDES)],
                ["BLMPOP", seconds, g.integer()] + keys + ["LEFT", "COUNT", g.count()],
                ["BLMOVE", keys[0], g.key(), g.pick(SIDES), g.pick(SIDES + ("UP",)), seconds],
                ["BRPOPLPUSH", keys[0], g.key(), seconds],
            )
        )

    @row(120)
    def push(self, g):
        return [g.pick(("LPUSH", "RPUSH")), g.key()] + g.some(g.member, 5)


if __name__ == "__main__":
    main(Blocking)
