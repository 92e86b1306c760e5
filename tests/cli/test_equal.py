"""``hmer-suite equal``, with a function of ours in the place of the engine."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from hmer_suite.cli import main
from hmer_suite.equiv.sandbox.judge import Judge


@pytest.fixture
def run(capsys, monkeypatch):
    """Run the command in this process; gives exit code, stdout and stderr."""
    monkeypatch.setitem(Judge.__init__.__kwdefaults__, "decide", "tests.equiv.poison:decide")

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hmer-suite", "equal", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return stopped.value.code or 0, captured.out, captured.err

    return call


@pytest.fixture
def pairs(tmp_path: Path):
    def write(content: str) -> Path:
        path = tmp_path / "pairs.tsv"
        path.write_text(content, "utf-8")
        return path

    return write


def test_one_pair(run):
    assert run("x", "x") == (0, "EQUAL (identical)\n", "")
    assert run("x", "yy") == (1, "DIFFERENT (numeric): at n = 2\n", "")
    assert run("power", "x", "--seconds", "0.05") == (1, "UNDECIDED (timeout)\n", "")
    assert run("--", "-x", "-x")[0] == 0


def test_json_has_the_keys_of_the_interface(run):
    code, out, _ = run("x", "yy", "--json")
    document = json.loads(out)
    assert code == 1
    assert document.pop("seconds") >= 0
    assert document == {"verdict": "DIFFERENT", "how": "numeric", "witness": {"n": "2"}, "reason": ""}
    assert json.loads(run("x", "x", "--json")[1])["witness"] is None


def test_pairs(run, pairs):
    path = pairs("x\tx\nx\tyy\n\t\n")
    code, out, _ = run("--pairs", path)
    assert code == 1
    assert out.splitlines() == [
        f"{path}:1: EQUAL (identical)",
        f"{path}:2: DIFFERENT (numeric): at n = 2",
        f"{path}:3: EQUAL (identical)",
        "2 EQUAL, 1 DIFFERENT, 0 UNDECIDED of 3 pairs",
    ]
    lines = run("--pairs", path, "--json", "--workers", "1")[1].splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == ["EQUAL", "DIFFERENT", "EQUAL"]


def test_exit_code_0_means_that_every_pair_is_equal(run, pairs):
    assert run("--pairs", pairs("x\tx\ny\ty\n"))[0] == 0
    assert run("--pairs", pairs(""))[0] == 0
    assert run("--pairs", pairs("x\tx\nsegfault\ty\n"))[0] == 1


@pytest.mark.parametrize(("line", "tabs"), [("x", 0), ("x\ty\tz", 2), ("", 0)])
def test_a_line_without_exactly_one_tab_is_named(run, pairs, line: str, tabs: int):
    path = pairs(f"x\tx\n{line}\n")
    code, out, err = run("--pairs", path)
    assert (code, out) == (3, "")
    assert (
        err == f"hmer-suite: error: {path}:2: expected two formulas separated by one tab, found {tabs} tabs\n"
    )


def test_what_is_asked_must_make_sense(run, pairs):
    assert run()[0] == run("x")[0] == run("x", "y", "--pairs", pairs("x\ty\n"))[0] == 2
    assert "--workers must be positive, got 0" in run("x", "y", "--workers", "0")[2]
    assert "--seconds must be positive" in run("x", "y", "--seconds", "-1")[2]
