r"""Numbers of equations, set off by a space or dots: ``(2)\ x=4``, ``x+y=3\cdots(1)``, ``a)\ x=2``."""

from __future__ import annotations

from hmer_suite.equiv.reading.operators import DOTS, SYNONYMS
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.tree import Node, parse, unparse

_SPACES = frozenset(("\\", "\\ ", "~", r"\quad", r"\qquad", r"\;"))


def without_equation_number(tree: Node) -> Node:
    """A formula without what may be its number, before or after it."""
    tokens = unparse(tree)
    kept = _without_last(_without_first(tokens))
    return canonical_tree(parse(kept)) if kept and kept != tokens and is_valid(kept) else tree


def _without_first(tokens: list[str]) -> list[str]:
    closing = tokens.index(")") if ")" in tokens[:4] else 0
    label = tokens[tokens[0] == "(" : closing] if closing else []
    after = closing + 1
    while after < len(tokens) and tokens[after] in _SPACES:
        after += 1
    is_letter = len(label) == 1 and label[0].isalpha() and label[0].isascii()
    return tokens[after:] if after > closing + 1 and (is_letter or _is_number(label)) else tokens


def _without_last(tokens: list[str]) -> list[str]:
    opening = len(tokens) - 1 - tokens[::-1].index("(") if "(" in tokens[-4:] else 0
    if not opening or tokens[-1] != ")" or not _is_number(tokens[opening + 1 : -1]):
        return tokens
    end = opening
    while end and (tokens[end - 1] in _SPACES or SYNONYMS.get(tokens[end - 1], tokens[end - 1]) in DOTS):
        end -= 1
    return tokens[:end] if end < opening else tokens


def _is_number(label: list[str]) -> bool:
    return 0 < len(label) < 3 and all(map(str.isdecimal, label))
