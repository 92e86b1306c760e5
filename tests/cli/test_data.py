"""The command line of data sets: prepare, synth, stats, show."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from hmer_suite.data.parquet import read_set
from hmer_suite.data.sources import synthetic
from hmer_suite.specs.recogniser import Preprocessing
from tests.data.test_images import captions, save


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, name in enumerate(("a.png", "b.png", "c.png", "d.png")):
        save(tmp_path / "mine" / name, number)
    captions(tmp_path / "mine", "a\tx^2\nb\t\\frac12+\\sqrt{a_1}\nc\ty^\n")
    return tmp_path / "mine"


@pytest.fixture
def prepared(run, folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "set.parquet"
    assert run("data", "prepare", "images", folder, "-o", path)[0] == 0
    return path


def test_prepare_says_what_it_wrote_and_what_it_left_out(run, folder: Path, tmp_path: Path):
    path = tmp_path / "set.parquet"
    code, out, _ = run("data", "prepare", "images", folder, "-o", path)
    assert code == 0
    assert out.splitlines()[0] == "train: 2 samples, 2 left out"
    assert "  left out: c: the label is not valid LaTeX" in out and "  left out: d: no label" in out
    assert f"written: {path}" in out
    assert read_set(path).labels == ("x ^ { 2 }", r"\frac { 1 } { 2 } + \sqrt { a _ { 1 } }")
    code, out, _ = run("data", "prepare", "images", folder, "-o", path, "--json", "--symbol-height", 20)
    assert code == 0
    found = json.loads(out)
    assert found["splits"]["train"]["n"] == 2 and len(found["splits"]["train"]["left_out"]) == 2
    assert read_set(path).sizes.max() < 20 * 30


def test_a_prepared_set_can_be_prepared_anew(run, prepared: Path, tmp_path: Path):
    code, out, _ = run("data", "prepare", "parquet", prepared, "-o", tmp_path / "again.parquet")
    assert code == 0 and out.startswith("train: 2 samples, 2 left out")
    assert read_set(tmp_path / "again.parquet").digest == read_set(prepared).digest


def test_stats_as_text_json_and_charts(run, prepared: Path, tmp_path: Path):
    code, out, _ = run("data", "stats", prepared)
    assert code == 0
    rows = {line[:32].strip(): line[32:].split() for line in out.splitlines() if line}
    assert rows["samples"] == ["2"] and rows["left out"] == ["2"] and rows["with fraction, %"] == ["50.0"]
    code, out, err = run("data", "stats", prepared, "--json", "--out", tmp_path / "charts")
    assert code == 0
    found = json.loads(out)["splits"]["train"]
    assert found["structures"]["root"] == 1 and found["depths"] == {"1": 1, "2": 1}
    assert found["symbols"]["{"] == 5 and found["tokens"]["max"] == 16
    for name in ("lengths", "sizes", "symbols", "structures"):
        assert f"{name}.png" in err
        with Image.open(tmp_path / "charts" / f"{name}.png") as image:
            assert image.size[0] == 1100


def test_stats_of_splits_compare_them_with_train(run, tmp_path: Path):
    for split, number in (("train", 1), ("test", 2)):
        save(tmp_path / split / f"{split}.png", number)
    captions(tmp_path, "train\tx\ntest\tx\n")
    code, out, _ = run("data", "stats", f"images:{tmp_path}", "--json")
    found = json.loads(out)["splits"]
    assert code == 0 and list(found) == ["train", "test"]
    assert found["train"]["with_train"] is None
    assert found["test"]["with_train"] == 1 and found["test"]["new_symbols"] == {}


def test_synth_and_show(run, tmp_path: Path):
    path, sheet = tmp_path / "made.parquet", tmp_path / "sheet.png"
    code, out, _ = run("data", "synth", 6, "-o", path, "--seed", 3)
    assert code == 0 and out.startswith("train: 6 samples\n")
    again = tmp_path / "again.parquet"
    assert run("data", "synth", 6, "-o", again, "--seed", 3)[0] == 0
    assert again.read_bytes() == path.read_bytes()
    code, out, _ = run("data", "show", path, "-n", 4, "-o", sheet)
    assert code == 0 and out == f"{sheet}\n"
    with Image.open(sheet) as image:
        assert image.size[0] > 1600 and image.size[1] > 100
    assert run("data", "show", path, "--split", "validation", "-n", 2, "-o", sheet)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("stats", "nowhere.parquet"), 3, "nowhere.parquet: no such file or folder"),
        (("show", "nowhere"), 2, "no data source is named nowhere"),
        (("prepare", "crohm", "here"), 2, "no data source is named crohm"),
        (("prepare", "images", "nowhere"), 3, "nowhere: no such file or folder"),
        (("synth", "none"), 2, "Invalid value for 'N'"),
    ],
)
def test_errors_are_one_line(run, arguments: tuple[str, ...], code: int, message: str):
    found, _, err = run("data", *arguments)
    assert found == code and message in err and "Traceback" not in err


def test_help_has_examples(run):
    code, out, _ = run("data", "--help")
    assert code == 0 and all(name in out for name in ("prepare", "stats", "synth", "show"))
    for name in ("prepare", "stats", "synth", "show"):
        assert "hmer-suite data" in run("data", name, "--help")[1]


def test_a_prepared_set_keeps_the_ink_of_its_source(run, tmp_path: Path):
    path, again = tmp_path / "set.parquet", tmp_path / "again.parquet"
    assert run("data", "prepare", "synthetic", "4,0,8", "-o", path, "--split", "train")[0] == 0
    assert run("data", "prepare", "parquet", path, "-o", again)[0] == 0
    ink = Preprocessing(input="ink")
    for first, second in zip(read_set(path, None, ink).inks, read_set(again, None, ink).inks, strict=True):
        assert first.unit == second.unit and first.marks == second.marks != ()
        assert all((a == b).all() for a, b in zip(first.traces, second.traces, strict=True))
    code, out, _ = run("data", "stats", path, "--json")
    assert code == 0 and json.loads(out)["splits"]["train"]["height"]["max"] > 32  # pixels, not strokes
    assert run("data", "show", path, "-o", tmp_path / "sheet.png")[0] == 0


def test_a_set_redrawn_in_each_epoch_is_written_once_with_a_note(run, tmp_path: Path, monkeypatch):
    from hmer_suite.cli import data

    samples = synthetic.load("4,0,8", "train", Preprocessing())
    as_written = replace(samples, labels=("x",) * len(samples))
    anew = replace(as_written, redraw=lambda seed, epoch: samples if (seed, epoch) == (0, 0) else as_written)
    monkeypatch.setattr(data, "_open", lambda *_: [anew])
    code, _, err = run("data", "prepare", "exchanged", "-o", tmp_path / "set.parquet")
    assert code == 0 and err == "train: redrawn in each epoch of training; epoch 0 is written\n"
    assert read_set(tmp_path / "set.parquet").digest == samples.digest
