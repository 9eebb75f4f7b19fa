#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Random structured requests of all families from several connections at once,
which nobody compares: the server must live, stay in order with each client, and
end well (in a build with sanitizers: without a report, and without a leak).

And the same requests that commute, in another order on 1 worker and on 4: the
keys must be the same in the end.

Environment: STORM_SECONDS (4), STORM_CONNECTIONS (8), STORM_SEED (1), BATOND."""

# The family first: it knows where the others are.
from family import Mixed, Scene, all_families  # isort: skip
import os
import threading
import time

from baton_test import Server, Wrong, main, note, test, wait_until
from dump import dump
from gen import Gen
from wire import Error, Gone, Wire, encode, end_of, to_bytes

SECONDS = float(os.environ.get("STORM_SECONDS", "4"))
CONNECTIONS = int(os.environ.get("STORM_CONNECTIONS", "8"))
SEED = os.environ.get("STORM_SEED") or "1"
COMMUTING = int(os.environ.get("STORM_COMMUTING", "20000"))


# ---- The storm --------------------------------------------------------------


class Rider:
    """One connection and what it sends. It may block, and is then given up: a
    client that goes away while it waits is a part of the storm."""

    def __init__(self, server, number, family):
        self.server, self.number, self.family = server, number, family
        self.g = Gen("%s/storm/%d" % (SEED, number), None, int(time.time()))
        self.sent = self.gone = 0
        self.wire = None

    def open(self):
        self.wire = Wire(self.server.path)
        if self.number % 2:
            self.wire.ask("HELLO", 3)
        self.wire.patience = 2.0

    def burst(self):
        requests = []
        for _ in range(self.g.between(1, 40)):
            words = self.family.units(self.g)
            if type(words) is Scene:
                requests += [w for _, _, w in words if type(w) is not int]
            else:
                requests.append(words)
        return [[to_bytes(w) for w in r] for r in requests]

    def run(self, until):
        self.open()
        while time.monotonic() < until:
            requests = self.burst()
            self.sent += len(requests)
            try:
                self.wire.send(b"".join(map(encode, requests)))
                # These answer with pushes, or with several arrays.
                joins = sum(r[0].upper().endswith(b"SUBSCRIBE") for r in requests)
                self.wait(len(requests) - joins)
            except (Gone, OSError):
                if self.server.process.poll() is not None:
                    raise Wrong("the server is gone")
                self.gone += 1
                self.wire.close()
                self.open()
        self.wire.close()

    def wait(self, n):
        """n replies, or (with subscriptions) so many pushes; each well-formed."""
        at = 0
        while n > 0:
            end = end_of(self.wire.buf, at) if at < len(self.wire.buf) else -1
            if end < 0:
                self.wire.more()
                continue
            n -= self.wire.buf[at : at + 1] != b">"
            at = end
        self.wire.take(at)


def families():
    with Server() as server:
        wire = Wire(server.path)
        out = []
        for cls in all_families().values():
            info = wire.ask("COMMAND", "INFO", *cls.needs)
            if all(type(i) is list for i in info) and not cls.plain:
                out.append(cls())
        wire.close()
    return out


def storm(workers):
    family = Mixed(families())
    faults = []
    with Server(workers=workers) as server:
        riders = [Rider(server, i, family) for i in range(CONNECTIONS)]
        until = time.monotonic() + SECONDS

        def ride(rider):
            try:
                rider.run(until)
            except Exception as fault:  # pylint: disable=broad-except
                faults.append("connection %d: %r" % (rider.number, fault))

        threads = [threading.Thread(target=ride, args=(r,)) for r in riders]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        note(
            "seed %s, families %s: %d requests, %d connections given up"
            % (SEED, " ".join(f.name for f in family.families),
               sum(r.sent for r in riders), sum(r.gone for r in riders))
        )  # fmt: skip
        if faults:
            raise Wrong("; ".join(faults))
        with server.client() as c:
            # What clients that are gone have sent is served to its end.
            wait_until(
                lambda: c.cmd("CLIENT", "LIST").count(b"\n") == 1, "all to be gone"
            )
            assert not isinstance(c.cmd("FLUSHALL"), Error)
            assert c.cmd("DBSIZE") == 0


@test("random requests, 4 workers", client=False)
def storm_four():
    storm(4)


@test("random requests, 1 worker", client=False)
def storm_one():
    storm(1)


# ---- What commutes ----------------------------------------------------------

MAKERS = (
    ("INCRBY", lambda g: ["c:%d" % g.below(20), g.between(-50, 50)]),
    ("DECR", lambda g: ["c:%d" % g.below(20)]),
    ("MSET", lambda g: sum((["v:%d" % n, "value %d" % n] for n in some(g, 100)), [])),
    ("SETNX", lambda g: same_value("n:%d", g.below(50))),
    ("APPEND", lambda g: ["a:%d" % g.below(10), "x"]),
    ("DEL", lambda g: ["d:%d" % g.below(20)]),
    ("HINCRBY", lambda g: ["h:%d" % g.below(8), "f%d" % g.below(300), g.below(9)]),
    ("HSET", lambda g: ["hv:%d" % g.below(8)] + same_value("f%d", g.below(400))),
    ("HDEL", lambda g: ["hv:%d" % g.below(8), "never there"]),
    ("SADD", lambda g: ["s:%d" % g.below(8)] + ["m%d" % n for n in some(g, 400)]),
    ("SADD", lambda g: ["i:%d" % g.below(8)] + some(g, 700)),
    ("SREM", lambda g: ["s:%d" % g.below(8), "never there"]),
    ("ZINCRBY", lambda g: ["z:%d" % g.below(8), g.below(9), "m%d" % g.below(300)]),
    ("ZADD", lambda g: ["zg:%d" % g.below(8), "GT", g.below(999), "m%d" % g.below(300)]),
    ("LPUSH", lambda g: ["l:%d" % g.below(8), "same"]),
    ("RPUSH", lambda g: ["l:%d" % g.below(8), "same"]),
    ("SETBIT", lambda g: ["b:%d" % g.below(4), g.below(5000), "1"]),
)


def some(g, n):
    return [g.below(n) for _ in range(g.between(1, 5))]


def same_value(name, n):
    return [name % n, "value %d" % n]


def commuting(lacks):
    """Lists of requests that belong together."""
    g = Gen("%s/commuting" % SEED, None, 0)
    makers = [m for m in MAKERS if m[0] not in lacks]
    out = []
    while len(out) < COMMUTING:
        name, make = g.pick(makers)
        out.append([[name] + make(g)])
        if "MULTI" not in lacks and g.chance(0.05):
            n = g.below(100)
            both = [["INCRBY", k, n] for k in ("t:1", "t:2")]
            out.append([["MULTI"]] + both + [["EXEC"]])
    return out


def perform(server, groups):
    """All of it, over connections that each take a part, at once."""
    faults = []

    def run(part):
        wire = Wire(server.path)
        for at in range(0, len(part), 30):
            requests = [r for group in part[at : at + 30] for r in group]
            for reply in wire.ask_all(requests):
                if isinstance(reply, Error):
                    faults.append(reply)
        wire.close()

    parts = [groups[i::CONNECTIONS] for i in range(CONNECTIONS)]
    threads = [threading.Thread(target=run, args=(p,)) for p in parts]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if faults:
        raise Wrong("an error: %r" % faults[0])
    wire = Wire(server.path)
    out = dump(wire)
    wire.close()
    return out


@test("1 worker and 4 workers agree where requests commute", client=False)
def agree():
    with Server(workers=1) as one, Server(workers=4) as four:
        wire = Wire(one.path)
        names = sorted({m[0] for m in MAKERS} | {"MULTI"})
        info = wire.ask("COMMAND", "INFO", *names)
        wire.close()
        lacks = {n for n, i in zip(names, info) if type(i) is not list}
        groups = commuting(lacks)
        shuffled = list(groups)
        Gen("%s/order" % SEED, None, 0).rnd.shuffle(shuffled)
        a, b = perform(one, groups), perform(four, shuffled)
        note("%d requests, %d keys; left out: %s" % (
            sum(map(len, groups)), len(a), " ".join(sorted(lacks)) or "nothing"))
        assert len(a) > 50
        differ = [k for k in sorted(set(a) | set(b)) if a.get(k) != b.get(k)]
        for key in differ[:5]:
            note("%r: %.300r\nand %.300r" % (key, a.get(key), b.get(key)))
        if differ:
            raise Wrong("%d keys differ, seed %s" % (len(differ), SEED))
        if "MULTI" not in lacks:
            assert a[0, b"t:1"] == a[0, b"t:2"], "half of an EXEC"


if __name__ == "__main__":
    main()
