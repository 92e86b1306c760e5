r"""All repairs of an invalid formula that cost at most one edit more than the cheapest.

What a formula was meant to be is a guess where its repairs differ: ``y ^ \sqrt 3`` is one deletion from two other
formulas and two insertions from ``y ^ { \sqrt 3 }``. Whoever must be certain looks at all of them.

A repair is a set of edits: tokens deleted, brackets inserted, tokens replaced by one of their kind, and, where the next
token cannot be read, a character inserted (or a mark, where no character can be), as in `hmer_suite.repairs.cheapest`.
Only repairs *without an edit to spare* count: those of which no smaller set of edits is a repair too.

The search reads the input from left to right. In each place it keeps, for every parser configuration, the sets of
edits that lead there, without those that contain another one: they have an edit to spare.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hmer_suite.latex import token_model
from hmer_suite.latex.automaton import DEAD, Configuration, DeadEnd, grammar
from hmer_suite.latex.tokens import split
from hmer_suite.repairs.cheapest import (
    BREAK,
    DELETE,
    FILLERS,
    INSERT,
    LINE,
    REPLACE,
    TEXT,
    BracketCounts,
    Search,
)
from hmer_suite.repairs.ranking import RepairRanker
from hmer_suite.repairs.repair import EXACT_UP_TO, apply_steps, classes_of, replacements

MAX_REPAIRS = 64
"""Repairs that are listed; of an input with more, the result says that it is not exhaustive."""

MAX_PREFIXES = 4_000
"""Sets of edits that the search keeps, over all places: some 40 ms."""

SPARE = 1
"""Edits that a repair may cost more than the cheapest."""


@dataclass(frozen=True, slots=True)
class NearRepairs:
    """Repairs within one edit of the cheapest, cheapest first.

    Attributes:
        cost: edits of the cheapest repair; 0 for a valid formula, whose one repair is itself.
        outputs: tokens of each repair, no two alike.
        exhaustive: whether these are all; false where the input has too many, or is too broken to be searched.
    """

    cost: int
    outputs: tuple[tuple[str, ...], ...]
    exhaustive: bool


def near_repairs(formula: str | Sequence[str], *, permit_unknown: bool = False) -> NearRepairs:
    """All repairs of a formula, given as text or as tokens, within one edit of the cheapest.

    Args:
        formula: as spaced tokens, as LaTeX is typed, or as a sequence of tokens.
        permit_unknown: keep commands that no table lists, as symbols.
    """
    words = split(formula) if isinstance(formula, str) else list(formula)
    classes = classes_of(words, permit_unknown)
    possible, spellings = replacements(words, classes)
    lattice = Search(classes, possible, budget=1_500 + 3 * len(words)).run()
    if lattice is None or lattice.cost > EXACT_UP_TO:
        return NearRepairs(0, (), False)
    search = _NearSearch(classes, possible, lattice.cost + SPARE)
    ranker = RepairRanker(words, spellings, token_model.shipped())
    outputs: dict[tuple[str, ...], None] = {}
    for edits in search.run():
        steps = [ranker.spell(edit.operation, edit.cls, edit.position) for edit in edits]
        outputs[tuple(apply_steps(steps, words))] = None
    listed = tuple(outputs)[:MAX_REPAIRS]
    return NearRepairs(lattice.cost, listed, search.complete and len(listed) == len(outputs))


@dataclass(frozen=True, slots=True, order=True)
class _Edit:
    """An edit of a token class; *number* tells equal insertions at one position apart."""

    position: int
    operation: str
    cls: str
    number: int = 0


Edits = tuple[_Edit, ...]
"""Edits in the order in which they are made."""


@dataclass(slots=True)
class _Place:
    """A parser configuration after some of the input: brackets open, and the sets of edits that lead there."""

    opened: tuple[int, ...]
    found: dict[Edits, frozenset[_Edit]] = field(default_factory=dict)

    def add(self, edits: Edits) -> bool:
        """Note that *edits* lead here, unless fewer of them do; whether they were noted."""
        if edits in self.found:
            return False
        members = frozenset(edits)
        if any(known < members for known in self.found.values()):
            return False
        self.found[edits] = members
        return True


_Places = dict[Configuration, _Place]


class _NearSearch:
    """One search over the token classes of one input, for repairs of at most *limit* edits."""

    def __init__(self, classes: Sequence[str], replacements: Mapping[int, tuple[str, ...]], limit: int):
        self.classes = classes
        self.replacements = replacements
        self.limit = limit
        self.brackets = BracketCounts(classes, replacements)
        self.last_dollar = max((i for i, cls in enumerate(classes) if cls == "DOLLAR"), default=-1)
        self.kept = 0

    @property
    def complete(self) -> bool:
        """Whether the search has looked at everything so far."""
        return self.kept <= MAX_PREFIXES

    def run(self) -> list[Edits]:
        """Every repair without an edit to spare, cheapest first; none if there is too much to look at."""
        places: _Places = {}
        self.reach(places, 0, grammar().start, self.brackets.none, ())
        for position in range(len(self.classes) + 1):
            if position:
                places = self.after_token(places, position - 1)
            self.insert(places, position)
            if not self.complete:
                return []
        repairs = [
            edits for configuration, place in places.items() if configuration.accepts for edits in place.found
        ]
        repairs.sort(key=lambda edits: (len(edits), edits))
        needed: list[tuple[Edits, frozenset[_Edit]]] = []
        for edits in repairs:
            members = frozenset(edits)
            if not any(other < members for _, other in needed):
                needed.append((edits, members))
        return [edits for edits, _ in needed]

    def reach(
        self,
        places: _Places,
        position: int,
        configuration: Configuration | DeadEnd,
        opened: tuple[int, ...],
        edits: Edits,
    ) -> bool:
        """Note *edits* at *configuration*, if a repair within the limit may follow; whether they were noted."""
        if isinstance(configuration, DeadEnd):
            return False
        if len(edits) + self.brackets.bound(position, opened) > self.limit:
            return False
        place = places.get(configuration)
        if place is None:
            place = places[configuration] = _Place(opened)
        noted = place.add(edits)
        self.kept += noted
        return noted

    def after_token(self, places: _Places, position: int) -> _Places:
        """The places after the token at *position* is read, deleted or replaced."""
        cls = self.classes[position]
        others = self.replacements.get(position, ())
        after: _Places = {}
        paths = [
            (edits, configuration, place.opened)
            for configuration, place in places.items()
            for edits in place.found
        ]
        paths.sort(key=lambda path: len(path[0]))  # what has no edit to spare first
        for cost in range(self.limit + 1):
            for edits, configuration, opened in paths:
                if len(edits) == cost:
                    self.reach(
                        after, position + 1, configuration[cls], self.brackets.after(opened, cls), edits
                    )
                elif len(edits) == cost - 1:
                    deleted = (*edits, _Edit(position, DELETE, cls))
                    self.reach(after, position + 1, configuration, opened, deleted)
                    for other in others:
                        replaced = (*edits, _Edit(position, REPLACE, other))
                        opened_after = self.brackets.after(opened, other)
                        self.reach(after, position + 1, configuration[other], opened_after, replaced)
        return after

    def insert(self, places: _Places, position: int) -> None:
        """Add the places that insertions in front of *position* lead to."""
        waiting = [(edits, configuration) for configuration, place in places.items() for edits in place.found]
        waiting.sort(key=lambda path: len(path[0]))
        for edits, configuration in waiting:  # grows while it is read
            if len(edits) == self.limit or not self.complete:
                continue
            opened = places[configuration].opened
            for cls in self.insertable(configuration, position, opened):
                number = sum(edit.position == position and edit.cls == cls for edit in edits)
                longer = (*edits, _Edit(position, INSERT, cls, number))
                following = configuration[cls]
                if self.reach(places, position, following, self.brackets.after(opened, cls), longer):
                    assert not isinstance(following, DeadEnd)
                    waiting.append((longer, following))

    def insertable(
        self, configuration: Configuration, position: int, opened: tuple[int, ...]
    ) -> Iterator[str]:
        """Classes that may be inserted in front of *position*, as in `Search.edit`."""
        for kind, count in zip(self.brackets.kinds, opened, strict=True):
            yield from self.brackets.openers[kind]
            if count:
                yield from self.brackets.closers[kind]
        if position <= self.last_dollar:
            yield TEXT
        following = self.classes[position] if position < len(self.classes) else None
        if following is None or configuration[following] is DEAD:
            # Where a character can be read, it stands for anything that could have been lost.
            yield from FILLERS[:1] if configuration[FILLERS[0]] is not DEAD else FILLERS[1:]
            if following == LINE and configuration[BREAK][LINE] is not DEAD:
                yield BREAK
