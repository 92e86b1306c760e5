r"""Sequences, limits, sums, integrals and functions: ``a(n)``, ``\lim a_n``, ``f|_A``, ``L_2(\Omega)``, ``O(2x)``."""

from __future__ import annotations

from hmer_suite.equiv.reading.factors.events import is_order
from hmer_suite.equiv.reading.factors.products import is_capital
from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.reading.operators import INTEGRALS
from hmer_suite.equiv.terms import (
    EMPTY,
    MINUS_ONE,
    NON_EXPRESSIONS,
    ZERO,
    Term,
    add,
    fn,
    is_fixed,
    mul,
    name,
    op,
    power,
)


def _sequences(parts: list[Term]) -> Change | None:
    """Values of a function as terms of a sequence, if the pair has both for one letter: ``a_n`` and ``a(n)``."""
    indexed = {part.args[0] for part in parts if part.op == "sub"}
    both = {part.args[0] for part in parts if part.op == "app" and len(part.args) == 2} & indexed
    if not both:
        return None

    def change(term: Term) -> Term:
        is_value = term.op == "app" and len(term.args) == 2 and term.args[0] in both
        return Term("sub", None, term.args) if is_value else term

    return change


def _bare_limits(parts: list[Term]) -> Change | None:
    r"""Limits without their place, if the pair has one that does not show it: ``\lim a_n``."""
    if not any(part.op == "lim" for part in parts) or not any(map(_is_bare_limit, parts)):
        return None
    return lambda term: op(r"\lim", term.args[0]) if term.op == "lim" or _is_bare_limit(term) else term


def _is_bare_limit(term: Term) -> bool:
    return term.op == "op" and term.data == r"\lim" and len(term.args) > 1


def _written_out(parts: list[Term]) -> Change | None:
    r"""A sum with dots and one with its sign as nothing that is computed, if the pair has one of each."""
    dotted = {part for part in parts if part.op == "op" and part.data in _WRITTEN_OUT}
    signed = {part for part in parts if part.op in ("sum", "prod")}
    if len(dotted) != 1 or len(signed) != 1:
        return None
    return lambda term: op("total") if term in dotted | signed else term


_WRITTEN_OUT = frozenset(("+...", "product..."))


def _sequences_in_braces(parts: list[Term]) -> Change | None:
    r"""Braces with an index: brackets around a sequence, with several elements sorted: ``\{a_n\}_{n\in\mathbb N}``."""
    ranged = {part.args[0] for part in parts if part.op == "sub" and part.args[0].op == "set"}
    if not ranged:
        return None

    def change(term: Term) -> Term:
        if term not in ranged:
            return term
        return term.args[0] if len(term.args) == 1 else term.with_args(tuple(sorted(term.args, key=repr)))

    return change


def _open_integrals(parts: list[Term]) -> Change | None:
    r"""Integrals as nothing that is computed, if the pair has one with and one without a differential."""
    if not any(part.op == "int" for part in parts) or not any(map(_is_open, parts)):
        return None
    return lambda term: op("integral", *term.args[-2:]) if term.op == "int" or _is_open(term) else term


def _is_open(term: Term) -> bool:
    return term.op == "op" and term.data in INTEGRALS


def _restrictions(parts: list[Term]) -> Change | None:
    r"""A function on a part of its domain, without that part, if the pair has two signs of it: ``f\restriction_A``."""
    if not any(map(_is_hooked, parts)):
        return None
    return lambda term: op("restricted", term.args[0]) if _is_hooked(term) or _is_evaluated(term) else term


def _is_hooked(term: Term) -> bool:
    return term.op == "chain" and term.relations[0].startswith(r"\upharpoonright")


def _is_evaluated(term: Term) -> bool:
    return term.op == "op" and term.data == "at"


def _spaces_of_functions(parts: list[Term]) -> Change | None:
    r"""``L_2(\Omega)`` as ``L^2(\Omega)``, if the pair has both."""
    raised = {part.args[0] for part in parts if part.op == "pow"}
    return lambda term: (
        mul(power(*term.args[0].args), *term.args[1:])
        if term.op == "app" and term.args[0].op == "sub" and term.args[0].args[0] in raised & _SPACES
        else term
    )


