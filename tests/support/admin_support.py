# SPDX-License-Identifier: BSD-2-Clause
"""For the tests of the server and its connections: what INFO and CLIENT LIST
tell, as dictionaries, and how a connection ends."""

import socket

from baton_test import REDIS, Closed, Error, Skip, Verbatim, expect, expect_true

BAD_NAME = Error(
    "ERR Client names cannot contain spaces, newlines or special characters."
)


def not_redis():
    if REDIS:
        raise Skip("ours alone, or newer than the reference")


def expect_end(c):
    """The server ends the connection and says nothing more."""
    try:
        expect(c.read_reply(), None, "after the end")
    except (Closed, ConnectionResetError):
        return
    raise AssertionError("the connection goes on")


def outside_address():
    """An address of this machine that is not loopback, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))  # no packet is sent by this
            address = s.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith("127.") else address


def text_of(c, reply):
    """A text that RESP3 gives as a verbatim string."""
    expect_true(
        isinstance(reply, Verbatim) == (c.proto == 3), "form of %r" % reply
    )
    return bytes(reply).decode()


# ---- INFO -------------------------------------------------------------------


def info_text(c, *sections):
    return text_of(c, c.cmd("INFO", *sections))


def info(c, *sections):
    lines = info_text(c, *sections).split("\r\n")
    pairs = (ln.partition(":") for ln in lines if ln and ln[0] != "#")
    return {name: value for name, _, value in pairs}


# Redis tells all that it allocated; of ours, the data is told apart, and the rest
# depends on what the system's allocator can tell.
DATA = "used_memory" if REDIS else "used_memory_dataset"


def data_bytes(c):
    return int(info(c, "memory")[DATA])


STATES = "accepted queued idle serving blocked moving closing closed".split()
REASONS = (
    "eof error quit killed timeout limit protocol refused service shutdown"
).split()


def balanced(now):
    """The counters of # Baton add up."""
    n = {k: int(v) for k, v in now.items() if v.isdigit()}
    return (
        n["cir_accepted"] == n["handles_live"] + n["handles_closed"]
        and n["srm_received"] == n["srm_answered"] + n["srm_dropped"]
        and sum(n["state_" + s] for s in STATES) == n["handles_live"]
        and sum(n["closed_" + r] for r in REASONS) == n["handles_closed"]
    )


# ---- CLIENT LIST ------------------------------------------------------------


def fields(line):
    return dict(word.partition("=")[::2] for word in line.split(" "))


def list_of(c, *more):
    text = text_of(c, c.cmd("CLIENT", "LIST", *more))
    expect_true(text == "" or text.endswith("\n"), "a last newline")
    return [fields(line) for line in text.splitlines()]


def my_fields(c):
    return fields(text_of(c, c.cmd("CLIENT", "INFO")).rstrip("\n"))
