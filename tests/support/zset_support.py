# SPDX-License-Identifier: BSD-2-Clause
"""For the tests of sorted sets: both forms, and how scores are replied."""

import functools

from baton_test import test


def forms(name):
    """The same test over RESP2 and RESP3, with small and with large sets."""

    def enter(fn):
        for entries, form in (("128", "small"), ("0", "large")):

            @functools.wraps(fn)
            def run(c, entries=entries):
                c.cmd("CONFIG", "SET", "zset-max-listpack-entries", entries)
                try:
                    fn(c)
                finally:
                    c.cmd("CONFIG", "SET", "zset-max-listpack-entries", "128")

            test("%s, %s" % (name, form), protos=(2, 3))(run)
        return fn

    return enter


def scored(c, text):
    """A score as it is replied."""
    return float(text) if c.proto == 3 else text.encode()


def items(c, *pairs):
    """Members with their scores, both as text."""
    nested = [[m.encode(), scored(c, s)] for m, s in pairs]
    return nested if c.proto == 3 else sum(nested, [])
