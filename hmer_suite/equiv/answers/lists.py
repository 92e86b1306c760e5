"""Lists of answers without brackets: their entries, and whether those of two lists can be paired."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hmer_suite.latex.tokens import split, tokens

_OPENING = frozenset(("{", "(", "[", r"\{", r"\langle"))
_CLOSING = frozenset(("}", ")", "]", r"\}", r"\rangle"))
_AND = re.compile(r"\\(?:text|mbox|mathrm|textrm)\s*\{[\s~]*(?:and|or|,|;)[\s~]*\}|(?<=\s)(?:and|or)(?=\s)")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)")


def entries(text: str) -> list[str]:
    r"""The entries of a list, separated by commas, semicolons, "and" or "or" outside brackets.

    A comma that may part thousands parts no entries; a letter before the first one stands before all: ``x=1,2``.

    >>> entries(r"x=1,2\text{ and }3")
    ['x=1', 'x=2', 'x=3']
    """
    listed = _AND.sub(" , ", text)
    if _THOUSANDS.search("".join(split(listed))):
        return [text]
    parts = [listed[start:end].strip() for start, end in _spans(listed) if listed[start:end].strip()]
    name = left_side(split(parts[0])) if parts else None
    if name is None or any("=" in part for part in parts[1:]):
        return parts
    return [parts[0], *(f"{name[0]}={part}" for part in parts[1:])]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the entries begin and end."""
    start = depth = 0
    for token in tokens(text):
        opens = token.text in _OPENING or token.text.startswith(r"\begin")
        closes = token.text in _CLOSING or token.text.startswith(r"\end")
        depth += opens - closes
        if token.text in (",", ";") and depth <= 0:
            yield start, token.start
            start = token.end
    yield start, len(text)


def left_side(tokens: list[str]) -> list[str] | None:
    """The tokens before the equals sign of ``x = ...``; None if there is no such sign, or not a letter before it."""
    if tokens.count("=") != 1 or tokens.index("=") != 1 or not tokens[0].isalpha():
        return None
    return tokens[:1]


def can_be_paired(fits: list[list[bool]]) -> bool:
    """Whether each row can have a column of its own in which it is true (augmenting paths: Kuhn 1955)."""
    column_of: dict[int, int] = {}

    def place(row: int, tried: set[int]) -> bool:
        for column, fit in enumerate(fits[row]):
            if fit and column not in tried:
                tried.add(column)
                if column not in column_of or place(column_of[column], tried):
                    column_of[column] = row
                    return True
        return False

    return all(place(row, set()) for row in range(len(fits)))
