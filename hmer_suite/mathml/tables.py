"""Tables of drawn cells: alignment, gaps and lines as CSS, since Core has no attributes for them."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.mathml.spacing import MathStyle


class Borders:
    """Lines of a table: in front of these columns, on top of these rows."""

    def __init__(self, columns: set[int], rows: set[int]):
        self.columns = columns
        self.rows = rows

    def css(self, row: int, column: int, height: int, width: int) -> str:
        """Borders of a cell; the last row and column have those after them, too."""
        sides = {
            "top": row in self.rows,
            "bottom": row == height - 1 and height in self.rows,
            "left": column in self.columns,
            "right": column == width - 1 and width in self.columns,
        }
        return "".join(f"border-{side}:.05em solid;" for side, drawn in sides.items() if drawn)


_NO_BORDERS = Borders(set(), set())


def draw_table(
    rows: Sequence[Sequence[str]],
    alignment: Sequence[str],
    style: MathStyle,
    gaps: str = "even",
    borders: Borders = _NO_BORDERS,
) -> str:
    """An ``mtable``; *gaps* says how columns are spaced: ``even``, or in ``pairs`` around the relation."""
    width = len(alignment)
    framed = bool(borders.columns)
    lines = []
    for number, cells in enumerate(rows):
        filled = [*cells, *[""] * (width - len(cells))]
        lines.append(
            "".join(
                f'<mtd style="{borders.css(number, column, len(rows), width)}'
                f'{_align_css(alignment[column])}{_padding_css(column, width, gaps, framed)}">{cell}</mtd>'
                for column, cell in enumerate(filled)
            )
        )
    shown = f'displaystyle="{str(style.display).lower()}" scriptlevel="{style.level}"'
    body = "".join(f"<mtr>{line}</mtr>" for line in lines)
    return f'<mtable {shown} style="border-collapse:collapse">{body}</mtable>'


def _align_css(side: str) -> str:
    # Centred is the default. For children that are blocks, Chromium heeds its own keywords only.
    return "" if side == "center" else f"text-align:{side};text-align:-webkit-{side};"


def _padding_css(column: int, width: int, gaps: str, framed: bool) -> str:
    left = "0" if column == 0 and not framed else ".5em"
    right = "0" if column == width - 1 and not framed else ".5em"
    if gaps == "pairs":
        left, right = ("1em" if column and column % 2 == 0 else "0"), "0"
    return f"padding:.25em {right} .25em {left}"
