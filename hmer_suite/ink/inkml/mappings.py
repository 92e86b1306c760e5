"""Mappings of InkML: canvas transforms from the channels of a trace to X and Y of the canvas (section 4.4).

Affine mappings, lookup tables, formulas in MathML and products of them are applied.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.ink.document import check_coordinates
from hmer_suite.ink.inkml.formulas import equations, evaluate
from hmer_suite.ink.inkml.references import References
from hmer_suite.ink.xml_tree import MAX_DEPTH, child, local_name, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Columns = Callable[[str], np.ndarray]
"""Gives the values (points,) of a channel."""


class Mapping(ABC):
    """Channels of a trace as channels of the canvas."""

    @abstractmethod
    def apply(self, source: Columns, channels: tuple[str, ...]) -> dict[str, np.ndarray]:
        """Values (points,) of each channel of the canvas that the mapping sets.

        `channels` are the names of the trace's regular channels.
        """


@dataclass(frozen=True)
class Affine(Mapping):
    """``matrix`` (targets, sources + 1), the last column being the constants."""

    matrix: np.ndarray
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    where: str

    def apply(self, source: Columns, channels: tuple[str, ...]) -> dict[str, np.ndarray]:
        rows, width = self.matrix.shape
        sources = self.sources or (("X", "Y") if width == 3 else channels)
        targets = self.targets or ("X", "Y", "Z")[:rows]
        if len(sources) != width - 1 or len(targets) != rows:
            raise InputError(
                f"{self.where}: an affine matrix of {rows} rows and {width} columns for "
                f"{len(sources)} source channels and {len(targets)} targets"
            )
        values = np.stack([source(name) for name in sources])
        return dict(zip(targets, self.matrix[:, :-1] @ values + self.matrix[:, -1:], strict=True))


@dataclass(frozen=True)
class Lookup(Mapping):
    """A table from the values of one channel, `inputs` in ascending order, to those of another."""

    inputs: np.ndarray
    outputs: np.ndarray
    source: str
    target: str
    interpolation: str
    relative: bool

    def apply(self, source: Columns, channels: tuple[str, ...]) -> dict[str, np.ndarray]:
        values = source(self.source)
        found = np.where(np.isnan(values), np.nan, self._look_up(values))
        return {self.target: values + found if self.relative else found}

    def _look_up(self, values: np.ndarray) -> np.ndarray:
        if self.interpolation == "linear":
            return np.interp(values, self.inputs, self.outputs)
        if self.interpolation == "middle":
            borders = (self.inputs[:-1] + self.inputs[1:]) / 2
            return self.outputs[np.searchsorted(borders, values, "right")]
        if self.interpolation == "floor":
            places = np.searchsorted(self.inputs, values, "right") - 1
        else:
            places = np.searchsorted(self.inputs, values, "left")
        return self.outputs[places.clip(0, len(self.inputs) - 1)]


@dataclass(frozen=True)
class Product(Mapping):
    """Mappings of the same source, each for targets of its own."""

    parts: tuple[Mapping, ...]

    def apply(self, source: Columns, channels: tuple[str, ...]) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}
        for part in self.parts:
            found |= part.apply(source, channels)
        return found


@dataclass(frozen=True)
class Formulas(Mapping):
    """Equations in MathML. `sources` and `targets` are channels by the names of their variables."""

    equations: dict[str, Element]
    sources: dict[str, str]
    targets: dict[str, str]
    where: str

    def apply(self, source: Columns, channels: tuple[str, ...]) -> dict[str, np.ndarray]:
        values = {variable: source(channel) for variable, channel in self.sources.items()}
        reported = ~np.isnan(list(values.values())).any(axis=0)
        found: dict[str, np.ndarray] = {}
        for variable, channel in self.targets.items():
            result = evaluate(self.equations[variable], values, self.where)
            found[channel] = np.broadcast_to(result, reported.shape)
            check_coordinates(found[channel][reported], f"{self.where}: {channel}")
        return found


def read_mapping(transform: Element, references: References) -> Mapping | None:
    """The mapping of a ``canvasTransform`` from trace to canvas; None where it is the identity.

    A second mapping is the inverse of the first and not needed. Raises `InputError` for what is malformed or not
    supported.
    """
    found = references.part(transform, "mapping")
    return None if found is None else _read(found, references, 0)


def _read(element: Element, references: References, depth: int) -> Mapping | None:
    if depth > MAX_DEPTH:
        raise InputError(f"{references.name}: a mapping that refers to itself")
    if element.get("mappingRef"):
        target = references.require(element.get("mappingRef", ""), "mapping")
        return _read(target, references, depth + 1)
    kind = element.get("type", "unknown").strip().lower()
    if kind in ("identity", "unknown"):
        return None
    if kind == "affine":
        return _read_affine(element, references.name)
    if kind == "lookup":
        return _read_lookup(element, references.name)
    if kind == "mathml":
        return _read_formulas(element, references.name)
    if kind == "product":
        inner = [part for part in element if local_name(part) == "mapping"]
        read = (_read(part, references, depth + 1) for part in inner)
        return Product(tuple(part for part in read if part is not None))
    raise InputError(f"{references.name}: a canvas transform of type {kind!r}, which is not supported")


def _bindings(element: Element, attribute: str) -> tuple[str, ...]:
    """Channels that the ``bind`` elements name as ``source`` or ``target``, in order."""
    names = (part.get(attribute, "") for part in element if local_name(part) == "bind")
    return tuple(name.strip().upper() for name in names if name.strip())


def _read_affine(element: Element, name: str) -> Affine:
    found = child(element, "affine")
    matrix = child(element, "matrix") if found is None else found
    if matrix is None:
        raise InputError(f"{name}: an affine mapping without a matrix")
    rows = _read_rows(text_of(matrix), f"{name}: affine mapping")
    return Affine(rows, _bindings(element, "source"), _bindings(element, "target"), name)


def _read_rows(text: str, where: str) -> np.ndarray:
    try:
        rows = [[float(value) for value in row.split()] for row in text.strip(", \n\t").split(",")]
    except ValueError as error:
        raise InputError(f"{where}: {error}") from None
    if len({len(row) for row in rows}) != 1 or not rows[0]:
        raise InputError(f"{where}: rows of unequal length, or without numbers")
    found = np.array(rows, dtype=np.float64)
    check_coordinates(found, where)
    return found


def _read_lookup(element: Element, name: str) -> Lookup:
    where = f"{name}: lookup table"
    table = child(element, "table")
    sources, targets = _bindings(element, "source"), _bindings(element, "target")
    if table is None or len(sources) != 1 or len(targets) != 1:
        raise InputError(f"{where}: expected a table, one source and one target")
    rows = _read_rows(text_of(table), where)
    columns = [_bound_column(element, role) for role in ("source", "target")]
    if not all(1 <= column <= rows.shape[1] for column in columns):
        raise InputError(f"{where}: no columns {columns[0]} and {columns[1]} in rows of {rows.shape[1]}")
    interpolation = table.get("interpolation", "linear").strip().lower()
    if interpolation not in ("linear", "floor", "ceiling", "middle"):
        raise InputError(f"{where}: interpolation {interpolation!r}, which is not supported")
    inputs, outputs = (rows[:, column - 1] for column in columns)
    order = np.argsort(inputs, kind="stable")
    relative = table.get("apply", "absolute").strip().lower() == "relative"
    return Lookup(inputs[order], outputs[order], sources[0], targets[0], interpolation, relative)


def _read_formulas(element: Element, name: str) -> Formulas:
    where = f"{name}: formula"
    math = child(element, "math")
    found = {} if math is None else equations(math, where)
    sources, targets = (_variables(element, role) for role in ("source", "target"))
    if not sources or not targets or not targets.keys() <= found.keys():
        raise InputError(f"{where}: expected bound variables, and an equation for each target")
    return Formulas(found, sources, targets, where)


def _variables(element: Element, role: str) -> dict[str, str]:
    """Channels that are bound as source or target, by their variables, which have the channel's name by default."""
    binds = [part for part in element if local_name(part) == "bind" and part.get(role)]
    return {
        part.get("variable", part.get(role, "")).strip(): part.get(role, "").strip().upper() for part in binds
    }


def _bound_column(element: Element, role: str) -> int:
    """The table column, from 1, that is bound to the source or the target; by default the first and the second."""
    binds = [part for part in element if local_name(part) == "bind" and part.get(role)]
    try:
        return int(binds[0].get("column", 1 if role == "source" else 2))
    except ValueError:
        return 0
