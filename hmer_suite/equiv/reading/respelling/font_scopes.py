r"""Fonts that reach over more than a name: ``\cal S(x)`` sets all that follows, and ``{\cal S}(x)`` may be meant."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.constructs import FONT_SWITCHES
from hmer_suite.latex.token_classes import CLASSES, SPACING_CLASSES
from hmer_suite.latex.tree import LatexSyntaxError, Node, parse, unparse

_FONTS = frozenset(token for token, cls in CLASSES.items() if cls == "FONT")
_SIGNS = frozenset(
    token for token, cls in SPACING_CLASSES.items() if cls in ("bin", "rel", "open", "close")
) | set("+-=<>()[]|/")
"""Signs that no font changes: nobody sets them in a font on purpose."""


def with_narrow_fonts(tree: Node) -> Node:
    """The tree with each font that reaches over brackets or operators on the first name after it alone."""
    tokens = unparse(tree)
    if not any(token in _FONTS or token in FONT_SWITCHES for token in tokens):
        return tree
    narrow = _narrowed(tokens)
    if narrow == tokens:
        return tree
    try:
        return canonical_tree(parse(narrow))
    except LatexSyntaxError:
        return tree


def _narrowed(tokens: Sequence[str]) -> list[str]:
    out: list[str] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token in FONT_SWITCHES:
            if index < len(tokens) and _is_name(tokens[index]):
                out += (FONT_SWITCHES[token], "{", tokens[index], "}")
                index += 1
        elif token in _FONTS and tokens[index : index + 1] == ["{"]:
            end = _end_of_group(tokens, index)
            out += _of_first_name(token, tokens[index + 1 : end])
            index = end + 1
        else:
            out.append(token)
    return out


def _of_first_name(font: str, content: Sequence[str]) -> list[str]:
    if not _SIGNS.intersection(content) or not _is_name(content[0]):
        return [font, "{", *content, "}"]
    return ["{", font, "{", content[0], "}", *_narrowed(content[1:]), "}"]


def _is_name(token: str) -> bool:
    return token.isalpha() or CLASSES.get(token) == "SYMBOL"


def _end_of_group(tokens: Sequence[str], start: int) -> int:
    """The place of the brace that closes the one at *start*."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += (tokens[index] == "{") - (tokens[index] == "}")
        if not depth:
            return index
    return len(tokens)
