"""Points between thousands and a decimal comma, as much of Europe writes numbers: ``12.345,67``."""

from __future__ import annotations

import re

from hmer_suite.equiv.reading.changed_tokens import places_of, with_tokens
from hmer_suite.latex.tree import Node, unparse

_GROUPED = re.compile(r"(?<![\d.,])([1-9]\d{0,2}(?:\.\d{3})+)(,\d+)?(?![\d.,])")


def with_points_as_thousands(tree: Node) -> Node:
    """The tree with each number whose points stand before groups of three digits as a whole number."""
    tokens = unparse(tree)
    text = places_of(tokens)
    kept = list(tokens)
    for number in _GROUPED.finditer(text):
        for place in range(*number.span(1)):
            if tokens[place] == ".":
                kept[place] = ""
        if number[2] is not None:
            kept[number.start(2)] = "."
    return with_tokens(tree, kept)
