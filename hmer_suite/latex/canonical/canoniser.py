r"""Canonical spelling: rewrites that change how a formula is written and never what is drawn.

Each rewrite is a named entry of `REWRITES`, documented by its docstring and an example, and proved by
`make oracle`, which lets KaTeX draw both spellings (`reports/canonical.md`). Those that the drawing does not
confirm in every case are marked ``default=False``.

A rewrite takes a node (or the items of a row) whose children are already canonical, and the style it is set in,
since ``\limits`` and ``\dfrac`` mean something only where the style is not theirs already (TeXbook, ch. 17).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import assert_never

from hmer_suite.latex.canonical.node_rewrites import COMMANDS, ENVIRONMENTS, SCRIPTS, infix_part
from hmer_suite.latex.canonical.rewrite_types import Construct, Items, NodeRewrite, Rewrite, RowRewrite
from hmer_suite.latex.canonical.row_rewrites import DOTS, ROWS, whole_row_opened
from hmer_suite.latex.canonical.styles import (
    DISPLAY,
    SCRIPT,
    SMALLER,
    STYLE_SWITCHES,
    argument_styles,
    environment_style,
    optional_style,
)
from hmer_suite.latex.canonical.unicode import NODES, OF_A_FONT, UNICODE, UNICODE_SCRIPTS, attached
from hmer_suite.latex.constructs import FONT_SWITCHES, INTEGRALS, SYNONYMS
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
from hmer_suite.latex.tokens import join, split
from hmer_suite.latex.tree import LatexSyntaxError, parse, unparse

_BY_CONSTRUCT: tuple[Rewrite, ...] = (*COMMANDS, *SCRIPTS, *ENVIRONMENTS, *ROWS)

REWRITES: tuple[Rewrite, ...] = tuple(sorted(_BY_CONSTRUCT, key=lambda rewrite: rewrite.number))
"""All rewrites, in the order of their definition."""


def canonical(text: str, *, extra: Iterable[str] = ()) -> str:
    """*text* in canonical spelling, as spaced tokens; *extra* names rewrites that are off by default.

    What the grammar refuses has no canonical spelling: its tokens come back as they are.
    """
    return join(canonical_tokens(split(text), extra=tuple(extra)))


def canonical_tokens(tokens: Sequence[str], *, extra: tuple[str, ...] = ()) -> list[str]:
    """Like `canonical`, from tokens to tokens."""
    try:
        tree = parse(tokens)
    except LatexSyntaxError:
        return list(tokens)
    return unparse(canonical_tree(tree, extra=extra))


def canonical_tree(tree: Row, *, extra: tuple[str, ...] = (), fired: Counter[str] | None = None) -> Row:
    """The canonical form of a parsed formula; *fired*, if given, counts the rewrites that changed something."""
    return _Canoniser(_enabled(extra), fired).row(tree, DISPLAY)


def rewrites_digest() -> str:
    """Eight hexadecimal digits that name the rewrites in force, synonyms and Unicode characters, for signatures."""
    names = [f"{rewrite.name} {rewrite.before} {rewrite.after}" for rewrite in REWRITES if rewrite.default]
    symbols = [*map(" ".join, SYNONYMS.items()), *(" ".join((sign, *UNICODE[sign])) for sign in UNICODE)]
    return hashlib.sha256("\n".join([*names, *symbols]).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class _Enabled:
    """The rewrites in force, by what they apply to."""

    commands: tuple[NodeRewrite[Command], ...]
    scripts: tuple[NodeRewrite[Scripts], ...]
    environments: tuple[NodeRewrite[Environment], ...]
    rows: tuple[RowRewrite, ...]


@lru_cache
def _enabled(extra: tuple[str, ...]) -> _Enabled:
    """The rewrites that are on by default, and those named by *extra*.

    Raises:
        ValueError: *extra* names a rewrite that does not exist.
    """
    unknown = set(extra) - {rewrite.name for rewrite in REWRITES}
    if unknown:
        raise ValueError(f"no such rewrite: {', '.join(sorted(unknown))}")

    def wanted(rewrite: Rewrite) -> bool:
        return rewrite.default or rewrite.name in extra

    return _Enabled(
        commands=tuple(filter(wanted, COMMANDS)),
        scripts=tuple(filter(wanted, SCRIPTS)),
        environments=tuple(filter(wanted, ENVIRONMENTS)),
        rows=tuple(filter(wanted, ROWS)),
    )


class _Canoniser:
    """One pass over a tree, children first, applying the rewrites of each construct in order."""

    def __init__(self, rewrites: _Enabled, fired: Counter[str] | None):
        self.rewrites = rewrites
        self.fired = fired
        self.thorough = any(not rewrite.default for rewrite in rewrites.rows)
        self.fonts = 0
        """Font commands and switches around the node at hand."""

    def node(self, node: Node, style: str) -> Node:
        """Any node in canonical form."""
        match node:
            case Symbol():
                return self.character(node) if node.name in UNICODE else self.symbol(node)
            case Group() | Math():  # dollar signs around a formula in a cell
                return Group(tuple(self.items(node.items, style)))
            case Scripts():
                return self.scripts(node, style)
            case Command():
                return self.command(node, style)
            case Fenced():
                rows = tuple(self.fenced_row(row, style) for row in node.rows)
                middles = tuple(map(self.symbol, node.middles))
                return Fenced(self.symbol(node.left), rows, middles, self.symbol(node.right))
            case Row():
                return self.row(node, style)
            case Sized():
                return Sized(node.name, self.symbol(node.delimiter))
            case Primes():
                return Primes(node.count, node.raised and self.argument(node.raised, SCRIPT))
            case Infix():
                inner = SMALLER[style]
                return Infix(
                    node.name, *(infix_part(self.items(r.items, inner)) for r in (node.before, node.after))
                )
            case Environment():
                return self.environment(node, style)
            case Line():
                return self.line(node, style)
            case Text():
                return self.text(node, style)
            case _:
                assert_never(node)

    def row(self, row: Row, style: str) -> Row:
        return Row(tuple(self.items(row.items, style)))

    def optional(self, row: Row, style: str) -> Row:
        """An optional argument, in braces where a bracket in it would end it, or an infix command is in it."""
        items = tuple(self.items(row.items, style))
        needed = any(isinstance(item, Infix) for item in items)
        depth = 0
        for token in unparse(Row(items)):
            depth += (token == "{") - (token == "}")
            needed = needed or (token == "]" and not depth)
        return Row((Group(items),)) if needed else Row(items)

    def text(self, text: Text, style: str) -> Text:
        """Text, in which characters stay as they are: commands of mathematics mean nothing there."""
        return Text(tuple([self.text_item(item, style) for item in text.items]))

    def text_item(self, item: Node, style: str) -> Node:
        if isinstance(item, Math):
            return Math(tuple(self.items(item.items, style)))
        return item if isinstance(item, Symbol) and item.name in UNICODE else self.node(item, style)

    def scripts(self, node: Scripts, style: str) -> Node:
        base = node.base
        if isinstance(base, Command) and CLASSES.get(base.name) in ("ACCENT", "SMASH"):
            accented = Command(base.name, (self.frozen(base.arguments[0], style),), base.optional)
            base = self.rewritten(accented, style)
        elif base is not None:
            base = self.shaped(base, style) if isinstance(base, Group) else self.node(base, style)
        slanted = node.limits == "\\limits" and isinstance(base, Symbol) and base.name in INTEGRALS
        lower = self.shaped if slanted else self.argument
        sub = node.sub and lower(node.sub, SCRIPT)
        sup = node.sup and self.argument(node.sup, SCRIPT)
        return self.rewritten(Scripts(base, sub, sup, node.limits), style)

    def command(self, node: Command, style: str) -> Node:
        optional = node.optional and self.optional(node.optional, optional_style(node, style))
        cls = CLASSES.get(node.name)
        self.fonts += cls in _OF_LETTERS
        if cls == "STACK":
            label, base = node.arguments
            arguments: tuple[Node, ...] = (self.argument(label, SCRIPT), self.frozen(base, style))
        elif cls == "SIDESET":
            left, right, operator = node.arguments
            arguments = (self.side(left), self.side(right), self.node(operator, DISPLAY))
        else:
            shape = (
                self.frozen if node.name in _AS_WIDE else self.shaped if cls == "ACCENT" else self.argument
            )
            arguments = tuple(map(shape, node.arguments, argument_styles(node, style)))
        self.fonts -= cls in _OF_LETTERS
        return self.rewritten(Command(node.name, arguments, optional), style)

    def side(self, node: Node) -> Node:
        r"""A side of ``\sideset``, whose scripts have no base: they are set beside the operator."""
        written = self.argument(node, DISPLAY)
        if (
            not isinstance(node, Group)
            or not isinstance(written, Group)
            or not _begins_with_scripts(node.items)
        ):
            return written
        first, *others = written.items
        return Group((replace(first, base=None), *others)) if isinstance(first, Scripts) else written

    def shaped(self, node: Node, style: str) -> Node:
        """An argument or script that is set otherwise if it is a single symbol: it becomes one only if it was one."""
        argument = self.argument(node, style)
        if not isinstance(argument, Group) or len(argument.items) != 1:
            return argument
        inner = node
        while isinstance(inner, Group) and len(inner.items) == 1:
            (inner,) = inner.items
        items = inner.items if isinstance(inner, Group) else ()
        several = sum(not isinstance(item, Symbol) or item.name not in FONT_SWITCHES for item in items) > 1
        return self.frozen(inner, style) if several else argument

    def argument(self, node: Node, style: str) -> Node:
        r"""An argument or script; a symbol that rewrites of rows may change, such as ``\dots``, is a row of its own."""
        if isinstance(node, Symbol) and node.name in _ROW_TRIGGERS:
            return Group(tuple(self.items((node,), style)))
        return self.node(node, style)

    def environment(self, node: Environment, style: str) -> Node:
        inner = environment_style(node.name, style)
        columns = node.columns and self.text(node.columns, inner)
        lines = tuple([self.line(line, inner) for line in node.lines])
        return self.rewritten(Environment(node.name, columns, lines), style)

    def line(self, node: Line, style: str) -> Line:
        cells = tuple([self.row(cell, style) for cell in node.cells])
        return Line(node.separator, self.row(node.hlines, style), cells)

    def frozen(self, argument: Node, style: str) -> Node:
        """An argument whose own braces and fonts stay, since they decide where its scripts or labels are set."""
        if not isinstance(argument, Group):
            return self.argument(argument, style)
        return Group(tuple([self.node(item, style) for item in attached(argument.items)]))

    def items(self, items: Sequence[Node], style: str, *, scripts_attached: bool = False) -> Items:
        """The items of a row in canonical form; style and font switches among them count."""
        done: Items = []
        may_change = self.thorough
        outer_style, outer_fonts = style, self.fonts
        for item in items:
            if isinstance(item, Symbol):
                if item.name not in _NOTABLE:
                    done.append(item)
                    continue
                if item.name in UNICODE_SCRIPTS and not scripts_attached:
                    self.fonts = outer_fonts
                    return self.items(attached(items), outer_style, scripts_attached=True)
                style = STYLE_SWITCHES.get(item.name, style)
                self.fonts += item.name in FONT_SWITCHES
                may_change = may_change or item.name in _ROW_TRIGGERS
            node = self.node(item, style)
            may_change = may_change or _changes_row(node)
            done.append(node)
        self.fonts = outer_fonts
        return self.rewritten_row(done, style) if may_change else done

    def rewritten_row(self, items: Items, style: str) -> Items:
        for rewrite in self.rewrites.rows:
            # KaTeX sets neighbouring letters of one font as one run of text; braces between them part the runs.
            in_font = self.fonts and rewrite.name == "row-braces"
            changed = whole_row_opened(items, style) if in_font else rewrite.apply(items, style)
            if changed is not None:
                items = self.parted(changed, style) if rewrite.name == "old-font" else changed
                self.count(rewrite.name)
        return items

    def parted(self, items: Items, style: str) -> Items:
        """The one command that a font switch became, by the rewrites of commands."""
        (command,) = items
        node = self.rewritten(command, style) if isinstance(command, Command) else command
        return list(node.items) if isinstance(node, Group) else [node]

    def fenced_row(self, row: Row, style: str) -> Row:
        r"""A row in front of ``\right``, where ``\dots`` draws a space that no other dots draw."""
        last = row.items[-1] if row.items else None
        if isinstance(last, Symbol) and last.name in DOTS:
            return Row((*self.items(row.items[:-1], style), last))
        return self.row(row, style)

    def character(self, node: Symbol) -> Node:
        """A Unicode character as its command; one of a font of its own stays inside other fonts."""
        if node.name in UNICODE_SCRIPTS or (self.fonts and node.name in OF_A_FONT):
            return node
        self.count("unicode")
        return NODES[node.name]

    def symbol(self, node: Symbol) -> Symbol:
        """Symbols have no children and only one rewrite: their synonym."""
        synonym = _SYNONYMS.get(node.name)
        if synonym is None:
            return node
        self.count("synonyms")
        return synonym

    def rewritten(self, node: Command | Scripts | Environment, style: str) -> Node:
        """A node whose children are canonical after all rewrites of its construct."""
        match node:
            case Command():
                return self.apply(node, self.rewrites.commands, style)
            case Scripts():
                return self.apply(node, self.rewrites.scripts, style)
            case Environment():
                return self.apply(node, self.rewrites.environments, style)
            case _:
                assert_never(node)

    def apply(self, node: Construct, rewrites: Iterable[NodeRewrite[Construct]], style: str) -> Node:
        for rewrite in rewrites:
            if self.fonts and rewrite.name == "font-scripts":
                continue  # as for braces in a row: see `rewritten_row`
            changed = rewrite.apply(node, style)
            if changed is None:
                continue
            self.count(rewrite.name)
            if isinstance(changed, rewrite.construct):
                node = changed
            elif isinstance(changed, Command | Scripts | Environment):
                return self.rewritten(changed, style)
            else:
                return changed
        return node

    def count(self, name: str) -> None:
        if self.fired is not None:
            self.fired[name] += 1


def _begins_with_scripts(items: Sequence[Node]) -> bool:
    """Whether scripts without a base are the first of the items."""
    return len(items) > 0 and isinstance(items[0], Scripts) and items[0].base is None


_SYNONYMS = {name: Symbol(synonym) for name, synonym in SYNONYMS.items() if name not in DOTS}


def _changes_row(node: Node) -> bool:
    """Whether rewrites of rows may change a row for this item of it."""
    if isinstance(node, Scripts):
        return not isinstance(node.base, Symbol) or CLASSES.get(node.base.name) == "SPACE"
    return isinstance(node, Group | Infix)


_OF_LETTERS = ("FONT", "OPERATORNAME")
"""Classes of commands that set the letters of their argument in another font."""

_AS_WIDE = frozenset(r"\widehat \widetilde \widecheck \utilde".split())
"""Accents whose width KaTeX chooses by the number of items below them."""

_ROW_TRIGGERS = DOTS | frozenset(r"\not \bf \rm \cal \it \sf \tt".split())
"""Symbols without which, and without groups, no row rewrite that is on by default changes a row."""

_NOTABLE = _ROW_TRIGGERS | STYLE_SWITCHES.keys() | FONT_SWITCHES.keys() | SYNONYMS.keys() | UNICODE.keys()
"""Symbols that are more than themselves to a row: looked up once, since most are not."""
