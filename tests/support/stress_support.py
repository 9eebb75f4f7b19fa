# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of baton-stress share: the program, and the server that
lies."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

TOP = os.environ.get("top_builddir", ".")
SUPPORT = os.path.dirname(os.path.abspath(__file__))
STRESS = os.path.abspath(
    os.environ.get("BATON_STRESS", os.path.join(TOP, "baton-stress"))
)

# Small: one lie among some thousand requests over a handful of keys.
LOAD = ["-c", "6", "-t", "2", "-P", "8", "-n", "6000", "--keys", "20",
        "--ratio", "1:1", "--timeout", "60", "-q", "--seed", "3"]


def put_away(process):
    """Ends a child, whatever it does, and closes its pipe."""
    process.kill()
    process.wait()
    process.stdout.close()


class Child:
    """A server in Python, for the length of a with statement. Its first line
    says where it listens."""

    def __init__(self, program, *args, tcp=False):
        self.folder = tempfile.mkdtemp()
        path = os.path.join(self.folder, "s")
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(SUPPORT, program), *args]
            + ([] if tcp else ["--unix", path]),
            stdout=subprocess.PIPE,
            text=True,
        )
        name = self.process.stdout.readline().split()[1]
        self.where = ["-p", name] if tcp else ["-s", path]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        put_away(self.process)
        shutil.rmtree(self.folder)


class Liar(Child):
    """The lying server."""

    def __init__(self, *args, tcp=False):
        super().__init__("liar.py", *args, tcp=tcp)


def stress(*args, **kw):
    return subprocess.run(
        [STRESS, *args], text=True, capture_output=True, timeout=300, **kw
    )


def judged(liar, *args):
    """Runs the load: (exit status, the JSON report, the text report)."""
    done = stress(*liar.where, *LOAD, *args, "--json", "-")
    if not done.stdout:
        raise AssertionError(done.stderr)
    return done.returncode, json.loads(done.stdout), done.stderr


def wrong_faults(report):
    """Those that were counted at all."""
    return {k: v for k, v in report["faults"].items() if v}


# ---- One TAP line for each function -----------------------------------------

_tests = []


def test(name):
    def enter(fn):
        _tests.append((name, fn))
        return fn

    return enter


def expect(cond, what):
    if not cond:
        raise AssertionError(what)


def same(got, want):
    expect(got == want, "%r, not %r" % (got, want))


def near(what, got, low, high):
    expect(low <= got <= high, "%s: %r, not %r to %r" % (what, got, low, high))


def main():
    """Runs the tests whose name holds one of the program's arguments."""
    if not os.access(STRESS, os.X_OK):
        print("Bail out! %s is not there" % STRESS)
        sys.exit(1)
    wanted = sys.argv[1:]
    chosen = [
        (name, fn)
        for name, fn in _tests
        if not wanted or any(w in name for w in wanted)
    ]
    failed = 0
    print("1..%d" % len(chosen))
    for number, (name, fn) in enumerate(chosen, 1):
        try:
            fn()
            print("ok %d - %s" % (number, name))
        except Exception:  # whatever it is, the others still run
            failed += 1
            text = traceback.format_exc().replace("\n", "\n# ")
            print("not ok %d - %s\n# %s" % (number, name, text))
        sys.stdout.flush()
    sys.exit(failed > 0)
