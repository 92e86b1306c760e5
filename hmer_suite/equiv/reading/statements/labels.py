r"""Labels of statements: ``H_0:\mu=0``, ``g:y=2x+1``, ``p:x>1``; a colon between numbers is a ratio."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.atoms.levels import sign_of
from hmer_suite.equiv.reading.atoms.shapes import letter_in
from hmer_suite.equiv.reading.operators import ORDER_RELATIONS, RATIO, RELATION

LABELLED = "label"
"""The data of a list of a label and its statement."""

_COMPARING = ORDER_RELATIONS | {"=", r"\neq"}
_PROPOSITIONS = frozenset("pqrsPQRS")
_NUMBERS = frozenset("abcxyz")
_COORDINATES = frozenset("xy")


def has_label(row: Sequence[Atom], levels: Sequence[int]) -> bool:
    """Whether a row is a letter, a colon and a statement, and no ratio."""
    if len(row) < 4 or levels[1] != RATIO or levels.count(RATIO) > 1 or RELATION not in levels:
        return False
    label, *others = row
    relations = {sign_of(atom) for atom, level in zip(row, levels, strict=True) if level == RELATION}
    letter = label.token or letter_in(label)
    if not relations <= _COMPARING or levels[2] == RELATION or label.sup is not None or len(letter) != 1:
        return False
    if letter == "H":
        return label.sub is not None
    mentioned = {atom.token for atom in others}
    if mentioned >= _COORDINATES and letter not in _NUMBERS:
        return True
    return letter in _PROPOSITIONS and relations <= ORDER_RELATIONS and not mentioned.isdisjoint("xyztn")
