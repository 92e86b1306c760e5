"""Path data of SVG (SVG 1.1, chapter 8) as polylines: every command, absolute and relative, curves sampled.

Points are complex numbers, X being the real part.
"""

from __future__ import annotations

import cmath
import math
import re
from collections.abc import Callable

from hmer_suite.errors import InputError
from hmer_suite.ink.document import FARTHEST, MAX_POINTS

_STEPS = 16
"""Segments into which a Bézier curve, and a quarter of an ellipse, is cut."""

_SEPARATOR = re.compile(r"[\s,]*")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_FLAG = re.compile(r"[01]")

_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
"""Numbers that each command takes."""

_ARC_FLAGS = (3, 4)
"""Places of an arc's two flags, which need no separator after them."""


def read_path(data: str, where: str) -> list[list[complex]]:
    """The polylines of a path, one for each subpath; `InputError` for path data that is malformed."""
    return _Path(data, where).read()


class _Path:
    """A path while it is read: the pen, where its subpath began, and the control point of the last curve."""

    def __init__(self, data: str, where: str) -> None:
        self._data = data
        self._where = where
        self._place = 0
        self._pen = self._start = 0j
        self._control: complex | None = None
        self._control_of = ""
        self._closed = False
        self._points = 0
        self._lines: list[list[complex]] = []
        self._draw: dict[str, Callable[[list[float], complex], None]] = {
            "L": self._line, "H": self._horizontal, "V": self._vertical, "C": self._cubic, "S": self._smooth_cubic,
            "Q": self._quadratic, "T": self._smooth_quadratic, "A": self._arc,
        }  # fmt: skip

    def read(self) -> list[list[complex]]:
        """The polylines of the path."""
        self._skip()
        while self._place < len(self._data):
            letter = self._data[self._place]
            if letter.upper() not in _ARGUMENTS or (not self._lines and letter.upper() != "M"):
                raise self._error()
            self._place += 1
            self._command(letter)
            self._skip()
        # A subpath that only moves draws nothing.
        return [line for line in self._lines if len(line) > 1]

    def _command(self, letter: str) -> None:
        """Draw a command as often as there are numbers for it."""
        name = letter.upper()
        if name == "Z":
            self._close()
            return
        first = True
        while first or self._more():
            numbers = self._numbers(name)
            origin = self._pen if letter.islower() else 0j
            if name == "M" and first:
                self._move(origin + complex(*numbers))
            else:
                drawn = "L" if name == "M" else name
                self._draw[drawn](numbers, origin)
                if drawn not in "CSQT":
                    self._control = None
            first = False

    def _numbers(self, name: str) -> list[float]:
        found = []
        for place in range(_ARGUMENTS[name]):
            self._skip()
            pattern = _FLAG if name == "A" and place in _ARC_FLAGS else _NUMBER
            match = pattern.match(self._data, self._place)
            if not match:
                raise self._error()
            self._place = match.end()
            found.append(float(match[0]))
            if not abs(found[-1]) < FARTHEST:
                raise InputError(f"{self._where}: a number beyond {FARTHEST:g}")
        return found

    def _more(self) -> bool:
        """Whether another number follows."""
        self._skip()
        return _NUMBER.match(self._data, self._place) is not None

    def _skip(self) -> None:
        match = _SEPARATOR.match(self._data, self._place)
        self._place = match.end() if match else self._place

    def _error(self) -> InputError:
        rest = self._data[self._place : self._place + 20]
        return InputError(f"{self._where}: path data cannot be read from {rest!r} on")

    # --- drawing

    def _move(self, point: complex) -> None:
        self._lines.append([point])
        self._pen = self._start = point
        self._control = None
        self._closed = False

    def _close(self) -> None:
        if not self._closed:
            self._to(self._start)
        self._control = None
        self._closed = True

    def _to(self, *points: complex) -> None:
        """Draw straight lines; after a closed subpath a new one begins where it began."""
        if self._closed:
            self._move(self._start)
        self._points += len(points)
        if self._points > MAX_POINTS:
            raise InputError(f"{self._where}: more than the {MAX_POINTS:,} points that are read")
        self._lines[-1].extend(points)
        self._pen = points[-1]

    def _line(self, numbers: list[float], origin: complex) -> None:
        self._to(origin + complex(*numbers))

    def _horizontal(self, numbers: list[float], origin: complex) -> None:
        self._to(complex(origin.real + numbers[0], self._pen.imag))

    def _vertical(self, numbers: list[float], origin: complex) -> None:
        self._to(complex(self._pen.real, origin.imag + numbers[0]))

    def _cubic(self, numbers: list[float], origin: complex) -> None:
        first, second, end = (origin + complex(*numbers[at : at + 2]) for at in (0, 2, 4))
        self._bezier((self._pen, first, second, end), "C")

    def _smooth_cubic(self, numbers: list[float], origin: complex) -> None:
        second, end = (origin + complex(*numbers[at : at + 2]) for at in (0, 2))
        self._bezier((self._pen, self._reflected("C"), second, end), "C")

    def _quadratic(self, numbers: list[float], origin: complex) -> None:
        control, end = (origin + complex(*numbers[at : at + 2]) for at in (0, 2))
        self._bezier((self._pen, control, end), "Q")

    def _smooth_quadratic(self, numbers: list[float], origin: complex) -> None:
        self._bezier((self._pen, self._reflected("Q"), origin + complex(*numbers)), "Q")

    def _reflected(self, kind: str) -> complex:
        """The last control point mirrored at the pen, if the command before was a curve of the same kind."""
        if self._control is None or self._control_of != kind:
            return self._pen
        return 2 * self._pen - self._control

    def _bezier(self, points: tuple[complex, ...], kind: str) -> None:
        degree = len(points) - 1
        shares = (step / _STEPS for step in range(1, _STEPS))
        inner = [
            sum(
                math.comb(degree, place) * share**place * (1 - share) ** (degree - place) * point
                for place, point in enumerate(points)
            )
            for share in shares
        ]
        self._to(*inner, points[-1])
        self._control, self._control_of = points[-2], kind

    def _arc(self, numbers: list[float], origin: complex) -> None:
        """An elliptical arc, from its end points to its centre (SVG 1.1, appendix F.6)."""
        across, down, degrees, large, sweep, *end_at = numbers
        start, end = self._pen, origin + complex(*end_at)
        across, down = abs(across), abs(down)
        if not across or not down or start == end:
            self._to(end)
            return
        turn = cmath.rect(1, math.radians(degrees))
        half = (start - end) / 2 / turn
        # In units of the radii the ellipse is a circle of radius one, or larger where the ends lie too far apart.
        unit = complex(half.real / across, half.imag / down)
        size = max(1.0, abs(unit))
        offset = math.sqrt(max(0.0, size**2 / abs(unit) ** 2 - 1)) * unit * 1j
        centre = -offset if large != sweep else offset
        first, last = cmath.phase(unit - centre), cmath.phase(-unit - centre)
        angle = (last - first) % (2 * math.pi)
        if not sweep:
            angle -= 2 * math.pi
        steps = max(1, math.ceil(abs(angle) / (math.pi / 2) * _STEPS))
        middle = (start + end) / 2
        inner = []
        for step in range(1, steps):
            found = centre + cmath.rect(size, first + angle * step / steps)
            inner.append(middle + complex(found.real * across, found.imag * down) * turn)
        self._to(*inner, end)
