r"""Stroke glyphs for tokens: the Hershey fonts, and our own curves for what they lack or draw too printed.

The Hershey fonts were made by Dr. A. V. Hershey at the U.S. National Bureau of Standards and may be used freely;
their distribution in this format was created by James Hurt, Cognition, Inc. (the attribution that they ask for).
They come with the package `Hershey-Fonts`.

Glyphs are in the em of `hmer_suite.data.layout`: capitals are 1 high, the baseline is y = 0, y runs downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from hmer_suite.data.layout import Glyph, LayoutError

_CAPITAL, _BASELINE = 21.0, 9.0
"""Height of Hershey capitals, and where their baseline lies, in Hershey units (y downwards)."""

_CORNER = np.cos(np.radians(58))
"""A control point where the pen turns by more than this is a corner; elsewhere strokes are smooth curves."""


def smoothing(points: np.ndarray, step: float = 0.05) -> np.ndarray:
    """Matrix (m, n) that turns n control points into a Catmull-Rom curve with a point about every `step` em.

    Control points with a sharp turn stay corners. The matrix depends on where the points lie, yet it serves
    slightly moved points too: the curve follows them.
    """
    count = len(points)
    if count < 2:
        return np.eye(count)
    if count == 2:
        return _line(points, step)
    sides = np.diff(points, axis=0)
    lengths = np.hypot(*sides.T)
    units = sides / np.maximum(lengths, 1e-9)[:, None]
    corner = np.ones(count, bool)
    corner[1:-1] = (units[:-1] * units[1:]).sum(1) < _CORNER
    rows: list[np.ndarray] = []
    for index in range(count - 1):
        parts = max(1, min(12, round(lengths[index] / step)))
        rows.extend(_segment(index, count, corner, part / parts) for part in range(parts))
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


def glyph_of(token: str, strokes: Sequence[np.ndarray], hook: float = 0.0) -> Glyph:
    """A glyph of control-point strokes in em, moved so that its ink starts at x = 0."""
    matrices = [smoothing(stroke) for stroke in strokes]
    points = np.concatenate(strokes).astype(np.float64)
    curve = np.concatenate([matrix @ stroke for matrix, stroke in zip(matrices, strokes, strict=True)])
    left, top = curve.min(0)
    right, bottom = curve.max(0)
    points[:, 0] -= left
    return Glyph(
        token,
        points,
        tuple(map(len, strokes)),
        0.0,
        float(top),
        float(right - left),
        float(bottom),
        hook=hook - float(left) if hook else 0.0,
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
_SYMBOLS = {"\\pm": "!", "\\mp": '"'}


@lru_cache(maxsize=1)
def _hershey() -> dict[str, dict[str, list[np.ndarray]]]:
    """Strokes of the faces in use, by face and character."""
    from HersheyFonts import HersheyFonts

    faces = {}
    for face in ("futural", "scripts", "greeks", "mathlow"):
        font = HersheyFonts()
        font.load_default_font(face)
        faces[face] = {
            character: [
                (np.array(stroke, float) - (0.0, _BASELINE)) / _CAPITAL for stroke in glyph.strokes if stroke
            ]
            for character, glyph in font.all_glyphs.items()
        }
    return faces


def _own(text: str) -> list[np.ndarray]:
    """Strokes written as ``x,y x,y ... ; x,y ...`` in hundredths of an em, y upwards."""
    return [
        np.array([[float(v) for v in pair.split(",")] for pair in stroke.split()]) * (0.01, -0.01)
        for stroke in text.split(";")
    ]


_OWN: dict[str, tuple[str, ...]] = {
    "\\sqrt": ("0,40 10,52 24,0 44,100 100,100",),
    "\\frac": ("0,42 100,42",),
    "\\sum": ("70,95 5,98 42,50 0,-2 75,0",),
    "\\int": ("58,112 50,122 40,110 30,40 22,-30 10,-38 0,-26",),
    "\\infty": ("48,30 25,12 5,18 2,38 20,48 48,30 75,14 98,22 96,42 78,48 48,30",),
    "\\rightarrow": ("0,42 90,42 ; 65,60 92,42 65,25",),
    "\\leq": ("60,75 5,48 60,20 ; 5,5 62,5",),
    "\\geq": ("5,75 60,48 5,20 ; 5,5 62,5",),
    "\\neq": ("0,55 60,55 ; 0,30 60,30 ; 45,75 12,8",),
    "\\times": ("5,65 50,18 ; 50,65 5,18",),
    "\\div": ("0,42 60,42 ; 30,68 32,64 ; 30,18 32,14",),
    "\\cdot": ("0,42 4,39",),
    "\\ldots": ("0,3 4,0 ; 30,3 34,0 ; 60,3 64,0",),
    "\\cdots": ("0,42 4,39 ; 30,42 34,39 ; 60,42 64,39",),
    "\\prime": ("14,100 0,60",),
    "\\forall": ("0,98 32,0 66,98 ; 14,58 52,58",),
    "\\exists": ("0,98 50,98 50,0 0,0 ; 8,50 50,50",),
    "\\in": ("55,72 20,70 2,42 20,12 55,10 ; 2,42 50,42",),
    "\\theta": ("35,98 12,80 2,45 10,8 26,0 44,12 54,52 48,85 35,98 ; 4,48 52,50",),
    "\\phi": ("35,62 10,55 0,30 12,5 35,0 58,8 66,32 54,56 35,62 ; 42,92 24,-32",),
    "|": ("0,105 0,-15",),
}


@lru_cache(maxsize=1)
def variants() -> dict[str, tuple[Glyph, ...]]:
    """All glyphs that a token may be written with."""
    faces = _hershey()
    found: dict[str, list[Glyph]] = {}

    def add(token: str, strokes: list[np.ndarray], hook: float = 0.0) -> None:
        if strokes:
            found.setdefault(token, []).append(glyph_of(token, strokes, hook))

    for token, texts in _OWN.items():
        for text in texts:
            strokes = _own(text)
            add(token, strokes, 0.44 if token == "\\sqrt" else 0.0)
    for code in range(33, 127):
        character = chr(code)
        token = f"\\{character}" if character in "{}" else character
        if token not in _OWN and character not in "$&#%_\\^~`\"@'":
            add(token, faces["futural"][character])
            if character.islower():
                add(token, faces["scripts"][character])
    for token, character in _GREEK.items():
        add(token, faces["greeks"][character])
    for token, character in _SYMBOLS.items():
        add(token, faces["mathlow"][character])
    return {token: tuple(glyphs) for token, glyphs in found.items()}


def word(token: str, letters: Sequence[Glyph], gap: float = 0.1) -> Glyph:
    """One glyph of several in a row: the name of a function."""
    x = 0.0
    strokes, lengths, matrices, curve = [], [], [], []
    for letter in letters:
        strokes.append(letter.points + np.array([x - letter.left, 0.0]))
        lengths += letter.lengths
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
    """The error of a token that cannot be drawn."""
    return LayoutError(f"no glyph for {token}")
