"""What every command has: -h, --quiet, --verbose, suggestions, completion; usage errors on one line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from hmer_suite.cli import COMMANDS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS), ["data"], ["data", "stats"]])
def test_the_short_form_of_help(run, words: list[str]):
    short, long = run(*words, "-h"), run(*words, "--help")
    assert short == long and short[0] == 0
    assert words == ["data"] or ("--quiet" in short[1] and "--verbose" in short[1])


def test_quiet_leaves_results_and_errors(run, pair):
    preds, refs = pair
    preds.with_name("preds.refs.tsv").write_bytes(refs.read_bytes())
    assert run("score", preds)[2].startswith("references: ")
    code, out, err = run("--quiet", "score", preds)
    assert (code, err) == (0, "") and "quote as: " in out
    assert run("score", preds, "--quiet") == (code, out, err)
    assert run("score", "absent.tsv", "--quiet")[2].startswith("hmer-suite: error: absent.tsv: ")


def test_verbose_says_what_was_read_and_chosen(run, pair):
    preds, refs = pair
    silent = run("score", preds, "--refs", refs, "--no-semantics")
    code, out, err = run("score", preds, "--refs", refs, "--no-semantics", "--verbose")
    assert (code, out) == silent[:2]
    assert f"hmer-suite: {preds}: 3 samples, read as tsv\n" in err
    assert f"hmer-suite: {refs}: 4 samples, read as tsv\n" in err
    (chosen,) = re.findall("^hmer-suite: by default: (.*)$", err, re.M)
    assert "--repair" in chosen and "--backend local" in chosen and "semantics" not in chosen


def test_verbosity_ends_with_its_command(run, pair):
    run("score", pair[0], "--quiet")
    assert run("score", pair[0])[2] != ""


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["scoer"], "'score'"),
        (["data", "prepar"], "'prepare'"),
        (["score", "p.tsv", "--smantics"], "no option --smantics; did you mean --semantics?"),
        (["train", "wap", "--max-stepz", "3"], "no option --max-stepz; did you mean --max-steps?"),
        (["--verison"], "no option --verison; did you mean --version?"),
        (["score"], "Missing argument 'PREDS'"),
        (["train", "wap", "--max-steps", "many"], "--max-steps"),
        (["score", "--refs"], "'--refs' requires an argument"),
        (["score", "p.tsv", "--quiet", "--verbose"], "--quiet and --verbose: give one of them"),
    ],
)
def test_a_usage_error_is_one_line_with_the_way_out(run, words: list[str], line: str):
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.startswith("hmer-suite: error: ") and err.count("\n") == 1 and line in err


def test_completion_of_commands_options_and_recognisers(tmp_path):
    settings = {**os.environ, "_HMER_SUITE_COMPLETE": "complete_bash", "HOME": str(tmp_path)}
    for words, found in (
        (["hmer-suite", "sco"], {"score"}),
        (["hmer-suite", "score", "--fail"], {"--fail-under"}),
        (["hmer-suite", "train", "wa"], {"wap"}),
    ):
        asked = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
        done = subprocess.run(
            [sys.executable, "-m", "hmer_suite"], env=settings | asked, capture_output=True, text=True
        )
        assert set(done.stdout.split()) == found, done.stderr


def test_problems_as_annotations_of_a_pull_request(run, lines, monkeypatch):
    path = lines("x ^ 2", r"\frac { a }", "100%")
    odd = path.rename(path.with_name("a,b.txt"))
    monkeypatch.chdir(odd.parent)
    code, out, _ = run("validate", "a,b.txt", "--format", "github")
    assert code == 1
    first, *_ = notes = [line for line in out.splitlines() if line.startswith("::")]
    assert first.startswith("::error file=a%2Cb.txt,line=2,col=")
    problems = [
        (row["line"], problem)
        for row in map(json.loads, run("validate", "a,b.txt", "--json")[1].splitlines())
        for problem in row["problems"]
    ]
    assert len(notes) == len(problems)
    for note, (line, problem) in zip(notes, problems, strict=True):
        message = problem["message"].replace("%", "%25")
        assert f",line={line},col={problem['start'] + 1}," in note and note.endswith(f"::{message}")


def test_a_layout_may_still_be_named_by_format(run, lines):
    path = lines("a x ^ 2", "b y")
    assert "2 of 2 lines are valid" in run("validate", path, "--format", "spaced")[1]
    assert run("validate", path, "--format", "github", "--json")[0] == 2
    assert run("validate", path, "--format", "gitbuh")[0] == 2


def test_hooks_of_pre_commit_refuse_what_is_invalid(run, tmp_path):
    hooks = {one["id"]: one for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    good, bad = tmp_path / "captions.txt", tmp_path / "labels-2.tsv"
    good.write_text("a\tx ^ { 2 }\n", "utf-8")
    bad.write_text("a\tx ^ { 2\n", "utf-8")
    for hook in hooks.values():
        program, *words = hook["entry"].split()
        assert program == "hmer-suite"
        assert all(re.search(hook["files"], path.name) for path in (good, bad))
        assert not re.search(hook["files"], "README.txt")
        assert run(*words, good)[0] == 0
    assert run(*hooks["hmer-validate"]["entry"].split()[1:], good, bad)[0] == 1
    bad.write_text("a\tx^2\n", "utf-8")
    assert run(*hooks["hmer-canon"]["entry"].split()[1:], bad)[0] == 1
