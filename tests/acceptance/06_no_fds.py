#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Out of descriptors the server goes on, cheaply, and recovers; without the
standard descriptors it writes no log to a client; and what is meant for a
closed handle does not touch who has its descriptor's number now."""

import os
import re
import resource
import socket
import struct
import time

from accept import (
    QUICK,
    at_least,
    at_most,
    built,
    cpu_seconds,
    exactly,
    info_of,
    main,
    need_linux,
    one_client,
    part,
    run,
    say,
)
from baton_test import Client, Closed, Server, encode, wait_until


# ---- Starved ----------------------------------------------------------------


def fds_of(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


def limit_fds(pid, n):
    """Sets the soft limit, as prlimit --nofile=n: does; returns the old one."""
    soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (n, hard))
    return soft


def state(observer):
    return info_of(observer)["server_state"]


def come(server, n):
    """Clients that connect and ask, and do not wait for the answer."""
    out = []
    for i in range(n):
        try:
            c = server.client(tcp=i % 2 == 0, timeout=30)
            c.sock.setblocking(False)
            c.sock.send(encode("PING"))
            c.sock.settimeout(30)
            out.append(c)
        except OSError:  # turned away already
            pass
    return out


def outcomes(clients):
    """How many of them got their PONG, and how many were turned away; the rest
    was left hanging."""
    served = away = 0
    for c in clients:
        try:
            served += c.read_reply() == "PONG"
        except socket.timeout:
            pass
        except (Closed, OSError):
            away += 1
        c.close()
    return served, away


def starve(name, server, observer, limit):
    """Three seconds without descriptors, while somebody always knocks."""
    soft = limit_fds(server.pid, limit)
    knockers = come(server, 40)
    wait_until(lambda: state(observer) == "starved", "server_state starved")
    exactly(name + ", server_state", state(observer), "starved")
    before = cpu_seconds(server.pid)
    began = time.monotonic()
    served = 0
    while time.monotonic() - began < 3:
        served += observer.cmd("PING") == "PONG"
        time.sleep(0.1)
        knockers += come(server, 2)
    used = 100 * (cpu_seconds(server.pid) - before) / (time.monotonic() - began)
    at_most(name + ", share of a core", used, 5, "%")
    at_least(name + ", requests served meanwhile", served, 20)
    exactly(name + ", still", state(observer), "starved")
    return soft, knockers


def recovered(name, server, observer, living):
    """Once all is calm again, newcomers are served."""
    wait_until(
        lambda: state(observer) == "listening"
        and info_of(observer)["handles_live"] == str(living),
        "server_state listening",
        30,
    )
    exactly(name + ", server_state afterwards", state(observer), "listening")
    served, _ = outcomes(come(server, 20))
    exactly(name + ", newcomers served afterwards", served, 20)
    lines = server.log().count("Out of file descriptors")
    at_least(name + ", log lines about it", lines, 1)
    at_most(name + ", log lines about it", lines, 6)


@part("starved, fds come back")
def starved_closing():
    need_linux()
    name = "5 fds left, clients leave"
    with Server(tcp=True, workers=2, maxclients=300) as server:
        clients = [server.client() for _ in range(20)]
        observer = server.client()
        observer.cmd("PING")
        n = fds_of(server.pid)
        _, knockers = starve(name, server, observer, n + 5)
        for c in clients:
            c.close()
        served, away = outcomes(knockers)
        say("of those that knocked: %d served, %d turned away" % (served, away))
        exactly(name + ", left hanging", len(knockers) - served - away, 0)
        recovered(name, server, observer, 1)
        observer.close()


def starved_limit(name, limit_of):
    need_linux()
    with Server(tcp=True, workers=2, maxclients=300) as server:
        clients = [server.client() for _ in range(20)]
        observer = server.client()
        observer.cmd("PING")
        limit = limit_of(fds_of(server.pid))
        soft, knockers = starve(name, server, observer, limit)
        limit_fds(server.pid, soft)
        served, away = outcomes(knockers)
        say("of those that knocked: %d served, %d turned away" % (served, away))
        exactly(name + ", left hanging", len(knockers) - served - away, 0)
        recovered(name, server, observer, len(clients) + 1)
        for c in clients + [observer]:
            c.close()


@part("starved, limit below what is used")
def starved_below():
    starved_limit("limit below what is used, then raised", lambda used: used - 8)


@part("starved, limit below all")
def starved_nothing():
    """Then even a descriptor that the server closes helps nobody."""
    starved_limit("limit below all that is open, then raised", lambda used: 3)


# ---- Without standard descriptors -------------------------------------------


def attack(server):
    """Something to log."""
    with server.client() as c:
        c.send_raw(b"POST / HTTP/1.1\r\nHost: here\r\n\r\n")
        return c.read_all()


def unasked(server, clients):
    """Bytes that came to clients beyond the answers to what they asked."""
    extra = 0
    for i, c in enumerate(clients):
        c.send("ECHO", "token:%d" % i)
        line = c.read_bytes(len(encode("token:%d" % i)) - len(b"*1\r\n"))
        extra += line != encode("token:%d" % i)[len(b"*1\r\n") :]
    server.process.terminate()
    for c in clients:
        extra += len(c.read_all())
        c.close()
    return extra


