r"""Remarks that are no part of a formula: ``2x=4\quad|:2``, ``x=2\ \checkmark``, ``解：x=2``; and angled intervals."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.operators import LEVEL, RELATION, SYNONYMS
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import LatexSyntaxError, Node, parse, unparse

_BARS = frozenset(("|", r"\mid", r"\vert", r"\rvert", "/"))
_OPERATIONS = frozenset((":", "+", "-", r"\cdot", r"\times", r"\div", "*", "/", r"\sqrt"))
_TICKS = frozenset((r"\checkmark", "\u2713", "\u2714", r"\blacksquare", "\u220e"))
_ENDS = frozenset((r"\square", r"\Box", r"\qed"))
"""Signs of the end of a proof that are also other signs."""
_ANGLES = {r"\langle": "[", r"\rangle": "]"}


def without_remarks(tree: Node) -> Node:
    """The tree without a next operation after a bar, ticks, ends of proofs, and foreign words and a colon in front."""
    rows: list[list[str]] = [[]]
    for token in unparse(tree):
        if token == r"\\" or token.startswith(r"\end"):
            rows.append([])
        rows[-1].append(token)
    return _reparsed(tree, [token for row in rows for token in _without_remark(row)])


def with_closed_angles(tree: Node) -> Node:
    r"""The tree with angle brackets around two ends as those of a closed interval: ``\langle2;5\rangle``."""
    tokens = unparse(tree)
    kept = list(tokens)
    opened = -1
    for place, token in enumerate(tokens):
        if token == r"\langle":
            opened = place
        elif token == r"\rangle" and opened >= 0:
            inner = [SYNONYMS.get(sign, sign) for sign in tokens[opened + 1 : place]]
            if (inner.count(";") or inner.count(",")) == 1 and _BARS.isdisjoint(inner):
                kept[opened], kept[place] = _ANGLES[tokens[opened]], _ANGLES[token]
            opened = -1
    return _reparsed(tree, kept)


def _reparsed(tree: Node, tokens: list[str]) -> Node:
    if tokens == unparse(tree):
        return tree
    try:
        return canonical_tree(parse(tokens))
    except LatexSyntaxError:
        return tree


def _without_remark(row: Sequence[str]) -> list[str]:
    row = row[_length_of_heading(row) :]
    end = len(row)
    while end and (CLASSES.get(row[end - 1]) == "SPACE" or row[end - 1] in _TICKS | _ENDS):
        end -= 1
    is_end = CLASSES.get("".join(row[end : end + 1])) == "SPACE" and bool(_ENDS.intersection(row[end:]))
    kept = list(row[:end]) if is_end or _TICKS.intersection(row[end:]) else list(row)
    for place, token in enumerate(kept):
        if token in _BARS and _is_operation(kept, place):
            return kept[:place]
    return kept


def _length_of_heading(row: Sequence[str]) -> int:
    r"""The number of tokens in front that are words without Latin letters and a colon, in ``\text`` or not."""
    length = _end_of_words(row, 0)
    if length == 0 and CLASSES.get(row[0] if row else "") == "TEXT" and row[1] == "{":
        length = _end_of_words(row, 2)
        if length > 2 and _is_colon(row[length]):
            return length + 2 if row[length + 1] == "}" else 0
        length = length + 1 if length > 2 and row[length] == "}" else 0
    return length + 1 if 0 < length < len(row) and _is_colon(row[length]) else 0


def _end_of_words(row: Sequence[str], start: int) -> int:
    """The place after the letters of a script without capitals that begin at a place."""
    end = start
    while end < len(row) and len(row[end]) == 1 and row[end] > "\u2e7f" and row[end].isalpha():
        end += 1
    return end


def _is_colon(token: str) -> bool:
    return SYNONYMS.get(token, token) == ":"


def _is_operation(row: Sequence[str], place: int) -> bool:
    """Whether a bar after a relation is followed by what is done to both sides next, up to the end of the row."""
    before, after = row[:place], row[place + 1 :]
    spaced = bool(before) and CLASSES.get(before[-1]) == "SPACE"
    drawn = [token for token in before if CLASSES.get(token) != "SPACE"]
    if not drawn or not after or after[0] not in _OPERATIONS or (row[place] == "/" and not spaced):
        return False
    relates = any(LEVEL.get(token) == RELATION for token in drawn)
    return relates and drawn[-1] not in LEVEL and _BARS.isdisjoint(after)
