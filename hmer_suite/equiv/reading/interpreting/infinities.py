r"""Infinity without a sign as a limit: plus infinity, or of either sign, as in Chinese and Russian books."""

from __future__ import annotations

from hmer_suite.equiv.reading.operators import SYNONYMS
from hmer_suite.latex.tree import Node, unparse

_WHOLE = frozenset("ijklmnN")
_INFINITY = frozenset((r"\infty", "∞"))


def infinities_differ(left: Node, right: Node) -> bool:
    r"""Whether one side has ``+\infty``, and the other ``\infty``, as a limit or as the place of one."""
    ours, theirs = _signs(left), _signs(right)
    return bool(ours) and bool(theirs) and ours != theirs


def _signs(tree: Node) -> set[str]:
    """The signs of infinity after arrows from letters that are no whole numbers, and of limits."""
    tokens = ["", *(SYNONYMS.get(token, token) for token in unparse(tree) if token not in ("{", "}"))]
    relations = {r"\rightarrow", "="} if r"\lim" in tokens else {r"\rightarrow"}
    found = set()
    for letter, relation, sign, after in zip(tokens, tokens[1:], tokens[2:], [*tokens[3:], ""], strict=False):
        if relation in relations and letter not in _WHOLE:
            if sign in _INFINITY:
                found.add("")
            elif sign == "+" and after in _INFINITY:
                found.add("+")
    return found
