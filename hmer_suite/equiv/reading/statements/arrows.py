r"""Arrows between statements, which are looser than what they join: ``p\wedge q\to r``, ``x^2=4\to x=\pm2``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.atoms.levels import sign_of
from hmer_suite.equiv.reading.operators import AND, IMPLY, OR, ORDER_RELATIONS, RELATION

_EQUIVALENCES = frozenset((r"\leftrightarrow", r"\equiv"))
_IMPLICATIONS = frozenset((r"\rightarrow", r"\leftarrow"))
_STATING = ORDER_RELATIONS | {"=", r"\neq", r"\in"}
_MODULI = frozenset((r"\pmod", r"\pod", r"\bmod", r"\mod"))


def with_loose_arrows(row: Sequence[Atom], levels: list[int]) -> list[int]:
    """The levels of a row without commas, with those of the arrows between its statements as of implications."""
    if min(levels) not in (OR, AND, RELATION):
        return levels
    signs = [sign_of(atom) if level == RELATION else "" for atom, level in zip(row, levels, strict=True)]
    for arrows in (_EQUIVALENCES, _IMPLICATIONS):
        places = [index for index, sign in enumerate(signs) if sign in arrows]
        if not places:
            continue
        lone = len(places) == 1 and _IMPLICATIONS.issuperset({*signs} - {"", *arrows})
        if _join_statements(row, signs, places) or (lone and min(levels) < RELATION):
            return [IMPLY if index in places else level for index, level in enumerate(levels)]
    return levels


def _join_statements(row: Sequence[Atom], signs: Sequence[str], places: Sequence[int]) -> bool:
    """Whether each part between some arrows is a statement, and none is a congruence."""
    starts, ends = [0, *(place + 1 for place in places)], [*places, len(signs)]
    parts = [signs[start:end] for start, end in zip(starts, ends, strict=True)]
    return all(map(_STATING.intersection, parts)) and _is_free_of_moduli(row)


def _is_free_of_moduli(row: Sequence[Atom]) -> bool:
    return not any(atom.token in _MODULI or getattr(atom.value, "name", "") in _MODULI for atom in row)
