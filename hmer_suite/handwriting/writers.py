r"""Synthetic handwriting: pen traces of formulas by sampled writers.

Glyphs come from `hmer_suite.handwriting.drawn_glyphs` (Hershey fonts and curves of our own). A writer is sampled from a
seed: slant, sizes, spacing, pen, wobble, and for each symbol the glyph used and its deformation. Each written symbol is
deformed, scaled and rotated a little more; lines drift, and strokes end in hooks.

Shapes: P control points of all glyphs of a formula, W waves that deform a glyph.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from hmer_suite.handwriting.boxes import Glyph, LayoutError, PlacedGlyph, WritingStyle
from hmer_suite.handwriting.drawn_glyphs import missing, variants, word
from hmer_suite.handwriting.formulas import sample_formula
from hmer_suite.handwriting.placement import layout
from hmer_suite.ink.marks import shape
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import parse
from hmer_suite.specs.samples import Mark

Traces = tuple[np.ndarray, ...]
"""Pen traces (n, 2) of x and y, y downwards; one em is the height of a full-size capital."""

_WRITER_WAVES, _WAVES = 3, 5


@dataclass(frozen=True, slots=True, eq=False)
class Writer:
    """Traits of a writer that are the same for all of its formulas; lengths in em, angles as shears.

    `taste` (tokens,) in 0..1 chooses among a token's glyphs; `bends` (tokens, W, 5) holds for each wave its
    direction (2), phase (1) and displacement (2), in standard deviations.
    """

    style: WritingStyle
    slant: float
    pen: float
    bend: float
    wobble: float
    drift: float
    unsteady: float
    hook: float
    width: float
    small: float
    taste: np.ndarray
    bends: np.ndarray


def sampled_writer(seed: int, number: int) -> Writer:
    """A random writer, deterministic in `seed` and `number`."""
    rng = np.random.default_rng((seed, number, 7))
    tokens = len(_token_numbers())
    uniform = rng.uniform
    style = WritingStyle(
        script=uniform(0.55, 0.88),
        raised=uniform(0.1, 0.45),
        lowered=uniform(0.12, 0.4),
        gap=0.1 + 0.28 * uniform() ** 1.5,
        operator_gap=uniform(0.15, 0.5),
        relation_gap=uniform(0.18, 0.7),
        fraction_gap=uniform(0.1, 0.3),
        overhang=uniform(0.02, 0.25),
        looseness=uniform(0.15, 0.4),
        stacked_limits=uniform() < 0.85,
        growing_fences=uniform() < 0.85,
    )
    return Writer(
        style=style,
        slant=rng.normal(0.06, 0.12),
        pen=uniform(0.06, 0.11),
        bend=uniform(0.025, 0.06),
        wobble=uniform(0.003, 0.011),
        drift=rng.normal(0.0, 0.02),
        unsteady=uniform(0.02, 0.07),
        hook=uniform(0.01, 0.05),
        width=float(np.exp(np.clip(rng.normal(0.1, 0.2), -0.25, 0.5))),
        small=uniform(0.85, 1.2),
        taste=rng.random(tokens),
        bends=rng.standard_normal((tokens, _WRITER_WAVES, 5)),
    )


@lru_cache(maxsize=1)
def _token_numbers() -> dict[str, int]:
    """Index of each token in a writer's tables."""
    return {token: number for number, token in enumerate(sorted(variants()))}


@lru_cache(maxsize=256)
def cached_writer(seed: int, number: int) -> Writer:
    """`sampled_writer` with a cache of the most recent ones."""
    return sampled_writer(seed, number)


def _glyph(writer: Writer, token: str) -> Glyph:
    """A writer's glyph for a token; function names are spelt with its letters."""
    choices = variants().get(token)
    if choices:
        glyph = choices[int(writer.taste[_token_numbers()[token]] * len(choices))]
        return (
            glyph
            if token in _RULED
            else _resized(glyph, writer.width, writer.small if token in _SMALL else 1.0)
        )
    if CLASSES.get(token) == "NAMEDOP":
        return word(token, [_glyph(writer, letter) for letter in token[1:]], 0.75 * writer.style.gap)
    raise missing(token)


