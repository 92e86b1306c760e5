"""Where a recogniser looked for each token: a sheet with a picture a token, and an animation of the reading.

Over an image paper glows where the network looked, over ink the strokes that it looked at do.

Shapes: L tokens, H W height and width of the image in pixels, h w of a map, S strokes. A map is spread evenly over the
image, whatever its own size; only the ratios within a map, or between strokes, count.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from hmer_suite.ink.symbol_height import symbol_height
from hmer_suite.report.figure import INK, SOFT

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

GLOW = (255, 96, 32)
"""Red, green and blue of paper, or of a stroke, where all attention lies."""

FAINT = (178, 184, 194)
"""Colour of a stroke that is not looked at."""

SYMBOL_HEIGHT, MAX_HEIGHT = 40, 240
"""Pixels that a full-size symbol of ink is high, and that a picture of ink is high at most."""

LETTERS, GAP = 18, 12
"""Size of letters, and space between things, in pixels."""

FRAME_SECONDS, LAST_SECONDS = 0.6, 2.5
"""How long each picture of an animation stands, and how long the last."""


def overlay(image: np.ndarray, look: np.ndarray) -> np.ndarray:
    """An image (H, W; 0 paper, 255 ink) in colours (H, W, 3), its paper glowing where `look` (h, w) is high."""
    import cv2
    import numpy as np

    height, width = image.shape
    spread = cv2.resize(np.asarray(look, np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    glow = np.sqrt(np.clip(spread / max(float(spread.max()), 1e-12), 0, 1))[..., None]
    paper = 255.0 - glow * (255.0 - np.array(GLOW))
    return np.rint(paper * (1 - image[..., None] / 255.0)).astype(np.uint8)


def attention_sheet(
    image: np.ndarray, looks: Sequence[np.ndarray], tokens: Sequence[str], width: int = 1500
) -> bytes:
    """A PNG file of at most about `width` pixels across: for each token the image with its map, in reading order."""
    return _sheet(_pictures(image, looks, tokens, (width - 3 * GAP) // 2), tokens, width)


def stroke_sheet(
    traces: Sequence[np.ndarray], looks: Sequence[np.ndarray], tokens: Sequence[str], width: int = 1500
) -> bytes:
    """The same of ink: for each token its traces (n, 2), coloured by how much of `looks` (L, S) each one gets."""
    return _sheet(_stroke_pictures(traces, looks, tokens, (width - 3 * GAP) // 2), tokens, width)


def _sheet(pictures: Sequence[Image], tokens: Sequence[str], width: int) -> bytes:
    from PIL import Image, ImageDraw

    cell_width, cell_height = pictures[0].width + GAP, pictures[0].height + LETTERS + 2 * GAP
    columns = max(1, min(len(pictures), (width - GAP) // cell_width))
    rows = math.ceil(len(pictures) / columns)
    sheet = Image.new("RGB", (GAP + columns * cell_width, GAP + rows * cell_height), "white")
    draw, font = ImageDraw.Draw(sheet), letters()
    for i, (picture, token) in enumerate(zip(pictures, tokens, strict=True)):
        left, top = GAP + i % columns * cell_width, GAP + i // columns * cell_height
        number = f"{i + 1} "
        draw.text((left, top), number, SOFT, font)
        draw.text((left + font.getlength(number), top), token, INK, font)
        sheet.paste(picture, (left, top + LETTERS + GAP // 2))
    return encoded(sheet, "PNG")


def attention_animation(
    image: np.ndarray, looks: Sequence[np.ndarray], tokens: Sequence[str], width: int = 900
) -> bytes:
    """An animated GIF file: for each token the image with its map, above the formula as far as it has been read."""
    return _animation(_pictures(image, looks, tokens, width - 2 * GAP), tokens, width)


def stroke_animation(
    traces: Sequence[np.ndarray], looks: Sequence[np.ndarray], tokens: Sequence[str], width: int = 900
) -> bytes:
    """The same of ink, as `stroke_sheet` colours it."""
    return _animation(_stroke_pictures(traces, looks, tokens, width - 2 * GAP), tokens, width)


def _animation(pictures: Sequence[Image], tokens: Sequence[str], width: int) -> bytes:
    from PIL import Image, ImageDraw

    canvas_width = max(pictures[0].width, min(width, 480)) + 2 * GAP
    places, bottom = _laid_out(tokens, canvas_width, pictures[0].height + 2 * GAP)
    font, frames = letters(), []
    for i, picture in enumerate(pictures):
        frame = Image.new("RGB", (canvas_width, bottom + GAP), "white")
        frame.paste(picture, ((canvas_width - picture.width) // 2, GAP))
        draw = ImageDraw.Draw(frame)
        for j in range(i + 1):
            _write(draw, font, places[j], tokens[j], here=i == j)
        frames.append(frame.convert("P", palette=Image.Palette.ADAPTIVE, colors=128))
    times = [round(1000 * FRAME_SECONDS)] * (len(frames) - 1) + [round(1000 * LAST_SECONDS)]
    return encoded(
        frames[0], "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0, disposal=1
    )


def _pictures(
    image: np.ndarray, looks: Sequence[np.ndarray], tokens: Sequence[str], width: int
) -> list[Image]:
    """The image with each map, enlarged to be seen well but not beyond `width`."""
    from PIL import Image

    _check_looks(looks, tokens)
    times = max(1, min(4, 400 // image.shape[1], 240 // image.shape[0]))
    pictures = [Image.fromarray(overlay(image, look)) for look in looks]
    scale = min(times, width / image.shape[1])
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return [picture.resize(size, Image.Resampling.BICUBIC) for picture in pictures]


def _check_looks(looks: Sequence[np.ndarray], tokens: Sequence[str]) -> None:
    if not len(looks) or len(looks) != len(tokens):
        raise ValueError(f"{len(looks)} maps for {len(tokens)} tokens")


def _stroke_pictures(
    traces: Sequence[np.ndarray], looks: Sequence[np.ndarray], tokens: Sequence[str], width: int
) -> list[Image]:
    """The ink in the colours of each look, its symbols of usual size, or smaller so that it is within `width`."""
    import numpy as np
    from PIL import Image

    _check_looks(looks, tokens)
    points = np.concatenate(traces).astype(float)
    low = points.min(axis=0)
    extent = np.maximum(points.max(axis=0) - low, 1e-9)
    pen = SYMBOL_HEIGHT // 10
    room = np.array([width, MAX_HEIGHT]) - 2 * pen
    scale = min(SYMBOL_HEIGHT / symbol_height(traces), *(room / extent))
    placed = [(trace - low) * scale + pen for trace in traces]
    size = np.ceil(extent * scale).astype(int) + 2 * pen
    return [Image.fromarray(coloured_strokes(placed, look, tuple(size.tolist()), pen)) for look in looks]


def coloured_strokes(
    traces: Sequence[np.ndarray], look: np.ndarray, size: tuple[int, int], pen: int
) -> np.ndarray:
    """Traces in pixels as a picture (H, W, 3) of `size` (W, H), nearer to `GLOW` with more of `look` (S,).

    The pen is `pen` pixels wide; strokes with more attention lie above the others.
    """
    import cv2
    import numpy as np

    look = np.asarray(look, np.float64)
    if look.shape != (len(traces),):
        raise ValueError(f"attention of shape {look.shape} over {len(traces)} strokes")
    shares = np.clip(look / max(float(look.max()), 1e-12), 0, 1)
    picture = np.full((_TIMES * size[1], _TIMES * size[0], 3), 255, np.uint8)
    parts = _TIMES << _SHIFT
    for place in np.argsort(shares, kind="stable"):
        colour = np.array(FAINT) + shares[place] * (np.array(GLOW) - FAINT)
        path = np.rint(np.asarray(traces[place]) * parts).astype(np.int32)
        if (path == path[0]).all():
            path = np.array([path[0], path[0] + [1, 0]])  # OpenCV draws nothing for a single point
        cv2.polylines(picture, [path], False, colour.tolist(), _TIMES * pen, cv2.LINE_AA, _SHIFT)
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


_SHIFT, _TIMES = 4, 3
"""Binary digits of parts of a pixel that OpenCV reckons with; ink is drawn so many times as large, and then shrunk."""


def _laid_out(tokens: Sequence[str], width: int, top: int) -> tuple[list[tuple[float, int]], int]:
    """Where each token stands, lines broken at `width`, and where the last line ends."""
    font, places, left = letters(), [], float(GAP)
    for token in tokens:
        length = font.getlength(token)
        if left > GAP and left + length > width - GAP:
            left, top = float(GAP), top + LETTERS + GAP
        places.append((left, top))
        left += length + LETTERS / 2
    return places, top + LETTERS


def _write(draw: ImageDraw, font: FreeTypeFont, place: tuple[float, int], token: str, here: bool) -> None:
    """A token; the one that is being read on glowing paper."""
    if here:
        left, top = place
        draw.rectangle((left - 3, top - 3, left + font.getlength(token) + 3, top + LETTERS + 5), GLOW)
    draw.text(place, token, "white" if here else INK, font)


def letters() -> FreeTypeFont:
    """The font of all writing on sheets."""
    from PIL import ImageFont

    return ImageFont.load_default(LETTERS)


def encoded(picture: Image, kind: str, **options) -> bytes:
    """A picture as a file of that kind, in memory."""
    buffer = BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
