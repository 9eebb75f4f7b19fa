#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""baton-stress finds each kind of wrong reply, names it, and names no other;
and it finds nothing wrong with a server that tells the truth. TAP."""

import json
import re
import signal
import socket
import subprocess
import time

from stress_support import STRESS, Liar, expect, judged, main, stress, test

RIGHT = {"crossed": 0, "torn": 0, "stale": 0, "lost": 0, "reordered": 0,
         "twice": 0, "never": 0, "missing": 0, "unexpected": 0}


def one_kind(lie, kind, exactly=True, more=()):
    """One lie: exit 1, that kind counted (once), every other kind zero."""
    with Liar("--lie", lie) as liar:
        status, r, text = judged(liar, *more)
    faults = dict(r["faults"])
    counted = faults.pop(kind)
    others = {k: v for k, v in faults.items() if v}
    expect(status == 1, f"exit status {status}")
    expect(counted == 1 if exactly else counted > 0, f"{kind}: {counted}")
    expect(not others, f"also counted: {others}")
    expect(f"{counted} {kind}" in r["verdict"], r["verdict"])
    expect(f"verdict: {r['verdict']}" in text, text)
    expect(r["ok"] is False, "ok")


@test("crossed: another key's value")
def crossed():
    one_kind("crossed", "crossed")


@test("crossed, without a pipeline")
def crossed_unpipelined():
    one_kind("crossed", "crossed", more=["-P", "1"])


@test("torn: a value of two")
def torn():
    one_kind("torn", "torn")


@test("stale: a version no longer in force")
def stale():
    one_kind("stale", "stale")


@test("lost: an acknowledged write is gone")
def lost():
    # Whoever asks until the key is set again finds it gone.
    one_kind("lost", "lost", exactly=False)


@test("lost: writes acknowledged and never done")
def frozen():
    """A SET that is acknowledged and never done: old values while the load
    runs, and lost when nothing runs any more."""
    with Liar("--lie", "frozen") as liar:
        status, r, _ = judged(liar)
    faults = r["faults"]
    expect(status == 1 and faults["stale"] > 0 and faults["lost"] == 1,
           f"{status} {faults}")
    expect(sum(faults.values()) == faults["stale"] + 1, f"{faults}")


@test("reordered: two replies change places")
def reordered():
    one_kind("reorder", "reordered")


@test("missing: a reply that never comes")
def missing():
    # Whatever has not come by then is missing: longer than this machine stalls.
    one_kind("dropped", "missing", more=["--timeout", "6"])


@test("unexpected: a reply of another kind")
def wrong_type():
    # A +OK may be taken for the reply of a SET of the same batch.
    one_kind("type", "unexpected", more=["--ratio", "0:1"])


@test("unexpected: a reply that nobody asked for")
def extra():
    with Liar("--lie", "extra") as liar:
        status, r, _ = judged(liar, "-P", "1", "--ratio", "0:1")
    expect(status == 1 and r["faults"]["unexpected"] >= 1, r["verdict"])


@test("unexpected: no RESP")
def garbage():
    with Liar("--lie", "garbage") as liar:
        status, r, text = judged(liar)
    expect(status == 1 and r["faults"]["unexpected"] == 1, r["verdict"])
    expect("not the Redis protocol" in text, text)


@test("an error reply is counted and shown")
def error_reply():
    with Liar("--lie", "error") as liar:
        status, r, text = judged(liar)
    expect(status == 1 and r["errors"]["replies"] == 1, r["errors"])
    expect(r["faults"] == RIGHT, r["faults"])
    expect("1 x OOM command not allowed when used memory is high" in text,
           text)


@test("a closed connection is counted and opened again")
def closed_connection():
    # Long enough for the pause before it is opened again.
    with Liar("--lie", "close") as liar:
        status, r, text = judged(liar, "-n", "150000")
    expect(status == 1 and r["errors"]["connections"] == 1, r["errors"])
    expect(r["faults"] == RIGHT, r["faults"])
    expect("closed by the server" in text, text)
    # It was opened again and the rest of the work done.
    expect(r["connections"]["opened"] == 7, r["connections"])
    expect(r["requests"] + r["errors"]["unanswered"] == 150000, r["requests"])


def truthful(*server, more=(), tcp=False):
    with Liar(*server, tcp=tcp) as liar:
        status, r, text = judged(liar, *more)
    expect(status == 0 and r["ok"] and r["verdict"] == "ok", text)
    expect(r["faults"] == RIGHT, r["faults"])
    expect(r["requests"] == 6000 == r["work"]["reads"] + r["work"]["writes"],
           f"{r['requests']} requests")
    expect(r["latency"]["service_us"]["count"] == 6000, r["latency"])
    expect(r["work"]["end_checked_keys"] == 20, r["work"])
    return r


@test("truth")
def truth():
    truthful()


@test("truth over TCP")
def truth_tcp():
    truthful(tcp=True)


@test("truth in pieces of three bytes")
def truth_in_pieces():
    truthful("--chop", "3")


@test("truth in RESP3, with attributes and pushes")
def truth_resp3():
    truthful(more=["-3"])


@test("truth in RESP3 in pieces, larger values")
def truth_resp3_in_pieces():
    truthful("--chop", "7", more=["-3", "-d", "1000"])


@test("truth with connections coming and going")
def truth_reconnecting():
    r = truthful(more=["--reconnect", "50"])
    expect(r["connections"]["reconnects"] >= 6000 // 56, r["connections"])
    expect(r["latency"]["connect_us"]["count"] ==
           r["connections"]["opened"], r["latency"])


@test("truth with fewer keys than connections")
def truth_few_keys():
    with Liar() as liar:
        status, r, text = judged(liar, "--keys", "2")
    expect(status == 0 and r["work"]["end_checked_keys"] == 2, text)


@test("nil is right for a key that was never set")
def no_fill():
    r = truthful(more=["--no-fill"])
    expect(r["work"]["nils"] > 0, "no nil")


@test("no key is left behind, unless asked for")
def leaves_nothing():
    """The keys are deleted at the end, or left there with --keep."""
    for more, left in (([], b":0\r\n"), (["--keep"], b":20\r\n")):
        with Liar(tcp=True) as liar:
            judged(liar, *more)
            with socket.create_connection(
                    ("127.0.0.1", int(liar.where[1]))) as s:
                s.sendall(b"*1\r\n$6\r\nDBSIZE\r\n")
                got = s.recv(100)
        expect(got == left, f"{more}: {got}")


@test("an interrupt ends the run with its report")
def interrupted():
    with Liar() as liar:
        run = subprocess.Popen(
            [STRESS, *liar.where, "--duration", "600", "--interval", "0.1",
             "--json", "-"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        # Until a line tells that requests are being answered.
        line = "\n"
        while not re.match(r" *\d+ s +[1-9]\d*/s ", line):
            expect(line, "it ended by itself")
            line = run.stderr.readline()
        began = time.monotonic()
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=120)
        took = time.monotonic() - began
    r = json.loads(out)
    expect(run.returncode == 0 and r["ok"] and r["interrupted"], err)
    expect(r["requests"] > 0 and took < 50, f"{took} s")


@test("nobody listens: one line, exit 1")
def nobody_there():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = str(s.getsockname()[1])
        done = stress("-p", port, "-n", "1")
    expect(done.returncode == 1, done.returncode)
    expect(done.stderr == f"baton-stress: 127.0.0.1:{port}: "
           "Connection refused\n", done.stderr)
    expect(done.stdout == "", done.stdout)


@test("bad options: one line, exit 2")
def bad_options():
    for args in (["-c", "0"], ["-c"], ["-x"], ["--nope"], ["--ratio", "1"],
                 ["--ratio", "0:0"], ["-d", "31"], ["what"], ["-n", "1x"],
                 ["--duration", "-1"], ["-q=1"], ["--progress=yes"],
                 ["-c", "9", "--keys", "8", "--ratio", "1:0"],
                 ["-w", "/nonesuch"], ["--popularity", "zipf"],
                 ["-d", "64-32"], ["-w", "queue", "-c", "1"],
                 ["-s", "x", "--source-addresses", "2"]):
        done = stress(*args)
        expect(done.returncode == 2, f"{args}: exit {done.returncode}")
        expect(done.stdout == "" and done.stderr.count("\n") == 1,
               f"{args}: {done.stderr}")
        expect(done.stderr.startswith("baton-stress: "), done.stderr)


@test("--help fits a screen")
def help_fits():
    done = stress("--help")
    lines = done.stdout.splitlines()
    expect(done.returncode == 0 and not done.stderr, done.stderr)
    expect(len(lines) <= 24 and max(map(len, lines)) <= 80,
           f"{len(lines)} lines of up to {max(map(len, lines))}")
    done = stress("--version")
    expect(done.returncode == 0 and done.stdout.startswith("baton-stress "),
           done.stdout)


if __name__ == "__main__":
    main()
