#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The server as a whole: INFO, COMMAND, CONFIG, DBSIZE, FLUSHDB, FLUSHALL,
TIME, ROLE, DEBUG, SHUTDOWN."""

import os
import re
import select
import socket
import threading
import time

from baton_test import (
    OK,
    REDIS,
    SYNTAX,
    Closed,
    Error,
    Map,
    Server,
    Set,
    Skip,
    Status,
    Verbatim,
    as_map,
    both,
    encode,
    expect,
    expect_error,
    expect_true,
    main,
    parallel,
    test,
    wait_until,
    wrong_n,
)


def not_redis():
    if REDIS:
        raise Skip("ours alone")


def info_text(c, *sections):
    reply = c.cmd("INFO", *sections)
    expect_true(
        isinstance(reply, Verbatim) == (c.proto == 3), "form of %r" % reply
    )
    return bytes(reply).decode()


def info(c, *sections):
    lines = info_text(c, *sections).split("\r\n")
    pairs = (ln.partition(":") for ln in lines if ln and ln[0] != "#")
    return {name: value for name, _, value in pairs}


def titles(text):
    return re.findall(r"^# (\w+)\r$", text, re.M)


def expect_end(c):
    try:
        expect(c.read_reply(), None, "after the end")
    except (Closed, ConnectionResetError):
        return
    raise AssertionError("the connection goes on")


# ---- INFO: sections ---------------------------------------------------------

DEFAULT = (
    "Server Clients Memory Persistence Stats Replication CPU Modules "
    "Errorstats Cluster Keyspace"
).split()
ALL = (
    "Server Clients Memory Persistence Stats Replication CPU Modules "
    "Commandstats Errorstats Latencystats Cluster Keyspace"
).split()
OURS = [] if REDIS else ["Baton"]


@both("INFO: which sections there are")
def info_sections(c):
    expect(titles(info_text(c)), lambda t: t == DEFAULT + OURS)
    expect(titles(info_text(c, "default")), lambda t: t == DEFAULT + OURS)
    for name in ("all", "everything", "EVERYTHING"):
        expect(titles(info_text(c, name)), lambda t: t == ALL + OURS)
    for title in ALL + OURS:
        expect(titles(info_text(c, title.lower())), lambda t: t == [title])
    expect(info_text(c, "nosuch"), lambda t: t == "")


@both("INFO: several sections, each once, in their own order")
def info_several(c):
    text = info_text(c, "keyspace", "CLIENTS", "clients", "nosuch", "cluster")
    expect(titles(text), lambda t: t == ["Clients", "Cluster", "Keyspace"])
    text = info_text(c, "default", "commandstats")
    want = DEFAULT[:8] + ["Commandstats"] + DEFAULT[8:] + OURS
    expect(titles(text), lambda t: t == want)
    expect(
        info_text(c, "cluster"),
        lambda t: t == "# Cluster\r\ncluster_enabled:0\r\n",
    )
    text = info_text(c, "cluster", "modules")
    expect_true("\r\n\r\n# Cluster" in text, "a blank line between sections")


# Fields that Redis 7.0 and 7.2 have and that somebody looks at.
FIELDS = {
    "server": """redis_version redis_mode os arch_bits multiplexing_api
        process_id run_id tcp_port server_time_usec uptime_in_seconds
        uptime_in_days hz configured_hz lru_clock executable config_file""",
    "clients": """connected_clients cluster_connections maxclients
        blocked_clients tracking_clients""",
    "memory": """used_memory used_memory_human used_memory_rss used_memory_peak
        used_memory_peak_perc used_memory_overhead used_memory_startup
        used_memory_dataset total_system_memory maxmemory maxmemory_human
        maxmemory_policy mem_fragmentation_ratio mem_allocator
        lazyfree_pending_objects""",
    "persistence": """loading async_loading rdb_changes_since_last_save
        rdb_bgsave_in_progress rdb_last_save_time rdb_last_bgsave_status
        aof_enabled aof_rewrite_in_progress aof_last_write_status""",
    "stats": """total_connections_received total_commands_processed
        instantaneous_ops_per_sec total_net_input_bytes total_net_output_bytes
        instantaneous_input_kbps rejected_connections expired_keys evicted_keys
        keyspace_hits keyspace_misses pubsub_channels total_error_replies""",
    "replication": """role connected_slaves master_failover_state master_replid
        master_replid2 master_repl_offset second_repl_offset
        repl_backlog_active""",
    "cpu": """used_cpu_sys used_cpu_user used_cpu_sys_children
        used_cpu_user_children""",
    "cluster": "cluster_enabled",
}


@both("INFO: the fields of Redis' sections")
def info_fields(c):
    for section, names in FIELDS.items():
        have = info(c, section)
        missing = [name for name in names.split() if name not in have]
        expect_true(not missing, "%s lacks %s" % (section, missing))


@test("INFO: what the fields say")
def info_values(c):
    now = info(c)
    expect_true(now["process_id"] == str(c.server.pid), "process_id")
    expect_true(re.match(r"[0-9a-f]{40}$", now["run_id"]), "run_id")
    expect_true(now["run_id"] == info(c)["run_id"], "run_id stays")
    expect_true(now["role"] == "master", "role")
    expect_true(now["redis_mode"] == "standalone", "mode")
    wait_until(
        lambda: info(c)["connected_clients"] == "1", "connected_clients"
    )
    expect_true(now["loading"] == "0", "loading")
    expect_true(now["maxmemory_policy"] == "noeviction", "maxmemory_policy")
    clock = int(now["server_time_usec"]) / 1e6
    expect_true(abs(clock - time.time()) < 60, "server_time_usec")
    expect_true(int(now["used_memory"]) > 0, "used_memory")
    expect_true(int(now["used_memory_rss"]) > 1 << 20, "used_memory_rss")
    expect_true(
        int(now["used_memory_peak"]) >= int(now["used_memory"]), "peak"
    )
    expect_true(float(now["used_cpu_user"]) >= 0, "cpu")


# Redis tells all that it allocated; of ours, the data is told apart, and the rest
# depends on what the system's allocator can tell.
DATA = "used_memory" if REDIS else "used_memory_dataset"


def data_bytes(c):
    return int(info(c, "memory")[DATA])


def heap_bytes(c):
    """What is allocated, or 0 when the system's allocator does not tell."""
    now = info(c, "memory")
    if now["used_memory"] == now["used_memory_rss"]:
        return 0
    return int(now["used_memory"])


