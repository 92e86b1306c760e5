"""From a drawing of ink to pen strokes.

The drawing is enlarged and thinned to a skeleton (`hmer_suite.ink.skeleton`). Where ways of the skeleton meet, those
that go on straightest are taken for one stroke, so that the bar of a T is whole and an x is two strokes that cross.
What the pen did cannot be known everywhere: a line that was written twice is traced once, and a loop that the pen
filled is a short stroke.

Within this module points are complex numbers, x to the right and y (imaginary) down, in pixels of the enlarged drawing;
depth is the distance from a pixel of ink to the nearest paper.
"""

from __future__ import annotations

import cmath
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from hmer_suite.ink.skeleton import Skeleton, thin, ways_of


@dataclass(frozen=True, slots=True)
class Tracing:
    """How drawings are traced. Lengths are in widths of the pen, angles in degrees, 0 being straight on.

    Ink: `scale` is how many times the drawing is enlarged first, which keeps small loops open; `level` the least ink,
    of 255, of a pixel that belongs to a stroke; a pixel with `dip` less than the strokes on both its sides is paper.

    Junctions: a way that ends `spur` or less beyond the disc of ink about its junction is no stroke. Junctions that a
    way of at most `bridge` connects are one; if it is `thick` times as deep as usual strokes, or both strokes turn into
    it by no more than `single`, it is two strokes that run beside each other, and may be as long as `merged`. A way
    from a junction back to it no longer than `loop` runs round a hole in the ink.

    Strokes: `reach` is the length over which the direction of a way is taken at a junction; ways that meet at an angle
    of more than `bend` are not joined. A way from a junction of three to a free end, no longer than `tip`, was written
    out and back if the pen turned by no more than `single` into it from both others, or by `double` where the amount
    of ink about it is `doubled` times the usual.

    Traces: what extends no further than `dot` is a single point; `smoothing` is the standard deviation of the Gaussian
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


def trace(image: np.ndarray, tracing: Tracing = Tracing()) -> tuple[np.ndarray, ...]:
    """Traces (n, 2) of float32, in pixels from the image's corner, of the strokes of a drawing (H, W) of uint8.

    0 is paper and 255 ink, as in `hmer_suite.ink.raster`. Strokes stand in the order of reading: from left to right,
    and from top to bottom where some stand above each other. Each goes the way that pens mostly go: to the right or
    down, and from the top round by the left if it is closed. Equal images give equal traces; a blank one gives none.
    """
    large, mask = _enlarged(image, tracing)
    if not mask.any():
        return ()
    lines = thin(mask)
    ink = _Ink.of(large, mask, lines)
    curves = _curves(ways_of(lines), ink, tracing)
    return tuple(_ordered([_finished(curve, ink.pen, tracing) for curve in curves]))


def _enlarged(image: np.ndarray, tracing: Tracing) -> tuple[np.ndarray, np.ndarray]:
    """The enlarged drawing with a rim of paper, and the mask of its ink."""
    rimmed = cv2.copyMakeBorder(image, _RIM, _RIM, _RIM, _RIM, cv2.BORDER_CONSTANT, value=0)
    large = cv2.resize(rimmed, None, fx=tracing.scale, fy=tracing.scale, interpolation=cv2.INTER_CUBIC)
    # Where less than a pixel of paper is left in a loop or between two lines, it is grey.
    filled = cv2.morphologyEx(large, cv2.MORPH_CLOSE, _GAP)
    return large, ((large >= tracing.level) & (filled - large < tracing.dip)).astype(np.uint8)


_RIM = 1
"""Pixels of paper about the drawing, without which ink that fills it has no depth."""

_GAP = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
"""Gaps between strokes that it does not fit into (in pixels of the enlarged drawing) are looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ink:
    """How wide the pen is, and of each pixel (by its number) its depth, and how much ink there is about it.

    `amounts` are 1 in the middle of a usual stroke, more where two run beside each other.
    """

    pen: float
    depths: np.ndarray
    amounts: np.ndarray

    @classmethod
    def of(cls, large: np.ndarray, mask: np.ndarray, lines: np.ndarray) -> _Ink:
        """Measured from an enlarged drawing, its mask and its skeleton, none of them blank."""
        depths = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_5)
        middle = lines > 0
        # A pixel in the middle of the pen is half a pixel further from the next pixel of paper than from its edge.
        pen = max(1.0, 2 * float(np.median(depths[middle])) - 1)
        # Depths are as uneven as pixels are; this blur is not, and tells a twentieth of a width.
        blurred = cv2.GaussianBlur(large, (0, 0), 0.35 * pen)
        usual = float(np.median(blurred[middle]))
        return cls(pen, depths.ravel(), blurred.ravel() / np.float32(usual))


