#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""DEBUG: who may use it, and what it does."""

import re
import select
import time

from admin_support import not_redis, outside_address
from baton_test import (
    OK,
    Error,
    Server,
    both,
    expect,
    expect_true,
    main,
    test,
    wrong_n,
)

NOT_ALLOWED = Error(
    "ERR DEBUG command not allowed. If the enable-debug-command option is set "
    'to "local", you can run it from a local connection, otherwise you need to '
    "set this option in the configuration file, and then restart the server."
)


@test("DEBUG is refused by default, and for strangers with local", client=False)
def debug_refused():
    with Server() as server, server.client() as c:
        expect(c.cmd("DEBUG", "SLEEP", "0"), NOT_ALLOWED)
        expect(c.cmd("DEBUG", "HELP"), NOT_ALLOWED)
        expect(c.cmd("DEBUG", "nosuch"), NOT_ALLOWED)
        expect(c.cmd("DEBUG"), wrong_n("debug"))
    with Server(tcp=True, enable_debug_command="local") as server:
        for tcp in (False, True):
            with server.client(tcp=tcp) as c:
                expect(c.cmd("DEBUG", "SLEEP", "0"), OK)
    address = outside_address()
    if not address:
        return
    with Server(
        tcp=True, bind="0.0.0.0", protected_mode="no", enable_debug_command="local"
    ) as server:
        server_address = (address, server.port)
        with server.client() as local, type(local)(server_address) as c:
            expect(c.cmd("DEBUG", "SLEEP", "0"), NOT_ALLOWED)
            expect(local.cmd("DEBUG", "SLEEP", "0"), OK)


@both("DEBUG SLEEP takes its time")
def debug_sleep(c):
    start = time.monotonic()
    expect(c.cmd("DEBUG", "SLEEP", "0.2"), OK)
    expect_true(0.2 <= time.monotonic() - start < 60, "0.2 seconds")
    expect(c.cmd("DEBUG", "SLEEP", "x"), OK)


def readable(c):
    return bool(select.select([c.sock], [], [], 0)[0])


@test("DEBUG SLEEP holds up one worker alone", client=False)
def debug_sleep_worker():
    not_redis()
    with Server(workers=2, enable_debug_command="yes") as server:
        clients = []
        workers = {}
        # A worker that the system does not run for a while gets no clients.
        while len(workers) < 2 and len(clients) < 400:
            c = server.client()
            clients.append(c)
            text = bytes(c.cmd("CLIENT", "INFO")).decode()
            workers.setdefault(re.search(r"worker=(\d+)", text).group(1), c)
        expect_true(len(workers) == 2, workers)
        sleeper, awake = workers.values()
        sleeper.send("DEBUG", "SLEEP", "5")
        time.sleep(0.1)
        for _ in range(8):
            expect(awake.cmd("SET", "k", "v"), OK)
        expect_true(not readable(sleeper), "the other worker serves meanwhile")
        expect(sleeper.read_reply(), OK)
        for c in clients:
            c.close()


@both("DEBUG OBJECT")
def debug_object(c):
    expect(c.cmd("DEBUG", "OBJECT", "none"), Error("ERR no such key"))
    for value, encoding in (("12", "int"), ("abc", "embstr"), ("x" * 50, "raw")):
        c.cmd("SET", "k", value)
        reply = c.cmd("DEBUG", "OBJECT", "k")
        expect_true(
            re.match(
                r"Value at:0x[0-9a-f]+ refcount:\d+ encoding:%s "
                r"serializedlength:\d+ lru:\d+ lru_seconds_idle:\d+$" % encoding,
                reply,
            ),
            reply,
        )


@both("DEBUG: faults")
def debug_faults(c):
    for words in (("nosuch",), ("SLEEP",), ("OBJECT",), ("SET-ACTIVE-EXPIRE",)):
        expect(
            c.cmd("DEBUG", *words),
            Error(
                "ERR unknown subcommand or wrong number of arguments for "
                "'%s'. Try DEBUG HELP." % words[0]
            ),
        )
    expect(c.cmd("DEBUG"), wrong_n("debug"))


if __name__ == "__main__":
    main(enable_debug_command="yes")
