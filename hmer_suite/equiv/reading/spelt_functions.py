r"""Functions in letters on one side of a pair and as a command on the other: ``l n x`` beside ``\ln x``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.pieces import SPELT
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.tree import LatexSyntaxError, Node, parse, unparse


def with_functions_spelt_alike(left: Node, right: Node) -> tuple[Node, Node]:
    """The pair with letters as the function that they spell, if the other side has as many of that function.

    The letters are a product as plausibly only where nothing says what they are.
    """
    ours, theirs = unparse(left), unparse(right)
    for word in SPELT:
        command = rf"\{word}"
        if ours.count(command) != theirs.count(command):
            ours, theirs = _alike(ours, theirs, word), _alike(theirs, ours, word)
    return _tree(ours, left), _tree(theirs, right)


def _alike(tokens: Sequence[str], others: Sequence[str], word: str) -> list[str]:
    command = rf"\{word}"
    places = _places(tokens, word)
    if not places or _places(others, word) or len(places) + tokens.count(command) != others.count(command):
        return list(tokens)
    changed = list(tokens)
    for place in reversed(places):
        changed[place : place + len(word)] = [command]
    return changed


def _places(tokens: Sequence[str], word: str) -> list[int]:
    """The places at which a word is spelt, with an operand after it: not a group that a font makes upright."""
    letters = list(word)
    return [
        place
        for place in range(len(tokens) - len(word))
        if tokens[place : place + len(word)] == letters
        and tokens[place + len(word)] not in ("_", "^", "'", "}")
    ]


def _tree(tokens: Sequence[str], tree: Node) -> Node:
    if tokens == unparse(tree):
        return tree
    try:
        return canonical_tree(parse(tokens))
    except LatexSyntaxError:
        return tree
