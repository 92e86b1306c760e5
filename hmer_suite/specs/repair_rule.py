"""What a plugin offers as a repair rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A named way to find redundant tokens.

    ``removals`` takes the tokens of one line and returns the indices of those to delete. It sees nothing but
    the tokens, takes about linear time on any input, and finds nothing in what its own deletions leave.
    """

    name: str
    why: str
    removals: Callable[[Sequence[str]], Iterable[int]]
    by_default: bool = True
