"""Synthetic handwriting: complete, seeded, independent of order and number, different from writer to writer."""

from __future__ import annotations

import numpy as np
import pytest

from hmer_suite import canonical
from hmer_suite.data.sources.synthetic import SOURCE
from hmer_suite.errors import UsageError
from hmer_suite.handwriting.boxes import LayoutError
from hmer_suite.handwriting.drawn_glyphs import variants
from hmer_suite.handwriting.writers import Traces, sampled_writer, synthetic, write
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SPLITS
from hmer_suite.testing import DataSourceContract
from tests.handwriting.test_formulas import CROHME


def load(argument: str, split: str = "train", **settings: int):
    return SOURCE.load(argument, split, Preprocessing(**settings))


def height(traces: Traces) -> float:
    return float(np.ptp(np.concatenate(traces)[:, 1]))


def test_every_symbol_of_crohme_has_a_glyph_or_is_written_with_letters():
    words = {"\\sin", "\\cos", "\\tan", "\\log", "\\lim"}
    assert CROHME - set(variants()) - words == {"^", "_", "{", "}", "\\limits"}


@pytest.mark.parametrize("token", sorted(variants()))
def test_glyphs_stand_on_the_baseline_within_an_em_or_so(token: str):
    for glyph in variants()[token]:
        assert glyph.left == 0.0 <= glyph.right <= 1.25
        assert -1.3 <= glyph.top <= glyph.bottom <= 0.6
        curve = glyph.smooth @ glyph.points
        assert len(curve) == sum(glyph.curve) and len(glyph.points) == sum(glyph.lengths)
        assert curve.min(0) == pytest.approx([0.0, glyph.top]) and curve.max(0)[1] == pytest.approx(
            glyph.bottom
        )


def test_the_same_seed_writes_the_same_and_another_something_else():
    writer = sampled_writer(0, 3)
    first, again, other = (write("x ^ { 2 } + 1", writer, (number,)) for number in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_a_writer_is_more_like_himself_than_like_another():
    def spread(writers: list[int]) -> float:
        curves = [
            write("o", sampled_writer(0, writer), (number,))[0] for number, writer in enumerate(writers)
        ]
        sizes = [np.ptp(curve, axis=0) / len(curve) for curve in curves]
        return float(np.std(sizes, axis=0).sum())

    assert np.mean([spread([writer] * 12) for writer in range(12)]) < spread(list(range(12)))


def test_big_things_are_drawn_big():
    writer = sampled_writer(0, 0)
    assert height(write("\\frac { a } { \\frac { b } { c } }", writer, (0,))) > 1.8 * height(
        write("A", writer, (0,))
    )


def test_a_token_without_glyph_is_named():
    with pytest.raises(LayoutError, match=r"no glyph for \\twoheadrightarrow$"):
        write("a \\twoheadrightarrow b", sampled_writer(0, 0), (0,))


def test_sample_i_depends_on_i_alone():
    few, many = load("5"), load("9")
    assert many.ids[:5] == few.ids and many.labels[:5] == few.labels
    assert all(np.array_equal(few.images[i], many.images[i]) for i in (4, 0, 2))
    backwards = [synthetic(0, 0, number) for number in reversed(range(9))][::-1]
    assert tuple(written.formula for written in backwards) == many.labels
    assert load("5,1").labels != few.labels


def test_a_set_is_whole():
    samples = load("20")
    assert len(samples) == 20 and samples.ids[17] == "synthetic-train-000017"
    assert set(samples.sources) == {"synthetic"}
    assert all(canonical(label) == label for label in samples.labels)
    for image, size in zip(samples.images, samples.sizes, strict=True):
        assert image.dtype == np.uint8 and image.shape == tuple(size)
        # Paper all round, ink inside.
        assert image[:2].max() == image[-2:].max() == image[:, :2].max() == image[:, -2:].max() == 0
        assert image.max() > 200


def test_splits_differ_and_are_large_enough():
    sets = {split: load("10", split) for split in SPLITS}
    assert [len(sets[split]) for split in SPLITS] == [10, 64, 64]
    assert len({samples.labels[:10] for samples in sets.values()}) == 3
    assert len(load("700", "validation", symbol_height=8)) == 70


def test_preprocessing_is_obeyed():
    low, high = load("6", symbol_height=16), load("6", symbol_height=32)
    assert (high.sizes > 1.5 * low.sizes).all()
    # The last pixel of each side is rounded up.
    assert (load("6", max_pixels=4000).sizes.prod(axis=1) <= 4200).all()


@pytest.mark.parametrize("argument", ["x", "0", "-3", "3,y", "1,2,3,4", "3.5"])
def test_bad_arguments_are_named(argument: str):
    with pytest.raises(UsageError, match=f"synthetic:{argument}: "):
        load(argument)


def test_an_unknown_split_is_named():
    with pytest.raises(UsageError, match="no split dev"):
        load("3", "dev")


def test_no_formula_longer_than_asked_for():
    samples = SOURCE.load("40,3,5", "train", Preprocessing(symbol_height=16))
    lengths = {len(label.split()) for label in samples.labels}
    assert (
        max(lengths)
        <= 5
        < max(len(label.split()) for label in SOURCE.load("40,3", "train", Preprocessing(16)).labels)
    )


class TestContract(DataSourceContract):
    """The suite's own kit."""

    spec = SOURCE
    argument = "30,0,9"
