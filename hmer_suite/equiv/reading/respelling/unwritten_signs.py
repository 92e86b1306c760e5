r"""What a writer leaves out or writes otherwise: a degree sign, ``30^0`` for one, the base of a logarithm."""

from __future__ import annotations

import re
from itertools import pairwise

from hmer_suite.equiv.reading.operators import LEVEL, RELATION, SYNONYMS
from hmer_suite.equiv.reading.respelling.changed_tokens import places_of, with_lines, with_tokens
from hmer_suite.latex.tree import Node, unparse

_ZEROS = re.compile(r"(?<=\d)\^\{(0)\}")
_ANGULAR = frozenset(
    (r"\sin", r"\cos", r"\tan", r"\tg", r"\cot", r"\ctg", r"\angle", r"\measuredangle", r"\triangle")
)
_DEGREES = ("^", "{", r"\circ", "}")


def with_zeros_as_degrees(tree: Node) -> Node:
    r"""The tree with degree signs for the exponents 0 of numbers, beside a sign of angles: ``\sin30^0``."""
    tokens = unparse(tree)
    if _ANGULAR.isdisjoint(tokens):
        return tree
    for zero in _ZEROS.finditer(places_of(tokens)):
        tokens[zero.start(1)] = r"\circ"
    return with_tokens(tree, tokens)


def without_degrees(tree: Node) -> Node:
    r"""The tree without the degree sign of a number that is a side of a relation: ``\alpha=60^\circ``."""
    tokens = unparse(tree)
    kept = list(tokens)
    for place in range(len(tokens)):
        end = next((at for at in range(place, len(tokens)) if not _is_digit(tokens[at])), len(tokens))
        if place and end > place and _is_relation(tokens[place - 1]):
            sign = (
                1 if tokens[end : end + 1] == [r"\degree"] else 4 * (tuple(tokens[end : end + 4]) == _DEGREES)
            )
            if end + sign == len(tokens) or tokens[end + sign] in _ENDS or _is_relation(tokens[end + sign]):
                kept[end : end + sign] = [""] * sign
    return with_tokens(tree, kept)


_ENDS = frozenset((",", ";", ".", r"\\", r"\quad", r"\text", "&"))


def _is_digit(token: str) -> bool:
    return token == "." or token.isdecimal()


def _is_relation(token: str) -> bool:
    return LEVEL.get(SYNONYMS.get(token, token)) == RELATION


def with_degrees(tree: Node) -> Node:
    r"""The tree with a degree sign for each function of an angle that is a multiple of 15, ``\sin30``."""
    tokens = unparse(tree)
    signed = list(tokens)
    for place, token in enumerate(tokens):
        if token not in _ANGULAR:
            continue
        start = place + 1 + (tokens[place + 1 : place + 2] == ["("])
        end = next((at for at in range(start, len(tokens)) if not _is_digit(tokens[at])), len(tokens))
        number = "".join(tokens[start:end])
        if number.isdecimal() and int(number) and int(number) % 15 == 0 and tokens[end : end + 1] != ["^"]:
            signed[end - 1] += "\n" + "\n".join(_DEGREES)
    return with_lines(tree, "\n".join(signed))


def with_binary_logarithms(tree: Node) -> Node:
    r"""The tree with the base 2 for each ``\log`` and ``\lg`` without one."""
    tokens = unparse(tree)
    based = [
        part
        for token, following in pairwise((*tokens, ""))
        for part in ((r"\log", "_", "{", "2", "}") if token in _LOGS and following != "_" else (token,))
    ]
    return with_tokens(tree, based)


_LOGS = frozenset((r"\log", r"\lg"))
