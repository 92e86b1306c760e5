"""The weights that ship with the stroke recogniser read what people write, alone and joined."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hmer_suite.data.subsets import pick
from hmer_suite.predict.joint_reader import JoinedSamples
from hmer_suite.predict.open_reader import open_reader, open_readers
from hmer_suite.registry import recogniser
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.train.evaluate import rate

WEIGHTS = recogniser("stroke").weights

PEN = {
    "x": [[10, 40], [40, 10], [55, 85], [70, 70], [120, 122]],
    "y": [[50, 90], [50, 90], [70, 70], [55, 85], [45, 95]],
}
"""x + 1, stroke by stroke."""


def predict(tmp_path: Path, *words: str) -> subprocess.CompletedProcess:
    (tmp_path / "pen.json").write_text(json.dumps({"strokes": {"strokes": PEN}}))
    command = [sys.executable, "-m", "hmer_suite", "predict", *words, str(tmp_path / "pen.json"), "--json"]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def test_small_enough_to_ship_and_with_a_card():
    assert (WEIGHTS / "model.safetensors").stat().st_size < 10e6
    card = (WEIGHTS / "README.md").read_text("utf-8")
    assert "CC BY-NC-SA 3.0" in card and "| CROHME 2014 | greedy, free |" in card
    assert "strokes of 32 points" in card


@pytest.mark.parametrize("names", ["stroke", "stroke+wap"])
def test_strokes_of_a_pen_in_a_process_of_its_own(tmp_path: Path, names: str):
    found = json.loads(predict(tmp_path, names).stdout)
    assert found["pred"].lower() in ("x + 1", "\\times + 1", "x + |"), found["pred"]
    assert 0 < found["confidence"] < 1
    assert [one["token"] for one in found["tokens"]] == found["pred"].split()


def test_real_ink(shared: Path):
    """Every eighth formula of CROHME 2013; the whole set is in `reports/stroke-crohme.md`."""
    reader = open_reader("stroke")
    samples = reader.samples([f"crohme:{shared / 'crohme'}@validation"])
    chosen = pick(samples, range(0, len(samples), 8))
    found = reader.read(chosen, Decoding(constrained=True), batch_size=16)
    rates = rate([hypotheses[0].latex for hypotheses in found], chosen.labels)
    assert rates.exprate > 38 and rates.wer < 18 and rates.valid == 100


def test_joined_readings_of_real_ink_are_better(shared: Path):
    """Every sixteenth formula; the whole set is in `reports/joined.md`."""
    rates = {}
    for names in ("wap", "stroke+wap"):
        reader = open_readers(names)
        samples = reader.samples([f"crohme:{shared / 'crohme'}@validation"])
        places = range(0, len(samples), 16)
        if isinstance(samples, JoinedSamples):
            chosen = JoinedSamples(tuple(pick(one, places) for one in samples.sets))
        else:
            chosen = pick(samples, places)
        found = reader.read(chosen, Decoding(beam=5), batch_size=16)
        rates[names] = rate([row[0].latex for row in found], [samples.labels[place] for place in places])
    assert rates["stroke+wap"].exprate > rates["wap"].exprate + 8
