r"""Cheapest edits that make the grammar accept: a best-first search over (position, parser configuration).

Deleting, inserting or replacing one token costs 1, but a brace, a ``\left``/``\right`` or an environment
delimiter is replaced only by one of its kind: writing ``}`` for ``{`` is a deletion and an insertion, cost 2. (A
recogniser that loses one brace and invents another elsewhere makes two errors. If one flipped brace could pay
for both, it would win over the right repair.)

The search is A* (Hart, Nilsson and Raphael 1968). What a state still has to pay is at least the number of
brackets that find no partner between the parser's stack and the rest of the input. Reading a token does not
change that bound, so states fall into layers of equal total cost, and no dearer layer is looked at.
All cheapest repairs come out as one graph, a `RepairLattice`, out of which the token model chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hmer_suite.latex.automaton import DEAD, Configuration, DeadEnd, grammar
from hmer_suite.latex.token_classes import CLASSES

READ, DELETE, INSERT, REPLACE = "read", "delete", "insert", "replace"

OPENERS = {"LBRACE": 0, "LEFT": 1} | {cls: 2 for cls in CLASSES.values() if cls.startswith("BEGIN_")}
CLOSERS = {"RBRACE": 0, "RIGHT": 1} | {cls: 2 for cls in CLASSES.values() if cls.startswith("END_")}
"""Brackets and their kinds: 0 braces, 1 fences, 2 environments."""

FILLERS = ("CHAR", "DELIM", "COLUMN", "RBRACK", "DOLLAR", "LARGEOP", "OF")
"""Classes inserted where the next token cannot be read: arguments, delimiters, closing marks, an operator for
`\\limits`, and the end of the degree of `\\root`."""

LINE, BREAK = "HLINE", "ROWBREAK"
"""Lines of a table begin a row: within a row, one row break is inserted directly in front of them."""

TEXT, DOLLAR = "TEXT", "DOLLAR"
"""Dollars are legal within text alone: a command that opens it is inserted, if anywhere, in front of them."""

_PARTNERLESS = {"AMP": 2, "HLINE": 2, "MIDDLE": 1}


class State:
    """A search state: input read up to *position*, in this configuration, at this cost; *arcs* lead to its sources."""

    __slots__ = ("arcs", "configuration", "cost", "hypotheses", "opened", "position", "total", "useful")

    def __init__(self, position: int, configuration: Configuration, cost: int, total: int, opened: tuple):
        self.position = position
        self.configuration = configuration
        self.cost = cost
        self.total = total
        self.opened = opened
        self.arcs: list[tuple[State, str, str]] = []
        self.hypotheses: list = []
        self.useful = False


@dataclass(frozen=True, slots=True)
class RepairLattice:
    """Every cheapest repair: accepting states, from which `State.arcs` (from, operation, class) lead back.

    *complete* is false if the budget ran out after the first repair was found: others may be missing.
    """

    goals: list[State]
    cost: int
    visited: int
    complete: bool

    def states(self) -> list[State]:
        """States on some cheapest path, in an order in which every arc leads forward."""
        found = list(self.goals)
        for state in found:
            state.useful = True
        for state in found:  # grows while it is read
            for source, _operation, _cls in state.arcs:
                if not source.useful:
                    source.useful = True
                    found.append(source)
        found.sort(key=lambda state: (state.position, state.cost))
        return found


class BracketCounts:
    """Brackets of an input by kind, and the least cost that they cause in the rest of it."""

    def __init__(self, classes: Sequence[str], replacements: Mapping[int, tuple[str, ...]]):
        possible = {*classes, *(cls for others in replacements.values() for cls in others)}
        self.kinds = sorted({0} | {kind for cls in possible for kind in _kinds_wanted(cls)})
        self.none = (0,) * len(self.kinds)
        self.unmatched = [self._unmatched(classes, kind) for kind in self.kinds]
        names = environments(possible)
        self.openers = (("LBRACE",), ("LEFT",), tuple(f"BEGIN_{name}" for name in names))
        self.closers = (("RBRACE",), ("RIGHT",), tuple(f"END_{name}" for name in names))
        slots = {kind: slot for slot, kind in enumerate(self.kinds)}
        self.steps = {cls: (slots[kind], 1) for cls, kind in OPENERS.items() if kind in slots}
        self.steps |= {cls: (slots[kind], -1) for cls, kind in CLOSERS.items() if kind in slots}

    @staticmethod
    def _unmatched(classes: Sequence[str], kind: int) -> list[tuple[int, int]]:
        """For every suffix: how many of its closing and opening brackets have no partner in it."""
        found = [(0, 0)] * (len(classes) + 1)
        closing = opening = 0
        for position in range(len(classes) - 1, -1, -1):
            cls = classes[position]
            if CLOSERS.get(cls) == kind:
                closing += 1
            elif OPENERS.get(cls) == kind:
                closing, opening = (closing - 1, opening) if closing else (0, opening + 1)
            found[position] = (closing, opening)
        return found

    def bound(self, position: int, opened: tuple[int, ...]) -> int:
        """Least cost of everything from *position* on, with *opened* brackets of each kind open."""
        total = 0
        for count, unmatched in zip(opened, self.unmatched, strict=True):
            closing, opening = unmatched[position]
            total += abs(count - closing) + opening
        return total

    def after(self, opened: tuple[int, ...], cls: str) -> tuple[int, ...]:
        """Numbers of open brackets after a token of class *cls*."""
        step = self.steps.get(cls)
        if step is None:
            return opened
        slot, direction = step
        return (*opened[:slot], opened[slot] + direction, *opened[slot + 1 :])

    def insertable(self, position: int, opened: tuple[int, ...], gap: int) -> list[str]:
        """Brackets whose insertion raises the bound on the total cost by *gap*, which is 0 or 2."""
        found: list[str] = []
        for kind, count, unmatched in zip(self.kinds, opened, self.unmatched, strict=True):
            closing = unmatched[position][0]
            if (count < closing) == (gap == 0):
                found.extend(self.openers[kind])
            if count and (count > closing) == (gap == 0):
                found.extend(self.closers[kind])
        return found


def environments(classes: Iterable[str]) -> list[str]:
    """Environments that an edit may begin or end: those of the input, and one more for stray cells."""
    delimiters = [cls for cls in classes if cls.startswith(("BEGIN_", "END_"))]
    return sorted({"MATRIX", *(cls.partition("_")[2] for cls in delimiters)})


def _kinds_wanted(cls: str) -> list[int]:
    """Kinds of bracket that an input with this class may need."""
    kinds = (table.get(cls) for table in (OPENERS, CLOSERS, _PARTNERLESS))
    return [kind for kind in kinds if kind is not None]


class Search:
    """One exact search over the token classes of one input."""

    def __init__(self, classes: Sequence[str], replacements: Mapping[int, tuple[str, ...]], budget: int):
        self.classes = classes
        self.replacements = replacements
        self.budget = budget
        self.visited = 0
        self.brackets = BracketCounts(classes, replacements)
        self.last_dollar = max((i for i, cls in enumerate(classes) if cls == DOLLAR), default=-1)
        self.known: list[dict[Configuration, State]] = [{} for _ in range(len(classes) + 1)]
        self.layers: dict[int, list[State]] = {}

    def run(self) -> RepairLattice | None:
        """The lattice of cheapest repairs; None if the budget ran out before the first was found."""
        total = self.brackets.bound(0, self.brackets.none)
        start = State(0, grammar().start, 0, total, self.brackets.none)
        self.known[0][start.configuration] = start
        self.layers[total] = [start]
        while self.visited < self.budget:
            goals = self.expand(total)
            if goals:
                return RepairLattice(goals, total, self.visited, self.visited < self.budget)
            total += 1
        return None

    def expand(self, total: int) -> list[State]:
        """Visit every state that a repair of cost *total* may pass through; return the accepting ones."""
        for gap in (1, 2):
            for state in self.layers.get(total - gap, ()):
                self.edit(state, gap)
        pending = self.layers.setdefault(total, [])
        visited: list[State] = []
        goals: list[State] = []
        while pending and self.visited < self.budget:
            state = pending.pop()
            if state.total != total:  # reached at less cost meanwhile
                continue
            self.visited += 1
            visited.append(state)
            if state.cost < total:
                self.edit(state, 0)
            if state.position < len(self.classes):
                cls = self.classes[state.position]
                self.reach(state, READ, cls, state.configuration[cls], 0)
            elif state.configuration.accepts:
                goals.append(state)
        self.layers[total] = visited
        return goals

    def edit(self, state: State, gap: int) -> None:
        """Follow the edits from *state* that raise the bound on the total cost by *gap*."""
        position, configuration = state.position, state.configuration
        if position < len(self.classes):
            cls = self.classes[position]
            rest = self.brackets.bound(position + 1, state.opened)
            if state.cost + 1 + rest - state.total == gap:
                self.reach(state, DELETE, cls, configuration, gap)
            for other in self.replacements.get(position, ()):
                rest = self.brackets.bound(position + 1, self.brackets.after(state.opened, other))
                if state.cost + 1 + rest - state.total == gap:
                    self.reach(state, REPLACE, other, configuration[other], gap)
        if gap != 1:
            for cls in self.brackets.insertable(position, state.opened, gap):
                self.reach(state, INSERT, cls, configuration[cls], gap)
            return
        if position <= self.last_dollar:
            self.reach(state, INSERT, TEXT, configuration[TEXT], gap)
        following = self.classes[position] if position < len(self.classes) else None
        if following is None or configuration[following] is DEAD:
            for cls in FILLERS:
                self.reach(state, INSERT, cls, configuration[cls], gap)
            if following == LINE and configuration[BREAK][LINE] is not DEAD:
                self.reach(state, INSERT, BREAK, configuration[BREAK], gap)

    def reach(
        self, source: State, operation: str, cls: str, configuration: Configuration | DeadEnd, gap: int
    ) -> None:
        """Record that one step leads from *source* to *configuration*, unless that is known to be cheaper."""
        if isinstance(configuration, DeadEnd):
            return
        position = source.position + (operation is not INSERT)
        total = source.total + gap
        known = self.known[position]
        state = known.get(configuration)
        if state is None or state.total > total:
            if state is not None:
                state.total = -1  # no layer visits it any more
            opened = source.opened if operation is DELETE else self.brackets.after(source.opened, cls)
            cost = source.cost + (operation is not READ)
            state = known[configuration] = State(position, configuration, cost, total, opened)
            self.layers.setdefault(total, []).append(state)
        elif state.total < total:
            return
        state.arcs.append((source, operation, cls))
