"""Rows of atoms with TeX's spaces between them (TeXbook, ch. 18), written as MathML.

Browsers would space operators by their own dictionary, which knows nothing of TeX's classes; so each operator
says how much space is on either side, and the rest is `mspace`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import groupby

SPACE = ""
"""Class of items that have no spacing of their own: white space, struts."""

_CLASSES = ("ord", "op", "bin", "rel", "open", "close", "punct", "inner")
_GAPS = dict(
    zip(
        _CLASSES,
        # Columns as the rows; 1 thin, 2 medium, 3 thick; negative: not in script styles.
        (
            (0, 1, -2, -3, 0, 0, 0, -1),
            (1, 1, 0, -3, 0, 0, 0, -1),
            (-2, -2, 0, 0, -2, 0, 0, -2),
            (-3, -3, 0, 0, -3, 0, 0, -3),
            (0, 0, 0, 0, 0, 0, 0, 0),
            (0, 1, -2, -3, 0, 0, 0, -1),
            (-1, -1, 0, -1, -1, -1, -1, -1),
            (-1, 1, -2, -3, -1, 0, -1, -1),
        ),
        strict=True,
    )
)
_WIDTHS = ("0", ".1667em", ".2222em", ".2778em")
_NO_BINARY_AFTER = frozenset({"bin", "op", "rel", "open", "punct"})
_NO_BINARY_BEFORE = frozenset({"rel", "close", "punct"})


@dataclass(frozen=True, slots=True)
class MathStyle:
    """Style in force at a place of a formula: math style and level (TeXbook, ch. 17), alphabet, colour, size.

    *marks* are the nodes to mark: by their ``id`` the places of their tokens (`hmer_suite.mathml.marks`).
    """

    display: bool = True
    level: int = 0
    font: str = ""
    color: str = ""
    size: float = 1.0
    depth: int = 0
    marks: Mapping[int, str] = field(default_factory=dict, compare=False, repr=False)

    def script(self) -> MathStyle:
        """The style of a script."""
        return replace(self, display=False, level=min(2, self.level + 1))

    def part(self) -> MathStyle:
        """The style of a fraction's parts."""
        return replace(self, display=False) if self.display else self.script()

    def attributes(self, outer: MathStyle) -> str:
        """Attributes that lead from *outer* to this style, for an element around the atoms that have it."""
        found = ""
        if (self.display, self.level) != (outer.display, outer.level):
            found += f' displaystyle="{str(self.display).lower()}" scriptlevel="{self.level}"'
        if self.color != outer.color:
            found += f' mathcolor="{escape(self.color)}"'
        if self.size != outer.size:
            found += f' mathsize="{self.size / outer.size:.3g}em"'
        return found


@dataclass(frozen=True, slots=True)
class SpacedElement:
    """A piece of a row: its spacing class and its MathML.

    With a *tag*, *body* is the text of that leaf (``mo``, ``mi``, ``mn``, ``mtext``), else a whole element.
    """

    spacing: str
    body: str
    tag: str = ""
    attributes: str = ""

    def xml(self, before: int = 0, after: int = 0) -> str:
        """The element; the spaces are for operators only."""
        if not self.tag:
            return self.body
        spaces = f' lspace="{_WIDTHS[before]}" rspace="{_WIDTHS[after]}"' if self.tag == "mo" else ""
        return f"<{self.tag}{self.attributes}{spaces}>{escape(self.body, quote=False)}</{self.tag}>"

    def marked(self, places: str) -> SpacedElement:
        """The element with the class ``mark`` and the *places* of its tokens; white space stays as it is."""
        if self.spacing == SPACE:
            return self
        attributes = f' class="mark" data-token="{places}"'
        if self.tag and "class=" not in self.attributes:
            return replace(self, attributes=self.attributes + attributes)
        return replace(self, body=f"<mrow{attributes}>{self.xml()}</mrow>", tag="", attributes="")

    @property
    def is_marked(self) -> bool:
        """Whether the element is a marked leaf."""
        return "data-token=" in self.attributes


