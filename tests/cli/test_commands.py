"""The command line as scripts meet it: output, JSON keys and exit codes of `interface`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hmer_suite.cli import COMMANDS

SCORE_KEYS = {
    "exprate", "le1", "le2", "le3", "wer", "cer", "substitutions", "deletions", "insertions", "reference_tokens",
    "valid",
}  # fmt: skip


def test_help_lists_every_command(run):
    code, out, _ = run("--help")
    assert code == 0
    assert all(f"  {name} " in out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(run, command: str):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "Usage:" in out and "Example" in out and f"hmer-suite {command} " in out


LOADED_BY_HELP = {"hmer_suite", "typer", "pydantic", "pydantic_core", "annotated_types"} | {
    "annotated_doc", "typing_extensions", "typing_inspection", "shellingham"
}  # fmt: skip
"""Packages that ``--help`` may import besides the standard library: typer and what it needs."""


HELP_OF_EACH = """
import os, sys
before = set(sys.modules)
from hmer_suite.cli import main
for words in sys.argv[1:]:
    if not os.fork():
        sys.argv = ["hmer-suite", *words.split(), "--help"]
        try:
            main()
        except SystemExit:
            sys.stdout.flush()
            loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
            os.write(2, " ".join([words, ":", *sorted(loaded)]).encode() + b"\\n")
        os._exit(0)
    os.wait()
