r"""Orders of derivatives: if that above is not the sum of those below, nothing is computed: ``\frac{d^3y}{dx^2}``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.terms import ONE, Data, Derivation, Term, add, num, op

_UNLIKE = "orders "
"""The sign of such a derivative begins with this; its operands: the order above, the operand, variables and orders."""


def differentiated(sign: str, total: Term, operand: Term, variables: Sequence[tuple[Term, Term]]) -> Term:
    """The derivative of a term by its variables, each with its order, one after the other."""
    if _summands(total) != _summands(add(*(order for _, order in variables))):
        pairs = sorted(variables, key=repr) if sign == r"\partial" else variables
        return op(_UNLIKE + sign, total, operand, *(part for pair in pairs for part in pair))
    return _nested(sign, operand, [part for pair in variables for part in pair])


def with_orders_below(term: Term, depending: tuple[str, ...]) -> Term:
    r"""A derivative with the orders below, if they may be indices, or the order above was left out."""
    if term.op == "deriv" and term.args[1].op == "pow":  # by x^1
        operand, variable, order = term.args
        return term.with_args((operand, variable.args[0], order))
    if term.op != "op" or not term.label.startswith(_UNLIKE):
        return term
    total, operand, *variables = term.args
    if total != ONE and all(order.op == "num" for order in variables[1::2]):
        return term
    return _nested(Derivation(term.label.removeprefix(_UNLIKE), depending), operand, variables)


def _nested(sign: Data, operand: Term, variables: Sequence[Term]) -> Term:
    for variable, order in zip(variables[::2], variables[1::2], strict=True):
        operand = Term("deriv", sign, (operand, variable, order))
    return operand


def _summands(order: Term) -> tuple[Term, list[Term]]:
    """The sum of the numbers in an order, and its other summands."""
    parts = [order]
    while any(part.op == "add" for part in parts):
        parts = [arg for part in parts for arg in (part.args if part.op == "add" else (part,))]
    numbers = sum(part.value for part in parts if part.op == "num")
    return num(numbers), sorted((part for part in parts if part.op != "num"), key=repr)
