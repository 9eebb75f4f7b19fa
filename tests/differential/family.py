# SPDX-License-Identifier: BSD-2-Clause
"""The differential tester: random requests to batond and to redis-server, and
the replies must be the same. This file: what a family of commands says of itself.

How to add a family: write family_NAME.py here, list it in local.mk, run it.

    from compare import unordered
    from family import Family, main, row

    class Hash(Family):
        name = "hash"
        kind = "hash"                     # g.key() mostly gives keys of this type
        needs = ("HSET", "HGETALL")       # skipped while batond lacks one of them
        COMPARE = {"HGETALL": unordered_pairs}      # see compare.py

        @row(5)                           # five times as often as a row(1)
        def hset(self, g):                # -> the words of one request
            return ["HSET", g.key()] + [g.member(), g.value()]

    if __name__ == "__main__":
        main(Hash)

    $ make check TESTS=tests/differential/family_hash.py
    $ tests/differential/run.py --family hash --count 1000000 [--faults 5]
    $ tests/differential/run.py --family hash --seed 123 --round 4      again
    $ tests/differential/run.py --family mixed       all families at once

* Words come from `g`, see gen.py: keys, members, values, counts, indexes, floats,
  times, with what is at the edges and what is wrong. Never use another source of
  chance or of time, or a seed does not give the same run again.
* One request in forty gets a word too few or too many, some names are in other
  case. @row(1, exact=True) keeps a row from that (one that could block for ever).
* Before each round every connection is RESET, all keys are flushed, and SETUP
  (below) makes a key of each type, so that wrong types are met. After it, all keys
  of both are compared: type, encoding, time to live, content.
* COMPARE: {"NAME": question(request, ours, theirs)}: how to compare replies that
  need not be the same, byte for byte; asked only when the bytes differ. A
  difference that is meant to be is a row of differences.py instead, with a reason.
* ALONE: {"NAME": question(pair, request, ours, theirs)}: for a command that
  changes keys at random (SPOP). It runs when nothing else does, and the question
  must put batond's keys in step with the reference (pair.ours.ask(...),
  pair.theirs.ask(...)) and say whether the replies were alike.
* A row may also return a Scene, a list of
      do(n, words)       a request on connection n (of 0 to 3), and its reply
      send(n, words)     a request that blocks: its reply is for later; goes on
                         when both servers say that the client is blocked
      collect(n, k)      k replies of connection n are awaited and compared
      tell(n, words)     a request whose replies sync() reads (SUBSCRIBE: it has
                         none in RESP3, or several)
      sync(n)            what came on connection n until now, messages too; first
                         of those that subscribe, then of those that receive
  with nothing else in between. It must collect what it sent. A connection that
  subscribes takes only tell and sync until it has unsubscribed from all.
* run.py --itself compares the reference with itself: what that finds is a fault
  of the family (a reply that is random, or hangs on the moment)."""

import glob
import importlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for _path in (os.path.join(HERE, os.pardir, "support"), HERE):
    if _path not in sys.path:
        sys.path.insert(0, _path)

# By hand from the top of the tree it is usually build/ that holds the program.
if not os.path.exists(os.path.join(os.environ.get("top_builddir", "."), "batond")):
    os.environ["top_builddir"] = os.path.join(HERE, os.pardir, os.pardir, "build")

from gen import ALL_KEYS, KEYS  # noqa: E402 pylint: disable=wrong-import-position

# One request for each, so that there is something of another type.
SETUP = (
    ["SET", KEYS["string"][0], "12"],
    ["SET", KEYS["string"][1], "words"],
    ["HSET", KEYS["hash"][0], "m1", "1", "m2", "x"],
    ["RPUSH", KEYS["list"][0], "m1", "m2", "3"],
    ["SADD", KEYS["set"][0], "1", "2", "3"],
    ["SADD", KEYS["set"][1], "m1", "m2", "3"],
    ["ZADD", KEYS["zset"][0], "1", "m1", "2", "m2", "2.5", "m3"],
)


class Scene(list):
    pass


def do(n, words):
    return ("do", n, words)


def send(n, words):
    return ("send", n, words)


def collect(n, k=1):
    return ("collect", n, k)


def tell(n, words):
    return ("tell", n, words)


def sync(n):
    return ("sync", n, 0)


def row(weight=1, exact=False):
    def mark(fn):
        fn.weight, fn.exact = weight, exact
        return fn

    return mark


class Family:
    name = kind = None
    needs = ()
    COMPARE = {}
    ALONE = {}
    options = {}  # of both servers
    mixes = True  # False: its scenes want connections that nobody else uses
    plain = False  # True: only the rows of the class itself

    def __init__(self):
        rows = [getattr(self, n) for n in dir(type(self)) if self.is_row(n)]
        self.rows = [r for r in rows for _ in range(r.weight)]
        self.own = KEYS.get(self.kind)

    def is_row(self, name):
        fn = getattr(type(self), name)
        return hasattr(fn, "weight") and not (
            self.plain and name in Family.__dict__
        )

    def setup(self, g):  # pylint: disable=unused-argument
        return SETUP

    def units(self, g):
        """A row, picked at random, as a list of units: words, or a Scene's."""
        fn = g.pick(self.rows)
        words = fn(g)
        if type(words) is Scene or fn.exact:
            return words
        p = g.random()
        if p < 0.1:
            if p < 0.015 and len(words) > 1:
                return words[:-1]
            if p < 0.025:
                return words + [g.value()]
            name = words[0]
            words = list(words)
            words[0] = name.lower() if p < 0.06 else name.title()
        return words

    # What all families do now and then, so that keys come and go.

    @row(2)
    def any_del(self, g):
        return ["DEL", g.key()]

    @row(1)
    def any_type(self, g):
        return [g.pick(("TYPE", "EXISTS")), g.key()]

    @row(1)
    def any_encoding(self, g):
        return ["OBJECT", "ENCODING", g.key()]

    @row(1)
    def any_expire(self, g):
        if g.chance(0.5):
            return ["PERSIST", g.key()]
        return ["PEXPIREAT", g.key(), g.time(True, False)]


class Mixed(Family):
    """All families at once."""

    name = "mixed"

    def __init__(self, families):
        super().__init__()
        self.choose(families)

    def choose(self, families):
        self.families = families
        self.COMPARE, self.ALONE, self.options = {}, {}, {}
        for f in families:
            self.COMPARE.update(f.COMPARE)
            self.ALONE.update(f.ALONE)
            self.options.update(f.options)

    def units(self, g):
        family = g.pick(self.families)
        g.own = family.own or ALL_KEYS
        return family.units(g)


def all_families():
    """{name: class} of all the files here."""
    found = {}
    for path in sorted(glob.glob(os.path.join(HERE, "family_*.py"))):
        module = importlib.import_module(os.path.basename(path)[:-3])
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, Family) and thing.name:
                found[thing.name] = thing
    found.pop("mixed", None)
    return found


def everything():
    return Mixed([f() for f in all_families().values() if f.mixes])


def main(family):
    """The family's short form, as TAP."""
    from tap import short_form  # it needs all of the above

    short_form(family)
