#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A small in-memory server that tells one lie, to test those who check replies. It
knows SET GET DEL PING HELLO DBSIZE, INCR, HSET HGETALL, LPUSH RPOP LPOP, PUBLISH
SUBSCRIBE, as far as they are needed for that.

usage: liar.py [--unix PATH] [--lie KIND] [--after N] [--chop N]

Prints "listening PATH" or "listening PORT" (a free port of 127.0.0.1) and
serves until it is killed. After N requests (default 500) it lies at the first
opportunity, once:

  none       never
  crossed    answers a GET with the value of another key
  torn       answers a GET with a value whose last bytes are another's
  stale      answers a GET with the first value that the key ever had
  lost       forgets a key, then answers a GET of it truly: nil
  frozen     acknowledges SETs of one key from now on, without doing them
  reorder    swaps the replies of two GETs that came in one piece
  dropped    does not answer a GET at all
  error      answers with an error
  garbage    answers with what is no RESP
  type       answers a GET with +OK
  extra      sends a reply that nobody asked for
  close      closes a connection in the middle of its requests
  late       holds back a reply, and all behind it, for half a second
  half       answers HGETALL with the fields of two versions
  count      answers two INCRs with the same number
  again      lets an element be popped twice
  swallow    acknowledges an element and forgets it
  overtaken  pops two elements in the wrong order
  deaf       does not send one subscriber a message
  echo       sends one subscriber a message twice
  jump       sends one subscriber two messages in the wrong order

