"""The weights that ship with CTC-CRNN read what people write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

from hmer_suite.data.subsets import pick
from hmer_suite.predict.open_reader import open_reader
from hmer_suite.registry import recogniser
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.train.evaluate import rate

WEIGHTS = recogniser("ctc-crnn").weights


def test_small_enough_to_ship_and_with_a_card():
    assert (WEIGHTS / "model.safetensors").stat().st_size < 16e6
    card = (WEIGHTS / "README.md").read_text("utf-8")
    assert "CC BY-NC-SA 3.0" in card and "| CROHME 2014 | greedy, free |" in card


def test_a_photo_of_an_easy_formula(tmp_path):
    """A pen on white paper, in a process of its own, by the name of the recogniser alone; and how it was aligned."""
    paper = np.full((240, 420, 3), 235, np.uint8)
    for line in (((60, 70), (110, 170)), ((110, 70), (60, 170))):
        cv2.line(paper, *line, (40, 30, 30), 5, cv2.LINE_AA)
    cv2.line(paper, (180, 120), (250, 120), (40, 30, 30), 5, cv2.LINE_AA)
    cv2.line(paper, (215, 85), (215, 155), (40, 30, 30), 5, cv2.LINE_AA)
    cv2.line(paper, (330, 70), (330, 170), (40, 30, 30), 5, cv2.LINE_AA)
    cv2.imwrite(str(tmp_path / "paper.png"), paper)
    command = [sys.executable, "-m", "hmer_suite", "predict", "ctc-crnn", str(tmp_path / "paper.png")]
    command += ["--attention", str(tmp_path / "looks")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() in (["x", "+", "1"], ["X", "+", "1"], ["x", "+", "l"], ["\\times", "+", "1"])
    drawn = {path.name.partition(".")[2] for path in (tmp_path / "looks").iterdir()}
    assert drawn == {"alignment.png", "attention.png", "attention.gif"}


def test_real_ink(shared: Path):
    """Every eighth formula of CROHME 2013; the whole set is in `reports/ctc-crohme.md`."""
    reader = open_reader("ctc-crnn")
    samples = reader.samples([f"crohme:{shared / 'crohme'}@validation"])
    chosen = pick(samples, range(0, len(samples), 8))
    found = [
        hypotheses[0].latex for hypotheses in reader.read(chosen, Decoding(constrained=True), batch_size=16)
    ]
    rates = rate(found, chosen.labels)
    assert rates.wer < 30 and rates.valid == 100
