# SPDX-License-Identifier: BSD-2-Clause
"""For the tests of channels: how messages are replied, and a fresh start."""

from baton_test import Push, expect, test as plain_test, wait_until


def test(name, protos=(2,)):
    """Begins when the subscribers of the test before are forgotten."""

    def enter(fn):
        def run(c):
            for sub, none in (("CHANNELS", []), ("SHARDCHANNELS", []),
                              ("NUMPAT", 0)):
                wait_until(
                    lambda s=sub, n=none: c.cmd("PUBSUB", s) == n, "nobody"
                )
            fn(c)

        return plain_test(name, protos)(run)

    return enter


def both(name):
    return test(name, (2, 3))


def push(c, *items):
    """What a message looks like in c's protocol."""
    return Push(items) if c.proto > 2 else list(items)


def get(c, *items):
    want = [i.encode() if isinstance(i, str) else i for i in items]
    expect(c.read_reply(), push(c, *want))


def say(c, *args):
    """A command whose replies are read by others."""
    c.send(*args)
