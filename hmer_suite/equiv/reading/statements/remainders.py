r"""Remainders after a sum or a minus, ``-7\bmod3``: of its last term, or of all before the sign."""

from __future__ import annotations

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.atoms.levels import sign_of
from hmer_suite.equiv.reading.factors.factor_row import RowReader
from hmer_suite.equiv.reading.operators import PRODUCT, SUM
from hmer_suite.equiv.terms import Term, add, op

_SIGNS = frozenset((r"\bmod", r"\mod"))


def remainder_of_sum(reader: RowReader, row: list[Atom], levels: list[int]) -> Term | None:
    """A sum with a remainder of all before its sign; None if there is none, or it is read as that of the last term."""
    places = [index for index, atom in enumerate(row) if atom.token in _SIGNS and levels[index] == PRODUCT]
    if not places or SUM not in levels[: places[-1]] or places[-1] == len(row) - 1:
        return None
    reader.used.add("modulo")
    if reader.choices.modulo == "last":
        return None
    place = places[-1]
    end = next((index for index in range(place, len(row)) if levels[index] == SUM), len(row))
    remainder = op(sign_of(row[place]), reader.statement(row[:place]), reader.statement(row[place + 1 : end]))
    return remainder if end == len(row) else add(remainder, reader.statement(row[end:]))
