#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""INFO: the section # Baton, whose counters add up."""

import re

from admin_support import (
    REASONS,
    STATES,
    balanced,
    expect_end,
    info,
    not_redis,
)
from baton_test import (
    Server,
    expect,
    expect_error,
    expect_true,
    main,
    test,
    wait_until,
)

BATON = (
    """baton_version server_state workers cir_accepted cir_refused cir_aborted
    handles_live handles_closed srm_received srm_answered srm_dropped
    dispatch_depth dispatch_full dispatch_wait_usec_p50
    dispatch_wait_usec_p99"""
).split()


@test("INFO: the fields of # Baton and their order", client=False)
def baton_fields():
    not_redis()
    with Server(tcp=True, bind="127.0.0.1", workers=3) as server, (
        server.client()
    ) as c:
        now = info(c, "baton")
        want = (
            BATON
            + ["state_" + s for s in STATES]
            + ["master0", "master1"]
            + ["worker0", "worker1", "worker2"]
            + ["closed_" + r for r in REASONS]
        )
        expect(list(now), lambda names: names == want)
        expect_true(now["server_state"] == "listening", now)
        expect_true(now["workers"] == "3", now)
        masters = [now["master0"], now["master1"]]
        addresses = sorted(re.match("addr=([^,]+)", m).group(1) for m in masters)
        expect_true(
            addresses == sorted([server.path, "127.0.0.1:%d" % server.port]),
            masters,
        )
        for m in masters:
            expect_true(
                re.match(r"addr=\S+,service=\w+,cir_accepted=\d+,handles=\d+$", m),
                m,
            )
        for n in range(3):
            expect_true(
                re.match(
                    r"handles=\d+,srm=\d+,busy_usec=\d+,passes=\d+$",
                    now["worker%d" % n],
                ),
                now["worker%d" % n],
            )


@test("INFO: # Baton adds up, and counts each connection and request", client=False)
def baton_counts():
    not_redis()
    asked = []

    def ask():
        asked.append(info(c, "baton"))
        return asked[-1]

    def settled():
        return ask()["handles_live"] == "1" and balanced(asked[-1])

    with Server(tcp=True) as server, server.client() as c:
        wait_until(settled, "the sums are right before")
        before, n_before = asked[-1], len(asked)
        others = [server.client(tcp=n % 2 == 0) for n in range(40)]
        for o in others[10:]:
            o.pipeline([("PING",)] * 25)
        for o in others:
            o.close()
        wait_until(settled, "all are closed and the sums are right")
        now = asked[-1]
        expect(int(now["cir_accepted"]) - int(before["cir_accepted"]), 40)
        # An INFO is counted when it is answered: the last is not, the one
        # before all this is.
        srm = int(now["srm_answered"]) - int(before["srm_answered"])
        expect(srm, 30 * 25 + len(asked) - n_before)


@test("INFO: why clients were closed", client=False)
def baton_reasons():
    not_redis()
    # Long enough for a busy machine not to let the others time out.
    with Server(timeout=5) as server, server.client() as c:
        with server.client() as o:
            o.cmd("QUIT")
        with server.client() as o:
            c.cmd("CLIENT", "KILL", "ID", o.cmd("CLIENT", "ID"))
            expect_end(o)
        with server.client() as o:
            o.send_raw(b"*x\r\n")
            expect_error(o.read_reply(), "ERR Protocol error")
            expect_end(o)
        server.client().close()
        with server.client() as o:
            o.cmd("PING")

            def timed_out():
                return info(c, "baton")["closed_timeout"] == "1"

            wait_until(timed_out, "the idle client is closed")

        def counted():
            now = info(c, "baton")
            return (
                now["closed_quit"] == "1"
                and now["closed_killed"] == "1"
                and now["closed_protocol"] == "1"
                and int(now["closed_eof"]) >= 1
            )

        wait_until(counted, "each reason is counted")


if __name__ == "__main__":
    main()