_SMALL = frozenset(
    r"a c e g i j m n o p q r s u v w x y z \alpha \gamma \mu \pi \sigma \omega \rho \tau \eta".split()
)
_RULED = frozenset(r"\frac \sqrt \overline \underline \prime . , ; : \cdot".split())
"""Tokens whose size does not depend on that of letters."""


def _resized(glyph: Glyph, width: float, height: float) -> Glyph:
    """A glyph scaled about the start of its baseline; `width` is relative to the new height."""
    width *= height
    return replace(
        glyph,
        points=glyph.points * (width, height),
        left=glyph.left * width,
        right=glyph.right * width,
        top=glyph.top * height,
        bottom=glyph.bottom * height,
    )


def write(formula: str, writer: Writer, seed: tuple[int, ...]) -> Traces:
    """Pen traces of a formula by a writer; `seed` determines the variation between repetitions.

    Raises:
        LatexSyntaxError: the formula is not valid LaTeX.
        LayoutError: it has a construct without a layout, or a token without a glyph.
    """
    rng = np.random.default_rng(seed)
    return pen_traces(_placed_glyphs(formula, writer, rng), writer, rng)


def _placed_glyphs(formula: str, writer: Writer, rng: np.random.Generator) -> list[PlacedGlyph]:
    known: dict[str, Glyph] = {}

    def choose(token: str) -> Glyph:
        if token not in known:
            known[token] = _glyph(writer, token)
        return known[token]

    return layout(parse(formula), choose, writer.style, random.Random(int(rng.integers(1 << 62))))


def marks_of_glyphs(places: Sequence[PlacedGlyph]) -> tuple[Mark, ...]:
    """The symbol marks of the traces that `pen_traces` makes of these glyphs."""
    found, start = [], 0
    for place in places:
        end = start + len(place.glyph.curve)
        found.append(Mark(shape(place.glyph.token), tuple(range(start, end))))
        start = end
    return tuple(found)


def pen_traces(places: list[PlacedGlyph], writer: Writer, rng: np.random.Generator) -> Traces:
    """Pen traces of placed glyphs with the writer's random deviations.

    Raises:
        LayoutError: there are no glyphs.
    """
    if not places:
        raise LayoutError("nothing to write: the formula has no ink")
    points = _bent(places, writer, rng)
    curves: list[np.ndarray] = []
    start = 0
    for place in places:
        count = len(place.glyph.points)
        curves.append(_placed(place, points[start : start + count]))
        start += count
    whole = _with_deviations(np.concatenate(curves), places, writer, rng)
    ends = np.cumsum([length for place in places for length in place.glyph.curve])[:-1]
    return tuple(np.split(whole, ends))


def _bent(places: list[PlacedGlyph], writer: Writer, rng: np.random.Generator) -> np.ndarray:
    """Control points (P, 2) of all glyphs, deformed by the writer's habit and at random."""
    numbers = _token_numbers()
    habit = np.array([numbers.get(place.glyph.token, 0) for place in places])
    waves = np.concatenate(
        [writer.bends[habit], rng.standard_normal((len(places), _WAVES - _WRITER_WAVES, 5))], axis=1
    )
    counts = [len(place.glyph.points) for place in places]
    owner = np.repeat(np.arange(len(places)), counts)
    points = np.concatenate([place.glyph.points for place in places])
    phase = np.einsum("pd,pwd->pw", points, 3.0 * waves[owner, :, :2]) + 3.0 * waves[owner, :, 2]
    # Bars and other straight glyphs are deformed less, to stay recognisable.
    bend = np.array([writer.bend * (0.5 if place.glyph.hook else 1.0) for place in places])[owner]
    points = points + bend[:, None] * np.einsum("pw,pwd->pd", np.sin(phase), waves[owner, :, 3:])
    lengths = [length for place in places for length in place.glyph.lengths]
    last = np.cumsum(lengths) - 1
    first = np.concatenate([[0], last[:-1] + 1])
    points[first] += rng.normal(0.0, writer.hook, (len(first), 2))
    points[last] += rng.normal(0.0, writer.hook, (len(last), 2)) + np.array([0.3 * writer.hook, 0.0])
    return points


