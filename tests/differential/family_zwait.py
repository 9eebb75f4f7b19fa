#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Commands that block, on sorted sets: several clients wait, others add."""

from family import do, main, row
from waits import SECONDS, Waits

KEYS = ("z:0", "z:1", "{tag}e")
ENDS = ("MIN", "MAX")


class Zwait(Waits):
    name = "zwait"
    kind = "zset"
    needs = ("BZPOPMIN", "BZPOPMAX", "BZMPOP", "ZADD")
    KEYS = KEYS
    LAST = ("ZADD",) + sum((("1", "last%d" % i) for i in range(9)), ())
    CONTENT = ("ZRANGE", 0, -1, "WITHSCORES")

    def waits(self, g, seconds):
        keys = g.some(lambda: g.pick(KEYS), 3)
        return g.pick(
            (
                ["BZPOPMIN"] + keys + [seconds],
                ["BZPOPMAX"] + keys + [seconds],
                ["BZMPOP", seconds, len(keys)] + keys + [g.pick(ENDS)],
                ["BZMPOP", seconds, len(keys)] + keys + ["MIN", "COUNT", g.between(1, 3)],
            )
        )

    def add(self, g, key):
        words = ["ZADD", key]
        for _ in range(g.between(1, 4)):
            words += [g.between(-3, 9), g.member()]
        return words

    def feeds(self, g):
        key = g.pick(KEYS)
        p = g.random()
        if p < 0.1:
            return [do(0, ["ZADD", "z:4", "1", "moved"]), do(0, ["RENAME", "z:4", key])]
        if p < 0.2:
            store = g.pick((["ZUNIONSTORE", key, "1", "z:4"], ["COPY", "z:4", key]))
            # See differences.py for a STORE over what is no sorted set.
            fill = ["ZADD", "z:4", "1", "m1", "2", "m2"]
            return [do(0, fill), do(0, ["DEL", key]), do(0, store)]
        if p < 0.3:
            return [do(0, self.add(g, key)), do(0, ["SET", key, "a string"])]
        if p < 0.5:
            end = g.pick((["ZCARD", key], ["DEL", key], ["PING"], ["ZPOPMIN", key]))
            many = (["MULTI"], self.add(g, key), self.add(g, g.pick(KEYS)), end, ["EXEC"])
            return [do(0, w) for w in many]
        return [do(0, self.add(g, key))]

    @row(60, exact=True)
    def at_once(self, g):
        """What does not wait: something is there, or it is wrong."""
        keys = g.keys(3)
        seconds = g.pick(SECONDS)
        return g.pick(
            (
                ["BZPOPMIN"] + keys + [seconds],
                ["BZPOPMAX"] + keys + [seconds],
                ["BZMPOP", seconds, len(keys)] + keys + [g.pick(ENDS + ("UP",))],
                ["BZMPOP", seconds, g.integer()] + keys + ["MIN", "COUNT", g.count()],
            )
        )

    @row(120)
    def more(self, g):
        return self.add(g, g.key())


if __name__ == "__main__":
    main(Zwait)
