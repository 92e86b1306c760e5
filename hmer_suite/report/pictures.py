"""Images of samples as small PNG files inside the page."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import numpy as np

from hmer_suite.specs.samples import SampleSet

MAX_WIDTH, MAX_HEIGHT = 560, 120
"""Pixels of a picture at most; larger images are shrunk."""

GREYS = 8
"""Shades of grey of a picture."""


def picture_uris(samples: SampleSet) -> dict[str, str]:
    """Data URIs of the images of a set by id; needs Pillow."""
    return {name: picture_uri(image) for name, image in zip(samples.ids, samples.images, strict=True)}


def picture_uri(image: np.ndarray) -> str:
    """An image (H, W) of uint8, 0 paper and 255 ink, as the data URI of a PNG file with dark ink."""
    from PIL import Image

    picture = Image.fromarray(255 - np.asarray(image, np.uint8))
    picture.thumbnail((MAX_WIDTH, MAX_HEIGHT), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    picture.quantize(GREYS).save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{b64encode(buffer.getvalue()).decode()}"
