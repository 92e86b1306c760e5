"""Environments: matrices, cases, arrays with lines, aligned equations."""

from __future__ import annotations

from dataclasses import replace

from hmer_suite.latex.constructs import (
    ALIGNED_ENVIRONMENTS,
    DISPLAY_ENVIRONMENTS,
    SCRIPT_ENVIRONMENTS,
    environment_fences,
)
from hmer_suite.latex.nodes import Environment, Row, Symbol, Text, walk
from hmer_suite.mathml.delimiters import enclosed, fence_text
from hmer_suite.mathml.rows import DRAWERS, draw_items, draw_row, is_break
from hmer_suite.mathml.spacing import MathStyle, SpacedElement, single
from hmer_suite.mathml.tables import Borders, draw_table


def _environment(node: Environment, style: MathStyle) -> SpacedElement:
    columns, lines = node.columns, node.lines
    inner = _environment_style(node.name, style)
    cells = [
        [_cell(cell, index, node.name, inner) for index, cell in enumerate(line.cells)] for line in lines
    ]
    if len(cells) > 1 and len(lines[-1].cells) == 1 and not lines[-1].cells[0].items:
        cells.pop()
    width = max(map(len, cells))
    borders = Borders(_column_lines(columns), {i for i, line in enumerate(lines) if line.hlines.items})
    gaps = "pairs" if node.name in ALIGNED_ENVIRONMENTS else "even"
    drawn = draw_table(cells, _alignment(node.name, columns, width), inner, gaps, borders)
    fences = environment_fences(node.name)
    return (
        SpacedElement("inner", enclosed(drawn, *map(fence_text, fences)))
        if fences
        else SpacedElement("ord", drawn)
    )


def _cell(cell: Row, column: int, name: str, style: MathStyle) -> str:
    """A cell; after the ampersand of aligned lines an empty atom comes first, as in amsmath."""
    if any(map(is_break, cell.items)):
        return draw_items(cell.items, style)
    row = draw_row(cell.items, style)
    if name in ALIGNED_ENVIRONMENTS and column % 2 and row:
        row.insert(0, (SpacedElement("ord", "<mrow></mrow>"), style))
    return single(row, style)


def _environment_style(name: str, style: MathStyle) -> MathStyle:
    if name in SCRIPT_ENVIRONMENTS:
        return style.script()
    return replace(style, display=name in DISPLAY_ENVIRONMENTS)


def _alignment(name: str, columns: Text | None, width: int) -> list[str]:
    """Alignment of each column."""
    if name in ALIGNED_ENVIRONMENTS:
        pattern = ["right", "left"]
    elif name.startswith("eqnarray"):
        pattern = ["right", "center", "left"]
    elif name.endswith("cases"):
        pattern = ["left"]
    elif columns is not None:
        letters = [
            item.name for item in walk(columns) if isinstance(item, Symbol) and item.name in ("c", "l", "r")
        ]
        pattern = [{"c": "center", "l": "left", "r": "right"}[letter] for letter in letters] + ["center"]
        return (pattern + ["center"] * width)[:width]
    else:
        pattern = ["center"]
    return [pattern[index % len(pattern)] for index in range(width)]


def _column_lines(columns: Text | None) -> set[int]:
    """Numbers of the columns with a ``|`` of the specification in front of them."""
    found: set[int] = set()
    seen = 0
    for item in columns.items if columns is not None else ():
        if not isinstance(item, Symbol):
            continue
        if item.name == "|":
            found.add(seen)
        elif item.name in ("c", "l", "r"):
            seen += 1
    return found


DRAWERS.environment = _environment
