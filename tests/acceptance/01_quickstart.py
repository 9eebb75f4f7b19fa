#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""From a clean clone to a running server; who comes from another host is
refused without a password, and served with one."""

import ast
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from accept import (
    TOP,
    at_least,
    ci_jobs,
    exactly,
    installed,
    main,
    need_linux,
    need_root,
    other_tree,
    part,
    run,
    run_well,
    say,
    tail,
)
from baton_test import (
    Skip,
    Wrong,
    batond_program,
    free_port,
    redis_program,
    wait_until,
)

# ---- A clean clone ----------------------------------------------------------


class Clone:
    """Made once, by the first part that wants it."""

    folder = None
    top = None

    @classmethod
    def get(cls):
        if not cls.folder:
            if not os.path.exists(os.path.join(TOP, ".git")):
                raise Skip("%s is not a checkout" % TOP)
            # Short, for the path of the Unix socket in it.
            cls.folder = tempfile.mkdtemp(prefix="clone.", dir="/tmp")
            cls.top = os.path.join(cls.folder, "baton")
            result = run(
                installed("git"), "clone", "-q", "--no-hardlinks", TOP, cls.top
            )
            if result.returncode != 0:
                raise Wrong("git clone: " + result.stdout)
        return cls.top

    @classmethod
    def drop(cls):
        if cls.folder:
            subprocess.run(["chmod", "-R", "u+w", cls.folder], check=False)
            shutil.rmtree(cls.folder, ignore_errors=True)


def said(*words):
    return run(installed("redis-cli"), *words, timeout=30).stdout.strip()


@contextlib.contextmanager
def running(*words, **more):
    """A command for the length of a with statement; it should end well with
    SIGTERM."""
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [str(w) for w in words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            **more
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if sys.exc_info()[0]:
                log.seek(0)
                say(tail(log.read()))


def connects(process, *where):
    if process.poll() is not None:
        raise Wrong("it ended with status %d" % process.returncode)
    return said(*where, "ping") == "PONG"


@part("quickstart run")
def quickstart_run():
    top, port = Clone.get(), free_port()
    installed("redis-cli")
    path = os.path.join(top, "build", "batond.sock")
    with running(
        *(os.path.join(top, "quickstart"), "run", "--port", port),
        cwd=top,
        env=other_tree()
    ) as process:
        wait_until(
            lambda: connects(process, "-p", port), "./quickstart run", 900
        )
        for name, where in (("TCP", ("-p", port)), ("Unix", ("-s", path))):
            exactly("redis-cli over %s, set a b" % name, said(*where, "set", "a", "b"), "OK")
            exactly("redis-cli over %s, get a" % name, said(*where, "get", "a"), "b")
            said(*where, "del", "a")
    exactly("./quickstart run, exit status after SIGTERM", process.returncode, 0)
    exactly("./quickstart run, its socket is gone", not os.path.exists(path), True)


@part("quickstart check", long=True)
def quickstart_check():
    top = Clone.get()
    result = run_well(
        "./quickstart check in a clean clone",
        os.path.join(top, "quickstart"),
        "check",
        cwd=top,
        env=other_tree(),
        timeout=3600,
    )
    passed = [
        int(line.split()[-1])
        for line in result.stdout.splitlines()
        if line.startswith("# PASS:")
    ]
    at_least("./quickstart check, tests passed", sum(passed), 1)


@part("distcheck", long=True)
def distcheck():
    top = Clone.get()
    build = os.path.join(top, "build")
    if not os.path.exists(os.path.join(build, "Makefile")):
        raise Skip("wants the tree that the parts before it made")
    run_well(
        "make distcheck",
        *("make", "-s", "distcheck"),
        cwd=build,
        env=other_tree(),
        timeout=3600
    )


@part(".ci/run", long=True)
def ci_run():
    ci_jobs(Clone.get())


# ---- A second host ----------------------------------------------------------

# Sends words as they are and shows all that comes until the end.
TALK = """
import socket, sys
s = socket.create_connection((sys.argv[1], 6379), 10)
out, end = b"", "EOF"
try:
    s.sendall(sys.argv[2].encode())
    while True:
        piece = s.recv(4096)
        if not piece:
            break
        out += piece
except OSError as fault:
    end = str(fault)
