r"""Sums under a limit or a large operator, ``\lim_{x\to2}x^2+x``: its body, or a term beside it."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.factors.factor_row import RowReader
from hmer_suite.equiv.reading.operators import PRODUCT, SUM, SUMS
from hmer_suite.equiv.reading.statements.operations import sum_of, times
from hmer_suite.equiv.terms import Term, binds, name
from hmer_suite.latex.tree import Node, unparse


def sum_as_body(reader: RowReader, row: list[Atom], levels: list[int]) -> Term | None:
    """A sum whose first operator has all that follows for its body.

    None if no summand after that of the operator has its letter, or if the body is read as the first summand alone.
    """
    place = next((index for index, atom in enumerate(row) if _has_bounds(atom)), len(row))
    sign = next((index for index in range(place, len(row)) if levels[index] == SUM), len(row))
    if sign >= len(row) - 1 or (place and row[place - 1].token == "/"):
        return None
    letter = name(_first_sign(row[place].sub))
    if not _has_free(reader.statement(row[sign + 1 :]), letter):
        return None
    reader.used.add("body")
    return _read(reader, row, levels, place) if reader.choices.body == "all" else None


def _has_bounds(atom: Atom) -> bool:
    return atom.sub is not None and (atom.token in SUMS or atom.token == r"\lim")


def _first_sign(bound: Node | None) -> str:
    """The letter of a bound, which begins with it."""
    return next((token for token in unparse(bound) if token != "{"), "") if bound is not None else ""


def _has_free(term: Term, letter: Term) -> bool:
    """Whether a letter is in a term and not bound there."""
    if binds(term) and term.args[1] == letter:
        return any(_has_free(bound, letter) for bound in term.args[2:])
    return term == letter or any(_has_free(arg, letter) for arg in term.args)


def _read(reader: RowReader, row: list[Atom], levels: Sequence[int], place: int) -> Term:
    term = reader.product(row[place:])
    start = next((index + 1 for index in reversed(range(place)) if levels[index] == SUM), 0)
    is_multiplied = place > start and levels[place - 1] == PRODUCT
    if coefficient := row[start : place - is_multiplied]:
        term = times(r"\cdot", reader.statement(coefficient), term)
    if start == 0:
        return term
    sign = [row[start - 1].token]
    before = row[: start - 1]
    return sum_of([[], sign], [reader.statement(before), term]) if before else sum_of([sign], [term])
