#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The events of keys: one connection listens, others run the commands of all
families, and after each of them it is asked what came."""

from family import Family, Scene, do, main, row, sync, tell
from family_hash import Hash
from family_list import List
from family_set import Set
from family_string import String
from family_zset import Zset

OTHERS = (String, List, Hash, Set, Zset)


class Events(Family):
    name = "events"
    kind = "string"
    needs = ("PSUBSCRIBE", "LPUSH", "HSET", "SADD", "ZADD")
    mixes = False
    COMPARE = {name: how for F in OTHERS for name, how in F.COMPARE.items()}
    # Not x: when a key is noticed to be over hangs on the moment.
    options = {"notify_keyspace_events": "KEg$lshz"}

    def __init__(self):
        super().__init__()
        self.others = [F() for F in OTHERS]

    @row(6, exact=True)
    def events(self, g):
        """What is told of changes."""
        scene = [tell(3, ["PSUBSCRIBE", "__key*"]), sync(3)]
        for _ in range(g.between(3, 12)):
            other = g.pick(self.others)
            words = g.pick(other.rows)(g)
            name = str(words[0]).upper()
            if isinstance(words, Scene) or name in other.ALONE:
                continue
            scene += [do(g.below(3), words), sync(3)]
        return Scene(scene + [tell(3, ["PUNSUBSCRIBE"]), sync(3)])


if __name__ == "__main__":
    main(Events)
