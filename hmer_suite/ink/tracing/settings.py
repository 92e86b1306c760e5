"""Settings of the tracer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tracing:
    """Parameters of tracing. Lengths are in widths of the pen, angles in degrees, 0 being straight on.

    Ink: `scale` is the factor by which the drawing is enlarged first, to keep small loops open; `level` the least ink,
    of 255, of a stroke's pixel; a pixel with `dip` less than the strokes on both sides is paper.

    Junctions: a branch whose free end lies `spur` or less beyond the disc of ink around its junction is dropped.
    Junctions connected by a branch of at most `bridge` are one. If that branch is `thick` times as deep as a normal
    stroke, or both strokes turn into it by at most `single`, it is two strokes side by side and may be as long as
    `merged`. A branch from a junction to itself that is no longer than `loop` surrounds a hole in the ink.

    Strokes: `reach` is the length over which the direction of a branch at a junction is measured; branches that meet
    at an angle of more than `bend` are not joined. A branch from a junction of three to a free end, no longer than
    `tip`, was written out and back if the pen turned into it by at most `single` from both others, or by at most
    `double` where it has more than `doubled` times the normal amount of ink.

    Traces: a stroke no larger than `dot` is a single point; `smoothing` is the standard deviation of the Gaussian
    that smooths strokes; points are `spacing` apart, in pixels of the drawing.
    """

    scale: int = 2
    level: int = 112
    dip: int = 60
    spur: float = 0.6
    bridge: float = 1.5
    thick: float = 1.05
    merged: float = 4.0
    loop: float = 2.2
    reach: float = 1.0
    bend: float = 100.0
    tip: float = 10.0
    single: float = 50.0
    double: float = 95.0
    doubled: float = 1.03
    dot: float = 0.9
    smoothing: float = 0.3
    spacing: float = 1.5
