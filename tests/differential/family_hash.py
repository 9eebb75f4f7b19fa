#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Hashes."""

from compare import scanned_pairs, shape, unordered, unordered_pairs
from family import Family, main, row


class Hash(Family):
    name = "hash"
    kind = "hash"
    needs = ("HSET", "HGETALL", "HINCRBYFLOAT", "HRANDFIELD", "HSCAN")
    COMPARE = {
        "HGETALL": unordered_pairs,
        "HKEYS": unordered,
        "HVALS": unordered,
        "HSCAN": scanned_pairs,
        "HRANDFIELD": shape,
    }
    # So that both forms are met.
    options = {"hash_max_listpack_entries": 24}

    @row(8)
    def set(self, g):
        words = [g.pick(("HSET", "HSET", "HMSET")), g.key()]
        for _ in range(g.between(1, 4) if g.chance(0.9) else 20):
            words += [g.member(), g.value()]
        return words

    @row(2)
    def setnx(self, g):
        return ["HSETNX", g.key(), g.member(), g.value()]

    @row(5)
    def get(self, g):
        return [g.pick(("HGET", "HEXISTS", "HSTRLEN")), g.key(), g.member()]

    @row(2)
    def mget(self, g):
        return ["HMGET", g.key()] + g.some(g.member)

    @row(4)
    def whole(self, g):
        return [g.pick(("HGETALL", "HKEYS", "HVALS", "HLEN")), g.key()]

    @row(4)
    def delete(self, g):
        return ["HDEL", g.key()] + g.some(g.member)

    @row(3)
    def count(self, g):
        return ["HINCRBY", g.key(), g.member(), g.integer()]

    @row(3)
    def count_float(self, g):
        return ["HINCRBYFLOAT", g.key(), g.member(), g.float()]

    @row(2, exact=True)  # a large negative count is a very long answer
    def random(self, g):
        return g.at_random("HRANDFIELD", "WITHVALUES")

    @row(2)
    def scan(self, g):
        return g.scan("HSCAN")


if __name__ == "__main__":
    main(Hash)
