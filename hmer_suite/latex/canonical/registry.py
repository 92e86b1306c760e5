"""Rewrites of the canonical spelling, in the order in which they register."""

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


REWRITES: list[Rewrite] = []
"""All rewrites, in the order in which they are tried on a node."""


def rewrite(name: str, kind: str, before: str, after: str, *, default: bool = True):
    def register(function: Callable) -> Callable:
        REWRITES.append(Rewrite(name, kind, before, after, default, function))
        return function

    return register


def braced_group(*items: Node) -> Node:
    return Node("group", "", items)


def symbol_node(name: str) -> Node:
    return Node("symbol", name)
