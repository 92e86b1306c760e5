"""Inputs of ``predict INPUT...``: image files, files of ink, folders of them, and data sets.

Ink is any format of `hmer_suite.ink.formats`. It is drawn for a recogniser that reads images, and images
are traced (`hmer_suite.ink.tracing`) for one that reads ink. A data set is named as in
`hmer_suite.data.set_names`, followed by ``@SPLIT`` unless the test split is meant. Everything else may be mixed
(`hmer_suite.predict.listing`). A sheet on which nothing is written stays a sample (`SampleSet.blank`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from hmer_suite.data.ink_sets import LabelledInk, ink_set
from hmer_suite.data.prepare import RawSample, prepare_samples
from hmer_suite.data.set_names import DataSource, is_set, read_split
from hmer_suite.errors import InputError, UsageError
from hmer_suite.predict.contents import content, drawn, image_of_file, ink_of_file, ink_sample, photo, traced
from hmer_suite.predict.listing import FormulaFile, list_files
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import LeftOut, SampleSet

if TYPE_CHECKING:
    import numpy as np

    from hmer_suite.ink.document import InkDocument
    from hmer_suite.predict.contents import Picture

    Single: TypeAlias = str | Path | bytes | Picture | InkDocument | Sequence[np.ndarray] | dict[str, Any]

Read = TypeVar("Read")


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
        UsageError: a data set has no such split, or is given together with other inputs.
    """
    texts = [str(text) for text in inputs]
    if data_set := only_set(texts):
        return read_split(data_set, preprocessing, data_source).require(preprocessing.input, data_set)
    files = list_files(texts).files
    samples = read_files(files, preprocessing, tick)
    reasons = {left.id: left.reason for left in samples.left_out}
    for file in files:
        if file.id in reasons and (file.named or not len(samples)):
            others = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
            raise InputError(f"{file.place}: {reasons[file.id]}{others}")
    return samples


def only_set(texts: Sequence[str]) -> str:
    """The data set among the inputs; empty if they are files. `UsageError` if it is given together with others."""
    sets = [text for text in texts if is_set(text)]
    if sets and len(texts) > 1:
        raise UsageError(f"{sets[0]}: a data set cannot be read together with {len(texts) - 1} other inputs")
    return sets[0] if sets else ""


# ---------------------------------------------------------------- one sample in memory


def read_single(given: Single, preprocessing: Preprocessing, name: str = "input") -> SampleSet:
    """One formula as a set of one sample.

    `given` is a path; the bytes of an image or of a file of ink; a picture as Pillow's or as an array
    (H, W), (H, W, 3) or (H, W, 4) of uint8; or ink: what `read_ink` returns, traces (n, 2), or a value that JSON with
    strokes holds. Raises `InputError`, which calls it `name`, for what cannot be read, and for a file of several pages.
    """
    if isinstance(given, (str, Path)):
        return _read_file(str(given), preprocessing)
    found = content(given, name)
    if preprocessing.input == "ink":
        ink = ink_sample(found, name) if isinstance(found, tuple) else traced(lambda: found, name)
        return ink_set("test", [LabelledInk(name, "", ink, name)], preprocessing)
    if isinstance(found, tuple):
        load = partial(drawn, found, preprocessing)
    else:
        load = partial(photo, lambda: found, name, preprocessing)
    return prepare_samples("test", [RawSample(name, name, name, lambda: (load(), ""), required=True)])


def _read_file(text: str, preprocessing: Preprocessing) -> SampleSet:
    files = list_files([text]).files
    if len(files) > 1:
        raise InputError(f"{text}: {len(files)} formulas, in files or pages; `predict` reads them all")
    samples = read_files(files, preprocessing)
    if samples.left_out:
        raise InputError(f"{files[0].place}: {samples.left_out[0].reason}")
    return samples


# ---------------------------------------------------------------- files


def read_files(
    files: Sequence[FormulaFile], preprocessing: Preprocessing, tick: Callable[[], None] = lambda: None
) -> SampleSet:
    """The samples of files; one that cannot be read is in `left_out`, whatever the reason.

    Labels are those of ink that has one, else empty. `tick` is called after each file.
    """
    known = [LeftOut(file.id, file.problem) for file in files if file.problem]
    readable = [file for file in files if not file.problem]
    for _ in known:
        tick()
    if preprocessing.input == "ink":
        return _read_ink(readable, known, preprocessing, tick)
    raw = [
        RawSample(file.id, file.place, str(file.path), partial(_safely, image_of_file, file, preprocessing))
        for file in readable
    ]
    return prepare_samples("test", raw, known, tick)


def _read_ink(
    files: Sequence[FormulaFile],
    known: Sequence[LeftOut],
    preprocessing: Preprocessing,
    tick: Callable[[], None],
) -> SampleSet:
    rows: list[LabelledInk] = []
    left_out = list(known)
    for file in files:
        try:
            ink, text = _safely(ink_of_file, file)
        except InputError as error:
            left_out.append(LeftOut(file.id, _reason(error, file.place)))
        else:
            rows.append(LabelledInk(file.id, text, ink, str(file.path)))
        tick()
    return ink_set("test", rows, preprocessing, tuple(left_out))


def _safely(function: Callable[..., Read], file: FormulaFile, *more: Preprocessing) -> Read:
    """The result of a function of a file; any failure is an `InputError`, so that it concerns this file alone."""
    try:
        return function(file, *more)
    except InputError as error:
        raise InputError(f"{file.place}: {_reason(error, file.place)}") from None
    except Exception as error:
        # A fault of ours, or of a library, in one file of thousands must not lose the others.
        first = (str(error).splitlines() or [""])[0]
        raise InputError(
            f"{file.place}: internal error, please report it: {type(error).__name__}: {first}"
        ) from error


def _reason(error: InputError, place: str) -> str:
    """The message of an error without the name of the file."""
    path = place.split(": page ")[0]
    return str(error).removeprefix(f"{place}: ").removeprefix(f"{path}: ")
