r"""Marks of letters that mean the same: complements, transposes and conjugates, segments, inverses, derivatives."""

from __future__ import annotations

from collections.abc import Callable

from hmer_suite.equiv.reading.factors.products import is_capital
from hmer_suite.equiv.reading.interpreting.events import is_complement, one_complement
from hmer_suite.equiv.reading.interpreting.segments import SEGMENT, as_power
from hmer_suite.equiv.terms import MINUS_ONE, ONE, Term, inverse, mul, name, op

Change = Callable[[Term], Term]


def _complements(parts: list[Term]) -> Change | None:
    """Complements written alike, if the pair has two of their signs."""
    marks = {part.label if part.op == "op" else part.args[1].label for part in parts if is_complement(part)}
    return one_complement if len(marks) > 1 else None


def _adjoints(parts: list[Term]) -> Change | None:
    """Transposes, adjoints and conjugates written alike, if the pair has two of their signs."""
    marks = {_adjoint_mark(part) for part in parts} - {""}
    if len(marks) < 2 or not marks & {"T", "*", "t", "H"}:
        return None
    return lambda term: op("conjugate", term.args[0]) if _adjoint_mark(term) else term


def _adjoint_mark(term: Term) -> str:
    """The sign of a transpose, an adjoint or a conjugate; empty for any other term."""
    if term.op == "pow" and term.args[1].op == "name" and _is_array(term.args[0]):
        mark = term.args[1].label.removeprefix(r"\mathrm{").removeprefix(r"\mathsf{").strip("{}").lstrip("\\")
        return {"top": "T"}.get(mark, mark) if mark in ("T", "t", "H", "top") else ""
    if term.op == "op" and term.data in _ADJOINT_SIGNS and _is_array(term.args[0]):
        return _ADJOINT_SIGNS[term.label]
    return ""


_ADJOINT_SIGNS = {"^*": "*", "^+": "*", r"^\intercal": "H", r"^\dagger": "dagger", "'": "'", r"\bar": "bar"}


def _is_array(term: Term) -> bool:
    """Whether a term may be a matrix, a column or a complex number: a letter."""
    return term.op == "name" or (term.op in ("mul", "ordered") and all(map(is_capital, term.args)))


def _segments(parts: list[Term]) -> Change | None:
    """Segments and their lengths written alike, if the pair has a line or bars over two capitals, or a distance."""
    if not any(_is_marked_segment(part) for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "op" and term.data == SEGMENT:
            return term
        if _is_marked_segment(term):
            inner = term.args[0]
            return inner if inner.data == SEGMENT else _segment(_marked_ends(term))
        return as_power(term)

    return change


def _is_marked_segment(term: Term) -> bool:
    inner = term.args[0] if term.args else term
    barred = (term.op, term.data) in _BARS and inner.op == "op" and inner.data == SEGMENT
    return barred or bool(_marked_ends(term))


_BARS = (("op", r"\bar"), ("op", r"\overline"), ("fn", "abs"))


def _marked_ends(term: Term) -> tuple[Term, ...]:
    """The two points under a line or between bars, or with the distance d; empty for any other term."""
    if term.op == "app" and term.args[0] == name("d"):
        ends = term.args[1:]
    elif (term.op, term.data) in _BARS:
        inner = term.args[0]
        if term.op == "fn" and inner.op == "op" and inner.data in (r"\vec", r"\overrightarrow"):
            inner = inner.args[0]
        ends = inner.args if inner.op in ("mul", "juxt") else ()
    else:
        return ()
    are_points = len(ends) == 2 and all(end.op == "name" and len(end.label) == 1 for end in ends)
    return ends if are_points and all(end.label.isupper() for end in ends) else ()


def _segment(ends: tuple[Term, ...]) -> Term:
    return op(SEGMENT, *sorted(ends, key=lambda end: end.label))


def _inverses(parts: list[Term]) -> Change | None:
    """The exponent -1 of a function as a reciprocal, if the pair has the function without it."""
    inverted = {part.args[0].args[0] for part in parts if _is_inverse_value(part)}
    if inverted.isdisjoint(part.args[0] for part in parts if part.op == "app"):
        return None

    def change(term: Term) -> Term:
        return (
            inverse(Term("app", term.data, (term.args[0].args[0], *term.args[1:])))
            if _is_inverse_value(term)
            else term
        )

    return change


def _is_inverse_value(term: Term) -> bool:
    if term.op != "app":
        return False
    head = term.args[0]
    return head.op == "op" and head.data == "iterate" and head.args[1] == MINUS_ONE


def _differentials(parts: list[Term]) -> Change | None:
    """Derivatives as quotients of differentials, if the pair has differentials by themselves."""
    quotients = [part for part in parts if part.op == "deriv" and part.derivation.sign == "d"]
    if not quotients or not any(part.op == "op" and part.data == "d" for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "op" and term.data == "d":
            return op("differential", *term.args)
        if term not in quotients or term.args[2] != ONE:
            return term
        above, below = (op("differential", arg) for arg in term.args[:2])
        return mul(above, inverse(below))

    return change


def _derivative_marks(parts: list[Term]) -> Change | None:
    """Dots and primes as derivatives written alike, if the pair has both."""
    marks = {part.label[0] for part in parts if part.op == "op" and _order_of_mark(part.label)}
    if len(marks) < 2:
        return None

    def change(term: Term) -> Term:
        order = _order_of_mark(term.label) if term.op == "op" else 0
        return op("'" * order, *term.args) if order else term

    return change


_DOTS = {r"\dot": 1, r"\ddot": 2, r"\dddot": 3}


def _order_of_mark(label: str) -> int:
    """The order of the derivative that dots or primes stand for; 0 for any other sign."""
    return len(label) if label.strip("'") == "" else _DOTS.get(label, 0)


_VARIABLES = frozenset("xyzt")


def _indexed_derivatives(parts: list[Term]) -> Change | None:
    r"""Derivatives by their variables as an index, if the pair has such an index of the same letter: ``f_x``."""
    indexed = {part.args[0] for part in parts if _differentiates(part)}
    heads = {_differentiated(part)[0] for part in parts if part.op == "deriv"}
    if indexed.isdisjoint(heads):
        return None

    def change(term: Term) -> Term:
        if term.op != "deriv" or term.args[2].op != "num" or term.args[1].op != "name":
            return term
        operand, known = _index_of(term.args[0])
        letters = sorted([*known, *[term.args[1]] * int(term.args[2].value)], key=repr)
        return Term(
            "sub", None, (operand, letters[0] if len(letters) == 1 else Term("juxt", None, tuple(letters)))
        )

    return change


def _differentiates(term: Term) -> bool:
    letters = _index_of(term)[1]
    return bool(letters) and all(letter.data in _VARIABLES for letter in letters)


def _index_of(term: Term) -> tuple[Term, tuple[Term, ...]]:
    """A letter and the letters side by side in its index; none if it has another index."""
    if term.op != "sub":
        return term, ()
    letter, index = term.args
    letters = index.args if index.op == "juxt" else (index,)
    return (letter, letters) if all(part.op == "name" for part in letters) else (term, ())


def _differentiated(term: Term) -> tuple[Term, int]:
    """What is differentiated in the innermost of nested derivatives, and their number."""
    depth = 0
    while term.op == "deriv":
        term, depth = term.args[0], depth + 1
    return term, depth


MARKS = (
    _derivative_marks,
    _indexed_derivatives,
    _complements,
    _adjoints,
    _segments,
    _inverses,
    _differentials,
)
"""The changes that write the marks of a pair alike, each for the parts of both sides."""
