"""Bars and spinners on a terminal, and silence elsewhere; tables."""

from __future__ import annotations

import io
import sys

import pytest

from hmer_suite.terminal import columns, progress_bar, spinner


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def stderr_as_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal in the place of stderr; called in the test, since pytest captures stderr again after fixtures."""
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


def test_a_bar_moves_and_is_removed(monkeypatch: pytest.MonkeyPatch):
    terminal = stderr_as_terminal(monkeypatch)
    with progress_bar("reading", 8) as bar:
        assert bar.shown
        bar.advance()
        bar.advance(4)
    assert "reading" in terminal.getvalue() and "5/8" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")  # the line is erased


def test_a_bar_that_is_kept_resumes_with_notes_and_lines_above_it(monkeypatch: pytest.MonkeyPatch):
    terminal = stderr_as_terminal(monkeypatch)
    with progress_bar("training", 100, completed=40, keep=True) as bar:
        bar.move_to(60, "loss 0.125")
        bar.write("step 60: [the best so far]")
    shown = terminal.getvalue()
    assert "60/100" in shown and "loss 0.125" in shown and "step 60: [the best so far]" in shown
    assert not shown.endswith("\x1b[2K")


def test_a_spinner_shows_its_description(monkeypatch: pytest.MonkeyPatch):
    terminal = stderr_as_terminal(monkeypatch)
    with spinner("drawing"):
        pass
    assert "drawing" in terminal.getvalue()


def test_without_a_terminal_only_lines_are_written(capsys: pytest.CaptureFixture[str]):
    with progress_bar("reading", 8) as bar, spinner("drawing"):
        assert not bar.shown
        bar.advance()
        bar.move_to(3, "loss 1")
        bar.write("a line")
    assert capsys.readouterr() == ("", "a line\n")


def test_a_single_step_has_no_bar(monkeypatch: pytest.MonkeyPatch):
    terminal = stderr_as_terminal(monkeypatch)
    with progress_bar("reading", 1) as bar:
        bar.advance()
    assert terminal.getvalue() == ""


def test_columns_are_aligned_to_the_left():
    assert columns([("name", "type"), ("x", "int"), ("hidden", "")]) == [
        "name    type",
        "x       int",
        "hidden",
    ]
