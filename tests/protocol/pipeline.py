#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Requests in pieces and in crowds: every way to cut them, deep pipelines,
large values, clients that close their half or read late."""

import os
import random
import re
import socket
import threading
import time

from baton_test import (
    OK,
    REDIS,
    Error,
    Server,
    Skip,
    Status,
    both,
    encode,
    expect,
    expect_true,
    main,
    parallel,
    test,
    wait_until,
)

PONG = Status("PONG")


def some_requests():
    """A little of everything, as bytes, and the bytes of the right replies."""
    data = b"".join(
        (
            encode("SET", "k", "value"),
            encode("GET", "k"),
            b"PING\r\n",
            encode("APPEND", "k", b"\r\n\0"),
            encode("GET", "k"),
            b"*0\r\n",
            encode("NOSUCH"),
            b"set l 'a b'\n",
            encode("MGET", "k", "l", "none"),
            encode("INCR", "k"),
            encode("DEL", "k", "l"),
            encode("GET", "k"),
        )
    )
    replies = b"".join(
        (
            b"+OK\r\n$5\r\nvalue\r\n+PONG\r\n:8\r\n$8\r\nvalue\r\n\0\r\n",
            b"-ERR unknown command 'NOSUCH', with args beginning with: \r\n",
            b"+OK\r\n*3\r\n$8\r\nvalue\r\n\0\r\n$3\r\na b\r\n$-1\r\n",
            b"-ERR value is not an integer or out of range\r\n",
            b":2\r\n$-1\r\n",
        )
    )
    return data, replies


def settle():
    """Lets the server read what was sent, so that a cut is a cut."""
    time.sleep(0.001)


@test("requests cut in two at every byte")
def cut_in_two(c):
    data, replies = some_requests()
    for at in range(1, len(data)):
        c.send_raw(data[:at])
        settle()
        c.send_raw(data[at:])
        expect(c.read_bytes(len(replies)), replies, "cut at %d" % at)


@test("the same over TCP")
def cut_tcp(c):
    with c.server.client(tcp=True) as t:
        t.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        cut_in_two(t)


@test("requests byte by byte")
def byte_by_byte(c):
    data, replies = some_requests()
    for i in range(len(data)):
        c.send_raw(data[i : i + 1])
        if i % 3 == 0:
            settle()
    expect(c.read_bytes(len(replies)), replies)


@test("requests cut anywhere, 300 times over")
def cut_anywhere(c):
    data, replies = some_requests()
    rnd = random.Random(3)
    for _ in range(300):
        at = 0
        while at < len(data):
            n = rnd.choice((1, 2, 7, 40, 200))
            c.send_raw(data[at : at + n])
            at += n
            if rnd.random() < 0.2:
                settle()
        expect(c.read_bytes(len(replies)), replies)


@test("a large request cut around its borders")
def cut_large(c):
    value = bytes(range(256)) * 400
    data = encode("SET", "big", value) + encode("GET", "big")
    borders = set(range(1, 60)) | {len(data) - i for i in range(1, 60)}
    middle = len(value)
    borders |= set(range(middle + 20, middle + 80))
    borders |= {1 << n for n in range(6, 17)} | {(1 << n) - 1 for n in range(6, 17)}
    for at in sorted(b for b in borders if 0 < b < len(data)):
        c.send_raw(data[:at])
        settle()
        c.send_raw(data[at:])
        expect(c.read_reply(), OK, "cut at %d" % at)
        expect(c.read_reply(), value, "cut at %d" % at)


# ---- Deep pipelines ----


@both("10,000 requests at once")
def deep(c):
    requests, want = [], []
    for i in range(10000):
        kind = i % 4
        if kind == 0:
            requests.append(("SET", "k%d" % (i % 100), "value %d" % i))
            want.append(OK)
        elif kind == 1:
            requests.append(("GET", "k%d" % ((i - 1) % 100)))
            want.append(b"value %d" % (i - 1))
        elif kind == 2:
            requests.append(("INCR", "count"))
            want.append(i // 4 + 1)
        else:
            requests.append(("NOSUCH", str(i)))
            want.append(
                Error(
                    "ERR unknown command 'NOSUCH', with args beginning with: "
                    "'%d' " % i
                )
            )
    expect(c.pipeline(requests), want)


@test("10,000 requests each from 8 clients")
def deep_many(c):
    def client(n):
        with c.server.client() as mine:
            requests = [("INCR", "count")] * 5000
            requests += [("SET", "key %d" % n, "x" * n)] * 2500
            requests += [("STRLEN", "key %d" % n)] * 2500
            replies = mine.pipeline(requests)
            counts = replies[:5000]
            expect_true(counts == sorted(set(counts)), "INCR goes up")
            expect(replies[5000:], [OK] * 2500 + [n] * 2500)

    parallel(*(lambda n=n: client(n) for n in range(1, 9)))
    expect(c.cmd("GET", "count"), "40000")


@test("10,000 inline requests at once")
def deep_inline(c):
    data = b"".join(b"ECHO %d\r\n" % i for i in range(10000))
    sender = threading.Thread(target=c.send_raw, args=(data,))
    sender.start()
    for i in range(10000):
        expect(c.read_reply(), str(i))
    sender.join()


# ---- Large values ----


@test("a value of 64 MB goes in and comes back")
def huge(c):
    n = 64 << 20
    value = (bytes(range(256)) * (n // 256 + 1))[:n]
    sender = threading.Thread(target=c.send_raw, args=(encode("SET", "k", value),))
    sender.start()
    expect(c.read_reply(), OK)
    sender.join()
    expect(c.cmd("STRLEN", "k"), n)
    expect_true(c.cmd("GET", "k") == value, "the value is not what it was")
    expect(c.cmd("GETRANGE", "k", n - 3, n), value[-3:])
    expect(c.cmd("APPEND", "k", "end"), n + 3)
    expect(c.cmd("SETRANGE", "k", 1 << 20, "MARK"), n + 3)
    value = value[: 1 << 20] + b"MARK" + value[(1 << 20) + 4 :] + b"end"
    expect_true(c.cmd("GETDEL", "k") == value, "the changed value is wrong")
    expect(c.cmd("EXISTS", "k"), 0)


@test("large values come in by every command and in every company")
def large_company(c):
    for n in (65535, 65536, 70000, 131072, 300000, 1 << 20):
        value = bytes((n + i) % 251 for i in range(251)) * (n // 251 + 1)
        value = value[:n]
        other = value[::-1]
        for request, want in (
            (("SET", "k", value), OK),
            (("SET", "k", other, "GET"), value),
            (("SET", "k", value, "EX", "100"), OK),
            (("GETSET", "k", other), value),
            (("SETEX", "k", "100", value), OK),
            (("SET", "k", other, "NX"), None),
            (("SETNX", "k", other), 0),
            (("MSET", "l", other, "k", value), OK),
            (("APPEND", "l", value), 2 * n),
            (("SETRANGE", "l", "1", value), 2 * n),
            (("GETRANGE", "l", "0", str(n)), other[:1] + value),
            (("ECHO", value), value),
            (("GET", "k"), value),
            ((b"x" * 1000, value), None),
        ):
            c.send(*request)
            reply = c.read_reply()
            if request[0] == b"x" * 1000:
                expect_true(isinstance(reply, Error), "no such command")
                continue
            expect_true(reply == want, "%s with %d bytes" % (request[0], n))
        c.cmd("SET", "none", "1")
        # Behind one another, in front of others, and removed at once.
        replies = c.pipeline(
            [("SET", "k", value), ("SET", "k", other), ("GET", "k")]
            + [("DEL", "k"), ("PING",), ("SET", "m", value), ("DEL", "m")]
        )
        expect_true(replies == [OK, OK, other, 1, PONG, OK, 1], "%d piped" % n)


@test("a large value is stored where it was read")
def no_copy(c):
    if REDIS or not os.path.exists("/proc/self/status"):
        return
    with Server() as server, server.client() as mine:
        with open("/proc/%d/maps" % server.pid) as f:
            if re.search("lib[at]san", f.read()):
                return  # its allocator copies when memory grows

        def peak():
            with open("/proc/%d/status" % server.pid) as f:
                return int(re.search(r"VmHWM:\s*(\d+)", f.read()).group(1)) << 10

        n = 64 << 20
        before = peak()
        expect(mine.cmd("SET", "k", b"v" * n), OK)
        expect_true(peak() - before < n + n // 4, "%d" % (peak() - before))
        expect(mine.cmd("STRLEN", "k"), n)


@test("a value is replaced while its bytes are on their way to a client")
def replaced(c):
    old, new = b"o" * (8 << 20), b"n" * (8 << 20)
    c.cmd("SET", "k", old)
    with c.server.client() as slow:
        slow.send("GET", "k")
        slow.send("GET", "k")
        time.sleep(0.05)  # the first part lies in the socket now
        expect(c.cmd("SET", "k", new), OK)
        expect(c.cmd("DEL", "k"), 1)
        expect_true(slow.read_reply() == old, "the first reply")
        second = slow.read_reply()
        expect_true(second in (old, new, None), "the second reply is a mix")


@test("a client that asks for much and reads late gets all of it in order")
def late_reader(c):
    values = [bytes((65 + i,)) * (256 << 10) for i in range(20)]
    for i, value in enumerate(values):
        c.cmd("SET", "k%d" % i, value)
    with c.server.client() as late:
        late.send_raw(b"".join(encode("GET", "k%d" % (i % 20)) for i in range(300)))
        time.sleep(0.3)
        expect(c.cmd("PING"), PONG)
        for i in range(300):
            expect_true(late.read_reply() == values[i % 20], "reply %d" % i)


# ---- Ends ----


def alone(c):
    return c.server.info(c)["connected_clients"] == "1"


def waiting_for(c, n):
    """Do n clients exist, one of which has replies that its socket does not
    take?"""
    lines = c.cmd("CLIENT", "LIST").decode().splitlines()
    return len(lines) == n and any(" omem=0 " not in line for line in lines)


def passes(c):
    """Of all workers."""
    info = c.server.info(c)
    return sum(
        int(dict(part.split("=") for part in value.split(","))["passes"])
        for name, value in info.items()
        if name.startswith("worker") and name[6:].isdigit()
    )


@test("a client that closed its half gets its replies, then the end")
def half_closed(c):
    for tcp in (False, True):
        for n in (1, 3, 5000):
            with c.server.client(tcp=tcp) as half:
                half.send_raw(encode("PING") * n)
                half.end_sending()
                for _ in range(n):
                    expect(half.read_reply(), PONG)
                expect_true(half.at_end(), "more than %d replies" % n)


@test("so it does when the replies are larger than every buffer")
def half_closed_large(c):
    if REDIS:
        raise Skip("the reference drops such a client")
    value = b"v" * (1 << 20)
    c.cmd("SET", "k", value)
    with c.server.client() as half:
        half.send_raw(encode("GET", "k") * 30)
        half.end_sending()
        time.sleep(0.1)
        for _ in range(30):
            expect_true(half.read_reply() == value, "a reply is wrong")
        expect_true(half.at_end(), "not at the end")


@test("an unfinished request at the end is no request")
def unfinished(c):
    for rest in (b"*", b"*2\r\n$3\r\nGET\r\n$1\r\n", b"PIN", b"*1\r\n$4\r\nPING\r"):
        with c.server.client() as half:
            half.send_raw(encode("SET", "k", "1") + rest)
            half.end_sending()
            expect(half.read_reply(), OK)
            expect_true(half.at_end(), "something more after %r" % rest)
    expect(c.cmd("GET", "k"), "1")


@test("QUIT answers what came before and nothing that comes after")
def quit_amid(c):
    c.cmd("SET", "k", "1")
    with c.server.client() as other:
        other.send_raw(
            encode("INCR", "k") + encode("QUIT") + encode("INCR", "k") * 50
        )
        expect(other.read_reply(), 2)
        expect(other.read_reply(), OK)
        expect_true(other.at_end(), "more after QUIT")
    expect(c.cmd("GET", "k"), "2")


@test("clients that vanish amid a pipeline harm nobody")
def vanish(c):
    c.cmd("SET", "big", b"x" * 100000)
    for i in range(50):
        other = c.server.client(tcp=i % 2 == 0)
        other.send_raw(encode("GET", "big") * 50 + b"*3\r\n$3\r\nSET\r\n$1")
        if i % 3 == 0:
            other.read_reply()
        other.close()
    expect(c.cmd("PING"), PONG)
    wait_until(
        lambda: c.server.info(c)["connected_clients"] == "1",
        "the clients to be gone",
    )


@test("a client that closes both ways and keeps its socket is let go")
def both_ways(c):
    # What it has not read stays where it is, so its end never takes more: that
    # it hung up is all that the server will ever be told.
    c.cmd("SET", "big", b"x" * 300000)
    others = []
    for n in (1, 3, 50):  # below and above the mark where serving pauses
        other = c.server.client(tcp=False)
        others.append(other)
        other.send_raw(encode("GET", "big") * n)
        wait_until(lambda: waiting_for(c, 2), "the replies to wait")
        other.sock.shutdown(socket.SHUT_RDWR)
        wait_until(lambda: alone(c), "the client to be gone")
    for other in others:
        other.close()


@test("a half-closed client that reads late costs no CPU")
def half_closed_late(c):
    if REDIS:
        raise Skip("the reference drops such a client")
    c.cmd("SET", "big", b"x" * 300000)
    for tcp in (False, True):
        with c.server.client(tcp=tcp) as half:
            if tcp:
                c.cmd("SET", "big", b"x" * (16 << 20))
            half.send_raw(encode("GET", "big"))
            half.end_sending()
            wait_until(lambda: waiting_for(c, 2), "the reply to wait")
            before = passes(c)
            time.sleep(0.3)
            expect_true(passes(c) - before < 100, "the workers never rest")


if __name__ == "__main__":
    main(tcp=True)
