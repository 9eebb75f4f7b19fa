# SPDX-License-Identifier: BSD-2-Clause
"""What the acceptance scripts share.

A script is a file NN_name.py: NN is the number of the promise that it shows
(01 of the foundation, 3.01 of the database, 4.01 of baton-stress).
It defines parts, and ends with main():

    @part("split")                 always
    @part("ten million", long=True)        not with QUICK=1
    def split():
        at_most("largest deviation", measured, 10, "%")

Each figure is one line on standard output:

    04 largest deviation: figure 1.3 % limit <= 10 % pass
    08 below memcached: skip (memcached is not installed)

A part that ends with an exception counts as short; Skip (of baton_test) is told
with its reason. The exit status is 1 when anything was short.

Environment: top_srcdir, top_builddir, QUICK.
"""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import traceback

from baton_test import Skip, Wrong

NUMBER = re.match(r"[\d.]*", os.path.basename(sys.argv[0])).group() or "00"
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(
    os.environ.get("top_srcdir", os.path.join(HERE, "..", ".."))
)
BUILD = os.path.abspath(os.environ.get("top_builddir", "."))
QUICK = os.environ.get("QUICK", "0") not in ("", "0")

# What `make acceptance` gave us is not for the makes that we start.
for _name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"):
    os.environ.pop(_name, None)

_parts = []
_short = 0


# ---- Figures ----------------------------------------------------------------


def say(text):
    """A line that is no figure."""
    for line in str(text).splitlines() or [""]:
        print("   " + line)
    sys.stdout.flush()


def show(value, unit):
    if isinstance(value, bool):
        value = "yes" if value else "no"
    elif isinstance(value, float):
        value = "%.4g" % value if abs(value) < 10000 else "%.0f" % value
    elif not isinstance(value, (int, str)):
        value = repr(value)
    if isinstance(value, str):
        value = value.replace("\r", "\\r").replace("\n", "\\n")
        value = value if len(value) < 100 else value[:97] + "..."
    return "%s %s" % (value, unit) if unit else str(value)


def figure(name, value, sign, limit, unit=""):
    """One line; returns whether it passed. sign is one of <= < >= ="""
    global _short
    good = {
        "<=": lambda: value <= limit,
        "<": lambda: value < limit,
        ">=": lambda: value >= limit,
        "=": lambda: value == limit,
    }[sign]()
    _short += not good
    print(
        "%s %s: figure %s limit %s %s %s"
        % (
            NUMBER,
            name,
            show(value, unit),
            sign,
            show(limit, unit),
            "pass" if good else "short",
        )
    )
    sys.stdout.flush()
    return good


def at_most(name, value, limit, unit=""):
    return figure(name, value, "<=", limit, unit)


def below(name, value, limit, unit=""):
    return figure(name, value, "<", limit, unit)


def at_least(name, value, limit, unit=""):
    return figure(name, value, ">=", limit, unit)


def exactly(name, value, limit, unit=""):
    return figure(name, value, "=", limit, unit)


def skip(name, reason):
    print("%s %s: skip (%s)" % (NUMBER, name, reason))
    sys.stdout.flush()


# ---- Parts ------------------------------------------------------------------


def part(name, long=False):
    def enter(fn):
        _parts.append((name, fn, long))
        return fn

    return enter


def run_part(name, fn, long):
    if long and QUICK:
        skip(name, "only in the full form")
        return
    try:
        fn()
    except Skip as why:
        skip(name, why)
    except Exception as fault:  # pylint: disable=broad-except
        say(traceback.format_exc())
        exactly(name, "fault: %s" % fault, "no fault")


def main():
    """Runs the parts whose name holds one of the arguments; without any, all."""
    wanted = sys.argv[1:]
    # One of these would end the script without its servers being ended.
    for sig in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, lambda *_: sys.exit(1))
    raise_fd_limit()
    for name, fn, long in _parts:
        if not wanted or any(w in name for w in wanted):
            run_part(name, fn, long)
    sys.exit(1 if _short else 0)


# ---- Processes --------------------------------------------------------------


def built(*names):
    """The path of a program of the build; raises Skip when it is not there."""
    path = os.path.join(BUILD, *names)
    if not os.access(path, os.X_OK):
        raise Skip("%s is not built" % os.path.join(*names))
    return path


def helper(name):
    return built("tests", "acceptance", name)


def source(*names):
    path = os.path.join(TOP, *names)
    if not os.path.exists(path):
        raise Skip("%s is not there" % os.path.join(*names))
    return path


def installed(name):
    path = shutil.which(name)
    if not path:
        raise Skip("%s is not installed" % name)
    return path


def need_root():
    if os.geteuid() != 0:
        raise Skip("needs root")


def before_others():
    """What else the machine does shall not show in times that are taken from
    here on: the processor is ours when we want it, where that is allowed. A nice
    value would not do, since it may count among one session's processes only."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except (AttributeError, OSError):
        say("the priority cannot be raised: what else runs here will show")


def need_linux():
    if not sys.platform.startswith("linux"):
        raise Skip("needs Linux")


def run(*words, **more):
    """Runs a program to its end; output and errors together, as text."""
    more.setdefault("timeout", 600)
    return subprocess.run(
        [str(w) for w in words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        **more
    )


def other_tree():
    """The environment for a build that is none of ours."""
    ours = ("top_srcdir", "top_builddir", "PYTHONPATH", "QUICK", "BATOND")
    return {k: v for k, v in os.environ.items() if k not in ours}


def tail(text, n=30):
    return "\n".join(text.splitlines()[-n:])


def run_well(name, *words, **more):
    """One figure: the program's exit status, which should be 0."""
    result = run(*words, **more)
    if result.returncode != 0:
        say(tail(result.stdout))
    exactly(name + ", exit status", result.returncode, 0)
    return result


