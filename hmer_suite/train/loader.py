"""Batches of a set of samples, in an order that depends on seed and epoch alone.

Several threads may decode and augment samples ahead of training (OpenCV and NumPy release the interpreter's lock);
the batches do not depend on their number. A set with `redraw` is generated once per epoch. Shapes as in
`hmer_suite.nn.batch`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from hmer_suite.errors import InputError
from hmer_suite.ink.strokes import resample, strokes_of
from hmer_suite.nn.batch import Batch, Strokes
from hmer_suite.settings.augmentation import Augment, AugmentInk
from hmer_suite.specs.samples import InkSample, Mark, SampleSet
from hmer_suite.specs.vocabulary import END, PAD, Vocabulary
from hmer_suite.train.arrays import inks_of, padded_images, padded_strokes
from hmer_suite.train.augment import EpochAugmentation, draw_augmentation
from hmer_suite.train.augment_ink import varied_strokes, vary_traces
from hmer_suite.train.batching import PlannedBatch, count_batches, plan_batches, samples_of_process


@dataclass(frozen=True)
class Loader:
    """The batches of one process; a global batch of `batch_size * world` samples is shared between `world`.

    Images are augmented by `augment`, ink by `augment_ink`, or not at all if these are None. Augmented images have at
    most `max_pixels` pixels. With `labelled` false, tokens are left out. Padded sizes are multiples of
    `stride`. `workers` threads prepare batches ahead; with 0 they are made on demand.
    """

    samples: SampleSet
    vocabulary: Vocabulary
    batch_size: int
    seed: int = 0
    shuffle: bool = True
    augment: Augment | None = None
    augment_ink: AugmentInk | None = None
    max_pixels: int | None = None
    stride: int = 1
    labelled: bool = True
    rank: int = 0
    world: int = 1
    workers: int = 0

    def __post_init__(self) -> None:
        if len(self.samples) < self.world:
            wanted = "one is" if self.world == 1 else f"{self.world} are"
            raise InputError(
                f"split {self.samples.split}: {len(self.samples)} samples where at least {wanted} needed"
            )

    def __len__(self) -> int:
        """Batches of an epoch, the same number for every process and every epoch."""
        return count_batches(len(self.samples), self.batch_size * self.world, least=self.world)

    def totals(self, epoch: int) -> list[int]:
        """The number of samples on all processes together, for each batch of an epoch."""
        return [len(batch) for batch in self.planned_batches(epoch)]

    def planned_batches(self, epoch: int) -> list[PlannedBatch]:
        """The global batches of an epoch."""
        return self._plan(self._epoch(epoch))

    def augmentation(self, epoch: int) -> EpochAugmentation | None:
        """The augmentation of an epoch's images, or None."""
        return self._epoch(epoch).augmentation

    def epoch(self, epoch: int, skip: int = 0) -> Iterator[Batch]:
        """This process's batches of an epoch, without the first `skip`.

        `InputError` names a sample whose image differs in size from what its set states.
        """
        drawn = self._epoch(epoch)
        planned = self._plan(drawn)[skip:]
        if not self.workers:
            return (self._batch(batch, drawn) for batch in planned)
        return self._prefetched(planned, drawn)

    def _epoch(self, epoch: int) -> _Epoch:
        samples = self.samples.drawn(self.seed, epoch)
        augmentation = None
        if self.augment is not None and samples.kind == "image":
            augmentation = draw_augmentation(
                self.augment, samples.sizes, seed=self.seed, epoch=epoch, max_pixels=self.max_pixels
            )
        labels = encode(samples.ids, samples.labels, self.vocabulary) if self.labelled else None
        return _Epoch(epoch, samples, labels, augmentation)

    def _plan(self, drawn: _Epoch) -> list[PlannedBatch]:
        return plan_batches(
            drawn.samples.sizes if drawn.augmentation is None else drawn.augmentation.sizes,
            self.batch_size * self.world,
            seed=self.seed,
            epoch=drawn.number,
            shuffle=self.shuffle,
            stride=self.stride,
            least=self.world,
        )

    def _prefetched(self, planned: Iterable[PlannedBatch], drawn: _Epoch) -> Iterator[Batch]:
        waiting: deque[Future[Batch]] = deque()
        with ThreadPoolExecutor(self.workers, thread_name_prefix="load") as pool:
            try:
                for batch in planned:
                    waiting.append(pool.submit(self._batch, batch, drawn))
                    if len(waiting) > 2 * self.workers:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _batch(self, batch: PlannedBatch, drawn: _Epoch) -> Batch:
        indices = samples_of_process(batch, self.rank, self.world)
        samples = drawn.samples
        ids = [samples.ids[index] for index in indices]
        labels = longest = None
        if drawn.labels is not None:
            labels = [drawn.labels[index] for index in indices]
            longest = max(len(drawn.labels[index]) for index in batch.indices)
        if samples.kind == "ink":
            rows = [self._strokes(index, drawn) for index in indices]
            return _collate([], ids, labels, (0, 0), longest or 0, self._padded(rows, labels, longest))
        images = [_image(index, drawn) for index in indices]
        strokes = self._padded([_drawn_strokes(index, drawn) for index in indices], labels, longest)
        return _collate(images, ids, labels, (batch.height, batch.width), longest or 0, strokes)

    def _strokes(self, index: int, drawn: _Epoch) -> tuple[np.ndarray, tuple[Mark, ...]]:
        """Augmented strokes (S, P, 2) of a sample of ink, and its marks."""
        ink, points = inks_of(drawn.samples)[index], drawn.samples.points
        if self.augment_ink is None:
            return strokes_of(ink, points), ink.marks
        rng = np.random.default_rng([self.seed, drawn.number, index, _INK])
        ink = vary_traces(ink, self.augment_ink, rng)
        return varied_strokes(ink, points, self.augment_ink, rng), ink.marks

    def _padded(
        self, rows: Sequence[_Row | None], labels: Sequence[list[int]] | None, longest: int | None
    ) -> Strokes | None:
        """The strokes of all samples with their targets, or None if any sample has none."""
        found = [row for row in rows if row is not None]
        if len(found) < len(rows):
            return None
        return pad_strokes(found, labels, longest or 0, self.vocabulary)


