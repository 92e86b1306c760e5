"""Single symbols as a data source: cut, drawn at the scale of their formula, and nothing lost in silence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from hmer_suite.data.sources.crohme import load_ink
from hmer_suite.data.sources.symbols import SOURCE, load, load_symbols
from hmer_suite.errors import InputError
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.testing import DataSourceContract
from tests.data.inkml_files import inkml

SPLITS = ("train", "test2013", "test2014")
LOOKS = Preprocessing(symbol_height=20, padding=3)

FORMULAS = {
    # A digit and a comma a fifth as high, in a unit of their own each time.
    "a": inkml(["0 0, 0 10", "3 8, 2 10", "6 0, 6 10"], "$1,1$", groups=[("1", [0]), (",", [1]), ("1", [2])]),
    "b": inkml(
        ["0 0, 0 1000", "300 800, 200 1000", "600 0, 600 1000"],
        "$1,1$",
        groups=[("1", [0]), (",", [1]), ("1", [2])],
    ),
    # A bar ten times as wide as symbols are high.
    "c": inkml(
        ["48 0, 48 10", "0 15, 100 15", "48 20, 48 30"],
        r"$\frac{1}{1}$",
        groups=[("1", [0]), ("-", [1]), ("1", [2])],
    ),
    # Marked as x twice, typed once.
    "d": inkml(
        ["0 0, 9 10", "20 0, 29 10", "40 0, 40 10"], "$x1$", groups=[("x", [0]), ("x", [1]), ("1", [2])]
    ),
    "e": inkml(truth="$1x$"),  # nothing marked
}


def write(root: Path) -> str:
    for part in SPLITS:
        (root / part).mkdir(parents=True)
        for name, data in FORMULAS.items():
            (root / part / f"{name}.inkml").write_bytes(data)
    return str(root)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def data(tmp_path: Path) -> str:
    return write(tmp_path / "data")


def ink_box(image: np.ndarray) -> tuple[int, int]:
    """Height and width of the ink."""
    rows, columns = np.flatnonzero((image > 100).any(1)), np.flatnonzero((image > 100).any(0))
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def test_each_symbol_is_a_sample(data):
    samples = load(data, "validation", LOOKS)
    assert sorted(zip(samples.ids, samples.labels, strict=True)) == [
        ("a-1", "1"), ("a-2", "1"), ("a-3", ","), ("b-1", "1"), ("b-2", "1"), ("b-3", ","),
        ("c-1", "1"), ("c-2", "1"), ("c-3", r"\frac"), ("d-1", "1"),
    ]  # fmt: skip
    assert set(samples.sources) == {"test2013"}


def test_what_is_not_vouched_for_is_listed(data):
    left_out = {left.id: left.reason for left in load(data, "train", LOOKS).left_out}
    assert left_out == {"d": "2 of 3 symbol groups: their number or name is not the label's"}


def test_all_are_squares_of_two_symbols_with_the_ink_in_the_middle(data):
    samples = load(data, "train", LOOKS)
    assert samples.sizes.tolist() == [[46, 46]] * len(samples)
    for image in samples.images:
        assert image.shape == (46, 46)
        around = [int(side.argmax()) for side in _sides(image)]
        assert min(around) >= 2 and abs(around[0] - around[1]) <= 2 and abs(around[2] - around[3]) <= 2


def _sides(image: np.ndarray):
    """Whether there is ink, from the left, the right, the top and the bottom."""
    columns, rows = (image > 0).any(0), (image > 0).any(1)
    return columns, columns[::-1], rows, rows[::-1]


def test_size_is_that_of_the_formula_whatever_its_unit(data):
    samples = load(data, "train", LOOKS)
    one, comma = (ink_box(samples.images[samples.ids.index(name)]) for name in ("a-1", "a-3"))
    assert one == ink_box(samples.images[samples.ids.index("b-1")])
    assert 3 * comma[0] < one[0]
    # As high as in a drawing of the whole formula.
    from hmer_suite.ink.raster import Drawing, draw

    whole = draw(load_ink(data, "train").inks[0].traces, Drawing.of(LOOKS))
    assert abs(ink_box(whole)[0] - one[0]) <= 1


def test_what_is_too_large_is_shrunk_to_fit(data):
    samples = load(data, "train", LOOKS)
    bar = ink_box(samples.images[samples.ids.index("c-3")])
    assert 37 <= bar[1] <= 40 and bar[0] <= 4


def test_small_images_are_possible(data):
    samples = load(data, "train", Preprocessing(symbol_height=20, padding=3, max_pixels=15 * 15))
    assert samples.sizes.max() == 15 and all((image > 100).any() for image in samples.images)


def test_ink_without_marked_symbols(tmp_path):
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "e.inkml").write_bytes(FORMULAS["e"])
    with pytest.raises(InputError, match="no symbols are marked in the train ink"):
        load(str(tmp_path), "train", LOOKS)


def test_no_writer_is_in_two_splits_of_the_real_ink(shared, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME")
    symbols = {split: load_symbols(str(shared / "crohme"), split)[0] for split in SOURCE.splits}
    assert {split: len(found) for split, found in symbols.items()} == {
        "train": 85378, "validation": 6078, "test": 9995,
    }  # fmt: skip
    writers = [{item.symbol.writer for item in found} for found in symbols.values()]
    assert not writers[0] & writers[1] and not writers[0] & writers[2] and not writers[1] & writers[2]
    tokens = [{item.symbol.token for item in found} for found in symbols.values()]
    assert tokens[2] <= tokens[0] and len(tokens[0]) == 104


class TestContract(DataSourceContract):
    """The suite's own kit."""

    spec = SOURCE
    argument: ClassVar = ""

    @pytest.fixture(autouse=True)
    def written(self, tmp_path: Path, cache: None) -> None:
        self.argument = write(tmp_path / "kit")


def test_as_ink_a_symbol_keeps_the_scale_of_its_formula(data):
    drawn, ink = (load(data, "validation", replace(LOOKS, input=kind)) for kind in ("image", "ink"))
    assert ink.kind == "ink" and ink.ids == drawn.ids and ink.labels == drawn.labels
    by_id = dict(zip(ink.ids, ink.inks, strict=True))
    assert by_id["a-1"].unit == by_id["a-3"].unit  # of one formula
    for sample, label in zip(ink.inks, ink.labels, strict=True):
        (mark,) = sample.marks
        assert mark.token == 0 and sample.fully_marked and mark.name in (label, "-")
