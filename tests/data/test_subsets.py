"""What ``--data`` names becomes training and validation samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from hmer_suite.data.subsets import evenly_spaced, join, no_longer_than, pick, split_off
from hmer_suite.errors import InputError, UsageError
from hmer_suite.settings.training import TrainConfig
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.datasets import open_training_data
from tests.train.toy import squares

SIZE = Preprocessing(symbol_height=12)


@pytest.fixture
def folder(tmp_path):
    """Ten images of a user's own with captions, no split but training."""
    for number in range(10):
        image = np.full((40, 60), 255, np.uint8)
        cv2.line(image, (10 + number, 10), (40, 30), 0, 2)
        cv2.imwrite(str(tmp_path / f"{number}.png"), image)
    (tmp_path / "captions.txt").write_text("".join(f"{number}\tx\n" for number in range(10)))
    return tmp_path


def test_a_source_with_a_validation_split_keeps_it():
    data = open_training_data("synthetic:20,0,4", SIZE, TrainConfig())
    assert (len(data.train), len(data.validation), data.validation.split) == (20, 64, "validation")


def test_a_part_is_held_out_where_there_is_no_validation_split(folder):
    data = open_training_data(f"images:{folder}", SIZE, TrainConfig(holdout=0.2))
    assert (len(data.train), len(data.validation)) == (8, 2)
    assert not set(data.train.ids) & set(data.validation.ids)
    with pytest.raises(UsageError, match="holdout=0"):
        open_training_data(f"images:{folder}", SIZE, TrainConfig(holdout=0))


def test_joined_sources(folder):
    data = open_training_data(f"images:{folder}+synthetic:20,0,4", SIZE, TrainConfig())
    assert len(data.train) == 30 and set(data.train.sources) >= {"synthetic"}
    assert len(data.validation) == 64
    assert data.train.images[29].shape == tuple(data.train.sizes[29])


def test_an_id_in_two_sets_is_named():
    with pytest.raises(InputError, match="train-000: the id is in two"):
        join(squares(3, "train"), squares(4, "train"))


def test_nothing_left_is_an_error():
    with pytest.raises(InputError, match="no samples to train on"):
        open_training_data("synthetic:3,0,9", SIZE, TrainConfig(max_tokens=1, seed=1))


def caption(folder: Path, labels: Sequence[str]) -> str:
    """The ``--data`` text of a folder of images with these labels."""
    (folder / "captions.txt").write_text(
        "".join(f"{number}\t{label}\n" for number, label in enumerate(labels))
    )
    return f"images:{folder}"


def test_the_vocabulary_is_that_of_all_labels(folder):
    spec = caption(folder, ["z", *(f"x + {'y' * number}" for number in range(1, 10))])
    data = open_training_data(spec, SIZE, TrainConfig(max_tokens=1, holdout=0.2, seed=1))
    assert set(data.train.labels) == {"z"}
    assert data.vocabulary().symbols == ("+", "x", "y", "z")


def test_long_labels_are_listed():
    kept = no_longer_than(squares(30, "train"), 2)
    assert {len(label.split()) for label in kept.labels} == {1, 2}
    assert len(kept) + len(kept.left_out) == 30
    assert kept.left_out[0].reason == "label of 3 tokens, max_tokens=2"


def test_picked_samples_stay_together():
    samples = squares(9, "train")
    first, second = split_off(samples, 0.3, seed=1)
    assert sorted(first.ids + second.ids) == sorted(samples.ids) and len(second) == 3
    chosen = pick(samples, [4, 2])
    assert chosen.ids == (samples.ids[4], samples.ids[2])
    assert chosen.images[1] is samples.images[2]


def labelled(labels: Sequence[str]) -> SampleSet:
    """Samples with these labels."""
    return replace(squares(len(labels), "train"), labels=tuple(labels))


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_without_repeated_labels_a_plain_random_share_is_held_out(share):
    samples = labelled([f"x + {number}" for number in range(40)])
    order = np.random.default_rng([3, 40]).permutation(40)
    number = round(share * 40)
    for part, places in zip(split_off(samples, share, 3), (order[number:], order[:number]), strict=True):
        assert part.ids == tuple(samples.ids[place] for place in sorted(places))


@pytest.mark.parametrize("seed", range(5))
def test_a_label_is_held_out_of_all_its_samples(seed):
    # Four labels of six samples, and sixteen of one.
    samples = labelled([f"a + {n % 4}" for n in range(24)] + [f"b + {n}" for n in range(16)])
    train, held_out = split_off(samples, 0.2, seed)
    assert sorted(train.ids + held_out.ids) == sorted(samples.ids)
    assert not set(train.labels) & set(held_out.labels)
    assert len(held_out) == 8


def test_a_label_of_joined_sources_is_held_out_of_both(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    for number in range(10):
        (other / f"other-{number}.png").write_bytes((folder / f"{number}.png").read_bytes())
    labels = [f"{number} + 1" for number in range(10)]
    (other / "captions.txt").write_text(
        "".join(f"other-{number}\t{label}\n" for number, label in enumerate(reversed(labels)))
    )
    spec = f"{caption(folder, labels)}+images:{other}"
    data = open_training_data(spec, SIZE, TrainConfig(holdout=0.2))
    assert len(data.validation) == 4 and len(set(data.validation.labels)) == 2
    assert not set(data.train.labels) & set(data.validation.labels)


def test_a_label_too_frequent_for_the_share_stays_in_training():
    train, held_out = split_off(labelled(["a + b"] * 30 + [f"c + {n}" for n in range(10)]), 0.1, 0)
    assert len(held_out) == 4 and "a + b" not in held_out.labels
    assert train.labels.count("a + b") == 30


def test_the_rarest_label_is_held_out_where_none_fits():
    train, held_out = split_off(labelled(["a + b"] * 6 + ["c + d"] * 4), 0.1, 0)
    assert set(train.labels) == {"a + b"} and held_out.labels == ("c + d",) * 4


def test_classes_of_symbols_are_divided_sample_by_sample():
    train, held_out = split_off(labelled(["a", "b"] * 50), 0.1, 0)
    assert len(held_out) == 10 and set(train.labels) == set(held_out.labels) == {"a", "b"}


def test_the_only_label_is_divided_sample_by_sample():
    assert list(map(len, split_off(labelled(["a + b"] * 10), 0.2, 0))) == [8, 2]


def test_nothing_is_held_out_of_too_few_samples():
    assert list(map(len, split_off(labelled(["a + b", "c + d"]), 0.05, 0))) == [2, 0]


def test_spread_takes_samples_from_all_over_the_set():
    samples = squares(10, "train")
    assert evenly_spaced(samples, 4).ids == tuple(samples.ids[place] for place in (0, 2, 5, 7))
    assert evenly_spaced(samples, 10) is samples and evenly_spaced(samples, 99) is samples
