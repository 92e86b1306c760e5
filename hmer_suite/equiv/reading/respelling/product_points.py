r"""Points as signs of a product, ``2^3.5``, and raised points as decimal points, ``3\cdot14``."""

from __future__ import annotations

import re

from hmer_suite.equiv.reading.respelling.changed_tokens import places_of, with_tokens
from hmer_suite.latex.tree import Node, unparse

_BEHIND_DECIMALS = re.compile(r"(?<=\d)(?:\.|\{,\})\d+ ?\.(?= ?\d)")
_BESIDE_OTHERS = re.compile(r"(?:[A-Za-z)}] ?| (?<=\d ))\.(?= ?\d)|\^\d ?\.(?= ?\d)")
_PRODUCTS = frozenset((r"\cdot", r"\times", "·", "⋅"))


def with_points_as_products(tree: Node) -> Node:
    r"""The tree with ``\cdot`` for each point that is no decimal point: in ``3x.2y``, ``1{,}5.2``, ``1.2.3``."""
    tokens = unparse(tree)
    text, kept = places_of(tokens), list(tokens)
    for number in _BEHIND_DECIMALS.finditer(text):
        kept[number.end() - 1] = r"\cdot"
        if text[number.start()] == ".":
            kept[number.start()] = r"\cdot"
    for number in _BESIDE_OTHERS.finditer(text):
        kept[number.end() - 1] = r"\cdot"
    return with_tokens(tree, kept)


def same_but_for_points(left: Node, right: Node) -> bool:
    r"""Whether the sides differ in points and signs of a product alone: ``2\cdot5`` and ``2.5``."""
    sides = [["." if token in _PRODUCTS else token for token in unparse(side)] for side in (left, right)]
    return sides[0] == sides[1] and any(map(_has_point, (left, right)))


def _has_point(tree: Node) -> bool:
    return "." in unparse(tree)
