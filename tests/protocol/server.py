#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The server as a whole: DBSIZE, FLUSHDB, FLUSHALL, TIME, ROLE, expiry, rest,
administration, SHUTDOWN."""

import os
import re
import threading
import time

from admin_support import balanced, data_bytes, expect_end, info, not_redis
from baton_test import (
    OK,
    REDIS,
    SYNTAX,
    Closed,
    Error,
    Server,
    Skip,
    Status,
    both,
    encode,
    expect,
    expect_true,
    main,
    parallel,
    test,
    wait_until,
    wrong_n,
)


def heap_bytes(c):
    """What is allocated, or 0 when the system's allocator does not tell."""
    now = info(c, "memory")
    if now["used_memory"] == now["used_memory_rss"]:
        return 0
    return int(now["used_memory"])


# ---- DBSIZE, FLUSHDB, FLUSHALL, TIME, ROLE ----------------------------------


@both("DBSIZE, FLUSHDB and FLUSHALL")
def flush(c):
    for words in ((), ("SYNC",), ("async",)):
        for db in ("0", "4"):
            c.cmd("SELECT", db)
            c.cmd("MSET", "a", "1", "b", "2", "c", "x" * 100000)
        expect(c.cmd("DBSIZE"), 3)
        expect(c.cmd("FLUSHDB", *words), OK)
        expect(c.cmd("DBSIZE"), 0)
        expect(c.cmd("GET", "a"), None)
        c.cmd("SELECT", "0")
        expect(c.cmd("DBSIZE"), 3, "the other database")
        expect(c.cmd("FLUSHALL", *words), OK)
        expect(c.cmd("DBSIZE"), 0)
        c.cmd("SET", "a", "new")
        expect(c.cmd("GET", "a"), "new")
    for name in ("FLUSHDB", "FLUSHALL"):
        for bad in (("x",), ("SYNC", "ASYNC"), ("ASYNC", "x")):
            expect(c.cmd(name, *bad), SYNTAX)
    expect(c.cmd("DBSIZE", "x"), wrong_n("dbsize"))
    expect(c.cmd("GET", "a"), "new", "a fault flushes nothing")


@test("FLUSHALL ASYNC gives the memory back")
def flush_async(c):
    before, heap = data_bytes(c), heap_bytes(c)
    for n in range(2000):
        c.cmd("SET", "f%d" % n, "x" * 10000)
    expect(c.cmd("FLUSHALL", "ASYNC"), OK)
    expect(c.cmd("DBSIZE"), 0)
    wait_until(
        lambda: data_bytes(c) - before < 1 << 20, "memory after FLUSHALL ASYNC"
    )
    wait_until(
        lambda: heap_bytes(c) - heap < 1 << 22, "it is given back in truth"
    )


@both("TIME and ROLE")
def time_role(c):
    before = time.time()
    seconds, micros = c.cmd("TIME")
    now = int(seconds) + int(micros) / 1e6
    expect_true(before - 0.01 <= now <= time.time() + 0.01, now)
    expect_true(0 <= int(micros) < 1000000, micros)
    expect(c.cmd("TIME", "x"), wrong_n("time"))
    expect(c.cmd("ROLE"), ["master", 0, []])
    expect(c.cmd("ROLE", "x"), wrong_n("role"))


@test("keys whose time is over go away by themselves", client=False)
def active_expiry():
    with Server(enable_debug_command="yes") as server, server.client() as c:
        for n in range(300):
            c.cmd("SET", "e%d" % n, "v", "PX", "100")
        c.cmd("SET", "stays", "v")
        wait_until(lambda: c.cmd("DBSIZE") == 1, "300 keys expire untouched")
        wait_until(lambda: info(c, "stats")["expired_keys"] == "300", "the count")
        expect(c.cmd("DEBUG", "SET-ACTIVE-EXPIRE", "0"), OK)
        c.cmd("SET", "late", "v", "PX", "50")
        time.sleep(0.5)
        expect(c.cmd("DBSIZE"), 2, "nobody looks")
        expect(c.cmd("DEBUG", "SET-ACTIVE-EXPIRE", "1"), OK)
        wait_until(lambda: c.cmd("DBSIZE") == 1, "now somebody does")


@test("an idle server sleeps", client=False)
def idle_cpu():
    not_redis()

    def cpu(pid):
        tasks = "/proc/%d/task" % pid
        used = 0
        for task in os.listdir(tasks):
            with open("%s/%s/schedstat" % (tasks, task)) as f:
                used += int(f.read().split()[0])
        return used / 1e9

    def used(pid, seconds):
        before = cpu(pid)
        time.sleep(seconds)
        return cpu(pid) - before

    if not os.path.exists("/proc/self/schedstat"):
        raise Skip("no /proc here")
    with Server() as server:
        clients = [server.client() for _ in range(50)]
        for c in clients:
            c.cmd("SET", "k", "v")
        c.cmd("SET", "k", "v", "EX", "1000")
        c.cmd("DEL", "k")
        # It comes to rest; on a busy machine that may take a moment.
        wait_until(lambda: used(server.pid, 3) <= 0.02, "no CPU is used")
        for c in clients:
            c.close()


