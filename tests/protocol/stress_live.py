#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What baton-stress shows while it runs: a live view on a terminal, which is a
real pseudo terminal here, and plain lines elsewhere. TAP."""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from stress_support import (
    STRESS,
    Liar,
    expect,
    main,
    put_away,
    same,
    stress,
    test,
)

PATIENCE = 120
FRAME = "\033[?25l"
NORMAL = "\033[0m\033[?25h"


class Screen:
    """As much of a terminal as the live view uses; anything else is a fault.
    Lines that are too long wrap, as on a real one."""

    def __init__(self, columns):
        self.columns = columns
        self.rows = [""]
        self.row = self.column = 0
        self.cursor = True

    def feed(self, text):
        for part in re.findall(r"\033\[[\d;?]*[A-Za-z]|[\s\S]", text):
            if part[0] == "\033":
                self.control(part[2:-1], part[-1])
            elif part == "\r":
                self.column = 0
            elif part == "\n":
                self.down()
            else:
                self.write(part)

    def down(self):
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append("")

    def write(self, sign):
        expect(sign >= " ", "a sign that is none: %r" % sign)
        if self.column == self.columns:
            self.column = 0
            self.down()
        line = self.rows[self.row].ljust(self.column)
        self.rows[self.row] = line[: self.column] + sign + line[self.column + 1:]
        self.column += 1

    def control(self, number, letter):
        if letter == "A":
            self.row -= int(number)
            expect(self.row >= 0, "above the first line")
        elif letter == "K":
            self.rows[self.row] = self.rows[self.row][: self.column]
        elif letter == "J":
            self.rows[self.row] = self.rows[self.row][: self.column]
            del self.rows[self.row + 1:]
        elif number == "?25":
            self.cursor = letter == "h"
        else:
            expect(letter == "m", "an escape sequence: %s%s" % (number, letter))

    def text(self):
        return "\n".join(row.rstrip() for row in self.rows).rstrip()


def heeds_signals():
    """Also where the tests run in the background, which shells let ignore some."""
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(sig, signal.SIG_DFL)


class Terminal:
    """baton-stress with standard error on a terminal of that size; standard
    output is a pipe."""

    def __init__(self, *args, columns=80, rows=24, **env):
        self.master, self.slave = pty.openpty()
        self.size(columns, rows)
        self.before = termios.tcgetattr(self.slave)
        whole = {k: v for k, v in os.environ.items()
                 if k not in ("LC_ALL", "LC_CTYPE", "LANG", "NO_COLOR")}
        whole.update({"TERM": "xterm", "LANG": "C.UTF-8"}, **env)
        self.process = subprocess.Popen(
            [STRESS, *args], stdout=subprocess.PIPE, stderr=self.slave,
            env=whole, preexec_fn=heeds_signals)
        self.text = ""
        self.ended = False
        self.decoder = codecs.getincrementaldecoder("utf-8")()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        put_away(self.process)
        os.close(self.master)
        os.close(self.slave)

    def size(self, columns, rows):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))

    def read(self):
        """What has come; it may end amid a character."""
        if select.select([self.master], [], [], 0.1)[0]:
            self.text += self.decoder.decode(os.read(self.master, 65536))

    def until(self, what, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            expect(time.monotonic() < end, "in vain: %s; %r"
                   % (what, self.text[-2000:]))
            self.read()

    def frames(self):
        """Those that are complete."""
        return [f.split(NORMAL)[0] for f in self.text.split(FRAME)[1:]
                if NORMAL in f]

    def until_frames(self, n, holding="errors"):
        self.until("%d more frames" % n, lambda: sum(
            holding in f for f in self.frames()) >= n)

    def end(self):
        """Exit status and standard output, all output having come."""
        self.until("its end", lambda: self.process.poll() is not None)
        out = self.process.stdout.read().decode()
        status = self.process.wait()
        while select.select([self.master], [], [], 0.1)[0]:
            self.read()
        self.ended = True
        same(termios.tcgetattr(self.slave), self.before)
        return status, out

    def screen(self, columns=80):
        screen = Screen(columns)
        # The rest of a frame may be on its way.
        end = self.text.rfind(NORMAL) + len(NORMAL)
        screen.feed(self.text if self.ended else self.text[:end])
        expect(screen.cursor, "the cursor is hidden")
        return screen.text()


def load(liar, *more):
    return [*liar.where, "-c", "3", "--keys", "20", "--interval", "0.1", *more]


def plain(frame):
    return re.sub(r"\033\[[\d;]*[A-Za-z]", "", frame)


def look(t, seconds):
    """What stands there after five frames; None if the run is over by then, or
    about to be."""
    t.until("five frames", lambda: t.process.poll() is not None
            or sum("errors" in f for f in t.frames()) >= 5)
    seen = t.screen()
    return None if " %s s of %s " % (seconds, seconds) in seen else seen


@test("live: all figures, in place, and gone at the end")
def live():
    for seconds in ("2", "8", "30"):  # a slow machine needs more
        with Liar() as liar, Terminal(*load(
                liar, "--rate", "200", "--duration", seconds, "--idle",
                "2")) as t:
            seen = look(t, seconds)
            status, out = t.end()
        if seen:
            break
    expect(seen, "no run was long enough: %r" % t.text[-2000:])
    for label in ("rate", "p50", "p99", "p99.9", "errors", "connections"):
        same(len(re.findall("^" + re.escape(label) + " ", seen, re.M)), 1)
    expect(re.search(r"^rate +\d+(\.\d)?/s +[▁-█ ]+ most ", seen, re.M), seen)
    expect(re.search(r"^p99 +[\d.]+ [mu]?s +[▁-█ ]+ most ", seen, re.M), seen)
    expect(re.search(r"^connections +3  of 3, 2 idle$", seen, re.M), seen)
    expect(" of %s  200/s due, response times" % seconds in seen, seen)
    expect("\033[1m" in t.text and "\033[32m" in t.text, "colours")
    same(status, 0)
    expect("verdict: ok" in out and "\033" not in out, out)
    same(t.screen(), "")


def ups(terminal):
    """How far each frame goes up before it begins."""
    return [int(re.search(r"\033\[(\d+)A|$", f).group(1) or 0)
            for f in terminal.frames()]


@test("live: as wide as the terminal, also when that changes")
def width():
    with Liar() as liar, Terminal(*load(liar, "--duration", "60"),
                                  columns=120) as t:
        t.until_frames(3)
        widest = max(map(len, plain(t.frames()[-1]).splitlines()))
        expect(80 <= widest < 120, widest)
        for columns, rows in ((40, 24), (15, 24), (90, 5), (80, 2)):
            t.size(columns, rows)

            def fits():
                lines = plain(t.frames()[-1]).replace("\r", "").splitlines()
                return len(lines) < rows and max(map(len, lines)) < columns
            t.until("a frame of %d columns" % columns, fits)
        # What was as wide as the terminal of before has been broken into rows.
        t.text = ""
        t.size(100, 24)
        t.until_frames(2, "connections")
        t.size(50, 24)
        t.until("a frame over broken lines", lambda: max(ups(t)) > 7)
        first = [up > 7 for up in ups(t)].index(True)
        broken = plain(t.frames()[first - 1]).replace("\r", "").splitlines()
        same(ups(t)[first],
             sum(max(1, -(-len(line) // 50)) for line in broken))


@test("live: without colours, without characters beyond ASCII")
def modest():
    with Liar() as liar:
        for env in ({"NO_COLOR": "1", "LANG": "en_US.ISO-8859-1"},
                    {"NO_COLOR": "1", "LC_ALL": "C"}):
            with Terminal(*load(liar, "--duration", "60"), **env) as t:
                t.until_frames(4)
                same(re.findall(r"\033\[[1-9][\d;]*m", t.text), [])
                expect(t.text.isascii(), t.text)
                expect(re.search(r"^rate +\S+/s +[_.:=+*# -]+ most ", t.screen(),
                                 re.M), t.screen())
        with Terminal(*load(liar, "--duration", "60"), NO_COLOR="") as t:
            t.until_frames(1)
            expect("\033[1m" in t.text, "an empty NO_COLOR says nothing")


LINE = re.compile(r" +\d+ s +\d+/s  p50 +\d+ us  p99 +\d+ us  p99.9 +\d+ us  "
                  r"errors \d+  connections 3\r?$")


@test("plain lines on a dumb terminal, when asked for, and elsewhere")
def lines():
    with Liar() as liar:
        for more, env in (((), {"TERM": "dumb"}), ((), {"TERM": ""}),
                          (("--progress",), {})):
            with Terminal(*load(liar, "--duration", "1", *more), **env) as t:
                same(t.end()[0], 0)
                expect("\033" not in t.text, t.text)
                expect(t.text.count("\n") >= 2, t.text)
                for line in t.text.splitlines():
                    expect(LINE.match(line), line)
        done = stress(*load(liar, "--duration", "1"), env={"TERM": "xterm"})
        expect(done.stderr.count("\n") >= 2, done.stderr)
        for line in done.stderr.splitlines():
            expect(LINE.match(line), line)
        same(stress(*load(liar, "--duration", "0.5", "-q")).stderr, "")
        with Terminal(*load(liar, "--duration", "0.5", "-q")) as t:
            same(t.end()[0], 0)
            same(t.text, "")


@test("SIGINT: the view is gone, the report comes")
def interrupted():
    with Liar() as liar, Terminal(*load(liar, "--duration", "600")) as t:
        t.until_frames(2)
        t.process.send_signal(signal.SIGINT)
        status, out = t.end()
        same(status, 0)
        expect("(interrupted)" in out and "verdict: ok" in out, out)
        same(t.screen(), "")


@test("a second SIGINT, SIGHUP and SIGQUIT leave the terminal in order")
def killed():
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        with Liar() as liar, Terminal(
                *load(liar, "--duration", "600", "--timeout", "600")) as t:
            t.until_frames(2)
            # Now the first signal cannot end the run.
            liar.process.send_signal(signal.SIGSTOP)
            end = time.monotonic() + PATIENCE
            while t.process.poll() is None and time.monotonic() < end:
                t.process.send_signal(sig)
                t.read()
            status, out = t.end()
            same((status, out), (-sig, ""))
            expect("errors" in t.screen(), t.screen())
            same(t.text[-len(NORMAL):], NORMAL)


@test("nohup keeps its promise")
def nohup():
    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with Liar() as liar:
        run = subprocess.Popen(
            [STRESS, *load(liar, "--duration", "1.5")], preexec_fn=ignore,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        run.stderr.readline()
        run.send_signal(signal.SIGHUP)
        out, err = run.communicate(timeout=PATIENCE)
        same(run.returncode, 0)
        expect("verdict: ok" in out, out + err)


@test("after a stop the view begins anew, below")
def continued():
    with Liar() as liar, Terminal(*load(liar, "--duration", "600")) as t:
        t.until_frames(3)
        t.process.send_signal(signal.SIGSTOP)
        time.sleep(0.1)
        t.process.send_signal(signal.SIGCONT)
        t.until("a frame that does not go up", lambda: any(
            not re.search(r"\033\[\d+A", f) for f in t.frames()[1:]))
        # It goes on in place from there.
        n = len(t.frames())
        t.until("more frames", lambda: len(t.frames()) > n + 1)
        expect(re.search(r"\033\[7A", t.frames()[-1]), t.frames()[-1])


if __name__ == "__main__":
    main()
