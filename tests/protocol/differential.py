#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Random requests over strings and keys, to batond and to redis-server: the
replies must be the same, byte for byte, in RESP2 and in RESP3.

    $ tests/protocol/differential.py                       some seconds
    $ tests/protocol/differential.py --seconds 600         as long as you like
    $ tests/protocol/differential.py --seed 12345          the same again

What may differ is in DIFFERENCES, with the reason. Skips when there is no
redis-server. The reference is 7.0; in these families 7.2 answers the same."""

import random
import sys
import time

from baton_test import (
    Error,
    Server,
    Skip,
    encode,
    main,
    note,
    redis_program,
    short,
    test,
)

BATCH = 200
MOST = 9223372036854775807


# ---- Differences that are meant to be ----
# (name of the command or None, question about request and the two replies, why)


def float_encoding(request, ours, theirs):
    return request[1].upper() == b"ENCODING" and (ours, theirs) == (
        b"int",
        b"embstr",
    )


def shared_integer(request, ours, theirs):
    return request[1].upper() == b"REFCOUNT" and (ours, theirs) == (1, MOST >> 32)


def near(limit):
    def question(request, ours, theirs):
        return (
            type(ours) is int
            and type(theirs) is int
            and min(ours, theirs) >= 0
            and abs(ours - theirs) <= limit
        )

    return question


def idle(request, ours, theirs):
    return (
        request[1].upper() == b"IDLETIME"
        and type(ours) is int
        and type(theirs) is int
        and min(ours, theirs) >= 0
    )


def help_text(request, ours, theirs):
    return (
        request[1].upper() == b"HELP"
        and isinstance(ours, list)
        and isinstance(theirs, list)
        and ours[0] == theirs[0]
    )


def empty_key(request, ours, theirs):
    def rest(reply):
        keys = reply[1] if request[0].upper() == b"SCAN" else reply
        return sorted(key for key in keys if key != b"")

    return (
        type(ours) is list
        and type(theirs) is list
        and any(len(word) > 1 and not word.strip(b"*") for word in request)
        and rest(ours) == rest(theirs)
    )


def long_error(request, ours, theirs):
    return (
        isinstance(ours, Error)
        and isinstance(theirs, Error)
        and len(ours) > 900
        and theirs.startswith(ours)
    )


DIFFERENCES = (
    (None, long_error, "an error text that repeats an argument is cut"),
    ("KEYS", empty_key, "** matches an empty key, in the reference only * does"),
    ("SCAN", empty_key, "** matches an empty key, in the reference only * does"),
    ("OBJECT", float_encoding,
     "INCRBYFLOAT to a whole number: the reference keeps it as text until the "
     "next load, here it is a number at once"),
    ("OBJECT", shared_integer,
     "the reference shares small integers, here nothing is shared"),
    ("OBJECT", idle,
     "the reference counts by a coarse clock, one for all equal small integers"),
    ("OBJECT", help_text, "the help is in our own words"),
    ("TTL", near(1), "the two clocks are read at different moments"),
    ("PTTL", near(2000), "the two clocks are read at different moments"),
    ("EXPIRETIME", near(1), "set relative to two clock reads"),
    ("PEXPIRETIME", near(2000), "set relative to two clock reads"),
)  # fmt: skip


# ---- Random requests ----


class Maker:
    """Makes requests. Few keys and values, so that they meet."""

    KEYS = ("a", "b", "c", "d", "{tag}e", "", "k\r\n", "long" * 30)
    INTS = ("0", "1", "-1", "5", "44", "-100", "007", "+1", " 1", "1.0", "", "x",
            str(MOST), str(-MOST - 1), str(MOST + 1), "9" * 25)  # fmt: skip
    FLOATS = INTS + ("0.1", "-2.5", "3.0e3", "1e-10", "inf", "-inf", "nan",
                     "1e400", "0x1p4", "1e", "3.14159265358979323846")  # fmt: skip
    TIMES = ("0", "-1", "x", "", "1.5", str(MOST),
             str(MOST // 1000), str(MOST // 1000 + 1), str(-MOST - 1))  # fmt: skip
    OPTIONS = ("NX", "XX", "GET", "KEEPTTL", "PERSIST", "EX", "PX", "EXAT", "PXAT",
               "GT", "LT", "FOO")  # fmt: skip

    def __init__(self, rnd):
        self.rnd = rnd
        self.now = int(time.time())
        self.makers = [
            getattr(self, name) for name in dir(self) if name.startswith("make_")
        ]

    def one(self):
        request = self.rnd.choice(self.makers)()
        chance = self.rnd.random()
        if chance < 0.02:  # one word too few
            request = request[:-1]
        elif chance < 0.03 and request[0] != "SCAN":  # or too many
            request = request + [self.value()]
        name = request[0] if request else "GET"
        case = self.rnd.choice((str.upper, str.lower, str.title, str))
        words = [case(name)] + [str(w) for w in request[1:]]
        return [w.encode("latin-1") for w in words]

    def key(self):
        return self.rnd.choice(self.KEYS)

    def integer(self):
        if self.rnd.random() < 0.5:
            return self.rnd.randrange(-20, 60)
        return self.rnd.choice(self.INTS)

    def value(self):
        pick = self.rnd.random()
        if pick < 0.3:
            return self.integer()
        if pick < 0.4:
            return self.rnd.choice(self.FLOATS)
        if pick < 0.95:
            return "".join(
                chr(self.rnd.randrange(256)) for _ in range(self.rnd.randrange(60))
            )
        return "long value " * self.rnd.randrange(1, 4000)

    def time(self, absolute, seconds):
        """Ends in the past, or hours from now: what is over in between would be
        over at different moments. Relative times end later than all absolute
        ones, so that GT and LT have one answer."""
        if self.rnd.random() < 0.3:
            return self.rnd.choice(self.TIMES)
        base = self.rnd.choice((1, 2, 3, 50)) * 10000
        base = base + self.now if absolute else base * 1000
        return base if seconds else base * 1000

    def option_words(self, allowed):
        words = []
        while self.rnd.random() < 0.45:
            word = self.rnd.choice(
                allowed if self.rnd.random() < 0.95 else self.OPTIONS
            )
            words.append(word if self.rnd.random() < 0.5 else word.lower())
            if word in ("EX", "PX", "EXAT", "PXAT") and self.rnd.random() < 0.97:
                words.append(self.time(word.endswith("AT"), word[0] == "E"))
        return words

    def pairs(self):
        words = []
        for _ in range(self.rnd.randrange(1, 5)):
            words += [self.key(), self.value()]
        return words

    def keys(self):
        return [self.key() for _ in range(self.rnd.randrange(1, 5))]

    # One method for each family; the more there are, the oftener it comes.

    def make_get(self):
        return [self.rnd.choice(("GET", "STRLEN", "GETDEL")), self.key()]

    def make_set(self):
        allowed = ("NX", "XX", "GET", "KEEPTTL", "EX", "PX", "EXAT", "PXAT")
        return ["SET", self.key(), self.value()] + self.option_words(allowed)

    make_set_again = make_set

    def make_getex(self):
        allowed = ("PERSIST", "EX", "PX", "EXAT", "PXAT")
        return ["GETEX", self.key()] + self.option_words(allowed)

    def make_setex(self):
        name = self.rnd.choice(("SETEX", "PSETEX"))
        return [name, self.key(), self.time(False, name[0] == "S"), self.value()]

    def make_put(self):
        name = self.rnd.choice(("SETNX", "GETSET", "APPEND"))
        return [name, self.key(), self.value()]

    def make_pairs(self):
        return [self.rnd.choice(("MSET", "MSETNX"))] + self.pairs()

    def make_many(self):
        names = ("MGET", "DEL", "UNLINK", "EXISTS", "TOUCH", "MGET", "EXISTS")
        return [self.rnd.choice(names)] + self.keys()

    def make_count(self):
        name = self.rnd.choice(("INCR", "DECR", "INCRBY", "DECRBY"))
        return [name, self.key()] + [self.integer()] * name.endswith("BY")

    def make_float(self):
        return ["INCRBYFLOAT", self.key(), self.rnd.choice(self.FLOATS)]

    def make_range(self):
        name = self.rnd.choice(("GETRANGE", "SUBSTR"))
        return [name, self.key(), self.integer(), self.integer()]

    def make_setrange(self):
        at = self.rnd.choice((0, 1, 10, 50, 5000, 512 << 20, self.integer()))
        return ["SETRANGE", self.key(), at, self.value()]

    def make_expire(self):
        name = self.rnd.choice(("EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"))
        when = self.time(name.endswith("AT"), name[0] == "E")
        words = [name, self.key(), when]
        # Which of two relative times is later hangs on the moment.
        allowed = ("NX", "XX", "nx", "FOO")
        if name.endswith("AT"):
            allowed += ("GT", "LT", "lt", "gt")
        while self.rnd.random() < 0.4:
            words.append(self.rnd.choice(allowed))
        return words

    def make_ttl(self):
        names = ("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME", "PERSIST", "TYPE")
        return [self.rnd.choice(names), self.key()]

    def make_rename(self):
        name = self.rnd.choice(("RENAME", "RENAMENX"))
        return [name, self.key(), self.key()]

    def make_object(self):
        names = ("ENCODING", "REFCOUNT", "IDLETIME", "FREQ", "encoding", "FOO")
        if self.rnd.random() < 0.03:
            return ["OBJECT", "HELP"]
        return ["OBJECT", self.rnd.choice(names), self.key()]

    def make_walk(self):
        words = ["SCAN", self.rnd.choice(("0",) * 6 + ("x", "", "00", " 0"))]
        words += ["COUNT", self.rnd.choice(("1000",) * 6 + ("0", "-1", "x"))]
        if self.rnd.random() < 0.5:
            words += ["MATCH", self.pattern()]
        if self.rnd.random() < 0.2:
            words += ["TYPE", self.rnd.choice(("string", "STRING", "list", "foo"))]
        if self.rnd.random() < 0.05:
            words.append(self.rnd.choice(("COUNT", "FOO", "MATCH")))
        return words

    def make_keys(self):
        return ["KEYS", self.pattern()]

    def make_whole(self):
        return self.rnd.choice(
            (["DBSIZE"], ["RANDOMKEY"], ["SELECT", self.rnd.choice("0011x")])
            + (["FLUSHDB"],) * (self.rnd.random() < 0.1)
        )

    def pattern(self):
        pieces = ("*", "?", "a", "b", "[a-c]", "[^a]", "\\*", "[", "long", "k", "]")
        return "".join(
            self.rnd.choice(pieces) for _ in range(self.rnd.randrange(1, 4))
        )


# ---- Comparing ----


def tidy(request, reply):
    """A reply without what has no promised order or value."""
    name = request[0].upper()
    if name == b"KEYS" and isinstance(reply, list):
        return sorted(reply)
    if name == b"SCAN" and isinstance(reply, list):
        return [reply[0], sorted(set(reply[1]))]
    if name == b"RANDOMKEY":
        return reply if reply is None else type(reply)
    return reply


def alike(request, ours, theirs):
    """0: the same; 1: an explained difference; 2: a fault."""
    (our_value, our_raw), (their_value, their_raw) = ours, theirs
    if our_raw == their_raw:
        return 0
    a, b = tidy(request, our_value), tidy(request, their_value)
    name = request[0].upper().decode()
    if name in ("KEYS", "SCAN", "RANDOMKEY") and type(a) is type(b) and a == b:
        return 0
    for row, question, _ in DIFFERENCES:
        if row in (None, name) and len(request) > 1:
            if question(request, our_value, their_value):
                return 1
    return 2


class Pair:
    """The two servers, and one connection to each."""

    def __init__(self, proto):
        if redis_program() is None:
            raise Skip("redis-server is not installed")
        self.servers = [Server(redis=False), Server(redis=True)]
        self.clients = [s.client(proto) for s in self.servers]
        for c in self.clients:
            c.keep_raw = True

    def both(self, requests):
        data = b"".join(encode(*r) for r in requests)
        for c in self.clients:
            c.send_raw(data)
        return [[(c.read_reply(), c.raw) for _ in requests] for c in self.clients]

    def stop(self):
        for c in self.clients:
            c.close()
        for s in self.servers:
            s.stop()


def show_fault(history, request, ours, theirs):
    """The requests before, as far as they touch the same keys."""
    note("after, among others:")
    keys = set(request[1:])
    related = [h for h in history if keys & set(h[0][1:])]
    for before, reply in related[-25:]:
        words = b" ".join(w[:30] for w in before)
        note("    %s -> %s" % (short(words), short(reply[:80])))
    note("request: %s" % short(request))
    note("batond:  %s" % short(ours[1]))
    note("redis:   %s" % short(theirs[1]))


def compare(proto, seed, seconds):
    pair = Pair(proto)
    maker = Maker(random.Random("%s/%d" % (seed, proto)))
    history, n, explained = [], 0, 0
    end = time.monotonic() + seconds
    note("seed %s" % seed)
    while time.monotonic() < end:
        if time.time() > maker.now + 3600:  # before anything ends by itself
            pair.both([["FLUSHALL"]])
            maker.now = int(time.time())
        requests = [maker.one() for _ in range(BATCH)]
        for request, ours, theirs in zip(requests, *pair.both(requests)):
            verdict = alike(request, ours, theirs)
            if verdict == 2:
                show_fault(history, request, ours, theirs)
                raise AssertionError("replies differ, seed %s" % seed)
            explained += verdict
            n += 1
            history.append((request, ours[1][:200]))
        del history[:-2000]
    note("%d replies compared, %d explained differences" % (n, explained))
    pair.stop()


# ---- Arguments ----


def take(name, default):
    if name not in sys.argv:
        return default
    at = sys.argv.index(name)
    value = sys.argv[at + 1]
    del sys.argv[at : at + 2]
    return value


SECONDS = float(take("--seconds", 3))
SEED = take("--seed", str(int(time.time() * 1000) % 1000000007))


@test("strings and keys, RESP2", client=False)
def resp2():
    compare(2, SEED, SECONDS / 2)


@test("strings and keys, RESP3", client=False)
def resp3():
    compare(3, SEED, SECONDS / 2)


if __name__ == "__main__":
    main()
