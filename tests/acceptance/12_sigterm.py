#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""SIGTERM under load: every whole request that lay in the socket buffers is
answered, in order and whole, then comes the end of the connection and no reset;
the server ends with status 0 in time and leaves nothing behind."""

import fcntl
import os
import signal
import socket
import struct
import termios
import threading
import time

from accept import (
    QUICK,
    at_least,
    below,
    exactly,
    main,
    need_linux,
    part,
    say,
)
from baton_test import Error, Server, encode, wait_until

CLIENTS = 20
DEADLINE = 10  # seconds: shutdown-timeout


class Taker:
    """What one client reads from now on: replies, and how it ended."""

    def __init__(self, client, number):
        self.client, self.number = client, number
        self.own = self.common = self.replies = self.wrong = self.torn = 0
        self.end = None

    def check(self, reply):
        """Own counter and common counter take turns. The own one has no gap."""
        if isinstance(reply, Error) or type(reply) is not int:
            self.wrong += 1
        elif self.replies % 2 == 0:
            self.wrong += reply != self.own + 1
            self.own = reply
        else:
            self.wrong += reply <= self.common
            self.common = reply
        self.replies += 1

    def take(self, n):
        for _ in range(n):
            self.check(self.client.read_reply())

    def to_the_end(self):
        """Whatever still comes; what is left at the end is a torn reply."""
        try:
            data = self.client.read_all()
            self.end = "EOF"
        except OSError as fault:
            data = bytes(self.client.buf[self.client.pos :])
            self.end = "%s" % fault
        whole, _, rest = data.rpartition(b"\n")
        self.torn += rest != b""
        for line in whole.split(b"\n") if whole else []:
            if line[:1] == b":" and line[-1:] == b"\r" and line[1:-1].isdigit():
                self.check(int(line[1:-1]))
            else:
                self.torn += 1
        self.client.close()


def requests(number, n):
    """n requests, n even."""
    return (encode("INCR", "own:%d" % number) + encode("INCR", "common")) * (n // 2)


def session_of(pid):
    with open("/proc/%d/stat" % pid) as f:
        return int(f.read().rpartition(")")[2].split()[3])


def processes_in(session):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if session_of(int(name)) == session:
                    found.append(int(name))
            except OSError:
                pass  # it ended meanwhile
    return found


def start():
    # In a session of its own, so that what it leaves behind can be found.
    return Server(
        tcp=True,
        workers=2,
        prefix=["setsid"],
        pidfile="pid",
        shutdown_timeout=DEADLINE,
    )


def ended(name, server, began):
    """Figures about the end of the process."""
    status = server.process.wait(3 * DEADLINE)
    took = time.monotonic() - began
    exactly(name + ", exit status", status, 0)
    if status != 0:
        say(server.log())
    below(name + ", time to end", took, DEADLINE, "s")
    left = sorted(set(os.listdir(server.dir)) - {"log"})
    exactly(name + ", files left behind", " ".join(left) or "none", "none")
    exactly(
        name + ", processes left behind", len(processes_in(server.pid)), 0
    )


def judge(name, takers):
    ends = {}
    for t in takers:
        ends[t.end] = ends.get(t.end, 0) + 1
    exactly(name + ", replies that are wrong", sum(t.wrong for t in takers), 0)
    exactly(name + ", replies that are torn", sum(t.torn for t in takers), 0)
    exactly(name + ", connections that end with EOF", ends.pop("EOF", 0), len(takers))
    for end, n in ends.items():
        say("%d connections ended with: %s" % (n, end))


# ---- While they send --------------------------------------------------------


class Load:
    """One client: a thread that is always some batches ahead of the replies,
    and checks these, until the end comes."""

    def __init__(self, server, number):
        client = server.client(tcp=number % 2 == 0, timeout=30)
        self.taker = Taker(client, number)
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        batch = requests(self.taker.number, 16)
        data = batch * 4
        try:
            while True:
                self.taker.client.send_raw(data)
                self.taker.take(16)
                data = batch
        except Exception:  # pylint: disable=broad-except
            self.taker.to_the_end()  # which tells the difference


@part("under load")
def under_load():
    name = "load"
    need_linux()
    server = start()
    try:
        loads = [Load(server, i) for i in range(CLIENTS)]
        time.sleep(1 if QUICK else 5)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        ended(name, server, began)
        for load in loads:
            load.thread.join()
        takers = [load.taker for load in loads]
        at_least(name + ", replies", sum(t.replies for t in takers), 1000)
        judge(name, takers)
    finally:
        server.kill()


# ---- What lay in the buffers ------------------------------------------------


def unsent(sock):
    """Bytes that the peer's kernel has not got yet (TCP)."""
    data = fcntl.ioctl(sock, termios.TIOCOUTQ, struct.pack("i", 0))
    return struct.unpack("i", data)[0]


def fill(server, clients, n, rest):
    """Gives each client's socket n whole requests, and to every other one the
    beginning of another."""
    for i, c in enumerate(clients):
        c.send_raw(requests(i, n) + (rest if i % 4 < 2 else b""))
    for c in clients:
        if c.sock.family != socket.AF_UNIX:
            wait_until(lambda: unsent(c.sock) == 0, "all bytes to arrive")


def in_the_buffers(name, n, late):
    """The server is stopped, the clients send, SIGTERM comes, and the server
    goes on. late: the clients connect while it is stopped."""
    need_linux()
    server = start()
    try:
        dial = lambda i: server.client(tcp=i % 2 == 0, timeout=30)
        clients = []
        if not late:
            clients = [dial(i) for i in range(CLIENTS)]
            for c in clients:
                c.cmd("PING")
        os.kill(server.pid, signal.SIGSTOP)
        if late:
            clients = [dial(i) for i in range(CLIENTS)]
        fill(server, clients, n, b"*2\r\n$4\r\nINCR\r\n$6\r\nco")
        server.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        os.kill(server.pid, signal.SIGCONT)
        takers = [Taker(c, i) for i, c in enumerate(clients)]
        for t in takers:
            t.to_the_end()
        exactly(
            name + ", requests answered",
            sum(t.replies for t in takers),
            n * CLIENTS,
        )
        judge(name, takers)
        ended(name, server, began)
    finally:
        server.kill()


@part("in the buffers")
def buffers():
    in_the_buffers("in the buffers", 1000, False)


@part("a few in the buffers")
def buffers_few():
    in_the_buffers("two in each buffer", 2, False)


@part("in the backlog")
def backlog():
    in_the_buffers("not yet accepted", 1000, True)


if __name__ == "__main__":
    main()
