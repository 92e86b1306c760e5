r"""Bounds that are set under and over an operator as those that its scripts are: ``\underset{x\to0}{\lim}``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.shapes import HEADS, words_of
from hmer_suite.equiv.reading.operators import INTEGRALS, LARGE, SUMS
from hmer_suite.latex.nodes import Command, Group, Node, Row, Scripts, Symbol

_OPERATORS = INTEGRALS | LARGE | SUMS.keys() | HEADS | {r"\lim", r"\max", r"\min"}
_NAMED = frozenset((r"\operatorname", r"\mathrm", r"\text"))


def with_bounds(item: Command) -> Sequence[Node] | None:
    """The operator that an item is, with its bounds as scripts, and what stands before it; None for all else."""
    if item.name not in (r"\overset", r"\underset"):
        return None
    bound, base = item.arguments
    items = base.items if isinstance(base, Group | Row) else (base,)
    if not items or not all(isinstance(before, Symbol) and before.name in HEADS for before in items[:-1]):
        return None
    found = _operator(items[-1])
    if found is None or (found.sub if item.name == r"\underset" else found.sup) is not None:
        return None
    scripts = (bound, found.sup) if item.name == r"\underset" else (found.sub, bound)
    return [*items[:-1], Scripts(found.base, *scripts)]


def _operator(item: Node) -> Scripts | None:
    """An operator with the bounds that it already has."""
    if isinstance(item, Scripts):
        inner = _operator(item.base) if item.base is not None else None
        return item if inner is not None and inner.sub is inner.sup is None else None
    if isinstance(item, Symbol):
        return Scripts(item, None, None) if item.name in _OPERATORS else None
    if not isinstance(item, Command):
        return None
    if item.name == r"\mathop":
        content = item.arguments[0]
        items = content.items if isinstance(content, Group | Row) else (content,)
        return _operator(items[0]) if len(items) == 1 else None
    if item.name in _NAMED and rf"\{words_of(item.arguments[-1])}" in _OPERATORS:
        return Scripts(item, None, None)
    inside = with_bounds(item)
    only = inside[0] if inside is not None and len(inside) == 1 else None
    return only if isinstance(only, Scripts) else None