@test("INFO: memory grows with the data and shrinks again")
def info_memory(c):
    before = data_bytes(c)
    for n in range(64):
        c.cmd("SET", "m%d" % n, "x" * (1 << 18))
    full = info(c, "memory")
    grown = int(full[DATA]) - before
    expect_true((1 << 24) - (1 << 16) <= grown < 1 << 25, full)
    expect_true(int(full["used_memory"]) >= int(full["used_memory_dataset"]), full)
    expect(c.cmd("FLUSHALL"), OK)
    wait_until(
        lambda: data_bytes(c) - before < 1 << 20, "the memory is given back"
    )


@test("INFO: keyspace")
def info_keyspace(c):
    expect(info(c, "keyspace"), lambda d: d == {})
    c.cmd("MSET", "a", "1", "b", "2", "c", "3")
    c.cmd("EXPIRE", "a", "1000")
    c.cmd("SELECT", "9")
    c.cmd("SET", "z", "1")
    now = info(c, "keyspace")
    expect_true(sorted(now) == ["db0", "db9"], now)
    expect_true(now["db0"].startswith("keys=3,expires=1,avg_ttl="), now)
    expect_true(now["db9"].startswith("keys=1,expires=0,avg_ttl="), now)


@test("INFO: commandstats and errorstats", client=False)
def info_commandstats():
    def numbers(text):
        return {k: float(v) for k, _, v in (w.partition("=") for w in text.split(","))}

    with Server() as server, server.client() as c:
        for _ in range(100):
            c.cmd("SET", "k", "v")
        c.cmd("GET", "k")
        c.cmd("GET")
        c.cmd("INCR", "k")
        c.cmd("CLIENT", "ID")
        c.cmd("NOSUCH")
        now = info(c, "everything")
        stat = numbers(now["cmdstat_set"])
        expect_true(
            list(stat)
            == ["calls", "usec", "usec_per_call", "rejected_calls", "failed_calls"],
            stat,
        )
        expect_true(stat["calls"] == 100 and stat["failed_calls"] == 0, stat)
        stat = numbers(now["cmdstat_get"])
        expect_true(stat["calls"] == 1 and stat["rejected_calls"] == 1, stat)
        stat = numbers(now["cmdstat_incr"])
        expect_true(stat["calls"] == 1 and stat["failed_calls"] == 1, stat)
        expect_true(numbers(now["cmdstat_client|id"])["calls"] == 1, "by subcommand")
        expect_true(now["errorstat_ERR"] == "count=3", now["errorstat_ERR"])
        expect_true(now["total_error_replies"] == "3", "total_error_replies")
        c.cmd("AUTH", "default", "x", "y")
        c.cmd("HELLO", "3", "AUTH", "bob", "x")
        c.cmd("HELLO", "9")
        now = info(c, "errorstats")
        expect_true(now["errorstat_ERR"] == "count=4", now)
        expect_true(now["errorstat_WRONGPASS"] == "count=1", now)
        expect_true(now["errorstat_NOPROTO"] == "count=1", now)


