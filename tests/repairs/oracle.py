"""A slow, obvious search for repairs with a given number of edits, trying every token class everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.automaton import DEAD, grammar
from hmer_suite.latex.token_classes import CLASSES, UNKNOWN


def repairable(classes: Sequence[str], edits: int) -> bool:
    """Whether at most *edits* deletions and insertions of tokens make the grammar accept *classes*.

    An environment's end may be renamed and an unknown token become a character at the price of one.
    """
    alphabet = _alphabet(classes)
    if edits < 0:
        return False
    reached = {grammar().start: 0}  # configuration -> fewest edits, behind the tokens read so far
    for cls in [*classes, None]:
        _insert(reached, alphabet, edits)
        if cls is None:
            return any(configuration.accepts for configuration in reached)
        behind: dict = {}
        for configuration, cost in reached.items():
            _reach(behind, configuration[cls], cost)
            if cost < edits:
                _reach(behind, configuration, cost + 1)
                for other in _renamed(cls, alphabet):
                    _reach(behind, configuration[other], cost + 1)
        reached = behind


def _alphabet(classes: Sequence[str]) -> list[str]:
    """Every token class, but of the environments only those of the input and one more."""
    names = {cls.partition("_")[2] for cls in classes if cls.startswith(("BEGIN_", "END_"))} | {"MATRIX"}
    every = {*CLASSES.values()} - {UNKNOWN}
    return sorted(c for c in every if not c.startswith(("BEGIN_", "END_")) or c.partition("_")[2] in names)


def _insert(reached: dict, alphabet: list[str], edits: int) -> None:
    for cost in range(edits):
        for configuration in [c for c, known in reached.items() if known == cost]:
            for cls in alphabet:
                _reach(reached, configuration[cls], cost + 1)


def _renamed(cls: str, alphabet: list[str]) -> list[str]:
    if cls == UNKNOWN:
        return ["CHAR"]
    return [other for other in alphabet if other.startswith("END_")] if cls.startswith("END_") else []


def _reach(reached: dict, configuration, cost: int) -> None:
    if configuration is not DEAD and cost < reached.get(configuration, cost + 1):
        reached[configuration] = cost
