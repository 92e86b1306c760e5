"""Blank sheets are read as empty formulas of confidence 0, with a warning; data for training leaves them out."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import hmer_suite as hs
from hmer_suite.cli import main
from tests.data.test_images import captions, save

pytest.importorskip("torch")
WARNING = "hmer-suite: warning: {}: nothing was read: the sheet is blank"


@pytest.fixture
def run(capsys, monkeypatch):
    """The command line with these words: its exit code, stdout and stderr."""

    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hmer-suite", *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            main()
        return int(caught.value.code or 0), *capsys.readouterr()

    return command


@pytest.fixture
def sheets(tmp_path: Path) -> Path:
    folder = tmp_path / "sheets"
    folder.mkdir()
    Image.new("L", (80, 60), 255).save(folder / "image.png")
    (folder / "ink.inkml").write_text('<ink xmlns="http://www.w3.org/2003/InkML"></ink>')
    (folder / "pen.json").write_text("[]")
    save(folder / "photo.png")
    return folder


@pytest.mark.parametrize("recogniser", ["wap", "stroke", "stroke+wap"])
def test_blank_sheets_are_read_as_nothing(run, sheets, tmp_path, recogniser):
    out = tmp_path / "preds.jsonl"
    code, _, said = run("predict", recogniser, sheets, sheets / "pen.json", "-o", out)
    assert code == 0
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["image", "ink", "photo", "pen"]
    for row in rows:
        assert (row["pred"] == "") == (row["id"] != "photo")
        assert (row["confidence"] == 0) == (row["id"] != "photo")
    for name in ("image", "ink", "pen"):
        assert said.count(WARNING.format(name)) == 1
    assert WARNING.format("photo") not in said


@pytest.mark.parametrize("name", ["image.png", "ink.inkml", "pen.json"])
def test_a_single_blank_sheet(run, sheets, name):
    code, printed, said = run("predict", "wap", sheets / name)
    assert (code, printed, said) == (0, "\n", WARNING.format(Path(name).stem) + "\n")


def test_from_python():
    reader = hs.load("wap", device="cpu")
    for given in (np.full((60, 80), 255, np.uint8), [], b"[]"):
        (reading,) = reader.read(given)
        assert reading.tokens == () and reading.confidence == 0


def test_data_for_training_leaves_them_out(run, sheets, tmp_path):
    captions(sheets, "image\tx\nphoto\tx\n")
    code, printed, said = run("data", "prepare", "images", sheets, "-o", tmp_path / "set.parquet")
    assert code == 0 and "image: blank image: no ink found" in printed + said
