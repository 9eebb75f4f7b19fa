# SPDX-License-Identifier: BSD-2-Clause
"""A server in front of the server that breaks one promise now and then, so that
the whole chain of recorder, checker and report is seen to find it."""

import os
import socket
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "differential"))

from wire import Gone, Wire, encode  # noqa: E402 pylint: disable=wrong-import-position

PAUSE = 0.0005


def request_at(buf):
    """(words, bytes that they took), or None when it is not all there."""
    end = buf.find(b"\r\n")
    if end < 0:
        return None
    words, at = [], end + 2
    for _ in range(int(buf[1:end])):
        end = buf.find(b"\r\n", at)
        if end < 0:
            return None
        size = int(buf[at + 1 : end])
        at = end + 2 + size + 2
        if at > len(buf):
            return None
        words.append(bytes(buf[end + 2 : at - 2]))
    return words, at


class Unfaithful:
    """Listens on `path`, passes on to `server`. fault: the name of a method."""

    def __init__(self, path, server, fault):
        self.server, self.fault = server, getattr(self, fault)
        self.lock = threading.Lock()
        self.old, self.count = {}, 0
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        up, buf = Wire(self.server), b""
        try:
            while True:
                piece = client.recv(65536)
                if not piece:
                    break
                buf += piece
                request = request_at(buf)
                while request:
                    buf = buf[request[1] :]
                    client.sendall(self.answer(up, request[0]))
                    request = request_at(buf) if buf else None
        except (OSError, Gone):
            pass
        up.close()
        client.close()

    def ask(self, up, *words):
        """The bytes of the reply."""
        up.send(encode(words))
        return up.take(up.replies(1)[0])

    def answer(self, up, words):
        """Between MULTI and EXEC only the fault that is about these acts."""
        name = words[0].upper()
        queued = up.__dict__.get("queued", False)
        up.queued = name == b"MULTI" or (queued and name != b"EXEC")
        about_exec = self.fault == self.half_exec
        reply = None
        bare = len(words) == 1  # is the command there?
        if about_exec == (queued or name == b"MULTI") and about_exec >= bare:
            reply = self.fault(up, name, words)
        return self.ask(up, *words) if reply is None else reply

    def now_and_then(self):
        with self.lock:
            self.count += 1
            return self.count % 5 == 0

    # ---- Faults: a reply, or None to do as one should

    def none(self, *_):
        """Nothing is wrong."""

    def stale_read(self, up, name, words):
        if name == b"GET":
            reply = self.ask(up, *words)
            before = self.old.get(words[1], reply)
            self.old[words[1]] = reply
            return before if self.now_and_then() else reply
        return None

    def lost_update(self, up, name, words):
        if name == b"INCR":
            reply = self.ask(up, b"GET", words[1])
            number = 0 if reply.startswith(b"$-1") else int(reply.split(b"\r\n")[1])
            time.sleep(PAUSE)
            self.ask(up, b"SET", words[1], b"%d" % (number + 1))
            return b":%d\r\n" % (number + 1)
        return None

    def torn_mset(self, up, name, words):
        if name == b"MSET":
            self.ask(up, b"SET", *words[1:3])
            time.sleep(PAUSE)
            return self.ask(up, b"SET", *words[3:5])
        return None

    def torn_mget(self, up, name, words):
        if name == b"MGET":
            one = self.ask(up, b"GET", words[1])
            time.sleep(PAUSE)
            return b"*2\r\n" + one + self.ask(up, b"GET", words[2])
        return None

    def no_watch(self, up, name, words):  # pylint: disable=unused-argument
        return b"+OK\r\n" if name == b"WATCH" else None

    def half_exec(self, up, name, words):
        if name == b"MULTI":
            up.queue = []
            return b"+OK\r\n"
        if name != b"EXEC":
            up.queue.append(words)
            return b"+QUEUED\r\n"
        replies = []
        for queued in up.queue:
            replies.append(self.ask(up, *queued))
            time.sleep(PAUSE)
        return b"*%d\r\n" % len(replies) + b"".join(replies)

    def popped_twice(self, up, name, words):
        if name == b"LPOP":
            reply = self.ask(up, b"LINDEX", words[1], b"0")
            time.sleep(PAUSE)
            self.ask(up, b"LPOP", words[1])
            return reply
        return None

    def delivered_twice(self, up, name, words):
        if name == b"BLPOP":
            reply = self.ask(up, *words)
            if reply.startswith(b"*-1"):
                return self.old.get(words[1], reply)
            self.old[words[1]] = reply
            return reply
        return None

    def lost_push(self, up, name, words):
        if name in (b"LPUSH", b"RPUSH") and self.now_and_then():
            length = self.ask(up, b"LLEN", words[1])
            return b":%d\r\n" % (int(length[1:]) + 1)
        return None


# fault: a command that it needs (for lists the recorder wants BLPOP, too)
FAULTS = {
    "stale_read": "GET",
    "lost_update": "INCR",
    "torn_mset": "MSET",
    "torn_mget": "MGET",
    "no_watch": "WATCH",
    "half_exec": "EXEC",
    "popped_twice": "BLPOP",
    "delivered_twice": "BLPOP",
    "lost_push": "BLPOP",
}
