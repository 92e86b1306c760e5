"""Inputs of ``predict INPUT...``: image files, files of ink, folders of them, and data sets.

Ink is any format of `hmer_suite.ink.formats`. It is drawn for a recogniser that reads images, and images
are traced (`hmer_suite.ink.tracing`) for one that reads ink. A data set is named as in `hmer_suite.data.set_names`,
followed by ``@SPLIT`` unless the test split is meant. Everything else may be mixed; a sample's id is its file's name
without suffix. A sheet on which nothing is written stays a sample (`SampleSet.blank`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from hmer_suite.data.ink_sets import LabelledInk, ink_set
from hmer_suite.data.prepare import RawSample, image_and_label, prepare_samples
from hmer_suite.data.set_names import DataSource, is_set, read_split
from hmer_suite.errors import BlankError, InputError, PairingError, UsageError
from hmer_suite.files import read_bytes
from hmer_suite.images.files import IMAGE_SUFFIXES, open_image
from hmer_suite.ink.document import InkDocument
from hmer_suite.ink.formats import FOLDER_SUFFIXES, INK_SUFFIXES, looks_like_ink, parse_ink
from hmer_suite.ink.json_strokes import traces_of
from hmer_suite.ink.labels import label
from hmer_suite.ink.raster import Drawing, draw
from hmer_suite.ink.symbol_height import symbol_height
from hmer_suite.ink.tracing import trace
from hmer_suite.latex.problems import validate
from hmer_suite.predictions.layouts import show
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import InkSample, LeftOut, SampleSet

if TYPE_CHECKING:
    from PIL.Image import Image

    Picture: TypeAlias = Image | np.ndarray
    Single: TypeAlias = str | Path | bytes | Picture | Sequence[np.ndarray] | dict[str, Any]

_SUFFIXES = (*IMAGE_SUFFIXES, *FOLDER_SUFFIXES)
"""Suffixes of a folder's files that are read; JSON may be anything, and is read only where it is named itself."""
TRACED_HEIGHT = 40
"""Height in pixels of a full-size symbol in the pictures that are traced."""
BLANK_INK = InkSample((), 1.0)
"""The ink of a blank sheet."""


def read_inputs(
    inputs: Sequence[str | Path],
    preprocessing: Preprocessing,
    data_source: DataSource,
    tick: Callable[[], None] = lambda: None,
) -> SampleSet:
    """The samples that `inputs` name, in their order, those of a folder sorted by name.

    Labels are those of the data set or the InkML file where it has some, else empty. A file of a folder that cannot
    be read is in `left_out`, one that was named itself is an error. `tick` is called after each file.

    Raises:
        InputError: an input does not exist or cannot be read, or there is nothing to read.
        PairingError: two files have the same id.
        UsageError: a data set has no such split, or is given together with other inputs.
    """
    texts = [str(text) for text in inputs]
    sets = [text for text in texts if is_set(text)]
    if not sets:
        return _read_files(texts, preprocessing, tick)
    if len(texts) > 1:
        raise UsageError(f"{sets[0]}: a data set cannot be read together with {len(texts) - 1} other inputs")
    return read_split(sets[0], preprocessing, data_source).require(preprocessing.input, sets[0])


# ---------------------------------------------------------------- one sample in memory


def read_single(given: Single, preprocessing: Preprocessing, name: str = "input") -> SampleSet:
    """One formula as a set of one sample.

    `given` is a path; the bytes of an image or of a file of ink; a picture as Pillow's or as an array
    (H, W), (H, W, 3) or (H, W, 4) of uint8; or strokes: traces (n, 2), or a value that JSON with strokes holds. Raises
    `InputError`, which calls it `name`, for what cannot be read.
    """
    if isinstance(given, (str, Path)):
        return _read_files([str(given)], preprocessing, lambda: None)
    content = _content(given, name)
    if preprocessing.input == "ink":
        ink = _sample(content) if isinstance(content, tuple) else _traced(lambda: content, name)
        return ink_set("test", [LabelledInk(name, "", ink, name)], preprocessing)
    if isinstance(content, tuple):
        load = partial(_drawn, content, preprocessing)
    else:
        load = partial(_photo, lambda: content, name, preprocessing)
    return prepare_samples("test", [RawSample(name, name, name, lambda: (load(), ""), required=True)])