def raise_fd_limit():
    """As many descriptors as we may have; returns how many."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ValueError, OSError):
        pass
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def cpu_seconds(pid):
    """CPU time of all threads of a process. Linux numbers a process's CPU clock
    (~pid << 3) | 2, in nanoseconds."""
    need_linux()
    return time.clock_gettime((~pid << 3) | 2)


def rss(pid):
    """Resident bytes of a process."""
    need_linux()
    with open("/proc/%d/smaps_rollup" % pid) as f:
        for line in f:
            if line.startswith("Rss:"):
                return int(line.split()[1]) * 1024
    raise Wrong("no Rss in smaps_rollup")


def child_of(pid):
    """The only child of a process: what strace started."""
    need_linux()
    with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
        children = f.read().split()
    if len(children) != 1:
        raise Wrong("process %d has %d children" % (pid, len(children)))
    return int(children[0])


# ---- What a server says -----------------------------------------------------


def clients_of(client):
    """CLIENT LIST as a list of dictionaries of strings."""
    text = client.cmd("CLIENT", "LIST").decode()
    return [one_client(line) for line in text.splitlines()]


def one_client(line):
    return dict(word.partition("=")[::2] for word in line.split(" "))


def fields_of(text):
    """master0, worker0 and kin of INFO: a dictionary of strings."""
    return dict(word.partition("=")[::2] for word in text.split(","))


def info_of(client, *sections):
    text = client.cmd("INFO", *(sections or ("baton",))).decode()
    pairs = (ln.partition(":") for ln in text.split("\r\n") if ":" in ln)
    return {name: value for name, _, value in pairs}


def workers_of(info):
    """Handles of each worker."""
    return [
        int(fields_of(info["worker%d" % i])["handles"])
        for i in range(int(info["workers"]))
    ]


def quantile(values, q):
    """The value below which the share q of the values lies."""
    values = sorted(values)
    return values[min(len(values) - 1, int(q * len(values)))]


def median(values):
    values = sorted(values)
    n = len(values)
    return (values[n // 2] + values[(n - 1) // 2]) / 2


# ---- The crowd --------------------------------------------------------------


class Crowd:
    """tests/acceptance/crowd: many connections in one small process. options:
    clients, burst, pause (us), sources, request, reply; see crowd.c."""

    def __init__(self, server, tcp=False, wait=True, **options):
        where = ["-p", server.port] if tcp else ["-s", server.path]
        words = [helper("crowd")] + where
        for name, value in options.items():
            words += ["--" + name, value]
        self.process = subprocess.Popen(
            [str(w) for w in words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            universal_newlines=True,
        )
        self.connected = self.result() if wait else None

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()

    def result(self):
        """The next line of figures."""
        line = self.process.stdout.readline()
        if not line:
            raise Wrong("crowd ended with status %d" % self.process.wait())
        return {
            name: float(value) if "." in value else int(value)
            for name, value in (w.split("=") for w in line.split())
        }

    def ask(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def ping(self):
        """Each client sends its request once; all replies are waited for."""
        self.ask("ping")
        return self.result()

    def beat(self, seconds, interval_us):
        """Each client sends a request every interval for so long."""
        self.ask("beat %d %d" % (seconds * 1000, interval_us))
        return self.result()

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()


# ---- Sanitized builds -------------------------------------------------------


def sanitizers_of(folder):
    """With which sanitizers the tree in the folder was configured."""
    try:
        with open(os.path.join(folder, "config.log"), errors="replace") as f:
            text = f.read()
    except OSError:
        return []
    words = set(re.findall(r"-fsanitize=([\w,]+)", text.split("## Core tests.")[-1]))
    return sorted({w for group in words for w in group.split(",")})


def sanitized_builds():
    """The folders of the builds with a sanitizer that there are."""
    folders = [BUILD] + [
        os.path.join(TOP, "build", "ci", job) for job in ("asan", "tsan")
    ]
    return [
        f
        for f in folders
        if os.access(os.path.join(f, "batond"), os.X_OK) and sanitizers_of(f)
    ]


def build_asan(folder):
    """A sanitized batond in a temporary folder."""
    for words in (
        (
            source("configure"),
            "-q",
            "--without-criterion",
            "--disable-shared",
            "--enable-asan",
            "--enable-ubsan",
        ),
        ("make", "-s", "batond"),
    ):
        result = run(*words, cwd=folder, env=other_tree(), timeout=1800)
        if result.returncode != 0:
            raise Wrong("%s: %s" % (words[0], tail(result.stdout)))


# ---- .ci/run ----------------------------------------------------------------


def ci_jobs(top, *jobs):
    """Runs .ci/run, or those of its jobs, in a checkout: one figure for each
    job, the tests that did not pass."""
    script = os.path.join(top, ".ci", "run")
    if not os.path.exists(script):
        raise Skip(".ci/run is not there")
    result = run(
        installed("bash"), script, *jobs, timeout=3 * 3600, env=other_tree()
    )
    told = re.findall(
        r"^(\w+) +(\d+) passed +(\d+) failed +\d+ s  .*$", result.stdout, re.M
    )
    if result.returncode != 0:
        say(tail(result.stdout, 100))
    for job, passed, failed in told:
        at_least(".ci/run %s, passed" % job, int(passed), 1)
        exactly(".ci/run %s, failed or skipped" % job, int(failed), 0)
    for job in set(jobs) - {job for job, _, _ in told}:
        exactly(".ci/run %s" % job, "not run", "run")
    exactly(
        ".ci/run %s, exit status" % (" ".join(jobs) or "(all jobs)"),
        result.returncode,
        0,
    )
