# SPDX-License-Identifier: BSD-2-Clause
"""The differences from the reference (redis-server 7.0) that are meant to be:
all of them, in this one place. A row: the command (None: any), the question
about request and the two replies, and the reason, which stands in
doc/DIFFERENCES.md as well (tests/differential/run.py --explain writes that)."""

import struct

from wire import Error, same


def never(request, ours, theirs):
    """For what the families avoid."""
    return False


def is_sub(request, *names):
    return len(request) > 1 and request[1].upper() in names


def float_encoding(request, ours, theirs):
    return is_sub(request, b"ENCODING") and (ours, theirs) == (b"int", b"embstr")


def small_list(request, ours, theirs):
    return is_sub(request, b"ENCODING") and (ours, theirs) == (
        b"listpack",
        b"quicklist",
    )


def least_count(request, ours, _):
    return (
        b"-9223372036854775808" in request
        and isinstance(ours, Error)
        and ours.startswith(b"ERR value is out of range")
    )


def shared_integer(request, ours, theirs):
    return is_sub(request, b"REFCOUNT") and ours == 1 and type(theirs) is int


def idle(request, ours, theirs):
    return (
        is_sub(request, b"IDLETIME")
        and type(ours) is type(theirs) is int
        and min(ours, theirs) >= 0
    )


def help_text(request, ours, theirs):
    return (
        is_sub(request, b"HELP")
        and type(ours) is type(theirs) is list
        and same(ours[0], theirs[0])
    )


def empty_key(request, ours, theirs):
    name = request[0].upper()

    def rest(reply):
        found = reply[1] if name.endswith(b"SCAN") else reply
        if name in (b"HSCAN", b"ZSCAN"):
            read = as_float if name == b"ZSCAN" else bytes
            found = [(k, read(v)) for k, v in zip(found[::2], found[1::2])]
        else:
            found = [(one,) for one in found]
        return sorted(one for one in found if one[0] != b"")

    return (
        type(ours) is type(theirs) is list
        and any(len(word) > 1 and not word.strip(b"*") for word in request)
        and rest(ours) == rest(theirs)
    )


def long_error(_, ours, theirs):
    return (
        isinstance(ours, Error)
        and isinstance(theirs, Error)
        and len(ours) > 900
        and theirs.startswith(ours)
    )


def small_set(request, ours, theirs):
    return is_sub(request, b"ENCODING") and (ours, theirs) == (
        b"listpack",
        b"hashtable",
    )


def integers_left(request, ours, theirs):
    return is_sub(request, b"ENCODING") and theirs == b"intset" and ours in (
        b"listpack",
        b"hashtable",
    )


def as_float(value):
    """The number that a reply's text shows, or None; -0 is 0."""
    if isinstance(value, (list, int, Error)):
        return None
    try:
        return struct.pack("d", float(value) + 0.0)
    except ValueError:
        return None


def float_text(_, ours, theirs):
    """The same, but for the digits of numbers."""
    if isinstance(ours, list) and type(ours) is type(theirs):
        return len(ours) == len(theirs) and all(
            float_text(None, a, b) for a, b in zip(ours, theirs)
        )
    if type(ours) is not type(theirs):
        return False
    if same(ours, theirs):
        return True
    return as_float(ours) is not None and as_float(ours) == as_float(theirs)


def scanned_text(request, ours, theirs):
    """The same for ZSCAN, whose order is another in another form of the set."""

    def pairs(reply):
        found = reply[1]
        return sorted((m, as_float(score)) for m, score in zip(found[::2], found[1::2]))

    return (
        type(ours) is type(theirs) is list
        and same(ours[0], theirs[0])
        and pairs(ours) == pairs(theirs)
    )


def with_score(request, ours, theirs):
    return (
        len(request) == 4
        and isinstance(theirs, Error)
        and theirs.startswith(b"ERR wrong number of arguments")
        and (request[3].upper() == b"WITHSCORE" or ours == b"ERR syntax error")
    )


def endless(_, ours, theirs):
    return (ours, theirs) == (
        b"ERR timeout is out of range",
        b"ERR timeout is negative",
    ) and isinstance(ours, Error)


BLOCKING = ("BLPOP", "BRPOP", "BLMPOP", "BLMOVE", "BRPOPLPUSH", "BZPOPMIN", "BZPOPMAX",
            "BZMPOP")  # fmt: skip


def denied(request, ours, theirs):
    return (
        is_sub(request, b"DRYRUN")
        and type(ours) is type(theirs) is bytes
        and b"has no permissions to" in ours
        and b"has no permissions to" in theirs
    )


def line_end(_, ours, theirs):
    return (
        isinstance(ours, Error)
        and isinstance(theirs, Error)
        and ours.rstrip() == theirs.rstrip()
    )


def selectors(request, ours, theirs):
    return (
        is_sub(request, b"SETUSER")
        and isinstance(ours, Error)
        and isinstance(theirs, Error)
        and any(word.startswith(b"(") for word in request[3:])
    )


