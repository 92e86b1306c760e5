"""Images of samples, and sheets of attention, as small PNG files inside the page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.files import file_name_of
from hmer_suite.specs.samples import SampleSet

if TYPE_CHECKING:
    from PIL import Image

MAX_WIDTH, MAX_HEIGHT = 560, 120
"""Pixels of a picture at most; larger images are shrunk."""

GREYS = 8
"""Shades of grey of a picture."""

SHEET_WIDTH, SHEET_COLOURS = 1000, 24
"""Greatest width in pixels, and colours, of a sheet of attention."""


def picture_uris(samples: SampleSet) -> dict[str, str]:
    """Data URIs of the images of a set by id; needs Pillow."""
    return {name: picture_uri(image) for name, image in zip(samples.ids, samples.images, strict=True)}


def picture_uri(image: np.ndarray) -> str:
    """An image (H, W) of uint8, 0 paper and 255 ink, as the data URI of a PNG file with dark ink."""
    from PIL import Image

    picture = Image.fromarray(255 - np.asarray(image, np.uint8))
    picture.thumbnail((MAX_WIDTH, MAX_HEIGHT), Image.Resampling.LANCZOS)
    return _uri(picture.quantize(GREYS))


def sheet_uris(folder: Path, names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Data URIs of the sheets that ``predict --attention`` wrote into *folder*, by id; empty where there is none.

    *names* are the ids under which the sheet of each sample may be written.

    Raises:
        InputError: a sheet is no PNG file.
    """
    places = {
        name: [folder / f"{file_name_of(one)}.attention.png" for one in tried]
        for name, tried in names.items()
    }
    found = {name: next(filter(Path.is_file, paths), None) for name, paths in places.items()}
    return {name: "" if path is None else _sheet_uri(path) for name, path in found.items()}


def _sheet_uri(path: Path) -> str:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as sheet:
            picture = sheet.convert("RGB")
    except (UnidentifiedImageError, OSError) as error:
        raise InputError(f"{path}: not a PNG file: {error}") from None
    picture.thumbnail((SHEET_WIDTH, 100_000), Image.Resampling.LANCZOS)
    return _uri(picture.quantize(SHEET_COLOURS))


def _uri(picture: Image.Image) -> str:
    buffer = BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{b64encode(buffer.getvalue()).decode()}"
