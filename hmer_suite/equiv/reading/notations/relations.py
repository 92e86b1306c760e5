r"""Relations: labelled arrows, ``x\leftarrow1`` and ``x:=1``, ``\perp\perp``, ``A\xrightarrow fB`` and ``f:A\to B``."""

from __future__ import annotations

import re

from hmer_suite.equiv.difference.relations import REACTIONS
from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.terms import EMPTY, Term, op

_LABELLED = re.compile(r"\\xrightarrow \[ (.*) \] \{ \}|\\(xlongequal|xrightarrow) \{ (.*) \}")
_BY_LAW = re.compile(r"(\\overset|\\underset) \{ (\\math(cal|scr|rm) \{ )?[dDL]( \})? \} \{ \\rightarrow \}")


def _labelled(parts: list[Term]) -> Change | None:
    """Labelled relations in one spelling; convergence in distribution with one label."""
    if not any(part.op == "chain" and any(map(_is_labelled, part.relations)) for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op != "chain":
            return term
        return Term("chain", tuple(map(_spelt_alike, term.relations)), term.args)

    return change


def _is_labelled(relation: str) -> bool:
    return relation != _spelt_alike(relation)


def _spelt_alike(relation: str) -> str:
    if (found := _LABELLED.fullmatch(relation)) is not None:
        sign = "=" if found[2] == "xlongequal" else r"\rightarrow"
        relation = rf"\overset {{ {found[1] or found[3]} }} {{ {sign} }}"
    return r"\overset { d } { \rightarrow }" if _BY_LAW.fullmatch(relation) else relation


def _independence(parts: list[Term]) -> Change | None:
    r"""``\perp\perp`` as ``\perp``, and the arrow of a gas or a solid after a reaction as nothing."""

    def change(term: Term) -> Term:
        if term.op != "chain":
            return term
        if term.data == (r"\perp", r"\perp") and term.args[1] == EMPTY:
            return Term("chain", (r"\perp",), (term.args[0], term.args[2]))
        *relations, last = term.relations
        is_sign = last in (r"\uparrow", r"\downarrow") and term.args[-1] == EMPTY
        if is_sign and relations and relations[0] in REACTIONS:
            return Term("chain", tuple(relations), term.args[:-1])
        return term

    return change


def _assignments(parts: list[Term]) -> Change | None:
    r"""``x\leftarrow 1`` and ``1=:x`` as ``x:=1``, if the pair has that."""
    if not any(part.op == "chain" and part.data == (r"\coloneqq",) for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op != "chain" or len(term.args) != 2:
            return term
        first, second = term.args
        if term.data == (r"\leftarrow",):
            return Term("chain", (r"\coloneqq",), term.args)
        if term.data == ("=",) and second.op == "op" and second.data == ":" and second.args[0] == EMPTY:
            return Term("chain", (r"\coloneqq",), (second.args[1], first))
        return term

    return change


def _maps(parts: list[Term]) -> Change | None:
    r"""``A\xrightarrow fB`` as ``f:A\to B``, if the pair has that."""
    maps = {
        rf"\overset {{ {part.args[0].label} }} {{ \rightarrow }}": part.args[0]
        for part in parts
        if part.op == "op" and part.data == ":" and part.args[0].op == "name"
    }

    def change(term: Term) -> Term:
        if term.op != "chain" or len(term.args) != 2 or term.relations[0] not in maps:
            return term
        source, target = term.args
        return Term("chain", (r"\rightarrow",), (op(":", maps[term.relations[0]], source), target))

    return change if maps else None


CHANGES = (
    _labelled,
    _independence,
    _assignments,
    _maps,
)
"""What is looked for in the parts of a pair, in this order."""
