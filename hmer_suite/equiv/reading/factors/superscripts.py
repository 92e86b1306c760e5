r"""Superscripts of letters, which may be indices as well as exponents: ``F^{ab}``, ``K^0``, ``y^{IV}``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom, Bracket
from hmer_suite.equiv.reading.atoms.levels import level_of
from hmer_suite.equiv.reading.atoms.shapes import is_letter
from hmer_suite.equiv.reading.operators import FACTOR
from hmer_suite.equiv.terms import ONE, ZERO, Term, const, name, op, rewrite

AROUND = "around "
"""The sign of brackets around several letters of an index begins with this."""
APART = "()"
"""The sign of brackets around one letter or number beside others."""
_MARK = "^"
"""The sign of an exponent 0 or 1 with which nothing is computed."""


def may_have_indices(base: Term) -> bool:
    """Whether a superscript may be indices of the base: a letter, perhaps with an index or an accent, but not e."""
    if base.op == "op":
        return len(base.args) == 1
    return base.op == "sub" or (base.op == "name" and base != name("e")) or base == const("pi")


def superscript(row: Sequence[Atom], statement: Callable[[list[Atom]], Term]) -> Term:
    """The term of a superscript of a letter, in which the order of letters side by side counts."""
    if len(row) == 1 and (around := with_brackets_around(row[0], statement)) is not None:
        return around
    if len(row) > 1 and any(map(_is_apart, row)) and all(level_of(atom) == FACTOR for atom in row):
        parts = (statement([atom]) for atom in row)
        return Term(
            "juxt",
            None,
            tuple(
                op(APART, part) if _is_apart(atom) else part for atom, part in zip(row, parts, strict=True)
            ),
        )
    exponent = statement(list(row))
    if exponent.op == "list":
        return exponent.with_args(tuple(map(_in_order, exponent.args)))
    return _in_order(exponent)


def with_marks(term: Term, other: Term) -> Term:
    r"""A side with exponents 0 and 1 of letters as marks: ``K^0`` is a particle, ``S^1`` a circle.

    The exponent is one for certain if it is that of a whole side, and the other side a number.
    """
    if _is_marked(term) and other.op == "num":
        return term
    term = rewrite(term, _without_raised_one)
    return rewrite(term, lambda part: op(_MARK, *part.args) if _is_marked(part) else part)


def _without_raised_one(term: Term) -> Term:
    """A product without an exponent 1 before a number: ``x^12``, in which one digit alone was raised."""
    if term.op != "mul":
        return term
    following = [*(factor.op == "num" for factor in term.args[1:]), False]
    return term.with_args(
        tuple(
            factor.args[0] if raised and _is_marked(factor) and factor.args[1] == ONE else factor
            for factor, raised in zip(term.args, following, strict=True)
        )
    )


def _is_marked(term: Term) -> bool:
    """Whether a term has an exponent 0, or 1 unless it is that of a small letter: in ``x^12`` only the 1 is raised."""
    if term.op != "pow" or term.args[1] not in (ZERO, ONE) or not may_have_indices(term.args[0]):
        return False
    base = term.args[0]
    return term.args[1] == ZERO or base.op != "name" or not base.label.islower() or len(base.label) > 1


def with_brackets_around(atom: Atom, statement: Callable[[list[Atom]], Term]) -> Term | None:
    """Brackets around several letters of an index, which count as they may stand for all orders of the letters."""
    bracket = atom.value
    if not atom.plain or not isinstance(bracket, Bracket) or len(bracket.parts) != 1:
        return None
    letters = bracket.parts[0]
    if bracket.open != bracket.close or bracket.open not in ("(", "["):
        return None
    if len(letters) < 2 or not all(is_letter(letter) and letter.sup is None for letter in letters):
        return None
    return op(AROUND + bracket.open, Term("juxt", None, tuple(statement([letter]) for letter in letters)))


def _is_apart(atom: Atom) -> bool:
    bracket = atom.value
    return (
        atom.plain
        and isinstance(bracket, Bracket)
        and (bracket.open, bracket.close) == ("(", "(")
        and [len(part) for part in bracket.parts] == [1]
    )


def _in_order(exponent: Term) -> Term:
    """Letters side by side in their order; with a number in front they are a product."""
    if exponent.op != "mul" or not all(map(_is_sign, exponent.args)):
        return exponent
    first, *others = exponent.args
    counted = first.op == "num" and first.value > 1 and all(part.op != "num" for part in others)
    return exponent if counted else Term("juxt", None, exponent.args)


def _is_sign(part: Term) -> bool:
    primed = part.op == "op" and part.label.strip("'") == "" and part.args[0].op == "name"
    natural = part.op == "num" and part.value.denominator == 1 and part.value >= 0
    return part.op in ("name", "sub") or primed or natural
