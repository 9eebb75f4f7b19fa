#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Lists: every command, option and error but those that block."""

from baton_test import (
    OK,
    REDIS,
    Status,
    both,
    expect,
    expect_error,
    main,
    test,
)

WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"
NOT_INT = "ERR value is not an integer or out of range"
POSITIVE = "ERR value is out of range, must be positive"


def fill(c, key="l", values="a b c d e"):
    c.cmd("DEL", key)
    c.cmd("RPUSH", key, *values.split())


def content(c, key="l"):
    return b" ".join(c.cmd("LRANGE", key, "0", "-1"))


def events(c, *requests):
    """What keyspace notifications say about the requests."""
    c.cmd("CONFIG", "SET", "notify-keyspace-events", "EA")
    with c.server.client(2) as other:
        other.cmd("PSUBSCRIBE", "__keyevent@0__:*")
        for request in requests:
            c.cmd(*request.split())
        c.cmd("SET", "end", "x")
        seen = []
        while not seen or seen[-1] != b"set end":
            push = other.read_reply()
            seen.append(push[2].split(b":")[1] + b" " + push[3])
    c.cmd("CONFIG", "SET", "notify-keyspace-events", "")
    return seen[:-1]


@both("LPUSH and RPUSH answer the length")
def pushes(c):
    expect(c.cmd("LPUSH", "l", "a"), 1)
    expect(c.cmd("LPUSH", "l", "b", "c"), 3)
    expect(c.cmd("RPUSH", "l", "d", "e"), 5)
    expect(content(c), "c b a d e")
    expect(c.cmd("RPUSH", "m", "1"), 1)
    expect(c.cmd("TYPE", "l"), Status("list"))
    expect(c.cmd("LLEN", "l"), 5)
    expect(c.cmd("LLEN", "none"), 0)


@both("LPUSHX and RPUSHX want a list that is there")
def pushx(c):
    expect(c.cmd("LPUSHX", "l", "a"), 0)
    expect(c.cmd("RPUSHX", "l", "a", "b"), 0)
    expect(c.cmd("EXISTS", "l"), 0)
    fill(c)
    expect(c.cmd("LPUSHX", "l", "x", "y"), 7)
    expect(c.cmd("RPUSHX", "l", "z"), 8)
    expect(content(c), "y x a b c d e z")


@both("elements of every kind and size come back")
def kinds(c):
    values = [b"", b"0", b"-0", b"00", b"127", b"128", b"-1", b"4095", b"-4097",
              b"9223372036854775807", b"-9223372036854775808",
              b"9223372036854775808", b"1.5", b"\r\n\0", b"x" * 63, b"y" * 64,
              b"z" * 4095, b"u" * 4096, b"v" * 100000, b" 1"]
    for push, pop in (("RPUSH", "LPOP"), ("LPUSH", "RPOP")):
        for n, value in enumerate(values):
            expect(c.cmd(push, "l", value), n + 1)
        for n, value in enumerate(values):
            i = n if push == "RPUSH" else -1 - n
            expect(c.cmd("LINDEX", "l", str(i)), value)
            expect(c.cmd("LPOS", "l", value, "RANK",
                         "1" if push == "RPUSH" else "-1"),
                   n if push == "RPUSH" else len(values) - 1 - n)
        for value in values:
            expect(c.cmd(pop, "l"), value)
        expect(c.cmd("EXISTS", "l"), 0)


@both("LPOP and RPOP, with and without a count")
def pops(c):
    expect(c.cmd("LPOP", "l"), None)
    expect(c.cmd("RPOP", "l"), None)
    expect(c.cmd("LPOP", "l", "2"), None)
    expect(c.cmd("LPOP", "l", "0"), None)
    fill(c)
    expect(c.cmd("LPOP", "l"), "a")
    expect(c.cmd("RPOP", "l"), "e")
    expect(c.cmd("LPOP", "l", "0"), [])
    expect(c.cmd("RPOP", "l", "2"), ["d", "c"])
    expect(c.cmd("LPOP", "l", "9"), ["b"])
    expect(c.cmd("EXISTS", "l"), 0)
    fill(c)
    expect(c.cmd("LPOP", "l", "2"), ["a", "b"])
    expect(c.cmd("RPOP", "l", "1"), ["e"])
    expect(content(c), "c d")


