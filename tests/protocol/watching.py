#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What takes long: SLOWLOG, LATENCY, INFO latencystats."""

import os
import signal
import time

from baton_test import (
    OK,
    REDIS,
    Error,
    Server,
    Skip,
    as_map,
    both,
    encode,
    expect,
    expect_error,
    expect_true,
    main,
    parallel,
    test,
    wrong_n,
)


def fresh(c, slower_than=0):
    """An empty log of every command from here on."""
    c.cmd("CONFIG", "SET", "slowlog-log-slower-than", "-1")
    c.cmd("SLOWLOG", "RESET")
    c.cmd("CONFIG", "SET", "slowlog-max-len", "128")
    c.cmd("CONFIG", "SET", "slowlog-log-slower-than", str(slower_than))


def commands(c):
    """The arguments of what is in the log, oldest first."""
    c.cmd("CONFIG", "SET", "slowlog-log-slower-than", "-1")
    return [entry[3] for entry in reversed(c.cmd("SLOWLOG", "GET", "-1"))][1:]


# ---- SLOWLOG ----------------------------------------------------------------


@both("SLOWLOG: an entry")
def slowlog_entry(c):
    c.cmd("CLIENT", "SETNAME", "me")
    fresh(c)
    c.cmd("SET", "k", "v")
    before = time.time()
    entries = c.cmd("SLOWLOG", "GET")
    expect(entries[0][3], ["SET", "k", "v"])
    ident, when, took, _, addr, name = entries[0]
    expect_true(isinstance(ident, int) and ident > entries[1][0], "id")
    expect_true(abs(when - before) < 60, "time")
    expect_true(0 <= took < 60000000, "duration")
    expect_true(addr == c.server.path.encode() + b":0", "address %r" % addr)
    expect(name, "me")
    c.cmd("CLIENT", "SETNAME", "")


@both("SLOWLOG: arguments are cut")
def slowlog_cut(c):
    fresh(c)
    c.cmd("ECHO", "x" * 128)
    c.cmd("ECHO", "x" * 129)
    c.cmd("DEL", *range(31))
    c.cmd("DEL", *range(32))
    c.cmd("DEL", *range(100))
    log = commands(c)
    expect(log[0][1], "x" * 128)
    expect(log[1][1], "x" * 128 + "... (1 more bytes)")
    expect(len(log[2]), 32)
    expect(log[2][31], "30")
    expect(len(log[3]), 32)
    expect(log[3][30], "29")
    expect(log[3][31], "... (2 more arguments)")
    expect(log[4][31], "... (70 more arguments)")


@both("SLOWLOG: no passwords")
def slowlog_secrets(c):
    fresh(c)
    c.cmd("AUTH", "secret")
    c.cmd("AUTH", "user", "secret")
    c.cmd("HELLO", str(c.proto), "AUTH", "default", "secret")
    c.cmd("CONFIG", "SET", "maxclients", "1000", "masterauth", "secret")
    c.cmd("CONFIG", "SET", "masterauth", "")
    hidden = "(redacted)"
    log = commands(c)
    expect(log[0], ["AUTH", hidden])
    expect(log[1], ["AUTH", hidden, hidden])
    expect(log[2], ["HELLO", str(c.proto), "AUTH", hidden, hidden])
    expect(
        log[3], ["CONFIG", "SET", "maxclients", "1000", "masterauth", hidden]
    )


@both("SLOWLOG: the options")
def slowlog_options(c):
    fresh(c, -1)
    c.cmd("SET", "k", "v")
    expect(c.cmd("SLOWLOG", "LEN"), 0)
    expect(c.cmd("SLOWLOG", "GET"), [])
    fresh(c, 3600000000)
    c.cmd("SET", "k", "v")
    expect(c.cmd("SLOWLOG", "LEN"), 0)
    fresh(c)
    c.cmd("CONFIG", "SET", "slowlog-max-len", "3")
    for n in range(10):
        c.cmd("ECHO", str(n))
    expect(c.cmd("SLOWLOG", "LEN"), 3)
    expect([e[3][0] for e in c.cmd("SLOWLOG", "GET")], ["SLOWLOG", "ECHO", "ECHO"])
    expect(len(c.cmd("SLOWLOG", "GET", "2")), 2)
    expect(c.cmd("SLOWLOG", "GET", "0"), [])
    expect(len(c.cmd("SLOWLOG", "GET", "-1")), 3)
    expect(c.cmd("CONFIG", "SET", "slowlog-log-slower-than", "-1"), OK)
    expect(c.cmd("SLOWLOG", "RESET"), OK)
    expect(c.cmd("SLOWLOG", "LEN"), 0)
    for bad in ("slowlog-log-slower-than", "-2"), ("slowlog-max-len", "-1"):
        expect_error(c.cmd("CONFIG", "SET", *bad), "ERR CONFIG SET failed")


