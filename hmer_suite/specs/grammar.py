"""The contract of a grammar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class GrammarSpec:
    """A grammar that a plugin offers: `source` is Lark text over the classes of `latex.token_classes`."""

    name: str
    summary: str
    source: str


class CompiledGrammar(Protocol):
    """A grammar ready for use (`hmer_suite.latex.automaton.Grammar`), as far as specs know it."""

    name: str

    def __hash__(self) -> int:
        """The hash of the object: a grammar is compiled once."""

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits that name the grammar."""
