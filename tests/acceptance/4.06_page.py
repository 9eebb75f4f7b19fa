#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The page of `baton-stress report` in a browser: light, dark and 400 px wide.
No text lies over another, none is cut off; screenshots to look at are left in
the build folder."""

import json
import os
import re
import subprocess
import tempfile

from accept import BUILD, built, exactly, installed, main, part, run, say
from baton_test import Server

MEASURE = """
<script>
addEventListener("load", () => {
  const bad = [];
  const boxes = [...document.querySelectorAll("svg")].filter(
    (s) => s.getBoundingClientRect().width > 0).map(
    (s) => [s.getBoundingClientRect(), [...s.querySelectorAll("text")]]);
  for (const [frame, texts] of boxes) {
    const r = texts.map((t) => t.getBoundingClientRect());
    r.forEach((a, i) => {
      if (a.left < frame.left - 1 || a.right > frame.right + 1 ||
          a.top < frame.top - 1 || a.bottom > frame.bottom + 1)
        bad.push("cut: " + texts[i].textContent);
      if (a.height < 8) bad.push("small: " + texts[i].textContent);
      r.slice(i + 1).forEach((b, k) => {
        if (a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom)
          bad.push("over: " + texts[i].textContent + " / " + texts[i + 1 + k].textContent);
      });
    });
  }
  if (document.documentElement.scrollWidth > innerWidth) bad.push("wider than the window");
  const n = boxes.length;
  document.body.innerHTML = "<pre>" + JSON.stringify({ charts: n, bad,
    back: getComputedStyle(document.body).backgroundColor }) + "</pre>";
});
</script></body>"""
FLAGS = ("--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
         "--disable-background-networking --disable-component-update --disable-sync").split()


def chromium(*words):
    with tempfile.TemporaryDirectory() as profile:
        return subprocess.run(
            [installed("chromium")] + FLAGS + ["--user-data-dir=" + profile] + list(words),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True,
            timeout=120).stdout


def results(folder):
    paths = []
    for name, options in (("open.json", ("--rate", "5000", "--duration", "4")),
                          ("closed.json", ("--duration", "4")),
                          ("sweep.json", ("--sweep", "1k:9k:5", "--duration", "1"))):
        paths.append(os.path.join(folder, name))
        with Server() as server:
            run(built("baton-stress"), "-s", server.path, "-q", "--interval",
                "0.25", "--server-pid", server.process.pid, "--json", paths[-1], *options)
    return paths


@part("in a browser")
def browser():
    installed("chromium")
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "page.html")
        run(built("baton-stress"), "report", *results(folder), "-o", page)
        with open(page, encoding="utf-8") as f:
            text = f.read()
        exactly("references to elsewhere",
                len(re.findall(r"https?:|//[a-z]|url\(|@import|<script|src=|href=", text)), 0)
        probe = os.path.join(folder, "probe.html")
        with open(probe, "w", encoding="utf-8") as f:
            f.write(text.replace("</body>", MEASURE))
        for name, size, dark in (("light", "1000,3300", 0), ("dark", "1000,3300", 1),
                                 ("narrow", "400,3700", 0)):
            look = ["--window-size=" + size,
                    "--blink-settings=preferredColorScheme=%d" % (not dark)]
            told = chromium(*look, "--dump-dom", "file://" + probe)
            told = re.search(r"<pre>(\{.*\})</pre>", told)
            told = json.loads(told.group(1)) if told else {"charts": 0, "bad": ["no page"]}
            for line in told["bad"]:
                say("%s: %s" % (name, line))
            exactly("%s: texts that overlap or are cut off" % name, len(told["bad"]), 0)
            exactly("%s: charts that show" % name, told["charts"], 6)
            exactly("%s: dark background" % name, told.get("back") == "rgb(18, 22, 28)", bool(dark))
            shot = os.path.join(os.path.abspath(BUILD), "page-%s.png" % name)
            chromium(*look, "--screenshot=" + shot, "file://" + page)
            say("screenshot: %s" % shot)


if __name__ == "__main__":
    main()
