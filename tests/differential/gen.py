# SPDX-License-Identifier: BSD-2-Clause
"""Random words for requests: few keys, members and values, so that they meet;
and the values at the edges."""

import random

MOST = 9223372036854775807

# Keys that begin with the type that they mostly hold. Others come by chance
# (any family may take any key), so that WRONGTYPE is hit.
TYPES = ("string", "hash", "list", "set", "zset")
KEYS = {t: tuple(b"%c:%d" % (c, i) for i in range(5)) for t, c in zip(TYPES, b"shlez")}
ODD_KEYS = (b"", b"k\r\n", b"{tag}e", b"{tag}f", b"long" * 30, b"\x00\xff", b"*")
ALL_KEYS = tuple(k for t in TYPES for k in KEYS[t]) + ODD_KEYS

INTS = (0, 1, -1, 5, 44, -100, "007", "+1", " 1", "1 ", "1.0", "", "x", "-0",
        "0x10", MOST, -MOST - 1, MOST + 1, -MOST - 2, "9" * 25,
        2147483647, 2147483648, -2147483649, 4294967296)  # fmt: skip
FLOATS = ("0.1", "-2.5", "3.0e3", "1e-10", "inf", "-inf", "+inf", "nan", "-0",
          "0", "-0.0", "1e400", "0x1p4", "1e", "", " 1.5", "1.5 ", "1,5",
          "3.14159265358979323846", "1e17", "123456789012345678", "1e308",
          "-1e308", "4.9e-324", "0.30000000000000004", "Infinity")  # fmt: skip
TIMES = (0, -1, "x", "", "1.5", MOST, MOST // 1000, MOST // 1000 + 1, -MOST - 1)
PIECES = ("*", "?", "a", "b", "[a-c]", "[^a]", "\\*", "[", "long", "k", "]", "s:",
          "h:", "[^", "[a-", "\\", "1", "**")  # fmt: skip


class Gen:
    """Where a family takes its words from. kind: the type whose keys it likes,
    None for all alike. now: the time when the round began, in seconds."""

    def __init__(self, seed, kind, now):
        self.rnd = random.Random(seed)
        self.random = self.rnd.random
        self.now = now
        self.own = KEYS.get(kind, ALL_KEYS)

    def pick(self, many):
        return many[int(self.random() * len(many))]

    def chance(self, p):
        return self.random() < p

    def below(self, n):
        return int(self.random() * n)

    def between(self, low, high):
        """high included."""
        return low + int(self.random() * (high - low + 1))

    def some(self, make, most=4, least=1):
        """A list of least to most words, each from make()."""
        return [make() for _ in range(self.between(least, most))]

    def case(self, word):
        """The word as it is, or in small letters."""
        return word if self.random() < 0.7 else word.lower()

    # ---- Keys

    def key(self):
        p = self.random()
        if p < 0.85:
            return self.pick(self.own)
        if p < 0.93:
            return self.pick(ALL_KEYS)
        if p < 0.98:
            return self.pick(ODD_KEYS)
        return b"none:%d" % self.below(3)  # hardly ever there

    def any_key(self):
        return self.pick(ALL_KEYS)

    def keys(self, most=4):
        return self.some(self.key, most)

    def pattern(self):
        return "".join(self.some(lambda: self.pick(PIECES), 3))

    # ---- Values

    def integer(self):
        """A number, sometimes one at the edge, sometimes none at all."""
        if self.random() < 0.7:
            return self.between(-20, 60)
        return self.pick(INTS)

    def index(self):
        """Into something that has some dozens of elements."""
        p = self.random()
        if p < 0.6:
            return self.between(-8, 8)
        if p < 0.85:
            return self.between(-200, 200)
        return self.pick(INTS)

    def count(self):
        p = self.random()
        if p < 0.7:
            return self.between(0, 6)
        if p < 0.9:
            return self.between(-6, 300)
        return self.pick(INTS)

    def float(self):
        """A number as text, sometimes not a number."""
        p = self.random()
        if p < 0.5:
            return self.between(-20, 60)
        if p < 0.7:
            return "%.*f" % (self.below(4), self.random() * 100 - 50)
        return self.pick(FLOATS) if p < 0.9 else self.pick(INTS)

    def value(self):
        p = self.random()
        if p < 0.3:
            return self.integer()
        if p < 0.4:
            return self.pick(FLOATS)
        if p < 0.96:
            return self.bytes(self.below(60))
        if p < 0.99:
            return b"some words " * self.below(20)
        return b"long value " * self.between(1, 3000)

    def bytes(self, n):
        return self.rnd.getrandbits(8 * n).to_bytes(n, "big") if n else b""

    def member(self):
        """A field, a member, an element: often one that was used before."""
        p = self.random()
        if p < 0.5:
            return b"m%d" % self.below(12)
        if p < 0.75:
            return b"%d" % self.between(-5, 30)
        if p < 0.9:
            return b"m%d" % self.below(300)
        if p < 0.95:
            return self.value()
        return self.pick((b"", b"\r\n", b"M1", b"x" * 64, b"x" * 65, b"\xff\x00", b"1.0"))

    def time(self, absolute, seconds):
        """Ends in the past, or hours from now: what is over in between would be
        over at different moments. Relative times end later than all absolute
        ones, so that GT and LT have one answer."""
        if self.random() < 0.3:
            return self.pick(TIMES)
        base = self.pick((1, 2, 3, 50)) * 10000
        base = base + self.now if absolute else base * 1000
        return base if seconds else base * 1000

    # ---- Requests that several families have

    def scan(self, name):
        """One page that holds everything, as pages differ."""
        words = [name, self.key(), self.pick(("0",) * 6 + ("x", "", "00", " 0"))]
        words += ["COUNT", self.pick(("1000",) * 6 + ("0", "-1", "x"))]
        if self.chance(0.5):
            words += [self.case("MATCH"), self.pattern()]
        if self.chance(0.05):
            words.append(self.pick(("COUNT", "FOO", "MATCH", "TYPE")))
        return words

    def at_random(self, name, option=None):
        words = [name, self.key()]
        if self.chance(0.8):
            words.append(self.pick((0, 1, 3, -3, 5, 50, -20, "x", "", "-0", 1 << 63)))
            if option and self.chance(0.5):
                words.append(self.case(self.pick((option,) * 5 + ("FOO",))))
        return words
