# SPDX-License-Identifier: BSD-2-Clause
"""Two servers, the same requests to both, and what differs.

Units are what rounds are made of and what a fault is shrunk to:
("do", n, words), ("send", n, words), ("collect", n, k), ("tell", n, words),
("sync", n, 0); n: the connection."""

import time

from baton_test import Server, Skip, redis_program
from compare import near, unordered, unordered_pairs
from differences import DIFFERENCES, by_name
from family import Scene
from gen import Gen
import wire
from wire import Error, Gone, Wire, encode, same, to_bytes, value

SEGMENT_BYTES = 60000  # fits the socket's buffers: nobody waits for anybody
ROUND = 3000
DATABASES = (0, 1, 2)
EXPLAINED = by_name()
# For all families. The two clocks are read at different moments.
COMPARE = {
    # The two get a request at different moments; times are hours apart.
    "TTL": near(60),
    "PTTL": near(60000),
    "EXPIRETIME": near(60),
    "PEXPIRETIME": near(60000),
    "HGETALL": unordered_pairs,
    "SMEMBERS": unordered,
}
# They take a word more than in the reference, which would abort a transaction.
MORE_WORDS = ("ZRANK", "ZREVRANK")
STATEFUL_TEXT = ("MULTI", "EXEC", "DISCARD", "RESET")
STATEFUL = frozenset(name.encode() for name in STATEFUL_TEXT)


class Mismatch(Exception):
    def __init__(self, request, ours, theirs, conn=0, final=False):
        super().__init__("replies differ")
        self.request, self.ours, self.theirs = request, ours, theirs
        self.conn, self.final = conn, final
        self.history = []

    def alike(self, other):
        return (
            self.request[0].upper() == other.request[0].upper()
            and self.final == other.final
        )


class Side:
    """One server and the connections to it."""

    def __init__(self, redis, protocols, options):
        if redis:  # it looks ten times a second whether a wait is over
            options = dict({"hz": 500}, **options)
        self.server = Server(redis=redis, **options)
        self.protocols = protocols
        self.wires = [Wire(self.server.path) for _ in protocols]
        self.control = Wire(self.server.path)

    def reopen(self, n):
        self.wires[n].close()
        self.wires[n] = Wire(self.server.path)

    def hello(self, n):
        wire, proto = self.wires[n], self.protocols[n]
        reply = wire.ask("RESET")
        if not isinstance(reply, Error) and proto == 3:
            reply = wire.ask("HELLO", "3")
        if isinstance(reply, Error):
            raise Gone("RESET or HELLO: %r" % reply)

    def ask(self, *words):
        """On a connection of its own, in database 0."""
        return self.control.ask(*words)

    def on(self, n, *words):
        """On connection n, in its database."""
        return self.wires[n].ask(*words)

    def stop(self):
        for wire in self.wires + [self.control]:
            wire.close()
        self.server.stop()