@test("INFO: time of commands", client=False)
def info_time():
    with Server(enable_debug_command="yes") as server, server.client() as c:
        expect(c.cmd("DEBUG", "SLEEP", "0.3"), OK)
        text = info(c, "commandstats")["cmdstat_debug"]
        usec = int(re.match(r"calls=1,usec=(\d+),", text).group(1))
        expect_true(300000 <= usec < 60000000, text)


@test("INFO: requests a second, while they come and after", client=False)
def info_rate():
    not_redis()
    with Server() as server, server.client() as c:

        def rate():
            return int(info(c, "stats")["instantaneous_ops_per_sec"])

        def busy():
            c.pipeline([("PING",)] * 50)
            return rate() > 100

        wait_until(busy, "the rate rises")
        wait_until(lambda: rate() < 3 or time.sleep(0.5), "the rate falls")


# ---- INFO: Baton ------------------------------------------------------------

STATES = "accepted queued idle serving blocked moving closing closed".split()
REASONS = (
    "eof error quit killed timeout limit protocol refused service shutdown"
).split()
BATON = (
    """baton_version server_state workers cir_accepted cir_refused cir_aborted
    handles_live handles_closed srm_received srm_answered srm_dropped
    dispatch_depth dispatch_full dispatch_wait_usec_p50
    dispatch_wait_usec_p99"""
).split()


def balanced(now):
    n = {k: int(v) for k, v in now.items() if v.isdigit()}
    return (
        n["cir_accepted"] == n["handles_live"] + n["handles_closed"]
        and n["srm_received"] == n["srm_answered"] + n["srm_dropped"]
        and sum(n["state_" + s] for s in STATES) == n["handles_live"]
        and sum(n["closed_" + r] for r in REASONS) == n["handles_closed"]
    )


@test("INFO: the fields of # Baton and their order", client=False)
def baton_fields():
    not_redis()
    with Server(tcp=True, bind="127.0.0.1", workers=3) as server, (
        server.client()
    ) as c:
        now = info(c, "baton")
        want = (
            BATON
            + ["state_" + s for s in STATES]
            + ["master0", "master1"]
            + ["worker0", "worker1", "worker2"]
            + ["closed_" + r for r in REASONS]
        )
        expect(list(now), lambda names: names == want)
        expect_true(now["server_state"] == "listening", now)
        expect_true(now["workers"] == "3", now)
        masters = [now["master0"], now["master1"]]
        addresses = sorted(re.match("addr=([^,]+)", m).group(1) for m in masters)
        expect_true(
            addresses == sorted([server.path, "127.0.0.1:%d" % server.port]),
            masters,
        )
        for m in masters:
            expect_true(
                re.match(r"addr=\S+,service=\w+,cir_accepted=\d+,handles=\d+$", m),
                m,
            )
        for n in range(3):
            expect_true(
                re.match(
                    r"handles=\d+,srm=\d+,busy_usec=\d+,passes=\d+$",
                    now["worker%d" % n],
                ),
                now["worker%d" % n],
            )