@both("LPOP: errors")
def pop_errors(c):
    for name in ("LPOP", "RPOP"):
        expect_error(c.cmd(name, "l", "-1"), POSITIVE)
        expect_error(c.cmd(name, "l", "x"), POSITIVE)
        expect_error(c.cmd(name, "l", "9223372036854775808"), POSITIVE)
        expect_error(c.cmd(name, "l", "1", "2"), "ERR wrong number of "
                     "arguments for '%s' command" % name.lower())


@test("null replies have the form of the command", protos=(2,))
def nulls(c):
    for request, want in (("LPOP l", b"$-1\r\n"), ("LPOP l 1", b"*-1\r\n"),
                          ("LMPOP 1 l LEFT", b"*-1\r\n"),
                          ("LPOS l x", b"$-1\r\n"),
                          ("LPOS l x COUNT 1", b"*0\r\n"),
                          ("LMOVE l m LEFT LEFT", b"$-1\r\n")):
        c.send(*request.split())
        expect(c.read_bytes(len(want)), want)


@both("LRANGE")
def lrange(c):
    fill(c)
    for first, last, want in ((0, -1, "a b c d e"), (1, 2, "b c"),
                              (-2, -1, "d e"), (-100, 1, "a b"),
                              (3, 100, "d e"), (2, 1, ""), (5, 9, ""),
                              (-1, -2, ""), (0, -6, ""), (4, 4, "e"),
                              (-5, -5, "a"), (-6, -6, "")):
        expect(c.cmd("LRANGE", "l", str(first), str(last)), want.split())
    expect(c.cmd("LRANGE", "none", "0", "-1"), [])
    expect_error(c.cmd("LRANGE", "none", "x", "-1"), NOT_INT)
    expect_error(c.cmd("LRANGE", "none", "0", "1.5"), NOT_INT)


@both("LINDEX")
def lindex(c):
    fill(c)
    for i, want in ((0, "a"), (4, "e"), (5, None), (-1, "e"), (-5, "a"),
                    (-6, None)):
        expect(c.cmd("LINDEX", "l", str(i)), want)
    expect(c.cmd("LINDEX", "none", "x"), None)
    expect_error(c.cmd("LINDEX", "l", "x"), NOT_INT)


@both("LSET")
def lset(c):
    fill(c)
    expect(c.cmd("LSET", "l", "0", "A"), OK)
    expect(c.cmd("LSET", "l", "-1", "12345"), OK)
    expect(content(c), "A b c d 12345")
    expect_error(c.cmd("LSET", "l", "5", "x"), "ERR index out of range")
    expect_error(c.cmd("LSET", "l", "-6", "x"), "ERR index out of range")
    expect_error(c.cmd("LSET", "none", "x", "x"), "ERR no such key")
    expect_error(c.cmd("LSET", "l", "x", "x"), NOT_INT)


@both("LINSERT")
def linsert(c):
    fill(c, values="a b a")
    expect(c.cmd("LINSERT", "l", "BEFORE", "b", "x"), 4)
    expect(c.cmd("LINSERT", "l", "after", "a", "y"), 5)
    expect(c.cmd("LINSERT", "l", "BEFORE", "a", "z"), 6)
    expect(content(c), "z a y x b a")
    expect(c.cmd("LINSERT", "l", "BEFORE", "none", "x"), -1)
    expect(c.cmd("LINSERT", "none", "BEFORE", "a", "x"), 0)
    expect_error(c.cmd("LINSERT", "none", "BESIDE", "a", "x"),
                 "ERR syntax error")


@both("LREM")
def lrem(c):
    for count, n, want in ((0, 3, "b c"), (1, 1, "b a c a"),
                           (2, 2, "b c a"), (-1, 1, "a b a c"),
                           (-2, 2, "a b c"), (-9, 3, "b c"), (9, 3, "b c")):
        fill(c, values="a b a c a")
        expect(c.cmd("LREM", "l", str(count), "a"), n)
        expect(content(c), want)
    expect(c.cmd("LREM", "l", "0", "none"), 0)
    expect(c.cmd("LREM", "none", "0", "a"), 0)
    fill(c, values="1 1 1")
    expect(c.cmd("LREM", "l", "-2", "1"), 2)
    expect(c.cmd("LREM", "l", "0", "1"), 1)
    expect(c.cmd("EXISTS", "l"), 0)
    expect_error(c.cmd("LREM", "l", "x", "a"), NOT_INT)
    if REDIS:
        return  # 7.0 takes it
    expect_error(c.cmd("LREM", "l", "-9223372036854775808", "a"),
                 "ERR value is out of range, value must between "
                 "-9223372036854775807 and 9223372036854775807")