_SPACES = frozenset(map(name, ("L", r"\ell", r"\mathcal{L}", "H", "W")))


def _even_deltas(parts: list[Term]) -> Change | None:
    r"""``\delta(-x)`` as ``\delta(x)``."""
    delta = name(r"\delta")
    return lambda term: (
        term.with_args((delta, mul(*term.args[1].args[1:])))
        if term.op == "app"
        and term.args[0] == delta
        and term.args[1].op == "mul"
        and MINUS_ONE in term.args[1].args[:1]
        else term
    )


def _values_at_places(parts: list[Term]) -> Change | None:
    """``y|_{x=0}`` as ``y(0)``, if the pair has both for one letter."""
    placed = {_function_of(part.args[0]): part.args[1].args[1] for part in parts if _is_at_place(part)}
    called = {part.args[0] for part in parts if part.op == "app"}
    if called.isdisjoint(placed):
        return None

    def change(term: Term) -> Term:
        if _is_at_place(term):
            return op("value", _function_of(term.args[0]), term.args[1].args[1])
        if term.op == "app" and placed.get(term.args[0]) in term.args[1:]:
            return op("value", term.args[0], placed[term.args[0]])
        return term

    return change


def _function_of(term: Term) -> Term:
    """The function of a value; a letter that is a function is one by itself."""
    return term.args[0] if term.op == "app" else term


def _is_at_place(term: Term) -> bool:
    if term.op != "op" or term.data != "at" or term.args[0].op not in ("name", "op", "sub", "app"):
        return False
    return term.args[1].op == "chain" and term.args[1].data == ("=",) and term.args[2] == EMPTY


def _double_integrals(parts: list[Term]) -> Change | None:
    r"""``\iint f\,dx\,dy`` as ``\iint f\,dA``, if the pair has both."""
    twofold = [part for part in parts if part.op == "int" and part.data in (r"\iint", r"\iint+")]
    if not any(part.data == r"\iint" and part.args[1] in _AREAS for part in twofold):
        return None

    def change(term: Term) -> Term:
        is_nested = term.op == "int" and term.data == r"\iint+" and term.args[0].op == "int"
        if not is_nested and not (term.op == "int" and term.args[1] in _AREAS):
            return term
        body = term.args[0].args[0] if is_nested else term.args[0]
        return Term("int", r"\iint", (body, name("A"), *term.args[2:]))

    return change


_AREAS = frozenset(map(name, ("A", "S", "D", r"\sigma", r"\omega")))


def _positive_parts(parts: list[Term]) -> Change | None:
    r"""``x^+`` and ``[x]_+`` as ``\max(0,x)``, if the pair has that."""
    if not any(part.op == "fn" and part.data == "max" and ZERO in part.args for part in parts):
        return None

    def change(term: Term) -> Term:
        if (
            term.op == "sub"
            and term.args[1] == EMPTY
            and term.args[0].op == "op"
            and term.args[0].data == "[]"
        ):
            return Term("fn", "max", (ZERO, *term.args[0].args))
        is_part = term.op == "op" and term.data == "^+" and term.args[0].op not in NON_EXPRESSIONS
        return Term("fn", "max", (ZERO, *term.args)) if is_part else term

    return change


