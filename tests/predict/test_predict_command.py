"""`predict` as users run it: no file stops a batch, what is done is kept, and parts make up the whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from hmer_suite.cli import main
from hmer_suite.data.parquet import write_set
from hmer_suite.predict import pictures
from hmer_suite.predict.joint_reader import JointReader
from hmer_suite.predict.journal import Journal
from hmer_suite.predict.listing import list_files
from hmer_suite.predict.reader import ALONE, Reader
from hmer_suite.specs.recogniser import Hypothesis, Preprocessing
from tests.data.test_images import save
from tests.data.test_parquet import sample_set
from tests.predict.instant_reader import WANT, open_instantly

Run = Callable[..., tuple[int, str, str]]
FAST = "instant"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(capsys, monkeypatch) -> Run:
    """The command line with these words after `predict`: its exit code, stdout and stderr."""
    monkeypatch.setattr("hmer_suite.predict.open_reader.open_readers", open_instantly)

    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hmer-suite", "predict", *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            main()
        return int(caught.value.code or 0), *capsys.readouterr()

    return command


@pytest.fixture(scope="module")
def notes(tmp_path_factory) -> Path:
    """A folder of 20 small pictures, `00` to `19`."""
    folder = tmp_path_factory.mktemp("notes")
    for number in range(20):
        picture = np.full((40, 60 + number), 255, np.uint8)
        picture[8:32, 10 + number : 13 + number] = 0
        picture[18:21, 25 + number : 50] = 0
        Image.fromarray(picture).save(folder / f"{number:02}.png")
    return folder


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


# --- bad files ------------------------------------------------------------------------------------------


def test_a_bad_file_has_a_row_with_its_reason(run, tmp_path):
    save(tmp_path / "good.png")
    (tmp_path / "bad.png").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n")
    Image.new("L", (6500, 6), 255).save(tmp_path / "wide.png")
    (tmp_path / "ink.inkml").write_text("<ink><trace>1 x</trace></ink>")
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.4\n1 0 obj")
    out = tmp_path / "preds.jsonl"
    code, _, said = run(FAST, tmp_path, tmp_path / "gone.png", "-o", out)
    assert code == 3 and "Traceback" not in said
    found = {row["id"]: row for row in rows(out)}
    assert list(found) == ["bad", "cut", "good", "ink", "wide", "gone"]
    assert found["good"]["pred"] and "error" not in found["good"]
    reasons = {name: row["error"] for name, row in found.items() if not row["pred"]}
    assert reasons["bad"] == "not an image that can be read"
    assert reasons["wide"].startswith("too narrow: 6,500 x 6 pixels")
    assert reasons["cut"].startswith("damaged PDF file") and reasons["gone"] == "no such file or folder"
    assert set(reasons) == {"bad", "cut", "ink", "wide", "gone"}
    for name, reason in reasons.items():
        assert f"{name}." in said and reason in said
    assert "hmer-suite: error: 5 of 6 inputs could not be read; their predictions are empty" in said


def test_a_fault_of_ours_concerns_one_file(run, tmp_path, monkeypatch):
    save(tmp_path / "a.png")
    save(tmp_path / "b.png")

    def broken(path: Path, **_: object) -> Image.Image:
        if path.stem == "a":
            raise ZeroDivisionError("by nothing")
        return Image.open(path)

    monkeypatch.setattr("hmer_suite.predict.contents.open_image", broken)
    code, printed, said = run(FAST, tmp_path, "--json")
    first, second = json.loads(printed)
    assert code == 3 and second["pred"] and "a.png" in said
    assert first["pred"] == "" and "please report it: ZeroDivisionError: by nothing" in first["error"]


def test_what_one_of_joined_recognisers_cannot_read_is_left_out_for_all(tmp_path):
    save(tmp_path / "a.png")
    points = ", ".join(f"{x} 0" for x in range(3))
    many = f'<ink xmlns="http://www.w3.org/2003/InkML">{f"<trace>{points}</trace>" * 1001}</ink>'
    (tmp_path / "b.inkml").write_text(many)
    members = [Reader(None, want, None) for want in (WANT, Preprocessing(input="ink"))]
    found = JointReader(tuple(members), ALONE).samples_of_files(list_files([str(tmp_path)]).files)
    assert found.ids == ("a",) and [one.ids for one in found.sets] == [("a",), ("a",)]
    assert [left.id for left in found.left_out] == ["b"]
    assert "1,001 traces, at most 1,000 are read as ink" in found.left_out[0].reason


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_single_bad_file_is_one_line(run, tmp_path, form):
    path = tmp_path / "bad.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    code, printed, said = run(FAST, path, *form)
    assert code == 3 and said.count("\n") == 1 and said.startswith(f"hmer-suite: error: {path}: ")
    assert printed == "" or json.loads(printed)["error"]
    code, printed, said = run(FAST, tmp_path / "gone.png", *form)
    assert (code, printed) == (3, "") and "gone.png: no such file or folder" in said


def test_what_is_passed_over_is_named_and_counted(run, tmp_path):
    save(tmp_path / "a.png")
    save(tmp_path / "sub" / "a.png")
    (tmp_path / "notes.txt").write_text("x")
    for number in range(12):
        (tmp_path / f"z{number:02}.doc").write_text("x")
    code, printed, said = run(FAST, tmp_path, tmp_path / "a.png")
    assert code == 0 and "\t" not in printed
    assert f"passed over: {tmp_path / 'notes.txt'}: neither an image nor ink, by its suffix .txt" in said
    assert f"{tmp_path / 'sub'}: a folder; --recursive reads it" in said and "passed over: 5 more" in said
    code, printed, _ = run(FAST, tmp_path, "--recursive")
    assert code == 0 and [line.split("\t")[0] for line in printed.splitlines()] == ["a", "sub/a"]


# --- names ----------------------------------------------------------------------------------------------


def test_ids_never_leave_the_folder_of_pictures(tmp_path, monkeypatch):
    ids = ("../x", str(tmp_path / "abs"), "..")
    samples = replace(sample_set("test", 3), ids=ids)
    for name, result in (("collate", None), ("activation_sheet", b""), ("_attend", ([None], None))):
        monkeypatch.setattr(pictures, name, lambda *_, result=result: result)
    for name in ("attention_sheet", "attention_animation"):
        monkeypatch.setattr(pictures, name, lambda *_: b"")
    monkeypatch.setattr(pictures, "activations", lambda *_: {"layer": torch.zeros(1, 2, 2)})
    reader = Reader(SimpleNamespace(vocabulary=None, attention=None), WANT, None)
    monkeypatch.setattr(reader.model, "attention", lambda *_: [])
    inside = tmp_path / "in" / "maps"
    before = set(tmp_path.rglob("*"))
    pictures.draw_activations(reader, samples, inside)
    pictures.draw_attention(reader, samples, [(Hypothesis(("x",), -1.0),)] * 3, inside)
    new = {one for one in tmp_path.rglob("*") if one not in before} - {inside, inside.parent}
    assert len(new) == 9 and {one.parent for one in new} == {inside}


def test_ids_that_a_tsv_cannot_hold_are_refused_before_reading(run, tmp_path):
    path = tmp_path / "set.parquet"
    write_set(path, [replace(sample_set("test", 2), ids=("a\tb", "c"))])
    code, _, said = run(FAST, path, "-o", tmp_path / "preds.tsv")
    assert code == 3 and r"no tsv line can hold the id 'a\tb'; write a .jsonl file" in said
    assert run(FAST, path, "-o", tmp_path / "preds.jsonl")[0] == 0


# --- output ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nowhere/preds.tsv", "."])
def test_an_output_that_cannot_be_written_is_noticed_first(run, tmp_path, monkeypatch, name):
    with monkeypatch.context() as patched:
        patched.setattr("hmer_suite.predict.open_reader.open_readers", None)  # not reached
        code, _, said = run(FAST, tmp_path, "-o", tmp_path / name)
    assert code == 3 and "cannot write" in said and "Traceback" not in said


def test_devices_take_predictions(run, notes):
    code, _, said = run(FAST, notes / "00.png", "-o", "/dev/null")
    assert code == 0 and not os.path.exists("/dev/null.partial") and "1 predictions" in said


def test_shards_together_are_the_whole(run, notes, tmp_path):
    run(FAST, notes, "-o", tmp_path / "whole.tsv")
    for number in (1, 2, 3):
        assert run(FAST, notes, "-o", tmp_path / f"{number}.tsv", "--shard", f"{number}/3")[0] == 0
    parts = [(tmp_path / f"{number}.tsv").read_text() for number in (1, 2, 3)]
    assert "".join(parts) == (tmp_path / "whole.tsv").read_text()
    assert [len(part.splitlines()) for part in parts] == [6, 7, 7]
    assert run(FAST, notes / "00.png", "-o", tmp_path / "none.tsv", "--shard", "1/2")[0] == 0
    assert (tmp_path / "none.tsv").read_text() == ""


@pytest.mark.parametrize("text", ["0/3", "4/3", "3", "a/b", "1/0", "-1/2", "1/2/3"])
def test_shards_that_make_no_sense(run, notes, text):
    code, _, said = run(FAST, notes, f"--shard={text}")
    assert code == 2 and f"--shard {text}: expected I/N" in said


# --- interruption ---------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from hmer_suite.cli import main
from hmer_suite.predict import open_reader
from hmer_suite.predict.journal import Journal
from tests.predict.instant_reader import open_instantly

open_reader.open_readers = open_instantly
append = Journal.append

def dies(self, rows):
    append(self, rows)
    self._file.write(b'{"id": "08", "pred": "x"}\\n{"id": "09", "pr')
    self._file.flush()
    os.kill(os.getpid(), signal.SIGKILL)

Journal.append = dies
sys.argv[0] = "hmer-suite"
main()
"""


