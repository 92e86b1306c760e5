"""The meaning of brackets by their shape: grouping, intervals, sets and set builders, absolute values, evaluation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom, Bracket
from hmer_suite.equiv.reading.atoms.shapes import argument_of, is_text, words_of
from hmer_suite.equiv.reading.factors.cases import cases
from hmer_suite.equiv.reading.factors.factor_row import RowReader
from hmer_suite.equiv.reading.factors.kept_brackets import has_inner_brackets
from hmer_suite.equiv.reading.letter_kinds import kind_of
from hmer_suite.equiv.reading.operators import SYNONYMS
from hmer_suite.equiv.terms import EMPTY, Grid, Term, fn, name, op, replace
from hmer_suite.latex.tree import Node

_COLLECTIONS = frozenset(("list", "set", "tuple", "matrix", "cases", "det", "chain", "ac"))

NORM = "norm"
"""The sign of a norm."""

Shape = tuple[str, str]


def bracketed(reader: RowReader, bracket: Bracket, alone: bool = False) -> Term:
    """The term of a bracket; *alone*: without scripts and other factors beside it."""
    shape = (bracket.open, bracket.close)
    if shape == ("|", "|") and (content := _between_double_bars(bracket)) is not None:
        shape, bracket = ("||", "||"), content
    if len(bracket.parts) > 1:
        return op("|".join(shape), *(reader.statement(part) for part in bracket.parts))
    if shape == ("{", "{") and (builder := _builder(reader, bracket.parts[0])) is not None:
        return builder
    inner = reader.statement(bracket.parts[0])
    if shape == ("[", "[") and _may_be_rounded(inner, bracket, alone):
        return op("[]", inner)  # perhaps the whole part of it
    if inner.op == "det":
        return inner
    if inner.op == "matrix" and inner.grid.brackets == "":
        if shape == ("|", "|"):
            return determinant(inner.args, inner.width)
        if shape in (("{", ""), ("", "{")):
            return cases(inner.args, inner.width)
        if shape == ("[", "") and inner.width == 1 and all(map(_is_statement, inner.args)):
            return Term("ac", r"\vee", inner.args)  # in Russian, one of these holds
        brackets = "((" if shape == ("[", "[") else "".join(shape)
        return Term("matrix", Grid(brackets, inner.width), inner.args)
    return _SHAPES.get(shape, _other_bracket)(inner, shape)


def _may_be_rounded(inner: Term, bracket: Bracket, alone: bool) -> bool:
    """Whether square brackets may be those of a whole part: around one thing, or all that there is."""
    if len(bracket.parts[0]) > 1 and not (alone and not has_inner_brackets(bracket)):
        return False
    return inner.op not in _COLLECTIONS and inner.data != ":"


def _between_double_bars(bracket: Bracket) -> Bracket | None:
    """The inner bracket of ``||x||``, which is the norm that ``\\|x\\|`` is; None for a single pair of bars."""
    row = bracket.parts[0]
    if len(bracket.parts) > 1 or len(row) != 1 or not row[0].plain or not isinstance(row[0].value, Bracket):
        return None
    inner = row[0].value
    return inner if inner.open == inner.close == "|" else None


def _is_statement(term: Term) -> bool:
    return term.op == "chain" or (term.op == "cases" and term.data == 1)


def evaluated(reader: RowReader, bracket: Bracket, atom: Atom) -> Term:
    """``\\left. F \\right|_a^b``: F taken between a and b."""
    inner = reader.statement(bracket.parts[0])
    return op("at", inner, reader.group(atom.sub), reader.group(atom.sup))


def determinant(cells: tuple[Term, ...], width: int) -> Term:
    """A determinant; a matrix between bars if it is not square."""
    return (
        Term("det", width, cells) if width * width == len(cells) else Term("matrix", Grid("||", width), cells)
    )


def _builder(reader: RowReader, row: Sequence[Atom]) -> Term | None:
    r"""``\{x \in A \mid P(x)\}``: its letter is bound, and is renamed."""
    if (bar := _bar_of_builder(row)) is None:
        return None
    members, statement = reader.statement(list(row[:bar])), reader.statement(list(row[bar + 1 :]))
    letter = members.args[0] if members.op == "chain" and members.data == (r"\in",) else members
    if not _is_bar(row[bar]) and (letter is members or not _states_about(statement, letter)):
        return None
    if letter.op == "name":
        depth = sum(part.op == "op" and part.data == "builder" for part in statement.walk())
        dummy = name(f"#set{depth}{kind_of(letter, is_declared=letter is not members)}")
        members, statement = replace(members, letter, dummy), replace(statement, letter, dummy)
    return Term("set", None, (op("builder", members, statement),))


_BARS = frozenset((":", "|", r"\mid", r"\vert"))


def _is_bar(atom: Atom) -> bool:
    return atom.plain and SYNONYMS.get(atom.token, atom.token) in _BARS


def _bar_of_builder(row: Sequence[Atom]) -> int | None:
    r"""The place of the bar of a set builder, or of the sign in its place after a membership: ``\{t\in M;t<2\}``."""
    bars = [index for index, atom in enumerate(row) if _is_bar(atom)]
    if not bars and any(atom.token == r"\in" for atom in row):
        signs = [SYNONYMS.get(atom.token, atom.token) if atom.plain else "" for atom in row]
        words = [index for index, atom in enumerate(row) if _is_such_that(atom)]
        places = ([index for index, sign in enumerate(signs) if sign == mark] for mark in (";", ",", "/"))
        bars = next((found for found in (words, *places) if found), [])[:1]
    return bars[0] if len(bars) == 1 and 0 < bars[0] < len(row) - 1 else None


def _is_such_that(atom: Atom) -> bool:
    return is_text(atom) and isinstance(atom.value, Node) and words_of(argument_of(atom.value)) in _SUCH_THAT


_SUCH_THAT = frozenset(("such that", "s.t.", "with", "where"))


def _states_about(statement: Term, letter: Term) -> bool:
    """Whether a statement relates something to a letter, or to one of several in brackets."""
    letters = letter.args if letter.op == "tuple" else (letter,)
    parts = statement.args if statement.op == "list" else (statement,)
    return all(part.op == "chain" for part in parts) and not set(letters).isdisjoint(statement.walk())


def _grouping(inner: Term, shape: Shape) -> Term:
    return Term("tuple", shape, inner.args) if inner.op == "list" else inner


def _interval(inner: Term, shape: Shape) -> Term:
    return Term("tuple", shape, inner.args if inner.op == "list" else (inner,))


def _set(inner: Term, shape: Shape) -> Term:
    return Term("set", None, inner.args if inner.op == "list" else () if inner is EMPTY else (inner,))


def _absolute(inner: Term, shape: Shape) -> Term:
    if inner.op in ("set", "list", "tuple", "matrix", "text"):
        return op("||", inner)
    return fn("abs", inner)


def _other_bracket(inner: Term, shape: Shape) -> Term:
    return op("|".join(shape), *(inner.args if inner.op == "list" else (inner,)))


_SHAPES: dict[Shape, Callable[[Term, Shape], Term]] = {
    ("", ""): lambda inner, shape: inner,
    ("(", "("): _grouping,
    ("[", "["): _grouping,
    ("(", "["): _interval,
    ("[", "("): _interval,
    ("<", "("): lambda inner, shape: _interval(inner, ("[", "(")),
    ("(", "<"): lambda inner, shape: _interval(inner, ("(", "[")),
    ("{", "{"): _set,
    ("|", "|"): _absolute,
    ("||", "||"): lambda inner, shape: op(NORM, inner),
    ("floor", "floor"): lambda inner, shape: fn("floor", inner),
    ("ceil", "ceil"): lambda inner, shape: fn("ceil", inner),
}
