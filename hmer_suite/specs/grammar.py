"""What a plugin offers as a grammar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GrammarSpec:
    """A grammar that a plugin offers: `source` is Lark text over the token classes of `latex.commands`."""

    name: str
    summary: str
    source: str
