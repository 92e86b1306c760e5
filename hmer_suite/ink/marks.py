r"""Symbol marks: which strokes of an ink are which symbol, and which token of the label each symbol is.

CROHME's training files group the traces of each symbol and, where they hold a MathML tree, name the element that the
symbol is. Annotators marked shapes, not tokens: a fraction bar is a ``-``, a ``\cdot`` a ``.``. The name of a shape is
its class here; `shape` gives the class of a token. Marks are targets of training and never an input.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hmer_suite.ink.labels import symbol_label

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    import numpy as np

    from hmer_suite.ink.inkml import InkDocument

_SHAPES = {"\\lt": "<", "\\gt": ">", "\\frac": "-", "\\cdot": ".", "\\cdots": "\\ldots"}


def shape(token: str) -> str:
    """The class by which annotators mark a token: tokens that are written alike share one."""
    return _SHAPES.get(token, token)


@dataclass(frozen=True, slots=True)
class Mark:
    """A symbol that is marked in the ink.

    `name` is its class, `traces` are the places of its traces in the ink. `token` is the place of its token in the
    label, or -1 where that is not known.
    """

    name: str
    traces: tuple[int, ...]
    token: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class InkSample:
    """The ink of one formula as a recogniser meets it.

    `traces` are arrays (n, 2) of x to the right and y down; `unit` is the height of a typical full-size symbol in
    their units. `marks` are there for training only, and empty where nobody marked the symbols.
    """

    traces: tuple[np.ndarray, ...]
    unit: float
    marks: tuple[Mark, ...] = ()

    @property
    def fully_marked(self) -> bool:
        """Whether every trace belongs to exactly one mark."""
        return sorted(trace for mark in self.marks for trace in mark.traces) == list(range(len(self.traces)))


def ink_sample(ink: InkDocument, label: str = "") -> InkSample:
    """The ink with the marks that belong to `label` (canonical tokens); its traces must not be empty."""
    from hmer_suite.ink.symbol_height import symbol_height

    return InkSample(ink.traces, symbol_height(ink.traces), marks_of(ink, label.split()))


def marks_of(ink: InkDocument, tokens: Sequence[str]) -> tuple[Mark, ...]:
    """The marked symbols of an ink, each with its token in the label as far as that is certain.

    A token is certain where the MathML tree names as many symbols of its class as the label has, since both name
    them in the same order, and where a class has a single token and a single mark.
    """
    names = [shape(symbol_label(group.label)) for group in ink.groups]
    places: dict[str, list[int]] = defaultdict(list)
    for place, token in enumerate(tokens):
        places[shape(token)].append(place)
    by_id = _tokens_by_id(ink.mathml, places)
    marks = []
    for name, group in zip(names, ink.groups, strict=True):
        token = by_id.get((name, group.mathml_id), -1)
        if token < 0 and names.count(name) == len(places[name]) == 1:
            token = places[name][0]
        marks.append(Mark(name, group.traces, token))
    return tuple(marks)


def _tokens_by_id(mathml: Element | None, places: dict[str, list[int]]) -> dict[tuple[str, str], int]:
    """Places in the label by the class and the id of MathML elements."""
    if mathml is None:
        return {}
    ids: dict[str, list[str]] = defaultdict(list)
    for name, id in _named_elements(mathml):
        ids[name].append(id)
    return {
        (name, id): place
        for name, found in ids.items()
        if len(found) == len(places[name])
        for id, place in zip(found, places[name], strict=True)
        if id
    }


def _named_elements(element: Element) -> Iterator[tuple[str, str]]:
    """Class and id of each element that stands for a symbol, in the order of the LaTeX that it becomes."""
    tag = element.tag.rpartition("}")[2]
    id = element.get("{http://www.w3.org/XML/1998/namespace}id") or element.get("id") or ""
    if tag in ("mi", "mo", "mn", "mtext"):
        yield shape(symbol_label("".join(element.itertext()))), id
        return
    if tag == "mfrac":
        yield "-", id
    elif tag in ("msqrt", "mroot"):
        yield "\\sqrt", id
    # The index of a root stands in front of its radicand in LaTeX, behind it in MathML.
    for child in reversed(element) if tag == "mroot" else element:
        yield from _named_elements(child)
