"""Contents of files and values in memory: pictures and ink as recognisers read them, blank sheets included."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from PIL.Image import Image

from hmer_suite.data.prepare import image_and_label
from hmer_suite.errors import BlankError, InputError
from hmer_suite.files import read_bytes
from hmer_suite.images.files import IMAGE_SUFFIXES, check_size, open_image
from hmer_suite.ink.document import InkDocument
from hmer_suite.ink.formats import INK_SUFFIXES, looks_like_ink, parse_ink
from hmer_suite.ink.json_strokes import traces_of
from hmer_suite.ink.labels import label
from hmer_suite.ink.raster import Drawing, draw
from hmer_suite.ink.symbol_height import symbol_height
from hmer_suite.ink.tracing import trace
from hmer_suite.latex.problems import validate
from hmer_suite.predict.listing import FormulaFile
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import InkSample

Picture: TypeAlias = Image | np.ndarray
Traces = tuple[np.ndarray, ...]

TRACED = Preprocessing(symbol_height=40)
"""Preprocessing of the pictures that are traced."""
MAX_TRACES = 1_000
"""Most traces of ink for recognisers of ink, whose memory grows with their square; CROHME's largest has 115."""
BLANK_INK = InkSample((), 1.0)
"""The ink of a blank sheet."""


# ---------------------------------------------------------------- files


def image_of_file(file: FormulaFile, preprocessing: Preprocessing) -> tuple[np.ndarray, str]:
    """Image and label of a file; ink is drawn. Raises `InputError`."""
    if _holds_ink(file.path):
        ink = _ink_of_file(file.path)
        return drawn(ink.traces, preprocessing), _label(ink)
    return photo(partial(open_image, file.path, page=file.page), file.place, preprocessing), ""


def ink_of_file(file: FormulaFile) -> tuple[InkSample, str]:
    """Ink and label of a file; a picture is traced. Raises `InputError`."""
    if _holds_ink(file.path):
        ink = _ink_of_file(file.path)
        return ink_sample(ink.traces, file.place), _label(ink)
    return traced(partial(open_image, file.path, page=file.page), file.place), ""


def _holds_ink(path: Path) -> bool:
    """Whether a file is ink rather than an image, by its suffix or, where that does not tell, by its first bytes."""
    suffix = path.suffix.lower()
    if suffix in INK_SUFFIXES or suffix in IMAGE_SUFFIXES or not path.is_file():
        return suffix in INK_SUFFIXES
    try:
        with path.open("rb") as file:
            return looks_like_ink(file.read(64))
    except OSError:
        return False  # reading it as an image says why it cannot be read


def _ink_of_file(path: Path) -> InkDocument:
    """The ink of a file; a blank sheet has no traces."""
    return parse_ink(read_bytes(path), path.stem, str(path))


def _label(ink: InkDocument) -> str:
    """The label of ink; an invalid one is ignored, as it is not needed for reading."""
    try:
        text = label(ink)
    except InputError:
        return ""
    return text if validate(text).valid else ""


# ---------------------------------------------------------------- values


def content(
    given: bytes | Picture | InkDocument | Sequence[np.ndarray] | dict[str, Any], name: str
) -> Traces | Picture:
    """The traces or the picture that is given; `InputError`, which calls it `name`, if it is neither."""
    if isinstance(given, bytes):
        if looks_like_ink(given):
            return parse_ink(given, name).traces
        return open_image(given, name)
    if isinstance(given, InkDocument):
        return given.traces
    if isinstance(given, dict):
        return traces_of(given, name)
    if isinstance(given, (list, tuple)):
        return _traces_of_arrays(given, name)
    if isinstance(given, Image):
        return _loaded(given, name)
    if not hasattr(given, "__array__"):
        raise InputError(f"{name}: neither a picture nor strokes, but {type(given).__name__}")
    return _picture_of_array(np.asarray(given), name)


def _traces_of_arrays(given: Sequence[np.ndarray], name: str) -> Traces:
    try:
        traces = [np.asarray(trace).tolist() for trace in given]
    except (ValueError, TypeError) as error:
        raise InputError(f"{name}: no strokes: {error}") from None
    return traces_of(traces, name)


def _loaded(image: Image, name: str) -> Image:
    """A picture with all its pixels; Pillow reads them from the file only now."""
    check_size(image.width, image.height, name)
    try:
        image.load()
    except (OSError, ValueError, SyntaxError) as error:
        raise InputError(f"{name}: damaged image: {error}") from None
    return image


def _picture_of_array(array: np.ndarray, name: str) -> np.ndarray:
    """The picture as uint8. White is 1 for Booleans, and for floats none of which is larger, else at least 255."""
    shape = array.shape
    if array.ndim not in (2, 3) or (array.ndim == 3 and shape[2] not in (1, 3, 4)):
        raise InputError(f"{name}: an array of shape {shape}, expected (H, W), (H, W, 3) or (H, W, 4)")
    check_size(shape[1], shape[0], name)
    if array.dtype.kind not in "buif":
        raise InputError(f"{name}: an array of {array.dtype}, expected numbers")
    values = array[:, :, 0] if array.ndim == 3 and shape[2] == 1 else array
    if values.dtype == np.uint8:
        return values
    numbers = np.nan_to_num(values.astype(np.float32))
    largest = float(numbers.max())
    white = 1.0 if values.dtype.kind in "bf" and largest <= 1 else max(255.0, largest)
    return np.clip(np.round(numbers * (255 / white)), 0, 255).astype(np.uint8)


def photo(read: Callable[[], Picture], name: str, preprocessing: Preprocessing) -> np.ndarray:
    """The normalised image of a picture."""
    try:
        return image_and_label(read, None, name, preprocessing, labelled=False)[0]
    except BlankError:
        return _blank_image()


def drawn(traces: Traces, preprocessing: Preprocessing) -> np.ndarray:
    """The drawing of ink."""
    return draw(traces, Drawing.of(preprocessing)) if traces else _blank_image()


def _blank_image() -> np.ndarray:
    return np.zeros((1, 1), np.uint8)


def traced(read: Callable[[], Picture], name: str) -> InkSample:
    """The ink of a picture."""
    image = photo(read, name, TRACED)
    return ink_sample(trace(image) if image.size > 1 else (), name)


def ink_sample(traces: Traces, name: str) -> InkSample:
    """Traces as a sample; `InputError`, which begins with `name`, for more than `MAX_TRACES`."""
    if len(traces) > MAX_TRACES:
        raise InputError(
            f"{name}: {len(traces):,} traces, at most {MAX_TRACES:,} are read as ink; is it a single formula?"
        )
    return InkSample(traces, symbol_height(traces)) if traces else BLANK_INK