_Row = tuple[np.ndarray, tuple[Mark, ...]]
"""Strokes (S, P, 2) of a sample, and its marks."""

_INK = 3
"""Stream of random numbers of the samples of ink."""


@dataclass(frozen=True, slots=True, eq=False)
class _Epoch:
    """The samples of an epoch, their encoded labels, and the augmentation of their images."""

    number: int
    samples: SampleSet
    labels: list[list[int]] | None
    augmentation: EpochAugmentation | None


def _image(index: int, drawn: _Epoch) -> np.ndarray:
    samples, augmentation = drawn.samples, drawn.augmentation
    image = samples.images[index]
    if image.shape != tuple(samples.sizes[index].tolist()):
        found = "x".join(map(str, image.shape))
        stated = "x".join(map(str, samples.sizes[index].tolist()))
        raise InputError(f"sample {samples.ids[index]}: its image is {found}, its set says {stated}")
    return image if augmentation is None else augmentation.apply(image, index)


def _drawn_strokes(index: int, drawn: _Epoch) -> _Row | None:
    """The strokes of an image in its pixels, and their marks; None if they are not known."""
    if drawn.samples.inks is None:
        return None
    ink = drawn.samples.inks[index]
    strokes = resample(ink.traces, drawn.samples.points)
    if drawn.augmentation is not None:
        strokes = drawn.augmentation.move_points(strokes, index)
    return strokes, ink.marks


def batches(
    samples: SampleSet,
    vocabulary: Vocabulary,
    *,
    batch_size: int,
    epoch: int,
    skip: int = 0,
    **settings: Any,
) -> Iterator[Batch]:
    """One epoch of a `Loader` with these settings."""
    return Loader(samples, vocabulary, batch_size, **settings).epoch(epoch, skip)


