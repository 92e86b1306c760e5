"""Building symbol layout trees from parse trees, row by row and without recursion.

`hmer_suite.scores.layout_commands` fills in the functions for commands.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, assert_never

from hmer_suite.latex.constructs import (
    BRACES_ABOVE,
    BRACES_BELOW,
    INTEGRALS,
    NEGATIONS,
    NO_DELIMITER,
    environment_fences,
)
from hmer_suite.latex.nodes import (
    Command,
    Environment,
    Fenced,
    Group,
    Infix,
    Line,
    Math,
    Node,
    Primes,
    Row,
    Scripts,
    Sized,
    Symbol,
    Text,
)
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.predictions.label_graphs import APPLICATION, BAR, TABLE
from hmer_suite.scores.layout_labels import LABELS, STACKS, SWITCHES
from hmer_suite.scores.layout_rows import ABOVE, BELOW, SUB, SUP, LayoutTree, SymbolRow


class Gap(NamedTuple):
    """An item that leaves a place empty, except at the start of a row."""


class Label(NamedTuple):
    """An item that is one symbol with this label, whatever the font."""

    text: str


Item = Node | Gap | Label
"""An item of a row that is laid out."""

Branches = Sequence[tuple[str, Sequence[Item]]]
"""Rows to hang on a symbol, each with its relation."""


class Hang(NamedTuple):
    """A step: hang rows on the last place since *start*. *limits* belong to a function, not to its application."""

    start: int
    branches: Branches
    limits: bool


class HangAccent(NamedTuple):
    """A step: hang the accent *name* on the last place since *start*."""

    start: int
    relation: str
    name: str


class UseFont(NamedTuple):
    """A step: go on in this font."""

    font: str


COMMANDS: dict[str, Callable[[Layout, Command], None]] = {}
"""Functions that lay out commands, by the command's name."""


