#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sorted sets."""

from compare import scanned_pairs, shape
from family import Family, main, row
from gen import KEYS, ODD_KEYS

# What the alphabet orders is defined only where all scores are the same: some
# keys are used for nothing else.
LEX_KEYS = (b"zlex:1", b"zlex:2")
LEX_ENDS = ("-", "+", "[a", "(a", "[m1", "(m1", "[m5", "(m9", "[", "(", "x", "", "[\xff",
            "(m11", "[0", "(5", "-x", "+x")  # fmt: skip


class Zset(Family):
    name = "zset"
    kind = "zset"
    needs = ("ZADD", "ZRANGE", "ZUNIONSTORE", "ZRANDMEMBER", "ZSCAN", "ZMPOP", "SADD")
    COMPARE = {"ZSCAN": scanned_pairs, "ZRANDMEMBER": shape}
    # So that both forms are met.
    options = {"zset_max_listpack_entries": 24}

    def setup(self, g):
        return list(super().setup(g)) + [["SET", "zlex:string", "x"]]

    def score(self, g):
        """Few different ones, so that members decide."""
        p = g.random()
        if p < 0.7:
            return g.between(-3, 12)
        return "%.1f" % (g.random() * 20 - 5) if p < 0.85 else g.float()

    def input(self, g):
        return g.key() if g.chance(0.9) else g.pick(KEYS["set"])

    # ---- Members

    @row(10)
    def add(self, g):
        words = ["ZADD", g.key()]
        while g.chance(0.3):
            words.append(g.case(g.pick(("NX", "XX", "GT", "LT", "CH", "CH", "INCR"))))
        for _ in range(g.between(1, 4) if g.chance(0.9) else 30):
            words += [self.score(g), g.member()]
        return words

    @row(3)
    def incr(self, g):
        if g.chance(0.3):
            words = ["ZADD", g.key(), "INCR", g.pick(("GT", "LT", "NX", "XX", "CH"))]
            return words + [self.score(g), g.member()]
        return ["ZINCRBY", g.key(), self.score(g), g.member()]

    @row(4)
    def one(self, g):
        return [g.pick(("ZSCORE", "ZRANK", "ZREVRANK")), g.key(), g.member()]

    @row(2)
    def scores(self, g):
        return ["ZMSCORE", g.key()] + g.some(g.member)

    @row(2)
    def card(self, g):
        return ["ZCARD", g.key()]

    @row(4)
    def rem(self, g):
        return ["ZREM", g.key()] + g.some(g.member)

    # ---- Ranges

    def end(self, g):
        p = g.random()
        text = str(self.score(g))
        if p < 0.3:
            return "(" + text
        return g.pick(("-inf", "+inf", "inf", "(inf")) if p < 0.5 else text

    def limit(self, g):
        p = g.random()
        if p < 0.5:
            return []
        if p < 0.97:
            return [g.case("LIMIT"), g.count(), g.count()]
        return ["LIMIT"] + g.some(g.count, 1, 0)

    def more(self, g, words):
        """The options of ZRANGE in any order."""
        words = [w for w in words if g.chance(0.6)]
        g.rnd.shuffle(words)
        return words + self.limit(g)

    def rank_range(self, g):
        return [g.index(), g.index()]

    @row(5)
    def by_rank(self, g):
        name = g.pick(("ZRANGE", "ZREVRANGE"))
        words = [name, g.key()] + self.rank_range(g)
        if g.chance(0.5):
            words.append(g.case("WITHSCORES"))
        if name == "ZRANGE" and g.chance(0.3):
            words.append(g.case("REV"))
        return words + (self.limit(g) if g.chance(0.1) else [])

    @row(5)
    def by_score(self, g):
        if g.chance(0.5):
            words = ["ZRANGE", g.key(), self.end(g), self.end(g), "BYSCORE"]
            return words + self.more(g, ["REV", "WITHSCORES"])
        words = [g.pick(("ZRANGEBYSCORE", "ZREVRANGEBYSCORE")), g.key()]
        return words + [self.end(g), self.end(g)] + self.more(g, ["WITHSCORES"])

    @row(2)
    def count(self, g):
        return ["ZCOUNT", g.key(), self.end(g), self.end(g)]

    @row(3)
    def odd_words(self, g):
        words = ["ZRANGE", g.pick(ODD_KEYS)] + self.rank_range(g)
        many = ("BYSCORE", "BYLEX", "REV", "WITHSCORES", "FOO", "byscore", "rev")
        return words + g.some(lambda: g.pick(many), 3) + self.limit(g)

    @row(2)
    def remove_range(self, g):
        if g.chance(0.5):
            return ["ZREMRANGEBYRANK", g.key()] + self.rank_range(g)
        return ["ZREMRANGEBYSCORE", g.key(), self.end(g), self.end(g)]

    @row(2)
    def range_store(self, g):
        words = ["ZRANGESTORE", g.key(), g.key()]
        if g.chance(0.5):
            words += self.rank_range(g) + (["REV"] if g.chance(0.5) else [])
            return words + (["WITHSCORES"] if g.chance(0.05) else [])
        words += [self.end(g), self.end(g), "BYSCORE"]
        return words + self.more(g, ["REV"])

    # ---- By member alone

    def lex_key(self, g):
        return g.pick(LEX_KEYS) if g.chance(0.95) else b"zlex:string"

    @row(3)
    def lex_add(self, g):
        words = ["ZADD", g.pick(LEX_KEYS)]
        for _ in range(g.between(1, 5) if g.chance(0.8) else 20):
            words += ["0", g.member()]
        return words

    @row(4)
    def lex_range(self, g):
        ends = [g.pick(LEX_ENDS), g.pick(LEX_ENDS)]
        if g.chance(0.4):
            words = ["ZRANGE", self.lex_key(g)] + ends + ["BYLEX"]
            return words + self.more(g, ["REV", "WITHSCORES"][: 1 + g.chance(0.1)])
        if g.chance(0.6):
            words = [g.pick(("ZRANGEBYLEX", "ZREVRANGEBYLEX")), self.lex_key(g)]
            return words + ends + self.limit(g)
        if g.chance(0.5):
            return ["ZLEXCOUNT", self.lex_key(g)] + ends
        if g.chance(0.5):
            return ["ZRANGESTORE", g.key(), self.lex_key(g)] + ends + ["BYLEX"]
        return ["ZREMRANGEBYLEX", self.lex_key(g)] + ends

    # ---- Popping

    @row(3)
    def pop(self, g):
        words = [g.pick(("ZPOPMIN", "ZPOPMAX")), g.key()]
        return words + ([g.count()] if g.chance(0.6) else [])

    @row(2)
    def mpop(self, g):
        keys = g.keys(3)
        n = len(keys) if g.chance(0.9) else g.count()
        words = ["ZMPOP", n] + keys + [g.case(g.pick(("MIN", "MAX")))]
        if g.chance(0.02):
            words[-1] = "FOO"
        return words + ([g.case("COUNT"), g.count()] if g.chance(0.5) else [])

    # ---- Several

    @row(6)
    def combine(self, g):
        name = g.pick(("ZUNION", "ZINTER", "ZDIFF"))
        keys = g.some(lambda: self.input(g), 3)
        words = [name, len(keys) if g.chance(0.95) else g.count()] + keys
        if g.chance(0.5):
            words = [name + "STORE", g.key()] + words[1:]
        if name != "ZDIFF" or g.chance(0.05):
            if g.chance(0.4):
                words += [g.case("WEIGHTS")] + [self.score(g) for _ in keys]
            if g.chance(0.4):
                many = ("SUM", "MIN", "MAX", "max", "FOO")
                words += [g.case("AGGREGATE"), g.pick(many)]
        if g.chance(0.4 if len(words[0]) < 7 else 0.03):
            words.append(g.case("WITHSCORES"))
        return words

    @row(2)
    def inter_card(self, g):
        keys = g.some(lambda: self.input(g), 3)
        words = ["ZINTERCARD", len(keys) if g.chance(0.95) else g.count()] + keys
        return words + (["LIMIT", g.count()] if g.chance(0.5) else [])

    # ---- In no order

    @row(2, exact=True)  # a large negative count is a very long answer
    def random(self, g):
        return g.at_random("ZRANDMEMBER", "WITHSCORES")

    @row(2)
    def scan(self, g):
        return g.scan("ZSCAN")


if __name__ == "__main__":
    main(Zset)
