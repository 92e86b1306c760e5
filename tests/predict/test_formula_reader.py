"""What `hs.load(...).read(...)` takes and returns, without a network."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import hmer_suite as hs
from hmer_suite.errors import InputError
from hmer_suite.predict import open_network
from hmer_suite.predict.formula_reader import FormulaReader, Reading
from hmer_suite.predict.inputs import read_single
from hmer_suite.specs.recogniser import Hypothesis, Preprocessing
from tests.data.test_images import save
from tests.predict.instant_reader import WANT


def reader_of(found: Hypothesis) -> FormulaReader:
    """A reader that reads everything as `found`."""
    read = lambda samples, how: [(found,)]  # noqa: E731
    stub = SimpleNamespace(formulas=True, wanted=WANT, seen=lambda samples: samples, read=read)
    return FormulaReader(stub, "stub", "cpu")


def test_readings_show_what_is_known() -> None:
    found = Hypothesis(("x", "^", "2"), -0.25, None, 0.9, (0.9, 0.95, 1.0))
    (reading,) = reader_of(found).read(np.full((30, 30), 255, np.uint8))
    assert repr(reading) == "Reading('x ^ 2', logprob=-0.25, confidence=0.90)" and reading.latex == "x ^ 2"
    assert reading.token_probabilities == (("x", 0.9), ("^", 0.95), ("2", 1.0))
    assert reading.mathml == hs.to_mathml("x^2") and "<msup><mi>x</mi><mn>2</mn></msup>" in reading.mathml
    assert reading._repr_latex_() == "$x ^ 2$"
    bare = Reading(("{",), -1.0)
    assert repr(bare) == "Reading('{', logprob=-1.00)" and bare.mathml == ""
    assert bare.token_probabilities == (("{", None),)
    assert repr(reader_of(found)) == "FormulaReader('stub', device='cpu')"


def test_pictures_come_in_many_types(tmp_path: Path) -> None:
    grey = np.asarray(Image.open(save(tmp_path / "a.png")).convert("L"))
    expected = read_single(grey, WANT).images[0]
    coloured = np.stack([grey] * 3, axis=2)
    forms = (
        coloured, grey[:, :, None], grey / 255, grey.astype(np.float32), grey.astype(np.uint16) * 257,
        torch.from_numpy(grey.copy()), Image.fromarray(coloured), (tmp_path / "a.png").read_bytes(),
    )  # fmt: skip
    for form in forms:
        assert np.abs(read_single(form, WANT).images[0].astype(int) - expected).max() <= 2
    dark = grey < 128
    assert (
        read_single(~dark, WANT).images[0].shape == read_single(~dark * np.uint8(255), WANT).images[0].shape
    )


def test_ink_documents_and_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"x": [[0, 10], [5, 5]], "y": [[0, 20], [7, 9]]}')
    ink = read_single(hs.read_ink(path), Preprocessing(input="ink")).inks
    assert ink is not None and [trace.tolist() for trace in ink[0].traces] == [
        [[0, 0], [10, 20]],
        [[5, 7], [5, 9]],
    ]
    page = Image.new("L", (30, 20), 255)
    page.save(tmp_path / "two.pdf", save_all=True, append_images=[page])
    with pytest.raises(InputError, match=r"two\.pdf: 2 formulas, in files or pages"):
        read_single(tmp_path / "two.pdf", WANT)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (None, "neither a picture nor strokes, but NoneType"),
        (object(), "neither a picture nor strokes, but object"),
        (np.zeros(4), "an array of shape (4,)"),
        (np.zeros((4, 4, 2)), "an array of shape (4, 4, 2)"),
        (np.zeros((0, 4)), "an image without pixels"),
        (np.zeros((2, 2000)), "too narrow"),
        (np.array([["a"]]), "an array of <U1, expected numbers"),
        ([[(0, 0), (1,)]], "no strokes"),
        (b"", "empty file"),
    ],
)
def test_anything_else_is_one_line(given: object, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        read_single(given, WANT)
    assert str(caught.value).startswith(f"input: {reason}")


def test_damaged_lazy_pictures() -> None:
    buffer = io.BytesIO()
    Image.new("L", (300, 300)).save(buffer, "PNG")
    with pytest.raises(InputError, match="input: damaged image"):
        read_single(Image.open(io.BytesIO(buffer.getvalue()[:100])), WANT)


def test_weights_of_a_checkpoint_replace_orthogonal_ones_in_this_thread_only() -> None:
    with open_network.without_orthogonal_weights():
        kept = nn.init.orthogonal_(nn.Parameter(torch.full((2, 2), 7.0)))
        buffer = nn.init.orthogonal_(torch.full((2, 2), 7.0))
    assert bool((kept == 7).all()) and not bool((buffer == 7).any())
    assert nn.init.orthogonal_ is open_network._ORTHOGONAL


def test_the_example_of_the_readme_reads_a_sum() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith(("plus = ", "reading"))]
    names: dict[str, object] = {"hs": hs}
    exec("\n".join(lines[:2]), names)
    latex, confidence, tokens, mathml = eval(lines[2], names)
    assert latex == "1 + 1" and confidence > 0.5 and [token for token, _ in tokens] == ["1", "+", "1"]
    assert mathml.startswith("<math")
