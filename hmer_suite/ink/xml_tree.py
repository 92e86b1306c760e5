"""XML trees of files that strangers made: no entities, no external parts, bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hmer_suite.errors import InputError
from hmer_suite.ink.document import check_size

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"

MAX_DEPTH = 200
"""Deepest nesting of elements that readers follow; MathML inside InkML may be deeper."""


def parse_xml(data: bytes, name: str, doctype: bool = False) -> tuple[Element, list[str]]:
    """The root element, and notes on the encoding.

    A file that neither is UTF-8 nor declares its encoding is read as Latin-1, with a note. A document type
    declaration is accepted only with `doctype`, and entities never. Raises `InputError`.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    check_size(data, name)
    text, notes = _as_text(data)
    try:
        return fromstring(text, forbid_dtd=not doctype), notes
    except DefusedXmlException:
        raise InputError(f"{name}: a document type declaration or entity, which is not allowed") from None
    except (ParseError, LookupError, ValueError) as error:
        raise InputError(f"{name}: not well-formed XML: {error}") from None


def _as_text(data: bytes) -> tuple[bytes | str, list[str]]:
    if data.lstrip().startswith(b"<?xml") or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data, []
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1"), ["not UTF-8, and no encoding declared: read as Latin-1"]
    return data, []


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def text_of(element: Element) -> str:
    """The text before the first child, without white space around it."""
    return (element.text or "").strip()


def id_of(element: Element) -> str | None:
    """The ``id`` or ``xml:id`` of an element; None where it is missing or empty."""
    return element.get("id") or element.get(_XML_ID) or None


def named(root: Element, name: str) -> Iterator[Element]:
    """All descendants with a local name, in document order; the root itself may be one."""
    # Most elements fail the first test, which is the faster one.
    return (found for found in root.iter() if found.tag.endswith(name) and local_name(found) == name)


def child(element: Element, name: str) -> Element | None:
    """The first child with a local name."""
    return next((found for found in element if local_name(found) == name), None)
