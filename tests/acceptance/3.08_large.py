#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Large things that go: DEL of a list of 5 million elements, FLUSHALL of a
million keys. How long others wait meanwhile, against the same with a plain CPU
hog beside them."""

import socket
import subprocess
import sys
import threading
import time

from accept import QUICK, below, main, median, part, quantile, say
from baton_test import Server, encode

SECONDS = 3
ROUNDS = 1 if QUICK else 3
PROBES = 4
ELEMENTS = 500000 if QUICK else 5000000
KEYS = 100000 if QUICK else 1000000
HOG = "import time\nend = time.time() + %f\nwhile time.time() < end: pass"
GET = encode("GET", "probe")


def probe(path, seconds, out):
    """Latencies in ms of GETs, one after another."""
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        end = time.perf_counter() + seconds
        now = time.perf_counter()
        while now < end:
            s.sendall(GET)
            s.recv(100)
            then, now = now, time.perf_counter()
            out.append((now - then) * 1000)


def watched(server, action):
    """p99.9 of all probes; action runs a second after the start."""
    outs = [[] for _ in range(PROBES)]
    threads = [
        threading.Thread(target=probe, args=(server.path, SECONDS, o)) for o in outs
    ]
    for t in threads:
        t.start()
    time.sleep(1)
    action()
    for t in threads:
        t.join()
    return quantile([x for o in outs for x in o], 0.999)


def busy_time(server, action):
    """CPU seconds that the server takes for it, by its own account."""
    def cpu():
        with open("/proc/%d/stat" % server.process.pid) as f:
            words = f.read().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / 100

    before = cpu()
    action()
    last = -1
    while last != cpu():
        last = cpu()
        time.sleep(0.3)
    return last - before


def compare(name, fill, action):
    with Server() as server, server.client() as c:
        c.cmd("SET", "probe", "x" * 64)
        fill(c)
        spent = busy_time(server, lambda: action(c))
        say("%s: %.2f s of CPU" % (name, spent))
        with_it, with_hog = [], []
        for _ in range(ROUNDS):
            fill(c)
            c.cmd("SET", "probe", "x" * 64)
            with_it.append(watched(server, lambda: action(c)))
            c.cmd("SET", "probe", "x" * 64)
            hog = [sys.executable, "-c", HOG % max(spent, 0.1)]
            processes = []
            with_hog.append(
                watched(server, lambda: processes.append(subprocess.Popen(hog))))
            processes[0].wait()
        say("p99.9 with it %s ms, with a hog %s ms" % (
            " ".join("%.2f" % x for x in with_it), " ".join("%.2f" % x for x in with_hog)))
        below("%s: p99.9 above that with a hog" % name,
              median(with_it) - median(with_hog), 5.0, "ms")


def push(c):
    values = ["element:%d" % i for i in range(1000)]
    for _ in range(0, ELEMENTS, 50000):
        c.pipeline([["RPUSH", "list"] + values] * 50)


def fill_keys(c):
    for i in range(0, KEYS, 10000):
        c.pipeline([("SET", "key:%d" % k, "v" * 64) for k in range(i, i + 10000)])


@part("DEL of a list")
def delete_list():
    compare("DEL of a list of %d" % ELEMENTS, push, lambda c: c.cmd("DEL", "list"))


@part("FLUSHALL")
def flush():
    compare("FLUSHALL of %d keys" % KEYS, fill_keys, lambda c: c.cmd("FLUSHALL"))


@part("UNLINK and FLUSHALL ASYNC", long=True)
def lazily():
    compare("FLUSHALL ASYNC of %d keys" % KEYS, fill_keys,
            lambda c: c.cmd("FLUSHALL", "ASYNC"))


if __name__ == "__main__":
    main()