@test("SLOWLOG: to release memory is the time of no other call")
def slowlog_release(c):
    for _ in range(10):  # a machine that stalls makes any call slow
        for _ in range(20):  # the first ones are timed exactly
            c.cmd("GET", "a")
        c.cmd("SET", "big", "x" * 200_000_000)
        fresh(c, 10000)
        c.pipeline([("GET", "a"), ("DEL", "big")])
        slow = [entry[3][0] for entry in c.cmd("SLOWLOG", "GET", "-1")]
        if b"GET" not in slow:
            return
    raise AssertionError("GET is said to be slow each time")


@both("SLOWLOG: ten entries unless told otherwise")
def slowlog_ten(c):
    fresh(c)
    for n in range(15):
        c.cmd("ECHO", str(n))
    expect(len(c.cmd("SLOWLOG", "GET")), 10)
    fresh(c, -1)


@both("SLOWLOG: errors")
def slowlog_errors(c):
    error = Error("ERR count should be greater than or equal to -1")
    expect(c.cmd("SLOWLOG", "GET", "-2"), error)
    expect(c.cmd("SLOWLOG", "GET", "x"), error)
    expect(
        c.cmd("SLOWLOG", "GET", "1", "2"),
        Error(
            "ERR unknown subcommand or wrong number of arguments for 'GET'. "
            "Try SLOWLOG HELP."
        ),
    )
    expect(c.cmd("SLOWLOG"), wrong_n("slowlog"))
    expect(c.cmd("SLOWLOG", "LEN", "x"), wrong_n("slowlog|len"))
    expect_error(c.cmd("SLOWLOG", "NOSUCH"), "ERR unknown subcommand 'NOSUCH'")
    expect(c.cmd("SLOWLOG", "HELP")[0], lambda t: "SLOWLOG" in t)


@both("SLOWLOG: a command that sleeps")
def slowlog_sleep(c):
    for _ in range(20):  # this machine may stall in another command, too
        fresh(c, 10000)
        c.cmd("DEBUG", "SLEEP", "0.03")
        c.cmd("PING")
        entries = c.cmd("SLOWLOG", "GET")
        if len(entries) == 1:
            break
    expect([e[3][0] for e in entries], ["DEBUG"])
    expect_true(30000 <= entries[0][2] < 60000000, "took %d" % entries[0][2])
    fresh(c, -1)


def hold_up(server, c, n):
    """Stops the server for a while in the middle of n GETs: with luck in one
    of them."""
    c.send_raw(encode("GET", "k") * n)
    c.read_reply()
    os.kill(server.pid, signal.SIGSTOP)
    time.sleep(0.06)
    os.kill(server.pid, signal.SIGCONT)
    for _ in range(n - 1):
        c.read_reply()


@test("SLOWLOG: a fast command in a pipeline that was held up", client=False)
def slowlog_held():
    """The clock is not read around fast commands; the log has them for all
    that. The server is stopped for a while in the middle of a pipeline."""
    if REDIS:
        raise Skip("its time is spent elsewhere")
    with Server(workers=1) as server, server.client() as c:
        c.cmd("SET", "k", "v")
        for _ in range(200):
            hold_up(server, c, 100000)
            slow = [e for e in c.cmd("SLOWLOG", "GET", "-1") if e[3] == [b"GET", b"k"]]
            if any(e[2] > 40000 for e in slow):
                return
        raise AssertionError("not one of 200 was seen")


@test("SLOWLOG: readers and writers at once", client=False)
def slowlog_race():
    with Server(workers=2, slowlog_log_slower_than=0, slowlog_max_len=10) as s:

        def write():
            with s.client() as c:
                for n in range(3000):
                    c.cmd("SET", "k", str(n))

        def read():
            with s.client() as c:
                for n in range(1000):
                    for e in c.cmd("SLOWLOG", "GET", "-1"):
                        expect_true(len(e) == 6, "an entry %r" % e)
                    if n % 50 == 0:
                        c.cmd("SLOWLOG", "RESET")

        parallel(write, write, read, read)


# ---- LATENCY ----------------------------------------------------------------


@both("LATENCY: LATEST, HISTORY, RESET")
def latency_events(c):
    for _ in range(20):  # this machine may stall in another command, too
        c.cmd("LATENCY", "RESET")
        c.cmd("CONFIG", "SET", "latency-monitor-threshold", "10")
        now = int(time.time())
        c.cmd("DEBUG", "SLEEP", "0.02")
        c.cmd("CONFIG", "SET", "latency-monitor-threshold", "0")
        c.cmd("DEBUG", "SLEEP", "0.02")
        latest = [e for e in c.cmd("LATENCY", "LATEST") if e[0] == b"command"]
        expect(len(latest), 1)
        name, when, last, worst = latest[0]
        history = c.cmd("LATENCY", "HISTORY", "command")
        if worst == last and len(history) == 1:
            break
    expect_true(now <= when <= now + 60, "time")
    expect_true(20 <= last < 60000 and worst == last, "%d, %d" % (last, worst))
    expect(c.cmd("LATENCY", "HISTORY", "command"), [[when, last]])
    expect(c.cmd("LATENCY", "HISTORY", "nosuch"), [])
    expect(c.cmd("LATENCY", "RESET", "nosuch"), 0)
    expect(c.cmd("LATENCY", "RESET", "command", "nosuch"), 1)
    expect(c.cmd("LATENCY", "HISTORY", "command"), [])
    c.cmd("LATENCY", "RESET")
    expect(c.cmd("LATENCY", "LATEST"), [])