@test("INFO: # Baton adds up, and counts each connection and request", client=False)
def baton_counts():
    not_redis()
    asked = []

    def ask():
        asked.append(info(c, "baton"))
        return asked[-1]

    def settled():
        return ask()["handles_live"] == "1" and balanced(asked[-1])

    with Server(tcp=True) as server, server.client() as c:
        wait_until(settled, "the sums are right before")
        before, n_before = asked[-1], len(asked)
        others = [server.client(tcp=n % 2 == 0) for n in range(40)]
        for o in others[10:]:
            o.pipeline([("PING",)] * 25)
        for o in others:
            o.close()
        wait_until(settled, "all are closed and the sums are right")
        now = asked[-1]
        expect(int(now["cir_accepted"]) - int(before["cir_accepted"]), 40)
        # An INFO is counted when it is answered: the last is not, the one
        # before all this is.
        srm = int(now["srm_answered"]) - int(before["srm_answered"])
        expect(srm, 30 * 25 + len(asked) - n_before)


@test("INFO: why clients were closed", client=False)
def baton_reasons():
    not_redis()
    # Long enough for a busy machine not to let the others time out.
    with Server(timeout=5) as server, server.client() as c:
        with server.client() as o:
            o.cmd("QUIT")
        with server.client() as o:
            c.cmd("CLIENT", "KILL", "ID", o.cmd("CLIENT", "ID"))
            expect_end(o)
        with server.client() as o:
            o.send_raw(b"*x\r\n")
            expect_error(o.read_reply(), "ERR Protocol error")
            expect_end(o)
        server.client().close()
        with server.client() as o:
            o.cmd("PING")

            def timed_out():
                return info(c, "baton")["closed_timeout"] == "1"

            wait_until(timed_out, "the idle client is closed")

        def counted():
            now = info(c, "baton")
            return (
                now["closed_quit"] == "1"
                and now["closed_killed"] == "1"
                and now["closed_protocol"] == "1"
                and int(now["closed_eof"]) >= 1
            )

        wait_until(counted, "each reason is counted")


# ---- COMMAND ----------------------------------------------------------------


@both("COMMAND COUNT, LIST and INFO agree")
def command(c):
    names = c.cmd("COMMAND", "LIST")
    expect_true(len(set(names)) == len(names), "no name twice")
    expect_true(b"config|get" in names, "subcommands are listed")
    names = [name for name in names if b"|" not in name]
    expect(c.cmd("COMMAND", "COUNT"), len(names))
    everything = c.cmd("COMMAND")
    expect_true(sorted(row[0] for row in everything) == sorted(names), "names")
    expect(len(c.cmd("COMMAND", "INFO")), len(names))
    expect(c.cmd("COMMAND", "COUNT", "x"), wrong_n("command|count"))


@both("COMMAND INFO")
def command_info(c):
    rows = c.cmd("COMMAND", "INFO", "GeT", "nosuch", "config|get", "rename")
    expect(rows[1], None)
    get = rows[0]
    form = Set if c.proto == 3 else list
    expect(len(get), 10)
    expect(get[0:2], [b"get", 2])
    expect(get[2], form([Status("readonly"), Status("fast")]))
    expect(get[3:6], [1, 1, 1])
    expect(
        get[6], form([Status("@read"), Status("@string"), Status("@fast")])
    )
    expect(get[7], form([]))
    spec = as_map(c, get[8][0])
    expect(spec[b"flags"], form([Status("RO"), Status("access")]))
    expect(as_map(c, spec[b"begin_search"])[b"type"], "index")
    find = as_map(c, as_map(c, spec[b"find_keys"])[b"spec"])
    expect([find[k] for k in (b"lastkey", b"keystep", b"limit")], [0, 1, 0])
    expect(rows[2][0], "config|get")
    expect(len(rows[3][8]), 2, "RENAME has two keys of different use")


