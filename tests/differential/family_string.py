#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Strings."""

from family import Family, main, row

TIMES = ("EX", "PX", "EXAT", "PXAT")
OTHER = ("NX", "XX", "GET", "KEEPTTL", "PERSIST", "GT", "LT", "FOO") + TIMES


def options(g, allowed):
    words = []
    while g.chance(0.4):
        word = g.pick(allowed if g.chance(0.95) else OTHER)
        words.append(g.case(word))
        if word in TIMES and g.chance(0.97):
            words.append(g.time(word.endswith("AT"), word[0] == "E"))
    return words


class String(Family):
    name = "string"
    kind = "string"
    needs = ("SET", "GET", "APPEND", "MSETNX", "SETRANGE", "GETEX")

    @row(4)
    def get(self, g):
        return [g.pick(("GET", "GET", "STRLEN", "GETDEL")), g.key()]

    @row(6)
    def set(self, g):
        allowed = ("NX", "XX", "GET", "KEEPTTL") + TIMES
        return ["SET", g.key(), g.value()] + options(g, allowed)

    @row(2)
    def getex(self, g):
        return ["GETEX", g.key()] + options(g, ("PERSIST",) + TIMES)

    @row(1)
    def setex(self, g):
        name = g.pick(("SETEX", "PSETEX"))
        return [name, g.key(), g.time(False, name[0] == "S"), g.value()]

    @row(3)
    def put(self, g):
        return [g.pick(("SETNX", "GETSET", "APPEND")), g.key(), g.value()]

    @row(2)
    def mset(self, g):
        words = [g.pick(("MSET", "MSETNX"))]
        for _ in range(g.between(1, 4)):
            words += [g.key(), g.value()]
        return words

    @row(2)
    def mget(self, g):
        return ["MGET"] + g.keys()

    @row(4)
    def count(self, g):
        name = g.pick(("INCR", "DECR", "INCRBY", "DECRBY"))
        return [name, g.key()] + [g.integer()] * name.endswith("BY")

    @row(2)
    def count_float(self, g):
        return ["INCRBYFLOAT", g.key(), g.float()]

    @row(3)
    def getrange(self, g):
        return [g.pick(("GETRANGE", "SUBSTR")), g.key(), g.index(), g.index()]

    @row(2)
    def setrange(self, g):
        at = g.pick((0, 1, 10, 50, 5000, 512 << 20, g.integer()))
        if at == 2147483647:  # the reference may refuse, or take 2 GB
            at = 7
        return ["SETRANGE", g.key(), at, g.value()]

    @row(1)
    def ttl(self, g):
        return [g.pick(("TTL", "EXPIRETIME")), g.key()]


if __name__ == "__main__":
    main(String)
