"""What a rewrite of the canonical spelling is, and how a module lists its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hmer_suite.latex.tree import Node

Items = list[Node]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A named rewrite. *kind* is the kind of node it applies to, ``row`` for the items of any row or group."""

    name: str
    kind: str
    before: str
    after: str
    default: bool
    apply: Callable

    @property
    def doc(self) -> str:
        """The sentence that documents the rewrite."""
        return (self.apply.__doc__ or "").strip()


class Rewrites(list[Rewrite]):
    """The rewrites of a module, in the order in which they are tried on a node."""

    def add(
        self, name: str, kind: str, before: str, after: str, *, default: bool = True
    ) -> Callable[[Callable], Callable]:
        """Decorates the function of a rewrite, which joins the list."""

        def register(function: Callable) -> Callable:
            self.append(Rewrite(name, kind, before, after, default, function))
            return function

        return register


def braced_group(*items: Node) -> Node:
    """A group in braces."""
    return Node("group", "", items)


def symbol_node(name: str) -> Node:
    """A symbol of one token."""
    return Node("symbol", name)
