"""Printed formulas as samples: drawn, cached, and complained about."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest

from hmer_suite.data.sources.printed import SOURCE, SYNTHETIC_SOURCE
from hmer_suite.errors import InputError, UsageError
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.printing import draw
from hmer_suite.printing.cache import Printer, drawings_folder
from hmer_suite.printing.draw import draw_printed
from hmer_suite.printing.typst_markup import NoDrawing
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.testing import DataSourceContract

FORMULAS = ["x^2 + 1", r"\frac{a}{b}", "", r"\frac{a", r"\sum_{i=1}^{n} x_i", r"{a \over b}"]
SMALL = Preprocessing(symbol_height=12, max_pixels=4_000, padding=3)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    """A cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def formulas(tmp_path):
    path = tmp_path / "formulas.txt"
    path.write_text("\n".join(FORMULAS) + "\n", encoding="utf-8")
    return path


def load(path, split="train", preprocessing=SMALL):
    return SOURCE.load(str(path), split, preprocessing)


def test_labels_are_canonical_and_ids_are_lines(formulas):
    samples = load(formulas)
    assert samples.ids == tuple(f"formulas-00000{line}" for line in (1, 2, 5, 6))
    assert samples.labels[0] == "x ^ { 2 } + 1"
    assert samples.labels[1] == samples.labels[3] == r"\frac { a } { b }"


def test_nothing_is_dropped_in_silence(formulas):
    reasons = {entry.id: entry.reason for entry in load(formulas).left_out}
    assert reasons["formulas-000003"] == "empty line"
    assert reasons["formulas-000004"].startswith("the label is not valid LaTeX")
    assert len(reasons) == 2


def test_images_are_cropped_padded_and_of_the_size_asked_for(formulas):
    image = load(formulas).images[0]
    ink = np.argwhere(image)
    assert tuple(ink.min(0)) == (3, 3) and tuple(ink.max(0) + 4) == image.shape
    smaller = load(
        formulas, preprocessing=Preprocessing(symbol_height=6, max_pixels=4_000, padding=3)
    ).images[0]
    assert abs((image.shape[1] - 6) - 2 * (smaller.shape[1] - 6)) <= 2


def test_large_images_are_shrunk_to_what_is_allowed(formulas):
    wide = Preprocessing(symbol_height=30, max_pixels=2_000, padding=3)
    samples = load(formulas, preprocessing=wide)
    assert (samples.sizes.prod(1) <= 2_000).all()
    assert samples.images[0].max() > 100


def test_the_second_time_comes_from_the_cache(formulas, monkeypatch):
    first = load(formulas)
    monkeypatch.setattr(Printer, "draw", None)
    second = load(formulas)
    assert second.digest == first.digest and second.left_out == first.left_out
    assert all((second.images[i] == first.images[i]).all() for i in range(len(first)))
    assert len(list(drawings_folder().glob("*.parquet"))) == 1
    with pytest.raises(TypeError):
        load(formulas, preprocessing=Preprocessing(symbol_height=13))


def test_without_a_cache_it_draws_all_the_same(formulas, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert len(load(formulas)) == 4


def test_a_relative_cache_home_is_none(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert drawings_folder().is_absolute()


def test_one_formula_that_typst_refuses_does_not_take_the_others_with_it(monkeypatch):
    real = draw.typst_of
    monkeypatch.setattr(draw, "typst_of", lambda text: "$ nonsense(" if text == "y" else real(text))
    x, y, z = draw_printed(["x", "y", "z"], 20)
    assert isinstance(y, NoDrawing) and str(y).startswith("Typst: ")
    alone = draw_printed(["x", "z"], 20)
    assert (x == alone[0]).all() and (z == alone[1]).all()


def test_a_folder_has_splits(tmp_path):
    (tmp_path / "train.txt").write_text("x\n")
    (tmp_path / "test.txt").write_text("y\nz\n")
    assert load(tmp_path, "test").ids == ("test-000001", "test-000002")
    with pytest.raises(UsageError, match="no split 'validation', it has train, test"):
        load(tmp_path, "validation")


def test_remade_formulas_are_added_to_training_only(tmp_path):
    (tmp_path / "train.txt").write_text("\n".join(FORMULAS))
    (tmp_path / "test.txt").write_text("y\n")
    samples = load(f"{tmp_path},20")
    remade = [label for name, label in zip(samples.ids, samples.labels, strict=True) if "remade" in name]
    assert len(remade) == 20 and all(label == canonical(label) for label in remade)
    assert set(remade) - {canonical(text) for text in FORMULAS if text != FORMULAS[3]}
    assert load(f"{tmp_path},20").labels == samples.labels != load(f"{tmp_path},20,1").labels
    assert len(load(f"{tmp_path},20", "test")) == 1


def test_formulas_of_the_weighted_grammar_need_no_file():
    samples = SYNTHETIC_SOURCE.load("12,3,20", "train", SMALL)
    again = SYNTHETIC_SOURCE.load("20,3,20", "train", SMALL)
    assert len(samples) == 12 and not samples.left_out
    assert again.labels[:12] == samples.labels, "formula i does not depend on how many there are"
    assert all(label == canonical(label) and len(label.split()) <= 20 for label in samples.labels)
    assert SYNTHETIC_SOURCE.load("12,4,20", "train", SMALL).labels != samples.labels
    with pytest.raises(UsageError, match="printed-synthetic:12: no split 'test', it is train"):
        SYNTHETIC_SOURCE.load("12", "test", SMALL)
    with pytest.raises(UsageError, match="expected printed-synthetic"):
        SYNTHETIC_SOURCE.load("many", "train", SMALL)


@pytest.mark.parametrize(
    ("argument", "error", "message"),
    [
        ("", UsageError, "printed:"),
        ("nowhere.txt", InputError, "nowhere.txt: no such file"),
    ],
)
def test_what_cannot_be_loaded_says_why(argument, error, message):
    with pytest.raises(error, match=message):
        load(argument)


def test_a_file_of_nothing_that_can_be_drawn(tmp_path):
    path = tmp_path / "bad.txt"
    path.write_text("\\frac{\n\n")
    with pytest.raises(InputError, match=r"no formula that can be drawn \(bad-000001"):
        load(path)
    with pytest.raises(InputError, match=r"without train\.txt"):
        (tmp_path / "empty").mkdir()
        load(tmp_path / "empty")


class TestContract(DataSourceContract):
    spec = SOURCE
    argument: ClassVar = ""

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path):
        for split in SOURCE.splits:
            (tmp_path / f"{split}.txt").write_text("\n".join(FORMULAS) + "\nz\n")
        type(self).argument = str(tmp_path)
