r"""Functions of what may be a complex number, for which laws of real numbers fail: ``|z|^2``, ``\ln e^{ix}``.

In the general reading they are functions of their own, of which little is known.
"""

from __future__ import annotations

from collections.abc import Callable

from hmer_suite.equiv.reading.letter_kinds import is_complex
from hmer_suite.equiv.terms import Term, const, fn, name, rewrite

_UNITS = frozenset(map(name, "ij"))
_OFTEN_COMPLEX = frozenset(map(name, (r"\alpha", r"\beta", r"\phi", r"\varphi")))
"""Letters that may be complex where they stand alone between bars, with or without an index."""
_INDEXED = name("c")
"""A coefficient that may be complex, with an index."""
_COORDINATES = frozenset(map(name, "xy"))
"""Letters beside which z is the third coordinate, unless there is an imaginary unit."""
_DIRAC = frozenset(("<||", "||<", "<|<"))
"""Signs of bras, kets and inner products."""


def with_complex_functions(left: Term, right: Term, counts: bool) -> tuple[Term, Term]:
    """The pair with functions of what may be complex apart; *counts*: the letters i and j count something."""
    parts = {*left.walk(), *right.walk()}
    letters = _UNITS & parts
    units = frozenset(letters if len(letters) == 1 and not counts else ()) | {const("i")}
    in_space = parts >= _COORDINATES and parts.isdisjoint(units)
    real = frozenset((name("z"),) if in_space else ())
    bars = any(_is_absolute(part) and _may_be_complex(part.args[0], units, real) for part in parts)
    change = _change(units, bars)
    return rewrite(left, change), rewrite(right, change)


def _is_absolute(term: Term) -> bool:
    return term.op == "fn" and term.data == "abs"


def _change(units: frozenset[Term], bars: bool) -> Callable[[Term], Term]:
    def change(term: Term) -> Term:
        if bars and _is_absolute(term):
            return fn("modulus", *term.args)
        if term.op == "fn" and term.data == "ln" and _has_unit(term, units):
            return fn("complex ln", *term.args)
        if term.op == "pow" and _is_root(term.args[1]) and _has_unit(term.args[0], units):
            return fn("complex power", *term.args)
        return term

    return change


def _is_root(exponent: Term) -> bool:
    return exponent.op != "num" or exponent.value.denominator > 1


def _has_unit(term: Term, units: frozenset[Term]) -> bool:
    if term in units:
        return True
    args = term.args[:1] if term.op == "sub" else term.args
    return any(_has_unit(arg, units) for arg in args)


def _may_be_complex(term: Term, units: frozenset[Term], real: frozenset[Term]) -> bool:
    letter = term.args[0] if term.op in ("sub", "app") else term
    if letter in _OFTEN_COMPLEX or (term.op == "sub" and letter == _INDEXED) or _has_unit(term, units):
        return True
    return any(
        (is_complex(part) and part not in real) or (part.op == "op" and part.data in _DIRAC)
        for part in term.walk()
    )
