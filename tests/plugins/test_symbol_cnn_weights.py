"""The weights that ship with the classifier of symbols read what people write."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import cv2
import numpy as np

from hmer_suite.cli import app
from hmer_suite.data.subsets import pick
from hmer_suite.predict.open_reader import open_reader
from hmer_suite.registry import recogniser
from hmer_suite.settings.resolve import resolve
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.train.pretrained import start_encoder

WEIGHTS = recogniser("symbol-cnn").weights


def test_small_enough_to_ship_and_with_a_card():
    assert (WEIGHTS / "model.safetensors").stat().st_size < 4e6
    card = (WEIGHTS / "README.md").read_text("utf-8")
    assert "CC BY-NC-SA 3.0" in card and "| CROHME 2014 | cnn |" in card


def paper(tmp_path: Path, *lines: tuple[tuple[int, int], tuple[int, int]]) -> Path:
    """Dark ink on a light sheet."""
    sheet = np.full((160, 160), 235, np.uint8)
    for line in lines:
        cv2.line(sheet, *line, 40, 5, cv2.LINE_AA)
    cv2.imwrite(str(tmp_path / "symbol.png"), sheet)
    return tmp_path / "symbol.png"


def predict(*arguments: object) -> list[str]:
    """Lines that the command prints; in this process, as starting another takes longer than reading."""
    words = ["predict", "symbol-cnn", *map(str, arguments)]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert app(words, standalone_mode=False) in (0, None)
    return printed.getvalue().splitlines()


def test_a_plus_and_four_more_guesses(tmp_path):
    picture = paper(tmp_path, ((40, 80), (120, 80)), ((80, 40), (80, 120)))
    lines = [line.split("\t") for line in predict(picture, "--free", "--beam", 5, "--nbest", 5)]
    assert lines[0][0] == "+" and len({token for token, _ in lines}) == 5
    logprobs = [float(logprob) for _, logprob in lines]
    assert logprobs == sorted(logprobs, reverse=True) and sum(np.exp(logprobs)) <= 1.001


def test_the_grammar_makes_a_lone_bar_a_minus_sign(tmp_path):
    """Drawn alone, the bar of a fraction looks the same; it is no formula."""
    assert predict(paper(tmp_path, ((20, 80), (140, 80))), "--constrained") == ["-"]


def test_real_symbols(shared: Path):
    """Every sixth symbol of CROHME 2013; the whole set is in `reports/symbols.md`."""
    reader = open_reader("symbol-cnn")
    samples = reader.samples([f"symbols:{shared / 'crohme'}@validation"])
    chosen = pick(samples, range(0, len(samples), 6))
    found = reader.read(chosen, Decoding(), batch_size=64)
    right = sum(said[0].latex == label for said, label in zip(found, chosen.labels, strict=True))
    assert right > 0.88 * len(chosen)


def test_wap_starts_from_them_by_name():
    wap = recogniser("wap")
    model = wap.build(resolve(wap, given={"preset": "small"}).options, Vocabulary(("1", "x")))
    said = start_encoder(model, "symbol-cnn")
    found, _, of = said.split(": ")[1].split()[:3]
    assert found == of
