"""InkML files as ink: their traces, and the annotations that data sets of formulas put beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.errors import InputError
from hmer_suite.files import read_bytes
from hmer_suite.ink.document import InkDocument, TraceGroup
from hmer_suite.ink.inkml.traces import TraceReader
from hmer_suite.ink.xml_tree import local_name, named, parse_xml, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TRUTHS = ("truth", "normalizedLabel", "label")
"""Types of the annotation with the LaTeX: CROHME's and MathWriting's."""


def read_inkml(path: str | Path) -> InkDocument:
    """The ink of a file, its id being the file's name without suffix; `InputError` says what is wrong with it."""
    return parse_inkml(read_bytes(path), Path(path).stem, str(path))


def parse_inkml(data: bytes, id: str, name: str | None = None, source: str = "") -> InkDocument:
    """The ink in the bytes of a file; `InputError` calls the file `name`."""
    name = name or id
    root, notes = parse_xml(data, name)
    if local_name(root) != "ink":
        raise InputError(f"{name}: not InkML: the root element is {local_name(root)}")
    annotations = {
        child.get("type", ""): text_of(child) for child in root if local_name(child) == "annotation"
    }
    reader = TraceReader(root, name)
    reader.read()
    groups, unknown = _groups(root, reader)
    if unknown:
        reader.notes.append(f"symbols name traces that do not exist: {', '.join(unknown[:5])}")
    return InkDocument(
        id=id,
        traces=reader.traces,
        truth=next((annotations[type] for type in _TRUTHS if annotations.get(type)), None),
        mathml=_mathml(root),
        groups=groups,
        writer=annotations.get("writer", ""),
        source=source,
        notes=(*notes, *reader.notes),
    )


def _mathml(root: Element) -> Element | None:
    """The MathML tree of the whole formula: the first that has children."""
    return next((math for math in named(root, "math") if len(math)), None)


def _groups(root: Element, reader: TraceReader) -> tuple[tuple[TraceGroup, ...], list[str]]:
    """Symbols in the order of the file, and references to traces that do not exist."""
    groups: list[TraceGroup] = []
    unknown: list[str] = []
    for element in named(root, "traceGroup"):
        members, missing = reader.members(element)
        unknown.extend(missing)
        labels = [text_of(child) for child in element if local_name(child) == "annotation"]
        ids = [child.get("href", "") for child in element if local_name(child) == "annotationXML"]
        if members and labels:
            groups.append(TraceGroup(labels[0], tuple(members), ids[0] if ids else ""))
    return tuple(groups), unknown