@both("LTRIM")
def ltrim(c):
    for first, last, want in ((0, -1, "a b c d e"), (1, -2, "b c d"),
                              (-2, 100, "d e"), (0, 0, "a"), (4, 4, "e"),
                              (-100, 1, "a b")):
        fill(c)
        expect(c.cmd("LTRIM", "l", str(first), str(last)), OK)
        expect(content(c), want)
    for first, last in ((1, 0), (5, 9), (-1, -3)):
        fill(c)
        expect(c.cmd("LTRIM", "l", str(first), str(last)), OK)
        expect(c.cmd("EXISTS", "l"), 0)
    expect(c.cmd("LTRIM", "none", "0", "1"), OK)
    expect_error(c.cmd("LTRIM", "none", "x", "1"), NOT_INT)
    expect_error(c.cmd("LTRIM", "none", "1", "x"), NOT_INT)


@both("LPOS")
def lpos(c):
    fill(c, values="a b c 1 2 3 c c")
    for request, want in (("c", 2), ("x", None), ("c RANK 2", 6),
                          ("c RANK -1", 7), ("c RANK -3", 2),
                          ("c RANK 4", None), ("c COUNT 2", [2, 6]),
                          ("c COUNT 0", [2, 6, 7]), ("x COUNT 0", []),
                          ("c COUNT 2 RANK -1", [7, 6]),
                          ("c RANK 2 COUNT 0", [6, 7]),
                          ("c MAXLEN 2", None), ("c MAXLEN 3", 2),
                          ("c COUNT 0 MAXLEN 7", [2, 6]),
                          ("c COUNT 0 MAXLEN 1 RANK -1", [7]),
                          ("3 MAXLEN 0", 5), ("c rank 1 count 1", [2]),
                          ("c COUNT 1 COUNT 0", [2, 6, 7])):
        expect(c.cmd("LPOS", "l", *request.split()), want)
    expect(c.cmd("LPOS", "none", "x"), None)
    expect(c.cmd("LPOS", "none", "x", "COUNT", "1"), [])


@both("LPOS: errors")
def lpos_errors(c):
    zero = ("ERR RANK can't be zero: use 1 to start from the first match, 2 "
            "from the second ... or use negative to start from the end of the "
            "list")
    for request, want in (("RANK 0", zero), ("RANK x", NOT_INT),
                          ("COUNT -1", "ERR COUNT can't be negative"),
                          ("COUNT x", "ERR COUNT can't be negative"),
                          ("MAXLEN -1", "ERR MAXLEN can't be negative"),
                          ("MAXLEN x", "ERR MAXLEN can't be negative"),
                          ("RANK", "ERR syntax error"),
                          ("OTHER 1", "ERR syntax error")):
        expect_error(c.cmd("LPOS", "none", "x", *request.split()), want)


@both("LMOVE: all four ways, and within one list")
def lmove(c):
    for a, b, want_l, want_m in (("LEFT", "LEFT", "2 3", "1 x"),
                                 ("LEFT", "RIGHT", "2 3", "x 1"),
                                 ("right", "left", "1 2", "3 x"),
                                 ("RIGHT", "RIGHT", "1 2", "x 3")):
        fill(c, values="1 2 3")
        fill(c, "m", "x")
        moved = "1" if a == "LEFT" else "3"
        expect(c.cmd("LMOVE", "l", "m", a, b), moved)
        expect([content(c), content(c, "m")], [want_l, want_m])
    for a, b, want in (("LEFT", "LEFT", "1 2 3"), ("LEFT", "RIGHT", "2 3 1"),
                       ("RIGHT", "LEFT", "3 1 2"), ("RIGHT", "RIGHT", "1 2 3")):
        fill(c, values="1 2 3")
        expect(c.cmd("LMOVE", "l", "l", a, b), "1" if a == "LEFT" else "3")
        expect(content(c), want)
    fill(c, values="only")
    for a in ("LEFT", "RIGHT"):
        for b in ("LEFT", "RIGHT"):
            expect(c.cmd("LMOVE", "l", "l", a, b), "only")
            expect(content(c), "only")
    expect(c.cmd("LMOVE", "l", "new", "LEFT", "LEFT"), "only")
    expect(c.cmd("EXISTS", "l", "new"), 1)
    expect(c.cmd("LMOVE", "l", "new", "LEFT", "LEFT"), None)


