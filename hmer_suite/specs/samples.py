"""Sets of labelled images or ink, the common form of all data sources.

An image in memory is an array (H, W) of uint8 with 0 for background and 255 for ink, so that padding with
zeros is padding with background. In files it is the usual dark ink on a light background. Ink in memory is an
`hmer_suite.ink.marks.InkSample`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hmer_suite.errors import UsageError
from hmer_suite.specs.recogniser import Input, Preprocessing

if TYPE_CHECKING:
    import numpy as np

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sample that could not be read, and the reason."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A symbol marked in the ink.

    `name` is its class, `traces` are the indices of its traces in the ink, `token` is the index of its token in the
    label, or -1 if that is not known.
    """

    name: str
    traces: tuple[int, ...]
    token: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class InkSample:
    """The ink of one formula as recognisers read it.

    `traces` are arrays (n, 2) of x to the right and y down; `unit` is the height of a typical full-size symbol in
    their units. `marks` are for training only, and empty if the symbols are not marked.
    """

    traces: tuple[np.ndarray, ...]
    unit: float
    marks: tuple[Mark, ...] = ()

    @property
    def fully_marked(self) -> bool:
        """Whether each trace belongs to exactly one mark."""
        return sorted(trace for mark in self.marks for trace in mark.traces) == list(range(len(self.traces)))


@dataclass(frozen=True, slots=True, eq=False)
class SampleSet:
    """One split of a data set; sample i has index i in every field.

    `labels` are canonical tokens separated by spaces, or empty. `kind` is the kind of the samples:

    - images: `sizes` is an array (n, 2) of heights and widths in pixels, `images` may decode on access. `inks` is
      None, or the ink that the images were drawn from, with traces in pixels.
    - ink: `inks` are the samples, `sizes` (n, 2) are numbers of traces and of tokens with the end (batches are
      made of samples similar in both), and `images` draws the ink on access, for viewing. `points` is the number of
      points that each trace is resampled to.

    A set that is generated anew for each epoch has `redraw(seed, epoch)`, which returns that epoch's samples: as many,
    with the same ids. The set itself then only serves for descriptions and counts, and has all tokens of any epoch.
    """

    split: str
    ids: tuple[str, ...]
    labels: tuple[str, ...]
    sizes: np.ndarray
    images: Sequence[np.ndarray]
    sources: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()
    kind: Input = "image"
    inks: Sequence[InkSample] | None = None
    points: int = 32
    redraw: Callable[[int, int], SampleSet] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def digest(self) -> str:
        """Digest of ids, labels and sizes, eight hexadecimal digits."""
        text = "\n".join("\t".join(row) for row in zip(self.ids, self.labels, strict=True))
        return hashlib.sha256(text.encode() + self.sizes.astype("int32").tobytes()).hexdigest()[:8]

    @property
    def blank(self) -> np.ndarray:
        """True (n,) for samples in which nothing is written: ink without traces, or an image of a single pixel."""
        return self.sizes[:, 0] == 0 if self.kind == "ink" else (self.sizes == 1).all(axis=1)

    def drawn(self, seed: int, epoch: int) -> SampleSet:
        """The samples of an epoch: the set itself, unless it has `redraw`."""
        return self if self.redraw is None else replace(self.redraw(seed, epoch), redraw=self.redraw)

    def require(self, kind: Input, where: str) -> SampleSet:
        """The set itself; `UsageError`, which begins with `where`, if its samples are of another kind."""
        if self.kind != kind:
            raise UsageError(f"{where}: has samples of kind {self.kind}, and the recogniser reads {kind}")
        return self


@dataclass(frozen=True, slots=True)
class DataSourceSpec:
    """A source of samples, named in ``--data NAME:ARGUMENT``.

    `load(argument, split, preprocessing)` returns one of `splits`, its images or ink preprocessed; it raises
    `InputError` for data that cannot be read and `UsageError` for a split that it does not have. A source without ink
    returns images even if ink is asked for; the caller checks that.

    `find_splits(argument)` returns the names of the splits that an argument has, which may be others than `SPLITS`
    (``test2016``), and raises the errors of `load`; without it, a split is there if it can be loaded.
    """

    name: str
    summary: str
    load: Callable[[str, str, Preprocessing], SampleSet]
    splits: tuple[str, ...] = SPLITS
    find_splits: Callable[[str], tuple[str, ...]] | None = None
