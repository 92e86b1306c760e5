"""``hmer-suite equal``, with a function of ours in the place of the engine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from queue import Queue

import pytest

from hmer_suite.cli import equal, main
from hmer_suite.equiv.sandbox.judge import Judge
from hmer_suite.predictions.pairs import PairLine


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


@pytest.mark.parametrize(("line", "tabs"), [("x", 0), ("x\ty\tz", 2)])
def test_a_line_that_is_no_pair_is_named_and_costs_no_other(run, pairs, line: str, tabs: int):
    path = pairs(f"x\tx\n{line}\ny\ty\n{line}\n")
    code, out, err = run("--pairs", path, "--json")
    said = f"{path}:2: expected two formulas separated by one tab, found {tabs} tabs"
    first, wrong, third, _ = map(json.loads, out.splitlines())
    assert (code, err) == (3, f"hmer-suite: error: {said} (and 1 more lines)\n")
    assert wrong == {"line": 2, "error": said}
    assert first["verdict"] == third["verdict"] == "EQUAL"


def test_json_lines_with_ids(run, pairs):
    path = pairs(
        '{"id": "p 1", "first": "x", "second": "x"}\n\n{"gt": "yy", "pred": "x", "id": 7}\n["é", "é"]\n'
        '{"id": null, "a": "\\ud800", "b": ""}\n'
    )
    code, out, err = run("--pairs", path, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row.get("id", "none"), row["verdict"]) for row in rows] == [
        ("p 1", "EQUAL"), (7, "DIFFERENT"), ("none", "EQUAL"), (None, "DIFFERENT")
    ]  # fmt: skip
    assert (code, err) == (1, f"{path}: blank lines skipped: 1, the first is line 2\n")
    assert f"{path}:3: 7: DIFFERENT" in run("--pairs", path)[1]


def test_verdicts_come_before_the_next_pair_is_written():
    """As for a program that keeps the command running and asks one pair after the other."""
    with Judge(1, decide="tests.equiv.poison:decide") as judge:
        asked = Queue()
        decided = equal._decided(judge, iter(asked.get, None), {})
        for number in range(3):
            asked.put(PairLine(number, "x", "y" * number))
            line, verdict = next(decided)
            assert (line.line, verdict.witness) == (number, {"n": str(number)})
        asked.put(None)
        assert list(decided) == []


def test_a_reader_that_goes_away_and_closed_streams(tmp_path):
    """In one shell: no message, and the status of the verdict."""
    (tmp_path / "pairs.tsv").write_text("x\tx\n" * 9000, "utf-8")
    program = f"""
    run() {{ {sys.executable} -m hmer_suite equal "$@"; }}
    (run --pairs {tmp_path}/pairs.tsv; echo $? >&2) | head -1
    run x x <&- >&- 2>&-; echo $?
    run '\\frac12' 0.5 <&- 2>&-; echo $?
    """
    found = subprocess.run(["sh", "-c", program], capture_output=True, text=True)
    assert found.stdout.splitlines() == [
        f"{tmp_path}/pairs.tsv:1: EQUAL (identical)", "0", "EQUAL (symbolic)", "0"
    ]  # fmt: skip
    assert found.stderr == "0\n"


def test_answers(capsys, monkeypatch):
    """With the engine itself."""

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hmer-suite", "equal", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main()
        return stopped.value.code or 0, *capsys.readouterr()

    text = r"Adding both gives \boxed{7\text{ m}}."
    assert call("--answers", "boxed,units", text, "7") == (
        0, "EQUAL (identical) [7\\text{ m} (boxed) and 7 (whole), forgiving units]\n", ""
    )  # fmt: skip
    answers = json.loads(call("--answers", "boxed", "--answers", "units", "--json", text, "8")[1])["answers"]
    assert answers == {
        "switches": ["boxed", "units"],
        "first": [{"text": r"7\text{ m}", "by": ["boxed"]}],
        "second": [{"text": "8", "by": []}],
        "forgave": ["units"],
    }
    assert call("--answers", "boxt", "x", "y")[2] == (
        "hmer-suite: error: --answers boxt: expected one of boxed, prose, fences, unordered, units, "
        "tolerance=FRACTION; did you mean boxed?\n"
    )


def test_what_is_asked_must_make_sense(run, pairs):
    assert run()[0] == run("x")[0] == run("x", "y", "--pairs", pairs("x\ty\n"))[0] == 2
    assert "--workers must be positive, got 0" in run("x", "y", "--workers", "0")[2]
    assert "--seconds must be positive" in run("x", "y", "--seconds", "-1")[2]