print((out.decode(), end))
"""


class Hosts:
    """Two network namespaces joined by a cable; ours for this process's life.
    The addresses are known to nobody but the two."""

    def __init__(self):
        mark = "%d" % os.getpid()
        self.names = ["bta" + mark, "btb" + mark]
        self.cables = ["va" + mark, "vb" + mark]
        self.addresses = ["10.199.0.1", "10.199.0.2"]
        self.made = []

    def ip(self, *words):
        result = run(self.tool, *words, timeout=20)
        if result.returncode != 0:
            raise Skip("ip %s: %s" % (" ".join(words), result.stdout.strip()))

    def __enter__(self):
        need_linux()
        need_root()
        self.tool = installed("ip")
        try:
            for name in self.names:
                self.ip("netns", "add", name)
                self.made.append(name)
            self.ip(
                *("link", "add", self.cables[0], "netns", self.names[0]),
                *("type", "veth", "peer", "name", self.cables[1]),
                *("netns", self.names[1])
            )
            for name, cable, address in zip(
                self.names, self.cables, self.addresses
            ):
                inside = ("-n", name)
                self.ip(*inside, "addr", "add", address + "/24", "dev", cable)
                self.ip(*inside, "link", "set", cable, "up")
                self.ip(*inside, "link", "set", "lo", "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *what):
        for name in self.made:
            run(self.tool, "netns", "del", name)
        self.made = []

    def on(self, host, *words):
        """The words that run a command on a host."""
        return [self.tool, "netns", "exec", self.names[host]] + list(words)

    def cli(self, host, *words):
        """redis-cli on a host, to the server on the first."""
        where = (installed("redis-cli"), "-h", self.addresses[0])
        return run(*self.on(host, *where, *words), timeout=20).stdout.strip()

    def talk(self, host, text):
        """What the server on the first host answers, and how it ends."""
        words = (sys.executable, "-c", TALK, self.addresses[0], text)
        result = run(*self.on(host, *words), timeout=20)
        if result.returncode != 0:
            raise Wrong(result.stdout)
        return ast.literal_eval(result.stdout)


def await_local(hosts, process):
    """Until it answers on its own host."""
    def answers():
        if process.poll() is not None:
            raise Wrong("the server ended")
        out = run(*hosts.on(0, installed("redis-cli"), "ping"), timeout=20)
        return out.stdout.strip() == "PONG" or "NOAUTH" in out.stdout

    wait_until(answers, "an answer on the server's own host", 30)


REQUEST = "PING\r\nSET a b\r\n"


def refusal_of(hosts, folder, *words):
    """What the second host is told by a server with these words, when it has
    sent requests."""
    with running(*hosts.on(0, *words), cwd=folder) as process:
        await_local(hosts, process)
        time.sleep(0.1)
        own = run(*hosts.on(0, installed("redis-cli"), "ping"), timeout=20)
        return hosts.talk(1, REQUEST), own.stdout.strip()


@part("protected mode")
def protected_mode():
    redis = redis_program()
    batond = os.path.abspath(batond_program())
    with Hosts() as hosts, tempfile.TemporaryDirectory() as folder:
        (told, end), own = refusal_of(hosts, folder, batond)
        begin = "-DENIED Redis is running in protected mode"
        exactly("second host, no password", told[: len(begin)], begin)
        exactly("second host, no password, the end", end, "EOF")
        exactly("first host, no password", own, "PONG")
        if redis:
            # Redis' own words may end in a reset; ours may not.
            (theirs, _), _ = refusal_of(
                hosts, folder, redis, "--save", "", "--appendonly", "no"
            )
            exactly("the whole text is that of redis-server", told == theirs, True)
            if told != theirs:
                say(repr(told))
                say(repr(theirs))
        words = (batond, "--bind", "0.0.0.0", "--requirepass", "x")
        with running(*hosts.on(0, *words), cwd=folder) as process:
            await_local(hosts, process)
            exactly(
                "second host, before AUTH",
                hosts.cli(1, "get", "a"),
                "NOAUTH Authentication required.",
            )
            exactly(
                "second host, AUTH, set and get",
                hosts.talk(1, "AUTH x\r\nSET a b\r\nGET a\r\nQUIT\r\n"),
                ("+OK\r\n+OK\r\n$1\r\nb\r\n+OK\r\n", "EOF"),
            )
            exactly(
                "second host, redis-cli with the password",
                hosts.cli(1, "--no-auth-warning", "-a", "x", "get", "a"),
                "b",
            )
        exactly("the server's exit status", process.returncode, 0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        main()
    finally:
        Clone.drop()
