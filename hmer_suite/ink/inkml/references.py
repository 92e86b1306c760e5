"""Elements of an InkML file by their ids."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from hmer_suite.errors import InputError
from hmer_suite.ink.xml_tree import child, id_of, local_name

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


class References:
    """The elements of a file that others refer to. Errors call the file `name`."""

    def __init__(self, root: Element, name: str) -> None:
        self._root = root
        self.name = name

    @cached_property
    def _by_id(self) -> dict[str, Element]:
        found: dict[str, Element] = {}
        for element in self._root.iter():
            id = id_of(element)
            if id is not None:
                found.setdefault(id, element)
        return found

    def get(self, reference: str, names: tuple[str, ...]) -> Element | None:
        """The element that ``#id`` refers to, if the file has it under one of `names`.

        The hash may be missing, as in CROHME's files.
        """
        found = self._by_id.get(reference.strip().removeprefix("#"))
        return found if found is not None and local_name(found) in names else None

    def require(self, reference: str, name: str) -> Element:
        """As `get`; raises `InputError` where the file has no such element."""
        found = self.get(reference, (name,))
        if found is None:
            raise InputError(f"{self.name}: no {name} has the id that {reference!r} refers to")
        return found

    def part(self, element: Element, name: str) -> Element | None:
        """The child `name` of an element, or what its attribute ``nameRef`` refers to; None without either.

        References to the defaults of the Recommendation (``#DefaultCanvas``) count as neither.
        """
        found = child(element, name)
        if found is not None:
            return found
        reference = element.get(f"{name}Ref", "").strip()
        if not reference or reference.startswith("#Default"):
            return None
        return self.require(reference, name)
