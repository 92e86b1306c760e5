"""``train`` and ``predict`` as people call them, on synthetic ink."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from hmer_suite.cli import main

DATA = "synthetic:24,0,3"


@pytest.fixture(scope="module")
def hmer_suite():
    """Run a command in this process; gives exit code, stdout and stderr."""

    def call(capsys, *words: object) -> tuple[int, str, str]:
        argv, sys.argv = sys.argv, ["hmer-suite", *map(str, words)]
        try:
            with pytest.raises(SystemExit) as stopped:
                main()
        finally:
            sys.argv = argv
        captured = capsys.readouterr()
        return stopped.value.code or 0, captured.out, captured.err

    return call


@pytest.fixture
def run(hmer_suite, capsys):
    return lambda *words: hmer_suite(capsys, *words)


@pytest.fixture(scope="module")
def trained(hmer_suite, tmp_path_factory) -> Path:
    """A run of a few steps, stopped in its first epoch."""
    from hmer_suite.train.start_run import Request, start_run
    from hmer_suite.train.state import Limits

    out = tmp_path_factory.mktemp("run") / "wap"
    given = ("preset=demo", "device=cpu", "threads=1", "epochs=2", "batch_size=6")
    start_run("wap", Request(DATA, out, given=given), Limits(max_steps=2))
    return out


def test_stops_with_a_checkpoint_and_goes_on(run, trained):
    assert json.loads((trained / "last" / "training.json").read_text())["step"] == 2
    code, out, _ = run("train", "wap", "--resume", trained, "--json")
    (ended,) = json.loads(out)["runs"]
    assert (code, ended["step"], ended["complete"]) == (0, 8, True)
    assert 0 <= ended["best"] <= 100


def test_several_seeds_in_one_command(run, tmp_path):
    given = [
        "preset=demo",
        "device=cpu",
        "threads=1",
        "epochs=1",
        "batch_size=12",
        "seeds=2",
        "validation_limit=8",
    ]
    code, out, _ = run(
        "train",
        "wap",
        "--data",
        DATA,
        "--out",
        tmp_path / "wap",
        "--json",
        *(w for g in given for w in ("--set", g)),
    )
    summary = json.loads(out)
    assert code == 0
    assert [Path(r["folder"]).name for r in summary["runs"]] == ["seed-0", "seed-1"]
    bests = [r["best"] for r in summary["runs"]]
    assert summary["mean"] == pytest.approx(sum(bests) / 2, abs=0.01)
    assert summary["deviation"] is not None


def test_half_precision_reads_too(run, trained):
    code, out, _ = run("predict", trained, f"{DATA}@test", "--precision", "bf16", "--json")
    assert code == 0 and len(json.loads(out)) == 64


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["train", "wapp", "--data", DATA], 2, "wapp"),
        (["train", "wap", "--data", "nonesuch:x"], 2, "nonesuch"),
        (["train", "wap", "--data", "nonesuch:x", "--data", DATA], 2, "nonesuch"),
        (["train", "wap", "--data", DATA, "--set", "lr"], 2, "--set lr: expected KEY=VALUE"),
        (["train", "wap", "--data", DATA, "--set", "validation=test"], 2, "never selected on a test split"),
        (
            ["train", "wap", "--data", DATA, "--set", "max_tokens=1e9", "--config", "none.toml"],
            3,
            "none.toml",
        ),
        (["train", "wap", "--resume", "nowhere"], 3, "no such checkpoint folder"),
        (["train", "wap", "--resume", "x", "--set", "lr=1"], 2, "give no --data, --config, --set or --out"),
        (["predict", "nowhere/at/all", "x.png"], 3, "no such checkpoint folder"),
        (["predict", "wap", "--precision", "fp8", "x.png"], 2, "--precision fp8: expected fp32, bf16"),
        (["predict", "wap", "--nbest", "3", "x.png"], 2, "--nbest 3: larger than --beam 1"),
    ],
)
def test_wrong_requests_are_one_line(run, tmp_path, monkeypatch, words, code, message):
    monkeypatch.chdir(tmp_path)
    found, _, err = run(*words)
    assert found == code
    lines = err.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("hmer-suite: error: ") and message in lines[0]


def test_nothing_left_to_train_on(run, tmp_path):
    code, _, err = run(
        "train", "wap", "--data", "synthetic:4,0,9", "--set", "max_tokens=1", "--out", tmp_path
    )
    if "no samples to train on" not in err:
        pytest.fail(err)
    assert code == 3


def test_a_folder_with_a_run_is_not_overwritten(run, trained):
    code, _, err = run("train", "wap", "--data", DATA, "--out", trained)
    assert code == 2 and "contains a run already" in err


def test_predictions_score(run, trained, tmp_path):
    preds = tmp_path / "preds.tsv"
    graphs = tmp_path / "lg"
    assert run("predict", trained, f"{DATA}@test", "-o", preds, "--lg", graphs)[0] == 0
    code, out, _ = run("score", preds, "--json")
    scores = json.loads(out)
    assert (code, scores["n"], scores["raw"]["valid"]) == (0, 64, 100.0)
    code, out, _ = run(
        "score", graphs / "predictions", "--refs", graphs / "references", "--json", "--no-semantics"
    )
    assert (code, json.loads(out)["structure"]) == (0, scores["structure"])


def test_one_image_prints_its_latex(run, trained, tmp_path):
    import cv2
    import numpy as np

    image = np.full((60, 90), 255, np.uint8)
    cv2.line(image, (20, 10), (20, 50), 0, 3)
    cv2.line(image, (45, 30), (75, 30), 0, 3)
    cv2.imwrite(str(tmp_path / "photo.png"), image)
    code, out, _ = run("predict", trained, tmp_path / "photo.png", "--attention", tmp_path / "looks")
    assert code == 0 and len(out.splitlines()) == 1 and "\t" not in out
    assert run("predict", trained, tmp_path / "photo.png", "--activations", tmp_path / "maps")[0] == 0
    assert cv2.imread(str(tmp_path / "maps" / "photo.activations.png")).shape[1] == 1500
    code, out, _ = run("predict", trained, tmp_path / "photo.png", "--beam", 3, "--nbest", 3, "--json")
    found = json.loads(out)
    assert found["id"] == "photo" and found["pred"] == found["nbest"][0][0]
    logprobs = [logprob for _, logprob in found["nbest"]]
    assert len(logprobs) == len(set(text for text, _ in found["nbest"])) > 1
