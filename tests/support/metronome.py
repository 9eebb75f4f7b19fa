#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A server with a known service time, to test those who look for its limit.

usage: metronome.py --unix PATH --service MICROSECONDS

Answers GET, SET, DEL and PING truly. One request is served at a time, and each
takes exactly so long: a reply is due when the one before it was, or when its
request came, whichever is later, plus the service time. What the process itself
is late with is not added to what comes after. With --free N the first N requests
take no time. Prints "listening PATH"."""

import argparse
import collections
import select
import socket
import time


class Server:
    def __init__(self, path, service, free):
        self.service = service
        self.free = free
        self.keys = {}
        self.due = collections.deque()  # (time, connection, reply)
        self.busy_until = 0.0
        self.inputs = {}
        self.poller = select.epoll()
        self.master = socket.socket(socket.AF_UNIX)
        self.master.bind(path)
        self.master.listen(512)
        self.poller.register(self.master, select.EPOLLIN)
        self.conns = {}

    def words(self, conn):
        """The next whole request of a connection, or None."""
        data = self.inputs[conn]
        end = data.find(b"\r\n")
        if end < 0:
            return None
        out, at = [], end + 2
        for _ in range(int(data[1:end])):
            end = data.find(b"\r\n", at)
            if end < 0:
                return None
            size = int(data[at + 1 : end])
            if len(data) < end + 4 + size:
                return None
            out.append(bytes(data[end + 2 : end + 2 + size]))
            at = end + 4 + size
        del data[:at]
        return out

    def answer(self, words):
        verb = words[0].upper()
        if verb == b"GET":
            value = self.keys.get(words[1])
            if value is None:
                return b"$-1\r\n"
            return b"$%d\r\n%s\r\n" % (len(value), value)
        if verb == b"SET":
            self.keys[words[1]] = words[2]
            return b"+OK\r\n"
        if verb == b"DEL":
            for key in words[1:]:
                self.keys.pop(key, None)
            return b":1\r\n"
        return b"+PONG\r\n" if verb == b"PING" else b"-ERR unknown\r\n"

    def take(self, conn):
        try:
            data = conn.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.poller.unregister(conn)
            del self.conns[conn.fileno()], self.inputs[conn]
            conn.close()
            return
        self.inputs[conn] += data
        now = time.monotonic()
        while True:
            words = self.words(conn)
            if words is None:
                return
            self.free -= 1
            cost = self.service if self.free < 0 else 0
            self.busy_until = max(self.busy_until, now) + cost
            self.due.append((self.busy_until, conn, self.answer(words)))

    def give(self):
        now = time.monotonic()
        while self.due and self.due[0][0] <= now:
            _, conn, reply = self.due.popleft()
            if conn.fileno() >= 0:
                try:
                    conn.sendall(reply)
                except OSError:
                    pass

    def run(self):
        while True:
            wait = -1
            if self.due:
                wait = max(0, self.due[0][0] - time.monotonic())
            for fd, _ in self.poller.poll(wait):
                if fd == self.master.fileno():
                    conn, _ = self.master.accept()
                    self.conns[conn.fileno()] = conn
                    self.inputs[conn] = bytearray()
                    self.poller.register(conn, select.EPOLLIN)
                elif fd in self.conns:
                    self.take(self.conns[fd])
            self.give()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--unix", required=True)
    p.add_argument("--service", type=float, required=True)
    p.add_argument("--free", type=int, default=0)
    opt = p.parse_args()
    server = Server(opt.unix, opt.service / 1e6, opt.free)
    print("listening", opt.unix, flush=True)
    server.run()


if __name__ == "__main__":
    main()
