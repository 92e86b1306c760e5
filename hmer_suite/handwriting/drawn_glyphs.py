r"""Stroke glyphs for tokens: the Hershey fonts, and our own curves for symbols that these lack or draw as in print.

The Hershey fonts were made by Dr. A. V. Hershey at the U.S. National Bureau of Standards and may be used freely;
their distribution in this format was created by James Hurt, Cognition, Inc. (the attribution that they ask for).
They are part of the package `Hershey-Fonts`.

Glyphs are in the em of `hmer_suite.handwriting.placement`: capitals are 1 high, the baseline is y = 0, y runs
downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from hmer_suite.handwriting.boxes import Glyph, LayoutError
from hmer_suite.latex.constructs import SYNONYMS

_CAPITAL, _BASELINE = 21.0, 9.0
"""Height of Hershey capitals, and y of their baseline, in Hershey units (y downwards)."""

_HERSHEY_CORNER, _OWN_CORNER = 58.0, 95.0
"""Least angle in degrees that makes a control point a corner; elsewhere strokes are smooth."""


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """Control points (n, 2) in em, and a mask (n,) of those that are corners."""

    points: np.ndarray
    corners: np.ndarray

    @classmethod
    def of(cls, points: np.ndarray, degrees: float) -> Stroke:
        """A stroke with corners at turns of more than `degrees`, at its ends, and at repeated points."""
        twice = np.zeros(len(points), bool)
        twice[:-1] = (points[1:] == points[:-1]).all(1)
        keep = np.concatenate([[True], ~twice[:-1]]) if len(points) > 1 else np.array([True])
        points, marked = points[keep], (twice | np.concatenate([[False], twice[:-1]]))[keep]
        units = np.diff(points, axis=0)
        units /= np.maximum(np.hypot(*units.T), 1e-9)[:, None]
        marked[[0, -1]] = True
        marked[1:-1] |= (units[:-1] * units[1:]).sum(1) < np.cos(np.radians(degrees))
        return cls(points, marked)


def smoothing(stroke: Stroke, step: float = 0.05) -> np.ndarray:
    """Matrix (m, n) that turns n control points into a Catmull-Rom curve with a point about every `step` em.

    It is computed for the given points, but also fits points that are slightly moved.
    """
    points, count = stroke.points, len(stroke.points)
    if count < 2:
        return np.eye(count)
    if count == 2:
        return _line(points, step)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    rows: list[np.ndarray] = []
    for index in range(count - 1):
        parts = max(1, min(12, round(lengths[index] / step)))
        rows.extend(_segment(index, count, stroke.corners, part / parts) for part in range(parts))
    last = np.zeros(count)
    last[-1] = 1.0
    return np.array([*rows, last])


def _line(points: np.ndarray, step: float) -> np.ndarray:
    parts = max(1, min(14, round(float(np.hypot(*(points[1] - points[0]))) / step)))
    t = np.linspace(0.0, 1.0, parts + 1)
    return np.stack([1 - t, t], axis=1)


def _segment(index: int, count: int, corner: np.ndarray, t: float) -> np.ndarray:
    """Weights of the control points at `t` of the way from point `index` to the next."""
    row = np.zeros(count)
    square, cube = t * t, t * t * t
    row[index] += 2 * cube - 3 * square + 1
    row[index + 1] += 3 * square - 2 * cube
    for end, weight in ((index, cube - 2 * square + t), (index + 1, cube - square)):
        # The tangent at a corner is that of the side itself, elsewhere half the chord of the neighbours.
        low, high = (index, index + 1) if corner[end] else (end - 1, end + 1)
        scale = 1.0 if corner[end] else 0.5
        row[high] += weight * scale
        row[low] -= weight * scale
    return row


def glyph_of(token: str, strokes: Sequence[Stroke]) -> Glyph:
    """A glyph made of strokes in em, moved so that its ink starts at x = 0."""
    matrices = [smoothing(stroke) for stroke in strokes]
    curve = np.concatenate([matrix @ stroke.points for matrix, stroke in zip(matrices, strokes, strict=True)])
    left, top = curve.min(0)
    right, bottom = curve.max(0)
    points = np.concatenate([stroke.points for stroke in strokes]) - np.array([left, 0.0])
    # The bar of a radical begins where its stroke first reaches the top.
    hook = points[points[:, 1] < top + 0.06][0, 0] if token == "\\sqrt" else 0.0
    return Glyph(
        token,
        points,
        tuple(len(stroke.points) for stroke in strokes),
        0.0,
        float(top),
        float(right - left),
        float(bottom),
        hook=float(hook),
        smooth=_block_diagonal(matrices),
        curve=tuple(len(matrix) for matrix in matrices),
    )


def _block_diagonal(matrices: Sequence[np.ndarray]) -> np.ndarray:
    rows, columns = (sum(matrix.shape[axis] for matrix in matrices) for axis in (0, 1))
    whole = np.zeros((rows, columns))
    row = column = 0
    for matrix in matrices:
        whole[row : row + len(matrix), column : column + matrix.shape[1]] = matrix
        row += len(matrix)
        column += matrix.shape[1]
    return whole


# --- faces -----------------------------------------------------------------------------------------------------

_GREEK = dict(
    zip(
        r"""\alpha \beta \gamma \delta \varepsilon \zeta \eta \vartheta \iota \kappa \lambda \mu \nu \xi \omicron \pi
        \rho \sigma \tau \upsilon \varphi \chi \psi \omega""".split(),
        "abcdefghijklmnopqrstuvwx",
        strict=True,
    )
)
_GREEK |= {"\\Gamma": "C", "\\Delta": "D", "\\Theta": "H", "\\Lambda": "K", "\\Xi": "N", "\\Pi": "P"}
_GREEK |= {"\\Sigma": "R", "\\Upsilon": "T", "\\Phi": "U", "\\Psi": "W", "\\Omega": "X"}


@lru_cache(maxsize=1)
def _hershey() -> dict[str, dict[str, list[Stroke]]]:
    """Strokes of the faces in use, keyed by face and character."""
    from HersheyFonts import HersheyFonts

    faces = {}
    for face in ("futural", "scripts", "greeks"):
        font = HersheyFonts()
        font.load_default_font(face)
        faces[face] = {
            character: [_hershey_stroke(stroke) for stroke in glyph.strokes if stroke]
            for character, glyph in font.all_glyphs.items()
        }
    return faces


def _hershey_stroke(points: Sequence[tuple[int, int]]) -> Stroke:
    return Stroke.of((np.array(points, float) - (0.0, _BASELINE)) / _CAPITAL, _HERSHEY_CORNER)


def _own() -> dict[str, list[list[Stroke]]]:
    """The glyphs of ``glyphs.tsv``: for each token its ways of being written."""
    lines = (
        resources.files("hmer_suite.handwriting").joinpath("glyphs.tsv").read_text("utf-8").splitlines()[1:]
    )
    found: dict[str, list[list[Stroke]]] = {}
    for line in lines:
        token, _, strokes = line.partition("\t")
        found.setdefault(token, []).append([_own_stroke(stroke) for stroke in strokes.split(" ; ")])
    return found


def _own_stroke(text: str) -> Stroke:
    points = np.array([[float(value) for value in pair.split(",")] for pair in text.split()])
    return Stroke.of(points * (0.01, -0.01), _OWN_CORNER)


@lru_cache(maxsize=1)
def variants() -> dict[str, tuple[Glyph, ...]]:
    """All variants of the glyph of each token."""
    faces, found = _hershey(), _own()
    for code in (
        *range(ord("0"), ord("9") + 1),
        *range(ord("A"), ord("Z") + 1),
        *range(ord("a"), ord("z") + 1),
    ):
        character = chr(code)
        found.setdefault(character, []).append(faces["futural"][character])
        if character.islower():
            found[character].append(faces["scripts"][character])
    for character in '()"#$%&@':
        token = f"\\{character}" if character in "#$%&" else character
        found.setdefault(token, []).append(faces["futural"][character])
    for token, character in _GREEK.items():
        found.setdefault(token, []).append(faces["greeks"][character])
    for token, twin in (_TWINS | SYNONYMS).items():
        if twin in found:
            found.setdefault(token, found[twin])
    return {token: tuple(glyph_of(token, strokes) for strokes in written) for token, written in found.items()}


_TWINS = dict(
    pair.split("=")
    for pair in r"""
    \vert=| \Vert=\| \lvert=| \rvert=| \lVert=\| \rVert=\| \ast=* \dots=\ldots \dotsc=\ldots \dotsb=\cdots
    \longrightarrow=\rightarrow \longleftarrow=\leftarrow \varphi=\phi \varepsilon=\epsilon \vartheta=\theta
    \leqslant=\leq \geqslant=\geq \varnothing=\emptyset \overrightarrow=\xrightarrow \imath=i \jmath=j
    \iff=\leftrightarrow \Box=\square \smallsetminus=\setminus \bot=\perp \dag=\dagger \colon=:
    \varrho=\rho \varsigma=\sigma \varpi=\pi \longleftrightarrow=\leftrightarrow \surd=\checkmark \longmapsto=\mapsto
    \lhd=\triangle \bigtriangleup=\triangle \slash=/ \bigcirc=O \vartriangle=\triangle \textdegree=\degree
    """.split()
)
"""Tokens that are drawn like others if they have no glyph of their own."""


def word(token: str, letters: Sequence[Glyph], gap: float = 0.1) -> Glyph:
    """Several drawn glyphs in a row as one, for the name of a function."""
    x = 0.0
    strokes: list[np.ndarray] = []
    lengths: list[int] = []
    matrices: list[np.ndarray] = []
    curve: list[int] = []
    for letter in letters:
        strokes.append(letter.points + np.array([x - letter.left, 0.0]))
        lengths += letter.lengths
        assert letter.smooth is not None, f"{letter.token}: not a drawn glyph"
        matrices.append(letter.smooth)
        curve += letter.curve
        x += letter.right - letter.left + gap
    return Glyph(
        token,
        np.concatenate(strokes),
        tuple(lengths),
        0.0,
        min(letter.top for letter in letters),
        x - gap,
        max(letter.bottom for letter in letters),
        smooth=_block_diagonal(matrices),
        curve=tuple(curve),
    )


def missing(token: str) -> LayoutError:
    """The error for a token that has no glyph."""
    return LayoutError(f"no glyph for {token}")