@both("COMMAND INFO of every command: what drives the server")
def command_rows(c):
    for row in c.cmd("COMMAND"):
        name, arity, flags, first, last, step = row[:6]
        expect_true(arity != 0, name)
        expect_true((first == 0) == (step == 0 and last == 0), name)
        expect_true(not ("write" in flags and "readonly" in flags), name)
        expect_true(("@fast" in row[6]) != ("@slow" in row[6]), name)
        expect_true(("@fast" in row[6]) == ("fast" in flags), name)
        has_keys = first > 0 or "movablekeys" in flags
        expect_true((len(row[8]) > 0) == has_keys or REDIS, name)
        # One argument too few for every one of them.
        if abs(arity) > 1 and not REDIS:
            words = [name] + ["x"] * (abs(arity) - 2)
            reply = c.cmd(*words)
            expect_true(
                reply == wrong_n(name.decode())
                or reply.startswith("ERR unknown subcommand"),
                "%s: %r" % (name, reply),
            )


@both("COMMAND LIST FILTERBY")
def command_list(c):
    by = ("COMMAND", "LIST", "FILTERBY")
    expect(sorted(c.cmd(*by, "pattern", "mset*")), [b"mset", b"msetnx"])
    expect(c.cmd(*by, "PATTERN", "CLIENT|I[D]"), ["client|id"])
    names = c.cmd(*by, "ACLCAT", "string")
    expect_true(b"get" in names and b"del" not in names, names)
    expect_true(b"append" in names, names)
    expect(c.cmd(*by, "ACLCAT", "nosuch"), [])
    expect(c.cmd(*by, "MODULE", "m"), [])
    for bad in (("x",), ("FILTERBY",), ("FILTERBY", "x"), ("FILTERBY", "x", "y")):
        expect(c.cmd("COMMAND", "LIST", *bad), SYNTAX)


@both("COMMAND DOCS")
def command_docs(c):
    docs = as_map(c, c.cmd("COMMAND", "DOCS", "get", "nosuch", "config"))
    expect_true(sorted(docs) == [b"config", b"get"], docs)
    get = as_map(c, docs[b"get"])
    expect(get[b"since"], "1.0.0")
    expect(get[b"group"], "string")
    expect_true(len(get[b"summary"]) > 10, get)
    subs = as_map(c, as_map(c, docs[b"config"])[b"subcommands"])
    expect_true(b"config|get" in subs, subs)
    every = as_map(c, c.cmd("COMMAND", "DOCS"))
    expect(len(every), c.cmd("COMMAND", "COUNT"))


@both("COMMAND HELP, CONFIG HELP, DEBUG HELP")
def helps(c):
    for name in ("COMMAND", "CONFIG", "DEBUG"):
        reply = c.cmd(name, "HELP")
        expect(
            reply[0],
            Status(
                name + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"
            ),
        )
        expect(reply[-1], Status("    Prints this help."))


# ---- CONFIG -----------------------------------------------------------------


@both("CONFIG GET: names, patterns, several at once")
def config_get(c):
    expect(as_map(c, c.cmd("CONFIG", "GET", "maxclients")), lambda m: len(m) == 1)
    expect(c.cmd("CONFIG", "GET", "nosuch"), Map() if c.proto == 3 else [])
    got = as_map(c, c.cmd("CONFIG", "GET", "MaxClients"))
    expect_true(list(got) == [b"MaxClients"], got)
    got = as_map(c, c.cmd("CONFIG", "GET", "max[c-n]lients", "port", "PORT", "save"))
    expect_true({b"maxclients", b"save"} <= set(got), got)
    got = as_map(c, c.cmd("CONFIG", "GET", "maxmemory*"))
    expect_true({b"maxmemory", b"maxmemory-policy"} <= set(got), got)
    expect_true(all(k.startswith(b"maxmemory") for k in got), got)
    got = as_map(c, c.cmd("CONFIG", "GET", "*"))
    expect_true(len(got) > 15 and got[b"appendonly"] == b"no", got)
    expect(c.cmd("CONFIG", "GET"), wrong_n("config|get"))


@both("CONFIG SET: what is set is told")
def config_set(c):
    def get(name):
        return as_map(c, c.cmd("CONFIG", "GET", name))[name.encode()]

    old = get("timeout")
    expect(c.cmd("CONFIG", "SET", "timeout", "1234"), OK)
    expect(get("timeout"), "1234")
    expect(c.cmd("CONFIG", "SET", "TIMEOUT", "77", "loglevel", "warning"), OK)
    expect(get("timeout"), "77")
    expect(get("loglevel"), "warning")
    expect(c.cmd("CONFIG", "SET", "timeout", old, "loglevel", "notice"), OK)


