#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Clean under the sanitizers. In .ci/run the job `asan` (address, undefined
behaviour, leaks) and the job `tsan` (threads) run the unit, race and protocol
tests; here both are run, and then the servers that they built are loaded with
connections coming and going; and the parser is fuzzed."""

import glob
import os
import re
import tempfile

from accept import (
    BUILD,
    QUICK,
    TOP,
    at_least,
    build_asan,
    built,
    ci_jobs,
    exactly,
    installed,
    main,
    part,
    run,
    sanitized_builds,
    sanitizers_of,
    say,
    source,
    tail,
)
from baton_test import Server, Skip, Wrong

SECONDS = 10 if QUICK else 60
FUZZ_RUNS = 200000 if QUICK else 10000000


@part(".ci/run asan", long=True)
def ci_asan():
    ci_jobs(TOP, "asan")


@part(".ci/run tsan", long=True)
def ci_tsan():
    ci_jobs(TOP, "tsan")


# ---- Load -------------------------------------------------------------------


def load(*where):
    return run(
        built("baton-stress"),
        *where,
        *("-c", 30, "-t", 2, "-P", 4, "--reconnect", 40, "--ratio", "1:2"),
        *("--keys", 2000, "--duration", SECONDS, "--timeout", 60, "-q"),
        timeout=SECONDS + 300
    )


def reports(server):
    """What the sanitizers wrote."""
    text = ""
    for path in glob.glob(os.path.join(server.dir, "report.*")):
        with open(path, errors="replace") as f:
            text += f.read()
    return text


def sanitized(folder):
    """Loads the batond in the folder over TCP and over Unix."""
    kinds = ",".join(sanitizers_of(folder))
    if not kinds:
        raise Skip("%s was not built with a sanitizer" % folder)
    suppressions = source("tests", "support", "tsan.supp")
    common = ["log_path=report"]  # in the server's own folder
    env = {
        "ASAN_OPTIONS": ":".join(common + ["detect_stack_use_after_return=1"]),
        "LSAN_OPTIONS": "",
        "UBSAN_OPTIONS": ":".join(common + ["print_stacktrace=1"]),
        "TSAN_OPTIONS": ":".join(common + ["suppressions=" + suppressions]),
    }
    os.environ["BATOND"] = os.path.join(folder, "batond")
    server = Server(tcp=True, workers=4, env=env)
    try:
        for name, where in (
            ("TCP", ("-p", server.port)),
            ("Unix", ("-s", server.path)),
        ):
            result = load(*where)
            if result.returncode != 0:
                say(tail(result.stdout))
            exactly(
                "%d s of load over %s on a build with %s, exit status"
                % (SECONDS, name, kinds),
                result.returncode,
                0,
            )
        opened = int(server.info()["cir_accepted"])
        at_least("connections that came and went", opened, 100 * SECONDS // 10)
        if server.process.poll() is None:
            server.process.terminate()
        status = server.process.wait(120)
        text = reports(server)
        say(text[:4000] if text else "no report")
        exactly("reports of " + kinds, text.count("SUMMARY: ") + text.count("runtime error"), 0)
        exactly("exit status of the server with " + kinds, status, 0)
    finally:
        os.environ.pop("BATOND")
        server.kill()


@part("load")
def load_all():
    """On the sanitized builds that there are; in the full form on one that is
    made for it if there is none."""
    found = sanitized_builds()
    for folder in found:
        sanitized(folder)
    if not found:
        if QUICK:
            raise Skip("there is no build with a sanitizer")
        with tempfile.TemporaryDirectory() as folder:
            build_asan(folder)
            sanitized(folder)


# ---- Fuzzing ----------------------------------------------------------------


@part("fuzzing")
def fuzz():
    clang = installed("clang-14")
    flags = run(installed("pkg-config"), "--cflags", "--libs", "ck").stdout.split()
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "fuzz_resp")
        result = run(
            clang,
            *("-std=gnu11", "-D_GNU_SOURCE", "-g", "-O1"),
            *("-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"),
            *("-I" + BUILD, "-I" + source("include"), "-I" + source("src")),
            *("-o", program, source("tests", "fuzz", "fuzz_resp.c")),
            *sorted(glob.glob(source("src", "resp") + "/*.c")),
            *sorted(glob.glob(source("src", "base") + "/*.c")),
            *flags,
            *("-lpthread", "-lm")
        )
        if result.returncode != 0:
            say(tail(result.stdout))
            raise Wrong("the fuzz target does not build")
        os.mkdir(os.path.join(folder, "corpus"))
        result = run(
            program,
            "-runs=%d" % FUZZ_RUNS,
            *("-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"),
            "-dict=" + source("tests", "fuzz", "resp.dict"),
            "-artifact_prefix=" + folder + "/",
            os.path.join(folder, "corpus"),
            source("tests", "fuzz", "corpus"),
            cwd=folder,
            timeout=3600
        )
    if result.returncode != 0:
        say(tail(result.stdout, 60))
    units = re.search(r"stat::number_of_executed_units: (\d+)", result.stdout)
    at_least("fuzz runs", int(units.group(1)) if units else 0, FUZZ_RUNS)
    exactly("fuzzing, findings (exit status)", result.returncode, 0)


if __name__ == "__main__":
    main()
