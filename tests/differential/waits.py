# SPDX-License-Identifier: BSD-2-Clause
"""What the families of commands that block have in common."""

from family import Family, Scene, collect, do, row, send

SECONDS = ("0.001",) * 6 + ("-1", "x", "", "1e400", "nan", "0x1", "0.001 ")


class Waits(Family):
    """A family says what its clients wait for (waits), what others do meanwhile
    (feeds: units), and what gives each of them something at last (LAST, in front
    of it the name and the key; CONTENT asks what is left of it)."""

    mixes = False
    KEYS = ()
    LAST = CONTENT = ()

    def waits(self, g, seconds):
        """A request that blocks on some of KEYS."""
        raise NotImplementedError

    def feeds(self, g):
        """Units that add something, as one request or as a transaction."""
        raise NotImplementedError

    @row(2, exact=True)
    def wait_and_feed(self, g):
        """Nothing is there, some wait, some come; at last each gets something."""
        scene = [do(0, ["DEL"] + list(self.KEYS))]
        waiters = [1, 2, 3][: g.between(1, 3)]
        scene += [send(n, self.waits(g, 0)) for n in waiters]
        for _ in range(g.between(1, 3)):
            scene += self.feeds(g)
        for key in self.KEYS:  # nobody waits for ever
            last = [self.LAST[0], key] + list(self.LAST[1:])
            scene += [do(0, ["DEL", key]), do(0, last)]
        scene += [collect(n) for n in waiters]
        content = [[self.CONTENT[0], k] + list(self.CONTENT[1:]) for k in self.KEYS]
        return Scene(scene + [do(0, words) for words in content])

    @row(1, exact=True)
    def wait_in_vain(self, g):
        request = self.waits(g, g.pick(("0.01", "0.001", "1e-2")))
        return Scene([do(0, ["DEL"] + list(self.KEYS)), send(1, request), collect(1)])

    @row(9, exact=True)
    def in_a_transaction(self, g):
        scene = [do(2, ["MULTI"])]
        for _ in range(g.between(1, 4)):
            scene.append(do(2, self.waits(g, 0)))
        return Scene(scene + [do(2, ["EXEC"])])
