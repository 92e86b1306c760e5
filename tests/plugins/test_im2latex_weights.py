"""The weights that ship with im2latex read print."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2

from hmer_suite.data.subsets import evenly_spaced
from hmer_suite.predict.open_reader import open_reader
from hmer_suite.printing.draw import draw_printed
from hmer_suite.registry import recogniser
from hmer_suite.scores.metrics.bleu import corpus_bleu
from hmer_suite.scores.metrics.exact import exact_without_spaces
from hmer_suite.specs.recogniser import Decoding

WEIGHTS = recogniser("im2latex").weights


def test_small_enough_to_ship_and_with_a_card():
    assert (WEIGHTS / "model.safetensors").stat().st_size < 5e6
    card = (WEIGHTS / "README.md").read_text("utf-8")
    assert "im2latex-100k" in card and "| greedy, free |" in card


FORMULAS = [
    r"E = m c ^ { 2 }",
    r"\frac { \partial L } { \partial x } = 0",
    r"\int _ { 0 } ^ { 1 } d x \, f ( x )",
]


def test_printed_formulas_in_a_second_process(tmp_path):
    """Set three times as large as the network wants it, dark on a light page."""
    for number, ink in enumerate(draw_printed(FORMULAS, 30)):
        page = cv2.copyMakeBorder(255 - ink, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=255)
        cv2.imwrite(str(tmp_path / f"formula{number}.png"), page)
    command = [sys.executable, "-m", "hmer_suite", "predict", "im2latex", str(tmp_path)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = [line.partition("\t")[2] for line in printed.splitlines()]
    assert exact_without_spaces(found, FORMULAS) == 100, found


def test_real_formulas(shared: Path):
    """Sixty formulas of the test set; all of them are in `reports/im2latex.md`."""
    reader = open_reader("im2latex")
    path = shared / "im2latex" / "test-a.formulas.norm.txt"
    samples = evenly_spaced(reader.samples([f"printed:{path}@train"]), 60)
    found = [readings[0].latex for readings in reader.read(samples, Decoding(), batch_size=16)]
    assert corpus_bleu(found, samples.labels) > 75