@both("LATENCY: errors")
def latency_errors(c):
    expect(c.cmd("LATENCY"), wrong_n("latency"))
    expect(c.cmd("LATENCY", "HISTORY"), wrong_n("latency|history"))
    expect(c.cmd("LATENCY", "LATEST", "x"), wrong_n("latency|latest"))
    expect_error(c.cmd("LATENCY", "NOSUCH"), "ERR unknown subcommand 'NOSUCH'")
    expect(c.cmd("LATENCY", "HELP")[0], lambda t: "LATENCY" in t)


@both("LATENCY HISTOGRAM")
def latency_histogram(c):
    c.cmd("CONFIG", "RESETSTAT")
    for _ in range(10):
        c.cmd("MSET", "k", "v")
    c.cmd("DEBUG", "SLEEP", "0.005")
    all_of_them = as_map(c, c.cmd("LATENCY", "HISTOGRAM"))
    expect_true({b"mset", b"debug"} <= set(all_of_them), "%r" % all_of_them)
    reply = as_map(c, c.cmd("LATENCY", "HISTOGRAM", "MSET", "nosuch", "get"))
    expect_true(set(reply) == {b"mset"}, "%r" % reply)
    told = as_map(c, reply[b"mset"])
    expect(told[b"calls"], 10)
    buckets = as_map(c, told[b"histogram_usec"])
    expect_true(list(buckets.values())[-1] == 10, "%r" % buckets)
    expect_true(sorted(buckets.values()) == list(buckets.values()), "sums")
    slow = as_map(c, as_map(c, c.cmd("LATENCY", "HISTOGRAM", "debug"))[b"debug"])
    edges = list(as_map(c, slow[b"histogram_usec"]))
    expect_true(len(edges) == 1 and edges[0] > 4000, "%r" % edges)
    reply = as_map(c, c.cmd("LATENCY", "HISTOGRAM", "config"))
    expect_true(set(reply) == {b"config|resetstat"}, "%r" % reply)
    c.cmd("CONFIG", "RESETSTAT")
    expect(as_map(c, c.cmd("LATENCY", "HISTOGRAM", "mset")), lambda m: not m)


@test("INFO latencystats, and its options")
def latencystats(c):
    def lines():
        text = c.cmd("INFO", "latencystats").decode().split("\r\n")
        pairs = (ln.partition(":") for ln in text if ":" in ln)
        return {name: value for name, _, value in pairs}

    c.cmd("CONFIG", "RESETSTAT")
    c.cmd("DEBUG", "SLEEP", "0.005")
    name = "latency_percentiles_usec_debug"
    parts = dict(p.split("=") for p in lines()[name].split(","))
    expect_true(list(parts) == ["p50", "p99", "p99.9"], "%r" % parts)
    expect_true(4900 < float(parts["p50"]) < 60000000, "%r" % parts)
    option = "latency-tracking-info-percentiles"
    expect(c.cmd("CONFIG", "SET", option, "0 25.50"), OK)
    expect(c.cmd("CONFIG", "GET", option), [option, "0 25.5"])
    expect_true("p0=" in lines()[name] and "p25.5=" in lines()[name], "set")
    failed = "ERR CONFIG SET failed (possibly related to argument '%s') - " % option
    expect(
        c.cmd("CONFIG", "SET", option, "50 101"),
        Error(
            failed + option + " parameters should sit between [0.0,100.0]"
        ),
    )
    expect(
        c.cmd("CONFIG", "SET", option, "x"),
        Error(failed + "Invalid " + option + " parameters"),
    )
    expect(c.cmd("CONFIG", "SET", "latency-tracking", "no"), OK)
    expect_true(lines() == {}, "told though off")
    expect(c.cmd("CONFIG", "SET", "latency-tracking", "yes"), OK)
    expect(c.cmd("CONFIG", "SET", option, "50 99 99.9"), OK)


@test("LATENCY: fast commands are events of their own", client=False)
def latency_fast():
    if REDIS:
        raise Skip("its time is spent elsewhere")
    with Server(workers=1, latency_monitor_threshold=20) as server:
        with server.client() as c:
            for _ in range(200):
                hold_up(server, c, 50000)
                events = {e[0]: e for e in c.cmd("LATENCY", "LATEST")}
                if b"fast-command" in events:
                    expect_true(events[b"fast-command"][3] >= 20, "time")
                    return
            raise AssertionError("not one of 200 was seen")


if __name__ == "__main__":
    main(enable_debug_command="yes", workers=2)