"""


def test_help_imports_nothing_heavy():
    """The time that ``--help`` takes is that of its imports; each command begins with those of the command line."""
    calls = ["", *COMMANDS, "data", "data prepare"]
    command = [sys.executable, "-c", HELP_OF_EACH, *calls]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line.partition(" :") for line in found.stderr.splitlines()]
    assert [words for words, _, _ in lines] == calls and found.stdout.count("Usage: hmer-suite") == len(calls)
    for words, _, loaded in lines:
        heavy = {name for name in loaded.split() if not name.startswith("_sysconfigdata")} - LOADED_BY_HELP
        assert heavy <= sys.stdlib_module_names, words


def test_import_of_the_package_is_light():
    program = "import sys, hmer_suite; print(*{n.partition('.')[0] for n in sys.modules})"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"lark", "numpy", "typer", "rapidfuzz", "torch", "sympy"} & set(found.stdout.split())


def test_score_json_has_the_fixed_keys(run, pair):
    preds, refs = pair
    code, out, _ = run("score", preds, "--refs", refs, "--json")
    document = json.loads(out)
    assert code == 0
    assert document["n"] == 4
    assert document["missing"] == ["d"]
    assert {"signature", "structure", "confidence"} <= set(document)
    assert all(set(document[block]) >= SCORE_KEYS for block in ("raw", "canonical", "repaired"))
    assert document["canonical"]["exprate"] == 25.0
    assert document["repaired"]["exprate"] == 50.0
    assert document["raw"]["valid"] == 50.0


def test_score_is_the_same_with_any_number_of_workers(run, pair):
    preds, refs = pair
    one = run("score", preds, "--refs", refs, "--json", "--workers", "1")[1]
    assert one == run("score", preds, "--refs", refs, "--json", "--workers", "3")[1]


def test_score_without_references_reports_validity(run, pair):
    code, out, err = run("score", pair[0], "--json")
    assert code == 0
    document = {"n": 3, "valid": 66.67, "invalid": 1, "repair_edits": {"1": 1}}
    assert json.loads(out) == {"schema": "validity-1", **document}
    assert "no references" in err


def test_score_finds_references_beside_the_file(run, pair):
    pair[1].rename(pair[1].with_name("preds.refs.tsv"))
    assert json.loads(run("score", pair[0], "--json")[1])["n"] == 4


def test_score_text_quotes_the_signature(run, pair):
    code, out, _ = run("score", pair[0], "--refs", pair[1])
    assert code == 0
    assert "quote as: ExpRate 25.00 (canonical), 95 % interval 0.00 - 75.00\n" in out
    assert "hmer-suite|v:" in out


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ("canonical.exprate=10", 0),
        ("exprate=10", 0),
        ("raw.exprate=10", 1),
        ("canonical.exprate=99", 1),
        ("structure.exprate=99", 1),
        ("x=1", 2),
        ("exprate", 2),
    ],
)
def test_fail_under(run, pair, limit: str, code: int):
    assert run("score", pair[0], "--refs", pair[1], "--fail-under", limit)[0] == code


def test_no_repair_leaves_the_block_out(run, pair):
    document = json.loads(run("score", pair[0], "--refs", pair[1], "--json", "--no-repair")[1])
    assert "repaired" not in document
    assert "repair:" not in document["signature"]


def test_report_is_written(run, pair, tmp_path: Path):
    code, _, _ = run("score", pair[0], "--refs", pair[1], "--report", tmp_path / "report")
    assert code == 0
    assert (tmp_path / "report" / "index.html").read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("preds", "refs", "message"),
    [
        ("a\tx\na\ty\n", "a\tx\n", "duplicate id 'a'"),
        ("a\tx\nq\ty\n", "a\tx\n", "'q'"),
        ("x ^ 2\n", "x\ny\n", "has 1 line"),
        ("", "a\tx\n", "empty"),
    ],
)
def test_bad_pairs_are_one_line_with_code_3(run, tmp_path: Path, preds: str, refs: str, message: str):
    (tmp_path / "p.txt").write_text(preds, "utf-8")
    (tmp_path / "r.txt").write_text(refs, "utf-8")
    code, out, err = run("score", tmp_path / "p.txt", "--refs", tmp_path / "r.txt")
    assert (code, out) == (3, "")
    assert err.startswith("hmer-suite: error: ")
    assert err.count("\n") == 1
    assert message in err


def test_usage_errors_are_code_2(run, pair):
    assert run("score", pair[0], "--refs", pair[1], "--workers", "0")[0] == 2
    assert run("score", pair[0], "--refs", pair[1], "--backend", "dask")[0] == 2
    assert run("nonsense")[0] == 2


def test_compare(run, pair, tmp_path: Path):
    preds, refs = pair
    other = tmp_path / "other.tsv"
    other.write_text("a\tx^2\nb\t\\frac12\nc\ty\n", "utf-8")
    code, out, _ = run("compare", refs, preds, other, "--json")
    document = json.loads(out)
    assert code == 0
    assert [system["name"] for system in document["systems"]] == ["preds.tsv", "other.tsv"]
    assert document["pairs"][0]["only_second"] == ["b", "c"]
    assert document["pairs"][0]["only_first"] == []
    code, out, _ = run("compare", refs, preds, other)
    assert code == 0
    assert "p permutation" in out
    assert run("compare", refs, preds)[0] == 2


def test_validate(run, lines):
    code, out, _ = run("validate", lines("x ^ { 2 }", "x ^ { 2"), "--json")
    first, second = map(json.loads, out.splitlines())
    assert code == 1
    assert first == {"line": 1, "valid": True, "problems": []}
    (problem,) = second["problems"]
    assert second["line"] == 2
    assert (problem["code"], problem["start"], problem["end"]) == ("unclosed-group", 4, 5)
    assert problem["expected"] == ["}"]
    assert run("validate", lines("x"))[0] == 0


def test_validate_prints_a_caret(run, lines):
    _, out, _ = run("validate", lines("a + x ^ { 2"))
    shown, carets = out.splitlines()[1:3]
    assert shown[carets.index("^")] == "{"
    assert "0 of 1 lines are valid" in out


def test_validate_codes(run):
    assert "unclosed-group" in run("validate", "--codes")[1]


def test_fix(run, lines):
    path = lines("x^2", r"\frac { 1 } { 2", "")
    code, out, _ = run("fix", path)
    assert (code, out) == (0, "x^2\n\\frac { 1 } { 2 }\n\n")
    document = json.loads(run("fix", path, "--json")[1].splitlines()[1])
    assert set(document) == {"line", "input", "output", "cost", "edits"}
    assert document["cost"] == 1.0
    assert set(document["edits"][0]) == {"op", "token", "at", "why"}
    assert run("fix", path, "--check")[0] == 1
    assert run("fix", path, "--explain")[2].startswith(f"{path}:2:")


def test_fix_keeps_unknown_commands_on_request(run, lines):
    path = lines(r"\foo { x")
    assert run("fix", path, "--permit-unknown")[1] == "\\foo x\n"
    assert "\\foo" not in run("fix", path)[1]


def test_canon(run, lines):
    path = lines(r"x^b_a \le \frac12")
    assert run("canon", path)[1] == "x _ { a } ^ { b } \\leq \\frac { 1 } { 2 }\n"
    assert run("canon", path, "--check")[0] == 1
    assert run("canon", path, "--also", "nonsense")[0] == 2
    assert "row-braces" in run("canon", path, "--list")[1]


def test_lines_from_standard_input():
    found = subprocess.run(
        [sys.executable, "-m", "hmer_suite", "canon", "-"], input=b"x^2\r\n", capture_output=True, check=True
    )
    assert found.stdout == b"x ^ { 2 }\n"


@pytest.mark.parametrize("content", [b"x\xff\n", b"x\x00\n"])
def test_bad_bytes_name_line_and_offset(run, tmp_path: Path, content: bytes):
    path = tmp_path / "bad.txt"
    path.write_bytes(b"ok\n" + content)
    code, _, err = run("validate", path)
    assert code == 3
    assert f"{path}:2: " in err


def test_a_reader_that_goes_away_is_no_error(lines):
    path = lines(*["x"] * 20_000)
    program = f"{sys.executable} -m hmer_suite canon {path} | head -1"
    found = subprocess.run(["sh", "-c", program], capture_output=True, text=True, env=os.environ)
    assert (found.stdout, found.stderr) == ("x\n", "")
