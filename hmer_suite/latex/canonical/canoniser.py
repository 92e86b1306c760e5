r"""Canonical spelling: rewrites that change how a formula is written and never what is drawn.

Each rewrite is a named entry of `REWRITES`, documented by its docstring and an example, and proved by
`make oracle`, which lets KaTeX draw both spellings (`reports/canonical.md`). Those that the drawing does not
confirm in every case are marked ``default=False``.

A rewrite takes a node (or the items of a row) whose children are already canonical, and the style it stands in,
since ``\limits`` and ``\dfrac`` mean something only where the style is not theirs already (TeXbook, ch. 17).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from hmer_suite.latex.canonical import nodes, rows
from hmer_suite.latex.canonical.rewrite import Items, Rewrite, braced_group
from hmer_suite.latex.canonical.styles import DISPLAY, STYLE_SWITCHES, child_styles
from hmer_suite.latex.constructs import SYNONYMS
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tokens import join, split
from hmer_suite.latex.tree import LatexSyntaxError, Node, parse, unparse

REWRITES = (*nodes.REWRITES, *rows.REWRITES)
"""All rewrites, in the order in which they are tried."""


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


def canonical_tree(tree: Node, *, extra: tuple[str, ...] = (), fired: Counter[str] | None = None) -> Node:
    """The canonical form of a parsed formula; *fired*, if given, counts the rewrites that changed something."""
    return _Canoniser(_enabled(extra), fired).node(tree, DISPLAY)


def rewrites_digest() -> str:
    """Eight hexadecimal digits that name the rewrites in force and the synonyms, for signatures."""
    names = [f"{rewrite.name} {rewrite.before} {rewrite.after}" for rewrite in REWRITES if rewrite.default]
    return hashlib.sha256("\n".join([*names, *map(" ".join, SYNONYMS.items())]).encode()).hexdigest()[:8]


@lru_cache
def _enabled(extra: tuple[str, ...]) -> dict[str, tuple[Rewrite, ...]]:
    """Rewrites in force, by kind of node.

    Raises:
        ValueError: *extra* names a rewrite that does not exist.
    """
    unknown = set(extra) - {rewrite.name for rewrite in REWRITES}
    if unknown:
        raise ValueError(f"no such rewrite: {', '.join(sorted(unknown))}")
    chosen = [rewrite for rewrite in REWRITES if rewrite.default or rewrite.name in extra]
    kinds = {rewrite.kind for rewrite in chosen}
    return {kind: tuple(rewrite for rewrite in chosen if rewrite.kind == kind) for kind in kinds}


class _Canoniser:
    """One pass over a tree, children first, applying the rewrites of each node's kind in order."""

    def __init__(self, rewrites: dict[str, tuple[Rewrite, ...]], fired: Counter[str] | None):
        self.rewrites = rewrites
        self.fired = fired
        self.thorough = any(not rewrite.default for rewrite in rewrites.get("row", ()))

    def node(self, node: Node, style: str) -> Node:
        if node.kind in ("row", "group", "math"):
            return Node(node.kind, node.name, tuple(self.items(node.children, style)))
        return self._rewritten(Node(node.kind, node.name, self._children(node, style)), style)

    def _children(self, node: Node, style: str) -> tuple[Node | None, ...]:
        if node.kind == "fenced":
            return tuple(
                self._fenced_row(part, style) if part.kind == "row" else self._leaf(part)
                for part in node.children
            )
        if not node.children:
            return ()
        styles = child_styles(node, style)
        children = tuple(
            child and (self._leaf(child) if child.kind == "symbol" else self.node(child, inner))
            for child, inner in zip(node.children, styles, strict=True)
        )
        first, last = node.children[0], node.children[-1]
        if node.kind == "scripts" and first is not None and CLASSES.get(first.name) == "ACCENT":
            accented = Node("command", first.name, (None, self._frozen(first.children[1], style)))
            return (self._rewritten(accented, style), *children[1:])
        if node.kind == "command" and CLASSES.get(node.name) == "STACK":
            return (*children[:-1], self._frozen(last, style))
        return children

    def _frozen(self, argument: Node, style: str) -> Node:
        """An argument whose own braces and fonts stay, since they decide where scripts or labels of it stand."""
        if argument.kind != "group":
            return self._leaf(argument)
        items = (
            self._leaf(item) if item.kind == "symbol" else self.node(item, style)
            for item in argument.children
        )
        return braced_group(*items)

    def items(self, items: Iterable[Node], style: str) -> Items:
        done: Items = []
        may_change = self.thorough
        for item in items:
            if item.kind == "symbol":
                style = STYLE_SWITCHES.get(item.name, style)
                may_change = may_change or item.name in _ROW_TRIGGERS
                done.append(self._leaf(item))
            else:
                done.append(self.node(item, style))
                may_change = may_change or done[-1].kind in ("group", "infix")
        return self._rewritten_row(done, style) if may_change else done

    def _rewritten_row(self, items: Items, style: str) -> Items:
        for rewrite in self.rewrites.get("row", ()):
            changed = rewrite.apply(items, style)
            if changed is not None:
                items = changed
                self._count(rewrite)
        return items

    def _fenced_row(self, row: Node, style: str) -> Node:
        r"""A row in front of ``\right``, where ``\dots`` draws a space that no other dots draw."""
        ends_with_dots = bool(row.children) and row.children[-1].name == "\\dots"
        items = row.children[:-1] if ends_with_dots else row.children
        return Node("row", "", (*self.items(items, style), *row.children[len(items) :]))

    def _leaf(self, node: Node) -> Node:
        """Symbols have no children and only one rewrite: their synonym."""
        synonym = SYNONYMS.get(node.name)
        if synonym is None:
            return node
        if self.fired is not None:
            self.fired["synonyms"] += 1
        return Node("symbol", synonym)

    def _rewritten(self, node: Node, style: str) -> Node:
        for rewrite in self.rewrites.get(node.kind, ()):
            changed = rewrite.apply(node, style)
            if changed is not None:
                self._count(rewrite)
                if changed.kind != node.kind:
                    return self._rewritten(changed, style)
                node = changed
        return node

    def _count(self, rewrite: Rewrite) -> None:
        if self.fired is not None:
            self.fired[rewrite.name] += 1


_ROW_TRIGGERS = frozenset(r"\not \dots \bf \rm \cal \it \sf \tt".split())
"""Symbols without which, and without groups, no row rewrite that is on by default changes a row."""


# --- styles ---------------------------------------------------------------------------------------------------

# --- what a node looks like from its neighbours ---------------------------------------------------------------


# --- rewrites of single symbols -------------------------------------------------------------------------------

# --- rewrites of nodes ----------------------------------------------------------------------------------------


# --- rewrites of rows, in this order --------------------------------------------------------------------------


# --- off by default: the drawing changes, though handwriting could not show it --------------------------------
