#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A worker that is held up for two seconds does not hold up those who come."""

import select
import time

from accept import Crowd, at_most, exactly, main, one_client, part, say
from baton_test import OK, Server

HELD = 2  # seconds
CLIENTS = 1000
PACE_US = 1700  # all within the two seconds


def worker_of(client):
    return int(one_client(client.cmd("CLIENT", "INFO").decode().strip())["worker"])


def on_worker(server, number):
    """A connection that this worker has; the others are given back."""
    others = []
    while True:
        c = server.client(timeout=30)
        if worker_of(c) == number:
            break
        others.append(c)
    for other in others:
        other.close()
    return c


def arrive(server, tcp):
    return Crowd(server, tcp=tcp, clients=CLIENTS, burst=1, pause=PACE_US)


def compare(server, tcp):
    """The same while nobody is held, to know how much is the machine's."""
    with arrive(server, tcp) as crowd:
        say(
            "nobody held, over %s: p99 %.2f ms, worst %.2f ms"
            % (
                "TCP" if tcp else "Unix",
                crowd.connected["p99_us"] / 1000,
                crowd.connected["max_us"] / 1000,
            )
        )


def hold(server, number, tcp):
    name = "worker %d held, over %s" % (number, "TCP" if tcp else "Unix")
    with on_worker(server, number) as sleeper:
        sleeper.send("DEBUG", "SLEEP", HELD)
        time.sleep(0.05)
        with arrive(server, tcp) as crowd:
            still, _, _ = select.select([sleeper.sock], [], [], 0)
            figures = crowd.connected
            exactly(name + ", clients answered", figures["answered"], CLIENTS)
            # Else they were not all answered by the others.
            exactly(
                name + ", the worker was free before the last of them",
                bool(still),
                False,
            )
            at_most(name + ", p99", figures["p99_us"] / 1000, 5, "ms")
            at_most(name + ", worst", figures["max_us"] / 1000, 60, "ms")
        exactly(name + ", it says", str(sleeper.read_reply()), str(OK))


@part("held")
def held():
    with Server(tcp=True, workers=2, enable_debug_command="yes") as server:
        for tcp in (True, False):
            compare(server, tcp)
        for number in (0, 1):
            for tcp in (True, False):
                hold(server, number, tcp)


if __name__ == "__main__":
    main()
