r"""Functions: ``f^{-1}(f(x))``, ``f^{-1}`` and ``1/f``, ``f:x\mapsto x^2``, ``f_n(x)`` and ``f(n,x)``, measures."""

from __future__ import annotations

from collections.abc import Iterator

from hmer_suite.equiv.reading.letter_kinds import is_whole
from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.terms import MINUS_ONE, Term, const, inverse, mul, name, op, replace


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


def _cancelled_inverses(parts: list[Term]) -> Change | None:
    r"""``f^{-1}(f(x))`` as ``x``, and ``f^{-1}\circ f`` as the identity."""
    if not any(_undoes(part) for part in parts):
        return None

    def change(term: Term) -> Term:
        if term in _IDENTITIES or (term.op == "sub" and term.args[0] in _IDENTITIES):
            return _IDENTITIES[0]
        if term.op in ("app", "mul") and len(term.args) == 2 and term.args[0] == _IDENTITIES[0]:
            return term.args[1]
        if not _undoes(term):
            return term
        return term.args[1].args[1] if term.op == "app" else _IDENTITIES[0]

    return change


_IDENTITIES = tuple(map(name, (r"\mathrm{id}", r"\operatorname{id}", r"\mathrm{Id}", r"\operatorname{Id}")))
"""Names of the function that gives its argument."""


def _undoes(term: Term) -> bool:
    """Whether a term is a function of its inverse, or the inverse of it."""
    if len(term.args) != 2:
        return False
    outer, inner = term.args
    if term.op == "op":
        return term.data == r"\circ" and (inner == inverse(outer) or outer == inverse(inner))
    if term.op != "app" or inner.op != "app" or len(inner.args) != 2:
        return False
    heads = outer, inner.args[0]
    return any(head == op("iterate", other, MINUS_ONE) for head, other in (heads, heads[::-1]))


def _maps(parts: list[Term]) -> Change | None:
    r"""``f:x\mapsto x^2`` and ``x\mapsto x^2`` as ``f(x)=x^2``, if the pair defines a function so."""
    defined = [
        part.args[0]
        for part in parts
        if part.op == "chain" and part.data == ("=",) and _is_value(part.args[0])
    ]
    if not defined or not any(part.data == (r"\mapsto",) for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op != "chain" or term.data != (r"\mapsto",):
            return term
        given, value = term.args
        named = given.op == "op" and given.data == ":"
        function, letter = given.args if named else (defined[0].args[0], given)
        variable = defined[0].args[1]
        return Term(
            "chain", ("=",), (defined[0].with_args((function, variable)), replace(value, letter, variable))
        )

    return change


def _is_value(term: Term) -> bool:
    return term.op == "app" and len(term.args) == 2


def _limits_at_infinity(parts: list[Term]) -> Change | None:
    r"""``a_n\to L`` without ``n\to\infty`` behind it."""

    def change(term: Term) -> Term:
        is_limit = term.op == "list" and len(term.args) == 2 and _tends_to_infinity(term.args[1])
        return term.args[0] if is_limit and term.args[0].data == (r"\rightarrow",) else term

    return change if sum(map(_tends_to_infinity, parts)) == 1 else None


def _tends_to_infinity(term: Term) -> bool:
    return (
        term.op == "chain"
        and term.data == (r"\rightarrow",)
        and is_whole(term.args[0])
        and term.args[1] == _INFINITY
    )


_INFINITY = const("inf")


def _parameters_in_index(parts: list[Term]) -> Change | None:
    """Indices of a function as arguments, if the pair has these: ``f_n(x)`` and ``f(n,x)``, ``B_r(x)``, ``F_{1,2}``."""
    values = {part.args: part for part in parts if part.op == "app" or _is_value_or_product(part)}
    return lambda term: next((values[args] for args in _with_arguments(term) if args in values), term)


def _is_value_or_product(term: Term) -> bool:
    """Whether a term is a letter and a sum in brackets: ``t(n-1)``."""
    return term.op == "mul" and len(term.args) == 2 and term.args[1].op == "add"


def _with_arguments(term: Term) -> Iterator[tuple[Term, ...]]:
    """A function and its arguments with the indices before or behind them; nothing if it has no index."""
    function, *arguments = term.args if term.op in ("app", "mul") else (term,)
    base = function.args[0] if function.op == "pow" else function
    if base.op != "sub":
        return
    head, index = base.args
    head = function.with_args((head, function.args[1])) if function.op == "pow" else head
    indices = index.args if index.op == "list" else (index,)
    yield (head, *indices, *arguments)
    yield (head, *arguments, *indices)


def _measures(parts: list[Term]) -> Change | None:
    r"""``\int f(x)\,\mu(dx)`` and ``\int f(x)\,d\mu(x)`` as ``\int f\,d\mu``, if the pair has that."""
    measures = {part.args[1] for part in parts if part.op == "int"} & _MEASURES
    if not measures:
        return None

    def change(term: Term) -> Term:
        if term.op == "mul" and len(term.args) == 2 and term.args[0].op == "int":
            integral, variable = term.args
            return _without_variable(integral, integral.args[0], variable)
        if term.op == "int" and term.args[0].op == "mul" and term.args[0].args[-1] in measures:
            *body, measure = term.args[0].args
            return _without_variable(
                term.with_args((mul(*body), measure, *term.args[2:])), mul(*body), term.args[1]
            )
        return term

    return change


_MEASURES = frozenset(map(name, (r"\mu", r"\nu", r"\lambda", "P", r"\mathbb{P}", "Q", "m")))


def _without_variable(integral: Term, body: Term, variable: Term) -> Term:
    """An integral over a measure of the function itself, not of its values at the variable."""
    if _is_value(body) and body.args[1] == variable:
        return integral.with_args((body.args[0], *integral.args[1:]))
    return integral


CHANGES = (
    _cancelled_inverses,
    _inverses,
    _maps,
    _limits_at_infinity,
    _parameters_in_index,
    _measures,
)
"""What is looked for in the parts of a pair, in this order."""
