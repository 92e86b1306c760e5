r"""Digits in groups: ``12.345,67`` in much of Europe, ``12,34,567`` in India, ``1\,0000`` in China, ``0.123\,4``."""

from __future__ import annotations

import re

from hmer_suite.equiv.reading.respelling.changed_tokens import places_of, with_tokens
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


_LAKHS = re.compile(r"(?<![\d.,}])[1-9]\d?(?:(,|\{,\})\d\d)(?:\1\d\d)*\1\d{3}(?![\d,]|\{,)")
_MYRIADS = re.compile(r"(?<![\d.,}])[1-9]\d{0,3}(?:([ ,]|\{,\})\d{4})(?:\1\d{4})*(?![\d ,]|\{,)")
_THOUSANDTHS = re.compile(r"(?<![\d.,}])\d{1,3}(?: \d{3})*(\.|\{,\})\d{3}(?: \d{3})*(?: \d{1,3})(?! ?\d)")


def with_groups_joined(tree: Node) -> Node:
    """The tree with digits in groups of two or four, or in groups behind the decimal point, as one number."""
    tokens = unparse(tree)
    text, kept = places_of(tokens), list(tokens)
    for pattern in (_LAKHS, _MYRIADS, _THOUSANDTHS):
        for number in pattern.finditer(text):
            kept[slice(*number.span())] = [
                token if token.isdecimal() else "" for token in tokens[slice(*number.span())]
            ]
            if pattern is _THOUSANDTHS:
                kept[number.start(1)] = "."
    return with_tokens(tree, kept)
