"""Contexts of InkML: which trace format and which canvas apply to a trace (section 4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hmer_suite.errors import InputError
from hmer_suite.ink.inkml.channels import DEFAULT_FORMAT, TraceFormat, read_format, with_resolutions
from hmer_suite.ink.inkml.mappings import Mapping, read_mapping
from hmer_suite.ink.inkml.references import References

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


@dataclass(frozen=True, slots=True)
class Context:
    """The meaning of the numbers of a trace.

    `transform` maps channels to the canvas; None where they are the canvas's own. `canvas` is the format of the
    canvas; None for the default one, whose X grows to the right and Y downwards.
    """

    format: TraceFormat = DEFAULT_FORMAT
    transform: Mapping | None = None
    canvas: TraceFormat | None = None


DEFAULT_CONTEXT = Context()


class Contexts:
    """The contexts of one file."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._known: dict[Element, Context] = {}
        self._unfinished: set[Element] = set()

    def get(self, reference: str, current: Context) -> Context:
        """The context that ``#id`` refers to, or `current` without a reference.

        Raises `InputError` for a context that is not in the file: its trace format may be any.
        """
        if not reference.strip():
            return current
        if reference.strip() == "#DefaultContext":
            return DEFAULT_CONTEXT
        return self.read(self._references.require(reference, "context"), DEFAULT_CONTEXT)

    def read(self, element: Element, current: Context) -> Context:
        """The context of a ``context`` element, which inherits from the one it refers to or from `current`."""
        if element in self._known:
            return self._known[element]
        if element in self._unfinished:
            raise InputError(f"{self._references.name}: a context that inherits from itself")
        self._unfinished.add(element)
        found = self.get(element.get("contextRef", ""), current)
        source = self._references.part(element, "inkSource")
        if source is not None:
            found = replace(found, format=self._source_format(source, found.format))
        own_format = self._references.part(element, "traceFormat")
        if own_format is not None:
            found = replace(found, format=read_format(own_format, self._references.name))
            if source is not None:
                found = replace(found, format=with_resolutions(found.format, source))
        canvas = self._references.part(element, "canvas")
        if canvas is not None:
            found = replace(found, canvas=self._format_of(canvas))
        transform = self._references.part(element, "canvasTransform")
        if transform is not None:
            found = replace(found, transform=read_mapping(transform, self._references))
        self._known[element] = found
        return found

    def _source_format(self, source: Element, inherited: TraceFormat) -> TraceFormat:
        return with_resolutions(self._format_of(source) or inherited, source)

    def _format_of(self, element: Element) -> TraceFormat | None:
        """The trace format inside an ``inkSource`` or ``canvas``."""
        found = self._references.part(element, "traceFormat")
        return None if found is None else read_format(found, self._references.name)

    def with_format(self, current: Context, element: Element) -> Context:
        """`current` with the format of a ``traceFormat`` element that is not inside a context."""
        return replace(current, format=read_format(element, self._references.name))
