# SPDX-License-Identifier: BSD-2-Clause
"""Ways to compare two replies that need not be the same, byte for byte. Each
is a function of (request, ours, theirs), asked only when the bytes differ; a
family names them in its COMPARE, for a command each."""

from wire import Error, Map, Null, same


def key_of(value):
    """An order for values of all kinds."""
    if isinstance(value, (list, tuple)):
        return (2, type(value).__name__, [key_of(v) for v in value])
    if isinstance(value, int):
        return (0, value)
    return (1, type(value).__name__, value)


def in_order(values):
    return sorted(values, key=key_of)


def unordered(_, ours, theirs):
    """A list, a set or a map in no promised order."""
    return (
        type(ours) is type(theirs)
        and isinstance(ours, list)
        and same(in_order(ours), in_order(theirs))
    )


def pairs_of(flat):
    return [(flat[i], flat[i + 1]) for i in range(0, len(flat) - 1, 2)]


def unordered_pairs(_, ours, theirs):
    """A flat list field, value, field, value in no promised order (RESP2); a
    map or a list of pairs (RESP3)."""
    if type(ours) is not type(theirs) or not isinstance(ours, list):
        return False
    if len(ours) != len(theirs) or len(ours) == 0:
        return len(ours) == len(theirs)
    if isinstance(ours, Map) or isinstance(ours[0], list):
        return same(in_order(ours), in_order(theirs))
    return same(in_order(pairs_of(ours)), in_order(pairs_of(theirs)))


def part_of_it(request):
    """Does it ask for pages that do not hold everything? They may differ."""
    words = [w.upper() for w in request]
    counts = [n for w, n in zip(words, words[1:]) if w == b"COUNT"]
    return bool(counts) and counts[-1] != b"1000"


def two_pages(ours, theirs):
    return type(ours) is type(theirs) is list and len(ours) == len(theirs) == 2


def scanned(request, ours, theirs):
    """A cursor and a page. A page may give an element twice."""
    if not two_pages(ours, theirs) or part_of_it(request):
        return two_pages(ours, theirs)
    if ours[0] != theirs[0] or not isinstance(ours[1], list):
        return False
    return same(once(ours[1]), once(theirs[1]))


def scanned_pairs(request, ours, theirs):
    """The same for HSCAN and ZSCAN: each element has a value behind it."""
    if not two_pages(ours, theirs) or part_of_it(request):
        return two_pages(ours, theirs)
    return ours[0] == theirs[0] and same(
        once(pairs_of(ours[1])), once(pairs_of(theirs[1]))
    )


def once(values):
    values = in_order(values)
    return [v for i, v in enumerate(values) if i == 0 or not same(v, values[i - 1])]


def shape(_, ours, theirs):
    """Random content: the types and the lengths only."""
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, (Error, Null)):
        return ours == theirs
    if isinstance(ours, (list, tuple)):
        return len(ours) == len(theirs) and all(
            shape(None, a, b) for a, b in zip(ours, theirs)
        )
    return True


def popped_at_random(pair, request, ours, theirs):
    """For ALONE: SPOP takes what it likes. The replies must be of one size, and
    what batond gave must have been in its set; then its set becomes that of the
    reference, whose order and encoding stay its own."""
    if not shape(None, ours, theirs):
        return False
    if isinstance(theirs, (Error, Null)):
        return True
    ours, theirs = members(ours), members(theirs)
    if len(set(ours)) != len(ours):
        return False
    theirs_only, ours_only = set(theirs) - set(ours), set(ours) - set(theirs)
    n = pair.conn
    key = request[1]
    if theirs_only:
        # Both at the reference's state: what it still has comes back, what it
        # gave goes. Never empty in between, so that the time to live stays.
        if pair.ours.on(n, "SADD", key, *ours_only) != len(ours_only):
            return False
        if pair.ours.on(n, "SREM", key, *theirs_only) != len(theirs_only):
            return False
    return True


def members(value):
    return value if isinstance(value, list) else [value]


def near(limit):
    """Two times: both there and no further apart than that."""

    def question(_, ours, theirs):
        return (
            type(ours) is type(theirs) is int
            and min(ours, theirs) >= 0
            and abs(ours - theirs) <= limit
        )

    return question


__all__ = [
    "in_order", "near", "once", "pairs_of", "popped_at_random", "scanned",
    "scanned_pairs", "shape", "unordered", "unordered_pairs", "Error", "Map", "Null", "Set", "same",
]  # fmt: skip
