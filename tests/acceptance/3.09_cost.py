#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What requests of all families cost the server: CPU per request below redis',
each at pipeline 1 and 16, in interleaved rounds."""

import json
import os
import sys
import tempfile

from accept import BUILD, QUICK, below, built, installed, main, part, run, say, source, tail
from baton_test import Wrong

ROUNDS = 3 if QUICK else 9
REQUESTS = 10000 if QUICK else 50000
KINDS = "incr,mset,lpush,lpop,hset,hget,sadd,zadd,zrange,publish"


def compare(pipeline):
    installed("redis-server")
    built("stress", "floor")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "figures")
        result = run(
            sys.executable, source("stress", "compare"), "--rounds", ROUNDS,
            "--pipeline", pipeline, "--kinds", KINDS, "--clients", 50,
            "--requests", REQUESTS, "--servers", "floor,batond,redis",
            "--json", path, "--batond", built("batond"), timeout=3600, cwd=BUILD)
        say(result.stdout)
        if result.returncode != 0:
            raise Wrong("compare: %s" % tail(result.stdout, 3))
        with open(path) as f:
            rows = json.load(f)
    for row in rows:
        if "batond" not in row["quartiles"]:
            raise Wrong("batond knows no %s" % row["kind"])
        # Within a round both meet the same machine; from round to round it may
        # change by more than what is to be told apart.
        below("%s, pipeline %d: CPU per request, as a part of redis'"
              % (row["kind"].upper(), pipeline),
              row["quartiles"]["batond"]["redis_cpu_ratio"][1], 1.0)


@part("pipeline 1")
def pipeline_1():
    compare(1)


@part("pipeline 16")
def pipeline_16():
    compare(16)


if __name__ == "__main__":
    main()
