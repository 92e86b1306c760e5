"""Rewrites of the canonical spelling as data, and the lists in which modules collect theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

from hmer_suite.latex.nodes import Command, Environment, Node, Scripts

Items = list[Node]

Construct = TypeVar("Construct", Command, Scripts, Environment)

_numbers = count()


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A named rewrite with an example. *number* is its place among all, in the order of their definition."""

    name: str
    before: str
    after: str
    default: bool
    number: int
    doc: str


@dataclass(frozen=True, slots=True)
class NodeRewrite(Rewrite, Generic[Construct]):
    """A rewrite of one construct: ``apply(node, style)`` is the new node, None where nothing changes."""

    construct: type[Construct]
    apply: Callable[[Construct, str], Node | None]


@dataclass(frozen=True, slots=True)
class RowRewrite(Rewrite):
    """A rewrite of the items of a row or group: ``apply(items, style)`` has the new items, None if all stay."""

    apply: Callable[[Items, str], Items | None]


class NodeRewrites(list[NodeRewrite[Construct]]):
    """The rewrites of one construct, in the order in which they are tried."""

    def __init__(self, construct: type[Construct]):
        super().__init__()
        self.construct: type[Construct] = construct

    def add(
        self, name: str, before: str, after: str, *, default: bool = True
    ) -> Callable[[Callable[[Construct, str], Node | None]], Callable[[Construct, str], Node | None]]:
        """Decorator that puts the function of a rewrite into the list; its docstring documents the rewrite."""

        def register(
            function: Callable[[Construct, str], Node | None],
        ) -> Callable[[Construct, str], Node | None]:
            doc, number = (function.__doc__ or "").strip(), next(_numbers)
            self.append(NodeRewrite(name, before, after, default, number, doc, self.construct, function))
            return function

        return register


class RowRewrites(list[RowRewrite]):
    """Rewrites of rows, in the order in which they are tried."""

    def add(
        self, name: str, before: str, after: str, *, default: bool = True
    ) -> Callable[[Callable[[Items, str], Items | None]], Callable[[Items, str], Items | None]]:
        """Decorator that puts the function of a rewrite into the list; its docstring documents the rewrite."""

        def register(function: Callable[[Items, str], Items | None]) -> Callable[[Items, str], Items | None]:
            doc, number = (function.__doc__ or "").strip(), next(_numbers)
            self.append(RowRewrite(name, before, after, default, number, doc, function))
            return function

        return register
