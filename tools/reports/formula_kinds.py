"""Kinds of formulas by how well they suit reading from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

KINDS = (
    "fraction in a fraction",
    "one level of fractions",
    "root",
    "stacked scripts or limits",
    "scripts",
    "one line",
)
"""From the least to the most suitable; a formula belongs to the first kind that it contains."""

_STACKS = {"\\sum", "\\prod", "\\lim", "\\limits", "\\max", "\\min"}


def formula_kind(tokens: Sequence[str]) -> str:
    """The kind, one of `KINDS`, of a canonical label."""
    if "\\frac" in tokens:
        return KINDS[0 if _has_nested_fraction(tokens) else 1]
    if "\\sqrt" in tokens:
        return KINDS[2]
    if not any(token in ("_", "^") for token in tokens):
        return KINDS[5]
    return KINDS[3 if _has_stack(tokens) else 4]


def _has_nested_fraction(tokens: Sequence[str]) -> bool:
    """Whether there is a fraction within another."""
    ends: list[int] = []  # brace depth of the arguments of open fractions, two for each
    depth = 0
    for token in tokens:
        if token == "\\frac":
            if ends:
                return True
            ends += [depth, depth]
        elif token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
            if ends and depth == ends[-1]:
                ends.pop()
    return False


def _has_stack(tokens: Sequence[str]) -> bool:
    """Whether there are scripts above each other, or limits above or below their operator."""
    if any(before in _STACKS and after in ("_", "^") for before, after in pairwise(tokens)):
        return True
    both = [before == "}" and after == "^" for before, after in pairwise(tokens)]
    return any(
        two and _opened_by(tokens, place) == "_" for place, two in enumerate(both)
    )  # x _ { i } ^ { 2 }


def _opened_by(tokens: Sequence[str], place: int) -> str:
    """The token before the group that ends at `place`, empty where there is none."""
    depth = 0
    for i in range(place, -1, -1):
        depth += (tokens[i] == "}") - (tokens[i] == "{")
        if not depth:
            return tokens[i - 1] if i else ""
    return ""
