"""Trace views of InkML: which points of which traces a ``traceView`` shows (section 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hmer_suite.errors import InputError
from hmer_suite.ink.document import MAX_TRACES
from hmer_suite.ink.inkml.references import References
from hmer_suite.ink.xml_tree import MAX_DEPTH, local_name

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_HOLDERS = ("trace", "traceGroup", "traceView")

_MAX_VISITED = 10 * MAX_TRACES
"""Most traces and groups that all views of a file show together; views of views can double them at each level."""


@dataclass(frozen=True, slots=True)
class Part:
    """Points `first` to `last` of a trace, counted from 1; None is its last point."""

    trace: Element
    first: int = 1
    last: int | None = None

    @property
    def whole(self) -> bool:
        """Whether it is the whole trace."""
        return self.first == 1 and self.last is None


Tree = Part | tuple["Tree", ...]
"""The traces that a trace, a group or a view shows."""

Indices = tuple[int, ...]
"""The place of a point: the number of a child at each level of groups, then that of the point, all from 1."""


class Views:
    """The views of one file."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._name = references.name
        self._known: dict[Element, Tree] = {}
        self._visited = 0

    def parts(self, view: Element) -> list[Part]:
        """The parts of traces that a view shows, in order; those that the file does not have are left out.

        Raises `InputError` for views that show themselves, for too many parts and for ranges that do not fit.
        """
        found: list[Part] = []
        waiting = [self._tree(view, 0)]
        while waiting:
            tree = waiting.pop()
            self._visited += 1
            if self._visited > _MAX_VISITED:
                raise InputError(f"{self._name}: views of too many traces")
            if isinstance(tree, Part):
                found.append(tree)
            else:
                waiting.extend(reversed(tree))
        return found

    def _tree(self, element: Element, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise InputError(f"{self._name}: views that are nested too deeply, or show themselves")
        if local_name(element) == "trace":
            return Part(element)
        if element not in self._known:
            self._known[element] = self._shown(element, depth)
        return self._known[element]

    def _shown(self, element: Element, depth: int) -> Tree:
        reference = element.get("traceDataRef", "")
        if not reference:
            inner = [child for child in element if local_name(child) in _HOLDERS]
            return tuple(self._tree(child, depth + 1) for child in inner)
        target = self._references.get(reference, _HOLDERS)
        if target is None:
            return ()
        first, last = self._indices(element, "from"), self._indices(element, "to")
        return self._cut(self._tree(target, depth + 1), first, last)

    def _indices(self, element: Element, attribute: str) -> Indices:
        text = element.get(attribute, "").strip()
        try:
            found = tuple(int(number) for number in text.split(":")) if text else ()
        except ValueError:
            found = (0,)
        if any(number < 1 for number in found):
            raise InputError(f"{self._name}: traceView: {attribute}={text!r} is not a place")
        return found

    def _cut(self, tree: Tree, first: Indices, last: Indices) -> Tree:
        """The part of a tree from one place to another, both included; () leaves it open."""
        if not first and not last:
            return tree
        if isinstance(tree, Part):
            return self._cut_part(tree, first, last)
        if (first and first[0] > len(tree)) or (last and last[0] > len(tree)):
            raise InputError(f"{self._name}: traceView: a place outside of the {len(tree)} traces of a group")
        start, stop = first[0] if first else 1, last[0] if last else len(tree)
        return tuple(
            self._cut(
                tree[number - 1],
                first[1:] if number == start else (),
                last[1:] if number == stop else (),
            )
            for number in range(start, stop + 1)
        )

    def _cut_part(self, part: Part, first: Indices, last: Indices) -> Part:
        if len(first) > 1 or len(last) > 1:
            raise InputError(f"{self._name}: traceView: a place inside of a point")
        start = part.first + (first[0] - 1 if first else 0)
        stop = part.first + last[0] - 1 if last else part.last
        if stop is not None and (stop < start or (part.last is not None and stop > part.last)):
            raise InputError(f"{self._name}: traceView: from point {start} to point {stop}")
        return Part(part.trace, start, stop)
