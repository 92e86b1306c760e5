"""Environments: matrices, cases, arrays with lines, aligned equations."""

from __future__ import annotations

from dataclasses import replace

from hmer_suite.latex.constructs import (
    ALIGNED_ENVIRONMENTS,
    DISPLAY_ENVIRONMENTS,
    SCRIPT_ENVIRONMENTS,
    environment_fences,
)
from hmer_suite.latex.tree import Node
from hmer_suite.mathml.atoms import Atom, Style, single
from hmer_suite.mathml.delimiters import enclosed, fence_text
from hmer_suite.mathml.rows import KINDS, draw_items, draw_row, is_break
from hmer_suite.mathml.tables import Borders, draw_table


def _environment(node: Node, style: Style) -> Atom:
    columns, *lines = node.children
    inner = _environment_style(node.name, style)
    cells = [
        [_cell(cell, index, node.name, inner) for index, cell in enumerate(line.children[1:])]
        for line in lines
    ]
    if len(cells) > 1 and len(lines[-1].children) == 2 and not lines[-1].children[1].children:
        cells.pop()
    width = max(map(len, cells))
    borders = Borders(
        _column_lines(columns), {i for i, line in enumerate(lines) if line.children[0].children}
    )
    gaps = "pairs" if node.name in ALIGNED_ENVIRONMENTS else "even"
    drawn = draw_table(cells, _alignment(node.name, columns, width), inner, gaps, borders)
    fences = environment_fences(node.name)
    return Atom("inner", enclosed(drawn, *map(fence_text, fences))) if fences else Atom("ord", drawn)


def _cell(cell: Node, column: int, name: str, style: Style) -> str:
    """A cell; behind the ampersand of aligned lines stands an empty atom first, as amsmath has it."""
    if any(map(is_break, cell.children)):
        return draw_items(cell.children, style)
    row = draw_row(cell.children, style)
    if name in ALIGNED_ENVIRONMENTS and column % 2 and row:
        row.insert(0, (Atom("ord", "<mrow></mrow>"), style))
    return single(row, style)


def _environment_style(name: str, style: Style) -> Style:
    if name in SCRIPT_ENVIRONMENTS:
        return style.script()
    return replace(style, display=name in DISPLAY_ENVIRONMENTS)


def _alignment(name: str, columns: Node | None, width: int) -> list[str]:
    """Alignment of each column."""
    if name in ALIGNED_ENVIRONMENTS:
        pattern = ["right", "left"]
    elif name.startswith("eqnarray"):
        pattern = ["right", "center", "left"]
    elif name.endswith("cases"):
        pattern = ["left"]
    elif columns is not None:
        letters = [
            item.name for item in columns.walk() if item.kind == "symbol" and item.name in ("c", "l", "r")
        ]
        pattern = [{"c": "center", "l": "left", "r": "right"}[letter] for letter in letters] + ["center"]
        return (pattern + ["center"] * width)[:width]
    else:
        pattern = ["center"]
    return [pattern[index % len(pattern)] for index in range(width)]


def _column_lines(columns: Node | None) -> set[int]:
    """Numbers of the columns that a ``|`` of the specification stands in front of."""
    found: set[int] = set()
    seen = 0
    for item in columns.children if columns is not None and columns.kind == "text" else ():
        if item.kind == "symbol" and item.name == "|":
            found.add(seen)
        elif item.kind == "symbol" and item.name in ("c", "l", "r"):
            seen += 1
    return found


KINDS["environment"] = _environment