# --- ways between junctions -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """A way of the skeleton. Of both its ends: `pixels` in the skeleton, `depths`, and whether the ink is `free` there.

    `depth` is the least of its depths, `amount` the mean amount of ink about its middle half. `double`: it goes out and
    back.
    """

    points: np.ndarray
    pixels: tuple[int, int]
    depths: tuple[float, float]
    free: tuple[bool, bool]
    depth: float
    amount: float
    double: bool = False

    @property
    def length(self) -> float:
        return float(np.abs(np.diff(self.points)).sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """A stroke, or a closed one whose last point is the first again."""

    points: np.ndarray
    closed: bool = False


def _curves(skeleton: Skeleton, ink: _Ink, tracing: Tracing) -> Iterator[_Curve]:
    """The strokes of a skeleton."""
    for pixel in skeleton.points:
        yield _Curve(_places([pixel], skeleton.width))
    for ring in skeleton.rings:
        yield _Curve(_places([*ring, ring[0]], skeleton.width), closed=True)
    ways = [_way(pixels, skeleton, ink) for pixels in skeleton.ways]
    yield from _strokes(*_junctions(ways, ink.pen, tracing), ink.pen, tracing)


def _places(pixels: Sequence[int], width: int) -> np.ndarray:
    rows, columns = np.divmod(pixels, width)
    return columns + 1j * rows


def _way(pixels: Sequence[int], skeleton: Skeleton, ink: _Ink) -> _Way:
    ends = pixels[0], pixels[-1]
    depths = ink.depths[pixels]
    return _Way(
        points=_places(pixels, skeleton.width),
        pixels=ends,
        depths=(float(depths[0]), float(depths[-1])),
        free=(ends[0] in skeleton.ends, ends[1] in skeleton.ends),
        depth=float(depths.min()),
        amount=float(ink.amounts[pixels[len(pixels) // 4 : len(pixels) * 3 // 4 + 1]].mean()),
    )


class _Groups:
    """Pixels that count as one junction."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}

    def of(self, pixel: int) -> int:
        """The pixel that stands for the junction."""
        while (parent := self._parents.get(pixel, pixel)) != pixel:
            pixel = parent
        return pixel

    def join(self, first: int, second: int) -> None:
        """Make one junction of two."""
        self._parents[self.of(first)] = self.of(second)

    def ends(self, way: _Way) -> tuple[int, int]:
        """The junctions at both ends of a way."""
        return self.of(way.pixels[0]), self.of(way.pixels[1])


def _junctions(ways: list[_Way], pen: float, tracing: Tracing) -> tuple[list[_Way], _Groups]:
    """The ways that are strokes or parts of some, and which of their ends meet."""
    groups = _Groups()
    ways = sorted(ways, key=lambda way: way.length)
    ways = _joined(ways, groups, lambda way: way.length < _TOUCHING)
    ways = _without_spurs(ways, groups, pen, tracing)
    # Two strokes that cross make two junctions, and between them a way that both strokes share.
    ways = _joined(ways, groups, lambda way: way.length < _bridge(way, pen, tracing))
    shared = _shared(ways, groups, pen, tracing)
    ways = _joined(ways, groups, shared.__contains__)
    ways = _without_spurs(ways, groups, pen, tracing)
    return [way for way in ways if not _is_hole(way, groups, tracing.loop * pen)], groups


_TOUCHING = 2.5
"""Pixels of a junction are no further apart."""


def _joined(ways: Sequence[_Way], groups: _Groups, is_bridge: Callable[[_Way], bool]) -> list[_Way]:
    """The ways but for bridges, whose ends become one junction."""
    kept = []
    for way in ways:
        first, second = groups.ends(way)
        if first != second and not any(way.free) and is_bridge(way):
            groups.join(first, second)
        else:
            kept.append(way)
    return kept


