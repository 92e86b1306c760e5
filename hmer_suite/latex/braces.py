"""Matching brackets in token sequences, whether or not the sequence is valid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class Matching(NamedTuple):
    """Indices of opening brackets to those of their closing ones, inner pairs first, and of brackets without any."""

    pairs: dict[int, int]
    unmatched_closings: list[int]
    unmatched_openings: list[int]


def match_brackets(steps: Iterable[int]) -> Matching:
    """Match the brackets of a sequence in which each item is 1 (opens), -1 (closes) or 0 (neither)."""
    pairs: dict[int, int] = {}
    closings: list[int] = []
    openings: list[int] = []
    for index, step in enumerate(steps):
        if step > 0:
            openings.append(index)
        elif step < 0:
            if openings:
                pairs[openings.pop()] = index
            else:
                closings.append(index)
    return Matching(pairs, closings, openings)


def match_tokens(tokens: Sequence[str], opening: str = "{", closing: str = "}") -> Matching:
    """Match two tokens, by default braces."""
    steps = {opening: 1, closing: -1}
    return match_brackets([steps.get(token, 0) for token in tokens])


def braced_parts(tokens: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Role, start and end of each part between braces of canonical tokens; empty ones are left out.

    The role is the token in front of the braces; that of a second argument is the command's followed by a 2.
    """
    roles: dict[int, str] = {}
    for opening, closing in match_tokens(tokens).pairs.items():
        before = tokens[opening - 1] if opening else ""
        # A second argument belongs to the command of the first.
        roles[closing] = f"{roles.get(opening - 1, '')}2" if before == "}" else before
        if closing > opening + 1:
            yield roles[closing], opening + 1, closing