def arity_of_getkeys(request, ours, theirs):
    return (
        is_sub(request, b"GETKEYS", b"GETKEYSANDFLAGS")
        and isinstance(theirs, Error)
        and len(request) == 3
    )


SCORED = (
    "ZADD", "ZINCRBY", "ZSCORE", "ZMSCORE", "ZRANGE", "ZREVRANGE", "ZRANGEBYSCORE",
    "ZREVRANGEBYSCORE", "ZPOPMIN", "ZPOPMAX", "ZMPOP", "BZPOPMIN", "BZPOPMAX",
    "BZMPOP", "ZUNION", "ZINTER", "ZDIFF",
)  # fmt: skip

def sorted_zset(request, ours, theirs):
    """Only for the keys of family_sort: nothing else may hide behind it."""
    return (
        is_sub(request, b"ENCODING")
        and request[2].startswith(b"sortz:")
        and (ours, theirs) == (b"listpack", b"skiplist")
    )


def bad_range(_, ours, theirs):
    return isinstance(ours, Error) and (
        theirs in (0, -1)
        or (isinstance(theirs, Error) and theirs.startswith(b"WRONGTYPE"))
    )


FEW_DIGITS = (
    "scores are written with as few digits as tell them apart, as by 7.2: 3.1, not "
    "3.1000000000000001; -0 may be told as 0, which the compact form does not tell apart"
)

DIFFERENCES = (
    (None, long_error, "an error text that repeats an argument is cut"),
    ("KEYS", empty_key, "`**` matches an empty key, in the reference only `*` does"),
    ("SCAN", empty_key, "`**` matches an empty key, in the reference only `*` does"),
    ("HSCAN", empty_key, "`**` matches an empty field, in the reference only `*` does"),
    ("SSCAN", empty_key, "`**` matches an empty member, in the reference only `*` does"),
    ("ZSCAN", empty_key, "`**` matches an empty member, in the reference only `*` does"),
    ("OBJECT", float_encoding,
     "ENCODING after INCRBYFLOAT to a whole number: the reference keeps it as text "
     "until the next load, here it is a number at once"),
    ("OBJECT", small_list,
     "ENCODING of a small list: `listpack` since 7.2, `quicklist` in the reference"),
    ("OBJECT", small_set,
     "ENCODING of a small set: `listpack` since 7.2, `hashtable` in the reference"),
    ("OBJECT", integers_left,
     "ENCODING of a set of which SPOP left integers only: the reference makes it anew "
     "when most of it goes, here it stays what it was"),
    ("OBJECT", sorted_zset,
     "ENCODING of a sorted set after SORT: the reference makes it a `skiplist` for "
     "good, here it stays what it was"),
    ("BITCOUNT", bad_range, "arguments are looked at before the key since 7.2"),
    ("BITPOS", bad_range, "arguments are looked at before the key since 7.2"),
    ("LPOS", least_count, "the least number is refused as a RANK since 7.2"),
    ("LREM", least_count, "the least number is refused as a count since 7.2"),
    ("OBJECT", shared_integer,
     "REFCOUNT: the reference shares small integers, and in a transaction the words "
     "of requests; here nothing is shared"),
    ("OBJECT", idle,
     "IDLETIME: the reference counts by a coarse clock, one for all equal small "
     "integers"),
    ("OBJECT", help_text, "HELP is in our own words"),
    *((name, float_text, FEW_DIGITS) for name in SCORED),
    ("ZSCAN", scanned_text, FEW_DIGITS),
    *((name, endless, "a time-out beyond all bounds is out of range, as by 7.2; the "
       "reference takes it for a negative one") for name in BLOCKING),
    ("ACL", denied, "DRYRUN says who may not do what in the words of 7.2"),
    ("FUNCTION", line_end, "an error text that repeats an argument ends before the "
     "line ends at its end"),
    ("ACL", selectors, "users have no selectors: `(` begins no rule"),
    ("COMMAND", arity_of_getkeys, "GETKEYS takes a command alone since 7.2"),
    ("ZUNIONSTORE", never, "over a value of another type it serves those who wait for "
     "the key, as RENAME does; the reference lets them wait for the next element "
     "(no family makes this case)"),
    ("PUBLISH", never, "the pattern `*` matches an empty channel, in the reference it "
     "does not (no family makes this case)"),
    ("PUBLISH", never, "a message to oneself, in RESP3, comes behind the reply, as by "
     "7.2, and behind those of the requests that were sent with it (no family makes "
     "this case)"),
    ("ZRANK", with_score, "WITHSCORE is of 7.2"),
    ("ZREVRANK", with_score, "WITHSCORE is of 7.2"),
)  # fmt: skip


def by_name():
    """{name: [(question, number of the row)]}, name in bytes or None."""
    table = {}
    for n, (name, question, _) in enumerate(DIFFERENCES):
        name = name.encode() if name else None
        table.setdefault(name, []).append((question, n))
    return table
