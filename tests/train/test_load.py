"""The loader: every sample once, the same batches whatever the workers, shared out without a trace."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from hmer_suite.data.samples import SampleSet
from hmer_suite.data.vocab import END, PAD, Vocabulary
from hmer_suite.errors import InputError
from hmer_suite.train.augment import Augment
from hmer_suite.train.load import Loader, batches, collate
from hmer_suite.train.plan import padding_ratio

VOCABULARY = Vocabulary(("x", "y", "z"))


class Images:
    """Decodes on access, and counts."""

    def __init__(self, sizes: np.ndarray):
        self.sizes, self.asked = sizes, 0

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, index: int) -> np.ndarray:
        self.asked += 1
        height, width = self.sizes[index]
        image = np.zeros((height, width), np.uint8)
        image[4:-4, 4:-4] = 1 + index % 255
        return image


def some(n: int = 45) -> SampleSet:
    rng = np.random.default_rng(0)
    sizes = rng.integers([20, 30], [60, 200], (n, 2))
    labels = tuple(" ".join(rng.choice(["x", "y", "z"], rng.integers(0, 9))) for _ in range(n))
    return SampleSet("train", tuple(f"s{i}" for i in range(n)), labels, sizes, Images(sizes), ("made",) * n)


def same(a, b) -> bool:
    names = ("images", "sizes", "tokens", "lengths")
    return a.ids == b.ids and all(torch.equal(getattr(a, name), getattr(b, name)) for name in names)


def all_same(first, second) -> bool:
    return all(same(a, b) for a, b in zip(first, second, strict=True))


def test_every_sample_once_padded_with_paper_and_labelled():
    samples = some()
    loader = Loader(samples, VOCABULARY, 8, augment=None)
    places = {name: i for i, name in enumerate(samples.ids)}
    seen = []
    for batch in loader.epoch(0):
        seen += batch.ids
        assert batch.images.dtype == torch.float32 and batch.images.shape[1] == 1
        assert tuple(batch.images.shape[2:]) == tuple(batch.sizes.amax(0).tolist())
        assert batch.images[~batch.mask].sum() == 0
        for row, name in enumerate(batch.ids):
            i = places[name]
            height, width = batch.sizes[row].tolist()
            pixels = (batch.images[row, 0, :height, :width] * 255).round().to(torch.uint8).numpy()
            assert np.array_equal(pixels, samples.images[i])
            tokens, length = batch.tokens[row].tolist(), int(batch.lengths[row])
            assert VOCABULARY.decode(tokens) == tuple(samples.labels[i].split())
            assert tokens[length - 1] == END and set(tokens[length:]) <= {PAD}
        assert batch.tokens.shape[1] == batch.lengths.max()
    assert sorted(seen) == sorted(samples.ids)
    assert len(loader) == 6 and sum(loader.totals(0)) == 45


@pytest.mark.parametrize("workers", [1, 3])
def test_workers_change_nothing(workers):
    samples = some()
    plain = Loader(samples, VOCABULARY, 4, seed=3, augment=Augment())
    threaded = Loader(samples, VOCABULARY, 4, seed=3, augment=Augment(), workers=workers)
    assert all_same(plain.epoch(2), threaded.epoch(2))


@pytest.mark.parametrize("workers", [0, 2])
def test_skipping_gives_the_rest_and_decodes_nothing_before_it(workers):
    samples = some()
    loader = Loader(samples, VOCABULARY, 4, seed=3, augment=Augment(), workers=workers)
    whole = list(loader.epoch(1))
    samples.images.asked = 0
    assert all_same(whole[7:], loader.epoch(1, skip=7))
    assert samples.images.asked == sum(len(batch) for batch in whole[7:])
    assert list(loader.epoch(1, skip=len(loader))) == []


def test_two_processes_share_the_batches_of_one_with_twice_the_batch():
    samples = some(46)
    one = Loader(samples, VOCABULARY, 8, augment=Augment())
    halves = [Loader(samples, VOCABULARY, 4, augment=Augment(), rank=rank, world=2) for rank in (0, 1)]
    assert len(one) == len(halves[0]) == len(halves[1]) and one.totals(1) == halves[1].totals(1)
    for whole, *parts in zip(one.epoch(1), *(half.epoch(1) for half in halves), strict=True):
        assert sorted(whole.ids) == sorted(parts[0].ids + parts[1].ids)
        for part in parts:
            rows = [whole.ids.index(name) for name in part.ids]
            assert torch.equal(whole.images[rows], part.images)  # padded to the global batch
            assert torch.equal(whole.tokens[rows], part.tokens)


def test_epochs_and_seeds_differ():
    samples = some()
    first = [batch.ids for batch in batches(samples, VOCABULARY, batch_size=4, epoch=0)]
    assert first != [batch.ids for batch in batches(samples, VOCABULARY, batch_size=4, epoch=1)]
    assert first != [batch.ids for batch in batches(samples, VOCABULARY, batch_size=4, epoch=0, seed=1)]


def test_images_are_prepared_ahead_but_not_without_bound():
    samples = some()
    epoch = Loader(samples, VOCABULARY, 1, workers=2).epoch(0)
    next(epoch)
    threads = threading.active_count()
    epoch.close()
    assert samples.images.asked <= 1 + 2 * 2 + 2
    assert threading.active_count() < threads


@pytest.mark.parametrize("workers", [0, 2])
def test_an_image_of_another_size_than_said_is_named(workers):
    samples = some()
    samples.sizes[7] += 1
    samples.images.sizes = samples.sizes.copy()
    samples.images.sizes[7] -= 1
    with pytest.raises(InputError, match=r"sample s7: its image is \d+x\d+, its set says \d+x\d+"):
        list(Loader(samples, VOCABULARY, 4, workers=workers).epoch(0))


def test_a_token_outside_the_vocabulary_is_named_with_its_sample():
    with pytest.raises(InputError, match=r"sample s\d+: token z is not in the vocabulary"):
        list(Loader(some(), Vocabulary(("x", "y")), 4).epoch(0))
    assert len(list(Loader(some(), Vocabulary(("x", "y")), 4, labelled=False).epoch(0))) == 12


def test_too_few_samples_is_an_error_and_not_an_empty_epoch():
    with pytest.raises(InputError, match="split train: 0 samples where at least one is needed"):
        Loader(some(0), VOCABULARY, 4)
    with pytest.raises(InputError, match="split train: 2 samples where at least 3 are needed"):
        Loader(some(2), VOCABULARY, 4, world=3)


def test_collate_for_inference_has_nothing_to_learn():
    images = [np.full((3, 5), 255, np.uint8), np.zeros((4, 2), np.uint8)]
    batch = collate(images, ["a", "b"], None, VOCABULARY)
    assert batch.images.shape == (2, 1, 4, 5) and batch.images.sum() == 15
    assert batch.tokens.tolist() == [[END], [END]] and batch.lengths.tolist() == [1, 1]
    assert batch.sizes.tolist() == [[3, 5], [4, 2]]
    labelled = collate(images, ["a", "b"], ["x y", ""], VOCABULARY)
    assert labelled.tokens.tolist() == [[3, 4, END], [END, PAD, PAD]]


def test_little_padding_on_real_formulas(shared):
    from hmer_suite.data.sources.crohme import load
    from hmer_suite.recogniser import Preprocessing

    samples = load(str(shared / "crohme"), "test", Preprocessing())
    vocabulary = Vocabulary.of(samples.labels)
    for augmentation in (None, Augment()):
        loader = Loader(samples, vocabulary, 8, augment=augmentation)
        for epoch in range(3):
            variations = loader.variations(epoch)
            sizes = samples.sizes if variations is None else variations.sizes
            assert padding_ratio(loader.plan(epoch), sizes) <= 1.3