Styled = tuple[SpacedElement, MathStyle]


def single(row: Sequence[Styled], outer: MathStyle) -> str:
    """A row as exactly one element, so that it can be an argument."""
    joined = _joined(row)
    if len(joined) == 1 and not joined[0][1].attributes(outer):
        return joined[0][0].xml()
    return f"<mrow>{set_row(joined, outer)}</mrow>"


def set_row(row: Sequence[Styled], outer: MathStyle) -> str:
    """The elements of a row, with the spaces between them; *outer* is the style around the row."""
    row = _joined(row)
    gaps = _gaps(row)
    elements = list(_elements([atom for atom, _ in row], gaps))
    parts = []
    numbered = zip((style for _, style in row), elements, strict=True)
    for attributes, group in groupby(numbered, key=lambda pair: pair[0].attributes(outer)):
        inner = "".join(element for _, element in group)
        parts.append(f"<mstyle{attributes}>{inner}</mstyle>" if attributes else inner)
    return "".join(parts)


def _elements(atoms: list[SpacedElement], gaps: list[int]) -> Iterable[str]:
    """Each atom's element: a gap goes into an operator where one touches it, else in front as white space."""
    for index, (atom, gap) in enumerate(zip(atoms, gaps, strict=True)):
        after = 0
        if atom.tag == "mo" and index + 1 < len(atoms) and atoms[index + 1].tag != "mo":
            after = gaps[index + 1]
        taken = atom.tag == "mo" or (index > 0 and atoms[index - 1].tag == "mo")
        space = f'<mspace width="{_WIDTHS[gap]}"/>' if gap and not taken else ""
        yield space + atom.xml(gap, after)


def _gaps(row: Sequence[Styled]) -> list[int]:
    """Width of the space in front of each atom: 0 none, 1 thin, 2 medium, 3 thick."""
    classes = _classes([atom.spacing for atom, _ in row])
    gaps = []
    previous = SPACE
    for (_, style), spacing in zip(row, classes, strict=True):
        gap = _GAPS[previous][_CLASSES.index(spacing)] if previous and spacing else 0
        gaps.append(max(0, gap if style.level else abs(gap)))
        previous = spacing or previous
    return gaps


def _classes(classes: list[str]) -> list[str]:
    """Spacing classes after rules 5 and 6 of the TeXbook's Appendix G: lone binary operators are ordinary."""
    out: list[str] = []
    last: int | None = None
    for index, spacing in enumerate(classes):
        out.append(spacing)
        if spacing == SPACE:
            continue
        if spacing == "bin" and (last is None or out[last] in _NO_BINARY_AFTER):
            out[index] = "ord"
        elif spacing in _NO_BINARY_BEFORE and last is not None and out[last] == "bin":
            out[last] = "ord"
        last = index
    if last is not None and out[last] == "bin":
        out[last] = "ord"
    return out


def _joined(row: Sequence[Styled]) -> list[Styled]:
    """The row with adjacent digits in one number, upright letters in one name and words in one text."""
    out: list[Styled] = []
    for index, (atom, style) in enumerate(row):
        if out and style == out[-1][1]:
            last = out[-1][0]
            following = row[index + 1][0].tag if index + 1 < len(row) else ""
            is_point = atom.body == "." and last.tag == following == "mn"
            plain = not atom.is_marked and not last.is_marked
            if plain and (is_point or (atom.tag == last.tag and _joins(atom) and _joins(last))):
                attributes = "" if last.tag == "mi" else last.attributes
                out[-1] = (replace(last, body=last.body + atom.body, attributes=attributes), style)
                continue
        out.append((atom, style))
    return out


UPRIGHT = ' mathvariant="normal"'


def _joins(atom: SpacedElement) -> bool:
    if atom.tag == "mi":
        upright = atom.attributes == UPRIGHT or (len(atom.body) > 1 and not atom.attributes)
        return upright and atom.spacing == "ord" and atom.body.isascii()
    return atom.tag == "mn" or (atom.tag == "mtext" and not atom.attributes)