class Pair:
    """batond and the reference."""

    def __init__(
        self, family, protocols=(2, 3, 2, 3), ours=None, tamper=None, itself=False
    ):
        """itself: the reference against itself, to prove a family right."""
        if redis_program() is None:
            raise Skip("redis-server is not installed")
        self.family = family
        self.theirs = Side(True, protocols, family.options)
        self.ours = Side(itself, protocols, dict(family.options, **(ours or {})))
        self.sides = (self.ours, self.theirs)
        compare = dict(COMPARE, **family.COMPARE)
        self.compare = {k.encode(): v for k, v in compare.items()}
        self.alone = {k.encode(): v for k, v in family.ALONE.items()}
        self.conn = 0  # where a command of ALONE ran
        self.tamper = tamper  # for the test of the tester: words -> words
        self.explained = [0] * len(DIFFERENCES)
        self.compared = self.syncs = 0
        self.queues = [None] * len(protocols)
        self.sent = [0] * len(protocols)  # blocked requests without a reply yet

    def missing(self, names):
        """Those of these commands that batond lacks."""
        if not names:
            return []
        info = self.ours.ask("COMMAND", "INFO", *names)
        return [n for n, i in zip(names, info) if type(i) is not list]

    def reset(self):
        for side in self.sides:
            for n, wire in enumerate(side.wires):
                if self.sent[n] or wire.buf or wire.readable(0):
                    side.reopen(n)
                side.hello(n)
            side.ask("FLUSHALL")
        self.sent = [0] * len(self.sent)
        self.queues = [None] * len(self.queues)

    def stop(self):
        self.ours.stop()
        self.theirs.stop()

    # ---- One segment: requests on one connection

    def write(self, n, requests):
        data = b"".join(map(encode, requests))
        self.theirs.wires[n].send(data)
        if self.tamper:
            data = b"".join(encode(self.tamper(r)) for r in requests)
        self.ours.wires[n].send(data)

    def do(self, n, requests):
        """Raises Mismatch at the first reply that differs."""
        self.write(n, requests)
        self.answers(n, requests)

    def answers(self, n, requests):
        theirs, ours = self.theirs.wires[n], self.ours.wires[n]
        ends = theirs.replies(len(requests))
        self.compared += len(requests)
        want = theirs.take(ends[-1])
        if theirs.buf:
            raise Gone("the reference says more than it was asked")
        watch = self.queues[n] is not None or any(
            r[0].upper() in STATEFUL for r in requests
        )
        try:
            if len(ours.buf) < len(want):
                ours.more()
            if not watch and ours.buf == want:
                ours.buf = b""
                return
            our_ends = ours.replies(len(requests))
        except Gone as fault:
            raise Mismatch(requests[-1], str(fault).encode(), want[-200:], n)
        got = ours.take(our_ends[-1])
        at = our_at = 0
        for request, end, our_end in zip(requests, ends, our_ends):
            a, b = got[our_at:our_end], want[at:end]
            if a != b and not self.alike(n, request, a, b):
                raise Mismatch(request, a, b, n)
            if watch:
                self.follow(n, request, b)
            at, our_at = end, our_end
        if ours.buf:
            raise Mismatch(requests[-1], got + ours.buf, want, n)

    def follow(self, n, request, reply):
        """What is queued in a MULTI, to know what EXEC answers with."""
        name = request[0].upper()
        if name == b"MULTI" and reply == b"+OK\r\n":
            self.queues[n] = []
        elif self.queues[n] is not None:
            if reply == b"+QUEUED\r\n":
                self.queues[n].append(request)
            elif name in STATEFUL and name != b"MULTI":
                self.queues[n] = None

    def alike(self, n, request, ours, theirs):
        ours, theirs = value(ours), value(theirs)
        name = request[0].upper()
        if name in self.alone and not self.queues[n]:
            self.conn = n
            return self.alone[name](self, request, ours, theirs)
        if name == b"EXEC" and self.queues[n]:
            queue = self.queues[n]
            if type(ours) is type(theirs) is list and len(ours) == len(theirs):
                if len(queue) == len(ours):
                    return all(map(self.values_alike, queue, ours, theirs))
        return self.values_alike(request, ours, theirs)

    def values_alike(self, request, ours, theirs):
        if same(ours, theirs):
            return True
        name = request[0].upper()
        question = self.compare.get(name)
        if question and question(request, ours, theirs):
            return True
        for key in (name, None):
            for question, row in EXPLAINED.get(key, ()):
                if question(request, ours, theirs):
                    self.explained[row] += 1
                    return True
        return False

    # ---- Requests that block

    def send(self, n, request):
        self.write(n, [request])
        self.sent[n] += 1
        for side in self.sides:
            self.wait_blocked(side, n)

    def wait_blocked(self, side, n):
        """Until as many clients are blocked as have no reply."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if side.wires[n].readable(0):
                return
            info = side.ask("INFO", "clients")
            waiting = sum(
                1 for i, k in enumerate(self.sent) if k and not side.wires[i].readable(0)
            )
            if b"blocked_clients:%d\r\n" % waiting in info:
                return

    def sync(self, n, patience):
        """What came on a connection up to the reply of a PING that says a word
        nobody else says: replies of what was told, and messages. batond may be
        later with messages from other connections, so as many are awaited as
        the reference sent."""
        self.syncs += 1
        token = b"sync %d" % self.syncs
        self.write(n, [[b"PING", token]])
        theirs = self.until(self.theirs.wires[n], token)
        late = 30 if patience >= 1 else patience
        ours = self.ours.wires[n].values(late, len(theirs))
        self.sent[n] = 0
        self.compared += len(theirs)
        if same(ours, theirs):
            return
        for part in (messages, answers):
            a, b = part(ours), part(theirs)
            if not self.values_alike([b"(sync)"], a, b):
                raise Mismatch([b"(sync)"], repr(a).encode(), repr(b).encode(), n)

    @staticmethod
    def until(wire, token):
        out = []
        while not out or not (out[-1] == token or out[-1] == [b"pong", token]):
            got = wire.values(60, 1)
            if not got:
                raise Gone("the reference does not answer a PING")
            out += got
        return out

    def collect(self, n, k, patience):
        theirs = self.theirs.wires[n].values(patience, k)
        ours = self.ours.wires[n].values(patience if not theirs else 30, len(theirs) or 1)
        self.sent[n] = max(0, self.sent[n] - len(theirs))
        self.compared += len(theirs)
        if not self.values_alike([b"(collect)"], ours, theirs):
            raise Mismatch([b"(collect)"], repr(ours).encode(), repr(theirs).encode(), n)

    # ---- Rounds

    def run(self, units, patience=2.0):
        """Units in order, those that follow each other on one connection in one
        write. Appends nothing, remembers nothing: a Mismatch says it all."""
        batch, conn, size = [], None, 0
        for kind, n, words in units:
            alone = kind != "do" or words[0].upper() in self.alone
            if batch and (alone or n != conn or size > SEGMENT_BYTES):
                self.do(conn, batch)
                batch, size = [], 0
            if kind == "send":
                self.send(n, words)
            elif kind == "collect":
                self.collect(n, words, patience)
            elif kind == "tell":
                self.write(n, [words])
                self.sent[n] += 1
            elif kind == "sync":
                self.sync(n, patience)
            else:
                batch.append(words)
                size += sum(map(len, words))
                conn = n
                if alone:
                    self.do(conn, batch)
                    batch, size = [], 0
        if batch:
            self.do(conn, batch)

    def final(self):
        """All keys of both, on connection 0."""
        for side in self.sides:
            side.hello(0)
        self.queues[0] = None
        try:
            for db in DATABASES:
                self.do(0, [[b"SELECT", b"%d" % db], [b"DBSIZE"]])
                keys = self.theirs_keys(db)
                our_keys = sorted(self.keys_of(self.ours, db))
                if keys != our_keys:
                    raise Mismatch(
                        [b"KEYS", b"*"], repr(our_keys).encode(), repr(keys).encode()
                    )
                self.do_keys(db, keys)
        except Mismatch as fault:
            fault.final = True
            raise

    def keys_of(self, side, db):
        side.ask("SELECT", db)
        keys = side.ask("KEYS", "*")
        side.ask("SELECT", 0)
        return keys

    def theirs_keys(self, db):
        return sorted(self.keys_of(self.theirs, db))

    def do_keys(self, db, keys):
        self.theirs.ask("SELECT", db)
        requests = []
        for key in keys:
            requests += [[b"TYPE", key], [b"OBJECT", b"ENCODING", key], [b"PTTL", key]]
            kind = self.theirs.ask("TYPE", key)
            requests += [[w] + [key] + more for w, *more in CONTENT.get(kind, ())]
        self.theirs.ask("SELECT", 0)
        if requests:
            self.do(0, requests)


CONTENT = {
    b"string": ([b"GET"],),
    b"hash": ([b"HLEN"], [b"HGETALL"]),
    b"list": ([b"LRANGE", b"0", b"-1"],),
    b"set": ([b"SCARD"], [b"SMEMBERS"]),
    b"zset": ([b"ZCARD"], [b"ZRANGE", b"0", b"-1", b"WITHSCORES"]),
}


def is_message(v):
    return isinstance(v, list) and v[:1] in ([b"message"], [b"pmessage"], [b"smessage"])


def messages(values):
    return [v for v in values if is_message(v)]


def answers(values):
    return [v for v in values if not is_message(v)]


def make_units(pair, g, count):
    """The units of one round: bursts on one connection each."""
    family, connections = pair.family, len(pair.queues)
    setup = family.setup(g)
    lacks = pair.missing([r[0] for r in setup])
    units = [("do", 0, [to_bytes(w) for w in r]) for r in setup if r[0] not in lacks]
    queued = [False] * connections  # between MULTI and EXEC, as far as is known
    while len(units) < count:
        n = g.below(connections)
        for _ in range(g.between(1, 80)):
            words = family.units(g)
            if type(words) is Scene:
                units += [
                    (kind, n, w if type(w) is int else [to_bytes(x) for x in w])
                    for kind, n, w in words
                ]
                continue
            name = words[0].upper()
            if name in STATEFUL_TEXT:
                queued[n] = name == "MULTI"
            elif queued[n] and (name in family.ALONE or name in MORE_WORDS):
                continue  # nothing could be put in step within a transaction
            units.append(("do", n, [to_bytes(w) for w in words]))
    return units


def run_round(pair, seed, count):
    """One round. Raises Mismatch with what led to it in .history."""
    family = pair.family
    g = Gen(seed, family.kind, int(time.time()))
    units = make_units(pair, g, count)
    pair.reset()
    try:
        pair.run(units)
        pair.final()
    except Mismatch as fault:
        fault.history = units
        raise


# ---- Shrinking --------------------------------------------------------------


def again(pair, units, fault, patience=0.3):
    """The fault if these units still lead to one like it, else None."""
    pair.reset()
    whole = wire.TIMEOUT
    if any(kind != "do" for kind, _, _ in units):  # somebody may wait for ever
        wire.TIMEOUT = 1.0
    try:
        pair.run(units, patience)
        if fault.final:
            pair.final()
    except Mismatch as new:
        return new if new.alike(fault) else None
    except Gone:  # part of a scene, and now somebody waits for ever
        pair.sent = [1] * len(pair.sent)
        if any(side.server.process.poll() is not None for side in pair.sides):
            raise
    finally:
        wire.TIMEOUT = whole
    return None


def shrink(pair, fault, seconds=20):
    """Fewer units that lead to the same fault: (units, fault)."""
    end = time.monotonic() + seconds
    units, best = fault.history, fault
    words = set(fault.request[1:])
    related = [
        u for u in units
        if u[0] != "do" or u[2][0].upper() in STATEFUL or words & set(u[2])
    ]  # fmt: skip
    for try_units in (related, units):
        new = again(pair, try_units, fault)
        if new:
            units, best = try_units, new
            break
    else:
        return units, None  # it does not come again
    parts = 2
    while len(units) > 1 and time.monotonic() < end:
        size = max(1, len(units) // parts)
        at, smaller = 0, False
        while at < len(units) and time.monotonic() < end:
            fewer = units[:at] + units[at + size :]
            new = again(pair, fewer, fault)
            if new:
                units, best, smaller = fewer, new, True
            else:
                at += size
        if size == 1 and not smaller:
            break
        if not smaller or size > len(units) // 2:
            parts = min(len(units), parts * 2)
    return units, best
