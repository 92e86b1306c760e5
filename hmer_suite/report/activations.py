"""Activations of the layers of a network as a sheet with one row for each layer.

Shapes: H W height and width of the image in pixels, C channels, h w of a map in cells. A map is stretched over the
image, whatever its own size. Negative values show as 0, as the next layer sees them after its ReLU.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hmer_suite.report.attention import GAP, LETTERS, encode_picture, overlay, sheet_font
from hmer_suite.report.figure import INK, SOFT

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

CHANNELS = 5
"""Channels shown of a layer: those with the highest variance over the image."""


def activation_sheet(image: np.ndarray, layers: Mapping[str, np.ndarray], width: int = 1500) -> bytes:
    """A PNG file about `width` pixels wide: for each layer the mean of its maps (C, h, w), then single channels.

    `image` is (H, W), 0 paper and 255 ink; `layers` are named and in the order of computation.
    """
    from PIL import Image, ImageDraw

    cell = (width - GAP) // (CHANNELS + 1) - GAP
    rows = [(name, maps.shape, _row(image, maps, cell)) for name, maps in layers.items()]
    height = LETTERS + rows[0][2][0].height + 2 * GAP
    sheet = Image.new("RGB", (width, GAP + height * len(rows)), "white")
    draw, font = ImageDraw.Draw(sheet), sheet_font()
    for number, (name, shape, pictures) in enumerate(rows):
        top = GAP + height * number
        draw.text((GAP, top), name, INK, font)
        size = "{} channels of {} x {} cells: mean, then the highest variance".format(*shape)
        draw.text((2 * GAP + font.getlength(name), top), size, SOFT, font)
        for place, picture in enumerate(pictures):
            sheet.paste(picture, (GAP + place * (cell + GAP), top + LETTERS + GAP // 2))
    return encode_picture(sheet, "PNG")


def _row(image: np.ndarray, maps: np.ndarray, width: int) -> list[Image]:
    """Pictures `width` pixels wide: the mean of all channels, then those with the highest variance."""
    import numpy as np
    from PIL import Image

    shown = np.maximum(maps, 0)
    variable = np.argsort(-shown.var(axis=(1, 2)), kind="stable")[:CHANNELS]
    size = (width, max(1, round(image.shape[0] * width / image.shape[1])))
    return [
        Image.fromarray(overlay(image, activation)).resize(size, Image.Resampling.BICUBIC)
        for activation in (shown.mean(axis=0), *shown[variable])
    ]
