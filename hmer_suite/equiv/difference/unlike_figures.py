r"""Figures of geometry of different kinds: a triangle is no angle, and neither is a segment."""

from __future__ import annotations

from hmer_suite.equiv.reading.factors.products import is_capital
from hmer_suite.equiv.reading.notations.angles import named_angle
from hmer_suite.equiv.reading.notations.segments import SEGMENT
from hmer_suite.equiv.terms import Term


def are_unlike_figures(left: Term, right: Term) -> bool:
    """Whether both terms are figures named by capitals, of different kinds."""
    kinds = _figure(left), _figure(right)
    return all(kinds) and kinds[0] != kinds[1]


def _figure(term: Term) -> str:
    """The kind of a figure that is named by its corners or ends; empty for any other term."""
    if len(named_angle(term)) == 3:
        return "angle"
    if term.op != "op":
        return ""
    corners = term.args[0].args if term.args and term.args[0].op == "juxt" else term.args
    if len(corners) < 2 or not all(map(is_capital, corners)):
        return ""
    return term.label if term.data in (SEGMENT, r"\triangle") else ""