def _bridge(way: _Way, pen: float, tracing: Tracing) -> float:
    """Length up to which a way between two junctions is a bridge."""
    merged = way.depth > tracing.thick * (pen + 1) / 2
    return pen * (tracing.merged if merged else tracing.bridge)


def _shared(ways: Sequence[_Way], groups: _Groups, pen: float, tracing: Tracing) -> set[_Way]:
    """Ways on which two strokes run: into both their ends two others go on with little turning."""
    meetings = _meetings(ways, groups)
    turns: dict[int, list[float]] = defaultdict(list)
    for ends in meetings.values():
        if len(ends) == 3:
            arms = [_arm(ways, end, pen * tracing.reach) for end in ends]
            for arm in arms:
                turns[arm.end[0]].append(_sharpest(arm, arms))
    most = math.radians(tracing.single)
    return {
        way
        for number, way in enumerate(ways)
        if len(turns[number]) == 2 and max(turns[number]) < most and way.length < tracing.merged * pen
    }


def _without_spurs(ways: Sequence[_Way], groups: _Groups, pen: float, tracing: Tracing) -> list[_Way]:
    """The ways, the shortest first, but for spurs; a junction keeps at least two ways."""
    degrees = Counter(group for way in ways for group in groups.ends(way))
    kept = []
    for way in ways:
        junction = groups.ends(way)[way.free[0]]
        if way.free[0] != way.free[1] and degrees[junction] > 2 and _beyond(way) < tracing.spur * pen:
            degrees[junction] -= 1
        else:
            kept.append(way)
    return kept


def _beyond(way: _Way) -> float:
    """How far the ink of a way with one free end reaches beyond the disc of ink about its junction."""
    tip, junction = way.depths if way.free[0] else reversed(way.depths)
    return way.length + tip - junction


def _is_hole(way: _Way, groups: _Groups, longest: float) -> bool:
    """Whether a way runs round a hole in the ink of one stroke."""
    first, second = groups.ends(way)
    return first == second and way.length < longest


# --- strokes over junctions -----------------------------------------------------------------------------------

_End = tuple[int, int]
"""Number of a way, and 0 or 1 for its first or last point."""


@dataclass(frozen=True, slots=True, eq=False)
class _Arm:
    """A way as it leaves a junction: where the disc of ink about the junction ends, and its direction (unit length).

    `cut` is the number of points within the disc.
    """

    end: _End
    start: complex
    direction: complex
    cut: int


def _strokes(ways: Sequence[_Way], groups: _Groups, pen: float, tracing: Tracing) -> Iterator[_Curve]:
    """Curves along ways and over junctions."""
    ways = _with_tips(ways, groups, pen, tracing)
    cuts: dict[_End, int] = {}
    links: dict[_End, _End] = {}
    for ends in _meetings(ways, groups).values():
        pairs = [ends]
        if len(ends) != 2:
            arms = [_arm(ways, end, pen * tracing.reach) for end in ends]
            cuts |= {arm.end: arm.cut for arm in arms}
            pairs = _pairs(arms, math.radians(tracing.bend))
        for first, second in pairs:
            links[first], links[second] = second, first
    yield from _chains(ways, links, cuts)


def _meetings(ways: Sequence[_Way], groups: _Groups) -> dict[int, list[_End]]:
    """The ends that meet at each junction."""
    meetings: dict[int, list[_End]] = defaultdict(list)
    for number, way in enumerate(ways):
        for side, group in enumerate(groups.ends(way)):
            if not way.free[side]:
                meetings[group].append((number, side))
    return meetings


def _with_tips(ways: Sequence[_Way], groups: _Groups, pen: float, tracing: Tracing) -> list[_Way]:
    """The ways, those that a pen went out and back on from a junction of three as ways from it to it."""
    ways = list(ways)
    for ends in _meetings(ways, groups).values():
        if len(ends) != 3:
            continue
        arms = [_arm(ways, end, pen * tracing.reach) for end in ends]
        excess, (number, side) = min((_excess(arm, arms, ways, pen, tracing), arm.end) for arm in arms)
        if excess < 0:
            ways[number] = _there_and_back(ways[number], side)
    return ways


