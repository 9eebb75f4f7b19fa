#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Ten million keys whose time will be over (QUICK=1: one million): the share of a
core that looking for them takes, while their times are far ahead and while all
of them end within a second, and how long other clients wait meanwhile, against
the same with a plain CPU hog beside them that takes as much."""

import random
import socket
import subprocess
import sys
import threading
import time

from accept import QUICK, at_most, below, cpu_seconds, exactly, main, part, quantile, say
from baton_test import Server, Wrong, encode

KEYS = 1000000 if QUICK else 10000000
BATCH = 5000
PROBES = 4
PAUSE = 0.002  # between two requests of a probe
HOGGED = 3 if QUICK else 10  # seconds of probes beside a hog
AHEAD = 5.0  # seconds of watching keys whose times are far ahead
LIMIT_AHEAD = 5.0  # percent of a core
LIMIT_WAVE = 35.0  # a quarter of the time, and giving back the memory
LIMIT_WAIT = 5.0  # ms, as for other large things that go
SET = (
    b"*5\r\n$3\r\nSET\r\n$14\r\nkey:%010d\r\n$8\r\nvvvvvvvv\r\n"
    b"$4\r\nPXAT\r\n$13\r\n%d\r\n"
)
GET = encode("GET", "probe")
# As batond's cycle: a millisecond of work and three of rest.
HOG = """
import time
while True:
    end = time.time() + 0.001
    while time.time() < end:
        pass
    time.sleep(0.003)
"""


def load(path, when):
    """Sets all keys; when(random) is the time in ms at which one ends."""
    rnd = random.Random(11)
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        for first in range(0, KEYS, BATCH):
            s.sendall(
                b"".join([SET % (i, when(rnd)) for i in range(first, first + BATCH)])
            )
            left = BATCH * len(b"+OK\r\n")
            while left > 0:
                data = s.recv(1 << 16)
                if not data or b"-" in data:
                    raise Wrong("SET: %r" % data[:100])
                left -= len(data)


class Probes:
    """Clients that ask all the time, and how long each of them waited, in ms."""

    def __init__(self, path):
        self.path = path
        self.waits = []
        self.stop = False
        self.threads = [threading.Thread(target=self.run) for _ in range(PROBES)]

    def run(self):
        waits = []
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.path)
            while not self.stop:
                then = time.perf_counter()
                s.sendall(GET)
                s.recv(100)
                waits.append((time.perf_counter() - then) * 1000)
                time.sleep(PAUSE)
        self.waits += waits

    def __enter__(self):
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *what):
        self.stop = True
        for t in self.threads:
            t.join()

    def p999(self):
        return quantile(self.waits, 0.999)


class Share:
    """CPU time of the server's process by the time that went by, in percent."""

    def __init__(self, server):
        self.pid = server.process.pid
        self.cpu, self.time = cpu_seconds(self.pid), time.monotonic()

    def __call__(self):
        spent = cpu_seconds(self.pid) - self.cpu
        return 100 * spent / (time.monotonic() - self.time)


def settle(server):
    """Until what the loading left behind is done with."""
    for _ in range(100):
        share = Share(server)
        time.sleep(0.3)
        if share() < 10:
            return


def beside_hog(server, seconds):
    """p99.9 of the same probes with a hog beside the server, and the share that
    the probes themselves take of the server's time."""
    with subprocess.Popen([sys.executable, "-c", HOG]) as hog:
        share = Share(server)
        with Probes(server.path) as probes:
            time.sleep(seconds)
        own = share()
        hog.kill()
    return probes.p999(), own


@part("times far ahead")
def far_ahead():
    with Server() as server, server.client() as c:
        c.cmd("SET", "probe", "x" * 64)
        hogged, own = beside_hog(server, HOGGED)
        begun = int(time.time() * 1000)
        load(server.path, lambda rnd: begun + rnd.randrange(3600000, 7200000))
        exactly("far ahead: keys", c.cmd("DBSIZE"), KEYS + 1)
        settle(server)
        share = Share(server)
        time.sleep(AHEAD)
        at_most("far ahead: share of a core, idle otherwise", share(), LIMIT_AHEAD, "%")
        with Probes(server.path) as probes:
            time.sleep(3)
        say("p99.9 with a hog beside %.2f ms, with the keys %.2f ms; the probes take "
            "%.1f %% of a core" % (hogged, probes.p999(), own))
        below("far ahead: p99.9 of others above that with a hog",
              probes.p999() - hogged, LIMIT_WAIT, "ms")


@part("all within a second")
def wave():
    with Server() as server, server.client() as c:
        c.cmd("SET", "probe", "x" * 64)
        hogged, own = beside_hog(server, HOGGED)
        begun = time.time()
        load(server.path, lambda rnd: 9999999999999)
        took = time.time() - begun
        start = time.time() + 2 * took + 5
        load(server.path, lambda rnd: int(start * 1000) + rnd.randrange(1000))
        settle(server)
        exactly("all within a second: loaded in time", time.time() < start, True)
        time.sleep(max(0, start - time.time()))
        share = Share(server)
        with Probes(server.path) as probes:
            end = time.monotonic() + 600
            while c.cmd("DBSIZE") > 1 and time.monotonic() < end:
                time.sleep(0.05)
            took, used = time.time() - start, share()
        exactly("all within a second: keys left", c.cmd("DBSIZE"), 1)
        after, _ = beside_hog(server, HOGGED)
        say("all gone after %.1f s; p99.9 with a hog beside %.2f and %.2f ms, "
            "meanwhile %.2f ms; the probes take %.1f %% of a core"
            % (took, hogged, after, probes.p999(), own))
        at_most("all within a second: share of a core", used - own, LIMIT_WAVE, "%")
        below("all within a second: p99.9 of others above that with a hog",
              probes.p999() - max(hogged, after), LIMIT_WAIT, "ms")


if __name__ == "__main__":
    main()
