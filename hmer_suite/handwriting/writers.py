r"""Synthetic handwriting: pen traces of formulas, by writers who are made up.

Glyphs come from `hmer_suite.handwriting.drawn_glyphs` (Hershey fonts and curves of our own). A writer is drawn from a
seed: slant, sizes, spacing, pen, wobble, and for each symbol which glyph is used and how it is bent. Each symbol that
is written is bent a little more, scaled and turned; lines drift, strokes end in hooks.

Shapes: G glyphs of a formula, P control points of all of them, W waves that bend a glyph.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from hmer_suite.handwriting.boxes import Glyph, LayoutError, Placed, Style
from hmer_suite.handwriting.drawn_glyphs import missing, variants, word
from hmer_suite.handwriting.formulas import sample_formula
from hmer_suite.handwriting.placement import layout
from hmer_suite.ink.marks import Mark, shape
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import parse

Traces = tuple[np.ndarray, ...]
"""Pen traces (n, 2) of x and y, y downwards; one em is the height of a full-size capital."""

_WRITER_WAVES, _WAVES = 3, 5


@dataclass(frozen=True, slots=True, eq=False)
class Writer:
    """A hand: what stays the same over all that one person writes. Lengths in em, angles as shears.

    `taste` (tokens,) in 0..1 chooses among a token's glyphs; `bends` (tokens, W, 5) holds for each wave its
    direction (2), phase (1) and displacement (2), in standard deviations.
    """

    style: Style
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


def writer(seed: int, number: int) -> Writer:
    """The writer of that number; the same for ever, for the same seed."""
    rng = np.random.default_rng((seed, number, 7))
    tokens = len(_numbers())
    uniform = rng.uniform
    style = Style(
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
def _numbers() -> dict[str, int]:
    """Place of each token in a writer's tables."""
    return {token: number for number, token in enumerate(sorted(variants()))}


@lru_cache(maxsize=256)
def cached_writer(seed: int, number: int) -> Writer:
    """Like `writer`, remembering the last ones."""
    return writer(seed, number)


def _glyph(hand: Writer, token: str) -> Glyph:
    """The glyph that this writer uses for a token; names of functions are written with their letters."""
    choices = variants().get(token)
    if choices:
        glyph = choices[int(hand.taste[_numbers()[token]] * len(choices))]
        return (
            glyph if token in _RULED else _resized(glyph, hand.width, hand.small if token in _SMALL else 1.0)
        )
    if CLASSES.get(token) == "NAMEDOP":
        return word(token, [_glyph(hand, letter) for letter in token[1:]], 0.75 * hand.style.gap)
    raise missing(token)


_SMALL = frozenset(
    r"a c e g i j m n o p q r s u v w x y z \alpha \gamma \mu \pi \sigma \omega \rho \tau \eta".split()
)
_RULED = frozenset(r"\frac \sqrt \overline \underline \prime . , ; : \cdot".split())
"""Tokens whose size is not that of letters."""


def _resized(glyph: Glyph, width: float, height: float) -> Glyph:
    """A glyph stretched about the start of its baseline, and of the same width in proportion."""
    width *= height
    return replace(
        glyph,
        points=glyph.points * (width, height),
        left=glyph.left * width,
        right=glyph.right * width,
        top=glyph.top * height,
        bottom=glyph.bottom * height,
    )


def write(formula: str, hand: Writer, seed: tuple[int, ...]) -> Traces:
    """Pen traces of a formula in a writer's hand; `seed` decides what differs from one writing to the next.

    Raises:
        LatexSyntaxError: the formula is not valid.
        LayoutError: it holds what has no layout or no glyph.
    """
    rng = np.random.default_rng(seed)
    return trace(_placed_glyphs(formula, hand, rng), hand, rng)


def _placed_glyphs(formula: str, hand: Writer, rng: np.random.Generator) -> list[Placed]:
    known: dict[str, Glyph] = {}

    def choose(token: str) -> Glyph:
        if token not in known:
            known[token] = _glyph(hand, token)
        return known[token]

    return layout(parse(formula), choose, hand.style, random.Random(int(rng.integers(1 << 62))))


def marks(places: Sequence[Placed]) -> tuple[Mark, ...]:
    """Which traces of `trace` are which symbol, in the order of the traces."""
    found, start = [], 0
    for place in places:
        end = start + len(place.glyph.curve)
        found.append(Mark(shape(place.glyph.token), tuple(range(start, end))))
        start = end
    return tuple(found)


def trace(places: list[Placed], hand: Writer, rng: np.random.Generator) -> Traces:
    """Pen traces of placed glyphs, as a hand happens to write them.

    Raises:
        LayoutError: there is no glyph.
    """
    if not places:
        raise LayoutError("nothing to write: the formula has no ink")
    points = _bent(places, hand, rng)
    curves: list[np.ndarray] = []
    start = 0
    for place in places:
        count = len(place.glyph.points)
        curves.append(_placed(place, points[start : start + count]))
        start += count
    whole = _shaken(np.concatenate(curves), places, hand, rng)
    ends = np.cumsum([length for place in places for length in place.glyph.curve])[:-1]
    return tuple(np.split(whole, ends))


