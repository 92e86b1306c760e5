r"""Brackets that may say something: ``x_{(1)}`` of an order statistic, ``C[0,1]``, the line ``(AB)``, ``y^{(n-1)}``.

The general reading keeps what is in them apart from the same without brackets; special readings leave them out.
"""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom, Bracket
from hmer_suite.equiv.reading.factors.events import OF_EVENTS
from hmer_suite.equiv.reading.operators import LEVEL, SUM
from hmer_suite.equiv.terms import MINUS_ONE, Grid, Term, op, rewrite

_KEPT = "kept"


def kept(sign: str, term: Term) -> Term:
    """A term that a sign may set apart from the same without the sign."""
    return op(f"{_KEPT} {sign}", term)


def without_kept(term: Term) -> Term:
    """The term without all signs that may set something apart."""
    return rewrite(term, lambda part: part.args[0] if is_kept(part) else part)


def is_kept(term: Term) -> bool:
    """Whether a term is set apart by a sign."""
    return term.op == "op" and term.label.startswith(_KEPT)


def has_inner_brackets(bracket: Bracket) -> bool:
    """Whether there are round or square brackets in a bracket, which is only the next size of bracket then."""
    values = (atom.value for part in bracket.parts for atom in part)
    return any(isinstance(value, Bracket) and value.open in ("(", "[") for value in values)


def square_argument(value: Term, bracket: Bracket) -> Term:
    """The value of a function; kept if its argument is in square brackets that are no next size of bracket."""
    is_square = bracket.open == "[" and not has_inner_brackets(bracket)
    return kept("[]", value) if is_square and value.args[0].data not in OF_EVENTS else value


# --- brackets that stand alone -----------------------------------------------------------------------------------


def as_side(row: Sequence[Atom], term: Term) -> Term:
    """The term of a side or an element; kept if it is a name in round brackets: a line, a plane, a sequence."""
    return kept("()", term) if _is_in_round_brackets(row) and _is_name(term) else term


def as_formula(row: Sequence[Atom], term: Term) -> Term:
    """The term of a whole formula; kept if it is a letter with its index in round brackets: a sequence."""
    is_sequence = term.op == "sub" and term.args[1].op == "name"
    return kept("()", term) if is_sequence and _is_in_round_brackets(row) else term


def with_residue_symbols(
    rows: Sequence[Sequence[Atom]], signs: Sequence[str], sides: Sequence[Term]
) -> tuple[Term, ...]:
    r"""The sides of a relation, fractions in brackets kept if it is about residues: ``\left(\frac2p\right)=-1``."""
    if r"\equiv" not in signs and not any(side.op == "num" and side.value in (-1, 0, 1) for side in sides):
        return tuple(sides)
    return tuple(
        kept("()", side) if _is_in_round_brackets(row) and _may_be_residue_symbol(side) else side
        for row, side in zip(rows, sides, strict=True)
    )


def _may_be_residue_symbol(term: Term) -> bool:
    """Whether a term is a fraction over a letter of primes, or over a whole number from 3."""
    if (
        term.op != "mul"
        or len(term.args) != 2
        or term.args[1].op != "pow"
        or term.args[1].args[1] != MINUS_ONE
    ):
        return False
    prime = term.args[1].args[0]
    return prime.data in _PRIMES or (prime.op == "num" and prime.value > 2)


_PRIMES = frozenset("lmnpqr")


def _is_in_round_brackets(row: Sequence[Atom]) -> bool:
    bracket = row[0].value if len(row) == 1 and row[0].plain else None
    return isinstance(bracket, Bracket) and bracket.open == bracket.close == "("


def _is_name(term: Term) -> bool:
    """Whether a term is a letter, perhaps with an index or primes, or capitals side by side."""
    if term.op == "mul":
        return all(arg.op == "name" and len(arg.label) == 1 and arg.label.isupper() for arg in term.args)
    if term.op == "sub" or (term.op == "op" and str(term.data).startswith("'")):
        return _is_name(term.args[0])
    return term.op == "name"


# --- scripts in brackets, and on brackets ------------------------------------------------------------------------


def in_brackets(base: Term, atom: Atom) -> Term:
    r"""What a bracket holds; kept if it is a letter with an index, ``(n)_k``, or choices, perhaps of a multiset."""
    if atom.sub is not None:
        return kept("()", base) if base.op in ("name", "sub") else base
    return kept("(())", base) if atom.plain and _counts_choices(base, atom) else base


def _counts_choices(base: Term, atom: Atom) -> bool:
    """Whether a bracket holds a number of choices, or a column in brackets, alone."""
    is_alone = isinstance(atom.value, Bracket) and len(atom.value.parts[0]) == 1
    return is_alone and base.data in ("binom", Grid("((", 1))


def counts(exponent: Term) -> bool:
    """Whether an exponent in brackets may be an order or a step: a letter of an index, and whole numbers."""
    parts = list(exponent.walk())
    letters = [part for part in parts if part.op == "name"]
    return (
        bool(letters)
        and all(letter.data in _COUNTING for letter in letters)
        and all(part.op in ("name", "num", "add", "mul") for part in parts)
    )


_COUNTING = frozenset("hijklmnpqrstN")


# --- whole parts -------------------------------------------------------------------------------------------------


def grouping(row: Sequence[Atom]) -> list[Atom]:
    """An operand in square brackets in round ones, as they hold it together beside a sign; any other row as it is."""
    value = row[0].value if len(row) == 1 and row[0].plain else None
    if not isinstance(value, Bracket) or not value.open == value.close == "[" or len(value.parts[0]) < 2:
        return list(row)
    return [Atom("br", Bracket("(", "(", value.parts))]


def subtracted(row: Sequence[Atom]) -> list[Atom]:
    """The same for an operand after a minus, if it is a sum."""
    value = row[0].value if len(row) == 1 else None
    is_sum = isinstance(value, Bracket) and any(LEVEL.get(atom.token) == SUM for atom in value.parts[0][1:])
    return grouping(row) if is_sum else list(row)
