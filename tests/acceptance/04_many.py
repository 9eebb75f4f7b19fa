#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""15,000 connections at once: each is listed, served, evenly spread over the
workers, and costs little memory while it is idle."""

import time

from accept import (
    QUICK,
    Crowd,
    at_most,
    clients_of,
    exactly,
    info_of,
    main,
    part,
    raise_fd_limit,
    rss,
    say,
    workers_of,
)
from baton_test import Server, Skip, wait_until

CLIENTS = 15000
STATES = ("accepted", "queued", "idle", "serving", "blocked", "moving", "closing")


def calm(observer, n):
    """Until n clients (and the observer) are there and idle."""
    wait_until(
        lambda: info_of(observer)["state_idle"] == str(n)
        and info_of(observer)["handles_live"] == str(n + 1),
        "%d idle clients" % n,
        30,
    )


def warm_up(server, observer):
    """What is touched once, whatever the number of clients."""
    with Crowd(server, tcp=True, clients=64):
        clients_of(observer)
    calm(observer, 0)


def listed(observer, workers):
    """The lines of CLIENT LIST that tell state and worker as they should."""
    clients = clients_of(observer)
    fine = [
        c
        for c in clients
        if c["state"] in STATES and 0 <= int(c["worker"]) < workers
    ]
    return len(fine) - 1, len({c["id"] for c in fine}) - 1


def deviation(handles):
    """Of the worker that is furthest from an even share, in percent."""
    even = sum(handles) / len(handles)
    return 100 * max(abs(h - even) for h in handles) / even


def measure(name, workers, **arrival):
    if raise_fd_limit() < CLIENTS + 100:
        raise Skip("a process may have only %d fds here" % raise_fd_limit())
    with Server(
        tcp=True, workers=workers, maxclients=CLIENTS + 100, tcp_backlog=4096
    ) as server, server.client() as observer:
        warm_up(server, observer)
        before = rss(server.pid)
        with Crowd(
            server, tcp=True, clients=CLIENTS, sources=16, **arrival
        ) as crowd:
            exactly(name + ", first replies", crowd.connected["answered"], CLIENTS)
            calm(observer, CLIENTS)
            handles = workers_of(info_of(observer))
            at_most(name + ", furthest from even", deviation(handles), 10, "%")
            exactly(name + ", served again", crowd.ping()["answered"], CLIENTS)
            calm(observer, CLIENTS)
            time.sleep(0.5)
            grown = rss(server.pid) - before
            lines, ids = listed(observer, workers)
            exactly(name + ", listed with state and worker", lines, CLIENTS)
            exactly(name + ", different ids listed", ids, CLIENTS)
            at_most(name + ", memory per idle handle", grown / CLIENTS, 300, "bytes")
        say("handles of each worker: %s" % handles)


def slowly(workers):
    measure(
        "slow arrival, %d workers" % workers,
        workers,
        burst=1,
        pause=150 if QUICK else 1000,
    )


def at_once(workers):
    measure("bursts of 2,000, %d workers" % workers, workers, burst=2000)


@part("slow 2")
def slow_2():
    slowly(2)


@part("slow 4")
def slow_4():
    slowly(4)


@part("burst 2")
def burst_2():
    at_once(2)


@part("burst 4")
def burst_4():
    at_once(4)


if __name__ == "__main__":
    main()