def _excess(arm: _Arm, arms: Sequence[_Arm], ways: Sequence[_Way], pen: float, tracing: Tracing) -> float:
    """By how much (radians) a pen would turn too far from the other arms into this one, for it to be out and back.

    Infinite for an arm that does not end, or not soon. Most of all the amount of ink tells whether the pen went there
    twice: by it and the angle 80 % of 1,614 such junctions in drawings of CROHME's training ink are told rightly.
    """
    number, side = arm.end
    way = ways[number]
    if not way.free[1 - side] or way.length > tracing.tip * pen:
        return math.inf
    double = way.amount > tracing.doubled
    return _sharpest(arm, arms) - math.radians(tracing.double if double else tracing.single)


def _sharpest(arm: _Arm, arms: Sequence[_Arm]) -> float:
    """The greatest angle by which a pen turns into this arm of a junction from another one."""
    return max(abs(cmath.phase(-arm.direction / other.direction)) for other in arms if other is not arm)


def _there_and_back(way: _Way, side: int) -> _Way:
    """A way from one of its ends to the other one and back."""
    points = way.points[:: 1 - 2 * side]
    return replace(
        way,
        points=np.concatenate([points, points[-2::-1]]),
        pixels=(way.pixels[side],) * 2,
        depths=(way.depths[side],) * 2,
        free=(False, False),
        double=True,
    )