@both("CONFIG SET: all or nothing, and exact texts")
def config_faults(c):
    failed = "ERR CONFIG SET failed (possibly related to argument '%s') - %s"
    expect(
        c.cmd("CONFIG", "SET", "nosuch", "1"),
        Error("ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'"),
    )
    expect(
        c.cmd("CONFIG", "SET", "timeout", "5", "nosuch", "1"),
        Error("ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'"),
    )
    expect(as_map(c, c.cmd("CONFIG", "GET", "timeout"))[b"timeout"], "0")
    expect(
        c.cmd("CONFIG", "SET", "timeout", "-1"),
        Error(
            failed
            % ("timeout", "argument must be between 0 and 2147483647 inclusive")
        ),
    )
    expect(
        c.cmd("CONFIG", "SET", "maxclients", "abc"),
        Error(failed % ("maxclients", "argument couldn't be parsed into an integer")),
    )
    expect(
        c.cmd("CONFIG", "SET", "protected-mode", "maybe"),
        Error(failed % ("protected-mode", "argument must be 'yes' or 'no'")),
    )
    expect_error(
        c.cmd("CONFIG", "SET", "loglevel", "foo"),
        failed
        % (
            "loglevel",
            "argument(s) must be one of the following: debug, verbose, notice, "
            "warning",
        ),
    )
    expect(
        c.cmd("CONFIG", "SET", "timeout", "1", "timeout", "2"),
        Error(failed % ("timeout", "duplicate parameter")),
    )
    expect(
        c.cmd("CONFIG", "SET", "databases", "3"),
        Error(failed % ("databases", "can't set immutable config")),
    )
    expect(c.cmd("CONFIG", "SET", "timeout", "1", "x"), SYNTAX)
    expect(c.cmd("CONFIG", "SET", "timeout"), wrong_n("config|set"))
    expect(
        c.cmd("CONFIG", "REWRITE"),
        Error("ERR The server is running without a config file"),
    )


@test("CONFIG SET maxclients counts at once", client=False)
def config_maxclients():
    with Server() as server, server.client() as c:
        expect(c.cmd("CONFIG", "SET", "maxclients", "1"), OK)
        expect_true(info(c, "clients")["maxclients"] == "1", "INFO tells")
        with server.client() as o:
            expect(o.read_reply(), Error("ERR max number of clients reached"))
        expect(c.cmd("CONFIG", "SET", "maxclients", "10"), OK)
        with server.client() as o:
            expect(o.cmd("PING"), Status("PONG"))


@test("CONFIG RESETSTAT: Redis' statistics begin anew, # Baton goes on", client=False)
def resetstat():
    with Server() as server, server.client() as c:
        c.cmd("SET", "k", "v")
        c.cmd("GET", "k")
        c.cmd("GET", "none")
        c.cmd("NOSUCH")
        with server.client() as o:
            o.cmd("PING")  # it has been counted by now
        before = info(c, "everything")
        expect_true(before["keyspace_misses"] == "1", before["keyspace_misses"])
        expect(c.cmd("CONFIG", "RESETSTAT"), OK)
        after = info(c, "everything")
        for name in ("keyspace_hits", "keyspace_misses", "total_error_replies"):
            expect_true(after[name] == "0", name)
        expect_true(after["total_connections_received"] == "0", "connections")
        expect_true(int(after["total_commands_processed"]) <= 1, "commands")
        expect_true("cmdstat_get" not in after, "cmdstat_get")
        expect_true("errorstat_ERR" not in after, "errorstat_ERR")
        c.cmd("GET", "k")
        after = info(c, "everything")
        expect_true(after["keyspace_hits"] == "1", "counts again")
        expect_true(after["cmdstat_get"].startswith("calls=1,"), "counts again")
        if not REDIS:
            for name in ("cir_accepted", "srm_answered"):
                expect_true(int(after[name]) >= int(before[name]), name)
            wait_until(lambda: balanced(info(c, "baton")), "sums")
        expect(c.cmd("CONFIG", "RESETSTAT", "x"), wrong_n("config|resetstat"))


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


