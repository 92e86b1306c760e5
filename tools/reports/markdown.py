"""Markdown of the reports: a page with its sections, tables, lists, code blocks and images.

Blocks are strings without a newline at the end; a page joins them with blank lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

Cell = str | int | float | None
"""A table's cell: text as it is, an integer with thousands separators, a float with two decimals, None empty."""

_NUMERIC = re.compile(r"(?:[-+*\d,.()%/<]|\b(?:to|of|ms|s|h|M|MB)\b|\s)*")


def page(title: str, command: str, *blocks: str, note: str = "") -> str:
    """A whole report: heading, the command that wrote it (`note` follows directly), and blocks; empty ones are left
    out."""
    return join_blocks(f"# {title}", f"Written by `{command}`{note}.", *blocks) + "\n"


def section(title: str, *blocks: str, level: int = 2) -> str:
    """A heading and its blocks."""
    return join_blocks(f"{'#' * level} {title}", *blocks)


def join_blocks(*blocks: str) -> str:
    """The blocks that are not empty, with blank lines between them."""
    return "\n\n".join(block for block in blocks if block)


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table; columns in which every cell is a number, a range or empty are aligned to the right.

    Raises ValueError for a row that is longer or shorter than the head.
    """
    texts = [[_text(cell) for cell in row] for row in rows]
    columns = list(zip(head, *texts, strict=True))
    rule = "|".join("---:" if _is_numeric(cells) else "---" for _, *cells in columns)
    return "\n".join([_line(head), f"|{rule}|", *map(_line, texts)])


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.2f}"
    return f"{cell:,}" if isinstance(cell, int) else re.sub(r"(?<!\\)\|", r"\\|", cell)


def _is_numeric(cells: Sequence[str]) -> bool:
    return any(re.search(r"\d", cell) for cell in cells) and all(map(_NUMERIC.fullmatch, cells))


def _line(cells: Iterable[str]) -> str:
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def bullets(items: Iterable[str]) -> str:
    """A list with a bullet before each item."""
    return "\n".join(f"- {item}" for item in items)


def code(text: str) -> str:
    """A block of code or of a program's output."""
    return f"```\n{text}\n```"


def image(caption: str, name: str) -> str:
    """An image file in the folder of the report."""
    return f"![{caption}]({name})"
