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


def group_end(tokens: Sequence[str], index: int) -> int | None:
    """The position behind the group that begins at *index*; None if it never ends."""
    depth = 0
    for position in range(index, len(tokens)):
        depth += (tokens[position] == "{") - (tokens[position] == "}")
        if depth == 0:
            return position + 1
    return None


def open_environments(tokens: Sequence[str]) -> list[str]:
    """Names of the environments that are never ended, the innermost last."""
    steps = [token.startswith("\\begin{") - token.startswith("\\end{") for token in tokens]
    return [tokens[index][len("\\begin{") : -1] for index in match_brackets(steps).unmatched_openings]