# ---- DEBUG ------------------------------------------------------------------

NOT_ALLOWED = Error(
    "ERR DEBUG command not allowed. If the enable-debug-command option is set "
    'to "local", you can run it from a local connection, otherwise you need to '
    "set this option in the configuration file, and then restart the server."
)


@test("DEBUG is refused by default, and for strangers with local", client=False)
def debug_refused():
    with Server() as server, server.client() as c:
        expect(c.cmd("DEBUG", "SLEEP", "0"), NOT_ALLOWED)
        expect(c.cmd("DEBUG", "HELP"), NOT_ALLOWED)
        expect(c.cmd("DEBUG", "nosuch"), NOT_ALLOWED)
        expect(c.cmd("DEBUG"), wrong_n("debug"))
    with Server(tcp=True, enable_debug_command="local") as server:
        for tcp in (False, True):
            with server.client(tcp=tcp) as c:
                expect(c.cmd("DEBUG", "SLEEP", "0"), OK)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            try:
                s.connect(("192.0.2.1", 9))  # no packet is sent by this
                address = s.getsockname()[0]
            except OSError:
                return
    if address.startswith("127."):
        return
    with Server(
        tcp=True, bind="0.0.0.0", protected_mode="no", enable_debug_command="local"
    ) as server:
        server_address = (address, server.port)
        with server.client() as local, type(local)(server_address) as c:
            expect(c.cmd("DEBUG", "SLEEP", "0"), NOT_ALLOWED)
            expect(local.cmd("DEBUG", "SLEEP", "0"), OK)


@both("DEBUG SLEEP takes its time")
def debug_sleep(c):
    start = time.monotonic()
    expect(c.cmd("DEBUG", "SLEEP", "0.2"), OK)
    expect_true(0.2 <= time.monotonic() - start < 60, "0.2 seconds")
    expect(c.cmd("DEBUG", "SLEEP", "x"), OK)


def readable(c):
    return bool(select.select([c.sock], [], [], 0)[0])


@test("DEBUG SLEEP holds up one worker alone", client=False)
def debug_sleep_worker():
    not_redis()
    with Server(workers=2, enable_debug_command="yes") as server:
        clients = []
        workers = {}
        # A worker that the system does not run for a while gets no clients.
        while len(workers) < 2 and len(clients) < 400:
            c = server.client()
            clients.append(c)
            text = bytes(c.cmd("CLIENT", "INFO")).decode()
            workers.setdefault(re.search(r"worker=(\d+)", text).group(1), c)
        expect_true(len(workers) == 2, workers)
        sleeper, awake = workers.values()
        sleeper.send("DEBUG", "SLEEP", "5")
        time.sleep(0.1)
        for _ in range(8):
            expect(awake.cmd("SET", "k", "v"), OK)
        expect_true(not readable(sleeper), "the other worker serves meanwhile")
        expect(sleeper.read_reply(), OK)
        for c in clients:
            c.close()


@both("DEBUG OBJECT")
def debug_object(c):
    expect(c.cmd("DEBUG", "OBJECT", "none"), Error("ERR no such key"))
    for value, encoding in (("12", "int"), ("abc", "embstr"), ("x" * 50, "raw")):
        c.cmd("SET", "k", value)
        reply = c.cmd("DEBUG", "OBJECT", "k")
        expect_true(
            re.match(
                r"Value at:0x[0-9a-f]+ refcount:\d+ encoding:%s "
                r"serializedlength:\d+ lru:\d+ lru_seconds_idle:\d+$" % encoding,
                reply,
            ),
            reply,
        )


@both("DEBUG: faults")
def debug_faults(c):
    for words in (("nosuch",), ("SLEEP",), ("OBJECT",), ("SET-ACTIVE-EXPIRE",)):
        expect(
            c.cmd("DEBUG", *words),
            Error(
                "ERR unknown subcommand or wrong number of arguments for "
                "'%s'. Try DEBUG HELP." % words[0]
            ),
        )
    expect(c.cmd("DEBUG"), wrong_n("debug"))


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