def _placed(place: PlacedGlyph, points: np.ndarray) -> np.ndarray:
    """Curve points of a glyph on the page."""
    glyph = place.glyph
    if glyph.hook:
        # Stretch along x before smoothing: the bar's own curve stays smooth.
        beyond = np.maximum(points[:, :1] - glyph.hook, 0.0)
        points = points + np.concatenate([beyond * (place.bar / place.width - 1.0), 0 * beyond], axis=1)
    curve = points if glyph.smooth is None else glyph.smooth @ points
    return curve * (place.width, place.height) + (place.x, place.y)


def _with_deviations(
    points: np.ndarray, places: list[PlacedGlyph], writer: Writer, rng: np.random.Generator
) -> np.ndarray:
    """Points (n, 2) with each glyph randomly rotated, slanted and scaled, on a drifting and wobbling line."""
    count = len(places)
    owner = np.repeat(np.arange(count), [sum(place.glyph.curve) for place in places])
    free = np.array([not (place.glyph.hook or place.glyph.token == "\\frac") for place in places], float)
    starts = np.concatenate([[0], np.cumsum([sum(place.glyph.curve) for place in places])[:-1]])
    low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
    centre, extent = (low + high) / 2, np.minimum(high - low, 1.0)
    noise = rng.normal(size=(count, 6)) * free[:, None]
    turn = 0.6 * writer.unsteady * noise[:, 0]
    shear = free * writer.slant + 0.8 * writer.unsteady * noise[:, 1]
    across = np.exp(writer.unsteady * noise[:, 2])
    along = np.exp(writer.unsteady * noise[:, 3])
    shift = writer.unsteady * noise[:, 4:] * (0.5 * extent.max(1, keepdims=True))
    rel = points - centre[owner]
    x = rel[:, 0] * across[owner] - rel[:, 1] * (shear + turn)[owner]
    y = rel[:, 1] * along[owner] + rel[:, 0] * turn[owner]
    moved = np.stack([x, y], axis=1) + (centre + shift)[owner]
    waves = rng.uniform(0.0, 6.3, 6)
    moved[:, 1] += writer.drift * moved[:, 0] + 0.6 * writer.unsteady * np.sin(0.9 * moved[:, 0] + waves[0])
    steps = np.arange(len(moved))
    moved[:, 0] += writer.wobble * (np.sin(0.73 * steps + waves[1]) + np.sin(0.31 * steps + waves[2]))
    moved[:, 1] += writer.wobble * (np.sin(0.61 * steps + waves[3]) + np.sin(0.27 * steps + waves[4]))
    return moved


# --- samples ----------------------------------------------------------------------------------------------------

_FORMULAS_A_WRITER = 8


@dataclass(frozen=True, slots=True, eq=False)
class WrittenFormula:
    """A formula with its pen traces, the width of the pen in em, and the marks of its symbols."""

    formula: str
    traces: Traces
    pen: float
    marks: tuple[Mark, ...] = ()


def synthetic(seed: int, first_writer: int, number: int, longest: int = 0) -> WrittenFormula:
    """Sample `number` of the series whose writers are numbered from `first_writer`; deterministic in its arguments.

    Its formula has at most `longest` tokens, or any number if that is 0.
    """
    rng = random.Random(f"{seed} {first_writer} {number}")
    writer = cached_writer(seed, first_writer + number // _FORMULAS_A_WRITER)
    formula = sample_formula(rng)
    while longest and len(formula.split()) > longest:
        formula = sample_formula(rng)
    chance = np.random.default_rng((seed, first_writer, number))
    places = _placed_glyphs(formula, writer, chance)
    return WrittenFormula(formula, pen_traces(places, writer, chance), writer.pen, marks_of_glyphs(places))
