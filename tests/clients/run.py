#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: run.py SERVER [SCRIPT...]

Runs real clients against a server of its own (batond, or redis-server for
comparison) on a private Unix socket. Needs `npm ci` in this folder before, and
Debian's python3-kombu and python3-redis. Ends with 1 when a script fails."""

import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = ("check_ioredis.js", "check_redis.js", "check_session.js", "check_kombu.py")


def start(server, path):
    process = subprocess.Popen(
        [server, "--port", "0", "--unixsocket", path, "--save", ""],
        stdout=subprocess.DEVNULL)
    for _ in range(600):
        if os.path.exists(path):
            return process
        time.sleep(0.1)
    process.kill()
    raise SystemExit("%s did not come up" % server)


def main():
    server, scripts = sys.argv[1], sys.argv[2:] or SCRIPTS
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "s")
        process = start(server, path)
        for script in scripts:
            program = "node" if script.endswith(".js") else "/usr/bin/python3"
            done = subprocess.run(
                [program, os.path.join(HERE, script)], timeout=280,
                env=dict(os.environ, BATON_SOCKET=path, NODE_PATH=os.environ.get(
                    "NODE_PATH", os.path.join(HERE, "node_modules"))))
            print("%s: %s" % (script, "failed" if done.returncode else "ok"))
            bad += done.returncode != 0
        process.terminate()
        process.wait()
        bad += process.returncode != 0
    sys.exit(1 if bad else 0)


main()
