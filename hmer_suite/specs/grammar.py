"""The contract of a grammar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GrammarSpec:
    """A grammar that a plugin offers: `source` is Lark text over the classes of `latex.token_classes`."""

    name: str
    summary: str
    source: str
