r"""Parts that may have no value, and so do not cancel: limits, infinite sums, integrals, orders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hmer_suite.equiv.forms import Forms
from hmer_suite.equiv.forms.normal_form import is_defined_everywhere
from hmer_suite.equiv.reading.factors.events import is_order
from hmer_suite.equiv.terms import BINDERS, EMPTY, Term, const, name

_OTHER_ORDERS = frozenset((name(r"\Theta"), name(r"\Omega")))


def _unsure_parts(term: Term) -> Iterator[Term]:
    """The outermost parts that may have no value, outside derivatives."""
    if _is_unsure(term):
        yield term
    elif term.op not in (*BINDERS, "deriv"):
        for arg in term.args:
            yield from _unsure_parts(arg)


def unsure_kernels(forms: Forms, sides: Iterable[Term]) -> set[int]:
    """The kernels of parts that may have no value, those included that cancel."""
    outside, forms.conditions = forms.conditions, set()
    try:
        return {
            index
            for side in sides
            for part in _unsure_parts(side)
            for index in forms.occurring(forms.form(part))
            if _is_unsure(forms.terms[index])
        }
    finally:
        forms.conditions = outside


def _is_unsure(term: Term) -> bool:
    if term.op == "app":
        return is_order(term) or term.args[0] in _OTHER_ORDERS
    if term.op not in ("lim", "sum", "prod", "int"):
        return False
    body, _, *bounds = term.args
    if term.op == "lim" or any(const("inf") in bound.walk() for bound in bounds):
        return True
    if term.op != "int":
        return False
    return EMPTY in bounds or not all(map(is_defined_everywhere, body.walk()))