def _bent(places: list[Placed], hand: Writer, rng: np.random.Generator) -> np.ndarray:
    """Control points (P, 2) of all glyphs, bent by the writer's habit and by chance."""
    numbers = _numbers()
    habit = np.array([numbers.get(place.glyph.token, 0) for place in places])
    waves = np.concatenate(
        [hand.bends[habit], rng.standard_normal((len(places), _WAVES - _WRITER_WAVES, 5))], axis=1
    )
    counts = [len(place.glyph.points) for place in places]
    owner = np.repeat(np.arange(len(places)), counts)
    points = np.concatenate([place.glyph.points for place in places])
    phase = np.einsum("pd,pwd->pw", points, 3.0 * waves[owner, :, :2]) + 3.0 * waves[owner, :, 2]
    # Bars and other straight things are bent less, so that they stay what they are.
    bend = np.array([hand.bend * (0.5 if place.glyph.hook else 1.0) for place in places])[owner]
    points = points + bend[:, None] * np.einsum("pw,pwd->pd", np.sin(phase), waves[owner, :, 3:])
    lengths = [length for place in places for length in place.glyph.lengths]
    last = np.cumsum(lengths) - 1
    first = np.concatenate([[0], last[:-1] + 1])
    points[first] += rng.normal(0.0, hand.hook, (len(first), 2))
    points[last] += rng.normal(0.0, hand.hook, (len(last), 2)) + np.array([0.3 * hand.hook, 0.0])
    return points


def _placed(place: Placed, points: np.ndarray) -> np.ndarray:
    """Drawn points of a glyph on the page."""
    glyph = place.glyph
    if glyph.hook:
        # Stretch along x before smoothing: the bar's own curve stays smooth.
        beyond = np.maximum(points[:, :1] - glyph.hook, 0.0)
        points = points + np.concatenate([beyond * (place.bar / place.width - 1.0), 0 * beyond], axis=1)
    curve = points if glyph.smooth is None else glyph.smooth @ points
    return curve * (place.width, place.height) + (place.x, place.y)


def _shaken(points: np.ndarray, places: list[Placed], hand: Writer, rng: np.random.Generator) -> np.ndarray:
    """Placed points (n, 2) with each glyph turned, slanted and resized by chance, on a drifting line, by a hand."""
    count = len(places)
    owner = np.repeat(np.arange(count), [sum(place.glyph.curve) for place in places])
    free = np.array([not (place.glyph.hook or place.glyph.token == "\\frac") for place in places], float)
    starts = np.concatenate([[0], np.cumsum([sum(place.glyph.curve) for place in places])[:-1]])
    low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
    centre, extent = (low + high) / 2, np.minimum(high - low, 1.0)
    noise = rng.normal(size=(count, 6)) * free[:, None]
    turn = 0.6 * hand.unsteady * noise[:, 0]
    shear = free * hand.slant + 0.8 * hand.unsteady * noise[:, 1]
    across = np.exp(hand.unsteady * noise[:, 2])
    along = np.exp(hand.unsteady * noise[:, 3])
    shift = hand.unsteady * noise[:, 4:] * (0.5 * extent.max(1, keepdims=True))
    rel = points - centre[owner]
    x = rel[:, 0] * across[owner] - rel[:, 1] * (shear + turn)[owner]
    y = rel[:, 1] * along[owner] + rel[:, 0] * turn[owner]
    moved = np.stack([x, y], axis=1) + (centre + shift)[owner]
    waves = rng.uniform(0.0, 6.3, 6)
    moved[:, 1] += hand.drift * moved[:, 0] + 0.6 * hand.unsteady * np.sin(0.9 * moved[:, 0] + waves[0])
    steps = np.arange(len(moved))
    moved[:, 0] += hand.wobble * (np.sin(0.73 * steps + waves[1]) + np.sin(0.31 * steps + waves[2]))
    moved[:, 1] += hand.wobble * (np.sin(0.61 * steps + waves[3]) + np.sin(0.27 * steps + waves[4]))
    return moved


# --- samples ----------------------------------------------------------------------------------------------------

_FORMULAS_A_WRITER = 8


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A formula as it was written, with the width of the pen in em, and which traces are which symbol."""

    formula: str
    traces: Traces
    pen: float
    marks: tuple[Mark, ...] = ()


def synthetic(seed: int, first_writer: int, number: int, longest: int = 0) -> Written:
    """Sample `number` of the series whose writers are counted from `first_writer`; it depends on nothing else.

    Its formula has at most `longest` tokens, any number where that is 0.
    """
    rng = random.Random(f"{seed} {first_writer} {number}")
    hand = cached_writer(seed, first_writer + number // _FORMULAS_A_WRITER)
    formula = sample_formula(rng)
    while longest and len(formula.split()) > longest:
        formula = sample_formula(rng)
    chance = np.random.default_rng((seed, first_writer, number))
    places = _placed_glyphs(formula, hand, chance)
    return Written(formula, trace(places, hand, chance), hand.pen, marks(places))
