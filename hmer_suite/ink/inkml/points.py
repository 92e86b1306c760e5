"""Points of an InkML trace: the values of every channel, decoded (section 3.2.1).

A value is explicit, a first difference (``'``), a second difference (``"``), or explicit again (``!``); such a prefix
stays in force for its channel, and Office, which writes it before the first value of a point only, means the values
after it too. ``*`` repeats the value, or the difference, of the point before; ``?`` is a value that
was not reported. Values of intermittent channels follow a colon.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.ink.inkml.channels import Channel, TraceFormat

_VALUE = re.compile(
    r"""\s*(?P<prefix>[!'"]?)\s*
    (?:(?P<number>[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)(?![0-9.])
      |(?P<sign>[-+]?)\#(?P<hexadecimal>[0-9A-Fa-f]+)(?![0-9.])
      |(?P<word>[*?TF]))\s*""",
    re.VERBOSE,
)
"""One value; white space is needed only before a value that begins with a digit or a point."""

_UNUSUAL = re.compile(r"[^-+0-9.eE,\s]")
"""A character that plain explicit numbers do not have."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value as it is written: `word` is ``*``, ``?``, ``T`` or ``F``, and empty for a number."""

    prefix: str
    number: float
    word: str


@dataclass(frozen=True, slots=True)
class Points:
    """The points of a trace, decoded channel by channel when they are asked for.

    Either `numbers` (points, channels), where all values are plain numbers, or `rows` of values, those of the regular
    channels and those of the intermittent ones.
    """

    format: TraceFormat
    where: str
    numbers: np.ndarray | None = None
    rows: Sequence[tuple[Sequence[Value], Sequence[Value]]] = ()

    def __len__(self) -> int:
        return len(self.rows) if self.numbers is None else len(self.numbers)

    def column(self, name: str) -> np.ndarray:
        """Values (points,) of a channel as float64; NaN where one was not reported.

        Raises `InputError` if the trace has no such channel.
        """
        for part, channels in enumerate((self.format.regular, self.format.intermittent)):
            for place, channel in enumerate(channels):
                if channel.name == name:
                    return self._channel(channel, part, place)
        raise InputError(f"{self.where}: the trace format has no channel {name}")

    def _channel(self, channel: Channel, part: int, place: int) -> np.ndarray:
        if self.numbers is not None:
            if part == 0 and place < self.numbers.shape[1]:
                return self.numbers[:, place]
            missing: list[Value | None] = [None] * len(self.numbers)
            return _decode(missing, channel, self.where)
        values = [row[part][place] if place < len(row[part]) else None for row in self.rows]
        return _decode(values, channel, self.where)


def read_points(text: str, found: TraceFormat, where: str) -> Points:
    """The points in the text of a trace, which must not be empty.

    Raises `InputError` for what is not a value, and for points with too many, too few or unequal numbers of them.
    """
    if not _UNUSUAL.search(text):
        numbers = _plain_numbers(text)
        if numbers is not None:
            _check_width(numbers.shape[1], len(numbers), found, where)
            return Points(found, where, numbers)
    rows = [_read_point(point, f"{where}: point {number}") for number, point in enumerate(text.split(","), 1)]
    widths = {len(regular) for regular, _ in rows}
    if len(widths) > 1:
        raise InputError(
            f"{where}: points with unequal numbers of coordinates, {min(widths)} to {max(widths)}"
        )
    _check_width(widths.pop(), len(rows), found, where)
    return Points(found, where, rows=_spread_prefixes(rows))


def _plain_numbers(text: str) -> np.ndarray | None:
    """Points of explicit numbers with white space between them; None for anything else."""
    points = text.split(",")
    widths = set(map(len, map(str.split, points)))
    if len(widths) > 1 or 0 in widths:
        return None
    try:
        values = list(map(float, text.replace(",", " ").split()))
    except ValueError:
        return None
    return np.array(values).reshape(len(points), -1)


def _check_width(width: int, points: int, found: TraceFormat, where: str) -> None:
    """Refuse points with more or fewer values than their format can explain.

    CROHME has formats that declare a force which no trace has, which leaves X and Y in no doubt. A lone point with
    more values is several without their commas.
    """
    regular = found.regular
    known = {
        channel.name for place, channel in enumerate(regular) if place < width or channel.default is not None
    }
    if width == len(regular) or (width < len(regular) and {"X", "Y"} <= known):
        return
    expected = " ".join(channel.name for channel in regular)
    hint = "; are commas between points missing?" if points == 1 and width > len(regular) else ""
    raise InputError(f"{where}: {width} values in a point, expected {len(regular)} ({expected}){hint}")


def _read_point(text: str, where: str) -> tuple[list[Value], list[Value]]:
    regular, *others = text.split(":")
    if len(others) > 1:
        raise InputError(f"{where}: more than one colon")
    values = _read_values(regular, where)
    if not values:
        raise InputError(f"{where}: no values")
    return values, _read_values(others[0], where) if others else []


def _read_values(text: str, where: str) -> list[Value]:
    values: list[Value] = []
    place = 0
    while place < len(text):
        found = _VALUE.match(text, place)
        if not found:
            if not text[place:].strip():
                break
            raise InputError(f"{where}: not a value: {text[place:].strip()[:20]!r}")
        place = found.end()
        number = 0.0
        if found["number"]:
            number = float(found["number"])
        elif found["hexadecimal"]:
            number = float(int(found["hexadecimal"][:64], 16)) * (-1 if found["sign"] == "-" else 1)
        values.append(Value(found["prefix"], number, found["word"] or ""))
    return values


def _spread_prefixes(
    rows: Sequence[tuple[list[Value], list[Value]]],
) -> list[tuple[list[Value], list[Value]]]:
    """The rows with each prefix also on the numbers after it whose channels have never had one of their own."""
    prefixed: set[int] = set()
    found = []
    for regular, intermittent in rows:
        prefix = ""
        spread = []
        for place, value in enumerate(regular):
            if value.prefix:
                prefix = value.prefix
                prefixed.add(place)
            elif prefix and not value.word and place not in prefixed:
                value = Value(prefix, value.number, "")
            spread.append(value)
        found.append((spread, intermittent))
    return found


def _decode(values: Sequence[Value | None], channel: Channel, where: str) -> np.ndarray:
    """The values of one channel as numbers; None stands for a value that was not reported."""
    state = _ChannelState(channel)
    found = np.empty(len(values))
    for number, value in enumerate(values):
        try:
            found[number] = state.next(value)
        except ValueError as error:
            raise InputError(f"{where}: point {number + 1}: channel {channel.name}: {error}") from None
    return found


class _ChannelState:
    """The value of a channel, its first and its second difference, from point to point."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._mode = "!"
        self._value: float | None = None
        self._step: float | None = None
        self._change: float | None = None

    def next(self, value: Value | None) -> float:
        """The number that a value stands for; NaN if it was not reported."""
        if value is None:
            return self._unreported()
        self._mode = value.prefix or self._mode
        if value.word == "?":
            return self._unreported()
        if value.word == "*":
            return self._repeated()
        if (value.word in ("T", "F")) != (self._channel.type == "boolean"):
            raise ValueError(f"{value.word or f'{value.number:g}'} is not of type {self._channel.type}")
        return self._reported(float(value.word == "T") if value.word else value.number)

    def _unreported(self) -> float:
        self._value, self._step, self._change = self._channel.default, None, None
        return float("nan") if self._value is None else self._value

    def _repeated(self) -> float:
        if self._mode == "!":
            return self._moved(0.0, "* without a value before it")
        if self._mode == '"':
            self._step = self._sum(self._step, self._change, "* without a second difference before it")
        return self._moved(self._step, "* without a difference before it")

    def _reported(self, number: float) -> float:
        if self._mode == "!":
            self._value, self._step, self._change = number, None, None
            return number
        if self._mode == "'":
            self._step, self._change = number, None
        else:
            self._step = self._sum(self._step, number, "a second difference without a first one before it")
            self._change = number
        return self._moved(self._step, "a difference without a value before it")

    def _moved(self, step: float | None, problem: str) -> float:
        self._value = self._sum(self._value, step, problem)
        return self._value

    @staticmethod
    def _sum(one: float | None, other: float | None, problem: str) -> float:
        if one is None or other is None:
            raise ValueError(problem)
        return one + other