def closed_fds(name, **options):
    close = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
    with Server(
        tcp=True, prefix=close, loglevel="debug", maxclients=100, **options
    ) as server:
        clients = [server.client(tcp=i % 2 == 0) for i in range(40)]
        served = sum(c.cmd("PING") == "PONG" for c in clients)
        standard = [
            os.readlink("/proc/%d/fd/%d" % (server.pid, fd)) for fd in range(3)
        ]
        for _ in range(10):
            attack(server)
        with server.client() as c:
            c.cmd("CONFIG", "SET", "maxclients", 5)
        turned_away = come(server, 10)
        time.sleep(0.1)
        for c in turned_away:
            c.close()
        exactly(name + ", clients served", served, len(clients))
        exactly(
            name + ", of fds 0-2, sockets",
            sum(s.startswith("socket:") for s in standard),
            0,
        )
        say("fds 0-2: " + " ".join(standard))
        exactly(name + ", bytes that nobody asked for", unasked(server, clients), 0)
        exactly(name + ", exit status", server.process.wait(30), 0)
        if "logfile" in options:
            with open(os.path.join(server.dir, options["logfile"])) as f:
                at_least(name + ", lines in it", len(f.readlines()), 1)


@part("fds 0-2 closed, log to nowhere")
def closed_fds_plain():
    need_linux()
    closed_fds("fds 0-2 closed")


@part("fds 0-2 closed, log to a file")
def closed_fds_logfile():
    need_linux()
    closed_fds("fds 0-2 closed, logfile", logfile="own.log")


# ---- Numbers that live again ------------------------------------------------

BATCH = 100
ROUNDS = 10000 if QUICK else 100000
SECONDS = 60 if QUICK else 300
RESET = struct.pack("ii", 1, 0)
HALF = b"*2\r\n$4\r\nECHO\r\n$100\r\nhalf"


class Churn:
    """Each round: a batch of clients leaves in ways of all kinds, their ids are
    killed at the same time, and a new batch comes, which gets their numbers."""

    def __init__(self, server):
        self.server = server
        self.killer = server.client(timeout=60)
        self.old = []  # (client, id, fd)
        self.rounds = self.lives_again = self.harmed = 0

    def leave(self):
        for i, (c, _, _) in enumerate(self.old):
            if i % 3 == 0:  # an event that is just on its way
                c.sock.send(HALF)
            elif i % 3 == 1:  # answers that nobody reads, then a reset
                c.sock.send(encode("PING") * 3)
            if isinstance(c.address, tuple):
                c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            c.close()

    def kill(self, ids):
        """Some are still on their way out; so much the better."""
        self.killer.send_raw(
            b"".join(encode("CLIENT", "KILL", "ID", i) for i in ids)
        )

    def come(self):
        new = []
        for i in range(BATCH):
            tcp = i % 2 == 0
            address = ("127.0.0.1", self.server.port) if tcp else self.server.path
            c = Client(address, timeout=60)
            c.address = address
            c.send("CLIENT", "INFO")
            new.append(c)
        return new

    def introduce(self, clients):
        """Their ids and numbers; who cannot answer was harmed."""
        out = []
        for c in clients:
            try:
                me = one_client(c.read_reply().decode().strip())
                out.append((c, int(me["id"]), int(me["fd"])))
            except (Closed, OSError):
                self.harmed += 1
                c.close()
        return out

    def still_there(self, batch):
        out = []
        for c, ident, fd in batch:
            try:
                c.send("ECHO", ident)
            except OSError:
                pass  # reading will tell
        for c, ident, fd in batch:
            try:
                if c.read_reply() != str(ident).encode():
                    raise Closed("somebody else's answer")
                out.append((c, ident, fd))
            except (Closed, OSError):
                self.harmed += 1
                c.close()
        return out

    def round(self):
        ids = [ident for _, ident, _ in self.old]
        numbers = {fd for _, _, fd in self.old}
        self.leave()
        self.kill(ids)
        new = self.introduce(self.come())
        for _ in ids:
            self.killer.read_reply()
        self.kill(ids)  # now that the numbers live again for certain
        new = self.still_there(new)
        for _ in ids:
            self.killer.read_reply()
        new = self.still_there(new)
        self.rounds += len(ids)
        self.lives_again += len(numbers & {fd for _, _, fd in new})
        self.old = new


@part("numbers that live again")
def churn():
    with Server(tcp=True, workers=2, maxclients=1000) as server:
        churn = Churn(server)
        end = time.monotonic() + SECONDS
        while churn.lives_again < ROUNDS and time.monotonic() < end:
            churn.round()
        info = info_of(churn.killer)
        at_least(
            "kills of closed clients whose fd number lived again",
            churn.lives_again,
            ROUNDS,
        )
        exactly("others who felt it", churn.harmed, 0)
        say(
            "%d rounds in all; closed_killed:%s closed_eof:%s closed_error:%s"
            % (
                churn.rounds,
                info["closed_killed"],
                info["closed_eof"],
                info["closed_error"],
            )
        )
        for c, _, _ in churn.old:
            c.close()
        churn.killer.close()


@part("numbers that live again, in the library")
def reuse():
    """The same by calls of the library, with posts: the race test of it. In
    about every second life it gets a number that lived before."""
    result = run(built("tests", "race", "reuse"), 3 * ROUNDS, timeout=1800)
    say(result.stdout)
    told = re.search(r"(\d+) shots at the dead, (\d+) numbers", result.stdout)
    shots, reused = map(int, told.groups()) if told else (0, 0)
    at_least("kills of and posts to dead clients by the library", shots, ROUNDS)
    at_least("numbers that lived again meanwhile", reused, ROUNDS)
    exactly("kills and posts that somebody felt (exit status)", result.returncode, 0)


if __name__ == "__main__":
    main()
