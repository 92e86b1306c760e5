"""Image files in and out, and prepared images brought from one preprocessing to another.

Shapes: H W height and width in pixels. In memory 0 is paper and 255 ink; in files it is the other way round.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.errors import InputError
from hmer_suite.files import read_bytes
from hmer_suite.specs.recogniser import Preprocessing

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

MAX_PIXELS = 89_000_000
"""Pixels of the largest image that is read, a little less than Pillow would take without a warning."""

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")
"""Image files that are read; of an animation or a document the first picture."""


def open_image(source: str | Path | bytes, name: str | None = None) -> Image:
    """An image file, or the bytes of one, with all its pixels read, turned upright where it says how.

    Raises:
        InputError: it is no image, damaged, or absurdly large; the message begins with `name` or the path.
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
    """A PNG file, dark on light, of an image (H, W) as `hmer_suite.specs.samples` has it."""
    import cv2

    return cv2.imencode(".png", 255 - image)[1].tobytes()


def decode_png(data: bytes, name: str) -> np.ndarray:
    """The image (H, W) in a file that `encode_png` made; `InputError` calls a damaged one by `name`."""
    import cv2
    import numpy as np

    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE) if data else None
    if image is None:
        raise InputError(f"{name}: damaged image")
    return 255 - image


@dataclass(frozen=True, slots=True, eq=False)
class EncodedImages(Sequence):
    """Images kept as PNG files, decoded one by one on access; `names` are for messages.

    With `have` and `want` each image comes refitted from one preprocessing to the other.
    """

    files: Sequence[bytes]
    names: Sequence[str]
    have: Preprocessing | None = None
    want: Preprocessing | None = None

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> np.ndarray:
        image = decode_png(self.files[index], self.names[index])
        if self.have is None or self.want is None:
            return image
        return refit(image, self.have, self.want)


@dataclass(frozen=True, slots=True, eq=False)
class ChainedImages(Sequence):
    """Several sequences of images, one behind the other."""

    parts: Sequence[Sequence[np.ndarray]]

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts)

    def __getitem__(self, index: int) -> np.ndarray:
        for part in self.parts:
            if index < len(part):
                return part[index]
            index -= len(part)
        raise IndexError(index)


def refit(image: np.ndarray, have: Preprocessing, want: Preprocessing) -> np.ndarray:
    """An image (H, W) that was prepared as `have` says, as `want` says; it may come back itself."""
    import cv2
    import numpy as np

    if have == want:
        return image
    height, width = refitted_size(*image.shape, have, want)
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
    """Height and width of an image after `refit`, known without looking at its pixels."""
    if have == want:
        return height, width
    scale = want.symbol_height / have.symbol_height
    return fitted_size(_inner(height, have), _inner(width, have), scale, want)


def _inner(length: int, have: Preprocessing) -> int:
    return length - 2 * have.padding if length > 2 * have.padding else length


def fitted_size(height: float, width: float, scale: float, want: Preprocessing) -> tuple[int, int]:
    """Height and width in pixels of ink of `height` x `width` after `scale`, padded and within `max_pixels`."""
    pad = 2 * want.padding
    height, width = height * scale, width * scale
    rows, columns = max(1, round(height)), max(1, round(width))
    if (rows + pad) * (columns + pad) > want.max_pixels:
        shrink = _shrink(height, width, pad, want.max_pixels)
        rows, columns = max(1, int(height * shrink)), max(1, int(width * shrink))
    return rows + pad, columns + pad


def _shrink(height: float, width: float, pad: int, area: int) -> float:
    """Factor s with (s * height + pad) * (s * width + pad) = area; the positive root, 0 where there is none."""
    linear, constant = pad * (height + width), pad * pad - area
    if constant >= 0:
        return 0.0
    return (-linear + (linear**2 - 4 * height * width * constant) ** 0.5) / (2 * height * width)