def _content(given: bytes | Picture | Sequence[np.ndarray] | dict[str, Any], name: str) -> Traces | Picture:
    """The traces or the picture that is given."""
    if isinstance(given, bytes):
        if looks_like_ink(given):
            return parse_ink(given, name).traces
        return open_image(given, name)
    if isinstance(given, dict):
        return traces_of(given, name)
    if isinstance(given, (list, tuple)):
        return traces_of([np.asarray(trace).tolist() for trace in given], name)
    return given  # type: ignore[return-value]  # a sequence that is no list is an array


Traces = tuple[np.ndarray, ...]


# ---------------------------------------------------------------- files


def _read_files(texts: Sequence[str], preprocessing: Preprocessing, tick: Callable[[], None]) -> SampleSet:
    files = _files(texts)
    if preprocessing.input == "ink":
        samples = _read_ink(files, preprocessing, tick)
    else:
        raw = [
            RawSample(stem, str(path), str(path), partial(_load, path, preprocessing), required=named)
            for stem, (path, named) in files.items()
        ]
        samples = prepare_samples("test", raw, tick=tick)
    if not len(samples):
        first, others = samples.left_out[0], len(samples.left_out) - 1
        path = next(iter(files.values()))[0]
        raise InputError(f"{path}: {first.reason}{f' (and {others} more)' if others else ''}")
    return samples


def _read_ink(
    files: dict[str, tuple[Path, bool]], preprocessing: Preprocessing, tick: Callable[[], None]
) -> SampleSet:
    rows: list[LabelledInk] = []
    left_out: list[LeftOut] = []
    for stem, (path, named) in files.items():
        try:
            rows.append(LabelledInk(stem, *_ink_of(path), str(path)))
        except InputError as error:
            if named:
                raise
            left_out.append(LeftOut(stem, str(error).removeprefix(f"{path}: ")))
        tick()
    return ink_set("test", rows, preprocessing, tuple(left_out))


def _ink_of(path: Path) -> tuple[str, InkSample]:
    """Label and ink of a file; a picture is traced."""
    if _holds_ink(path):
        ink = _read_traces(path)
        return _label(ink), _sample(ink.traces)
    return "", _traced(partial(open_image, path), str(path))


def _load(path: Path, preprocessing: Preprocessing) -> tuple[np.ndarray, str]:
    """Image and label of a file."""
    if _holds_ink(path):
        ink = _read_traces(path)
        return _drawn(ink.traces, preprocessing), _label(ink)
    return _photo(partial(open_image, path), str(path), preprocessing), ""


def _files(texts: Sequence[str]) -> dict[str, tuple[Path, bool]]:
    """Files by their names without suffix, and whether a file was named itself rather than its folder."""
    files: dict[str, tuple[Path, bool]] = {}
    for text in texts:
        path = Path(text)
        for file in _files_of_folder(path) if path.is_dir() else [path]:
            if file.stem in files:
                raise PairingError(f"{file}: the same id {show(file.stem)} as {files[file.stem][0]}")
            files[file.stem] = (file, file == path)
    return files


def _files_of_folder(folder: Path) -> list[Path]:
    files = [
        path
        for path in sorted(folder.iterdir(), key=lambda path: (path.stem, path.suffix))
        if path.suffix.lower() in _SUFFIXES and not path.name.startswith(".") and path.is_file()
    ]
    if not files:
        raise InputError(f"{folder}: a folder without files of images or ink")
    return files


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


def _read_traces(path: Path) -> InkDocument:
    """The ink of a file; a blank sheet has no traces."""
    return parse_ink(read_bytes(path), path.stem, str(path))


def _label(ink: InkDocument) -> str:
    """The label of ink; an invalid one is ignored, as it is not needed for reading."""
    try:
        text = label(ink)
    except InputError:
        return ""
    return text if validate(text).valid else ""


# ---------------------------------------------------------------- images and ink, blank ones included


def _photo(read: Callable[[], Picture], name: str, preprocessing: Preprocessing) -> np.ndarray:
    """The normalised image of a picture."""
    try:
        return image_and_label(read, None, name, preprocessing, labelled=False)[0]
    except BlankError:
        return _blank_image()


def _drawn(traces: Traces, preprocessing: Preprocessing) -> np.ndarray:
    """The drawing of ink."""
    return draw(traces, Drawing.of(preprocessing)) if traces else _blank_image()


def _blank_image() -> np.ndarray:
    return np.zeros((1, 1), np.uint8)


def _traced(read: Callable[[], Picture], name: str) -> InkSample:
    """The ink of a picture."""
    image = _photo(read, name, Preprocessing(symbol_height=TRACED_HEIGHT))
    return _sample(trace(image) if image.size > 1 else ())


def _sample(traces: Traces) -> InkSample:
    return InkSample(traces, symbol_height(traces)) if traces else BLANK_INK
