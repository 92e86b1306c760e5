"""Images or ink with labels, as every data source hands them out.

An image in memory is an array (H, W) of uint8 with 0 for paper and 255 for ink, so that padding with zeros
is padding with paper. In files it is the usual dark ink on light paper. Ink in memory is an
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

    from hmer_suite.ink.marks import InkSample

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sample that a source could not give, and why: nothing is dropped in silence."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class SampleSet:
    """One split of a data set; sample i stands in place i of every field.

    `labels` are canonical tokens separated by spaces, empty where a set has none. `kind` says what the samples are:

    - images: `sizes` is an array (n, 2) of heights and widths in pixels, `images` may decode on access. `inks` is
      None, or the ink that the images were drawn from, with traces in pixels of the image.
    - ink: `inks` are the samples, `sizes` (n, 2) holds numbers of traces and of tokens with the end (batches
      are made of samples alike in both), and `images` draws the ink on access, for people to look at. `points` is how
      many points each trace is resampled to.

    A set that is drawn anew for each epoch has `redraw`, which gives its samples of a seed and an epoch: as many, with
    the same ids. What stands in the set itself is then only what is described and counted, and has all tokens that any
    epoch has.
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
        """Eight hexadecimal digits that name the samples: ids, labels and sizes."""
        text = "\n".join("\t".join(row) for row in zip(self.ids, self.labels, strict=True))
        return hashlib.sha256(text.encode() + self.sizes.astype("int32").tobytes()).hexdigest()[:8]

    @property
    def blank(self) -> np.ndarray:
        """True (n,) for samples in which nothing is written: ink without traces, or an image of a single pixel."""
        return self.sizes[:, 0] == 0 if self.kind == "ink" else (self.sizes == 1).all(axis=1)

    def drawn(self, seed: int, epoch: int) -> SampleSet:
        """The samples of an epoch: the set itself, unless it is drawn anew."""
        return self if self.redraw is None else replace(self.redraw(seed, epoch), redraw=self.redraw)

    def require(self, kind: Input, where: str) -> SampleSet:
        """The set, if its samples are of this kind; `UsageError` names `where` it came from if they are not."""
        if self.kind != kind:
            raise UsageError(f"{where}: gives samples as {self.kind}, and the recogniser reads {kind}")
        return self


@dataclass(frozen=True, slots=True)
class DataSourceSpec:
    """A way to get samples, named in ``--data NAME:ARGUMENT``.

    `load(argument, split, preprocessing)` gives one of `splits`, with images or ink as `preprocessing` wants them; it
    raises `InputError` for what cannot be read and `UsageError` for a split that it does not have. A source without
    ink gives images whatever is wanted; who asked for ink then says so.
    """

    name: str
    summary: str
    load: Callable[[str, str, Preprocessing], SampleSet]
    splits: tuple[str, ...] = SPLITS