@test("administration while clients come, go, name themselves and write", client=False)
def administration():
    server = Server(workers=3)
    end = time.monotonic() + 3

    def visit(n):
        name = "n%d" % n
        with server.client(2 + n % 2) as c:
            expect(c.cmd("CLIENT", "SETNAME", name), OK)
            expect(c.cmd("CLIENT", "GETNAME"), name)
            for k in range(10):
                expect(c.cmd("SET", "k%d" % k, name, "PX", "20"), OK)
                c.cmd("SELECT", str(k))
            c.cmd("RESET")

    def visitors():
        n = 0
        while time.monotonic() < end:
            n += 1
            try:
                visit(n)
            except (Closed, ConnectionResetError, BrokenPipeError):
                pass  # somebody killed it

    def administrator():
        n = 0
        with server.client(3) as c:
            while time.monotonic() < end:
                n += 1
                lines = bytes(c.cmd("CLIENT", "LIST")).decode().splitlines()
                expect_true(all(ln.startswith("id=") for ln in lines), lines)
                info(c, "everything")
                other = re.match(r"id=(\d+)", lines[n % len(lines)]).group(1)
                expect(c.cmd("CLIENT", "KILL", "ID", other), lambda k: k in (0, 1))
                expect(c.cmd("FLUSHALL", "ASYNC" if n % 2 else "SYNC"), OK)
                if n % 8 == 0:
                    expect(c.cmd("CONFIG", "RESETSTAT"), OK)

    parallel(visitors, visitors, visitors, administrator, bystander(server, end))
    with server.client() as c:
        if not REDIS:
            wait_until(
                lambda: info(c, "baton")["handles_live"] == "1"
                and balanced(info(c, "baton")),
                "the sums are right after all",
            )
        wait_until(lambda: c.cmd("DBSIZE") == 0, "all keys expired")
    server.stop()


def bystander(server, end):
    """Looks at many and kills nobody, until somebody kills it."""

    def look():
        with server.client() as c:
            while time.monotonic() < end:
                try:
                    c.cmd("CLIENT", "KILL", "TYPE", "pubsub")
                    c.cmd("CLIENT", "KILL", "ADDR", "nobody")
                    c.cmd("CLIENT", "INFO")
                except (Closed, ConnectionResetError, BrokenPipeError):
                    return

    return look


# ---- SHUTDOWN ---------------------------------------------------------------


@both("SHUTDOWN: faults")
def shutdown_faults(c):
    for bad in (
        ("x",),
        ("SAVE", "NOSAVE"),
        ("ABORT", "NOW"),
        ("NOSAVE", "ABORT"),
        ("NOSAVE", "x"),
    ):
        expect(c.cmd("SHUTDOWN", *bad), SYNTAX)
    expect(c.cmd("SHUTDOWN", "ABORT"), Error("ERR No shutdown in progress."))
    if not REDIS:
        expect(
            c.cmd("SHUTDOWN", "SAVE"),
            Error("ERR Errors trying to SHUTDOWN. Check logs."),
        )
    expect(c.cmd("PING"), Status("PONG"))


@test("SHUTDOWN ends the server in good order", client=False)
def shutdown():
    for words in (
        (),
        ("NOSAVE",),
        ("NOSAVE", "NOW", "FORCE"),
        ("SAVE", "FORCE"),
    ):
        server = Server()
        with server.client() as c, server.client() as other:
            other.cmd("PING")
            c.send_raw(encode("SET", "k", "v") + encode("SHUTDOWN", *words))
            if not REDIS:  # which forgets what it owes
                expect(c.read_reply(), OK)
            expect_end(c)
            expect_end(other)
        expect(server.process.wait(60), 0)
        expect_true(not os.path.exists(server.path), "the socket file is gone")
        server.kill()


@test("SHUTDOWN: others get the replies they are owed", client=False)
def shutdown_drains():
    not_redis()
    server = Server()
    others = [server.client() for _ in range(10)]
    stop = threading.Event()
    counts = []

    def load(o):
        n = 0
        try:
            while not stop.is_set():
                for reply in o.pipeline([("ECHO", str(n + k)) for k in range(20)]):
                    expect(reply, str(n))
                    n += 1
        except (Closed, ConnectionResetError, BrokenPipeError):
            pass
        counts.append(n)

    threads = [threading.Thread(target=load, args=(o,)) for o in others]
    for t in threads:
        t.start()
    time.sleep(0.2)
    with server.client() as c:
        c.send("SHUTDOWN", "NOSAVE")
        expect_end(c)
    expect(server.process.wait(60), 0)
    stop.set()
    for t in threads:
        t.join()
    expect(len(counts), 10, "no wrong reply")
    for o in others:
        o.close()
    server.kill()


if __name__ == "__main__":
    main(enable_debug_command="yes")
