r"""LaTeX of a label graph: the formula whose layout tree it is.

What a graph does not tell is spelt in one way: a bar with something above or below it is a fraction, an accent spans
what its label says, a function's scripts follow it, limits are ``\limits`` where the operator takes them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hmer_suite.errors import InputError
from hmer_suite.latex.constructs import BRACES_ABOVE, BRACES_BELOW
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.predictions.label_graphs import (
    APPLICATION,
    BAR,
    GAP,
    RIGHT,
    TABLE,
    GraphSymbol,
    LabelGraph,
)
from hmer_suite.predictions.layouts import show

_SPAN = re.compile(r"(\\[A-Za-z]+)(?: (\d+))?")
_CELL = re.compile(r"Cell(\d+)\.(\d+)")
_LIMITS = ("LARGEOP", "NAMEDOP")
_ACCENTS = frozenset(name for name, cls in CLASSES.items() if cls == "ACCENT") | BRACES_ABOVE | BRACES_BELOW


@dataclass(slots=True)
class _Node:
    """A symbol with the heads of the rows that hang on it."""

    symbol: GraphSymbol
    right: str | None = None
    branches: dict[str, str] = field(default_factory=dict)
    has_parent: bool = False


@dataclass(frozen=True, slots=True)
class _Written:
    """LaTeX of a row up to its first gap, and what follows gaps, each with its first label.

    A row that begins with an accent has no `first`.
    """

    first: str | None
    more: tuple[tuple[str, str], ...] = ()


def latex_of(name: str, graph: LabelGraph) -> str:
    """LaTeX of a label graph, tokens separated by spaces; *name* is for messages.

    Raises:
        InputError: the relations are no tree, or a symbol has two rows in one place.
    """
    nodes = _tree(name, graph)
    roots = [key for key, node in nodes.items() if not node.has_parent]
    rows: dict[str, list[str]] = {}
    heads = list(roots)
    for head in heads:  # grows while it is read
        rows[head] = _row(nodes, head)
        heads.extend(branch for key in rows[head] for branch in nodes[key].branches.values())
    if sum(map(len, rows.values())) < len(nodes):
        raise InputError(f"{name}: the relations run in a circle")
    written: dict[str, _Written] = {}
    for head in reversed(heads):
        written[head] = _write_row([nodes[key] for key in rows[head]], written)
    return " ".join(filter(None, (_flat(written[head]) for head in roots)))


def _flat(row: _Written) -> str:
    """A row that hangs on nothing; a gap in it is an empty group."""
    return " { } ".join([*([] if row.first is None else [row.first]), *(latex for _, latex in row.more)])


def _tree(name: str, graph: LabelGraph) -> dict[str, _Node]:
    nodes = {symbol.name: _Node(symbol) for symbol in graph.symbols}
    # Beside what is on its left, a root's second symbol is related to the root, as LgEval's converter has it.
    on_the_right = {one.child for one in graph.relations if one.relation == RIGHT}
    for one in graph.relations:
        parent, child = nodes[one.parent], nodes[one.child]
        if one.relation != RIGHT and one.child in on_the_right:
            continue
        if child.has_parent:
            raise InputError(f"{name}: {show(one.child)} hangs on two symbols")
        child.has_parent = True
        if one.relation == RIGHT and parent.right is None:
            parent.right = one.child
        elif one.relation != RIGHT and one.relation not in parent.branches:
            parent.branches[one.relation] = one.child
        else:
            raise InputError(f"{name}: {show(one.parent)} has two symbols in relation {one.relation}")
    return nodes


def _row(nodes: Mapping[str, _Node], head: str) -> list[str]:
    """The symbols from *head* to the right, each at most once."""
    row = dict[str, None]()
    here: str | None = head
    while here is not None and here not in row:
        row[here] = None
        here = nodes[here].right
    return list(row)


def _write_row(row: Sequence[_Node], written: Mapping[str, _Written]) -> _Written:
    pieces: list[str] = []
    for node in row:
        branches = {relation: written[head] for relation, head in node.branches.items()}
        plain = {relation: part.first for relation, part in branches.items() if part.first is not None}
        pieces.append(_symbol(node.symbol.label, plain))
        for relation, part in branches.items():
            _put_more(pieces, relation, part.more)
    return _written(row, pieces)


def _written(row: Sequence[_Node], pieces: Sequence[str]) -> _Written:
    """A row cut at its gaps: what hangs there hangs on the same symbol again, or is an accent."""
    parts: list[tuple[str, list[str]]] = []
    begins = True
    for index, (node, piece) in enumerate(zip(row, pieces, strict=True)):
        if index and node.symbol.label == GAP and not node.branches:
            begins = True
        elif begins:
            parts.append((node.symbol.label, [piece]))
            begins = False
        else:
            parts[-1][1].append(piece)
    found = [(label, " ".join(filter(None, part))) for label, part in parts]
    if _accent(found[0][0]) is None:
        return _Written(found[0][1], tuple(found[1:]))
    return _Written(None, tuple(found))


def _accent(label: str) -> tuple[str, int] | None:
    """The accent that a label names, and how many symbols it spans; None for another label."""
    match = _SPAN.fullmatch(label)
    return (match[1], int(match[2] or 1)) if match is not None and match[1] in _ACCENTS else None


def _put_more(pieces: list[str], relation: str, more: Sequence[tuple[str, str]]) -> None:
    """Set accents over or under as many of the last pieces as they span, and further scripts on the last one."""
    sign = "_" if relation in ("Sub", "Below") else "^"
    for label, latex in more:
        accent = _accent(label)
        if accent is None:
            is_brace = any(pieces[-1].startswith(name) for name in BRACES_ABOVE | BRACES_BELOW)
            base = pieces[-1] if is_brace else f"{{ {pieces[-1]} }}"
            pieces[-1] = f"{base} {sign} {{ {latex} }}"
            continue
        command, width = accent
        start = max(0, len(pieces) - width)
        marked = f"{command} {{ {' '.join(filter(None, pieces[start:]))} }}"
        # The places that it spans stay, for accents over more of them.
        pieces[start:] = [*[""] * (len(pieces) - start - 1), marked]


def _symbol(label: str, branches: Mapping[str, str]) -> str:
    """A symbol with the rows that hang on it."""
    above, below, inside = (branches.get(name) for name in ("Above", "Below", "Inside"))
    cells = {name: text for name, text in branches.items() if _CELL.fullmatch(name)}
    if label == BAR and (above is not None or below is not None):
        text = f"\\frac {_group(above)} {_group(below)}"
    elif label == "\\atop":
        text = f"{{ {above or ''} \\atop {below or ''} }}"
    elif label == "\\sqrt":
        text = f"\\sqrt {f'[ {above} ] ' if above is not None else ''}{_group(inside)}"
    elif label == TABLE:
        text = _table(cells)
    elif inside is not None:
        text = f"{label} {_group(inside)}"
    else:
        text = _with_limits(label, above, below)
    for sign, relation in (("_", "Sub"), ("^", "Sup")):
        if relation in branches:
            text += f" {sign} {_group(branches[relation])}"
    return text.strip()


def _with_limits(label: str, above: str | None, below: str | None) -> str:
    text = _spelt(label)
    if above is None and below is None:
        return text
    if CLASSES.get(label) in _LIMITS:
        text += " \\limits"
        for sign, part in (("_", below), ("^", above)):
            if part is not None:
                text += f" {sign} {_group(part)}"
        return text
    if below is not None:
        text = f"\\underset {_group(below)} {{ {text} }}"
    return text if above is None else f"\\overset {_group(above)} {{ {text} }}"


def _spelt(label: str) -> str:
    """A label as LaTeX: fonts as commands, unknown functions as operators."""
    if label == APPLICATION:
        return ""
    if label == GAP:
        return "{ }"
    font, _, letter = label.partition(" ")
    if letter and CLASSES.get(font) in ("FONT", "TEXT"):
        return f"{font} {{ {letter} }}"
    if re.fullmatch(r"\\[A-Za-z]+", label) and label not in CLASSES:
        return f"\\operatorname {{ {' '.join(label[1:])} }}"
    return label


def _group(text: str | None) -> str:
    return f"{{ {text} }}" if text else "{ }"


def _table(cells: Mapping[str, str]) -> str:
    rows: dict[int, dict[int, str]] = defaultdict(dict)
    for name, text in cells.items():
        match = _CELL.fullmatch(name)
        if match is not None:
            rows[int(match[1])][int(match[2])] = text
    width = max((max(row) for row in rows.values()), default=1)
    lines = []
    for number in range(1, max(rows, default=0) + 1):
        row = rows.get(number, {})
        lines.append(" & ".join(row.get(column, "") for column in range(1, max(row, default=1) + 1)))
    body = r" \\ ".join(lines)
    return f"{TABLE} {{ {' '.join('l' * width)} }} {body} \\end{{array}}"
