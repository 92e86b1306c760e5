"""Traced ink as a data source: what is drawn anew, what stays, and what the marks name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from hmer_suite.data.sources import crohme
from hmer_suite.data.sources.traced import SOURCE, TEST_DRAWING, load
from hmer_suite.errors import InputError, UsageError
from hmer_suite.ink.tracing.traced_ink import traced
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import InkSample, SampleSet
from tests.data.inkml_files import inkml

INK = Preprocessing(input="ink", points=16)

ONE, CROSS, MINUS = ("0 0, 0 40",), ("20 0, 40 30", "40 0, 20 30"), ("60 18, 90 18",)
FORMULAS = {
    "A/one.inkml": inkml((*ONE, *CROSS), "$1x$", groups=[("1", [0]), ("x", [1, 2])]),
    "A/two.inkml": inkml((*ONE, *MINUS), "$1-$", groups=[("1", [0]), ("-", [1])]),
    "B/three.inkml": inkml((*CROSS, *MINUS), "$x-$", groups=[("x", [0, 1]), ("-", [2])]),
}
COPIES = 12
"""Of each formula, so that chance treats some in one way and some in another."""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def data(tmp_path: Path) -> str:
    for part in crohme.PARTS.values():
        for name, content in FORMULAS.items():
            for copy in range(COPIES):
                path = tmp_path / part / name.replace(".", f"-{part}-{copy}.")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    return str(tmp_path)


def same(first: InkSample, second: InkSample) -> bool:
    return (
        first.unit == second.unit
        and first.marks == second.marks
        and len(first.traces) == len(second.traces)
        and all(map(np.array_equal, first.traces, second.traces))
    )


def all_same(first: Sequence[InkSample], second: Sequence[InkSample]) -> list[bool]:
    return [same(first[place], second[place]) for place in range(len(first))]


def is_traced(sample: InkSample) -> bool:
    """Whether the ink comes from a drawing: files hold two points a stroke, tracing gives many."""
    return max(map(len, sample.traces)) > 5


def inks(samples: SampleSet) -> list[InkSample]:
    return [samples.inks[place] for place in range(len(samples))]


def test_an_epoch_is_drawn_from_its_seed_and_number(data: str) -> None:
    samples = load(data, "train", INK)
    first, again = samples.drawn(1, 2), load(data, "train", INK).drawn(1, 2)
    assert first.labels == again.labels
    assert all(all_same(first.inks, again.inks))
    for other in (samples.drawn(1, 3), samples.drawn(2, 2)):
        assert other.ids == first.ids == samples.ids
        assert not all(all_same(first.inks, other.inks))


def test_samples_do_not_depend_on_the_order_in_which_they_are_asked_for(data: str) -> None:
    samples = load(data, "train", INK)
    forth = inks(samples.drawn(0, 1))
    drawn = samples.drawn(0, 1)
    back = [drawn.inks[place] for place in reversed(range(len(drawn)))]
    assert all(all_same(forth, back[::-1]))


def test_some_formulas_keep_the_strokes_of_the_pen(data: str) -> None:
    found = [is_traced(ink) for epoch in range(4) for ink in inks(load(data, "train", INK).drawn(0, epoch))]
    assert len(found) == 4 * 3 * COPIES
    assert 0.15 < 1 - np.mean(found) < 0.45


def test_pens_and_sizes_differ(data: str) -> None:
    units = {ink.unit for ink in inks(load(data, "train", INK).drawn(0, 0)) if is_traced(ink)}
    assert len(units) > COPIES


def test_marks_name_the_tokens_of_the_label(data: str) -> None:
    samples = load(data, "train", INK).drawn(0, 5)
    for label, ink in zip(samples.labels, inks(samples), strict=True):
        assert ink.fully_marked
        assert [mark.name for mark in ink.marks] == [label.split()[mark.token] for mark in ink.marks]
        assert len(ink.marks) == len(label.split())


@pytest.mark.parametrize(("split", "part"), [("validation", "test2013"), ("test", "test2014")])
def test_other_splits_are_the_formulas_in_the_usual_pen(data: str, split: str, part: str) -> None:
    samples, written = load(data, split, INK), crohme.load_ink(data, split)
    assert samples.redraw is None and samples.split == split
    assert list(samples.ids) == [ink.id for ink in written.inks] and samples.labels == written.labels
    for found, own in zip(inks(samples), written.samples, strict=True):
        usual = traced(own, TEST_DRAWING)
        assert found.marks == () and found.unit == usual.unit
        assert all(map(np.array_equal, found.traces, usual.traces))
    assert samples.inks[0] is samples.inks[0]


def test_sizes_are_those_of_the_written_ink(data: str) -> None:
    samples, written = load(data, "validation", INK), crohme.load(data, "validation", INK)
    assert (samples.sizes == written.sizes).all()
    assert samples.points == 16 and samples.kind == "ink"


def test_images_show_the_traced_strokes(data: str) -> None:
    samples = load(data, "test", INK)
    image = samples.images[0]
    assert image.dtype == np.uint8 and image.max() > 200


def test_there_are_no_images(data: str) -> None:
    with pytest.raises(UsageError, match="read ink"):
        load(data, "train", Preprocessing())


def test_there_must_be_marked_ink(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "one.inkml").write_bytes(inkml(ONE, "$1$"))
    with pytest.raises(InputError, match="no symbols are marked"):
        load(str(tmp_path), "train", INK)
    with pytest.raises(UsageError, match="no split"):
        load(str(tmp_path), "other", INK)


def test_real_formulas(shared: Path) -> None:
    samples = load(str(shared / "crohme"), "validation", INK)
    counts = [len(samples.inks[place].traces) for place in range(0, len(samples), 20)]
    assert np.mean(counts) == pytest.approx(samples.sizes[::20, 0].mean(), rel=0.15)
    assert SOURCE.load is load
