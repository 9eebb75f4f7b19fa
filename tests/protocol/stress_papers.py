#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What is written about baton-stress is true: the manual page, --help and the
completion of bash know every option, and the page every key of the JSON. TAP."""

import json
import os
import re
import shutil
import subprocess
import tempfile

from baton_test import Server
from stress_support import STRESS, SUPPORT, Liar, expect, main, same, stress
from stress_support import test

TOP = os.path.join(SUPPORT, "..", "..")
SCRIPT = os.path.join(TOP, "stress", "completion", "baton-stress")


def manual():
    with open(os.path.join(TOP, "doc", "baton-stress.1")) as f:
        return f.read()


def section(name):
    """A part of the manual page, up to the next heading."""
    return re.search(r"^\.S[hs] %s\n(.*?)^\.S[hs] " % name, manual(),
                     re.S | re.M).group(1)


def options():
    """All long names; {long: letter} of those that have one."""
    names = stress("--options").stdout.split()
    letters = {}
    for line in section("Options").splitlines():
        m = re.match(r"\.It Fl (\w) , -([\w-]+)", line)
        if m:
            letters["--" + m.group(2)] = "-" + m.group(1)
    return names, letters


@test("the manual page has every option and no other")
def in_manual():
    names, _ = options()
    told = set()
    for line in section("Options").splitlines():
        if line.startswith(".It Fl "):
            told |= {"-" + word for word in line.split() if re.match(r"-\w", word)}
    same(sorted(told - {"--options"}), sorted(names))


@test("--help has every option")
def in_help():
    names, letters = options()
    text = stress("--help").stdout
    for name in names:
        expect(re.search(r"(?<![\w-])%s(?![\w-])" % name, text) or
               re.search(r"(?<![\w-])%s(?![\w-])" % letters.get(name, "none"),
                         text), name)
    same(text.splitlines()[0].split()[0], "baton-stress")
    for word in ("compare", "report"):
        done = stress(word, "--help")
        same((done.returncode, done.stderr), (0, ""))
        expect(done.stdout.startswith("usage: baton-stress " + word), word)
        expect(max(map(len, done.stdout.splitlines())) <= 80, done.stdout)


def completed(*words):
    text = ". '%s'; COMP_WORDS=(%s); COMP_CWORD=%d; compopt() { :; }; " \
        "_baton_stress '%s'; printf '%%s\\n' \"${COMPREPLY[@]}\"" % (
            SCRIPT, " ".join("'%s'" % w for w in words), len(words) - 1, STRESS)
    return subprocess.run([shutil.which("bash"), "-c", text], text=True,
                          check=True, stdout=subprocess.PIPE).stdout.split()


@test("bash completes every option, and values that are words")
def completion():
    if not shutil.which("bash"):
        return
    names, letters = options()
    same(sorted(completed("baton-stress", "-")), sorted(names))
    values = {"--workload": "zset", "--arrivals": "poisson", "--close": "half",
              "--popularity": "uniform", "--slo": "p99=2ms",
              "--fault": "never-read:"}
    for name in names:
        got = completed("baton-stress", name, "")
        if name in values:
            expect(values[name] in got, (name, got))
        for letter in {letters.get(name)} & {"-w", "-s", "-h"}:
            same(completed("baton-stress", letter, ""), got)
        expect(not set(got) & set(names), (name, got))
    same(sorted(completed("baton-stress", "")), ["compare", "report"])
    expect("p99>+10%" in completed("baton-stress", "report", "a", "--fail-if", ""),
           "conditions")
    same(completed("baton-stress", "report", "-"), ["-o", "--fail-if", "--help"])
    same(completed("baton-stress", "compare", "--r"), ["--rounds"])
    same(sorted(completed("baton-stress", "compare", "1", "2", "--", "--clo")),
         ["--close", "--closed"])


def keys_of(value, out):
    """Every key at any depth."""
    if isinstance(value, dict):
        for key, v in value.items():
            out.add(key)
            keys_of(v, out)
    elif isinstance(value, list):
        for v in value:
            keys_of(v, out)
    return out


@test("the manual page has every key of the JSON and no other")
def in_json():
    with Liar() as liar, tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "j")
        # A limit that no rate holds, so that it ends soon.
        stress(*liar.where, "-c", "3", "--slo", "p99=0.001us", "--rate", "1",
               "--duration", "0.3", "--storm", "2", "--fault", "rst:1",
               "--fault-after", "0.1", "--server-pid", str(os.getpid()),
               "--json", path)
        with open(path) as f:
            used = keys_of(json.load(f), set())
    text = section("JSON")
    told = set()
    for line in text.splitlines():
        if line.startswith((".It Li ", ".Li ")):
            told |= set(re.findall(r"[a-z]\w+|t\b", line.split(" No ")[0]))
    told.discard("null")
    same(sorted(used - told), [])
    same(sorted(told - used), [])


@test("a password is told to nobody")
def secret():
    with Server(requirepass="hush") as server, \
            tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "j")
        for words in (["-a", "hush"], ["-ahush"], ["--password", "hush"],
                      ["--password=hush"]):
            done = stress("-s", server.path, "-c", "1", "-n", "10", "-q",
                          "--json", path, *words)
            same(done.returncode, 0)
            with open(path) as f:
                text = f.read()
            expect("hush" not in text and "***" in text, text[:300])


if __name__ == "__main__":
    main()
