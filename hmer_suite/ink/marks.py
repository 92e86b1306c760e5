r"""Symbol marks: the strokes of each symbol in an ink, and its token in the label.

CROHME's training files group the traces of each symbol and, if they hold a MathML tree, name the symbol's element in
it. Annotators marked shapes rather than tokens: a fraction bar is a ``-``, a ``\cdot`` a ``.``. Here the name of a
shape is its class, and `shape` returns the class of a token. Marks are targets of training and never an input.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from hmer_suite.ink.inkml import InkDocument
from hmer_suite.ink.labels import symbol_label
from hmer_suite.ink.symbol_height import symbol_height
from hmer_suite.specs.samples import InkSample, Mark

_SHAPES = {"\\lt": "<", "\\gt": ">", "\\frac": "-", "\\cdot": ".", "\\cdots": "\\ldots"}


def shape(token: str) -> str:
    """The class of a token in annotations; tokens that look alike share one."""
    return _SHAPES.get(token, token)


def ink_sample(ink: InkDocument, label: str = "") -> InkSample:
    """The ink of a document that has traces, with marks linked to `label` (canonical tokens)."""
    return InkSample(ink.traces, symbol_height(ink.traces), marks_of(ink, label.split()))


def marks_of(ink: InkDocument, tokens: Sequence[str]) -> tuple[Mark, ...]:
    """The marked symbols of an ink, each with its token in the label if that is certain.

    It is certain if the MathML tree has as many symbols of its class as the label, since both have them in the same
    order, or if the class has a single token and a single mark.
    """
    names = [shape(symbol_label(group.label)) for group in ink.groups]
    places: dict[str, list[int]] = defaultdict(list)
    for place, token in enumerate(tokens):
        places[shape(token)].append(place)
    by_id = _tokens_by_id(ink.mathml, places)
    marks = []
    for name, group in zip(names, ink.groups, strict=True):
        place = by_id.get((name, group.mathml_id), -1)
        if place < 0 and names.count(name) == len(places[name]) == 1:
            place = places[name][0]
        marks.append(Mark(name, group.traces, place))
    return tuple(marks)


def _tokens_by_id(mathml: Element | None, places: dict[str, list[int]]) -> dict[tuple[str, str], int]:
    """Indices of tokens in the label, keyed by class and id of the MathML element."""
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
    """Class and id of each element that is a symbol, in the order of the corresponding LaTeX."""
    tag = element.tag.rpartition("}")[2]
    id = element.get("{http://www.w3.org/XML/1998/namespace}id") or element.get("id") or ""
    if tag in ("mi", "mo", "mn", "mtext"):
        yield shape(symbol_label("".join(element.itertext()))), id
        return
    if tag == "mfrac":
        yield "-", id
    elif tag in ("msqrt", "mroot"):
        yield "\\sqrt", id
    # The index of a root comes before its radicand in LaTeX and after it in MathML.
    for child in reversed(element) if tag == "mroot" else element:
        yield from _named_elements(child)
