"""The contract of a repair rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule that finds redundant tokens.

    ``removals`` takes the tokens of one line and returns the indices of those to delete. It depends on
    nothing else, takes roughly linear time on any input, and is idempotent: it finds nothing after its own deletions.
    """

    name: str
    why: str
    removals: Callable[[Sequence[str]], Iterable[int]]
    by_default: bool = True
