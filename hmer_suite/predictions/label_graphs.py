"""Label graphs (``.lg``) of formulas at the level of symbols, the format of CROHME and LgEval.

A file has an object a symbol and a relation a pair of symbols (H. Mouchere, R. Zanibbi et al., CROHME 2019, task 2)::

    # IUD, NAME
    # Objects(2):
    O, x_1, x, 1.0, O
    O, 2_1, 2, 1.0, OSup

    # Relations from SRT:
    R, x_1, 2_1, Sup, 1.0

The last field of an object is its path from the first symbol, by which LgEval knows it; graphs of ink have the numbers
of its strokes there, and are read as well. A comma is written ``COMMA``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from hmer_suite.errors import InputError
from hmer_suite.predictions.layouts import show

BAR = "-"
"""Label of a fraction bar, which LgEval cannot tell from a minus sign."""
TABLE = "\\begin{array}"
"""Label of the symbol on which the cells of any table hang; its fences are symbols beside it."""
APPLICATION = "\N{FUNCTION APPLICATION}"
"""Label of the invisible symbol after a named function, on which its scripts hang."""
GAP = "{}"
"""Label of a place without a symbol on which scripts hang."""

RIGHT = "Right"
"""Relation to the next symbol of a row."""

_RELATIONS = {
    **dict.fromkeys(("r", "right", "hor", "horizontal"), RIGHT),
    **dict.fromkeys(("sup", "super"), "Sup"),
    **dict.fromkeys(("sub", "subsc"), "Sub"),
    **dict.fromkeys(("above", "a", "upper", "ulimit"), "Above"),
    **dict.fromkeys(("below", "b", "under", "llimit"), "Below"),
    **dict.fromkeys(("inside", "i"), "Inside"),
}
"""Relations by the names that LgEval's converters know, in lower case."""


@dataclass(frozen=True, slots=True)
class GraphSymbol:
    """A symbol: its name within the graph, its label, and its path from the first symbol, such as ``ORightSup``."""

    name: str
    label: str
    path: str


@dataclass(frozen=True, slots=True)
class GraphRelation:
    """A relation (``Right``, ``Sup``, ``Sub``, ``Above``, ``Below``, ``Inside``, ``Cell1.2``) between two symbols."""

    parent: str
    child: str
    relation: str


@dataclass(frozen=True, slots=True)
class LabelGraph:
    """The symbols of a formula, outer ones first, and their relations."""

    symbols: tuple[GraphSymbol, ...]
    relations: tuple[GraphRelation, ...]


def named(labels: Iterable[str]) -> list[str]:
    """Names of symbols with these labels: the label and its number among the equal ones, as in ``x_2``."""
    seen: Counter[str] = Counter()
    names = []
    for label in labels:
        seen[label] += 1
        names.append(f"{label}_{seen[label]}")
    return names


def write_label_graph(name: str, graph: LabelGraph) -> str:
    """The text of the ``.lg`` file of a formula."""
    lines = [f"# IUD, {_field(name)}", f"# Objects({len(graph.symbols)}):"]
    lines += [f"O, {_field(one.name)}, {_field(one.label)}, 1.0, {one.path}" for one in graph.symbols]
    lines += ["", "# Relations from SRT:"]
    lines += [f"R, {_field(one.parent)}, {_field(one.child)}, {one.relation}, 1.0" for one in graph.relations]
    return "\n".join(lines) + "\n"


def _field(text: str) -> str:
    return text.replace(",", "COMMA")


def parse_label_graph(name: str, text: str) -> LabelGraph:
    """The label graph in the text of a ``.lg`` file.

    Raises:
        InputError: a line is none of such a file, a relation has an unknown symbol, or the graph has no symbols but
            strokes (lines N and E).
    """
    symbols: list[GraphSymbol] = []
    relations: list[tuple[int, GraphRelation]] = []
    for number, line in enumerate(text.splitlines(), 1):
        fields = [field.strip() for field in line.split(",")]
        if not line.strip() or line.startswith("#"):
            continue
        kind = fields[0]
        if kind == "O" and len(fields) >= 3:
            path = fields[4] if len(fields) == 5 else ""
            symbols.append(GraphSymbol(fields[1], fields[2].replace("COMMA", ","), path))
        elif kind in ("R", "EO") and len(fields) >= 4:
            relation = _RELATIONS.get(fields[3].lower(), fields[3])
            relations.append((number, GraphRelation(fields[1], fields[2], relation)))
        elif kind in ("N", "E"):
            raise InputError(
                f"{name}:{number}: a label graph of strokes (lines N and E), expected one of symbols (lines O and R), "
                "as lg2OR of LgEval writes it"
            )
        else:
            raise InputError(f"{name}:{number}: {show(line)} is no line of a label graph")
    known = {symbol.name for symbol in symbols}
    if len(known) < len(symbols):
        raise InputError(f"{name}: two symbols of one name")
    for number, one in relations:
        if not {one.parent, one.child} <= known:
            stranger = one.parent if one.parent not in known else one.child
            raise InputError(
                f"{name}:{number}: a relation of {show(stranger)}, which is no symbol of the graph"
            )
    return LabelGraph(tuple(symbols), tuple(one for _, one in relations))
