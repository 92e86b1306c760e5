"""InkML: handwriting as pen traces, with what was meant by it.

Reads what CROHME's files hold (W3C Ink Markup Language, 2011): traces, channel order, the typed truth, the
MathML tree and the groups of traces that make a symbol. Namespaces may be there or not. Document type
declarations are refused, and with them every entity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.errors import InputError
from hmer_suite.files import read_bytes

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    import numpy as np

MAX_BYTES = 16 * 2**20
"""Largest InkML file that is read; the largest of CROHME has a hundredth of it."""


@dataclass(frozen=True, slots=True)
class TraceGroup:
    """A symbol as its writer or an annotator marked it: its label and the places of its traces.

    `mathml_id` is the id of the element that it is in the MathML tree, or empty.
    """

    label: str
    traces: tuple[int, ...]
    mathml_id: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """One handwritten formula.

    `traces` are arrays (n, 2) of float32, x to the right and y down, in units of the file's own. `truth` is
    LaTeX as it was typed, `mathml` the ``math`` element; either may be missing. `notes` say what was odd.
    """

    id: str
    traces: tuple[np.ndarray, ...]
    truth: str | None = None
    mathml: Element | None = None
    groups: tuple[TraceGroup, ...] = ()
    writer: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()


def read_inkml(path: str | Path) -> Ink:
    """The ink of a file, its id being the file's name without suffix; `InputError` says what is wrong with it."""
    return parse_inkml(read_bytes(path), Path(path).stem, str(path))


def parse_inkml(data: bytes, id: str, name: str | None = None, source: str = "") -> Ink:
    """The ink in the bytes of a file; errors call the file `name`."""
    name = name or id
    root, notes = _tree(data, name)
    if _local(root) != "ink":
        raise InputError(f"{name}: not InkML: the root element is {_local(root)}")
    annotations = {child.get("type", ""): _text(child) for child in root if _local(child) == "annotation"}
    traces, places = _traces(root, name)
    groups, unknown = _groups(root, places)
    if unknown:
        notes.append(f"symbols name traces that do not exist: {', '.join(unknown[:5])}")
    return Ink(
        id=id,
        traces=traces,
        truth=annotations.get("truth") or None,
        mathml=_mathml(root),
        groups=groups,
        writer=annotations.get("writer", ""),
        source=source,
        notes=tuple(notes),
    )


def _tree(data: bytes, name: str) -> tuple[Element, list[str]]:
    """The root element; a file that is neither UTF-8 nor says what it is, is read as Latin-1, with a note."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if not data.strip():
        raise InputError(f"{name}: the file is empty")
    if len(data) > MAX_BYTES:
        raise InputError(f"{name}: {len(data):,} bytes, more than the {MAX_BYTES:,} that are read")
    text, notes = _as_text(data)
    try:
        return fromstring(text, forbid_dtd=True), notes
    except DefusedXmlException:
        raise InputError(f"{name}: a document type declaration or entity, which InkML needs not") from None
    except (ParseError, LookupError, ValueError) as error:
        raise InputError(f"{name}: not well-formed XML: {error}") from None


def _as_text(data: bytes) -> tuple[bytes | str, list[str]]:
    if data.lstrip().startswith(b"<?xml") or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data, []
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1"), ["neither UTF-8 nor any encoding declared: read as Latin-1"]
    return data, []


def _local(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _named(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _local(element) == name)


def _traces(root: Element, name: str) -> tuple[tuple[np.ndarray, ...], dict[str, int]]:
    """All traces that have points, and the place of each by its id."""
    channels = [channel.get("name", "") for channel in _named(root, "channel")]
    traces: list[np.ndarray] = []
    places: dict[str, int] = {}
    for element in _named(root, "trace"):
        text = _text(element).strip(", \n\t")
        if not text:
            continue
        id = element.get("id") or element.get("{http://www.w3.org/XML/1998/namespace}id") or str(len(traces))
        places[id] = len(traces)
        traces.append(_points(text, channels, f"{name}: trace {id}"))
    return tuple(traces), places


def _points(text: str, channels: list[str], where: str) -> np.ndarray:
    """Points (n, 2) of a trace: numbers between white space, points between commas."""
    import numpy as np

    count = text.count(",") + 1
    try:
        values = np.array(text.replace(",", " ").split(), dtype=np.float64)
    except ValueError as error:
        raise InputError(f"{where}: {error}") from None
    width, odd = divmod(len(values), count)
    if odd or width < 2 or any(len(point.split()) != width for point in text.split(",")):
        raise InputError(f"{where}: points with unequal numbers of coordinates, or fewer than two")
    if not (np.abs(values) < FARTHEST).all():
        raise InputError(f"{where}: a coordinate that is not finite, or beyond {FARTHEST:g}")
    return values.reshape(count, width)[:, _columns(channels, width)].astype(np.float32)


FARTHEST = 1e15
"""Coordinates are below this; squares of them are numbers too."""


def _columns(channels: list[str], width: int) -> list[int]:
    """Where x and y stand in a point: as the trace format says, or else in front."""
    if "X" in channels and "Y" in channels:
        columns = [channels.index("X"), channels.index("Y")]
        if max(columns) < width:
            return columns
    return [0, 1]


def _mathml(root: Element) -> Element | None:
    """The MathML tree of the whole formula, where there is one that says something."""
    return next((math for math in _named(root, "math") if len(math)), None)


def _groups(root: Element, places: dict[str, int]) -> tuple[tuple[TraceGroup, ...], list[str]]:
    """Symbols in the order of the file, and references to traces that are not there."""
    groups: list[TraceGroup] = []
    unknown: list[str] = []
    for element in _named(root, "traceGroup"):
        references = [
            view.get("traceDataRef", "").lstrip("#") for view in element if _local(view) == "traceView"
        ]
        unknown.extend(reference for reference in references if reference not in places)
        members = tuple(places[reference] for reference in references if reference in places)
        labels = [_text(child) for child in element if _local(child) == "annotation"]
        ids = [child.get("href", "") for child in element if _local(child) == "annotationXML"]
        if members and labels:
            groups.append(TraceGroup(labels[0], members, ids[0] if ids else ""))
    return tuple(groups), unknown
