"""Image files read and written, and prepared images refitted to another preprocessing.

Shapes: H W height and width in pixels. In memory 0 is paper and 255 ink; in files it is the other way round.
"""

from __future__ import annotations

import os
import struct
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.files import read_bytes
from hmer_suite.images.pdf import count_pdf_pages, draw_pdf_page, pdf_page_size
from hmer_suite.lazy_sequence import LazySequence
from hmer_suite.specs.recogniser import Preprocessing

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 2**30
"""Bytes of the largest file that is read."""

MAX_PIXELS = 89_000_000
"""Pixels of the largest image that is read, slightly below the number at which Pillow warns."""

MAX_ASPECT = 500
"""Largest ratio of the longer to the shorter side."""

MAX_PAGES = 10_000
"""Most pages of one file."""

IMAGE_SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".heic", ".heif", ".avif", ".pdf",
)  # fmt: skip
"""Suffixes of the image files that are read. TIFF and PDF have pages; of an animation, the first picture is read."""

_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "AVIF", "PPM")
"""The formats that Pillow may open, whatever the suffix; of the others, EPS runs a program."""

_PDF, _TIFF = b"%PDF-", (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""The first bytes of PDF and of TIFF files."""

_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
"""Brands of HEIF files (ISO/IEC 23008-12), at byte 8."""

_DAMAGED = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    struct.error,
    OverflowError,
    RuntimeError,
    MemoryError,
)
"""Exceptions that Pillow and its plugins raise for damaged files."""

_OPENING = Lock()
"""Filters of warnings hold for the whole process while an image is opened."""


def count_pages(path: Path) -> int:
    """Number of pages of an image file: 1 unless it is TIFF or PDF, by its first bytes.

    Raises `InputError`, which begins with the path, if it is damaged or has more than `MAX_PAGES`.
    """
    start = _start(path)
    if start.startswith(_PDF):
        pages = count_pdf_pages(path, str(path))
    elif start.startswith(_TIFF):
        pages = _count_frames(path)
    else:
        return 1
    if pages > MAX_PAGES:
        raise InputError(f"{path}: {pages:,} pages, more than the {MAX_PAGES:,} that are read")
    return pages


def open_image(source: str | Path | bytes, name: str | None = None, page: int = 0) -> Image:
    """The image in a file or in the bytes of one, with all its pixels, upright according to its EXIF data.

    Of TIFF and PDF files it is that of `page`, counted from 0. Only formats of `IMAGE_SUFFIXES` and PPM are read,
    recognised by their content, and sizes are checked before pixels are decoded.

    Raises:
        InputError: it is not an image, damaged, too large or too narrow; the message begins with `name` or the path.
    """
    name = name or str(source)
    if not isinstance(source, bytes):
        _check_bytes(source, name)
    start = source[:16] if isinstance(source, bytes) else _start(source)
    if start.startswith(_PDF):
        document = source if isinstance(source, bytes) else Path(source)
        check_size(*pdf_page_size(document, name, page), name, unit="points")
        return draw_pdf_page(document, name, page)
    data = source if isinstance(source, bytes) else read_bytes(source)
    return _opened(data, name, page)


def check_size(width: float, height: float, name: str, unit: str = "pixels") -> None:
    """Raise `InputError`, which begins with `name`, for an image that is empty, too large or too narrow."""
    size = f"{width:,.0f} x {height:,.0f} {unit}"
    if min(width, height) <= 0:
        raise InputError(f"{name}: an image without pixels: {size}")
    if unit == "pixels" and width * height > MAX_PIXELS:
        raise InputError(f"{name}: too large, at most {MAX_PIXELS:,} pixels are read: {size}")
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise InputError(f"{name}: too narrow: {size}, one side is more than {MAX_ASPECT} times the other")


def image_size(data: bytes, name: str) -> tuple[int, int]:
    """Width and height in pixels of an image file, by its header alone.

    Raises `InputError`, which begins with `name`, for what is no image.
    """
    with _named(data, name):
        return _unloaded(data).size


def _opened(data: bytes, name: str, page: int) -> Image:
    from PIL import ImageOps

    with _named(data, name):
        image = _unloaded(data)
        check_size(image.width, image.height, name)
        if page and image.format == "TIFF":
            image.seek(page)
            check_size(image.width, image.height, name)
        image.load()
        return ImageOps.exif_transpose(image)


@contextmanager
def _named(data: bytes, name: str) -> Iterator[None]:
    """Turn what Pillow raises for a file into an `InputError` that begins with `name`."""
    from PIL import Image, UnidentifiedImageError

    try:
        yield
    except UnidentifiedImageError:
        raise InputError(f"{name}: {'not an image that can be read' if data else 'empty file'}") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InputError(f"{name}: too large, at most {MAX_PIXELS:,} pixels are read") from None
    except InputError:
        raise
    except _DAMAGED as error:
        raise InputError(f"{name}: damaged image: {_said(error)}") from None


def _unloaded(data: bytes) -> Image:
    """The image of a file, of which only the header was read."""
    from PIL import Image

    if data[4:8] == b"ftyp" and data[8:12] in _HEIF and b"avif" not in data[:64]:
        # Not registered with Pillow, which would change what other code of the process opens.
        from pillow_heif import HeifImageFile

        return HeifImageFile(BytesIO(data))
    with _OPENING, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about odd tags, which change nothing
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return Image.open(BytesIO(data), formats=_FORMATS)


def _count_frames(path: Path) -> int:
    from PIL import Image

    try:
        with Image.open(path, formats=("TIFF",)) as image:
            return getattr(image, "n_frames", 1)
    except _DAMAGED as error:
        raise InputError(f"{path}: damaged image: {_said(error)}") from None


def _start(path: str | Path) -> bytes:
    """The first bytes of a regular file; nothing of others, such as pipes, which could not be read again."""
    try:
        if not os.path.isfile(path):
            return b""
        with open(path, "rb") as file:
            return file.read(16)
    except OSError:
        return b""  # reading it as an image says why it cannot be read


def _check_bytes(path: str | Path, name: str) -> None:
    if os.path.isfile(path) and (size := os.path.getsize(path)) > MAX_BYTES:
        raise InputError(f"{name}: {size:,} bytes, more than the {MAX_BYTES:,} that are read")


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


def _said(error: BaseException) -> str:
    """What a library says of a file, on one line; the name of the error if it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__
