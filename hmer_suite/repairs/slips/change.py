"""A change of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hmer_suite.latex.braces import match_brackets


@dataclass(frozen=True, slots=True)
class Change:
    """*tokens* in place of those from *start* to *end*, and why."""

    start: int
    end: int
    tokens: tuple[str, ...]
    why: str


LONGEST_LOOK = 200
"""Tokens that are looked at for the other side of a bracket: time grows with the length of the input alone."""


def changed(tokens: Sequence[str], changes: Sequence[Change]) -> list[str]:
    """*tokens* after *changes*, which are in order."""
    words: list[str] = []
    done = 0
    for change in changes:
        words += tokens[done : change.start]
        words += change.tokens
        done = change.end
    return [*words, *tokens[done:]]


def open_environments(tokens: Sequence[str]) -> list[str]:
    """Names of the environments that are never ended, the innermost last."""
    steps = [token.startswith("\\begin{") - token.startswith("\\end{") for token in tokens]
    return [tokens[index][len("\\begin{") : -1] for index in match_brackets(steps).unmatched_openings]
