"""Terms joined by signs: sums and products with their signs, chains of unknown operators."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.atoms.levels import sign_of
from hmer_suite.equiv.reading.factors.factor_row import SIZE
from hmer_suite.equiv.reading.factors.products import joined
from hmer_suite.equiv.reading.factors.words import measured
from hmer_suite.equiv.reading.operators import ORDER_RELATIONS
from hmer_suite.equiv.terms import (
    EMPTY,
    MINUS_ONE,
    ZERO,
    Term,
    add,
    const,
    inverse,
    is_fixed,
    mul,
    name,
    negative,
    op,
)


def negation_of(sign: str) -> str:
    """The relation that ``\\not`` makes of another."""
    return _NEGATIONS.get(sign, r"\not " + sign)


_NEGATIONS = {
    "=": r"\neq", r"\in": r"\notin", r"\leq": ">", r"\geq": "<", "<": r"\geq", ">": r"\leq",
    **{rf"\{sign}": rf"\n{sign}" for sign in "mid parallel sim cong subseteq supseteq prec succ vdash exists".split()},
}  # fmt: skip


def left_associated(signs: Sequence[Atom], operands: Sequence[Term]) -> Term:
    """Operands joined by signs of which nothing is known, from left to right."""
    result = operands[0]
    for sign, operand in zip(signs, operands[1:], strict=True):
        result = op(sign_of(sign), result, operand)
    return result


def signs_alone(signs: Sequence[Atom]) -> Term:
    """Signs between statements that are not there: semicolons as a name, line breaks and white space as nothing."""
    drawn = "".join(sign_of(sign) for sign in signs if sign.token == ";")
    return name(drawn) if drawn else EMPTY


_JOINING = {r"\cup": r"\vee", r"\cap": r"\wedge"}


def joined_statements(signs: Sequence[Atom], statements: Sequence[Term]) -> Term | None:
    r"""Statements joined by signs of sets that stand for "or" and "and", ``x<1\cup x>2``; None if they cannot be."""
    connectives = {_JOINING.get(sign_of(sign)) for sign in signs}
    if len(connectives) > 1 or (connective := connectives.pop()) is None:
        return None
    if any(statement.op != "chain" or EMPTY in statement.args for statement in statements):
        return None
    return Term("ac", connective, tuple(statements))


def are_about_numbers(statements: Term) -> bool:
    """Whether no side of joined statements can be a set: all are about the same letter, or only compare."""
    about = {statement.args[0] for statement in statements.args}
    relations = {relation for statement in statements.args for relation in statement.relations}
    return relations <= ORDER_RELATIONS or (len(about) == 1 and not any(map(_may_be_set, about)))


def is_proposition(term: Term) -> bool:
    """Whether a wedge beside it is surely a conjunction: differentials, vectors and forms anticommute."""
    if term.op in ("chain", "ac") or (term.op == "op" and term.data == r"\neg"):
        return True
    letter = term
    while letter.op in ("sub", "op", "app") and letter.args:
        letter = letter.args[0]
    return _is_capital(letter) or (letter.op == "name" and letter.data in tuple("pqrst"))


def sum_of(signs: list[list[str]], terms: list[Term]) -> Term:
    """The sum of terms, each with the signs before it."""
    signed = [
        mul(MINUS_ONE, ZERO) if place and before == ["-"] and term == ZERO else _signed(before, term)
        for place, (before, term) in enumerate(zip(signs, terms, strict=True))
    ]  # a-0 may be a, from below
    return op("+...", *signed) if const("dots") in terms else add(*signed)


def _signed(signs: Sequence[str], term: Term) -> Term:
    for sign in reversed(signs):
        if sign == "-":
            term = negative(term)
        elif sign == r"\pm":
            term = mul(const("sign"), term)
        elif sign == r"\mp":
            term = mul(MINUS_ONE, const("sign"), term)
    return term


def times(sign: str, left: Term, right: Term) -> Term:
    """Two operands joined by a sign of multiplication or division."""
    right = measured(left, right)
    if sign in ("/", r"\div"):
        return mul(left, inverse(right))
    if left == name(r"\nabla"):
        return op(left.label + sign, right)
    if sign == r"\times" and left != right and _may_be_set(left) and _may_be_set(right):
        return op(sign, left, right)  # of numbers, or of sets
    if sign == r"\times" and {_last_letter(left), _last_letter(right)} in _VECTOR_PRODUCTS:
        return op(sign, left, right)  # of numbers, or of vectors without their mark
    if (
        sign == r"\times"
        and any(map(_is_vector, (left, right)))
        and any(map(_multiplies_vectors, (left, right)))
    ):
        return op(sign, left, right)  # a scalar triple product without brackets
    if sign in (r"\times", r"\cdot") and not (_is_vector(left) and _is_vector(right)):
        return joined(left, right)
    if sign == "*" and (is_fixed(left) or is_fixed(right)):
        return joined(left, right)
    return op(sign, left, right)


def _multiplies_vectors(term: Term) -> bool:
    return term.op == "op" and term.data in (r"\cdot", r"\times") and all(map(_is_vector, term.args))


def _last_letter(term: Term) -> str:
    """The letter that a product ends with, without its index; empty if it ends with something else."""
    while term.op in ("mul", "sub"):
        term = term.args[0 if term.op == "sub" else -1]
    return term.label if term.op == "name" else ""


_VECTOR_PRODUCTS = (
    {"v", "B"}, {"l", "B"}, {r"\ell", "B"}, {r"\mu", "B"}, {"r", "F"}, {"r", "p"}, {r"\omega", "r"}, {r"\omega", "v"},
)  # fmt: skip
"""Letters of physics that are vectors where they have this sign between them: ``F=qv\\times B``."""


def _may_be_set(term: Term) -> bool:
    """Whether a term is a set, an interval, a capital letter, or a product or power of such."""
    if term.op == "pow" and term.args[1].op == "num":
        return _may_be_set(term.args[0])  # S^1
    if term.op in ("sub", "pow"):
        return _may_be_set(term.args[0]) and not _is_capital(term.args[0])
    if term.op == "op" and term.data in (r"\times", SIZE):
        return True
    if term.op == "name" and term.label.startswith((r"\mathbb", r"\mathds", r"\mathcal", r"\mathscr")):
        return True
    return term.op in ("set", "tuple") or _is_capital(term)


def _is_capital(term: Term) -> bool:
    return term.op == "name" and len(term.label) == 1 and term.label.isupper()


def _is_vector(term: Term) -> bool:
    if term.op == "op" and term.data in (r"\vec", r"\overrightarrow", r"\nabla"):
        return True
    if term.op in ("sub", "app"):
        return _is_vector(term.args[0])
    if term.op in ("mul", "add", "ordered"):
        return any(map(_is_vector, term.args))
    return term.op == "matrix" or (
        term.op == "name" and term.label.startswith((r"\mathbf", r"\boldsymbol", r"\nabla", r"\bm"))
    )
