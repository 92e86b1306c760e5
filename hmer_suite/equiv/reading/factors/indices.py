"""Subscripts: letters side by side, which need not be a product, and what dots, commas and brackets in them say."""

from __future__ import annotations

from hmer_suite.equiv.reading.atoms.atom_types import Atom, Bracket
from hmer_suite.equiv.reading.atoms.atoms import atoms
from hmer_suite.equiv.reading.atoms.levels import level_of
from hmer_suite.equiv.reading.atoms.shapes import items_of
from hmer_suite.equiv.reading.factors.factor_row import RowReader, are_double_bars
from hmer_suite.equiv.reading.factors.index_dots import undotted, without_dots
from hmer_suite.equiv.reading.factors.kept_brackets import kept
from hmer_suite.equiv.reading.factors.products import is_computed
from hmer_suite.equiv.reading.factors.superscripts import with_brackets_around
from hmer_suite.equiv.reading.operators import FACTOR
from hmer_suite.equiv.terms import EMPTY, Term, op
from hmer_suite.latex.tree import Node, unparse


def index_term(reader: RowReader, node: Node | None) -> Term:
    """The term of a subscript: a list of signs, in which juxtaposition need not be a product."""
    if node is None:
        return EMPTY
    row = [Atom("sym", r"\parallel")] if are_double_bars(node) else without_dots(atoms(items_of(node)))
    if (inside := _in_brackets(reader, row)) is not None:
        return inside
    index = _of_row(reader, row)
    separators = "".join(atom.token for atom in row if atom.token in (",", ";"))
    if ";" in separators:  # a covariant derivative
        return kept(separators, index)
    if any(atom.token == r"\cdot" for atom in row[1:-1]) and index.op == "mul":
        return op("dotted", index)  # a product, or a name
    if len(row) > 1 and (row[0].token == "+" or is_computed(index)):
        spelling = " ".join(undotted(unparse(node)))
        return op("index", Term("text", spelling), index)  # a name, perhaps, and no number
    return index


def _of_row(reader: RowReader, row: list[Atom]) -> Term:
    if len(row) > 1 and all(level_of(atom) == FACTOR and atom.sup is None for atom in row):
        return Term("juxt", None, tuple(_single(reader, atom) for atom in row))
    return reader.statement(row)


def _single(reader: RowReader, atom: Atom) -> Term:
    """A single index, or several in brackets."""
    around = with_brackets_around(atom, reader.statement)
    return reader.statement([atom]) if around is None else around


def _in_brackets(reader: RowReader, row: list[Atom]) -> Term | None:
    """The term of an index all in brackets: ``x_{(1)}``, symmetric indices, antisymmetric ones; None for others."""
    bracket = row[0].value if len(row) == 1 and row[0].plain else None
    if not isinstance(bracket, Bracket) or bracket.open != bracket.close or not bracket.parts[0]:
        return None
    inner = _of_row(reader, bracket.parts[0])
    if bracket.open == "(":
        symmetric = inner.op == "juxt"
        return kept("()", inner.with_args(tuple(sorted(inner.args, key=repr))) if symmetric else inner)
    return kept("[]", inner) if bracket.open == "[" and inner.op == "juxt" else None
