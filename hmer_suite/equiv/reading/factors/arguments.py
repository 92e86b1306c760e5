"""The arguments of a function between brackets; those after a semicolon are parameters, and so marked."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.terms import Term, op

PARAMETER = "parameter"
"""The sign of what stands after a semicolon."""


def arguments(content: Term, row: Sequence[Atom]) -> tuple[Term, ...]:
    """The arguments in the content of brackets, whose row of atoms is given too."""
    if content.op != "list":
        return (content,)
    *others, last = content.args
    return (*others, op(PARAMETER, last) if any(atom.token == ";" for atom in row) else last)
