"""Exchanged ink as a data source: anew in each epoch, the same for the same seed, held-out ink as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hmer_suite.data.sources import crohme
from hmer_suite.data.sources.exchanged import SOURCE, load
from hmer_suite.errors import InputError, UsageError
from hmer_suite.ink.marks import shape
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.registry import data_source
from hmer_suite.settings.training import TrainConfig
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SampleSet
from hmer_suite.testing import DataSourceContract
from hmer_suite.train.datasets import open_training_data
from hmer_suite.train.loader import Loader
from tests.data.inkml_files import inkml

INK = Preprocessing(input="ink", points=8)
FORMULAS = ("a+b", "c-d", "m=2", "e+b", "n-1", "x=h", "u+3", "v-4", "s=k", "z+t")
"""Of no class but the operators there is more than one sample: an epoch soon lacks some."""

COUNTS = {"+": 2, "=": 2}
"""Strokes of symbols that have more than one."""


def written(formula: str) -> bytes:
    """A file with that formula, every symbol marked; no two have the same points."""
    traces, groups = [], []
    for place, symbol in enumerate(formula):
        count = COUNTS.get(symbol, 1)
        groups.append((symbol, list(range(len(traces), len(traces) + count))))
        for number in range(count):
            x, bend = 30 * place + 5 * number, ord(symbol) % 7
            traces.append(f"{x} 0, {x + bend} {6 + number}, {x + 9} {12 + ord(symbol) % 5}")
    return inkml(traces, f"${formula}$", groups=groups)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for part, formulas in (("train", FORMULAS), ("test2013", ("x+1", "y-2")), ("test2014", ("a=b",))):
        for number, formula in enumerate(formulas):
            path = tmp_path / "crohme" / part / f"{'AB'[number % 2]}" / f"{part}{number}.inkml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written(formula))
    (tmp_path / "crohme" / "train" / "blank.inkml").write_bytes(inkml(truth=None))
    return tmp_path / "crohme"


def same(first: SampleSet, second: SampleSet) -> bool:
    return (first.ids, first.labels) == (second.ids, second.labels) and all(
        a.marks == b.marks and all(np.array_equal(x, y) for x, y in zip(a.traces, b.traces, strict=True))
        for a, b in zip(first.inks, second.inks, strict=True)
    )


def tokens(labels: tuple[str, ...]) -> set[str]:
    return {token for label in labels for token in label.split()}


def test_each_epoch_is_another_drawing_of_the_same_formulas(data: Path):
    samples = load(str(data), "train", INK)
    epochs = [samples.drawn(3, epoch) for epoch in range(3)]
    for epoch in epochs:
        assert epoch.ids == samples.ids and len(epoch) == len(FORMULAS) and epoch.kind == "ink"
        assert epoch.ids[0] == "exchanged-train0" and epoch.sources == samples.sources
        assert [left.id for left in epoch.left_out] == ["blank"]
        assert all(canonical(label) == label for label in epoch.labels)
        for ink, label in zip(epoch.inks, epoch.labels, strict=True):
            assert ink.fully_marked
            assert all(mark.name == shape(label.split()[mark.token]) for mark in ink.marks)
    assert not same(epochs[0], epochs[1]) and not same(epochs[1], epochs[2])
    assert epochs[0].labels != epochs[1].labels


def test_seed_and_epoch_say_all(data: Path):
    samples, again = load(str(data), "train", INK), load(str(data), "train", INK)
    assert same(samples.drawn(3, 1), again.drawn(3, 1))
    assert not same(samples.drawn(3, 1), again.drawn(4, 1))
    assert same(samples.drawn(3, 1).drawn(3, 2), again.drawn(3, 2)), "a drawing can be drawn on"


def test_the_set_itself_is_what_was_written_and_has_all_tokens(data: Path):
    samples = load(str(data), "train", INK)
    plain = crohme.load(str(data), "train", INK)
    assert samples.labels == plain.labels
    assert samples.ids == tuple(f"exchanged-{id}" for id in plain.ids)
    lacking = 0
    for epoch in range(20):
        found = tokens(samples.drawn(0, epoch).labels)
        assert found <= tokens(samples.labels)
        lacking += found < tokens(samples.labels)
    assert lacking, "an epoch of so few formulas does not have every token"


def test_training_knows_every_token_that_any_epoch_brings(data: Path):
    found = open_training_data(f"exchanged:{data}", INK, TrainConfig())
    assert found.validation.ids == ("test20130", "test20131")
    loader = Loader(found.train, found.vocabulary(), 4)
    for epoch in range(12):
        assert sum(len(batch) for batch in loader.epoch(epoch)) == len(FORMULAS)


def test_held_out_ink_is_as_it_is(data: Path):
    for split in ("validation", "test"):
        samples = load(str(data), split, INK)
        assert samples.redraw is None and same(samples, crohme.load(str(data), split, INK))
    with pytest.raises(UsageError, match="no split 'holdout'"):
        load(str(data), "holdout", INK)


def test_images_are_drawn_from_it(data: Path):
    samples = load(str(data), "train", Preprocessing(symbol_height=16))
    drawn = samples.drawn(0, 2)
    assert samples.kind == drawn.kind == "image" and drawn.ids == samples.ids
    assert drawn.labels == load(str(data), "train", INK).drawn(0, 2).labels
    for image, size, ink in zip(drawn.images, drawn.sizes, drawn.inks, strict=True):
        assert image.shape == tuple(size) and image.max() > 200
        assert (np.concatenate(ink.traces) < image.shape[::-1]).all()


def test_it_is_found_by_its_name(data: Path):
    source, argument = data_source(f"exchanged:{data}")
    assert len(source.load(argument, "train", INK)) == len(FORMULAS)


def test_training_ink_without_marks_is_refused(data: Path):
    for number, formula in enumerate(FORMULAS):
        path = data / "train" / "AB"[number % 2] / f"train{number}.inkml"
        path.write_bytes(inkml(truth=f"${formula}$"))
    with pytest.raises(InputError, match="no symbols are marked in the training ink"):
        load(str(data), "train", INK)


class TestContract(DataSourceContract):
    """The suite's own kit."""

    spec = SOURCE

    @pytest.fixture(autouse=True)
    def _folder(self, data: Path):
        self.argument = str(data)


class TestContractOfCrohme(TestContract):
    """The same of the ink that it is made of."""

    spec = crohme.SOURCE


def test_a_share_of_exchanged_parts_stands_behind_the_folder(data: Path):
    assert load(f"{data},0.5", "train", INK).labels == load(str(data), "train", INK).labels
    assert load(f"{data},1", "validation", INK).ids == ("test20130", "test20131")
    with pytest.raises(UsageError, match="the share of exchanged parts is at most 1"):
        load(f"{data},1.5", "train", INK)
