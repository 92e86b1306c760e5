r"""Nodes of the parse tree: one frozen class for each construct of the grammar, and `Node`, their union.

Nodes compare by content. Walk them by `match` over the classes, with `typing.assert_never` where all are covered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar


class Construct:
    """The base class of all nodes."""

    __slots__ = ()

    kind: ClassVar[str]
    """Name of the construct, for messages."""

    @property
    def children(self) -> tuple[Node | None, ...]:
        """The parts of the node in reading order, None for an optional part that is missing."""
        return ()


@dataclass(frozen=True, slots=True)
class Symbol(Construct):
    r"""One token; ``\\`` outside of environments is one too."""

    kind: ClassVar[str] = "symbol"
    name: str


@dataclass(frozen=True, slots=True)
class _Sequence(Construct):
    """Items from left to right."""

    name: ClassVar[str] = ""
    items: tuple[Node, ...] = ()

    @property
    def children(self) -> tuple[Node | None, ...]:
        return self.items


@dataclass(frozen=True, slots=True)
class Row(_Sequence):
    """Items without braces: a formula, a cell, an optional argument, the content of fences."""

    kind: ClassVar[str] = "row"


@dataclass(frozen=True, slots=True)
class Group(_Sequence):
    """Items between braces."""

    kind: ClassVar[str] = "group"


@dataclass(frozen=True, slots=True)
class Text(_Sequence):
    """Items between the braces of a text-mode argument."""

    kind: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class Math(_Sequence):
    """Items between dollar signs within text."""

    kind: ClassVar[str] = "math"


@dataclass(frozen=True, slots=True)
class Scripts(Construct):
    r"""A base with its scripts, each of which may be missing; *limits* is ``\limits``, ``\nolimits`` ... or empty."""

    kind: ClassVar[str] = "scripts"
    name: ClassVar[str] = ""
    base: Node | None
    sub: Node | None
    sup: Node | None
    limits: str = ""

    @property
    def children(self) -> tuple[Node | None, ...]:
        return (self.base, self.sub, self.sup)


@dataclass(frozen=True, slots=True)
class Primes(Construct):
    """A superscript of *count* apostrophes and, after them, what else is raised (``f'^2``)."""

    kind: ClassVar[str] = "primes"
    count: int
    raised: Node | None = None

    @property
    def name(self) -> str:
        """One apostrophe for each prime."""
        return "'" * self.count

    @property
    def children(self) -> tuple[Node | None, ...]:
        return (self.raised,)


@dataclass(frozen=True, slots=True)
class Command(Construct):
    """A command with its arguments, the optional one apart."""

    kind: ClassVar[str] = "command"
    name: str
    arguments: tuple[Node, ...]
    optional: Row | None = None

    @property
    def children(self) -> tuple[Node | None, ...]:
        return (self.optional, *self.arguments)


@dataclass(frozen=True, slots=True)
class Sized(Construct):
    r"""A delimiter of fixed size; *name* is its command: ``\big``, ``\Bigl`` ..."""

    kind: ClassVar[str] = "sized"
    name: str
    delimiter: Symbol

    @property
    def children(self) -> tuple[Node | None, ...]:
        return (self.delimiter,)


@dataclass(frozen=True, slots=True)
class Fenced(Construct):
    r"""Rows between ``\left`` and ``\right``, with the delimiter of a ``\middle`` between every two of them."""

    kind: ClassVar[str] = "fenced"
    name: ClassVar[str] = "\\left"
    left: Symbol
    rows: tuple[Row, ...]
    middles: tuple[Symbol, ...]
    right: Symbol

    @property
    def children(self) -> tuple[Node | None, ...]:
        return self.parts

    @property
    def parts(self) -> tuple[Symbol | Row, ...]:
        """All delimiters and rows, from left to right."""
        return (self.left, *self.inside, self.right)

    @property
    def inside(self) -> tuple[Symbol | Row, ...]:
        """Rows and the delimiters between them, from left to right."""
        if not self.middles:
            return self.rows
        pairs = zip(self.rows[1:], self.middles, strict=True)
        return (self.rows[0], *(part for row, middle in pairs for part in (middle, row)))


@dataclass(frozen=True, slots=True)
class Infix(Construct):
    r"""Two rows and the infix command between them: ``\over``, ``\choose`` ..."""

    kind: ClassVar[str] = "infix"
    name: str
    before: Row
    after: Row

    @property
    def children(self) -> tuple[Node | None, ...]:
        return (self.before, self.after)


@dataclass(frozen=True, slots=True)
class Line(Construct):
    r"""A row of an environment: the ``\\`` in front of it (empty for the first), its ``\hline`` symbols, its cells."""

    kind: ClassVar[str] = "line"
    name: ClassVar[str] = ""
    separator: str
    hlines: Row
    cells: tuple[Row, ...]

    @property
    def children(self) -> tuple[Node | None, ...]:
        return (self.hlines, *self.cells)


@dataclass(frozen=True, slots=True)
class Environment(Construct):
    """An environment: its name, the specification of its columns where it has one, its lines."""

    kind: ClassVar[str] = "environment"
    name: str
    columns: Text | None
    lines: tuple[Line, ...]

    @property
    def children(self) -> tuple[Node | None, ...]:
        return (self.columns, *self.lines)


Node = (
    Symbol
    | Row
    | Group
    | Text
    | Math
    | Scripts
    | Primes
    | Command
    | Sized
    | Fenced
    | Infix
    | Line
    | Environment
)
"""Any node of the parse tree."""


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, parents first, left to right."""
    waiting: list[Node] = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(child for child in reversed(node.children) if child is not None)