@both("RPOPLPUSH")
def rpoplpush(c):
    fill(c, values="1 2")
    expect(c.cmd("RPOPLPUSH", "l", "m"), "2")
    expect(c.cmd("RPOPLPUSH", "l", "m"), "1")
    expect(c.cmd("RPOPLPUSH", "l", "m"), None)
    expect(content(c, "m"), "1 2")
    expect(c.cmd("RPOPLPUSH", "m", "m"), "2")
    expect(content(c, "m"), "2 1")


@both("LMOVE: errors")
def lmove_errors(c):
    fill(c)
    c.cmd("SET", "s", "x")
    expect_error(c.cmd("LMOVE", "l", "m", "UP", "LEFT"), "ERR syntax error")
    expect_error(c.cmd("LMOVE", "l", "m", "LEFT", "DOWN"), "ERR syntax error")
    expect_error(c.cmd("LMOVE", "l", "s", "LEFT", "LEFT"), WRONGTYPE)
    expect_error(c.cmd("LMOVE", "s", "l", "LEFT", "LEFT"), WRONGTYPE)
    expect_error(c.cmd("RPOPLPUSH", "l", "s"), WRONGTYPE)
    expect(c.cmd("LMOVE", "none", "s", "LEFT", "LEFT"), None)
    expect(content(c), "a b c d e")


@both("LMPOP")
def lmpop(c):
    expect(c.cmd("LMPOP", "2", "none", "l", "LEFT"), None)
    fill(c)
    expect(c.cmd("LMPOP", "2", "none", "l", "LEFT"), ["l", ["a"]])
    expect(c.cmd("LMPOP", "2", "none", "l", "RIGHT", "COUNT", "2"),
           ["l", ["e", "d"]])
    fill(c, "m", "x")
    expect(c.cmd("LMPOP", "2", "l", "m", "right", "count", "10"),
           ["l", ["c", "b"]])
    expect(c.cmd("LMPOP", "2", "l", "m", "LEFT", "COUNT", "10"), ["m", ["x"]])
    expect(c.cmd("EXISTS", "l", "m"), 0)


@both("LMPOP: errors")
def lmpop_errors(c):
    keys = "ERR numkeys should be greater than 0"
    count = "ERR count should be greater than 0"
    for request, want in (("0 l LEFT", keys), ("-1 l LEFT", keys),
                          ("x l LEFT", keys), ("2 l LEFT", "ERR syntax error"),
                          ("3 l LEFT", "ERR syntax error"),
                          ("1 l UP", "ERR syntax error"),
                          ("1 l LEFT COUNT", "ERR syntax error"),
                          ("1 l LEFT COUNT 0", count),
                          ("1 l LEFT COUNT x", count),
                          ("1 l LEFT OTHER 1", "ERR syntax error"),
                          ("1 l LEFT COUNT 1 COUNT 1", "ERR syntax error"),
                          ("9223372036854775807 l LEFT", "ERR syntax error")):
        expect_error(c.cmd("LMPOP", *request.split()), want)
    c.cmd("SET", "s", "x")
    expect_error(c.cmd("LMPOP", "2", "s", "l", "LEFT"), WRONGTYPE)


@both("a value of another type is refused, and a list by others")
def wrong_type(c):
    c.cmd("SET", "s", "x")
    for request in ("LPUSH s a", "RPUSH s a", "LPUSHX s a", "RPUSHX s a",
                    "LPOP s", "RPOP s", "LPOP s 1", "LLEN s", "LRANGE s 0 1",
                    "LINDEX s 0", "LSET s 0 a", "LINSERT s BEFORE a b",
                    "LREM s 0 a", "LTRIM s 0 1", "LPOS s a", "RPOPLPUSH s d",
                    "LMOVE s d LEFT LEFT", "LMPOP 1 s LEFT"):
        expect_error(c.cmd(*request.split()), WRONGTYPE)
    fill(c)
    for request in ("GET l", "APPEND l x", "INCR l", "STRLEN l"):
        expect_error(c.cmd(*request.split()), WRONGTYPE)
    expect(c.cmd("SET", "l", "now a string"), OK)
    expect(c.cmd("GET", "l"), "now a string")


