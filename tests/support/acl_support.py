# SPDX-License-Identifier: BSD-2-Clause
"""For the tests of ACL: a user u, and the ways in which it is told no."""

import threading

from baton_test import OK, REDIS, Closed, Error, expect, parallel


def clean(c):
    for name in c.cmd("ACL", "USERS"):
        if name != b"default":
            c.cmd("ACL", "DELUSER", name)
    c.cmd("ACL", "LOG", "RESET")


def user(c, *rules):
    """A user u with a password and these rules, and a client of it."""
    clean(c)
    expect(c.cmd("ACL", "SETUSER", "u", "on", ">pw", *rules), OK)
    other = c.server.client(c.proto)
    expect(other.cmd("AUTH", "u", "pw"), OK)
    return other


def no(text):
    if REDIS:  # 7.0 says it in another way
        return lambda e: isinstance(e, Error) and e.startswith("NOPERM")
    return Error("NOPERM " + text)


def no_command(name):
    return no("User u has no permissions to run the '%s' command" % name)


def no_key():
    return no("No permissions to access a key")


def no_channel():
    return no("No permissions to access a channel")


def while_changed(server, rules, change, use, users):
    """Gives the user u these rules; then change(client) on one thread, while on
    each of `users` others use() is called until that is done or it says False.
    Its connections may end at any time."""
    with server.client() as c:
        c.cmd("ACL", "SETUSER", "u", "on", ">pw", "+@all", *rules)
    stop = threading.Event()

    def changing():
        try:
            with server.client() as c:
                change(c)
        finally:
            stop.set()

    def using():
        while not stop.is_set():
            try:
                if use() is False:
                    break
            except (Closed, ConnectionError):
                pass

    parallel(changing, *[using] * users)
