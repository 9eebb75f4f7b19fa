#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""baton-stress report: results into a page, results against each other."""

import html.parser
import json
import os
import re
import subprocess
import tempfile

from baton_test import Server, expect_true, main, test

STRESS = os.path.join(os.environ.get("top_builddir", "."), "baton-stress")
LEGAL = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "div",
         "table", "tr", "th", "td", "span", "code", "figure", "figcaption", "ul",
         "li", "svg", "line", "text", "polyline", "path", "circle"}
EMPTY = {"meta", "line", "polyline", "path", "circle"}


def stress(*words):
    return subprocess.run([STRESS] + list(words), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, timeout=300)


def measured(folder, name, *options):
    path = os.path.join(folder, name)
    with Server() as server:
        done = stress("-s", server.path, "-q", "--duration", "1", "--interval", "0.2",
                      "--json", path, "--server-pid", str(server.process.pid), *options)
        expect_true(done.returncode == 0, done.stdout + done.stderr)
    return path


class Page(html.parser.HTMLParser):
    """Counts what there is and holds it to be well nested and to itself."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.attributes, self.text = [], {}, [], ""
        self.feed(text)
        self.close()
        expect_true(not self.open, "left open: %r" % self.open)

    def handle_starttag(self, tag, attributes):
        expect_true(tag in LEGAL, "element %s" % tag)
        self.seen[tag] = self.seen.get(tag, 0) + 1
        self.attributes += [(tag,) + a for a in attributes]
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in EMPTY:
            self.open.pop()

    def handle_endtag(self, tag):
        expect_true(self.open and self.open.pop() == tag, "end of %s" % tag)

    def handle_data(self, data):
        self.text += data


def no_outside(text):
    """No reference that a browser would follow."""
    for bad in (r"https?:", r"//[a-z]", r"\burl\s*\(", r"@import", r"<script", r"\bsrc\s*=",
                r"\bhref\s*=", r"javascript:", r"<link", r"<iframe", r"\bon\w+\s*="):
        found = re.search(bad, text, re.I)
        expect_true(not found, "the page has %r" % (found and found.group()))


@test("a page of two runs stands by itself", client=False)
def page():
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(10):  # one at least during which this machine does not stall
            a = measured(folder, "open.json", "--rate", "2000")
            with open(a) as f:
                rate = json.load(f)["rate"]
            if 1900 < rate < 2100:
                break
        b = measured(folder, "closed <b>.json")
        out = os.path.join(folder, "out.html")
        done = stress("report", a, b, "-o", out)
        expect_true(done.returncode == 0, done.stderr)
        with open(out, encoding="utf-8") as f:
            text = f.read()
        no_outside(text)
        p = Page(text)
        expect_true("closed <b>.json" in p.text, "names are text")
        for title in ("Throughput over time", "Latency over time", "Latency distribution",
                      "Connections", "CPU of the server and of the generator"):
            expect_true(title in p.text, title)
        expect_true(p.seen["svg"] == 2 * p.seen["figure"] == 10, p.seen)
        expect_true("prefers-color-scheme:dark" in p.text, "dark")
        for tag, name, value in p.attributes:
            expect_true("nan" not in (value or "") and "inf" not in (value or ""),
                        "%s %s=%r" % (tag, name, value))
        # The numbers are those of the runs.
        expect_true(1900 < rate < 2100, rate)
        expect_true(re.search(r">(2|1\.\d+|2\.\d+)k<", text) is not None, "the rate in the table")


@test("--fail-if compares with the first run", client=False)
def fail_if():
    with tempfile.TemporaryDirectory() as folder:
        a = measured(folder, "a.json")
        with open(a) as f:
            result = json.load(f)
        for name in ("p50", "p90", "p99", "p999", "max", "mean"):
            result["latency"]["service_us"][name] *= 1.2
        result["rate"] *= 0.9
        b = os.path.join(folder, "b.json")
        with open(b, "w") as f:
            json.dump(result, f)
        for condition, status in (("p99>+10%", 1), ("p99>+30%", 0), ("rate<-5%", 1),
                                  ("rate<-15%", 0), ("mean>10%", 1), ("p99", 2),
                                  ("p99>10", 2), ("p98>10%", 2), (">10%", 2)):
            done = stress("report", a, b, "--fail-if", condition)
            expect_true(done.returncode == status,
                        "%s: %d %s" % (condition, done.returncode, done.stderr))
        done = stress("report", a, b, "--fail-if", "rate<-5%", "--fail-if", "p50>+50%")
        expect_true(done.returncode == 1 and done.stdout.count("\n") == 1, done.stdout)
        expect_true("rate went from" in done.stdout, done.stdout)


@test("what is no result is refused", client=False)
def refused():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bad.json")
        good = '{"program":"baton-stress","schema":1}'
        for text, error in ((good[:-1], "expected"), ('{"a":1}', "no result"), ("", "expected"),
                            (good + "x", "behind the end"), ("[" * 100, "too deep"),
                            ('{"a":"\\ud800"}', "half of a character"),
                            ('{"a":"x', "without an end"), ("nul", "a value expected"),
                            ('{"schema":2,"program":"baton-stress"}', "no result")):
            with open(path, "w") as f:
                f.write(text)
            done = stress("report", path)
            expect_true(done.returncode == 2 and error in done.stderr, (text, done.stderr))
        with open(path, "w") as f:
            f.write(good)
        expect_true(stress("report", path, "-o", "-").returncode == 0, "an empty result")
        expect_true(stress("report", path, "--nonsense").returncode == 2, "option")
        expect_true(stress("report").returncode == 2, "nothing")
        expect_true(stress("report", *[path] * 9).returncode == 2, "nine")
        expect_true(stress("report", path, "-o", folder).returncode == 2, "a folder")


if __name__ == "__main__":
    main()