def test_a_killed_run_is_resumed_to_the_same_file(run, notes, tmp_path):
    options = ("--batch-size", "1", "--beam", "2", "--nbest", "2")
    whole, out = tmp_path / "whole.jsonl", tmp_path / "preds.jsonl"
    assert run(FAST, notes, "-o", whole, *options)[0] == 0
    words = ["predict", FAST, str(notes), "-o", str(out), *options]
    killed = subprocess.run([sys.executable, "-c", KILLED, *words], cwd=ROOT, timeout=600)
    assert killed.returncode == -signal.SIGKILL and not out.exists()
    left = Path(f"{out}.partial").read_bytes()
    code, _, said = run(FAST, notes, "-o", out, *options, "--resume")
    assert code == 0 and "8 of 20 predictions are there already" in said
    assert out.read_bytes() == whole.read_bytes() and not Path(f"{out}.partial").exists()
    assert len(left.splitlines()) == 11  # settings, a part of eight, one more row and a torn one
    assert "complete already, 20 predictions" in run(FAST, notes, "-o", out, *options, "--resume")[2]
    Path(f"{out}.partial").write_bytes(left)
    assert "--resume would have kept 10 rows" in run(FAST, notes, "-o", out, *options)[2]
    Path(f"{out}.partial").write_bytes(left)
    code, _, said = run(FAST, notes, "-o", out, *options[:2], "--resume")
    assert code == 2 and "was made with beam 2, not 1" in said
    code, _, said = run(FAST, notes, notes / "none.png", "-o", out, *options, "--resume")
    assert code == 2 and "resume with the same inputs and options" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_says_what_is_done_and_how_to_go_on(run, notes, tmp_path, monkeypatch, number):
    append = Journal.append

    def interrupted(self: Journal, rows: list[dict]) -> None:
        append(self, rows)
        signal.raise_signal(number)

    out = tmp_path / "preds.tsv"
    former = signal.getsignal(number)
    with monkeypatch.context() as patched:
        patched.setattr(Journal, "append", interrupted)
        code, _, said = run(FAST, notes, "-o", out, "--batch-size", "1")
    assert code == 128 + number and signal.getsignal(number) == former and not out.exists()
    assert said == (
        f"hmer-suite: interrupted: 8 of 20 predictions are in {out}.partial; continue with --resume\n"
    )
    assert run(FAST, notes, "-o", out, "--batch-size", "1", "--resume")[0] == 0
    assert len(out.read_text().splitlines()) == 20


def test_two_runs_into_one_file_and_a_file_of_another_kind(run, notes, tmp_path):
    import fcntl

    out = tmp_path / "preds.tsv"
    partial = Path(f"{out}.partial")
    with open(partial, "wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code, _, said = run(FAST, notes, "-o", out, "--resume")
    assert code == 3 and "another process is writing it" in said
    for text, message in (("x\n", "1: damaged"), ("{}\n", "1: not the file of an interrupted `predict`")):
        partial.write_text(text)
        code, _, said = run(FAST, notes, "-o", out, "--resume")
        assert code == 3 and message in said
    code, _, said = run(FAST, notes, "--resume")
    assert code == 2 and "--resume: needs the -o FILE" in said
