#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Channels, patterns, sharded channels, keyspace notifications: who receives what,
in which order, and how many they were."""

from itertools import groupby

from compare import in_order, same, unordered
from family import Family, Scene, do, main, row, sync, tell

# Not the empty name: it matches `*` here, and in the reference nothing matches it.
CHANNELS = ("a", "b", "ab", "c", "abc", "a*", "news.x")
PATTERNS = ("*", "a*", "?", "[ab]", "news.*", "", "a\\*", "__key*__:*")
MEMBERS = (1, 2, 3)  # connections that subscribe; 0 publishes


def settled(values):
    """Without what has no promised order: of what to leave when all is left; to
    which of a client's patterns a message came first."""
    out = []
    for _, group in groupby(values, key=lambda v: v[-2:] if len(v) > 2 and v[0] in (
            b"message", b"pmessage") else v[:1]):  # fmt: skip
        group = list(group)
        if group[0][0].endswith(b"unsubscribe"):
            out += in_order([v[1:2] for v in group]) + [v[2:] for v in group]
        else:
            out += in_order(group) if group[0][0].endswith(b"message") else group
    return out


def as_settled(_, ours, theirs):
    return same(settled(listed(ours)), settled(listed(theirs)))


def listed(values):
    return [list(v) if isinstance(v, list) else [v] for v in values]


class Pubsub(Family):
    name = "pubsub"
    kind = "string"
    mixes = False
    COMPARE = {"(SYNC)": as_settled, "PUBSUB": unordered}
    needs = ("SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "PUBLISH", "SPUBLISH", "PUBSUB")

    def joins(self, g):
        kind = g.pick(("SUBSCRIBE", "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE"))
        names = PATTERNS if kind[0] == "P" else CHANNELS
        return [kind] + g.some(lambda: g.pick(names), 3)

    def leaves(self, g):
        kind = g.pick(("UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE"))
        names = PATTERNS if kind[0] == "P" else CHANNELS
        return [kind] + g.some(lambda: g.pick(names), 3, 0)

    def acts(self, g):
        """A unit of the one who publishes."""
        p = g.random()
        if p < 0.5:
            return do(0, ["PUBLISH", g.pick(CHANNELS), g.value()])
        if p < 0.65:
            return do(0, ["SPUBLISH", g.pick(CHANNELS), g.value()])
        if p < 0.8:
            return do(0, self.asks(g))
        return do(0, g.pick((
            ["SET", g.key(), g.value()],
            ["DEL", g.key()],
            ["PEXPIREAT", g.key(), 1],
            ["EXPIRE", g.key(), 100],
            ["RENAME", g.key(), g.key()],
            ["LPUSH", g.key(), "x"],
            ["SADD", g.key(), "x"],
            ["HSET", g.key(), "f", "v"],
            ["ZADD", g.key(), "1", "m"],
            ["GETEX", g.key(), "PERSIST"],
        )))  # fmt: skip

    def asks(self, g):
        return g.pick((
            ["PUBSUB", "NUMSUB"] + g.some(lambda: g.pick(CHANNELS), 3, 0),
            ["PUBSUB", "SHARDNUMSUB"] + g.some(lambda: g.pick(CHANNELS), 3, 0),
            ["PUBSUB", "NUMPAT"],
            ["PUBSUB", g.pick(("CHANNELS", "SHARDCHANNELS"))],
            ["PUBSUB", g.pick(("CHANNELS", "SHARDCHANNELS")), g.pick(PATTERNS)],
            ["PUBSUB", "FOO"],
            ["PUBLISH", "a"],
            ["SPUBLISH", "a", "b", "c"],
        ))  # fmt: skip

    @row(1, exact=True)
    def party(self, g):
        """Some join, one publishes, some leave, at last all do."""
        flags = g.pick(("", "", "KEA", "Kg$", "Elsz", "Exg", "KA"))
        scene = [do(0, ["CONFIG", "SET", "notify-keyspace-events", flags])]
        members = MEMBERS[: g.between(1, 3)]
        for _ in range(g.between(1, 3)):
            for n in members:
                words = self.joins(g) if g.chance(0.7) else self.leaves(g)
                scene += [tell(n, words), sync(n)]
            scene += [self.acts(g) for _ in range(g.between(1, 12))]
            scene += [sync(n) for n in members]
        for n in members:
            scene += [tell(n, [w]) for w in ("UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE")]
            scene.append(sync(n))
        return Scene(scene + [do(0, ["PUBSUB", "NUMPAT"])])

    @row(1, exact=True)
    def not_allowed(self, g):
        """What a RESP2 client may not ask for while it listens."""
        n = g.pick(MEMBERS)
        scene = [tell(n, ["SUBSCRIBE", "a"]), sync(n)]
        for _ in range(3):
            scene += [tell(n, g.pick((["GET", "s:0"], ["PING"], ["PING", "x"], ["FOO"])))]
        scene += [sync(n), tell(n, ["UNSUBSCRIBE"]), sync(n)]
        return Scene(scene)

    @row(3)
    def nobody(self, g):
        return ["PUBLISH", g.pick(CHANNELS), g.value()]

    @row(2)
    def ask(self, g):
        return self.asks(g)


if __name__ == "__main__":
    main(Pubsub)
