#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""INFO: its sections, their fields, and what they say."""

import re
import time

from admin_support import DATA, data_bytes, info, info_text, not_redis
from baton_test import (
    OK,
    REDIS,
    Server,
    both,
    expect,
    expect_true,
    main,
    test,
    wait_until,
)


def titles(text):
    return re.findall(r"^# (\w+)\r$", text, re.M)


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


if __name__ == "__main__":
    main()
