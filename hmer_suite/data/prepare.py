"""From other people's pictures and labels to samples: each is normalised, each label canonical, or left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hmer_suite.data.formats import show
from hmer_suite.data.pictures import EncodedImages, encode_png
from hmer_suite.data.samples import LeftOut, SampleSet
from hmer_suite.errors import InputError
from hmer_suite.recogniser import Preprocessing

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class RawSample:
    """A picture as it was found: `read` opens it (or raises `InputError`), `name` is what messages call it."""

    id: str
    name: str
    read: Callable[[], Image]
    label: str | None
    source: str


def prepared(
    split: str,
    raw: Sequence[RawSample],
    preprocessing: Preprocessing,
    labelled: bool = True,
    left_out: Sequence[LeftOut] = (),
) -> SampleSet:
    """Samples with normalised images and canonical labels; what is no good joins `left_out`, with its reason.

    With `labelled` False a sample may lack its label, which is then empty. The images are kept compressed.
    """
    import numpy as np

    from hmer_suite.data.photo import normalise

    kept, labels, files, sizes, refused = [], [], [], [], list(left_out)
    for sample in raw:
        try:
            label = _label(sample, labelled)
            image = normalise(sample.read(), preprocessing, sample.name)
        except InputError as error:
            refused.append(LeftOut(sample.id, str(error).removeprefix(f"{sample.name}: ")))
            continue
        kept.append(sample)
        labels.append(label)
        files.append(encode_png(image))
        sizes.append(image.shape)
    return SampleSet(
        split=split,
        ids=tuple(sample.id for sample in kept),
        labels=tuple(labels),
        sizes=np.array(sizes, np.int64).reshape(-1, 2),
        images=EncodedImages(files, [sample.name for sample in kept]),
        sources=tuple(sample.source for sample in kept),
        left_out=tuple(refused),
    )


def _label(sample: RawSample, labelled: bool) -> str:
    if sample.label is None or not sample.label.strip():
        if labelled:
            raise InputError(f"{sample.name}: no label")
        return ""
    return canonical_label(sample.label, sample.name)


def canonical_label(latex: str, name: str) -> str:
    """Canonical tokens of a label as somebody typed it.

    Raises:
        InputError: it is not valid LaTeX; the message begins with `name`.
    """
    from hmer_suite.latex.canonical import canonical
    from hmer_suite.latex.problems import validate

    problems = validate(latex).problems
    if problems:
        raise InputError(f"{name}: the label is not valid LaTeX: {problems[0].message}: {show(latex)}")
    return canonical(latex)
