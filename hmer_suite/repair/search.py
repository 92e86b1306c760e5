r"""Cheapest edits that make the grammar accept: a best-first search over (position, parser configuration).

Deleting, inserting or replacing one token costs 1, but a brace, a ``\left``/``\right`` or an environment
delimiter is never replaced by anything but its like: writing ``}`` for ``{`` is a deletion and an insertion,
cost 2. (A recogniser that loses one brace and invents another elsewhere makes two errors. If one flipped
brace could pay for both, it would win over the right repair.)

The search is A*: what a state still has to pay is at least the number of brackets that have no partner between
the parser's stack and the rest of the input. That bound does not change when a token is read, so states fall
into layers of equal total cost, and only a layer's own states are looked at. All cheapest repairs come out as
one graph (`Lattice`), out of which the token model chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hmer_suite.latex.commands import CLASSES, UNKNOWN
from hmer_suite.latex.grammar import DEAD, Configuration, grammar

BUDGET = 6_000
"""States of the exact search before the beam takes over; some 15 ms."""

READ, DELETE, INSERT, REPLACE = "read", "delete", "insert", "replace"

_KINDS = ("brace", "fence", "environment")
_NO_KIND = -1


def _bracket(token_class: str) -> tuple[int, int]:
    """Kind of bracket and whether it opens (+1) or closes (-1); (-1, 0) for any other class."""
    if token_class in ("LBRACE", "RBRACE"):
        return 0, 1 if token_class == "LBRACE" else -1
    if token_class in ("LEFT", "RIGHT"):
        return 1, 1 if token_class == "LEFT" else -1
    if token_class.startswith(("BEGIN_", "END_")):
        return 2, 1 if token_class.startswith("BEGIN_") else -1
    return _NO_KIND, 0


_ALL_CLASSES = sorted({*CLASSES.values(), "CHAR", UNKNOWN})
BRACKET = {cls: _bracket(cls) for cls in _ALL_CLASSES}
_ENDS = tuple(cls for cls in _ALL_CLASSES if cls.startswith("END_"))
_CLOSERS = {0: ("RBRACE",), 1: ("RIGHT",), 2: _ENDS}
_OPENERS = {0: ("LBRACE",), 1: ("LEFT",), 2: ("BEGIN_MATRIX",)}
_FILLERS = ("CHAR", "DELIM", "COLUMN", "RBRACK", "DOLLAR")


class State:
    """A place in the search: so much of the input read, with this configuration, at this cost so far."""

    __slots__ = ("arcs", "configuration", "cost", "hypotheses", "opened", "position", "useful")

    def __init__(self, position: int, configuration: Configuration, cost: int, opened: tuple[int, int, int]):
        self.position = position
        self.configuration = configuration
        self.cost = cost
        self.opened = opened
        self.arcs: list[tuple[State, str, str]] = []
        self.useful = False
        self.hypotheses: list = []


@dataclass(slots=True)
class Lattice:
    """Every cheapest repair: the goal states, from which `State.arcs` (from, operation, class) lead back."""

    goals: list[State]
    cost: int
    visited: int
    complete: bool = True

    def states(self) -> list[State]:
        """States on some cheapest path, in an order in which every arc leads forward."""
        found = list(self.goals)
        for state in found:
            state.useful = True
        pending = list(found)
        while pending:
            for source, _operation, _cls in pending.pop().arcs:
                if not source.useful:
                    source.useful = True
                    found.append(source)
                    pending.append(source)
        return sorted(found, key=lambda state: (state.position, state.cost))


@dataclass(slots=True)
class Search:
    """One exact search over the token classes of one input."""

    classes: Sequence[str]
    budget: int = BUDGET
    best: list[dict[Configuration, tuple[int, State]]] = field(init=False)
    needs: list[list[tuple[int, int]]] = field(init=False)
    layers: list[list[State]] = field(init=False)
    visited: int = 0

    def __post_init__(self) -> None:
        self.best = [{} for _ in range(len(self.classes) + 1)]
        self.needs = [_unmatched(self.classes, kind) for kind in range(len(_KINDS))]

    def run(self) -> Lattice | None:
        """The lattice of cheapest repairs; None if the budget ran out before the first was found."""
        start = State(0, grammar().start, 0, (0, 0, 0))
        bound = self.remaining(0, start.opened)
        self.layers = [[] for _ in range(bound + 3)]
        self.layers[bound].append(start)
        self.best[0][start.configuration] = (bound, start)
        goals: list[State] = []
        total = bound
        while not goals and self.visited <= self.budget and total < len(self.layers):
            self.expand_layer(total, goals)
            total += 1
        if not goals:
            return None
        return Lattice(goals, total - 1, self.visited, self.visited <= self.budget)

    def expand_layer(self, total: int, goals: list[State]) -> None:
        """Expand every state that a repair of cost *total* may pass through; collect accepting ones."""
        self.layers.append([])
        for gap in (1, 2):
            if total >= gap:
                for state in self.layers[total - gap]:
                    self.edit(state, total - gap, gap)
        stack = self.layers[total]
        done: list[State] = []
        end = len(self.classes)
        while stack and self.visited <= self.budget:
            state = stack.pop()
            if self.best[state.position][state.configuration][1] is not state:
                continue
            self.visited += 1
            done.append(state)
            if state.position == end and state.configuration.accepts:
                goals.append(state)
            self.edit(state, total, 0)
            if state.position < end:
                self.read(state, total)
        self.layers[total] = done

    def read(self, state: State, total: int) -> None:
        cls = self.classes[state.position]
        following = state.configuration[cls]
        if following is not DEAD:
            self.reach(state, READ, cls, following, 1, 0, total)

    def edit(self, state: State, total: int, gap: int) -> None:
        """Follow every edit from *state* that raises the bound on the total cost by *gap*."""
        position = state.position
        opened = state.opened
        now = state.cost + self.remaining(position, opened)
        if position < len(self.classes):
            cls = self.classes[position]
            if state.cost + 1 + self.remaining(position + 1, opened) - now == gap:
                self.reach(state, DELETE, cls, state.configuration, 1, 1, total + gap)
            if gap == 1:
                for other in _alike(cls):
                    following = state.configuration[other]
                    if following is not DEAD:
                        self.reach(state, REPLACE, other, following, 1, 1, total + gap)
        for cls in self.insertable(state, gap):
            following = state.configuration[cls]
            if following is not DEAD:
                self.reach(state, INSERT, cls, following, 0, 1, total + gap)

    def insertable(self, state: State, gap: int) -> list[str]:
        """Classes worth inserting before the next token such that the bound on the total rises by *gap*."""
        if gap == 1:
            position = state.position
            if position < len(self.classes) and state.configuration[self.classes[position]] is not DEAD:
                return []
            return list(_FILLERS)
        found: list[str] = []
        for kind, needs in enumerate(self.needs):
            closers, _openers = needs[state.position]
            surplus = state.opened[kind] - closers
            if (surplus < 0) == (gap == 0):
                found.extend(_OPENERS[kind])
            if (surplus > 0) == (gap == 0) and state.opened[kind]:
                found.extend(_CLOSERS[kind])
        return found

    def reach(self, source, operation, cls, configuration, step, price, total) -> None:
        position = source.position + step
        known = self.best[position].get(configuration)
        if known is not None and known[0] < total:
            return
        if known is None or known[0] > total:
            opened = source.opened
            if operation is not DELETE:
                kind, direction = BRACKET.get(cls, (_NO_KIND, 0))
                if direction:
                    opened = tuple(n + direction if i == kind else n for i, n in enumerate(opened))
            state = State(position, configuration, source.cost + price, opened)
            self.best[position][configuration] = (total, state)
            self.layers[total].append(state)
        else:
            state = known[1]
        state.arcs.append((source, operation, cls))

    def remaining(self, position: int, opened: tuple[int, int, int]) -> int:
        """Least cost of the rest: brackets on the stack and in the rest that cannot be partners."""
        bound = 0
        for kind, needs in enumerate(self.needs):
            closers, openers = needs[position]
            bound += abs(opened[kind] - closers) + openers
        return bound


def _alike(cls: str) -> tuple[str, ...]:
    """Classes that may replace *cls* at cost 1."""
    if cls.startswith("END_"):
        return _ENDS
    if cls == UNKNOWN:
        return ("CHAR", "SYMBOL")
    return ()


def _unmatched(classes: Sequence[str], kind: int) -> list[tuple[int, int]]:
    """For every suffix: its closing and its opening brackets of *kind* that have no partner in it."""
    found = [(0, 0)] * (len(classes) + 1)
    closers = openers = 0
    for position in range(len(classes) - 1, -1, -1):
        which, direction = BRACKET.get(classes[position], (_NO_KIND, 0))
        if which == kind:
            if direction < 0:
                closers += 1
            elif closers:
                closers -= 1
            else:
                openers += 1
        found[position] = (closers, openers)
    return found
