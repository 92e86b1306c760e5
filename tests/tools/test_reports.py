"""Every report script imports, explains its options, and has a make target."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted(
    path.stem
    for path in (ROOT / "tools" / "reports").glob("*.py")
    if "def main(" in path.read_text(encoding="utf-8")
)


def test_there_are_scripts():
    assert {"leaderboard", "recogniser", "wap"} <= set(SCRIPTS)


def test_a_missing_file_is_one_line_and_its_exit_code(tmp_path):
    missing = str(tmp_path / "missing")
    tool = [
        sys.executable,
        "-m",
        "tools.reports.scores",
        "--data",
        missing,
        "--out",
        str(tmp_path / "report.md"),
    ]
    ended = subprocess.run(tool, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 3
    assert ended.stderr.startswith("error: ") and missing in ended.stderr and ended.stderr.count("\n") == 1


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_explains_its_options(name, capsys, monkeypatch):
    try:
        module = importlib.import_module(f"tools.reports.{name}")
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in sys.stdlib_module_names or (ROOT / package).exists() or package.startswith("hmer_"):
            raise
        pytest.skip(f"needs the package {package}")
    monkeypatch.setattr(sys, "argv", [f"{name}.py", "--help"])
    with pytest.raises(SystemExit) as ended:
        module.main()
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert "--out" in printed
    summary = (module.__doc__ or "").splitlines()[0]
    assert "".join(summary.split()) in "".join(printed.split())


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_docstring_has_the_command(name):
    text = (ROOT / "tools" / "reports" / f"{name}.py").read_text(encoding="utf-8")
    assert f"python -m tools.reports.{name} " in text.partition("from __future__")[0]


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_every_script_has_a_make_target():
    listed = subprocess.run(
        ["make", "--no-print-directory", "-C", str(ROOT), "help"], capture_output=True, text=True, check=True
    ).stdout
    targets = {line.split()[0] for line in listed.splitlines() if line.strip()}
    assert {f"report-{name}" for name in SCRIPTS} <= targets