class Layout:
    """Builds a layout tree row by row.

    ``pending`` holds rows that are not begun. Of the present row, ``todo`` holds what comes next, last item
    first: items, and steps that wait until what lies above them is laid out; ``rest`` yields the items after
    those. Neither nesting nor length makes anything recursive.
    """

    def __init__(self, application: bool):
        self.application = application
        self.rows = [SymbolRow()]
        self.pending: list[tuple[SymbolRow, Sequence[Item], str]] = []
        self.todo: deque[Item | Hang | HangAccent | UseFont] = deque()
        self.empty = 0
        self.row = self.rows[0]
        self.labels = self.row.labels
        self.rest: Iterator[Item] = iter(())
        self.font = ""

    def lay_out(self, tree: Row) -> LayoutTree:
        root = self.rows[0]
        self.pending.append((root, tree.items, ""))
        for row, items, font in self.pending:  # grows while it is read
            self.row, self.font = row, font
            self._fill(items)
        symbols = sum([len(row.labels) for row in self.rows]) - self.empty
        relations = symbols - root.has_first + sum([row.doubled and row.has_second for row in self.rows])
        return LayoutTree(root, symbols, relations)

    def _fill(self, items: Sequence[Item]) -> None:
        self.labels = labels = self.row.labels
        self.rest = rest = iter(items)
        todo = self.todo
        for item in rest:
            if isinstance(item, Symbol) and item.name not in SYMBOLS and not self.font:
                labels.append(item.name)
                continue
            self._lay(item)
            while todo:
                self._lay(todo.pop())

    def _lay(self, item: Item | Hang | HangAccent | UseFont) -> None:
        match item:
            case Symbol():
                if item.name in SYMBOLS:
                    SYMBOLS[item.name](self, item.name)
                else:
                    self.put(f"{self.font} {item.name}" if self.font else item.name)
            case Scripts():
                _scripts(self, item)
            case Hang():
                self.hang(item.start, item.branches)
            case Command():
                COMMANDS[item.name](self, item)
            case Group() | Row() | Text() | Math():
                _group(self, item.items)
            case Fenced():
                for part in reversed(item.parts):
                    if isinstance(part, Row) or part.name != NO_DELIMITER:
                        self.todo.append(part)
            case Environment():
                _environment(self, item)
            case Infix():
                stack(self, item.name, item.before.items, item.after.items)
            case HangAccent():
                self.hang_accent(item)
            case Sized():
                self.todo.append(item.delimiter)
            case UseFont():
                self.font = item.font
            case Primes():
                self.inline(items_of(item))
            case Label():
                self.put(item.text)
            case Gap():
                if self.labels:
                    self.skip()
            case Line():
                raise TypeError("a line of an environment outside of it")
            case _:
                assert_never(item)

    # --- tools

    def put(self, label: str) -> int:
        """Append a symbol to the present row; returns its place."""
        self.labels.append(label)
        return len(self.labels) - 1

    def branch(self, place: int, relation: str, items: Sequence[Item]) -> SymbolRow:
        """Hang a row of *items* on a place; where one hangs there already, they continue it after a gap."""
        row = self.row.branches.get((place, relation))
        if row is not None:
            items = (Gap(), *items)
        else:
            row = self.row.branches[place, relation] = SymbolRow()
            self.rows.append(row)
            if len(items) == 1 and not self.font:
                (item,) = items
                if isinstance(item, Symbol) and item.name not in SYMBOLS:
                    row.labels.append(item.name)
                    return row
        self.pending.append((row, items, self.font))
        return row

    def skip(self) -> None:
        """Leave a place of the present row empty."""
        self.labels.append(None)
        self.empty += 1

    def inline(self, items: Sequence[Item]) -> None:
        """Lay out *items* next, in the present row."""
        self.todo.extend(reversed(items))

    def inline_in(self, font: str, items: Sequence[Item]) -> None:
        """Lay out *items* next, in another font."""
        self.todo.append(UseFont(self.font))
        self.font = font
        self.inline(items)

    def hang(self, start: int, branches: Branches) -> None:
        """Hang rows on the last place since *start*, or on an empty one where nothing was laid out."""
        if len(self.labels) == start:
            if not start and _lone_primes(branches):
                self.inline(branches[0][1])
                return
            self.skip()
        for relation, items in branches:
            self.branch(len(self.labels) - 1, relation, items)

    def hang_accent(self, accent: HangAccent) -> None:
        """Hang an accent, which says in its label how many places it spans, if several."""
        width = len(self.labels) - accent.start
        label = LABELS.get(accent.name, accent.name)
        self.hang(accent.start, [(accent.relation, (Label(f"{label} {width}" if width > 1 else label),))])

    def upcoming(self) -> Iterator[Item | Hang | HangAccent | UseFont]:
        """The next items and steps of the present row, which stay in ``todo``."""
        yield from reversed(self.todo)
        for item in self.rest:
            self.todo.appendleft(item)
            yield item

    def applied(self) -> bool:
        """Whether scripts, or anything to be seen, follow in the row."""
        for item in self.upcoming():
            match item:
                case UseFont():
                    continue
                case Hang():
                    return not item.limits
                case HangAccent():
                    return False
                case Symbol() if SYMBOLS.get(item.name) in (invisible, _font_switch):
                    continue
                case _:
                    return True
        return False


def items_of(node: Node | None) -> Sequence[Node]:
    """The items of an argument, a script or a row, without the braces around them."""
    match node:
        case None:
            return ()
        case Group() | Row() | Text() | Math():
            return node.items
        case Primes():
            return (*[_PRIME] * node.count, *items_of(node.raised))
        case _:
            return (node,)


_PRIME = Symbol("\\prime")


def _lone_primes(branches: Branches) -> bool:
    """Whether only primes are raised, as in ``f ^ { ' }``: in front of a row they are symbols of it."""
    return len(branches) == 1 and branches[0][0] == SUP and all(item == _PRIME for item in branches[0][1])


