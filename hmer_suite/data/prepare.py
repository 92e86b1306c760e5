"""Samples prepared from pictures and labels as they were found; one that cannot be used is left out with the reason."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.images.files import EncodedImages, encode_png
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.latex.problems import validate
from hmer_suite.predictions.layouts import show
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import LeftOut, SampleSet

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class RawSample:
    """A sample that is still to be read: `load` returns its image and label, or raises `InputError`.

    Messages call it `name`. If it is `required`, it cannot be left out.
    """

    id: str
    name: str
    source: str
    load: Callable[[], tuple[np.ndarray, str]]
    required: bool = False


def image_and_label(
    read: Callable[[], Image | np.ndarray],
    label: str | None,
    name: str,
    preprocessing: Preprocessing,
    labelled: bool = True,
) -> tuple[np.ndarray, str]:
    """Normalised image and canonical label of a picture; the label may only be missing if `labelled` is False.

    Raises:
        InputError: the picture is damaged or blank, or its label missing or not valid.
    """
    # It loads OpenCV, which commands that only list data sources do not need.
    from hmer_suite.images.photo import normalise

    text = canonical_label(label, name) if label is not None else ""
    if labelled and not text:
        raise InputError(f"{name}: no label")
    return normalise(read(), preprocessing, name), text


def canonical_label(latex: str, name: str) -> str:
    """The canonical tokens of a label as it was typed.

    Raises:
        InputError: it is not valid LaTeX; the message begins with `name`.
    """
    problems = validate(latex).problems
    if problems:
        raise InputError(f"{name}: the label is not valid LaTeX: {problems[0].message}: {show(latex)}")
    return canonical(latex)


def prepare_samples(
    split: str,
    raw: Sequence[RawSample],
    left_out: Sequence[LeftOut] = (),
    tick: Callable[[], None] = lambda: None,
) -> SampleSet:
    """All samples that can be read, their images kept compressed; the others are added to `left_out`.

    `tick` is called after each sample. Raises `InputError` for a required sample that cannot be read.
    """
    kept: list[tuple[RawSample, _Prepared]] = []
    refused = list(left_out)
    # OpenCV and NumPy release the interpreter lock.
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for sample, done in zip(raw, pool.map(_read, raw), strict=True):
            if isinstance(done, _Prepared):
                kept.append((sample, done))
            elif sample.required:
                pool.shutdown(cancel_futures=True)
                raise done
            else:
                refused.append(LeftOut(sample.id, str(done).removeprefix(f"{sample.name}: ")))
            tick()
    return SampleSet(
        split=split,
        ids=tuple(sample.id for sample, _ in kept),
        labels=tuple(done.label for _, done in kept),
        sizes=np.array([done.size for _, done in kept], np.int32).reshape(-1, 2),
        images=EncodedImages([done.file for _, done in kept], [sample.name for sample, _ in kept]),
        sources=tuple(sample.source for sample, _ in kept),
        left_out=tuple(refused),
    )


@dataclass(frozen=True, slots=True)
class _Prepared:
    """PNG file, label and size (height, width) of a sample that could be read."""

    file: bytes
    label: str
    size: tuple[int, int]


def _read(sample: RawSample) -> _Prepared | InputError:
    try:
        image, label = sample.load()
    except InputError as error:
        return error
    return _Prepared(encode_png(image), label, (image.shape[0], image.shape[1]))