@both("time to live, RENAME and DEL do to a list what they do to any value")
def as_value(c):
    fill(c)
    expect(c.cmd("EXPIRE", "l", "100"), 1)
    c.cmd("RPUSH", "l", "f")
    expect(c.cmd("TTL", "l") > 90, True)
    expect(c.cmd("RENAME", "l", "m"), OK)
    expect(content(c, "m"), "a b c d e f")
    expect(c.cmd("PERSIST", "m"), 1)
    expect(c.cmd("DEL", "m"), 1)
    c.cmd("RPUSH", "l", "f")
    c.cmd("LPOP", "l")
    c.cmd("RPUSH", "l", "g")
    expect(c.cmd("TTL", "l"), -1)


@both("the encoding follows list-max-listpack-size")
def encodings(c):
    c.cmd("CONFIG", "SET", "list-max-listpack-size", "3")
    got = c.cmd("CONFIG", "GET", "list-max-ziplist-size")
    expect(list(got.values())[0] if c.proto == 3 else got[1], "3")
    fill(c, values="a b c")
    listpack = "quicklist" if REDIS else "listpack"  # 7.0 has but the one
    expect(c.cmd("OBJECT", "ENCODING", "l"), listpack)
    c.cmd("RPUSH", "l", "d")
    expect(c.cmd("OBJECT", "ENCODING", "l"), "quicklist")
    c.cmd("LTRIM", "l", "0", "0")
    expect(c.cmd("OBJECT", "ENCODING", "l"), listpack)
    c.cmd("CONFIG", "SET", "list-max-listpack-size", "-2")
    c.cmd("DEL", "l")
    c.cmd("RPUSH", "l", "x" * 8000)
    expect(c.cmd("OBJECT", "ENCODING", "l"), listpack)
    c.cmd("RPUSH", "l", "x" * 300)
    expect(c.cmd("OBJECT", "ENCODING", "l"), "quicklist")
    c.cmd("LPOP", "l")
    expect(c.cmd("OBJECT", "ENCODING", "l"), listpack)


@both("large lists, changed all over")
def large(c):
    n = 20000
    for i in range(0, n, 1000):
        c.cmd("RPUSH", "l", *[str(k) for k in range(i, i + 1000)])
    want = [str(k) for k in range(n)]
    for i in (0, 1, 4999, 9999, 10000, 15000, n - 1):
        expect(c.cmd("LINDEX", "l", str(i)), want[i])
        expect(c.cmd("LINDEX", "l", str(i - n)), want[i])
        expect(c.cmd("LSET", "l", str(i), "x%d" % i), OK)
        want[i] = "x%d" % i
    expect(c.cmd("LINSERT", "l", "AFTER", "7000", "y"), n + 1)
    want.insert(7001, "y")
    expect(c.cmd("LSET", "l", "8000", "z" * 9000), OK)
    want[8000] = "z" * 9000
    expect(c.cmd("LREM", "l", "0", "12345"), 1)
    want.remove("12345")
    expect(c.cmd("LTRIM", "l", "50", "-51"), OK)
    want = want[50:-50]
    got = c.cmd("LRANGE", "l", "0", "-1")
    expect(got == [w.encode() for w in want], True)
    expect(c.cmd("LPOP", "l", "1000"), want[:1000])
    expect(c.cmd("RPOP", "l", "1000"), want[-1000:][::-1])
    expect(c.cmd("LLEN", "l"), len(want) - 2000)
    expect(c.cmd("DEL", "l"), 1)


@both("keyspace notifications")
def notifications(c):
    expect(events(c, "RPUSH l a b c d e f", "LPUSH l x", "LPUSHX none x",
                  "LPOP l", "RPOP l", "LPOP l 0", "LSET l 0 q",
                  "LINSERT l BEFORE q w", "LREM l 0 none", "LREM l 0 q",
                  "LTRIM l 0 2", "LMOVE l m LEFT RIGHT", "RPOPLPUSH l l",
                  "LMPOP 1 l LEFT COUNT 5", "RPOPLPUSH m l", "LTRIM l 1 0",
                  "RPUSH l a", "LREM l 0 a"),
           ["rpush l", "lpush l", "lpop l", "rpop l", "lset l", "linsert l",
            "lrem l", "ltrim l", "rpush m", "lpop l", "lpush l", "rpop l",
            "lpop l", "del l", "lpush l", "rpop m", "del m", "ltrim l",
            "del l", "rpush l", "lrem l", "del l"])


if __name__ == "__main__":
    main()
