"""Images with labels, as every data source hands them out.

An image in memory is an array (H, W) of uint8 with 0 for paper and 255 for ink, so that padding with zeros
is padding with paper. In files it is the usual dark ink on light paper.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hmer_suite.recogniser import Preprocessing

if TYPE_CHECKING:
    import numpy as np

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sample that a source could not give, and why: nothing is dropped in silence."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class SampleSet:
    """One split of a data set; sample i stands in place i of every field.

    `labels` are canonical tokens separated by spaces; `sizes` is an array (n, 2) of heights and widths in pixels;
    `images` may decode on access. Labels are empty strings where a set has none.
    """

    split: str
    ids: tuple[str, ...]
    labels: tuple[str, ...]
    sizes: np.ndarray
    images: Sequence[np.ndarray]
    sources: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits that name the samples: ids, labels and sizes."""
        text = "\n".join("\t".join(row) for row in zip(self.ids, self.labels, strict=True))
        return hashlib.sha256(text.encode() + self.sizes.astype("int32").tobytes()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class DataSourceSpec:
    """A way to get samples, named in ``--data NAME:ARGUMENT``.

    `load(argument, split, preprocessing)` gives one of `splits`, with images as `preprocessing` wants them; it
    raises `InputError` for what cannot be read and `UsageError` for a split that it does not have.
    """

    name: str
    summary: str
    load: Callable[[str, str, Preprocessing], SampleSet]
    splits: tuple[str, ...] = SPLITS
