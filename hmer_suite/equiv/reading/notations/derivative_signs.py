r"""Signs of derivatives: dots and primes, ``f'_x`` and ``f_x``, ``\partial_\mu\partial_\nu f`` in one order."""

from __future__ import annotations

from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.terms import Term, name, op


def _partial_derivatives(parts: list[Term]) -> Change | None:
    """``f'_x`` as ``f_x``, if the pair has both."""
    indexed = {part for part in parts if part.op == "sub" and part.args[1].data in _VARIABLES}
    primed = {part for part in parts if part.op == "op" and part.data == "'" and part.args[0] in indexed}
    if not primed:
        return None
    return lambda term: term.args[0] if term in primed else term


_PARTIAL = name(r"\partial")


def _orders_of_derivatives(parts: list[Term]) -> Change | None:
    r"""Derivatives by indices, ``\partial_\mu\partial_\nu f``, and letters held constant in one order."""
    if not any(part == _PARTIAL or part.op == "deriv" for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "sub" and term.args[0].op == "deriv" and term.args[1].op in ("list", "juxt"):
            held = sorted(term.args[1].args, key=repr)
            return term.with_args((term.args[0], term.args[1].with_args(tuple(held))))
        if not (_is_by_index(term) and _is_by_index(term.args[1])):
            return term
        inner = term.args[1]
        first, second = sorted((term.args[0], inner.args[0]), key=repr)
        return op("apply", first, op("apply", second, inner.args[1]))

    return change


def _is_by_index(term: Term) -> bool:
    if term.op != "op" or term.data != "apply":
        return False
    return term.args[0].op == "sub" and term.args[0].args[0] == _PARTIAL


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


CHANGES = (
    _partial_derivatives,
    _orders_of_derivatives,
    _derivative_marks,
    _indexed_derivatives,
)
"""What is looked for in the parts of a pair, in this order."""
