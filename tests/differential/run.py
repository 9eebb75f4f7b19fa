#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The long form of the differential tester; see family.py. Exit status 1 when a
reply differs without a reason that stands in differences.py."""

import argparse
import os
import sys

sys.dont_write_bytecode = True

# The family first: it knows where the others are.
from family import all_families, everything  # noqa: E402 isort: skip
from baton_test import Skip  # noqa: E402
from differences import DIFFERENCES  # noqa: E402
from tap import Campaign  # noqa: E402

EXPLAIN = """# Where batond answers differently

The differential tester (tests/differential) compares the replies of batond with
those of redis-server 7.0, whose successor 7.2 is what batond follows. These are
all the differences that it lets pass.

| command | what differs, and why |
|---|---|
%s"""


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--family", action="append", help="default: each, then mixed")
    p.add_argument("--count", type=int, default=100000, help="requests per family")
    p.add_argument("--seed")
    p.add_argument("--round", type=int, default=0, help="begin with this round")
    p.add_argument("--faults", type=int, default=1, help="stop after so many")
    p.add_argument("--shrink", type=float, default=20, help="seconds for each fault")
    p.add_argument("--protocol", type=int, choices=(2, 3), help="default: both")
    p.add_argument("--server-workers", type=int)
    p.add_argument("--batond", help="the program; default: $BATOND, ./batond")
    p.add_argument("--itself", action="store_true", help="redis-server twice")
    p.add_argument("--list", action="store_true", help="the names of the families")
    p.add_argument("--explain", action="store_true", help="doc/DIFFERENCES.md")
    return p.parse_args()


def explain():
    """A row for each reason."""
    names = {}
    for name, _, why in DIFFERENCES:
        names.setdefault(why, []).append(name or "any")
    lines = ["| %s | %s |\n" % (", ".join(n), why) for why, n in names.items()]
    return EXPLAIN % "".join(lines)


def one(args, family):
    protocols = (args.protocol,) * 4 if args.protocol else (2, 3, 2, 3)
    ours = {"workers": args.server_workers} if args.server_workers else {}
    try:
        campaign = Campaign(
            family, args.seed, protocols=protocols, ours=ours, itself=args.itself
        )
        campaign.run(args.count, args.faults, args.round, args.shrink)
    except Skip as why:
        print("# %s: skipped: %s" % (family.name, why))
        return 0
    return campaign.faults


def main():
    args = arguments()
    if args.batond:
        os.environ["BATOND"] = args.batond
    families = all_families()
    if args.list:
        print("\n".join(list(families) + ["mixed"]))
        return 0
    if args.explain:
        sys.stdout.write(explain())
        return 0
    faults = 0
    for name in args.family or list(families) + ["mixed"]:
        if name == "mixed":
            family = everything()
        else:
            family = families[name]()
        faults += one(args, family)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
