# SPDX-License-Identifier: BSD-2-Clause
"""All keys of a server as one value that can be compared with another's."""

from compare import in_order, pairs_of

BATCH = 200


def ask_many(wire, requests):
    """Replies to many requests, some at a time."""
    out = []
    for at in range(0, len(requests), BATCH):
        out += wire.ask_all(requests[at : at + BATCH])
    return out


def content_of(kind, key):
    return {
        b"string": ["GET", key],
        b"hash": ["HGETALL", key],
        b"list": ["LRANGE", key, "0", "-1"],
        b"set": ["SMEMBERS", key],
        b"zset": ["ZRANGE", key, "0", "-1", "WITHSCORES"],
    }.get(kind, ["EXISTS", key])


def settled(kind, value):
    """Without what has no promised order."""
    if kind == b"hash":
        return in_order(pairs_of(value))
    return in_order(value) if kind == b"set" else value


def dump(wire, databases=(0,)):
    """{(db, key): (type, encoding, when its time is over, content)}"""
    out = {}
    for db in databases:
        wire.ask("SELECT", db)
        keys = wire.ask("KEYS", "*")
        kinds = ask_many(wire, [["TYPE", k] for k in keys])
        encodings = ask_many(wire, [["OBJECT", "ENCODING", k] for k in keys])
        times = ask_many(wire, [["PEXPIRETIME", k] for k in keys])
        values = ask_many(wire, [content_of(t, k) for t, k in zip(kinds, keys)])
        for k, t, e, when, v in zip(keys, kinds, encodings, times, values):
            out[db, k] = (t, e, when, settled(t, v))
    wire.ask("SELECT", 0)
    return out
