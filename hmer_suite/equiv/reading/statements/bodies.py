r"""Sums under a limit or a large operator, ``\lim_{x\to2}x^2+x``: its body, or a term beside it."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom, Bracket
from hmer_suite.equiv.reading.factors.factor_row import RowReader
from hmer_suite.equiv.reading.factors.integrals import Integral
from hmer_suite.equiv.reading.operators import PRODUCT, SUM, SUMS
from hmer_suite.equiv.reading.statements.operations import sum_of, times
from hmer_suite.equiv.terms import Term
from hmer_suite.latex.tree import Node, unparse


def sum_as_body(reader: RowReader, row: list[Atom], levels: list[int]) -> Term | None:
    """A sum, the first operator of which that may reach over a plus does.

    It reaches to the next operator with its letter. None if its letter is in no summand up to there, or if the body
    is read as the first summand alone.
    """
    for place, atom in enumerate(row):
        if not _has_bounds(atom) or (place and row[place - 1].token == "/"):
            continue
        letter, end = _letter_of(atom), _end_of_body(row, levels, place)
        sign = next((index for index in range(place, end) if levels[index] == SUM), end)
        if any(_mentions(other, letter) for other in row[sign + 1 : end]):
            reader.used.add("body")
            all_of_it = reader.choices.body == "all"
            return _with_body(reader, row, levels, place, end) if all_of_it else None
    return None


def _end_of_body(row: Sequence[Atom], levels: Sequence[int], place: int) -> int:
    """The plus or minus before the next operator with the letter of the one at *place*; else the end of the row."""
    again = (
        index for index in range(place + 1, len(row)) if _letter_of(row[index]) == _letter_of(row[place])
    )
    after = next(again, len(row))
    if after == len(row):
        return after
    return next((index for index in range(after, place, -1) if levels[index] == SUM), len(row))


def _has_bounds(atom: Atom) -> bool:
    return atom.sub is not None and (atom.token in SUMS or atom.token == r"\lim")


def _letter_of(operator: Atom) -> str:
    """The letter of an operator, with which its lower bound begins; empty for an operator without bounds."""
    if operator.sub is None or not _has_bounds(operator):
        return ""
    return next((token for token in unparse(operator.sub) if token != "{"), "")


def _mentions(atom: Atom, letter: str) -> bool:
    """Whether a letter is in an atom, and not the variable of an integral there.

    Atoms are searched, not read: reading them at every operator once more would take exponential time.
    """
    value = atom.value
    if isinstance(value, Bracket) and any(_mentions(inner, letter) for part in value.parts for inner in part):
        return True
    if isinstance(value, Integral) and value.variable.token != letter:
        return any(_mentions(inner, letter) for inner in value.body)
    nodes = (node for node in (value, atom.sub, atom.sup) if isinstance(node, Node))
    return atom.token == letter or any(letter in unparse(node) for node in nodes)


def _with_body(reader: RowReader, row: list[Atom], levels: Sequence[int], place: int, end: int) -> Term:
    """A row whose operator at *place* reaches to *end*, with what multiplies it, and what stands before and behind."""
    term = reader.product(row[place:end])
    start = next((index + 1 for index in reversed(range(place)) if levels[index] == SUM), 0)
    is_multiplied = place > start and levels[place - 1] == PRODUCT
    if coefficient := row[start : place - is_multiplied]:
        term = times(r"\cdot", reader.statement(coefficient), term)
    signs, terms = [[row[start - 1].token] if start else []], [term]
    if before := row[: max(start - 1, 0)]:
        signs, terms = [[], *signs], [reader.statement(before), *terms]
    if behind := row[end:]:
        signs, terms = [*signs, []], [*terms, reader.statement(behind)]
    return sum_of(signs, terms)
