#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""SORT and SORT_RO. A key's first letter tells its type for certain here, since a
set has no order that could be compared when it is not sorted."""

from family import Family, main, row

LISTS = tuple("l:%d" % i for i in range(4))
SETS = tuple("s:%d" % i for i in range(3))
# The name that differences.py knows them by.
ZSETS = tuple("sortz:%d" % i for i in range(3))
PATTERNS = ("w_*", "h_*->f", "h_*->g", "o_*", "w_*x", "h_*->", "none_*", "*", "w_*->f")


class Sort(Family):
    name = "sort"
    mixes = False  # equal weights in a set have no promised order
    needs = ("SORT", "SORT_RO", "RPUSH", "SADD", "ZADD")
    plain = True  # no key goes to another type

    def setup(self, g):
        return ()

    def source(self, g):
        return g.pick(LISTS * 3 + SETS + ZSETS + ("w_1", "h_1", "none"))

    # Nothing that is out of range: the reference then refuses later numbers, too.
    def element(self, g):
        p = g.random()
        if p < 0.7:
            return g.between(-12, 20)
        if p < 0.9:
            return g.pick(("1.5", "-0.25", "1e3", "inf", "-inf", "007", "3.0", "", " 4"))
        return g.pick(("x", "a", "b", "abc", "Z", "1x", "nan"))

    @row(4, exact=True)
    def push(self, g):
        return ["RPUSH", g.pick(LISTS)] + g.some(lambda: self.element(g), 6)

    @row(2, exact=True)
    def add(self, g):
        return ["SADD", g.pick(SETS)] + g.some(lambda: self.element(g), 6)

    @row(2)
    def zadd(self, g):
        words = ["ZADD", g.pick(ZSETS)]
        for _ in range(g.between(1, 4)):
            words += [g.between(-5, 5), self.element(g)]
        return words

    @row(2)
    def weight(self, g):
        n = g.between(-12, 20)
        if g.chance(0.4):
            return ["HSET", "h_%d" % n, g.pick("fg"), self.element(g)]
        return ["SET", g.pick(("w_%d", "o_%d", "w_%dx")) % n, self.element(g)]

    @row(3)
    def forget(self, g):
        return ["DEL", g.pick(LISTS + SETS + ZSETS + ("w_%d" % g.between(-12, 20),))]

    @row(10, exact=True)
    def sort(self, g):
        key = self.source(g)
        words = [g.pick(("SORT", "SORT", "SORT_RO")), key]
        alpha = g.chance(0.5)
        by = g.pick(PATTERNS) if g.chance(0.5) else None
        if key in SETS + ZSETS and alpha:
            by = None  # those without a value would be in no order
        if by is None and key not in SETS and g.chance(0.2):
            by = "nosort"
        options = [[g.case(g.pick(("ASC", "DESC")))]] * g.chance(0.5)
        options += [[g.case("ALPHA")]] * alpha
        if by:
            options.append([g.case("BY"), by])
        # With a limit the reference does not say which of two equals is first.
        if g.chance(0.3) and not (alpha and by):
            options.append([g.case("LIMIT"), g.index(), g.count()])
        while g.chance(0.3):
            options.append([g.case("GET"), g.pick(PATTERNS + ("#", "#", "const"))])
        if g.chance(0.3):
            options.append([g.case("STORE"), g.pick(LISTS)])
        if g.chance(0.03):
            options.append([g.pick(("FOO", "BY", "LIMIT", "STORE", "GET"))])
        for option in options:
            words += option
        return words

    @row(3)
    def look(self, g):
        return ["LRANGE", g.pick(LISTS), 0, -1]


if __name__ == "__main__":
    main(Sort)
