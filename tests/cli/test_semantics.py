"""``score`` and ``compare`` with verdicts on meaning, by a function of ours in the place of the engine."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from hmer_suite.cli import main
from hmer_suite.equiv.sandbox import shared as sandbox
from hmer_suite.equiv.sandbox.judge import Judge

BLOCK = {
    "equal": 2, "different": 1, "undecided": 1, "undecided_reasons": {"unproven": 1}, "rate": 50.0, "rate_upper": 75.0
}  # fmt: skip


@pytest.fixture(scope="module")
def judge():
    with Judge(2, decide="tests.equiv.poison:by_case") as found:
        yield found


@pytest.fixture
def run(capsys, monkeypatch, judge):
    """Run a command in this process; gives exit code, stdout and stderr."""
    monkeypatch.setattr(sandbox, "shared", lambda workers=None: judge)

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hmer-suite", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return stopped.value.code or 0, captured.out, captured.err

    return call


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    refs, preds = tmp_path / "refs.tsv", tmp_path / "preds.tsv"
    refs.write_text("a\tx^2\nb\tX + y\nc\ta + b\nd\tz\n", "utf-8")
    preds.write_text("a\tx ^ { 2 }\nb\tx + Y\nc\ta + b + c\n", "utf-8")
    return preds, refs


def test_score_has_the_block(run, files):
    code, out, _ = run("score", files[0], "--refs", files[1], "--semantics", "--json")
    assert (code, json.loads(out)["semantics"]) == (0, BLOCK)
    assert "|sem:" in json.loads(out)["signature"]


def test_no_semantics_leaves_it_out(run, files):
    document = json.loads(run("score", files[0], "--refs", files[1], "--no-semantics", "--json")[1])
    assert "semantics" not in document
    assert "|sem:" not in document["signature"]


def test_a_limit_on_the_rate(run, files):
    words = ("score", files[0], "--refs", files[1])
    assert run(*words, "--semantics", "--fail-under", "semantics.rate=50")[0] == 0
    code, _, err = run(*words, "--semantics", "--fail-under", "semantics.rate=51")
    assert (code, err) == (1, "semantics.rate 50.00 is below 51.0\n")
    assert run(*words, "--no-semantics", "--fail-under", "semantics.rate=51")[0] == 2


def test_the_report_shows_it(run, files, tmp_path: Path):
    run("score", files[0], "--refs", files[1], "--semantics", "--report", tmp_path / "out")
    assert "The same meaning, spelt differently: 1" in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_compare(run, files, tmp_path: Path):
    other = tmp_path / "other.tsv"
    other.write_text("a\tx\nb\tX + y\nc\ta + b\nd\tz\n", "utf-8")
    words = ("compare", files[1], files[0], other)
    document = json.loads(run(*words, "--semantics", "--json")[1])
    assert document["semantics"]["preds.tsv"] == BLOCK
    assert document["semantics"]["other.tsv"]["rate"] == 75.0
    assert "semantics" not in json.loads(run(*words, "--json")[1])
    assert "50.00 to 75.00" in run(*words, "--semantics")[1]


def test_answers_are_named_in_the_signature(capsys, monkeypatch, tmp_path: Path):
    """With the engine itself, under a small limit."""
    preds, refs = tmp_path / "preds.jsonl", tmp_path / "refs.tsv"
    rows = {
        "a": r"So it is \boxed{7\text{ m}}.",
        "b": r"\boxed{8}",
        "c": r"\boxed{1} or \boxed{2}, then \boxed{3}",
    }
    preds.write_text(
        "".join(json.dumps({"id": key, "pred": row}) + "\n" for key, row in rows.items()), "utf-8"
    )
    refs.write_text("a\t7\nb\t9\nc\t3\n", "utf-8")
    words = ["hmer-suite", "score", str(preds), "--refs", str(refs), "--json", "--answers", "boxed,units"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit):
        main()
    document = json.loads(capsys.readouterr().out)
    assert "M+boxed+units|" in document["signature"]
    found = document["semantics"]
    assert (found["equal"], found["different"], found["undecided_reasons"]) == (1, 1, {"several-answers": 1})


def test_answers_need_semantics(run, files):
    code, _, err = run("score", files[0], "--refs", files[1], "--answers", "boxed", "--no-semantics")
    assert (code, err) == (2, "hmer-suite: error: --answers boxed: needs --semantics\n")


def test_fewer_than_one_worker(run, files):
    code, _, err = run("score", files[0], "--refs", files[1], "--workers", "0")
    assert code == 2
    assert "--workers 0: at least one worker is needed" in err
