"""Repair in one pass, for inputs too broken for the exact search: always ends valid, in linear time.

The pass keeps a beam of the cheapest partial repairs. A token that cannot be read is
deleted, replaced, or has one of a few insertions put before it; nothing else is tried, so the result may cost
more than needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import nsmallest
from operator import itemgetter

from hmer_suite.latex.automaton import DEAD, Configuration, grammar, opens
from hmer_suite.repairs.cheapest import CLOSERS, DELETE, FILLERS, INSERT, REPLACE, BracketCounts

_INSERTED = (*((filler,) for filler in FILLERS), ("RBRACE",), ("RIGHT", "DELIM"), ("OF", "CHAR"))
"""Insertions tried before a token that cannot be read."""

LONGEST_CLOSING = 12
"""More insertions than it ever takes to close what was opened last."""


LinkedEdits = tuple["LinkedEdits", str, str, int] | None
"""Edits (operation, class, position), the last one first, each with those before it."""

PartialRepair = tuple[int, Configuration, tuple[int, ...], LinkedEdits]
"""Bound on the total cost, configuration, numbers of open brackets, and edits of a repair of the input so far."""


def repair_in_one_pass(
    classes: Sequence[str], replacements: Mapping[int, tuple[str, ...]], width: int
) -> list[tuple[str, str, int]]:
    """Edits (operation, class, position) that make the grammar accept *classes*, in order of position."""
    pass_ = _OnePass(classes, replacements)
    start: PartialRepair = (
        pass_.brackets.bound(0, pass_.brackets.none),
        grammar().start,
        pass_.brackets.none,
        None,
    )
    beam = [start]
    for position, cls in enumerate(classes):
        reached: dict[Configuration, PartialRepair] = {}
        for path in beam:
            for extended in pass_.extend(path, position, cls, replacements.get(position, ())):
                known = reached.get(extended[1])
                if known is None or extended[0] < known[0]:
                    reached[extended[1]] = extended
        beam = list(reached.values())
        if len(beam) > width:
            beam = nsmallest(width, beam, key=itemgetter(0))
    finished = [pass_.finish(path) for path in beam]
    link = min(finished, key=itemgetter(0))[1]
    edits: list[tuple[str, str, int]] = []
    while link is not None:
        link, operation, cls, position = link
        edits.append((operation, cls, position))
    return edits[::-1]


class _OnePass:
    """The steps of one pass over an input."""

    def __init__(self, classes: Sequence[str], replacements: Mapping[int, tuple[str, ...]]):
        self.classes = classes
        self.brackets = BracketCounts(classes, replacements)
        self.insertions = (*_INSERTED, *((end,) for end in self.brackets.closers[2]))
        self.chains: dict[tuple[Configuration, str], list[tuple[str, ...]]] = {}

    def extend(
        self, path: PartialRepair, position: int, cls: str, replacements: tuple[str, ...]
    ) -> list[PartialRepair]:
        """*path* after the token at *position*, by every edit that is tried."""
        total, configuration, opened, link = path
        bound = self.brackets.bound
        following = configuration[cls]
        found: list[PartialRepair] = []
        if following is not DEAD:
            after = self.brackets.after(opened, cls)
            found.append((total, following, after, link))
            if after is opened or cls in CLOSERS:
                return found
        base = total - bound(position, opened) + 1
        deleted: PartialRepair = (
            base + bound(position + 1, opened),
            configuration,
            opened,
            (link, DELETE, cls, position),
        )
        if following is not DEAD:
            return [*found, deleted] if deleted[0] == total else found
        found.append(deleted)
        for other in replacements:
            following = configuration[other]
            if following is not DEAD:
                after = self.brackets.after(opened, other)
                rest = bound(position + 1, after)
                found.append((base + rest, following, after, (link, REPLACE, other, position)))
        for chain in self.chains_before(configuration, cls):
            found.append(self.insert(path, chain, position, cls))
        return found

    def insert(self, path: PartialRepair, chain: tuple[str, ...], position: int, cls: str) -> PartialRepair:
        """*path* after inserting *chain* and reading the token of class *cls* after it."""
        total, configuration, opened, link = path
        base = total - self.brackets.bound(position, opened) + len(chain)
        for inserted in chain:
            configuration = configuration[inserted]
            opened = self.brackets.after(opened, inserted)
            link = (link, INSERT, inserted, position)
        opened = self.brackets.after(opened, cls)
        return base + self.brackets.bound(position + 1, opened), configuration[cls], opened, link

    def chains_before(self, configuration: Configuration, cls: str) -> list[tuple[str, ...]]:
        """The insertions that make a token of class *cls* readable."""
        key = (configuration, cls)
        if key not in self.chains:
            self.chains[key] = [c for c in self.insertions if _after(configuration, c)[cls] is not DEAD]
        return self.chains[key]

    def finish(self, path: PartialRepair) -> tuple[int, LinkedEdits]:
        """Number of edits and edits of *path* after closing whatever is open at the end of the input."""
        total, configuration, opened, link = path
        end = len(self.classes)
        cost = total - self.brackets.bound(end, opened)
        while not configuration.accepts:
            for inserted in self.shortest_closing(configuration):
                configuration = configuration[inserted]
                link = (link, INSERT, inserted, end)
                cost += 1
        return cost, link

    def shortest_closing(self, configuration: Configuration) -> tuple[str, ...]:
        """The shortest insertion that closes what was opened last, or after which the input may end."""
        classes = ("LBRACE", "DELIM", "RBRACK", *(cls for chain in self.insertions for cls in chain))
        layer: list[tuple[Configuration, tuple[str, ...]]] = [(configuration, ())]
        opened = _opened(configuration)
        seen = {configuration}
        for _ in range(LONGEST_CLOSING):
            grown = []
            for start, chain in layer:
                for cls in classes:
                    following = start[cls]
                    if following is DEAD:
                        continue
                    if following.accepts or _opened(following) < opened:
                        return (*chain, cls)
                    if following not in seen:
                        seen.add(following)
                        grown.append((following, (*chain, cls)))
            layer = grown
        raise AssertionError(f"no way to close LALR state {configuration.state}")


def _opened(configuration: Configuration) -> int:
    """The number of groups, optional arguments and degrees that are open; what the last token closed is not."""
    accessing = configuration.grammar.table.accessing
    symbols: list[str] = []
    below: Configuration | None = configuration
    while below is not None:
        symbols.append(accessing[below.state])
        below = below.parent
    options: list[bool] = []
    for place, symbol in enumerate(reversed(symbols), start=1):
        # A bracket that is read as a character is on top.
        if symbol == "ROOT" or (symbol == "LBRACK" and place < len(symbols)):
            options.append(True)
        elif symbol in ("RBRACK", "OF") and options and options[-1]:
            options.pop()
        elif opens(symbol):
            options.append(False)
    closed = (symbols[0] in CLOSERS and symbols[0] != "RIGHT") or symbols[1:2] == ["RIGHT"]
    return configuration.nesting + sum(options) - closed


def _after(configuration: Configuration, chain: tuple[str, ...]) -> Configuration:
    for cls in chain:
        configuration = configuration[cls]
    return configuration