# --- symbols that are more, or less, than a label -----------------------------------------------------------


def invisible(layout: Layout, name: str) -> None:
    """White space and style switches."""


def _synonym(layout: Layout, name: str) -> None:
    label = LABELS[name]
    layout.put(f"{layout.font} {label}" if layout.font else label)


def _font_switch(layout: Layout, name: str) -> None:
    layout.font = SWITCHES[name]


def function(layout: Layout, name: str) -> None:
    layout.put(LABELS.get(name, name))
    if layout.application and layout.applied():
        layout.put(APPLICATION)


def _negation(layout: Layout, name: str) -> None:
    """A stroke through the next symbol makes one symbol of the two."""
    struck = next(layout.upcoming(), None)
    while isinstance(struck, Group) and len(struck.items) == 1:
        (struck,) = struck.items
    if isinstance(struck, Symbol):
        layout.todo.pop()
        layout.put(NEGATIONS.get(struck.name) or f"\\not {LABELS.get(struck.name, struck.name)}")
    else:
        layout.put(name)


def _symbol_table() -> dict[str, Callable[[Layout, str], None]]:
    table: dict[str, Callable[[Layout, str], None]] = {}
    for name, cls in CLASSES.items():
        if cls in ("SPACE", "STYLE", "LIMITS", "HLINE"):
            table[name] = invisible
        elif cls == "NAMEDOP" and name not in INTEGRALS:
            table[name] = function
    table.update(dict.fromkeys((name for name in LABELS if name not in table), _synonym))
    table.update(dict.fromkeys(SWITCHES, _font_switch))
    table.update(dict.fromkeys(("\\bmod", "\\mod"), function))
    return table | {"\\mathstrut": invisible, "\\not": _negation}


SYMBOLS = _symbol_table()


# --- constructs ---------------------------------------------------------------------------------------------


def _group(layout: Layout, items: Sequence[Node]) -> None:
    for item in items:
        if isinstance(item, Symbol) and item.name in SWITCHES:
            layout.inline_in(layout.font, items)
            return
    layout.inline(items)


def _scripts(layout: Layout, node: Scripts) -> None:
    base = node.base
    stacked = node.limits == "\\limits"
    name = base.name if isinstance(base, Command) else ""
    branches = []
    if node.sub is not None:
        branches.append((BELOW if stacked or name in BRACES_BELOW else SUB, items_of(node.sub)))
    if node.sup is not None:
        branches.append((ABOVE if stacked or name in BRACES_ABOVE else SUP, items_of(node.sup)))
    layout.todo.append(Hang(len(layout.labels), branches, stacked))
    if base is not None:
        layout.todo.append(base)


def stack(layout: Layout, name: str, above: Sequence[Node], below: Sequence[Node]) -> None:
    """A fraction, or two rows on top of each other, with the fences that the command brings."""
    left, label, right = STACKS.get(name, (None, BAR, None))
    if left:
        layout.put(left)
    place = layout.put(label)
    layout.branch(place, ABOVE, above)
    layout.branch(place, BELOW, below)
    if right:
        layout.put(right)


def _environment(layout: Layout, node: Environment) -> None:
    left, right = environment_fences(node.name) or (NO_DELIMITER, NO_DELIMITER)
    if left != NO_DELIMITER:
        layout.put(left)
    if right != NO_DELIMITER:
        layout.todo.append(Label(right))
    table(layout, [[cell.items for cell in line.cells] for line in node.lines])


def table(layout: Layout, rows: list[list[Sequence[Node]]]) -> None:
    """Cells hang on the table by their row and column; a table of one cell is replaced by its content."""
    if len(rows) > 1 and not any(rows[-1]):
        rows.pop()
    if len(rows) == 1 and len(rows[0]) == 1:
        layout.inline_in(layout.font, rows[0][0])
        return
    place = layout.put(TABLE)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row, 1):
            layout.branch(place, f"Cell{number}.{column}", cell)
