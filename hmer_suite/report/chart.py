"""Line charts as inline SVG, coloured by the page's style sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

COLOURS = 8
"""Colours of the style sheet, the classes ``s0`` to ``s7``."""

WIDTH, HEIGHT = 480, 270
LEFT, RIGHT, TOP, BOTTOM = 56, 26, 44, 40
"""Pixels: size of a chart, and the room around its axes."""

MOST_POINTS = 400
"""Points of a line; longer lines are thinned evenly."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart: its name, its points in order, the place of its colour in the palette."""

    name: str
    points: Sequence[Point]
    colour: int = 0
    dashed: bool = False
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Title and axes of a chart; *logarithmic* concerns the vertical axis."""

    title: str
    across: str
    up: str
    x: Point = (0.0, 1.0)
    y: Point = (0.0, 1.0)
    logarithmic: bool = False

    def at(self, point: Point) -> Point:
        """Pixels of a point."""
        x = (point[0] - self.x[0]) / ((self.x[1] - self.x[0]) or 1.0)
        y = (self._up(point[1]) - self._up(self.y[0])) / ((self._up(self.y[1]) - self._up(self.y[0])) or 1.0)
        width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        return LEFT + width * min(1.0, max(0.0, x)), HEIGHT - BOTTOM - height * min(1.0, max(0.0, y))

    def _up(self, value: float) -> float:
        return math.log10(max(value, 1e-12)) if self.logarithmic else value


def line_chart(frame: Frame, lines: Sequence[Line], summary: str) -> Markup:
    """A chart; *summary* is what those hear who do not see it."""
    parts = [_axes(frame), *(_line(frame, line) for line in lines if line.points)]
    if not any(line.points for line in lines):
        parts.append(_text(WIDTH / 2, HEIGHT / 2, "no values", "middle"))
    return Markup(
        '<svg class="chart" role="img" width="{w}" height="{h}" viewBox="0 0 {w} {h}" aria-label="{summary}">'
        "{parts}</svg>"
    ).format(w=WIDTH, h=HEIGHT, summary=summary, parts=Markup("").join(parts))


def ticks(low: float, high: float, logarithmic: bool = False) -> list[float]:
    """About five round numbers from *low* to *high*."""
    if high <= low:
        return [low]
    if logarithmic:
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        found = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
        return [value for value in found if low <= value <= high]
    rough = (high - low) / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * unit for factor in (1, 2, 2.5, 5, 10) if factor * unit >= rough)
    first = math.ceil(low / step - 1e-9)
    return [step * number for number in range(first, math.floor(high / step + 1e-9) + 1)]


def _axes(frame: Frame) -> Markup:
    parts = [_text(LEFT, 16, frame.title, "start", "title"), _text(LEFT, TOP - 6, frame.up, "start")]
    parts.append(_text(WIDTH - RIGHT, HEIGHT - 6, frame.across, "end"))
    for value in ticks(*frame.y, frame.logarithmic):
        y = frame.at((frame.x[0], value))[1]
        parts.append(Markup('<path class="grid" d="M{} {:.1f}H{}"/>').format(LEFT, y, WIDTH - RIGHT))
        parts.append(_text(LEFT - 6, y + 4, f"{value:.6g}", "end"))
    for value in ticks(*frame.x):
        x = frame.at((value, frame.y[0]))[0]
        parts.append(_text(x, HEIGHT - BOTTOM + 16, f"{value:,.10g}", "middle"))
    return Markup("").join(parts)


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}">{}</text>').format(
        x, y, anchor, kind, text
    )


def _line(frame: Frame, line: Line) -> Markup:
    every = -(-len(line.points) // MOST_POINTS)
    last = len(line.points) - 1
    kept = [point for place, point in enumerate(line.points) if place % every == 0 or place == last]
    places = [frame.at(point) for point in kept]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dash = Markup(' stroke-dasharray="5 3"') if line.dashed else ""
    dots = places if line.dots or len(places) == 1 else []
    circles = Markup("").join(
        Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3"/>').format(*place) for place in dots
    )
    drawn = Markup('<polyline points="{}"{}/>').format(path, dash) + circles
    return Markup('<g class="s{}">{}</g>').format(line.colour % COLOURS, drawn)
