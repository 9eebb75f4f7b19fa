# SPDX-License-Identifier: BSD-2-Clause
"""Connections that compare fast: what a server answers stays bytes, is cut into
replies, and becomes values only where the bytes of two servers differ."""

import select
import socket
import time

CRLF = b"\r\n"
SIMPLE = frozenset(b"+-:,#_(")
BULK = frozenset(b"$=!")
MAPS = frozenset(b"%|")
PUSH = ord(">")
TIMEOUT = 60.0


class Gone(Exception):
    """The server closed the connection, or does not answer."""


def encode(words):
    """A request: an array of bulk strings. words: bytes only."""
    out = [b"*%d\r\n" % len(words)]
    for word in words:
        out.append(b"$%d\r\n%b\r\n" % (len(word), word))
    return b"".join(out)


def to_bytes(word):
    """What a row may hold: bytes, str (a byte for each character), numbers."""
    if type(word) is bytes:
        return word
    if type(word) is int:
        return b"%d" % word
    return str(word).encode("latin-1")


def end_of(buf, at):
    """Where the reply that begins at `at` ends, or -1 if it is not all there."""
    end = buf.find(CRLF, at)
    if end < 0:
        return -1
    kind = buf[at]
    if kind in SIMPLE:
        return end + 2
    n = int(buf[at + 1 : end])
    if kind in BULK:
        end += 2 if n < 0 else n + 4
        return end if end <= len(buf) else -1
    if kind in MAPS:
        n *= 2
    at = end + 2
    for _ in range(n):
        at = end_of(buf, at)
        if at < 0:
            return -1
    return at


# ---- Values -----------------------------------------------------------------
# int, bytes (bulk), list (array), and these. Two values are the same only if
# they are of one type, all the way down: see same().


class Status(bytes):
    pass


class Error(bytes):
    pass


class Double(bytes):
    """As it was written."""


class Null(bytes):
    """As it was written: a null array is no null string."""


class Bool(bytes):
    pass


class Verbatim(bytes):
    pass


class Big(bytes):
    pass


class Set(list):
    pass


class Push(list):
    pass


class Map(list):
    """A list of (key, value)."""


LINES = {
    ord("+"): Status,
    ord("-"): Error,
    ord(":"): int,
    ord(","): Double,
    ord("#"): Bool,
    ord("("): Big,
    ord("_"): Null,
}
LISTS = {ord("*"): list, ord("~"): Set, PUSH: Push}


def value_at(buf, at):
    """The value that begins there, and where it ends."""
    end = buf.index(CRLF, at)
    kind, rest = buf[at], bytes(buf[at + 1 : end])
    after = end + 2
    if kind in LINES:
        return LINES[kind](rest), after
    n = int(rest)
    if n < 0:
        return Null(buf[at:end]), after
    if kind in BULK:
        data = bytes(buf[after : after + n])
        form = {36: bytes, 61: Verbatim, 33: Error}[kind]
        return form(data), after + n + 2
    if kind in MAPS:
        pairs = Map()
        for _ in range(n):
            key, after = value_at(buf, after)
            value, after = value_at(buf, after)
            pairs.append((key, value))
        return pairs, after
    values = LISTS[kind]()
    for _ in range(n):
        value, after = value_at(buf, after)
        values.append(value)
    return values, after


def value(raw):
    return value_at(raw, 0)[0]


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


# ---- Connections ------------------------------------------------------------


class Wire:
    """One connection to a server's Unix socket."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(path)
        self.buf = b""
        self.patience = None  # seconds, if not TIMEOUT

    def close(self):
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data)

    def more(self):
        self.sock.settimeout(self.patience or TIMEOUT)
        try:
            piece = self.sock.recv(1 << 18)
        except socket.timeout:
            raise Gone("no reply in time")
        except ConnectionError as fault:
            raise Gone(str(fault))
        if not piece:
            raise Gone("the connection was closed")
        self.buf = self.buf + piece if self.buf else piece

    def take(self, n):
        """The next n bytes."""
        out, self.buf = self.buf[:n], self.buf[n:]
        return out

    def at_least(self, n):
        while len(self.buf) < n:
            self.more()

    def replies(self, n):
        """Where the next n replies end (pushes count with what follows them);
        they stay in self.buf."""
        ends, at = [], 0
        while len(ends) < n:
            after = -1 if at >= len(self.buf) else end_of(self.buf, at)
            if after < 0:
                self.more()
                continue
            if self.buf[at] != PUSH:
                ends.append(after)
            at = after
        return ends

    def values(self, seconds, n):
        """Up to n values, pushes too, that come within so many seconds."""
        out = []
        end = time.monotonic() + seconds
        while len(out) < n:
            after = end_of(self.buf, 0) if self.buf else -1
            if after >= 0:
                out.append(value(self.take(after)))
                continue
            left = end - time.monotonic()
            if left < 0 or not self.readable(left):
                break
            self.more()
        return out

    def readable(self, seconds):
        return bool(select.select([self.sock], [], [], seconds)[0])

    def ask_all(self, requests):
        """The values of many commands; few enough to fit the buffers."""
        self.send(b"".join(encode([to_bytes(w) for w in r]) for r in requests))
        ends, at, out = self.replies(len(requests)), 0, []
        for end in ends:
            out.append(value(self.buf[at:end]))
            at = end
        self.take(at)
        return out

    def ask(self, *words):
        """One command, its value. Nothing else may be under way."""
        self.send(encode([to_bytes(w) for w in words]))
        end = self.replies(1)[0]
        return value(self.take(end))