def _orders_without_numbers(parts: list[Term]) -> Change | None:
    """Orders of growth without constant factors and signs, if the pair has several, and not in products alone."""
    if sum(map(_is_order, parts)) < 2 or not any(part.op in ("chain", "add", "fn") for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "mul" and len(term.args) == 2 and is_fixed(term.args[0]) and _is_order(term.args[1]):
            return term.args[1]
        return term.with_args((term.args[0], _without_numbers(term.args[1]))) if _is_order(term) else term

    return change


_ORDERS = frozenset(map(name, ("O", "o", r"\mathcal{O}", r"\Theta", r"\Omega")))


def _is_order(term: Term) -> bool:
    return term.op == "app" and term.args[0] in _ORDERS and len(term.args) == 2


def _without_numbers(term: Term) -> Term:
    """A product without its constant factors."""
    if term.op != "mul" or is_fixed(term):
        return term
    return mul(*(_without_numbers(factor) for factor in term.args if not is_fixed(factor)))


def _spelt_sums(parts: list[Term]) -> Change | None:
    r"""A ``\Sigma`` or ``\Pi`` as nothing that is computed, if the pair has a sum or product, whose sign it may be."""
    operators = {part.op for part in parts} | {part.data for part in parts if part.op == "op"}
    letters = {letter for letter, signs in _SPELT_SUMS.items() if not operators.isdisjoint(signs)}
    if not letters:
        return None

    def change(term: Term) -> Term:
        sign = term in letters or (term.op in ("sub", "pow") and term.args[0].data == "inner")
        return op("inner", *term.args) if sign else term

    return change


_SPELT_SUMS = {name(r"\Sigma"): ("sum", r"\sum"), name(r"\Pi"): ("prod", r"\prod")}
"""Letters that may be large operators, and the ops and signs of these."""


def _one_sided_limits(parts: list[Term]) -> Change | None:
    r"""``x\downarrow a`` as ``x\to a^+``, if the pair has both arrows."""
    arrows = {part.data for part in parts if part.op == "chain" and len(part.args) == 2}
    if (r"\rightarrow",) not in arrows or arrows.isdisjoint(_SIDES):
        return None

    def change(term: Term) -> Term:
        if term.op != "chain" or (mark := _SIDES.get(term.data)) is None or EMPTY in term.args:
            return term
        return Term("chain", (r"\rightarrow",), (term.args[0], op(mark, term.args[1])))

    return change


_SIDES: dict[object, str] = {
    (r"\downarrow",): "^+", (r"\uparrow",): "^-", (r"\searrow",): "^+", (r"\nearrow",): "^-",
}  # fmt: skip
"""Relations of limits from one side, and the mark of that side."""


def _sums_of_orders(parts: list[Term]) -> Change | None:
    """Sums of orders of growth as nothing that is computed: the smaller ones do not count."""
    if sum(is_order(part) for part in parts if part.op == "app") < 3:
        return None

    def change(term: Term) -> Term:
        orders = [arg for arg in term.args if arg.op == "app" and is_order(arg)] if term.op == "add" else []
        if len(orders) < 2:
            return term
        return add(*(arg for arg in term.args if arg not in orders), op("orders", *orders))

    return change


def _antiderivatives(parts: list[Term]) -> Change | None:
    r"""An integral as the difference of the function with the capital letter, if the pair has that: ``F(b)-F(a)``."""
    heads = {part.args[0] for part in parts if part.op == "app" and part.args[0].op == "name"}
    capitals = {head.label.lower(): head for head in heads if is_capital(head)}

    def change(term: Term) -> Term:
        if term.op != "int" or EMPTY in term.args or term.args[0].op != "app":
            return term
        (function, *arguments), variable, low, high = term.args[0].args, *term.args[1:]
        capital = capitals.get(function.label) if function.op == "name" and arguments == [variable] else None
        if capital is None:
            return term
        return add(
            term.args[0].with_args((capital, high)), mul(MINUS_ONE, term.args[0].with_args((capital, low)))
        )

    return change if capitals and any(part.op == "int" for part in parts) else None


def _joins_and_meets(parts: list[Term]) -> Change | None:
    r"""``a\vee b`` and ``a\wedge b`` as the greater and the smaller one, if the pair has a maximum or minimum."""
    if not any(part.op == "fn" and part.data in _EXTREMA.values() for part in parts):
        return None
    return lambda term: (
        fn(_EXTREMA[term.label], *term.args) if term.op in ("op", "ac") and term.data in _EXTREMA else term
    )


_EXTREMA = {r"\vee": "max", r"\wedge": "min"}


CHANGES = (
    _antiderivatives,
    _joins_and_meets,
    _sequences,
    _open_integrals,
    _bare_limits,
    _written_out,
    _sequences_in_braces,
    _restrictions,
    _spaces_of_functions,
    _even_deltas,
    _values_at_places,
    _double_integrals,
    _positive_parts,
    _orders_without_numbers,
    _spelt_sums,
    _sums_of_orders,
    _one_sided_limits,
)
"""What is looked for in the parts of a pair, in this order."""
