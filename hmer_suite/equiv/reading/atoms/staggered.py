r"""Staggered indices of tensors: ``T^\lambda_{\ \mu}``, ``T^\lambda{}_\mu``, in which the upper one is the first."""

from __future__ import annotations

from hmer_suite.equiv.reading.atoms.node_shapes import unspaced
from hmer_suite.equiv.reading.operators import DECORATIONS
from hmer_suite.latex.nodes import Command, Group, Node, Scripts, Symbol
from hmer_suite.latex.token_classes import CLASSES

_WIDE = frozenset(("\\", "~", r"\quad", r"\qquad", r"\phantom", r"\hphantom"))
"""White space as wide as an index."""
_GAP = Symbol("~")


def scripts_of(item: Scripts) -> tuple[Node | None, Node | None]:
    """The subscript and the superscript without outer spaces; a gap is left before letters that are the second."""
    sub, sup = unspaced(item.sub), unspaced(item.sup)
    if sub is None or sup is None or not (is_of_letters(sub) and is_of_letters(sup)):
        return sub, sup
    return (
        after_gap(sub) if _begins_wide(item.sub) else sub,
        after_gap(sup) if _begins_wide(item.sup) else sup,
    )


def after_gap(script: Node) -> Node:
    """A script with a gap before it."""
    items = [
        item for item in _items(script) if not (isinstance(item, Command | Symbol) and item.name in _WIDE)
    ]
    return Group((_GAP, *items))


def is_after_gap(script: Node) -> bool:
    """Whether a script stands after a gap."""
    return isinstance(script, Group) and script.items[:1] == (_GAP,)


def is_of_letters(script: Node | None) -> bool:
    """Whether a script holds nothing but letters and spaces."""
    if script is None:
        return False
    items = [
        item for item in _items(script) if not (isinstance(item, Command | Symbol) and item.name in _WIDE)
    ]
    return bool(items) and all(isinstance(item, Symbol) and _is_letter(item.name) for item in items)


def _is_letter(token: str) -> bool:
    letter = token.isalpha() or (CLASSES.get(token) == "SYMBOL" and token[1:].isalpha())
    return letter and token not in DECORATIONS


def _begins_wide(script: Node | None) -> bool:
    first = _items(script)[:1] if script is not None else ()
    return any(isinstance(item, Command | Symbol) and item.name in _WIDE for item in first)


def _items(script: Node) -> tuple[Node, ...]:
    return script.items if isinstance(script, Group) else (script,)
