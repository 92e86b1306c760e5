"""Attention of a recogniser as pictures: a contact sheet with one picture for each token, and an animation.

Images are tinted where attention is high; strokes of ink are coloured by their attention.

Shapes: L tokens, H W height and width of the image in pixels, h w of a map, S strokes. A map is stretched over the
image, whatever its own size; only ratios within a map, or between strokes, matter.
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
    from PIL.ImageFont import FreeTypeFont, ImageFont

GLOW = (255, 96, 32)
"""RGB of paper, or of a stroke, with the highest attention."""

FAINT = (178, 184, 194)
"""RGB of a stroke without attention."""

SYMBOL_HEIGHT, MAX_HEIGHT = 40, 240
"""Heights in pixels of a full-size symbol of ink, and at most of a picture of ink."""

LETTERS, GAP = 18, 12
"""Font size and gap between parts, in pixels."""

FRAME_SECONDS, LAST_SECONDS = 0.6, 2.5
"""Duration of each frame of an animation, and of the last one."""


def overlay(image: np.ndarray, attention: np.ndarray) -> np.ndarray:
    """An image (H, W; 0 paper, 255 ink) as RGB (H, W, 3), its paper tinted where `attention` (h, w) is high."""
    import cv2
    import numpy as np

    height, width = image.shape
    spread = cv2.resize(np.asarray(attention, np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    glow = np.sqrt(np.clip(spread / max(float(spread.max()), 1e-12), 0, 1))[..., None]
    paper = 255.0 - glow * (255.0 - np.array(GLOW))
    return np.rint(paper * (1 - image[..., None] / 255.0)).astype(np.uint8)


def attention_sheet(
    image: np.ndarray, maps: Sequence[np.ndarray], tokens: Sequence[str], width: int = 1500
) -> bytes:
    """A PNG file at most about `width` pixels wide: for each token the image with its map (h, w), in reading order."""
    return _sheet(_pictures(image, maps, tokens, (width - 3 * GAP) // 2), tokens, width)


def stroke_sheet(
    traces: Sequence[np.ndarray], maps: Sequence[np.ndarray], tokens: Sequence[str], width: int = 1500
) -> bytes:
    """A PNG file like `attention_sheet`: for each token the traces (n, 2) coloured by attention, `maps` (L, S)."""
    return _sheet(_stroke_pictures(traces, maps, tokens, (width - 3 * GAP) // 2), tokens, width)


def _sheet(pictures: Sequence[Image], tokens: Sequence[str], width: int) -> bytes:
    from PIL import Image, ImageDraw

    cell_width, cell_height = pictures[0].width + GAP, pictures[0].height + LETTERS + 2 * GAP
    columns = max(1, min(len(pictures), (width - GAP) // cell_width))
    rows = math.ceil(len(pictures) / columns)
    sheet = Image.new("RGB", (GAP + columns * cell_width, GAP + rows * cell_height), "white")
    draw, font = ImageDraw.Draw(sheet), sheet_font()
    for i, (picture, token) in enumerate(zip(pictures, tokens, strict=True)):
        left, top = GAP + i % columns * cell_width, GAP + i // columns * cell_height
        number = f"{i + 1} "
        draw.text((left, top), number, SOFT, font)
        draw.text((left + font.getlength(number), top), token, INK, font)
        sheet.paste(picture, (left, top + LETTERS + GAP // 2))
    return encode_picture(sheet, "PNG")


def attention_animation(
    image: np.ndarray, maps: Sequence[np.ndarray], tokens: Sequence[str], width: int = 900
) -> bytes:
    """An animated GIF file: for each token the image with its map (h, w), above the tokens read so far."""
    return _animation(_pictures(image, maps, tokens, width - 2 * GAP), tokens, width)


def stroke_animation(
    traces: Sequence[np.ndarray], maps: Sequence[np.ndarray], tokens: Sequence[str], width: int = 900
) -> bytes:
    """An animated GIF file like `attention_animation`, of traces coloured as by `stroke_sheet`."""
    return _animation(_stroke_pictures(traces, maps, tokens, width - 2 * GAP), tokens, width)


def _animation(pictures: Sequence[Image], tokens: Sequence[str], width: int) -> bytes:
    from PIL import Image, ImageDraw

    canvas_width = max(pictures[0].width, min(width, 480)) + 2 * GAP
    places, bottom = _laid_out(tokens, canvas_width, pictures[0].height + 2 * GAP)
    font, frames = sheet_font(), []
    for i, picture in enumerate(pictures):
        frame = Image.new("RGB", (canvas_width, bottom + GAP), "white")
        frame.paste(picture, ((canvas_width - picture.width) // 2, GAP))
        draw = ImageDraw.Draw(frame)
        for j in range(i + 1):
            _write(draw, font, places[j], tokens[j], here=i == j)
        frames.append(frame.convert("P", palette=Image.Palette.ADAPTIVE, colors=128))
    times = [round(1000 * FRAME_SECONDS)] * (len(frames) - 1) + [round(1000 * LAST_SECONDS)]
    return encode_picture(
        frames[0], "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0, disposal=1
    )


def _pictures(
    image: np.ndarray, maps: Sequence[np.ndarray], tokens: Sequence[str], width: int
) -> list[Image]:
    """The image with each map, a small image enlarged up to fourfold, within `width` pixels."""
    from PIL import Image

    _check_maps(maps, tokens)
    times = max(1, min(4, 400 // image.shape[1], 240 // image.shape[0]))
    pictures = [Image.fromarray(overlay(image, attention)) for attention in maps]
    scale = min(times, width / image.shape[1])
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return [picture.resize(size, Image.Resampling.BICUBIC) for picture in pictures]


def _check_maps(maps: Sequence[np.ndarray], tokens: Sequence[str]) -> None:
    if not len(maps) or len(maps) != len(tokens):
        raise ValueError(f"{len(maps)} maps for {len(tokens)} tokens")


def _stroke_pictures(
    traces: Sequence[np.ndarray], maps: Sequence[np.ndarray], tokens: Sequence[str], width: int
) -> list[Image]:
    """The ink coloured by each row of `maps`, with symbols of `SYMBOL_HEIGHT`, or smaller to fit into `width`."""
    import numpy as np
    from PIL import Image

    _check_maps(maps, tokens)
    points = np.concatenate(traces).astype(float)
    low = points.min(axis=0)
    extent = np.maximum(points.max(axis=0) - low, 1e-9)
    pen = SYMBOL_HEIGHT // 10
    room = np.array([width, MAX_HEIGHT]) - 2 * pen
    scale = min(SYMBOL_HEIGHT / symbol_height(traces), *(room / extent))
    placed = [(trace - low) * scale + pen for trace in traces]
    size = np.ceil(extent * scale).astype(int) + 2 * pen
    return [
        Image.fromarray(coloured_strokes(placed, attention, tuple(size.tolist()), pen)) for attention in maps
    ]


def coloured_strokes(
    traces: Sequence[np.ndarray], attention: np.ndarray, size: tuple[int, int], pen: int
) -> np.ndarray:
    """Draw traces in pixels as RGB (H, W, 3) of `size` (W, H), from `FAINT` to `GLOW` by their `attention` (S,).

    Strokes are `pen` pixels wide; those with more attention are drawn above the others.
    """
    import cv2
    import numpy as np

    attention = np.asarray(attention, np.float64)
    if attention.shape != (len(traces),):
        raise ValueError(f"attention of shape {attention.shape} over {len(traces)} strokes")
    shares = np.clip(attention / max(float(attention.max()), 1e-12), 0, 1)
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
"""Fractional bits of OpenCV's coordinates, and the factor of supersampling of ink."""


def _laid_out(tokens: Sequence[str], width: int, top: int) -> tuple[list[tuple[float, int]], int]:
    """Upper left corner of each token, lines broken at `width`, and the bottom of the last line."""
    font, places, left = sheet_font(), [], float(GAP)
    for token in tokens:
        length = font.getlength(token)
        if left > GAP and left + length > width - GAP:
            left, top = float(GAP), top + LETTERS + GAP
        places.append((left, top))
        left += length + LETTERS / 2
    return places, top + LETTERS


def _write(
    draw: ImageDraw, font: FreeTypeFont | ImageFont, place: tuple[float, int], token: str, here: bool
) -> None:
    """Write a token, highlighted if it is the one being read."""
    if here:
        left, top = place
        draw.rectangle((left - 3, top - 3, left + font.getlength(token) + 3, top + LETTERS + 5), GLOW)
    draw.text(place, token, "white" if here else INK, font)


def sheet_font() -> FreeTypeFont | ImageFont:
    """Font of all text on sheets."""
    from PIL import ImageFont

    return ImageFont.load_default(LETTERS)


def encode_picture(picture: Image, kind: str, **options: object) -> bytes:
    """A picture as the bytes of a file in format `kind`."""
    buffer = BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
