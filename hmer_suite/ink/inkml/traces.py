"""Traces of an InkML file: which are ink, in which order, and where they are on the canvas (sections 3 and 4).

Ink is every trace outside of ``definitions``, and what trace views show of those inside. Traces that were recorded
while the pen was up are not ink. Continuations are joined to what they continue.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.ink import document
from hmer_suite.ink.inkml.channels import PEN_DOWN, THIRD_VALUE_FORMAT, TraceFormat, read_format
from hmer_suite.ink.inkml.contexts import DEFAULT_CONTEXT, Context, Contexts
from hmer_suite.ink.inkml.coordinates import CoordinateReader
from hmer_suite.ink.inkml.points import Points, read_points
from hmer_suite.ink.inkml.references import References
from hmer_suite.ink.inkml.views import Part, Views
from hmer_suite.ink.xml_tree import MAX_DEPTH, id_of, local_name, named, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TYPES = ("pendown", "penup", "indeterminate")

_CONTINUATIONS = ("begin", "middle", "end")

_WITHOUT_INK = frozenset(("annotation", "annotationXML"))


class TraceReader:
    """The ink of one file. After `read`, `traces` has its arrays (points, 2) and `places` their places by id."""

    def __init__(self, root: Element, name: str) -> None:
        self._root = root
        self._name = name
        self._references = References(root, name)
        self._contexts = Contexts(self._references)
        self._views = Views(self._references)
        self._coordinates = CoordinateReader()
        self._pieces: list[list[np.ndarray]] = []
        self._current = DEFAULT_CONTEXT
        self._shown: dict[Part, int] = {}
        self._points = 0
        self._unplaced = 0
        self.places: dict[str, int] = {}
        self.not_ink: set[str] = set()
        self.notes: list[str] = []

    @property
    def traces(self) -> tuple[np.ndarray, ...]:
        """The traces as float32; `InputError` where there are too many."""
        joined = (pieces[0] if len(pieces) == 1 else np.concatenate(pieces) for pieces in self._pieces)
        return document.finished(joined, self._name)

    def read(self) -> None:
        """Read all traces; raises `InputError` for what is malformed."""
        self._walk(self._root, 0)
        if self._unplaced:
            self.notes.append(f"points without a position left out: {self._unplaced}")

    def members(self, group: Element) -> tuple[list[int], list[str]]:
        """Places of the traces that are directly in a group or shown there, and references to nothing."""
        places: list[int] = []
        unknown: list[str] = []
        for child in group:
            kind = local_name(child)
            if kind == "traceView":
                self._members_of_view(child, places, unknown)
            elif kind == "trace" and Part(child) in self._shown:
                places.append(self._shown[Part(child)])
        return places, unknown

    def _members_of_view(self, view: Element, places: list[int], unknown: list[str]) -> None:
        reference = view.get("traceDataRef", "").lstrip("#")
        if reference in self.places:
            places.append(self.places[reference])
        elif reference not in self.not_ink:
            parts = self._views.parts(view)
            found = [self._place(part) for part in parts]
            places.extend(place for place in found if place is not None)
            if not parts:
                unknown.append(reference)

    def _place(self, part: Part) -> int | None:
        return self._shown.get(part, self._shown.get(Part(part.trace)))

    @cached_property
    def _defined(self) -> dict[Element, str]:
        """Traces inside of ``definitions``, each with the reference to its context, or an empty one."""
        found: dict[Element, str] = {}
        for definitions in named(self._root, "definitions"):
            self._define(definitions, "", found, 0)
        return found

    def _define(self, element: Element, reference: str, found: dict[Element, str], depth: int) -> None:
        self._check_depth(depth)
        for child in element:
            own = child.get("contextRef") or reference
            if local_name(child) == "trace":
                found[child] = own
            elif local_name(child) == "traceGroup":
                self._define(child, own, found, depth + 1)

    def _check_depth(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise InputError(f"{self._name}: elements nested more than {MAX_DEPTH} deep")

    def _walk(self, element: Element, depth: int) -> None:
        self._check_depth(depth)
        for child in element:
            kind = local_name(child)
            if kind == "trace":
                self._add(Part(child), self._context_of(child))
            elif kind == "traceGroup":
                outside, self._current = self._current, self._context_of(child)
                self._walk(child, depth + 1)
                self._current = outside
            elif kind == "traceView":
                self._show(child)
            elif kind == "context":
                self._current = self._contexts.read(child, self._current)
            elif kind == "traceFormat":
                self._current = self._contexts.with_format(self._current, child)
            elif kind != "definitions" and kind not in _WITHOUT_INK:
                self._walk(child, depth + 1)

    def _context_of(self, element: Element) -> Context:
        reference = element.get("contextRef")
        return self._contexts.get(reference, self._current) if reference else self._current

    def _show(self, view: Element) -> None:
        """Add what a view shows of traces that are not ink by themselves, each part once."""
        if not self._defined:
            return
        context = self._context_of(view)
        for part in self._views.parts(view):
            own = self._defined.get(part.trace)
            if own is not None and part not in self._shown:
                self._add(part, self._contexts.get(own, context))

    def _add(self, part: Part, context: Context) -> None:
        element = part.trace
        text = text_of(element).strip(", \n\t")
        if not text:
            return
        id = id_of(element) or str(len(self._pieces))
        where = f"{self._name}: trace {id}"
        kind = element.get("type", "penDown").strip().lower()
        if kind not in _TYPES:
            raise InputError(f"{where}: the type {kind!r}, expected penDown, penUp or indeterminate")
        prior = self._prior(element, where)
        if kind == "penup" or prior in self.not_ink:
            self.not_ink.add(id)
            return
        self._count(text)
        points = read_points(text, self._format_of(text, context, where), where)
        pieces = list(self._pieces_of(points, context, kind == "indeterminate", part))
        if pieces:
            self._place_pieces(pieces, id, part, prior)
        else:
            self.not_ink.add(id)

    def _format_of(self, text: str, context: Context, where: str) -> TraceFormat:
        """The format of a trace.

        Where none is in force it is the default, X and Y. Points with more than two values then follow a format that
        the file declares, although nothing refers to it, if there is only one.
        """
        width = 2 if context.format.declared else _first_width(text)
        if width <= 2:
            return context.format
        if not self._formats:
            return THIRD_VALUE_FORMAT if self._has_third_values else context.format
        if len(self._formats) == 1 and len(self._formats[0].regular) == width:
            return self._formats[0]
        raise InputError(f"{where}: no trace format is in force for points of {width} values")

    @cached_property
    def _has_third_values(self) -> bool:
        """Whether a trace of several points has three values in a point; a lone point may be short of commas."""
        texts = map(text_of, named(self._root, "trace"))
        return any("," in text.rstrip(",") and _first_width(text) == 3 for text in texts)

    @cached_property
    def _formats(self) -> list[TraceFormat]:
        return [read_format(element, self._name) for element in named(self._root, "traceFormat")]

    def _place_pieces(self, pieces: list[np.ndarray], id: str, part: Part, prior: str) -> None:
        continued = self.places.get(prior) if prior else None
        if continued is not None:
            self._pieces[continued].append(pieces.pop(0))
        place = len(self._pieces) if continued is None else continued
        self._pieces.extend([piece] for piece in pieces)
        self._shown[part] = place
        self.places[id] = place

    def _count(self, text: str) -> None:
        """Refuse a file with too many points before they are decoded."""
        self._points += text.count(",") + 1
        if self._points > document.MAX_POINTS:
            raise InputError(f"{self._name}: more than the {document.MAX_POINTS:,} points that are read")

    def _prior(self, element: Element, where: str) -> str:
        """The id of the trace that this one continues, or empty."""
        continuation = element.get("continuation")
        if continuation is None:
            return ""
        if continuation not in _CONTINUATIONS:
            raise InputError(
                f"{where}: the continuation {continuation!r}, expected {', '.join(_CONTINUATIONS)}"
            )
        if continuation == "begin":
            return ""
        prior = element.get("priorRef", "").strip().removeprefix("#")
        if prior in self.places or prior in self.not_ink or self._defined:
            return prior
        raise InputError(f"{where}: continues trace {prior!r}, which is not before it")

    def _pieces_of(
        self, points: Points, context: Context, uncertain: bool, part: Part
    ) -> Iterator[np.ndarray]:
        """Coordinates of the points that a part has, cut where the pen was up."""
        found = self._coordinates.read(points, context)
        if points.numbers is not None and part.whole and not uncertain:
            yield found
            return
        known = ~np.isnan(found).any(axis=1)
        pen = np.ones(len(found), bool)
        if uncertain and context.format.find(PEN_DOWN):
            pen = points.column(PEN_DOWN) > 0
        if not part.whole:
            last = len(found) if part.last is None else part.last
            if not part.first <= last <= len(found):
                raise InputError(f"{points.where}: a view of points {part.first} to {last} of {len(found)}")
            chosen = slice(part.first - 1, last)
            found, known, pen = found[chosen], known[chosen], pen[chosen]
        self._unplaced += int((~known[pen]).sum())
        for run in np.split(np.arange(len(found)), np.flatnonzero(np.diff(pen)) + 1):
            kept = found[run][known[run]] if pen[run[0]] else found[:0]
            if len(kept):
                yield kept


def _first_width(text: str) -> int:
    """Number of values in the first point of a trace that has white space between them."""
    return len(text.split(",", 1)[0].split())
