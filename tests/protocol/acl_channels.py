#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""ACL: channels, and what becomes of clients that are subscribed to them when
they are taken away."""

from acl_support import no_channel, user, while_changed
from baton_test import (
    OK,
    REDIS,
    Server,
    both,
    encode,
    expect,
    expect_true,
    main,
    test,
    wait_until,
)


@both("what a user may hear: channels")
def may_hear(c):
    if b"publish" not in c.cmd("COMMAND", "LIST"):
        return
    with user(c, "+@all", "~*", "resetchannels", "&a*") as u:
        expect(u.cmd("PUBLISH", "a1", "m"), 0)
        expect(u.cmd("PUBLISH", "b", "m"), no_channel())
        expect(u.cmd("SUBSCRIBE", "a", "b"), no_channel())
        expect(u.cmd("PSUBSCRIBE", "a"), no_channel())
        expect(u.cmd("SSUBSCRIBE", "b"), no_channel())
        expect(u.cmd("PSUBSCRIBE", "a*"), lambda r: r[1] == b"a*")


def gone(client):
    """Waits for the end of the connection; what came before it is dropped."""
    try:
        client.read_all()
    except ConnectionResetError:
        pass
    client.close()


def listener(c, *request):
    """A client of u that is subscribed."""
    u = c.server.client(c.proto)
    expect(u.cmd("AUTH", "u", "pw"), OK)
    expect(u.cmd(*request)[0], request[0].lower())
    return u


def hears(c, u, *request):
    """Asserts that u is still there and subscribed."""
    expect(c.cmd(*request), lambda n: n >= 1)
    expect(u.read_reply(), lambda m: m[0].endswith(b"message"))


@both("channels taken away: clients that are subscribed to them are closed")
def lost_channels(c):
    with user(c, "+@all", "resetchannels", "&a*", "&b*") as idle:
        subscribed = [
            listener(c, "SUBSCRIBE", "a1"),
            listener(c, "PSUBSCRIBE", "a*"),
            listener(c, "SSUBSCRIBE", "a1"),
            listener(c, "SUBSCRIBE", "b1"),
            listener(c, "PSUBSCRIBE", "b*"),
            listener(c, "SSUBSCRIBE", "b1"),
        ]
        with c.server.client(c.proto) as other:  # the default user's
            other.cmd("SUBSCRIBE", "a1")
            expect(c.cmd("ACL", "SETUSER", "u", "resetchannels", "&b*"), OK)
            for u in subscribed[:3]:
                gone(u)
            hears(c, subscribed[3], "PUBLISH", "b1", "m")
            hears(c, subscribed[4], "PUBLISH", "b1", "m")
            hears(c, subscribed[5], "SPUBLISH", "b1", "m")
            hears(c, other, "PUBLISH", "a1", "m")
        expect(idle.cmd("ACL", "WHOAMI"), "u")
        expect(c.cmd("ACL", "SETUSER", "u", "resetchannels"), OK)
        for u in subscribed[3:]:
            gone(u)
        expect(idle.cmd("ACL", "WHOAMI"), "u")


@both("channels taken away: one subscription of many is enough")
def lost_one_of_many(c):
    user(c, "+@all", "resetchannels", "&a*", "&b*").close()
    u = listener(c, "SUBSCRIBE", "b1")
    for name in ("b2", "a1", "b3"):
        expect(u.cmd("SUBSCRIBE", name)[1], name)
    expect(c.cmd("ACL", "SETUSER", "u", "reset", "on", ">pw", "+@all", "&b*"), OK)
    gone(u)
    wait_until(
        lambda: c.cmd("PUBSUB", "CHANNELS") == [], "that no channel is left"
    )


@both("channels changed: who may still hear what he is subscribed to stays")
def kept_channels(c):
    user(c, "+@all", "resetchannels", "&a*").close()
    channel = listener(c, "SUBSCRIBE", "a1")
    pattern = listener(c, "PSUBSCRIBE", "a*")
    changes = [
        ("&b*",),  # more
        ("allchannels",),  # all
        ("-@dangerous", "resetkeys", ">pw2"),  # none of channels
        ("resetchannels", "&a*"),  # less, but not of these
    ]
    for rules in changes:
        expect(c.cmd("ACL", "SETUSER", "u", *rules), OK)
        hears(c, channel, "PUBLISH", "a1", "m")
        hears(c, pattern, "PUBLISH", "a1", "m")
    # The channel fits another pattern; the pattern must be there as it is.
    expect(c.cmd("ACL", "SETUSER", "u", "resetchannels", "&a?"), OK)
    gone(pattern)
    hears(c, channel, "PUBLISH", "a1", "m")
    channel.close()


@both("channels taken away: who left them stays")
def left_channels(c):
    user(c, "+@all", "resetchannels", "&a*").close()
    with listener(c, "SUBSCRIBE", "a1") as u:
        expect(u.cmd("UNSUBSCRIBE", "a1")[2], 0)
        expect(c.cmd("ACL", "SETUSER", "u", "resetchannels"), OK)
        expect(u.cmd("ACL", "WHOAMI"), "u")
        expect(u.cmd("SUBSCRIBE", "a1"), no_channel())


@both("channels taken away by the listener itself: its reply comes first")
def lost_own_channels(c):
    if c.proto == 2 or REDIS:  # 2: may not; 7.0 frees the client it serves
        return
    user(c, "+@all", "allchannels").close()
    u = listener(c, "SUBSCRIBE", "a1")
    u.send_raw(
        encode("ACL", "SETUSER", "u", "resetchannels") + encode("SET", "k", "v")
    )
    expect(u.read_reply(), OK)
    expect_true(u.at_end(), "the connection goes on")
    u.close()
    expect(c.cmd("EXISTS", "k"), 0)


@both("DELUSER closes clients that only listen")
def deluser_listeners(c):
    user(c, "+@all", "allchannels").close()
    subscribed = [listener(c, "SUBSCRIBE", "a"), listener(c, "PSUBSCRIBE", "a*")]
    expect(c.cmd("ACL", "DELUSER", "u"), 1)
    for u in subscribed:
        gone(u)
    wait_until(
        lambda: c.cmd("PUBLISH", "a", "m") == 0, "that nobody is subscribed"
    )


@test("channels come and go while clients subscribe", client=False)
def subscribe_race():
    """Nobody stays subscribed to what was taken away for good."""
    with Server(workers=3) as server:

        def change(c):
            for n in range(200):
                rule = ("&a*", "resetchannels")[n % 2]
                expect(c.cmd("ACL", "SETUSER", "u", rule), OK)
                c.cmd("PUBLISH", "a", "m")

        kept = []

        def use():
            if len(kept) >= 200:
                return False
            c = server.client()
            kept.append(c)
            c.cmd("AUTH", "u", "pw")
            for _ in range(50):
                c.cmd("SUBSCRIBE", "a")
                c.cmd("UNSUBSCRIBE", "a")
            c.cmd("SUBSCRIBE", "a")
            return True

        while_changed(server, ("&a*",), change, use, users=2)
        with server.client() as c:
            wait_until(
                lambda: c.cmd("PUBSUB", "NUMSUB", "a") == [b"a", 0],
                "that nobody is subscribed",
            )
        for c in kept:
            c.close()


if __name__ == "__main__":
    main(workers=2)
