#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Commands about the server and its clients: users, keys of requests, options,
logs. Users are judged by ACL DRYRUN; nobody becomes one."""

from compare import pairs_of
from family import Family, main, row
from wire import Map

USERS = ("u1", "u2", "u3", "other", "u 1", "")
PASSWORDS = (">pw", ">a", "<a", "<pw", "nopass", "resetpass", "#abc",
             "#" + "0" * 64, "!" + "0" * 64, "#" + "g" * 64)  # fmt: skip
COMMANDS = ("+get", "-get", "+set", "+@read", "-@write", "+@all", "-@all",
            "+config|get", "-config", "+config", "allcommands", "nocommands",
            "+nosuch", "+@nosuch", "-config|nosuch", "+GET", "+@STRING")  # fmt: skip
PATTERNS = ("~s:*", "~*", "allkeys", "resetkeys", "%R~h:*", "%W~s:1", "%RW~l*",
            "%X~a", "%~a", "~a b", "&c*", "&*", "allchannels", "resetchannels",
            "&a b", "%r~s*")  # fmt: skip
WORDS = ("on", "off", "reset", "foo", "ON")


def rights(line):
    """A line of ACL LIST without the commands, which 7.2 tells in the order in
    which they were given, the reference in one of its own; and without what is
    said of RESTORE, which is not there."""
    line = line.replace(b" sanitize-payload", b"")
    return line.replace(b" skip-sanitize-payload", b"").split(b" +@all")[0].split(b" -@all")[0]


def users(request, ours, theirs):
    """ACL LIST and GETUSER but for the commands."""
    if type(ours) is not type(theirs) or not isinstance(ours, list):
        return False
    if request[1].upper() == b"LIST":
        return [rights(a) for a in ours] == [rights(b) for b in theirs]
    if request[1].upper() != b"GETUSER" or len(ours) != len(theirs):
        return False
    told = [dict(r if isinstance(r, Map) else pairs_of(r)) for r in (ours, theirs)]
    for one in told:
        one.pop(b"commands", None)
        one[b"flags"] = [f for f in one[b"flags"] if b"sanitize" not in f]
    return told[0] == told[1]


class Server(Family):
    name = "server"
    needs = ("ACL", "SLOWLOG", "MEMORY", "FUNCTION")
    COMPARE = {"ACL": users}
    mixes = False

    @row(6)
    def setuser(self, g):
        def rule():
            return g.pick(g.pick((PASSWORDS, COMMANDS, PATTERNS, WORDS)))

        return ["ACL", "SETUSER", g.pick(USERS)] + g.some(rule, 4, 0)

    @row(3)
    def tell(self, g):
        p = g.random()
        if p < 0.4:
            return ["ACL", "GETUSER", g.pick(USERS)]
        if p < 0.6:
            return ["ACL", "LIST"]
        if p < 0.8:
            return ["ACL", "USERS"]
        return ["ACL", g.pick(("WHOAMI", "SAVE", "NOSUCH", "CAT"))]

    @row(1)
    def deluser(self, g):
        names = ("u1", "u2", "u3", "other", "default", "nosuch")
        return ["ACL", "DELUSER"] + g.some(lambda: g.pick(names), 2)

    @row(5)
    def dryrun(self, g):
        key = g.pick((b"s:0", b"s:1", b"h:1", b"l:1", b"x"))
        request = g.pick(
            (["GET", key], ["SET", key, "v"], ["MSET", key, "1", "s:2", "2"],
             ["RENAME", key, "s:0"], ["CONFIG", "GET", "x"], ["PING"], ["GET"],
             ["CONFIG", "SET", "x", "y"], ["NOSUCH"], ["EXISTS", key],
             ["GETSET", key, "v"], ["SET", key, "v", "GET"], ["DEL", key, "s:1"])
        )  # fmt: skip
        return ["ACL", "DRYRUN", g.pick(("u1", "u2", "u3", "nosuch"))] + request

    @row(2)
    def auth(self, g):
        if g.chance(0.3):
            return ["AUTH", "pw"]
        return ["AUTH", g.pick(("nosuch", "default")), "wrong" + "g" * g.below(3)]

    @row(4)
    def getkeys(self, g):
        sub = g.pick(("GETKEYS", "GETKEYSANDFLAGS"))
        request = g.pick(
            (["GET"], ["SET"], ["MSET"], ["DEL"], ["PING"], ["NOSUCH"], ["RENAME"],
             ["OBJECT", "ENCODING"], ["OBJECT", "FOO"], ["ZUNIONSTORE"], ["LMPOP"],
             ["SDIFFSTORE"], ["SINTERCARD"], ["EXPIRE"],
             ["ZADD"], ["GETEX"], ["SMOVE"], ["LMOVE"], ["WATCH"], ["EXEC"],
             ["SELECT"], ["MEMORY", "USAGE"])
        )  # fmt: skip
        words = ("1", "2", "3", "0", "-1", "x", "GET", "LEFT", "k")
        return ["COMMAND", sub] + request + g.some(lambda: g.pick(words), 5)

    @row(2, exact=True)
    def client(self, g):
        return g.pick(
            (["CLIENT", "SETNAME", "n%d" % g.below(3)], ["CLIENT", "GETNAME"],
             ["CLIENT", "SETNAME", "a b"], ["CLIENT", "NO-EVICT", "on"],
             ["CLIENT", "NO-EVICT", "x"], ["CLIENT", "KILL", "ID", "x"],
             ["CLIENT", "KILL", "TYPE", "x"], ["CLIENT", "KILL", "USER", "nosuch"],
             ["CLIENT", "KILL", "SKIPME", "x"], ["CLIENT", "PAUSE", "x"],
             ["CLIENT", "PAUSE", "-1"], ["CLIENT", "PAUSE", "1", "FOO"],
             ["CLIENT", "UNPAUSE"], ["CLIENT", "LIST", "TYPE", "x"],
             ["CLIENT", "LIST", "ID", "x"], ["CLIENT", "REPLY", "x"])
        )  # fmt: skip

    @row(2, exact=True)
    def logs(self, g):
        count = g.pick(("-2", "x", "0", "1.5"))
        return g.pick(
            (["SLOWLOG", "GET", count], ["SLOWLOG", "RESET"], ["SLOWLOG", "NOSUCH"],
             ["LATENCY", "HISTORY", "nosuch"], ["LATENCY", "RESET", "nosuch"],
             ["LATENCY", "HISTOGRAM", "nosuch"], ["ACL", "LOG", "x"],
             ["ACL", "GENPASS", "0"], ["ACL", "GENPASS", "x"])
        )  # fmt: skip

    @row(2)
    def memory(self, g):
        return ["MEMORY", "USAGE", b"none:%d" % g.below(3)] + g.pick(
            ([], ["SAMPLES", g.integer()], ["SAMPLES"], ["FOO", "1"])
        )

    @row(2)
    def absent(self, g):
        words = ("WITHCODE", "LIBRARYNAME", "x", "withcode")
        return g.pick(
            (["FUNCTION", "LIST"] + g.some(lambda: g.pick(words), 3, 0),
             ["FUNCTION", "FLUSH"] + g.some(lambda: g.pick(("SYNC", "async", "x")), 2, 0),
             ["MODULE", "LIST"])
        )  # fmt: skip

    @row(3)
    def config(self, g):
        name = g.pick(("slowlog-max-len", "latency-tracking", "acllog-max-len",
                       "latency-monitor-threshold",
                       "latency-tracking-info-percentiles"))  # fmt: skip
        if g.chance(0.5):
            return ["CONFIG", "GET", name]
        values = ("128", "yes", "no", "50 99", "101", "x", "", "-1", "99.90")
        return ["CONFIG", "SET", name, g.pick(values)]


if __name__ == "__main__":
    main(Server)
