"""Image files read and written, and prepared images refitted to another preprocessing.

Shapes: H W height and width in pixels. In memory 0 is paper and 255 ink; in files it is the other way round.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.files import read_bytes
from hmer_suite.lazy_sequence import LazySequence
from hmer_suite.specs.recogniser import Preprocessing

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 89_000_000
"""Pixels of the largest image that is read, slightly below the number at which Pillow warns."""

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")
"""Suffixes of the image files that are read; of an animation or a document, the first picture is."""


def open_image(source: str | Path | bytes, name: str | None = None) -> Image:
    """The image in a file or in the bytes of one, with all its pixels, upright according to its EXIF data.

    Raises:
        InputError: it is not an image, damaged or too large; the message begins with `name` or the path.
    """
    from io import BytesIO

    from PIL import Image, ImageOps, UnidentifiedImageError

    data = source if isinstance(source, bytes) else read_bytes(source)
    name = name or str(source)
    try:
        image = Image.open(BytesIO(data))
        if image.width * image.height > MAX_PIXELS:
            raise Image.DecompressionBombError(f"{image.width} x {image.height} pixels")
        image.load()
        return ImageOps.exif_transpose(image)
    except UnidentifiedImageError:
        raise InputError(f"{name}: {'not an image that can be read' if data else 'empty file'}") from None
    except Image.DecompressionBombError as error:
        raise InputError(f"{name}: too large, at most {MAX_PIXELS:,} pixels are read: {error}") from None
    except (OSError, ValueError, SyntaxError, EOFError, struct.error) as error:
        raise InputError(f"{name}: damaged image: {error}") from None


def encode_png(image: np.ndarray) -> bytes:
    """The PNG file, dark on light, of an image (H, W) that is 0 for paper and 255 for ink."""
    import cv2

    return cv2.imencode(".png", 255 - image)[1].tobytes()


def decode_png(data: bytes, name: str) -> np.ndarray:
    """The image (H, W) in a file made by `encode_png`; `InputError` begins with `name` if it is damaged."""
    import cv2

    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE) if data else None
    if image is None:
        raise InputError(f"{name}: damaged image")
    return 255 - image


@dataclass(frozen=True, slots=True, eq=False)
class EncodedImages(LazySequence[np.ndarray]):
    """Images kept as PNG files, decoded one by one on access; `names` are for messages.

    With `have` and `want`, each image is refitted from one preprocessing to the other.
    """

    files: Sequence[bytes]
    names: Sequence[str]
    have: Preprocessing | None = None
    want: Preprocessing | None = None

    def __len__(self) -> int:
        return len(self.files)

    def item(self, index: int) -> np.ndarray:
        image = decode_png(self.files[index], self.names[index])
        if self.have is None or self.want is None:
            return image
        return refit(image, self.have, self.want)


def refit(image: np.ndarray, have: Preprocessing, want: Preprocessing) -> np.ndarray:
    """An image (H, W) prepared with `have`, rescaled and padded as `want` asks; itself if the two are equal."""
    import cv2

    if have == want:
        return image
    height, width = refitted_size(image.shape[0], image.shape[1], have, want)
    margin = have.padding
    inner = image[margin : image.shape[0] - margin, margin : image.shape[1] - margin]
    if inner.size == 0:
        inner = image
    pad = want.padding
    size = (width - 2 * pad, height - 2 * pad)
    shrinks = size[0] < inner.shape[1]
    scaled = cv2.resize(inner, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.pad(scaled, pad)


def refitted_size(height: int, width: int, have: Preprocessing, want: Preprocessing) -> tuple[int, int]:
    """Height and width of an image after `refit`, computed from its size alone."""
    if have == want:
        return height, width
    scale = want.symbol_height / have.symbol_height
    return fitted_size(_inner(height, have), _inner(width, have), scale, want)


def _inner(length: int, have: Preprocessing) -> int:
    return length - 2 * have.padding if length > 2 * have.padding else length


def fitted_size(height: float, width: float, scale: float, want: Preprocessing) -> tuple[int, int]:
    """Height and width in pixels of ink of `height` x `width`, scaled, padded and limited to `max_pixels`."""
    pad = 2 * want.padding
    height, width = height * scale, width * scale
    rows, columns = max(1, round(height)), max(1, round(width))
    if (rows + pad) * (columns + pad) > want.max_pixels:
        shrink = _shrink(height, width, pad, want.max_pixels)
        rows, columns = max(1, int(height * shrink)), max(1, int(width * shrink))
    return rows + pad, columns + pad


def _shrink(height: float, width: float, pad: int, area: int) -> float:
    """The positive s for which (s * height + pad) * (s * width + pad) = area; 0 if there is none."""
    linear, constant = pad * (height + width), pad * pad - area
    if constant >= 0:
        return 0.0
    return (-linear + (linear**2 - 4 * height * width * constant) ** 0.5) / (2 * height * width)
