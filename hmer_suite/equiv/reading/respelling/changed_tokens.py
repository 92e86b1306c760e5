"""Trees with some tokens changed, as another reading of the same signs."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.tree import LatexSyntaxError, Node, parse, unparse


def with_tokens(tree: Node, tokens: Sequence[str]) -> Node:
    """The tree of the tokens that are not empty; the tree itself if they are the same, or not valid."""
    kept = [token for token in tokens if token]
    if kept == unparse(tree):
        return tree
    try:
        return canonical_tree(parse(kept))
    except LatexSyntaxError:
        return tree


def lines_of(tokens: Sequence[str]) -> str:
    """The tokens as a text with a line for each."""
    return "\n".join(tokens)


def with_lines(tree: Node, text: str) -> Node:
    """The tree of a text with a line for each token; the tree itself if it is the same, or not valid."""
    return tree if text == lines_of(unparse(tree)) else with_tokens(tree, text.split("\n"))


def places_of(tokens: Sequence[str]) -> str:
    """The tokens as a text with one character for each: a blank for a space, a backslash for any other command."""
    return "".join(token if len(token) == 1 else " " if token in _SPACES else "\\" for token in tokens)


_SPACES = frozenset((r"\,", r"\:", r"\;", r"\ ", r"\!"))
