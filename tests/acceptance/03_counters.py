#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Connection requests and service requests are counted exactly, stay apart
(nothing is read from or written to a master socket, and only the acceptor
accepts), and walk through the written states."""

import glob
import os
import re
import select
import signal
import time

from accept import (
    BUILD,
    QUICK,
    Crowd,
    at_least,
    child_of,
    clients_of,
    exactly,
    fields_of,
    helper,
    info_of,
    installed,
    main,
    need_linux,
    part,
    run,
    say,
    source,
    tail,
)
from baton_test import Server, Skip, Wrong, parallel

CONNECTS = 500
SILENT = 100
REQUESTS = 10000


# ---- Counters ---------------------------------------------------------------


def at_rest(observer, closed):
    """Asks until so many handles are closed; how often, and the last answer."""
    for n in range(1, 200):
        info = info_of(observer, "everything")
        if int(info["handles_closed"]) >= closed:
            return n, info
        time.sleep(0.05)
    raise Wrong("handles_closed stays at " + info["handles_closed"])


def load(server):
    """Half over TCP; each fifth closes without a byte, the others share the
    requests."""
    talkers = CONNECTS - SILENT
    for i in range(CONNECTS):
        with server.client(tcp=i % 2 == 0) as c:
            if i % 5 != 0:
                c.pipeline([("PING",)] * (REQUESTS // talkers))


def identities(info):
    """What must hold at rest: name -> the two sides."""
    n = {k: int(v) for k, v in info.items() if v.isdigit()}
    states = sum(v for k, v in n.items() if k.startswith("state_"))
    return {
        "cir_accepted = live + closed": (
            n["cir_accepted"],
            n["handles_live"] + n["handles_closed"],
        ),
        "srm_received = answered + dropped": (
            n["srm_received"],
            n["srm_answered"] + n["srm_dropped"],
        ),
        "state_* = handles_live": (states, n["handles_live"]),
        "closed_* = handles_closed": (
            sum(v for k, v in n.items() if k.startswith("closed_")),
            n["handles_closed"],
        ),
    }


def masters_of(info):
    return {
        v["addr"]: int(v["cir_accepted"])
        for k, v in ((k, fields_of(v)) for k, v in info.items())
        if re.match(r"master\d+$", k)
    }


def grown(before, after, name):
    return int(after[name]) - int(before[name])


@part("counters")
def counters():
    with Server(tcp=True, bind="127.0.0.1") as server, server.client() as c:
        before = info_of(c, "everything")
        load(server)
        asked, after = at_rest(c, int(before["handles_closed"]) + CONNECTS)
        exactly("cir_accepted", grown(before, after, "cir_accepted"), CONNECTS)
        exactly("handles_closed", grown(before, after, "handles_closed"), CONNECTS)
        exactly("closed_eof", grown(before, after, "closed_eof"), CONNECTS)
        # Between the two: all requests, and the INFOs less one.
        exactly(
            "srm_received less INFO",
            grown(before, after, "srm_received") - asked,
            REQUESTS,
        )
        exactly(
            "srm_answered less INFO",
            grown(before, after, "srm_answered") - asked,
            REQUESTS,
        )
        exactly("srm_dropped", grown(before, after, "srm_dropped"), 0)
        had, have = masters_of(before), masters_of(after)
        for address, n in have.items():
            kind = "Unix" if address.startswith("/") else "TCP"
            exactly(
                "cir_accepted of the %s master" % kind,
                n - had[address],
                CONNECTS // 2,
            )
        for name, (left, right) in identities(after).items():
            exactly("at rest: " + name, left, right)


# ---- System calls -----------------------------------------------------------

ACCEPTS = ("accept", "accept4")
TRANSFERS = (
    "read readv pread64 preadv write writev pwrite64 pwritev recvfrom "
    "recvmsg recvmmsg sendto sendmsg sendmmsg sendfile splice"
).split()
LINE = re.compile(r"(\d+)\s+(\w+)\((-?\d+)(.*)")


def traced(trace):
    """Walks the trace: master fds, accepts by thread, transfers on masters and
    in all."""
    masters, accepts, wrong, transfers, ever = set(), {}, [], 0, 0
    with open(trace, errors="replace") as f:
        for line in f:
            m = LINE.match(line)
            if not m:
                continue
            thread, call, fd = int(m.group(1)), m.group(2), int(m.group(3))
            if call == "listen":
                masters.add(fd)
                ever += 1
            elif call == "close":
                masters.discard(fd)
            elif call in ACCEPTS:
                accepts[thread] = accepts.get(thread, 0) + 1
            elif call in TRANSFERS:
                transfers += 1
                if fd in masters:
                    wrong.append(line)
    return ever, accepts, wrong, transfers


def threads_named(pid, word):
    found = []
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/comm" % (pid, task)) as f:
            if word in f.read():
                found.append(int(task))
    return found


@part("strace")
def system_calls():
    need_linux()
    strace = installed("strace")
    if run(strace, "-qq", "-o", "/dev/null", "true").returncode != 0:
        raise Skip("strace may not trace here")
    calls = ",".join("?" + c for c in ("listen", "close") + ACCEPTS + tuple(TRANSFERS))
    with Server(
        tcp=True,
        bind="127.0.0.1",
        prefix=[strace, "-f", "-qq", "-o", "trace", "-s", "16", "-e", "trace=" + calls],
    ) as server:
        pid = child_of(server.pid)
        acceptors = threads_named(pid, "acceptor")
        for i in range(100):
            with server.client(tcp=i % 2 == 0) as c:
                c.pipeline([("SET", "k", "v"), ("GET", "k")] * 5)
        os.kill(pid, signal.SIGTERM)
        server.process.wait(60)
        trace = os.path.join(server.dir, "trace")
        ever, accepts, wrong, transfers = traced(trace)
    for line in wrong[:5]:
        say(line)
    exactly("threads that are named acceptor", len(acceptors), 1)
    exactly("threads that call accept", len(accepts), 1)
    exactly(
        "accepts outside of the acceptor",
        sum(n for thread, n in accepts.items() if thread not in acceptors),
        0,
    )
    at_least("accepts that were seen", sum(accepts.values()), 100)
    at_least("master sockets that were seen", ever, 2)
    at_least("reads and writes that were seen", transfers, 400)
    exactly("reads and writes on master sockets", len(wrong), 0)


# ---- Stopped ----------------------------------------------------------------


@part("SIGSTOP")
def stopped():
    n = 100
    with Server(tcp=True) as server:
        os.kill(server.pid, signal.SIGSTOP)
        clients = []
        try:
            for i in range(n):
                clients.append(server.client(tcp=i % 2 == 0))
                clients[-1].send("ECHO", i)
            time.sleep(0.2)
            early, _, _ = select.select([c.sock for c in clients], [], [], 0)
        finally:
            os.kill(server.pid, signal.SIGCONT)
        right = sum(
            c.read_reply() == str(i).encode() for i, c in enumerate(clients)
        )
        exactly("answers while the server is stopped", len(early), 0)
        exactly("answers to what was sent meanwhile", right, n)
        for c in clients:
            c.close()


# ---- States -----------------------------------------------------------------


@part("edges")
def edges():
    """The unit test that walks all pairs of states."""
    tests = sorted(glob.glob(os.path.join(BUILD, "tests/unit/*/test_*state*.t")))
    if not tests:
        raise Skip("no unit test of the states is built (Criterion is missing?)")
    for test in tests:
        result = run("sh", source("tests", "support", "run-criterion"), test)
        good = len(re.findall(r"^ok ", result.stdout, re.M))
        bad = len(re.findall(r"^not ok ", result.stdout, re.M))
        if bad or result.returncode:
            say(tail(result.stdout))
        name = os.path.relpath(test, BUILD)
        at_least("tests passed in " + name, good, 1)
        exactly("tests failed in " + name, bad + (result.returncode != 0), 0)


def watch(server, seen, seconds):
    """CLIENT LIST again and again, several in one pipeline."""
    end = time.monotonic() + seconds
    with server.client() as c:
        lists = [("CLIENT", "LIST")] * 10
        while time.monotonic() < end and len(seen) < 5:
            for text in c.pipeline(lists):
                seen.update(re.findall(rb" state=(\w+) ", text))


def churn(server, seen, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end and len(seen) < 5:
        with Crowd(server, clients=400, burst=400):
            pass


@part("seen in CLIENT LIST")
def seen_by_clients():
    """What batond's clients go through; nothing in it blocks or moves yet."""
    seen = set()
    with Server(workers=2, maxclients=1000) as server:
        leaving = server.client()
        leaving.send("QUIT")  # and does not close: the server lingers
        leaving.read_reply()
        with server.client() as c:
            seen.update(one["state"].encode() for one in clients_of(c))
        seconds = 10 if QUICK else 60
        parallel(
            lambda: watch(server, seen, seconds),
            lambda: churn(server, seen, seconds),
        )
        leaving.close()
    names = sorted(s.decode() for s in seen)
    say("seen: " + " ".join(names))
    for state in ("accepted", "queued", "idle", "serving", "closing"):
        exactly("CLIENT LIST has shown " + state, state in names, True)


@part("seen through the library")
def seen_by_library():
    seconds = 20 if QUICK else 120
    with Server() as server:  # for its private folder
        path = os.path.join(server.dir, "states")
        result = run(helper("states"), path, seconds, timeout=seconds + 60)
    looks = dict(line.split() for line in result.stdout.splitlines() if " " in line)
    say(result.stdout)
    exactly(
        "states of a handle that another thread has seen",
        sum(n.isdigit() and int(n) > 0 for n in looks.values()),
        len(looks),
    )
    exactly("looking at states, exit status", result.returncode, 0)


if __name__ == "__main__":
    main()
