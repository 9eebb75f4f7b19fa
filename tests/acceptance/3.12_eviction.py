#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The hit rate of a cache that is too small for its keys: a client reads keys by
Zipf's law and sets those that were not there, under allkeys-lru and allkeys-lfu,
in batond and beside it in redis-server with the same maxmemory and the same
requests."""

import itertools
import random

from accept import QUICK, at_least, at_most, info_of, main, part, say
from baton_test import Server, redis_program

UNIVERSE = 200000 if QUICK else 1000000
ACCESSES = 600000 if QUICK else 3000000
ROOM = (8 if QUICK else 40) << 20  # beside what an empty server takes
EXPONENT = 0.9
BATCH = 500
VALUE = b"v" * 100
GET = b"*2\r\n$3\r\nGET\r\n$14\r\nkey:%010d\r\n"
SET = b"*3\r\n$3\r\nSET\r\n$14\r\nkey:%010d\r\n$100\r\n" + VALUE + b"\r\n"
MARGIN = 1.0  # percentage points


def weights():
    """Cumulative; key i is the i-th in popularity."""
    return list(
        itertools.accumulate(1 / (i + 1) ** EXPONENT for i in range(UNIVERSE))
    )


def best_rate(cumulative, kept):
    """Of a cache that always holds the `kept` keys that are asked for most."""
    return 100 * cumulative[min(kept, UNIVERSE) - 1] / cumulative[-1]


def read_through(c, keys):
    """GETs in a pipeline, then SETs of what was missing; how many were there."""
    c.send_raw(b"".join([GET % k for k in keys]))
    missing = {k for k in keys if c.read_reply() is None}
    hits = sum(k not in missing for k in keys)
    c.send_raw(b"".join([SET % k for k in missing]))
    for _ in missing:
        c.read_reply()
    return hits


def run(redis, policy, cumulative):
    """The hit rate of the second half, in percent, and the keys that were kept."""
    rnd = random.Random(312)
    with Server(redis=redis, maxmemory_policy=policy) as server, server.client() as c:
        empty = int(info_of(c, "memory")["used_memory"])
        c.cmd("CONFIG", "SET", "maxmemory", str(empty + ROOM))
        hits = counted = 0
        for first in range(0, ACCESSES, BATCH):
            keys = rnd.choices(range(UNIVERSE), cum_weights=cumulative, k=BATCH)
            n = read_through(c, keys)
            if first >= ACCESSES // 2:
                hits += n
                counted += BATCH
        if int(info_of(c, "stats")["evicted_keys"]) == 0:
            raise AssertionError("nothing was evicted")
        return 100 * hits / counted, c.cmd("DBSIZE")


def compare(policy):
    cumulative = weights()
    rate, kept = run(False, policy, cumulative)
    best = best_rate(cumulative, kept)
    say("%s: batond keeps %d of %d keys; the best that could be done with so many is "
        "%.2f %%" % (policy, kept, UNIVERSE, best))
    if redis_program():
        other, other_kept = run(True, policy, cumulative)
        say("%s: redis-server keeps %d keys, hit rate %.2f %%, best %.2f %%" % (
            policy, other_kept, other, best_rate(cumulative, other_kept)))
        at_least("%s: hit rate" % policy, rate, other - MARGIN, "%")
        at_most("%s: hits lost to the best choice, beyond those of redis" % policy,
                (best - rate) - (best_rate(cumulative, other_kept) - other), MARGIN,
                "points")
    else:
        at_least("%s: hit rate by the best" % policy, 100 * rate / best, 85.0, "%")


@part("allkeys-lru")
def lru():
    compare("allkeys-lru")


@part("allkeys-lfu")
def lfu():
    compare("allkeys-lfu")


if __name__ == "__main__":
    main()
