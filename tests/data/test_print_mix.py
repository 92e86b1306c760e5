"""Print of several makers as samples: anew in each epoch, a function of the seed, with a line on what is missing."""

from __future__ import annotations

import numpy as np
import pytest

from hmer_suite.data.sources import print_mix
from hmer_suite.data.sources.print_mix import SOURCE, SYNTHETIC_SOURCE
from hmer_suite.errors import InputError, UsageError
from hmer_suite.printing import faces
from hmer_suite.printing.cache import Printer, drawings_folder
from hmer_suite.printing.draw import draw_printed
from hmer_suite.printing.faces import Face, available_faces
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.testing import DataSourceContract

FORMULAS = [
    "x^2 + 1",
    r"\frac{a}{b} - \frac{c}{d}",
    "",
    r"\frac{a",
    r"\sum_{i=1}^{n} x_i = y",
    r"\alpha \beta",
]
SMALL = Preprocessing(symbol_height=10, max_pixels=20_000, padding=3, pen=False)


def face(name: str, height: int, missing: str = "") -> Face:
    """A face of Typst's own font, with a maker of its own in the eyes of the cache."""
    return Face(name, height, 1.0, Printer(lambda: name, draw_printed), lambda: missing)


@pytest.fixture(autouse=True)
def _two_makers(tmp_path, monkeypatch):
    """Two makers that are installed, one that is not, and a cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(
        faces, "FACES", (face("large", 18), face("small", 9), face("other", 9, "no such font"))
    )


@pytest.fixture
def formulas(tmp_path):
    path = tmp_path / "formulas.txt"
    path.write_text("\n".join(FORMULAS) + "\n", encoding="utf-8")
    return path


def pictures(samples):
    return [image.tobytes() for image in samples.images]


def test_an_epoch_is_drawn_anew_and_comes_again(formulas):
    samples = SOURCE.load(str(formulas), "train", SMALL)
    first, second = samples.drawn(1, 0), samples.drawn(1, 1)
    assert first.ids == second.ids == samples.ids == tuple(f"formulas-00000{n}" for n in (1, 2, 5, 6))
    assert first.labels == samples.labels and first.labels[0] == "x ^ { 2 } + 1"
    assert pictures(first) != pictures(second) != pictures(samples.drawn(2, 1))
    again = SOURCE.load(str(formulas), "train", SMALL).drawn(1, 0)
    assert pictures(again) == pictures(first)
    assert [image.shape for image in first.images] == [tuple(size) for size in first.sizes]


def test_what_is_left_out_is_named(formulas, capsys):
    samples = SOURCE.load(str(formulas), "train", SMALL)
    assert {entry.id[-1] for entry in samples.left_out} == {"3", "4"}
    assert "print-mix: without other: no such font\n" in capsys.readouterr().err


def test_both_makers_draw_and_their_drawings_are_kept(formulas, monkeypatch):
    SOURCE.load(str(formulas), "train", SMALL)
    assert len(list(drawings_folder().iterdir())) == 2

    def never(*_):
        raise AssertionError("drawn again")

    monkeypatch.setattr(faces, "draw_printed", never)
    makers = tuple(
        Face(n, h, 1.0, Printer(lambda n=n: n, never), str) for n, h in (("large", 18), ("small", 9))
    )
    monkeypatch.setattr(faces, "FACES", makers)
    assert len(SOURCE.load(str(formulas), "train", SMALL)) == 4


def test_formulas_can_be_added(formulas):
    samples = SOURCE.load(f"{formulas},3,1", "train", SMALL)
    assert [name for name in samples.ids if "remade" in name] == [
        f"formulas-remade-00000{n}" for n in (1, 2, 3)
    ]


def test_errors(tmp_path):
    with pytest.raises(UsageError, match="print-mix:"):
        SOURCE.load("", "train", SMALL)
    with pytest.raises(InputError, match="no such file"):
        SOURCE.load(str(tmp_path / "none.txt"), "train", SMALL)
    (tmp_path / "bad.txt").write_text(r"\frac{" + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="no formula that can be drawn"):
        SOURCE.load(str(tmp_path / "bad.txt"), "train", SMALL)
    with pytest.raises(UsageError, match="print-mix-synthetic"):
        SYNTHETIC_SOURCE.load("4", "test", SMALL)


def test_without_any_maker_it_says_so(formulas, monkeypatch):
    monkeypatch.setattr(faces, "FACES", (face("none", 9, "not installed"),))
    with pytest.raises(UsageError, match="none: not installed"):
        SOURCE.load(str(formulas), "train", SMALL)


def test_each_formula_has_as_many_faces_whatever_their_number():
    many = [face(str(number), 9) for number in range(7)]
    places = print_mix.places_of_faces(20, many)
    counts = np.bincount(np.concatenate(places), minlength=20)
    assert (counts == print_mix.FACES_EACH).all()


def test_faces_have_names_of_their_own(monkeypatch):
    monkeypatch.undo()
    names = [one.name for one in faces.FACES]
    assert len(set(names)) == len(names)
    found, missing = available_faces()
    assert len(found) + len(missing) == len(names)
    assert "typst" in [one.name for one in found]
    assert len({one.printer.version() for one in found}) == len(found)


class TestSynthetic(DataSourceContract):
    """The suite's own kit."""

    spec = SYNTHETIC_SOURCE
    argument = "3"


def test_what_degradation_leaves_blank_is_read_as_it_was_drawn(tmp_path):
    """Of dots, little is left in a small picture, and dots that fill a picture look like dirt."""
    path = tmp_path / "dots.txt"
    path.write_text(".\n\\ldots\n:\n\\cdot\n", encoding="utf-8")
    samples = SOURCE.load(str(path), "train", SMALL)
    for epoch in range(25):
        assert all(image.any() for image in samples.drawn(3, epoch).images)
