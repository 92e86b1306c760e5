r"""Numbers of equations and items: ``(2)\ x=4``, ``1)x=4``, ``x=4\cdots(1)``, ``x=4\quad(4.2)``, ``x=4:``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.operators import DOTS, LEVEL, RELATION, SYNONYMS
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node, parse, unparse

_STOPS = frozenset((":", "：", "、"))
_MARKS = frozenset((".", "*", r"\ast", r"\star", r"\dagger", "'", "-"))
_NO_LETTERS = frozenset("([{^_'!0123456789")
_LONGEST = 6


def without_numbering(tree: Node) -> Node:
    """A formula without what may be its number, before or after it, and without a colon at its end."""
    tokens = unparse(tree)
    kept = _without_last(_without_first(tokens)) if len(tokens) > 1 else tokens
    return canonical_tree(parse(kept)) if kept and kept != tokens and is_valid(kept) else tree


def _without_first(tokens: list[str]) -> list[str]:
    closing = tokens.index(")") if ")" in tokens[:4] else 0
    is_open = tokens[0] == "("
    label = tokens[is_open:closing]
    after = closing + 1
    while after < len(tokens) and _is_space(tokens[after]):
        after += 1
    is_letter = len(label) == 1 and label[0].isalpha() and label[0].isascii()
    is_number = bool(label) and all(map(str.isdecimal, label))
    if after > closing + 1:
        is_label = is_number or is_letter
    else:
        is_label = is_number and (not is_open or _begins_with_letter(tokens[after:]))
    return tokens[after:] if is_label else tokens


def _begins_with_letter(tokens: Sequence[str]) -> bool:
    """Whether tokens are a statement that begins with a letter, before which nobody sets a factor in brackets."""
    if not tokens or tokens[0] in LEVEL or tokens[0] in _NO_LETTERS:
        return False
    return any(LEVEL.get(token) == RELATION for token in tokens)


def _without_last(tokens: list[str]) -> list[str]:
    if tokens[-1:] and tokens[-1] in _STOPS:
        tokens = tokens[:-1]
    if tokens[-4:-3] == [r"\textcircled"]:
        tokens = tokens[:-4]
    opening = len(tokens) - 1 - tokens[::-1].index("(") if "(" in tokens else 0
    if not opening or tokens[-1] != ")" or not _is_number(tokens[opening + 1 : -1]):
        return tokens
    end = opening
    while end and (_is_space(tokens[end - 1]) or SYNONYMS.get(tokens[end - 1], tokens[end - 1]) in DOTS):
        end -= 1
    return tokens[:end] if end < opening else tokens


def _is_number(label: Sequence[str]) -> bool:
    """Whether tokens are a number of an equation: ``3``, ``4.2``, ``2'``, ``*``."""
    signs = all(sign in _MARKS or sign.isdecimal() for sign in label)
    return 0 < len(label) <= _LONGEST and signs and label[0] != "-"


def _is_space(token: str) -> bool:
    return token in ("\\", "~") or CLASSES.get(token) == "SPACE"
