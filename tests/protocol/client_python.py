#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The Python client as applications use it (Debian's python3-redis)."""

import os
import sys
import threading

try:
    import redis
except ImportError:
    # Debian's package is seen by Debian's interpreter only.
    debian = "/usr/bin/python3"
    if os.path.realpath(sys.executable) != os.path.realpath(debian) and os.access(
        debian, os.X_OK
    ):
        os.execv(debian, [debian] + sys.argv)
    print("1..0 # SKIP there is no Python module redis (Debian: python3-redis)")
    sys.exit(0)

from baton_test import expect_true, main, test


def client(c, **options):
    return redis.Redis(unix_socket_path=c.server.path, decode_responses=True, **options)


def equal(got, want, what=""):
    expect_true(got == want, "%s: got %r, expected %r" % (what, got, want))


def refused(fn, *args):
    try:
        return "no error, but %r" % (fn(*args),)
    except redis.ResponseError as e:
        return str(e)


@test("values of all types")
def values(c):
    r = client(c)
    equal(r.ping(), True)
    equal(r.set("s", "v", px=100000, get=True), None)
    equal(r.get("s"), "v")
    equal(r.mset({"a": 1, "b": 2}), True)
    equal(r.mget("a", "none", "b"), ["1", None, "2"])
    equal(r.incrbyfloat("f", 2.5), 2.5)
    equal(r.hset("h", mapping={"x": 1, "y": "z"}), 2)
    equal(r.hgetall("h"), {"x": "1", "y": "z"})
    equal(r.rpush("l", *range(300)), 300)
    equal(r.lrange("l", 298, -1), ["298", "299"])
    equal(r.sadd("set", "a", "b", "a"), 2)
    equal(r.smembers("set"), {"a", "b"})
    equal(r.zadd("z", {"one": 1, "two": 2.5}), 2)
    equal(r.zrange("z", 0, -1, withscores=True), [("one", 1.0), ("two", 2.5)])
    equal(r.zrangebyscore("z", "-inf", "(2.5"), ["one"])
    equal(r.setbit("bits", 7, 1), 0)
    equal(r.bitcount("bits"), 1)
    equal(r.object("encoding", "z"), "listpack")
    equal(r.type("z"), "zset")
    expect_true(refused(r.lpush, "s", "x").startswith("WRONGTYPE"), "WRONGTYPE")


@test("pipelines, transactions and optimistic locks")
def together(c):
    r = client(c)
    with r.pipeline(transaction=False) as p:
        for i in range(1000):
            p.set("p%d" % i, i).get("p%d" % i)
        equal(p.execute(), [x for i in range(1000) for x in (True, str(i))])
    with r.pipeline() as p:
        equal(p.set("n", 1).incr("n").hset("t", "f", "v").execute(), [True, 2, 1])

    def count(n):
        for _ in range(n):
            with r.pipeline() as p:
                while True:
                    try:
                        p.watch("n")
                        now = int(p.get("n"))
                        p.multi()
                        p.set("n", now + 1).execute()
                        break
                    except redis.WatchError:
                        continue

    threads = [threading.Thread(target=count, args=(50,)) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    equal(r.get("n"), "202", "increments by WATCH")


@test("scans")
def scans(c):
    r = client(c)
    with r.pipeline(transaction=False) as p:
        for i in range(1000):
            p.set("scan:%d" % i, i).hset("big", i, i).sadd("bigset", i).zadd("bigz", {i: i})
        p.execute()
    equal(len(set(r.scan_iter("scan:*", count=77))), 1000)
    equal(len(dict(r.hscan_iter("big"))), 1000)
    equal(set(r.sscan_iter("bigset")), {str(i) for i in range(1000)})
    equal(len(dict(r.zscan_iter("bigz"))), 1000)


@test("a queue: blocking reads in threads, each job once")
def queue(c):
    got, lock = [], threading.Lock()

    def work():
        r = client(c)
        while True:
            _, job = r.blpop(["high", "low"], timeout=90)
            if job == "stop":
                return
            with lock:
                got.append(int(job))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    r = client(c)
    for i in range(400):
        r.rpush("high" if i % 3 == 0 else "low", i)
    r.rpush("low", *["stop"] * 4)
    for t in threads:
        t.join()
    equal(sorted(got), list(range(400)))
    equal(r.blpop("none", timeout=0.05), None)


@test("subscriptions, with a thread of the client")
def messages(c):
    r = client(c)
    got, done = [], threading.Event()

    def on_message(m):
        got.append(m["data"])
        if m["data"] == "99":
            done.set()

    p = r.pubsub(ignore_subscribe_messages=True)
    p.subscribe(news=on_message)
    p.psubscribe(**{"n*": lambda m: None})
    thread = p.run_in_thread(sleep_time=0.01)
    while r.pubsub_numsub("news") != [("news", 1)] or r.pubsub_numpat() != 1:
        pass
    for i in range(100):
        equal(r.publish("news", i), 2)
    done.wait(90)
    thread.stop()
    thread.join()
    equal(got, [str(i) for i in range(100)])


@test("locks and hash-tagged keys, info, clients")
def rest(c):
    r = client(c, client_name="tester")
    equal(r.client_getname(), "tester")
    expect_true(r.info("server")["redis_version"].startswith("7."), "version")
    equal(r.config_get("maxmemory"), {"maxmemory": "0"})
    equal(r.set("lock", "me", nx=True, ex=10), True)
    equal(r.set("lock", "you", nx=True, ex=10), None)
    equal(r.copy("lock", "copy"), 1)
    r.rpush("numbers", *range(30))
    equal(r.sort("numbers", start=0, num=3, desc=True), ["29", "28", "27"])


if __name__ == "__main__":
    main()
