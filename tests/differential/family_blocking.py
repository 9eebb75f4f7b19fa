#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Commands that block, on lists: several clients wait, others push."""

from family import Family, Scene, collect, do, main, row, send

KEYS = ("e:0", "e:1", "{tag}e")
SIDES = ("LEFT", "RIGHT")


class Blocking(Family):
    name = "blocking"
    kind = "list"
    mixes = False
    needs = ("BLPOP", "BRPOP", "BLMOVE", "BLMPOP", "BRPOPLPUSH")

    def waits(self, g, seconds):
        """A request that blocks on some of KEYS."""
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
        """Units that push, as one request or as a transaction."""
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

    @row(2, exact=True)
    def wait_and_feed(self, g):
        """Nothing is there, some wait, some come; at last each gets something."""
        scene = [do(0, ["DEL"] + list(KEYS))]
        waiters = [1, 2, 3][: g.between(1, 3)]
        scene += [send(n, self.waits(g, 0)) for n in waiters]
        for _ in range(g.between(1, 3)):
            scene += self.feeds(g)
        for key in KEYS:  # nobody waits for ever
            scene.append(do(0, ["DEL", key]))
            scene.append(do(0, ["RPUSH", key] + ["last"] * 9))
        scene += [collect(n) for n in waiters]
        return Scene(scene + [do(0, ["LRANGE", k, 0, -1]) for k in KEYS])

    @row(1, exact=True)
    def wait_in_vain(self, g):
        request = self.waits(g, g.pick(("0.01", "0.001", "1e-2")))
        return Scene([do(0, ["DEL"] + list(KEYS)), send(1, request), collect(1)])

    @row(60, exact=True)
    def at_once(self, g):
        """What does not wait: something is there, or in a MULTI, or wrong."""
        keys = g.keys(3)
        seconds = g.pick(("0.001",) * 6 + ("-1", "x", "", "1e400", "nan", "0x1", "0.001 "))
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

    @row(9, exact=True)
    def in_a_transaction(self, g):
        scene = [do(2, ["MULTI"])]
        for _ in range(g.between(1, 4)):
            scene.append(do(2, self.waits(g, 0)))
        return Scene(scene + [do(2, ["EXEC"])])


if __name__ == "__main__":
    main(Blocking)
