#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Clients that never read cost the others nothing, and the server little; and
who is refused gets to read why."""

import time

from accept import (
    QUICK,
    Crowd,
    at_most,
    below,
    exactly,
    main,
    part,
    rss,
    say,
)
from baton_test import OK, Closed, Server, encode, expect

HOGS = 4
GETS = 400
VALUE = 1000000  # bytes
HEALTHY = 20
BEAT_US = 2000
SECONDS = 3 if QUICK else 8


class Hogs:
    """They ask for far more than they take."""

    def __init__(self, server):
        self.clients = [
            server.client(tcp=i % 2 == 0, timeout=60) for i in range(HOGS)
        ]

    def ask(self):
        for c in self.clients:
            c.send_raw(encode("GET", "big") * GETS)

    def read(self):
        """At last: how many of the answers are whole and right."""
        right = 0
        for c in self.clients:
            for _ in range(GETS):
                right += c.read_reply() == b"x" * VALUE
            c.close()
        return right


def p99(figures):
    exactly("healthy clients lost", figures["failed"], 0)
    return figures["p99_us"]


def beat_with_hogs(server, crowd, hogs):
    """p99 of the healthy clients from just before the hogs ask, and by how
    much the server grew at most."""
    before = most = rss(server.pid)
    crowd.ask("beat %d %d" % (SECONDS * 1000, BEAT_US))
    hogs.ask()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        most = max(most, rss(server.pid))
        time.sleep(0.05)
    return p99(crowd.result()), most - before


def slow_readers(tcp):
    name = "healthy clients over " + ("TCP" if tcp else "Unix")
    with Server(tcp=True, workers=2) as server, server.client() as c:
        expect(c.cmd("SET", "big", "x" * VALUE), OK)
        expect(c.cmd("SET", "small", "y" * 64), OK)
        with Crowd(
            server,
            tcp=tcp,
            clients=HEALTHY,
            request="GET small\r\n",
            reply="$64\r\n" + "y" * 64 + "\r\n",
        ) as crowd:
            crowd.beat(1, BEAT_US)  # to warm up
            before = p99(crowd.beat(SECONDS, BEAT_US))
            hogs = Hogs(server)
            during, grown = beat_with_hogs(server, crowd, hogs)
        say("p99 of %s: %d us before, %d us during" % (name, before, during))
        at_most(name + ", p99 in comparison", during / before, 2, "x")
        below(name + ", memory grew by", grown / 2**20, 64, "MB")
        exactly("whole answers when they read at last", hogs.read(), HOGS * GETS)


@part("slow readers, others over TCP")
def slow_tcp():
    slow_readers(True)


@part("slow readers, others over Unix")
def slow_unix():
    slow_readers(False)


# ---- Refused ----------------------------------------------------------------

MAXCLIENTS = 10
REFUSED = 1000
TOGETHER = 25
TEXT = b"-ERR max number of clients reached\r\n"


def refused(server, n, tcp):
    """How many of n read the text and then the end, and how many writes failed.
    Each writes before and after the server has turned it away."""
    clients = [server.client(tcp=tcp) for _ in range(n)]
    good = failed = 0
    for _ in range(2):
        for c in clients:
            try:
                c.send("PING")
            except OSError:
                failed += 1
        time.sleep(0.02)
    for c in clients:
        try:
            good += c.read_all() == TEXT
        except (Closed, OSError) as fault:
            say("read: %s" % fault)
        c.close()
    return good, failed


@part("refused")
def refusal():
    with Server(tcp=True, maxclients=MAXCLIENTS) as server:
        inside = [server.client() for _ in range(MAXCLIENTS)]
        for c in inside:
            expect(c.cmd("PING"), lambda reply: reply == "PONG")
        good = {True: 0, False: 0}
        failed = 0
        for i in range(REFUSED // TOGETHER):
            tcp = i % 2 == 0
            read, unwritten = refused(server, TOGETHER, tcp)
            good[tcp] += read
            failed += unwritten
        exactly("refused over TCP who see why", good[True], REFUSED // 2)
        exactly("refused over Unix who see why", good[False], REFUSED // 2)
        exactly("their writes that failed", failed, 0)
        count = int(server.info(inside[0])["cir_refused"])
        exactly("cir_refused", count, REFUSED)
        for c in inside:
            expect(c.cmd("PING"), lambda reply: reply == "PONG")
            c.close()


if __name__ == "__main__":
    main()
