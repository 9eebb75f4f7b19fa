#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What data takes: the growth of resident memory, by key, in batond and beside
it in redis-server (and memcached for plain keys)."""

import os
import socket
import time

from accept import QUICK, at_most, main, part, say
from baton_test import Server, redis_program

BATCH = 2000
VALUE = b"v" * 64


def resident(pid):
    with open("/proc/%d/statm" % pid) as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def settled(pid):
    """Memory that is given up late is not counted."""
    last = resident(pid)
    for _ in range(50):
        time.sleep(0.1)
        now = resident(pid)
        if now == last:
            return now
        last = now
    return last


def bulk(*words):
    out = [b"*%d\r\n" % len(words)]
    for w in words:
        out.append(b"$%d\r\n%s\r\n" % (len(w), w))
    return b"".join(out)


def send_all(path, requests, answer):
    """Pipelines the requests; each answer has as many lines as `answer`."""
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        stream = s.makefile("rb")
        batch = []

        def turn():
            s.sendall(b"".join(batch))
            for _ in batch:
                line = stream.readline()
                assert line == answer, line
            batch.clear()

        for r in requests:
            batch.append(r)
            if len(batch) == BATCH:
                turn()
        turn()


def strings(n):
    return (bulk(b"SET", b"key:%010d" % i, VALUE) for i in range(n))


def hashes(n):
    for i in range(n):
        yield bulk(
            b"HSET", b"hash:%09d" % i, b"id", b"%d" % i, b"name", b"user%d" % i,
            b"age", b"%d" % (i % 90), b"city", b"Berlin", b"score", b"%d.5" % (i % 1000))


def zsets(n):
    for i in range(n):
        words = [b"ZADD", b"zset:%09d" % i]
        for k in range(50):
            words += [b"%d" % (i * 7919 % 100000 + k * 13), b"member:%d" % (k * 31)]
        yield bulk(*words)


def grown(redis, n, make, answer):
    """Bytes of resident memory for each key."""
    with Server(redis=redis) as server:
        pid = server.process.pid
        send_all(server.path, strings(1000), b"+OK\r\n")
        before = settled(pid)
        send_all(server.path, make(n), answer)
        return (settled(pid) - before) / n


@part("small keys")
def small_keys():
    """14 bytes of key, 64 of value."""
    for n in (100000, 137500) if QUICK else (800000, 1000000, 1100000, 1600000):
        at_most("string key, %d of them" % n, grown(False, n, strings, b"+OK\r\n"),
                130, "bytes")
    if redis_program():
        n = 100000 if QUICK else 1000000
        say("redis, %d: %.1f bytes" % (n, grown(True, n, strings, b"+OK\r\n")))


def side_by_side(what, n, make, answer):
    ours = grown(False, n, make, answer)
    if redis_program() is None:
        say("%s: %.1f bytes; redis-server is not installed" % (what, ours))
        return
    theirs = grown(True, n, make, answer)
    say("%s, %d of them: batond %.1f bytes, redis %.1f" % (what, n, ours, theirs))
    at_most("%s, as a part of redis'" % what, ours / theirs, 1.0)


@part("hashes of 5 fields")
def hash_memory():
    side_by_side("hash", 50000 if QUICK else 1000000, hashes, b":5\r\n")


@part("sorted sets of 50 members")
def zset_memory():
    side_by_side("sorted set", 5000 if QUICK else 100000, zsets, b":50\r\n")


if __name__ == "__main__":
    main()