def encode(ids: Sequence[str], labels: Sequence[str], vocabulary: Vocabulary) -> list[list[int]]:
    """Numbers of labels, without their end; `InputError` names a sample with an unknown token."""
    encoded = []
    for name, label in zip(ids, labels, strict=True):
        try:
            encoded.append(vocabulary.encode(label))
        except InputError as error:
            raise InputError(f"sample {name}: {error}") from None
    return encoded


def batch_of(
    samples: SampleSet, places: Sequence[int], vocabulary: Vocabulary, labelled: bool = False
) -> Batch:
    """The samples at the given indices as one batch, not augmented; labels are empty unless `labelled`."""
    ids = [samples.ids[place] for place in places]
    labels = [samples.labels[place] for place in places] if labelled else None
    if samples.kind == "image":
        return collate([samples.images[place] for place in places], ids, labels, vocabulary)
    return collate_ink([inks_of(samples)[place] for place in places], ids, labels, vocabulary, samples.points)


def collate(
    images: Sequence[np.ndarray], ids: Sequence[str], labels: Sequence[str] | None, vocabulary: Vocabulary
) -> Batch:
    """Images (H, W) of uint8, padded to the largest, as one batch; labels are empty if None."""
    numbers = None if labels is None else encode(ids, labels, vocabulary)
    size = (max(image.shape[0] for image in images), max(image.shape[1] for image in images))
    return _collate(images, ids, numbers, size, max(map(len, numbers)) if numbers else 0)


def collate_ink(
    inks: Sequence[InkSample],
    ids: Sequence[str],
    labels: Sequence[str] | None,
    vocabulary: Vocabulary,
    points: int = 32,
) -> Batch:
    """Ink as one batch, each trace resampled to `points`; with labels, marks become targets."""
    numbers = None if labels is None else encode(ids, labels, vocabulary)
    longest = max(map(len, numbers)) if numbers else 0
    rows = [(strokes_of(ink, points), ink.marks) for ink in inks]
    return _collate([], ids, numbers, (0, 0), longest, pad_strokes(rows, numbers, longest, vocabulary))


def pad_strokes(
    rows: Sequence[_Row], labels: Sequence[list[int]] | None, longest: int, vocabulary: Vocabulary
) -> Strokes:
    """Strokes of several samples, padded; with `labels` (of at most `longest` tokens) their targets too."""
    points, mask = padded_strokes([strokes for strokes, _ in rows])
    count = points.shape[1]
    if labels is None:
        return Strokes(torch.from_numpy(points), torch.from_numpy(mask))
    classes = np.full((len(rows), count), PAD, np.int64)
    links = np.zeros((len(rows), longest + 1, count), bool)
    for place, (_, marks) in enumerate(rows):
        for mark in marks:
            traces = list(mark.traces)
            if mark.name in vocabulary:
                classes[place, traces] = vocabulary.number(mark.name)
            if mark.token >= 0:
                links[place, mark.token, traces] = True
    return Strokes(*map(torch.from_numpy, (points, mask, classes, links)))


def _collate(
    images: Sequence[np.ndarray],
    ids: Sequence[str],
    labels: Sequence[list[int]] | None,
    size: tuple[int, int],
    longest: int,
    strokes: Strokes | None = None,
) -> Batch:
    """Pad images to `size`, and labels with their end to `longest` + 1 tokens."""
    pixels = padded_images(images, len(ids), size)
    tokens = np.full((len(ids), longest + 1), PAD, np.int64)
    numbers = labels if labels is not None else [[]] * len(ids)
    for place, label in enumerate(numbers):
        tokens[place, : len(label)] = label
        tokens[place, len(label)] = END
    return Batch(
        ids=tuple(ids),
        images=torch.from_numpy(pixels).to(torch.float32).div_(255),
        sizes=torch.tensor([image.shape for image in images] or [[0, 0]] * len(ids)),
        tokens=torch.from_numpy(tokens),
        lengths=torch.tensor([len(label) + 1 for label in numbers]),
        strokes=strokes,
    )
