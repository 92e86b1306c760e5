"""Batches of a set of samples, in an order that seed and epoch alone decide.

Several threads may decode and vary images ahead of the training (OpenCV lets go of the interpreter's lock);
what comes out does not depend on their number. Shapes as in `hmer_suite.train.batch`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from hmer_suite.data.samples import SampleSet
from hmer_suite.data.vocab import END, PAD, Vocabulary
from hmer_suite.errors import InputError
from hmer_suite.train.augment import Augment, Variations, draw
from hmer_suite.train.batch import Batch
from hmer_suite.train.plan import PlannedBatch, count_batches, plan, share


@dataclass(frozen=True)
class Loader:
    """The batches of one process; a global batch of `batch_size * world` samples is shared between `world`.

    Images become at most `max_pixels` large by augmentation. With `labelled` false, tokens are left out. Padded
    sizes are multiples of `stride`. `workers` threads prepare batches ahead; with 0 they are made when asked for.
    """

    samples: SampleSet
    vocabulary: Vocabulary
    batch_size: int
    seed: int = 0
    shuffle: bool = True
    augment: Augment | None = None
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
        return [len(batch) for batch in self.plan(epoch)]

    def plan(self, epoch: int) -> list[PlannedBatch]:
        """The global batches of an epoch."""
        return self._plan(self.variations(epoch), epoch)

    def variations(self, epoch: int) -> Variations | None:
        """What augmentation does in an epoch, or None without it."""
        if self.augment is None:
            return None
        return draw(self.augment, self.samples.sizes, seed=self.seed, epoch=epoch, max_pixels=self.max_pixels)

    def epoch(self, epoch: int, skip: int = 0) -> Iterator[Batch]:
        """This process's batches of an epoch, behind the first `skip`.

        `InputError` names a sample whose image is not as large as its set says.
        """
        variations = self.variations(epoch)
        planned = self._plan(variations, epoch)[skip:]
        if not self.workers:
            return (self._batch(batch, variations) for batch in planned)
        return self._prefetched(planned, variations)

    def _plan(self, variations: Variations | None, epoch: int) -> list[PlannedBatch]:
        return plan(
            self.samples.sizes if variations is None else variations.sizes,
            self.batch_size * self.world,
            seed=self.seed,
            epoch=epoch,
            shuffle=self.shuffle,
            stride=self.stride,
            least=self.world,
        )

    def _prefetched(self, planned: Iterable[PlannedBatch], variations: Variations | None) -> Iterator[Batch]:
        waiting: deque[Future[Batch]] = deque()
        with ThreadPoolExecutor(self.workers, thread_name_prefix="load") as pool:
            try:
                for batch in planned:
                    waiting.append(pool.submit(self._batch, batch, variations))
                    if len(waiting) > 2 * self.workers:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _batch(self, batch: PlannedBatch, variations: Variations | None) -> Batch:
        indices = share(batch, self.rank, self.world)
        images = [self._image(index, variations) for index in indices]
        labels = [self._labels[index] for index in indices] if self.labelled else None
        longest = max(len(self._labels[index]) for index in batch.indices) if self.labelled else 0
        ids = [self.samples.ids[index] for index in indices]
        return _collate(images, ids, labels, (batch.height, batch.width), longest)

    def _image(self, index: int, variations: Variations | None) -> np.ndarray:
        image = self.samples.images[index]
        if image.shape != tuple(self.samples.sizes[index].tolist()):
            found = "x".join(map(str, image.shape))
            said = "x".join(map(str, self.samples.sizes[index].tolist()))
            raise InputError(f"sample {self.samples.ids[index]}: its image is {found}, its set says {said}")
        return image if variations is None else variations.apply(image, index)

    @cached_property
    def _labels(self) -> list[list[int]]:
        return encode(self.samples.ids, self.samples.labels, self.vocabulary)


def batches(
    samples: SampleSet, vocabulary: Vocabulary, *, batch_size: int, epoch: int, skip: int = 0, **settings
) -> Iterator[Batch]:
    """One epoch of a `Loader` with these settings."""
    return Loader(samples, vocabulary, batch_size, **settings).epoch(epoch, skip)


def encode(ids: Sequence[str], labels: Sequence[str], vocabulary: Vocabulary) -> list[list[int]]:
    """Numbers of labels, without their end; `InputError` names a sample with a token that is not listed."""
    encoded = []
    for name, label in zip(ids, labels, strict=True):
        try:
            encoded.append(vocabulary.encode(label))
        except InputError as error:
            raise InputError(f"sample {name}: {error}") from None
    return encoded


def collate(
    images: Sequence[np.ndarray], ids: Sequence[str], labels: Sequence[str] | None, vocabulary: Vocabulary
) -> Batch:
    """Images (H, W) of uint8, padded to the largest, as one batch; with no labels there is nothing to learn."""
    numbers = None if labels is None else encode(ids, labels, vocabulary)
    size = (max(image.shape[0] for image in images), max(image.shape[1] for image in images))
    return _collate(images, ids, numbers, size, max(map(len, numbers)) if numbers else 0)


def _collate(
    images: Sequence[np.ndarray],
    ids: Sequence[str],
    labels: Sequence[list[int]] | None,
    size: tuple[int, int],
    longest: int,
) -> Batch:
    """Pad images to `size` and labels, with their end behind them, to `longest` and one."""
    pixels = np.zeros((len(images), 1, *size), np.uint8)
    for row, image in zip(pixels, images, strict=True):
        row[0, : image.shape[0], : image.shape[1]] = image
    tokens = np.full((len(images), longest + 1), PAD, np.int64)
    numbers = labels if labels is not None else [[]] * len(images)
    for row, label in zip(tokens, numbers, strict=True):
        row[: len(label)] = label
        row[len(label)] = END
    return Batch(
        ids=tuple(ids),
        images=torch.from_numpy(pixels).to(torch.float32).div_(255),
        sizes=torch.tensor([image.shape for image in images]),
        tokens=torch.from_numpy(tokens),
        lengths=torch.tensor([len(label) + 1 for label in numbers]),
    )
