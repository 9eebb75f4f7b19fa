#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Bits of strings, and LCS."""

from family import Family, main, row

TYPES = ("u1", "u4", "u8", "u16", "u63", "i1", "i5", "i8", "i32", "i64")


class Bitmap(Family):
    name = "bitmap"
    kind = "string"
    needs = ("SETBIT", "GETBIT", "BITCOUNT", "BITPOS", "BITOP", "BITFIELD", "LCS")

    def offset(self, g):
        if g.chance(0.05):
            return g.pick(("-1", "x", "", "4294967296", "9223372036854775807", "1.5"))
        return g.between(0, g.pick((7, 100, 1000)))

    def bit(self, g):
        return g.pick((0, 1)) if g.chance(0.97) else g.pick(("2", "-1", "x", ""))

    @row(8)
    def set(self, g):
        return ["SETBIT", g.key(), self.offset(g), self.bit(g)]

    @row(3)
    def bytes(self, g):
        return ["SET", g.key(), g.value()]

    @row(1)
    def all_set(self, g):
        return ["SET", g.key(), b"\xff" * g.between(1, 40)]

    @row(3)
    def get(self, g):
        return ["GETBIT", g.key(), self.offset(g)]

    @row(2)
    def whole(self, g):
        return ["GET", g.key()]

    def range(self, g):
        words = []
        if g.chance(0.7):
            words += [g.index(), g.index()]
            if g.chance(0.6):
                words.append(g.pick(("BIT", "BYTE", "bit", "byte", "BITS")))
        return words

    @row(5)
    def count(self, g):
        return ["BITCOUNT", g.key()] + self.range(g)

    @row(6)
    def position(self, g):
        words = self.range(g)
        if g.chance(0.2):
            words = words[:1]
        return ["BITPOS", g.key(), self.bit(g)] + words

    @row(4)
    def combine(self, g):
        op = g.pick(("AND", "OR", "XOR", "and", "XNOR"))
        if g.chance(0.2):
            return ["BITOP", "NOT", g.key()] + g.keys(1)
        return ["BITOP", op, g.key()] + g.keys(3)

    def operand(self, g):
        return g.pick((0, 1, -1, 100, 255, -128, 2**31, 2**62, -(2**62), g.integer()))

    @row(10)
    def field(self, g):
        words = ["BITFIELD", g.key()]
        for _ in range(g.between(1, 4)):
            if g.chance(0.3):
                words += ["OVERFLOW", g.pick(("WRAP", "SAT", "FAIL", "sat", "NO"))]
            kind = g.pick(TYPES) if g.chance(0.97) else g.pick(("u64", "i65", "i0", "x", "u"))
            offset = self.offset(g)
            if g.chance(0.3):
                offset = "#%s" % g.between(0, 20)
            name = g.pick(("GET", "SET", "INCRBY", "INCRBY", "set"))
            words += [name, kind, offset]
            if name != "GET":
                words.append(self.operand(g))
        return words

    @row(3)
    def field_ro(self, g):
        words = ["BITFIELD_RO", g.key()]
        for _ in range(g.between(0, 3)):
            words += ["GET", g.pick(TYPES), self.offset(g)]
        if g.chance(0.05):
            words += ["SET", "u8", 0, 1]
        return words

    @row(3)
    def lcs(self, g):
        words = ["LCS", g.key(), g.key()]
        while g.chance(0.5):
            words.append(g.case(g.pick(("LEN", "IDX", "WITHMATCHLEN", "IDX"))))
            if g.chance(0.3):
                words += ["MINMATCHLEN", g.count()]
        return words

    @row(2)
    def texts(self, g):
        return ["SET", g.key(), "".join(g.pick("abc") for _ in range(g.between(0, 30)))]


if __name__ == "__main__":
    main(Bitmap)
