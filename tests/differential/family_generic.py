#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Keys of all types: what goes by any name, times to live, walks."""

from compare import scanned, shape, unordered
from family import Family, main, row

KINDS = ("string", "STRING", "list", "hash", "set", "zset", "stream", "foo")


class Generic(Family):
    name = "generic"
    needs = ("COPY", "MOVE", "SWAPDB", "DEL", "RENAME", "SCAN", "EXPIRE", "OBJECT", "COPY", "MOVE", "SWAPDB")
    COMPARE = {"KEYS": unordered, "SCAN": scanned, "RANDOMKEY": shape}

    @row(4)
    def fill(self, g):
        return ["SET", g.key(), g.value()]

    @row(4)
    def many(self, g):
        names = ("DEL", "UNLINK", "EXISTS", "TOUCH", "EXISTS")
        return [g.pick(names)] + g.keys()

    @row(4)
    def expire(self, g):
        name = g.pick(("EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"))
        words = [name, g.key(), g.time(name.endswith("AT"), "P" not in name[:1])]
        # Which of two relative times is later hangs on the moment.
        allowed = ("NX", "XX", "nx", "FOO")
        if name.endswith("AT"):
            allowed += ("GT", "LT", "lt", "gt")
        while g.chance(0.4):
            words.append(g.pick(allowed))
        return words

    @row(4)
    def ttl(self, g):
        names = ("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME", "PERSIST", "TYPE")
        return [g.pick(names), g.key()]

    @row(3)
    def rename(self, g):
        return [g.pick(("RENAME", "RENAMENX")), g.key(), g.key()]

    @row(4)
    def copy(self, g):
        words = ["COPY", g.key(), g.key()]
        if g.chance(0.3):
            words += [g.case("DB"), g.pick("0011x")]
        if g.chance(0.4):
            words.append(g.case("REPLACE"))
        return words

    @row(2)
    def databases(self, g):
        if g.chance(0.1):
            return ["SWAPDB", g.pick("0011x"), g.pick("0011x")]
        return ["MOVE", g.key(), g.pick(("0", "1", "1", "x", "99", "-1", 1 << 40))]

    @row(3)
    def copy(self, g):
        words = ["COPY", g.key(), g.key()]
        while g.chance(0.4):
            words += g.pick((["REPLACE"], ["replace"], ["DB", g.pick("00112x")], ["DB"]))
        return words

    @row(2)
    def move(self, g):
        if g.chance(0.2):
            return ["SWAPDB", g.pick("00112x"), g.pick("00112x")]
        return ["MOVE", g.key(), g.pick(("0", "1", "1", "2", "x", "99"))]

    @row(2)
    def object(self, g):
        if g.chance(0.03):
            return ["OBJECT", "HELP"]
        names = ("ENCODING", "REFCOUNT", "IDLETIME", "FREQ", "encoding", "FOO")
        return ["OBJECT", g.pick(names), g.key()]

    @row(2)
    def scan(self, g):
        words = ["SCAN", g.pick(("0",) * 6 + ("x", "", "00", " 0"))]
        words += ["COUNT", g.pick(("1000",) * 6 + ("0", "-1", "x"))]
        if g.chance(0.5):
            words += ["MATCH", g.pattern()]
        if g.chance(0.3):
            words += ["TYPE", g.pick(KINDS)]
        if g.chance(0.05):
            words.append(g.pick(("COUNT", "FOO", "MATCH")))
        return words

    @row(1)
    def keys(self, g):
        return ["KEYS", g.pattern()]

    @row(2)
    def whole(self, g):
        p = g.random()
        if p < 0.02:
            return ["FLUSHDB"]
        if p < 0.4:
            return ["SELECT", g.pick("0001x")]
        return [g.pick(("DBSIZE", "RANDOMKEY"))]


if __name__ == "__main__":
    main(Generic)