With --chop N every reply is sent in pieces of N bytes. A client that says
HELLO 3 is sent an attribute before each bulk string, and now and then a push.
"""

import argparse
import selectors
import socket
import sys
import time

KINDS = ["none", "crossed", "torn", "stale", "lost", "frozen", "reorder",
         "dropped", "error", "garbage", "type", "extra", "close", "late", "half",
         "count", "again", "swallow", "overtaken", "deaf", "echo", "jump"]


class Key:
    """What one key holds, and held first."""

    def __init__(self, value):
        self.first = self.value = value
        self.versions = 1

    def set(self, value):
        self.value = value
        self.versions += 1


class Connection:
    def __init__(self, sock):
        self.sock = sock
        self.input = b""
        self.output = b""
        self.resp3 = False
        self.open = True
        self.served = 0

    def commands(self):
        """Takes the whole commands off the input."""
        at = 0
        found = []
        while True:
            words, end = self.parse(at)
            if words is None:
                break
            found.append(words)
            at = end
        self.input = self.input[at:]
        return found

    def parse(self, at):
        end = self.input.find(b"\r\n", at)
        if end < 0:
            return None, at
        count = int(self.input[at + 1:end])
        at = end + 2
        words = []
        for _ in range(count):
            end = self.input.find(b"\r\n", at)
            if end < 0:
                return None, at
            size = int(self.input[at + 1:end])
            at = end + 2
            if len(self.input) < at + size + 2:
                return None, at
            words.append(self.input[at:at + size])
            at += size + 2
        return words, at


class Liar:
    def __init__(self, lie, after, chop, stall):
        self.lie = lie
        self.left = after
        self.chop = chop
        self.stall = stall
        self.told = lie == "none"
        self.keys = {}
        self.lists = {}
        self.counters = {}
        self.hashes = {}
        self.channels = {}
        self.held_back = None
        self.frozen = None
        self.selector = selectors.DefaultSelector()

    # ---- commands

    def bulk(self, conn, value):
        if value is None:
            return b"_\r\n" if conn.resp3 else b"$-1\r\n"
        attribute = b"|1\r\n+ttl\r\n*2\r\n:1\r\n$1\r\nx\r\n" \
            if conn.resp3 else b""
        return attribute + b"$%d\r\n%s\r\n" % (len(value), value)

    def execute(self, conn, words):
        name = words[0].upper()
        self.left -= 1
        if name == b"GET":
            return self.get(conn, words[1])
        if name == b"SET":
            return self.set(words[1], words[2])
        if name == b"DEL":
            for other in (self.lists, self.counters, self.hashes):
                for k in words[1:]:
                    other.pop(k, None)
            gone = sum(self.keys.pop(k, None) is not None for k in words[1:])
            return b":%d\r\n" % gone
        if name in (b"LPUSH", b"LPOP", b"RPOP"):
            return self.element(conn, name, *words[1:])
        if name == b"INCR":
            return self.incr(words[1])
        if name in (b"HSET", b"HGETALL"):
            return self.hash(conn, words)
        if name in (b"PUBLISH", b"SUBSCRIBE"):
            return self.message(conn, *words)
        if name == b"DBSIZE":
            return b":%d\r\n" % len(self.keys)
        if name == b"PING":
            return b"+PONG\r\n"
        if name == b"HELLO":
            conn.resp3 = True
            return b"%2\r\n+server\r\n+liar\r\n+modules\r\n*1\r\n*0\r\n"
        return b"-ERR unknown command '%s'\r\n" % words[0]

    def set(self, key, value):
        if self.ready("frozen") and key in self.keys:
            self.frozen = key
            self.told = True
        if key == self.frozen:
            return b"+OK\r\n"
        if key in self.keys:
            self.keys[key].set(value)
        else:
            self.keys[key] = Key(value)
        return b"+OK\r\n"

    # ---- lists, counters, hashes, channels

    def element(self, conn, name, key, value=None):
        held = self.lists.setdefault(key, [])
        if name == b"LPUSH":
            if self.ready("swallow"):
                self.told = True
                return b":%d\r\n" % (len(held) + 1)
            held.insert(0, value)
            return b":%d\r\n" % len(held)
        if not held:
            return self.bulk(conn, None)
        at = 0 if name == b"LPOP" else -1
        # Of the same writer, whose name stands behind that of the list; and not
        # far away, so that the one which was overtaken is popped soon.
        if self.ready("overtaken") and len(held) > 1 and at == -1:
            for i in range(2, min(len(held), 10) + 1):
                if held[-i][:14] == held[-1][:14]:
                    held[-i], held[-1] = held[-1], held[-i]
                    self.told = True
                    break
        if self.ready("again"):
            self.told = True
            return self.bulk(conn, held[at])
        return self.bulk(conn, held.pop(at))

    def incr(self, key):
        n = self.counters.get(key, 0) + 1
        if self.ready("count") and n > 1:
            self.told = True
            n -= 1
        self.counters[key] = n
        return b":%d\r\n" % n

    def hash(self, conn, words):
        key = words[1]
        if words[0].upper() == b"HSET":
            before = self.hashes.get(key, ({}, {}))[0]
            self.hashes[key] = (dict(zip(words[2::2], words[3::2])), before)
            return b":0\r\n"
        now, before = self.hashes.get(key, ({}, {}))
        fields = dict(now)
        if self.ready("half") and before and before != now:
            name = sorted(fields)[0]
            fields[name] = before[name]
            self.told = True
        out = b"%%%d\r\n" % len(fields) if conn.resp3 \
            else b"*%d\r\n" % (2 * len(fields))
        for name, value in fields.items():
            out += b"$%d\r\n%s\r\n$%d\r\n%s\r\n" % (
                len(name), name, len(value), value)
        return out

    def message(self, conn, verb, channel, value=None):
        heard = self.channels.setdefault(channel, [])
        head = b">3\r\n" if conn.resp3 else b"*3\r\n"
        if verb.upper() == b"SUBSCRIBE":
            heard.append(conn)
            return head + b"$9\r\nsubscribe\r\n$%d\r\n%s\r\n:1\r\n" % (
                len(channel), channel)
        for i, other in enumerate(list(heard)):
            head = b">3\r\n" if other.resp3 else b"*3\r\n"
            text = head + b"$7\r\nmessage\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (
                len(channel), channel, len(value), value)
            self.tell(other, text, value, i == 0)
        return b":%d\r\n" % len(heard)

    def tell(self, conn, text, value, first):
        if first and self.held_back and self.held_back[0] is conn \
                and self.held_back[2] == value[:14]:
            text += self.held_back[1]
            self.held_back = None
        elif first and self.ready("deaf"):
            self.told = True
            return
        elif first and self.ready("echo"):
            self.told = True
            text += text
        elif first and self.ready("jump"):
            self.told = True
            self.held_back = (conn, text, value[:14])
            return
        conn.output += text
        self.send(conn)

    def get(self, conn, key):
        if key in self.counters:
            return self.bulk(conn, b"%d" % self.counters[key])
        held = self.keys.get(key)
        if held is None:
            return self.bulk(conn, None)
        reply = self.lie_about(conn, key, held)
        if reply is None:
            return self.bulk(conn, held.value)
        self.told = True
        return reply

    # ---- lies

    def ready(self, lie):
        return not self.told and self.lie == lie and self.left < 0

    def other(self, key):
        for k, held in self.keys.items():
            if k != key:
                return held.value
        return None

    def lie_about(self, conn, key, held):
        """The reply to a GET when it is to be a lie, else None."""
        other = self.other(key)
        if self.ready("crossed") and other is not None:
            return self.bulk(conn, other)
        if self.ready("torn") and other is not None:
            return self.bulk(conn, held.value[:-4] + other[-4:])
        # So many versions on, the first one is stale for whoever asks.
        if self.ready("stale") and held.versions > 20:
            return self.bulk(conn, held.first)
        if self.ready("lost"):
            del self.keys[key]
            return self.bulk(conn, None)
        if self.ready("dropped"):
            return b""
        if self.ready("late"):
            time.sleep(self.stall)
            return self.bulk(conn, held.value)
        if self.ready("error"):
            return b"-OOM command not allowed when used memory is high\r\n"
        if self.ready("garbage"):
            return b"what is this\r\n"
        if self.ready("type"):
            return b"+OK\r\n"
        if self.ready("extra"):
            return self.bulk(conn, held.value) + b":7\r\n"
        if self.ready("close"):
            conn.open = False
            return b""
        return None

    def reorder(self, words, replies):
        """Swaps two neighbours that are GETs of different keys."""
        for i in range(len(words) - 1):
            a, b = words[i], words[i + 1]
            if a[0] == b[0] == b"GET" and a[1] != b[1] \
                    and len(replies[i]) > 5 and len(replies[i + 1]) > 5:
                replies[i], replies[i + 1] = replies[i + 1], replies[i]
                self.told = True
                return

    # ---- connections

    def serve(self, conn):
        try:
            data = conn.sock.recv(262144)
        except ConnectionError:
            data = b""
        if not data:
            self.close(conn)
            return
        conn.input += data
        words = conn.commands()
        replies = []
        for w in words:
            replies.append(self.execute(conn, w))
            conn.served += 1
            if conn.resp3 and conn.served % 100 == 0:
                replies[-1] += b">2\r\n+message\r\n:1\r\n"
            if not conn.open:
                break
        if self.ready("reorder"):
            self.reorder(words, replies)
        conn.output += b"".join(replies)
        self.send(conn)
        if not conn.open:
            self.close(conn)

    def send(self, conn):
        try:
            while conn.output:
                piece = conn.output[:self.chop] if self.chop else conn.output
                conn.output = conn.output[conn.sock.send(piece):]
        except BlockingIOError:
            pass
        except ConnectionError:
            self.close(conn)
            return
        events = selectors.EVENT_READ
        if conn.output:
            events |= selectors.EVENT_WRITE
        self.selector.modify(conn.sock, events, conn)

    def close(self, conn):
        for heard in self.channels.values():
            if conn in heard:
                heard.remove(conn)
        if conn.sock.fileno() >= 0:
            self.selector.unregister(conn.sock)
            conn.sock.close()

    def accept(self, master):
        sock, _ = master.accept()
        sock.setblocking(False)
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(sock, selectors.EVENT_READ, Connection(sock))

    def run(self, master):
        self.selector.register(master, selectors.EVENT_READ, None)
        while True:
            for key, events in self.selector.select():
                if key.data is None:
                    self.accept(master)
                    continue
                if events & selectors.EVENT_WRITE:
                    self.send(key.data)
                if events & selectors.EVENT_READ \
                        and key.data.sock.fileno() >= 0:
                    self.serve(key.data)


def listen(path):
    if path:
        master = socket.socket(socket.AF_UNIX)
        master.bind(path)
        name = path
    else:
        master = socket.socket()
        master.bind(("127.0.0.1", 0))
        name = master.getsockname()[1]
    master.listen(512)
    print(f"listening {name}", flush=True)
    return master


def main():
    p = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--unix")
    p.add_argument("--lie", choices=KINDS, default="none")
    p.add_argument("--after", type=int, default=500)
    p.add_argument("--chop", type=int, default=0)
    p.add_argument("--stall", type=float, default=0.5)
    opt = p.parse_args()
    try:
        Liar(opt.lie, opt.after, opt.chop, opt.stall).run(listen(opt.unix))
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