def _arm(ways: Sequence[_Way], end: _End, reach: float) -> _Arm:
    """How a way leaves the junction at one of its ends."""
    way = ways[end[0]]
    points = way.points[:: 1 - 2 * end[1]]
    if way.double:
        points = points[: len(points) // 2 + 1]
    far = np.abs(points - points[0])
    # The middle of a short way stays, whatever is cut at its other end.
    cut = min(int(np.argmax(far > _DISTORTED * way.depths[end[1]])) or len(points), (len(points) - 1) // 2)
    start = complex(points[cut])
    beyond = np.abs(points[cut:] - start)
    stop = complex(points[cut + (int(np.argmax(beyond > reach)) or len(beyond) - 1)])
    direction = (stop - start) or (start - complex(points[0])) or 1.0
    return _Arm(end, start, direction / abs(direction), cut)


_DISTORTED = 1.2
"""Radius of the disc in which a junction bends the skeleton, in depths of its middle."""


def _pairs(arms: Sequence[_Arm], bend: float) -> Iterator[tuple[_End, _End]]:
    """Ends to join at a junction: the pair that goes on straightest, then the next of those that are left.

    A loop with a single tail is not closed: pens write them in one stroke.
    """
    found = sorted(
        (_bend(first, second), place, other)
        for place, first in enumerate(arms)
        for other, second in enumerate(arms[:place])
        if len(arms) != 3 or first.end[0] != second.end[0]
    )
    free = set(range(len(arms)))
    for angle, place, other in found:
        if angle < bend and {place, other} <= free:
            free -= {place, other}
            yield arms[place].end, arms[other].end


def _bend(first: _Arm, second: _Arm) -> float:
    """The angle by which a pen turns from one arm into another, half of it for the way across the junction."""
    come, go = -first.direction, second.direction
    across = second.start - first.start
    turn = abs(cmath.phase(go / come))
    if abs(across) < 1:
        return turn
    return (turn + abs(cmath.phase(across / come)) + abs(cmath.phase(go / across))) / 2


def _chains(ways: Sequence[_Way], links: Mapping[_End, _End], cuts: Mapping[_End, int]) -> Iterator[_Curve]:
    """The curves of ways whose ends are linked, first those with ends, then the closed ones."""
    ends = [(number, side) for number in range(len(ways)) for side in (0, 1)]
    done: set[int] = set()
    for first in sorted(ends, key=links.__contains__):
        if first[0] in done:
            continue
        pieces, here = [], first
        while here is not None and here[0] not in done:
            done.add(here[0])
            pieces.append(_trimmed(ways[here[0]], here, links, cuts))
            here = links.get((here[0], 1 - here[1]))
        closed = here is not None
        yield _Curve(np.concatenate([*pieces, pieces[0][:1]] if closed else pieces), closed)


def _trimmed(way: _Way, start: _End, links: Mapping[_End, _End], cuts: Mapping[_End, int]) -> np.ndarray:
    """A way from one of its ends, without what the discs of ink at its junctions have distorted.

    A stroke that ends at a junction reaches the middle of it in a straight line.
    """
    number, side = start
    before, after = cuts.get(start, 0), cuts.get((number, 1 - side), 0)
    points = way.points[:: 1 - 2 * side]
    kept = points[before : len(points) - after]
    if before and start not in links:
        kept = np.concatenate([points[:1], kept])
    if after and (number, 1 - side) not in links:
        kept = np.concatenate([kept, points[-1:]])
    return kept


# --- traces of strokes ----------------------------------------------------------------------------------------


def _finished(curve: _Curve, pen: float, tracing: Tracing) -> np.ndarray:
    """A curve as a trace: smoothed, in points at equal distances, the way a pen goes, in pixels of the drawing."""
    points = curve.points
    extent = max(np.ptp(points.real), np.ptp(points.imag))
    if extent <= tracing.dot * pen:
        points = np.array([points.mean()])
    else:
        points = _spaced(points, 1.0)
        points = _smoothed(_directed(points, curve.closed), curve.closed, tracing.smoothing * pen)
        points = _spaced(points, tracing.spacing * tracing.scale)
    # The middle of the first pixel is half a pixel from the corner of the rim.
    places = (points + (0.5 + 0.5j)) / tracing.scale - _RIM * (1 + 1j)
    return np.stack([places.real, places.imag], axis=1).astype(np.float32)


def _spaced(points: np.ndarray, spacing: float) -> np.ndarray:
    """Points at equal distances of about `spacing` along a curve."""
    along = np.concatenate(([0.0], np.abs(np.diff(points)).cumsum()))
    wanted = np.linspace(0.0, along[-1], max(2, round(along[-1] / spacing) + 1))
    return np.interp(wanted, along, points)


def _directed(points: np.ndarray, closed: bool) -> np.ndarray:
    """The points in the order in which a pen most likely went."""
    if not closed:
        step = points[-1] - points[0]
        return points if step.real + _DOWN * step.imag >= 0 else points[::-1]
    top = int(np.argmin(points[:-1].imag))
    turned = np.roll(points[:-1], -top)
    turned = np.append(turned, turned[0])
    quarter = max(1, len(turned) // 8)
    return turned if turned[quarter].real <= turned[-1 - quarter].real else turned[::-1]


_DOWN = 1.5
"""How much more than a step to the right a step down tells of the direction of a stroke."""


def _smoothed(points: np.ndarray, closed: bool, deviation: float) -> np.ndarray:
    """Points at distance 1 smoothed by a Gaussian; the ends of an open curve stay where they are."""
    reach = math.ceil(2.5 * deviation)
    if len(points) < 3:
        return points
    reach = min(reach, len(points) - 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    if closed:
        before, after = points[-1 - reach : -1], points[1 : reach + 1]
    else:
        before, after = (
            2 * points[0] - points[reach:0:-1],
            2 * points[-1] - points[-2 : -2 - reach : -1],
        )
    padded = np.concatenate([before, points, after])
    return np.convolve(padded, weights / weights.sum(), mode="valid")


# --- order of strokes -----------------------------------------------------------------------------------------


def _ordered(traces: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    """Traces as they are read: parts beside each other from left to right, then parts above each other downwards.

    Of a part that neither cuts, the trace that begins furthest to the left comes first.
    """
    boxes = np.array([(*trace.min(axis=0), *trace.max(axis=0)) for trace in traces])
    waiting = [list(range(len(traces)))]
    while waiting:
        part = waiting.pop()
        if len(part) == 1:
            yield traces[part[0]]
            continue
        for low, high in ((0, 2), (1, 3)):
            parts = _cut(part, boxes[:, low], boxes[:, high])
            if len(parts) > 1:
                break
        else:
            first = min(part, key=lambda place: boxes[place].tolist())
            parts = [[first], [place for place in part if place != first]]
        waiting += reversed(parts)


def _cut(part: Sequence[int], lows: np.ndarray, highs: np.ndarray) -> list[list[int]]:
    """A part cut wherever no trace lies, its traces ordered by their low edges."""
    parts: list[list[int]] = []
    reached = -math.inf
    for place in sorted(part, key=lambda place: (lows[place], highs[place])):
        if lows[place] > reached:
            parts.append([])
        parts[-1].append(place)
        reached = max(reached, highs[place])
    return parts
