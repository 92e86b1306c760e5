r"""Decimal commas, as most of the world writes them: ``-1,5x`` and ``1{,}500``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hmer_suite.equiv.reading.respelling.changed_tokens import places_of, with_tokens
from hmer_suite.latex.tree import Node, unparse

_BRACED = re.compile(r"(?<![\d.,}])\d+(\{,\})(?!000(?!\d))\d+(?![\d.]|\{,)")
_BARE = re.compile(r"(?<![\d.])(?<!\d,)\d+(,)\d+(?![\d.]|,[^A-Za-z])")
_OPENING = frozenset(("(", "[", "]", r"\{", r"\lbrack", r"\langle", r"\lfloor", r"\lceil"))
_CLOSING = frozenset((")", "]", "[", r"\}", r"\rbrack", r"\rangle", r"\rfloor", r"\rceil"))
_FUNCTIONS = frozenset((r"\sin", r"\cos", r"\tan", r"\cot", r"\ln", r"\lg", r"\log", r"\exp", ")"))
"""What makes a number of a decimal in brackets, as it stands before it."""


def with_decimal_commas(tree: Node) -> Node:
    """The tree with single commas between digits as decimal points, unless brackets hold these two numbers alone."""
    tokens = unparse(tree)
    text = places_of(tokens)
    kept = list(tokens)
    for number in (*_BRACED.finditer(text), *_BARE.finditer(text)):
        if number[1] != "," or not (
            _is_pair(tokens, *number.span()) or _is_in_interval(tokens, number.start(1))
        ):
            kept[slice(*number.span(1))] = [".", *[""] * (len(number[1]) - 1)]
    return with_tokens(tree, kept)


def decimal_comma_for_semicolon(left: Node, right: Node) -> bool:
    """Whether one side has what may be a decimal comma, and the other none but a semicolon: ``1,5`` and ``1;5``."""
    decimals = [with_decimal_commas(side) != side for side in (left, right)]
    semicolons = [";" in unparse(side) for side in (left, right)]
    return sorted(zip(decimals, semicolons, strict=True)) == [(False, True), (True, False)]


def _is_in_interval(tokens: Sequence[str], comma: int) -> bool:
    """Whether a comma is the only separator in square brackets: the two ends of an interval."""
    before = [place for place in range(comma) if tokens[place] in _OPENING | {"("} | _CLOSING]
    after = [place for place in range(comma, len(tokens)) if tokens[place] in _OPENING | {"("} | _CLOSING]
    if not before or not after or not {tokens[before[-1]], tokens[after[0]]} & {"[", "]"}:
        return False
    inner = tokens[before[-1] + 1 : after[0]]
    return inner.count(",") == 1 and ";" not in inner


def _is_pair(tokens: Sequence[str], start: int, end: int) -> bool:
    """Whether the digits at a place are two numbers: an interval, a set, a point, two indices, arguments of a word."""
    last, head, before = ["", "", "", *(token for token in tokens[:start] if token != r"\left")][-3:]
    after, following = [*(token for token in tokens[end : end + 4] if token != r"\right"), "", ""][:2]
    if (head, before) == ("_", "{"):
        return tokens[start] != "0"
    if before not in _OPENING or after not in _CLOSING:
        return False
    if (before, after) != ("(", ")"):
        return True
    is_value = (
        head.isdecimal()
        or head in _FUNCTIONS
        or (head.isalpha() and not last.isalpha())
        or (head == "}" and _is_logarithm(tokens[:start]))
    )
    return not is_value and following != "^"


def _is_logarithm(before: Sequence[str]) -> bool:
    """Whether what stands before an opening bracket is a logarithm with its base."""
    text = "".join(token for token in before if token != r"\left")
    return re.search(r"\\?log_\{[^{}]*\}\($", text) is not None
