"""A slow, obvious search for repairs with a given number of edits, trying every token class everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hmer_suite.latex.automaton import CLASS_OF, DEAD, Configuration, grammar
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


def every_repair(words: Sequence[str], edits: int) -> set[tuple[str, ...]]:
    """Classes of every repair of at most *edits* edits that no smaller set of edits is, found by trying all."""
    classes = [CLASS_OF[word] for word in words]
    found: dict[frozenset, set[tuple[str, ...]]] = {}  # the same insertions at a place in every order
    _try_all(classes, _Attempt(grammar().start, (), ()), 0, edits, found)
    return set().union(
        *(outputs for made, outputs in found.items() if not any(other < made for other in found))
    )


class _Attempt(NamedTuple):
    configuration: Configuration
    output: tuple[str, ...]
    made: tuple


def _try_all(classes: list[str], attempt: _Attempt, position: int, edits: int, found: dict) -> None:
    configuration, output, made = attempt
    following = classes[position] if position < len(classes) else None
    if following is None and configuration.accepts:
        found.setdefault(frozenset(made), set()).add(output)
    if following is not None and configuration[following] is not DEAD:
        _try_all(
            classes,
            _Attempt(configuration[following], (*output, following), made),
            position + 1,
            edits,
            found,
        )
    if len(made) == edits:
        return
    if following is not None:
        _try_all(
            classes, _Attempt(configuration, output, (*made, (position, "-"))), position + 1, edits, found
        )
        for cls in _renamed(following, _alphabet(classes)):
            changed = _Attempt(configuration[cls], (*output, cls), (*made, (position, "=", cls)))
            if changed.configuration is not DEAD:
                _try_all(classes, changed, position + 1, edits, found)
    for cls in _inserted(configuration, classes, position):
        longer = (
            *made,
            (position, "+", cls, sum(edit[0] == position and edit[2:3] == (cls,) for edit in made)),
        )
        if configuration[cls] is not DEAD:
            _try_all(classes, _Attempt(configuration[cls], (*output, cls), longer), position, edits, found)


def _inserted(configuration: Configuration, classes: list[str], position: int) -> list[str]:
    """Brackets of the kinds at hand, and something in front of what cannot be read."""
    names = {cls.partition("_")[2] for cls in classes if cls.startswith(("BEGIN_", "END_"))} | {"MATRIX"}
    fences = ["LEFT", "RIGHT"] * any(cls in ("LEFT", "RIGHT", "MIDDLE") for cls in classes)
    tables = any(cls.startswith(("BEGIN_", "END_")) or cls in ("AMP", "HLINE") for cls in classes)
    found = ["LBRACE", "RBRACE", *fences]
    found += [f"{side}_{name}" for side in ("BEGIN", "END") for name in sorted(names) if tables]
    if "DOLLAR" in classes[position:]:
        found.append("TEXT")
    following = classes[position] if position < len(classes) else None
    if following is None or configuration[following] is DEAD:
        readable = configuration["CHAR"] is not DEAD
        found += ["CHAR"] if readable else ["DELIM", "COLUMN", "RBRACK", "DOLLAR", "LARGEOP"]
        found += ["ROWBREAK"] * (following == "HLINE" and configuration["ROWBREAK"]["HLINE"] is not DEAD)
    return found
