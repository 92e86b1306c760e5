"""Permutations as products of cycles, ``(12)(23)``: written as a product of numbers, but its order matters."""

from __future__ import annotations

import re

from hmer_suite.latex.tree import Node, unparse

_PRODUCT = re.compile(r"(?:\(\d{2,}\)){2,}")
_CYCLE = re.compile(r"\d+")


def are_cycles_in_unlike_order(left: Node, right: Node) -> bool:
    """Whether both sides have the same brackets of digits side by side that may be cycles, in another order."""
    ours, theirs = _products(left), _products(right)
    return ours != theirs and sorted(map(sorted, ours)) == sorted(map(sorted, theirs))


def _products(tree: Node) -> list[list[str]]:
    """Products of cycles: in no bracket a digit twice, and some digit in two brackets."""
    text = "".join(token for token in unparse(tree) if token not in (r"\left", r"\right"))
    products = [_CYCLE.findall(found[0]) for found in _PRODUCT.finditer(text)]
    return [cycles for cycles in products if _are_cycles(cycles)]


def _are_cycles(cycles: list[str]) -> bool:
    once = all(len(set(cycle)) == len(cycle) for cycle in cycles)
    return once and len(set("".join(cycles))) < len("".join(cycles))
