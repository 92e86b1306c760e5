"""Fixtures of the command line's tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hmer_suite.cli import main


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command in this process; gives exit code, stdout and stderr."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hmer-suite", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return stopped.value.code or 0, captured.out, captured.err

    return call


@pytest.fixture
def lines(tmp_path: Path):
    def write(*texts: str) -> Path:
        path = tmp_path / "lines.txt"
        path.write_text("".join(text + "\n" for text in texts), "utf-8")
        return path

    return write


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    refs = tmp_path / "refs.tsv"
    refs.write_text("a\tx^2\nb\t\\frac12\nc\ty\nd\tz\n", "utf-8")
    preds = tmp_path / "preds.tsv"
    preds.write_text("c\tY\na\tx ^ { 2 }\nb\t\\frac { 1 } { 2\n", "utf-8")
    return preds, refs
