"""Dots of multiplication in an index, which may be left out."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.atoms.levels import level_of
from hmer_suite.equiv.reading.operators import FACTOR


def without_dots(row: list[Atom]) -> list[Atom]:
    r"""An index without the dots between a number and a letter: ``a_{3\cdot m}`` is ``a_{3m}``."""
    if not any(atom.token == r"\cdot" for atom in row[1:-1]):
        return row
    return [atom for index, atom in enumerate(row) if not (atom.token == r"\cdot" and _joins(row, index))]


def _joins(row: Sequence[Atom], index: int) -> bool:
    """Whether a dot stands between a number and a letter."""
    if not 0 < index < len(row) - 1 or not row[index].plain:
        return False
    before, after = row[index - 1], row[index + 1]
    return before.kind == "num" and level_of(after) == FACTOR and after.kind != "num"


def undotted(tokens: Sequence[str]) -> list[str]:
    """The tokens of an index without such dots."""
    following = zip(tokens, [*tokens[1:], ""], ["", *tokens], strict=False)
    return [
        token
        for token, after, before in following
        if token != r"\cdot" or after.isdecimal() or not before.isdecimal()
    ]
