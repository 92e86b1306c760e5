"""Trace formats of InkML: the channels of a point, their names, defaults, directions and units (section 3.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hmer_suite.errors import InputError
from hmer_suite.ink.xml_tree import named

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CENTIMETRES = {
    "m": 100.0,
    "cm": 1.0,
    "mm": 0.1,
    "in": 2.54,
    "pt": 2.54 / 72,
    "pc": 2.54 / 6,
    "px": 2.54 / 96,
}
"""Lengths of the units that have a fixed one, in centimetres."""

_DEVICE = "dev"

PEN_DOWN = "S"
"""Name of the channel that says whether the tip touches the surface."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel. `default` is None where the file declares none; `units` is empty likewise.

    `sign` is -1 where values grow to the left (X) or upwards (Y). `resolution` counts steps per centimetre.
    """

    name: str
    type: str = "decimal"
    default: float | None = None
    sign: int = 1
    units: str = ""
    resolution: float | None = None

    @property
    def unit(self) -> tuple[str, float]:
        """The unit of the channel, and the number of units in one step."""
        if self.units in _CENTIMETRES and not (self.type == "integer" and self.resolution):
            return "cm", _CENTIMETRES[self.units]
        if self.resolution:
            return "cm", 1 / self.resolution
        return self.units or _DEVICE, 1.0


@dataclass(frozen=True, slots=True, eq=False)
class TraceFormat:
    """The channels of a point, in order. `declared` is false for the default format, X and Y."""

    regular: tuple[Channel, ...]
    intermittent: tuple[Channel, ...] = ()
    declared: bool = True

    def find(self, name: str) -> Channel | None:
        """The first channel of a name."""
        return next((found for found in self.regular + self.intermittent if found.name == name), None)


DEFAULT_FORMAT = TraceFormat((Channel("X"), Channel("Y")), declared=False)

THIRD_VALUE_FORMAT = TraceFormat((Channel("X"), Channel("Y"), Channel("")), declared=False)
"""The format of files that declare none, and whose points have a third value."""


def read_format(element: Element, name: str) -> TraceFormat:
    """The format that a ``traceFormat`` element declares; without channels it is the default."""
    occasional = {id(found) for part in named(element, "intermittentChannels") for found in part.iter()}
    channels = [(found, _read_channel(found, name)) for found in named(element, "channel")]
    if not channels:
        return DEFAULT_FORMAT
    return TraceFormat(
        tuple(channel for found, channel in channels if id(found) not in occasional),
        tuple(channel for found, channel in channels if id(found) in occasional),
    )


def _read_channel(element: Element, name: str) -> Channel:
    channel = element.get("name", "").strip().upper()
    orientation = element.get("orientation", "+ve").strip().lower()
    if orientation not in ("+ve", "-ve"):
        raise InputError(f"{name}: channel {channel}: orientation {orientation!r} is neither +ve nor -ve")
    return Channel(
        name=channel,
        type=element.get("type", "boolean" if channel == PEN_DOWN else "decimal").strip().lower(),
        default=_read_default(element.get("default"), f"{name}: channel {channel}"),
        sign=-1 if orientation == "-ve" else 1,
        units=element.get("units", "").strip().lower(),
    )


def _read_default(text: str | None, where: str) -> float | None:
    if text is None:
        return None
    if text.strip() in ("T", "F", "true", "false"):
        return float(text.strip() in ("T", "true"))
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{where}: the default {text!r} is not a number") from None


def with_resolutions(found: TraceFormat, source: Element) -> TraceFormat:
    """The format with the resolutions that the ``channelProperty`` elements of an ``inkSource`` declare."""
    resolutions: dict[str, float] = {}
    for element in named(source, "channelProperty"):
        if element.get("name", "").strip().lower() == "resolution":
            steps = _steps_per_centimetre(element)
            if steps:
                resolutions[element.get("channel", "").strip().upper()] = steps
    if not resolutions:
        return found
    regular, intermittent = (
        tuple(replace(channel, resolution=resolutions.get(channel.name)) for channel in channels)
        for channels in (found.regular, found.intermittent)
    )
    return replace(found, regular=regular, intermittent=intermittent)


def _steps_per_centimetre(element: Element) -> float | None:
    units = element.get("units", "").replace(" ", "").lower().removeprefix("1/")
    try:
        value = float(element.get("value", ""))
    except ValueError:
        return None
    return value / _CENTIMETRES[units] if value > 0 and units in _CENTIMETRES else None


def length_ratio(of: Channel, to: Channel, where: str) -> float:
    """Steps of the channel `to` that make up one step of the channel `of`; `InputError` if nobody can tell."""
    (kind, size), (other_kind, other_size) = of.unit, to.unit
    if kind != other_kind:
        raise InputError(
            f"{where}: channel {of.name} is in {of.units or 'device units'} and channel {to.name} in "
            f"{to.units or 'device units'}, which have no common measure"
        )
    return size / other_size
