"""The loader: every sample once, the same batches whatever the workers, shared out without a trace."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
import torch

from hmer_suite.data.ink_sets import LabelledInk, ink_set
from hmer_suite.data.subsets import join, pick
from hmer_suite.errors import InputError
from hmer_suite.ink.strokes import strokes_of
from hmer_suite.nn.batch import Batch
from hmer_suite.settings.augmentation import Augment, AugmentInk
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SampleSet
from hmer_suite.specs.vocabulary import END, PAD, Vocabulary
from hmer_suite.train.batching import padding_ratio
from hmer_suite.train.loader import Loader, batch_of, batches, collate
from tests.ink.linked import linked_ink

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
    from hmer_suite.specs.recogniser import Preprocessing

    samples = load(str(shared / "crohme"), "test", Preprocessing())
    vocabulary = Vocabulary.of(samples.labels)
    for augmentation in (None, Augment()):
        loader = Loader(samples, vocabulary, 8, augment=augmentation)
        for epoch in range(3):
            augmentation = loader.augmentation(epoch)
            sizes = samples.sizes if augmentation is None else augmentation.sizes
            assert padding_ratio(loader.planned_batches(epoch), sizes) <= 1.3


# --- ink ----------------------------------------------------------------------------------------------------------

POINTS = 12


@pytest.fixture(scope="module")
def linked() -> list[LabelledInk]:
    """Made-up ink with marks that are linked to their tokens."""
    return [LabelledInk(f"s{n}", label, ink, "made") for n, (ink, label) in enumerate(linked_ink(26, seed=7))]


def ink_samples(rows: list[LabelledInk], kind: str = "ink", **settings: object) -> SampleSet:
    return ink_set("train", rows, Preprocessing(input=kind, points=POINTS, **settings))


@pytest.fixture(scope="module")
def ink(linked) -> SampleSet:
    return ink_samples(linked)


def everything(batch: Batch) -> list:
    strokes = batch.strokes
    return [batch.ids, batch.images, batch.sizes, batch.tokens, batch.lengths, strokes.points, strokes.mask,
            strokes.classes, strokes.links]  # fmt: skip


def identical(first, second) -> bool:
    """Two runs of batches, bit for bit."""
    for ours, theirs in zip(first, second, strict=True):
        pairs = zip(everything(ours), everything(theirs), strict=True)
        if not all(torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b for a, b in pairs):
            return False
    return True


def targets(sample, vocabulary: Vocabulary, places: int, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """Classes (S,) and links (L, S) of one sample, mark by mark."""
    classes, links = np.full(places, PAD), np.zeros((longest, places), bool)
    for mark in sample.marks:
        for trace in mark.traces:
            classes[trace] = vocabulary.number(mark.name) if mark.name in vocabulary else PAD
            links[mark.token, trace] = True
    return classes, links


def test_a_batch_of_ink_has_strokes_with_their_targets_and_no_pixels(ink):
    vocabulary = Vocabulary.of(ink.labels)
    places, seen = {name: i for i, name in enumerate(ink.ids)}, []
    for batch in Loader(ink, vocabulary, 4).epoch(0):
        n, strokes = len(batch), batch.strokes
        seen += batch.ids
        assert batch.images.shape == (n, 1, 0, 0) and batch.sizes.tolist() == [[0, 0]] * n
        most = int(strokes.mask.sum(1).max())
        assert strokes.points.shape == (n, most, POINTS, 2) and strokes.points.dtype == torch.float32
        assert strokes.links.shape == (n, batch.tokens.shape[1], most)
        for row, name in enumerate(batch.ids):
            sample = ink.inks[places[name]]
            own = len(sample.traces)
            assert strokes.mask[row].tolist() == [True] * own + [False] * (most - own)
            wanted = strokes_of(sample, POINTS).astype(np.float32)
            assert np.array_equal(strokes.points[row, :own].numpy(), wanted)
            assert not strokes.points[row, own:].any()
            classes, links = targets(sample, vocabulary, most, batch.tokens.shape[1])
            assert np.array_equal(strokes.classes[row].numpy(), classes) and classes.any()
            assert np.array_equal(strokes.links[row].numpy(), links)
            assert vocabulary.decode(batch.tokens[row].tolist()) == tuple(ink.labels[places[name]].split())
    assert sorted(seen) == sorted(ink.ids)


def test_a_class_that_is_no_token_is_not_known(linked):
    """A bar is marked as a minus sign, which the label may not have."""
    row = next(row for row in linked if "\\frac" in row.label and " - " not in row.label)
    samples = ink_samples([row])
    (without,) = Loader(samples, Vocabulary.of([row.label]), 1).epoch(0)
    (with_it,) = Loader(samples, Vocabulary.of([row.label, "-"]), 1).epoch(0)
    bars = [trace for mark in row.ink.marks if mark.name == "-" for trace in mark.traces]
    assert bars and not without.strokes.classes[0, bars].any() and with_it.strokes.classes[0, bars].all()
    assert without.strokes.links[0, :, bars].any(0).all()


def test_without_labels_there_are_no_targets(ink):
    vocabulary = Vocabulary.of(ink.labels)
    for batch in (
        next(Loader(ink, vocabulary, 4, labelled=False).epoch(0)),
        batch_of(ink, [0, 1], vocabulary),
    ):
        assert batch.strokes.classes is None and batch.strokes.links is None
        assert batch.tokens.shape[1] == 1 and set(batch.tokens.flatten().tolist()) == {END}
    moved = batch.to("cpu")
    assert torch.equal(moved.strokes.points, batch.strokes.points) and moved.strokes.links is None


@pytest.mark.parametrize("workers", [1, 3])
def test_threads_change_nothing_about_ink(ink, workers: int):
    loaders = [
        Loader(ink, Vocabulary.of(ink.labels), 4, seed=3, augment_ink=AugmentInk(), workers=n)
        for n in (0, workers)
    ]
    assert identical(loaders[0].epoch(2), loaders[1].epoch(2))
    assert not identical(loaders[0].epoch(2), loaders[0].epoch(3))


@pytest.mark.parametrize("workers", [0, 2])
def test_training_on_ink_goes_on_in_the_middle_of_an_epoch(linked, workers: int):
    """Also where the set is drawn anew for each epoch."""
    samples = replace(ink_samples(linked), redraw=turned(linked))
    loader = Loader(
        samples, Vocabulary.of(samples.labels), 4, seed=3, augment_ink=AugmentInk(), workers=workers
    )
    whole = list(loader.epoch(5))
    assert identical(whole[3:], loader.epoch(5, skip=3))


def turned(rows: list[LabelledInk]):
    """Draws the rows anew: larger in each epoch and seed, the last label first."""

    def redraw(seed: int, epoch: int) -> SampleSet:
        found = []
        for row in rows:
            traces = tuple(trace * (1.0, 1.0 + epoch + 10 * seed) for trace in row.ink.traces)
            found.append(replace(row, ink=replace(row.ink, traces=traces)))
        return ink_samples(found)

    return redraw


def test_a_set_that_is_drawn_anew_is_drawn_for_each_epoch(linked):
    redraw, asked = turned(linked), []
    samples = replace(
        ink_samples(linked), redraw=lambda seed, epoch: asked.append((seed, epoch)) or redraw(seed, epoch)
    )
    vocabulary = Vocabulary.of(samples.labels)
    loader = Loader(samples, vocabulary, 4, seed=2)
    for epoch in (0, 1, 4):
        asked.clear()
        assert identical(loader.epoch(epoch), Loader(redraw(2, epoch), vocabulary, 4, seed=2).epoch(epoch))
        assert asked == [(2, epoch)]
    heights = [float(next(loader.epoch(epoch)).strokes.points[..., 1].max()) for epoch in (0, 4)]
    assert heights[0] < heights[1]


def test_a_part_of_a_set_and_two_sets_are_drawn_anew_as_well(linked):
    first, second = (replace(ink_samples(rows), redraw=turned(rows)) for rows in (linked[:10], linked[10:]))
    vocabulary = Vocabulary.of([row.label for row in linked])
    both = join(first, pick(second, range(6)))
    wanted = join(first.redraw(1, 2), pick(second.redraw(1, 2), range(6)))
    plain = replace(wanted, redraw=None)
    assert identical(
        Loader(both, vocabulary, 4, seed=1).epoch(2), Loader(plain, vocabulary, 4, seed=1).epoch(2)
    )


def test_two_processes_share_a_batch_of_ink(ink):
    vocabulary = Vocabulary.of(ink.labels)
    one = Loader(ink, vocabulary, 8, augment_ink=AugmentInk())
    halves = [Loader(ink, vocabulary, 4, augment_ink=AugmentInk(), rank=rank, world=2) for rank in (0, 1)]
    for whole, *parts in zip(one.epoch(1), *(half.epoch(1) for half in halves), strict=True):
        assert sorted(whole.ids) == sorted(parts[0].ids + parts[1].ids)
        for part in parts:
            rows = [whole.ids.index(name) for name in part.ids]
            assert torch.equal(whole.tokens[rows], part.tokens)
            own = part.strokes.points.shape[1]
            assert torch.equal(whole.strokes.points[rows, :own], part.strokes.points)
            assert torch.equal(whole.strokes.links[rows, :, :own], part.strokes.links)


# --- strokes of images --------------------------------------------------------------------------------------------


def dark_under(batch: Batch) -> np.ndarray:
    """How dark the images are within a pixel of each point of their strokes."""
    found = []
    for row, mask in enumerate(batch.strokes.mask):
        image = np.pad(batch.images[row, 0].numpy(), 2)
        points = batch.strokes.points[row][mask].reshape(-1, 2).numpy()
        x, y = np.clip(np.floor(points).astype(int) + 2, 1, np.array(image.shape[::-1]) - 2).T
        found.append(np.max([image[y + i, x + j] for i in (-1, 0, 1) for j in (-1, 0, 1)], axis=0))
    return np.concatenate(found)


@pytest.mark.parametrize("augment", [None, Augment(elastic=0.0)])
def test_strokes_of_images_lie_on_their_ink_as_it_is_varied(linked, augment: Augment | None):
    samples = ink_samples(linked, "image", symbol_height=28)
    for batch in Loader(samples, Vocabulary.of(samples.labels), 4, seed=1, augment=augment).epoch(0):
        assert batch.images.shape[2] > 20 and batch.strokes.points.dtype == torch.float32
        dark = dark_under(batch)
        assert (dark > 0.15).mean() > 0.995, batch.ids


def test_bending_is_left_out_and_moves_strokes_little(linked):
    samples = ink_samples(linked, "image", symbol_height=28)
    bent = list(Loader(samples, Vocabulary.of(samples.labels), 4, seed=1, augment=Augment()).epoch(0))
    assert np.mean(np.concatenate([dark_under(batch) for batch in bent]) > 0.15) > 0.7


def test_strokes_of_images_have_the_targets_of_their_ink(linked):
    images, vocabulary = ink_samples(linked, "image"), Vocabulary.of([row.label for row in linked])
    (batch,) = Loader(images, vocabulary, len(linked), shuffle=False).epoch(0)
    inks = dict(zip(images.ids, images.inks, strict=True))
    for row, name in enumerate(batch.ids):
        classes, links = targets(inks[name], vocabulary, batch.strokes.mask.shape[1], batch.tokens.shape[1])
        assert np.array_equal(batch.strokes.classes[row].numpy(), classes)
        assert np.array_equal(batch.strokes.links[row].numpy(), links)


def test_images_of_which_some_were_not_drawn_have_no_strokes(linked):
    drawn = ink_samples(linked[:6], "image")
    photos = replace(ink_samples(linked[6:12], "image"), inks=None)
    vocabulary = Vocabulary.of([row.label for row in linked])
    assert all(batch.strokes is None for batch in Loader(join(drawn, photos), vocabulary, 4).epoch(0))
    assert batch_of(drawn, [0], vocabulary).strokes is None, "in reading nobody knows how it was drawn"
