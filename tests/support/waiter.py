# SPDX-License-Identifier: BSD-2-Clause
"""Clients that wait for a key, for the tests of what blocks."""

import re

from baton_test import wait_until


def blocked(c):
    """As INFO counts them."""
    for line in c.cmd("INFO", "clients").decode().splitlines():
        if line.startswith("blocked_clients:"):
            return int(line.split(":")[1])
    return 0


class Waiter:
    """A client that has sent a request and waits for its reply."""

    def __init__(self, c, *request):
        self.admin = c
        self.client = c.server.client(c.proto)
        self.id = self.client.cmd("CLIENT", "ID")
        self.again(*request)

    def waits(self):
        line = self.admin.cmd("CLIENT", "LIST", "ID", str(self.id))
        return re.search(rb" flags=\w*b", bytes(line)) is not None

    def again(self, *request):
        """The next request, once the last one is done with: its reply may come
        a moment before that."""
        wait_until(lambda: not self.waits(), "the client to be free")
        self.client.send(*request)
        wait_until(self.waits, "the client to block")

    def reply(self):
        return self.client.read_reply()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.client.close()
