"""Signals that a library swallows: a command ends by them all the same, and soon."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
from collections.abc import Callable

import pytest
import typer

from hmer_suite.cli import interrupts
from hmer_suite.cli.interrupts import SIGNALS, Interrupted, interruptible

MANY = 10**8


def send() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def catch_all(_: object) -> None:
    with contextlib.suppress(BaseException):
        send()


def import_a_module_without_which_it_goes(folder) -> None:
    (folder / "signals_as_it_is_imported.py").write_text(
        "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n"
    )
    try:
        importlib.import_module("signals_as_it_is_imported")
    except BaseException:
        sys.modules.pop("signals_as_it_is_imported", None)


def drop_an_object(_: object) -> None:
    class Dropped:
        def __del__(self) -> None:
            send()

    del [Dropped()][0]


SWALLOWED = [catch_all, import_a_module_without_which_it_goes, drop_an_object]


@pytest.mark.parametrize("swallow", SWALLOWED, ids=lambda function: function.__name__)
def test_a_swallowed_signal_is_raised_again(tmp_path, monkeypatch, capsys, swallow: Callable[[object], None]):
    monkeypatch.syspath_prepend(tmp_path)
    handler, hook, steps = signal.getsignal(signal.SIGTERM), sys.unraisablehook, 0
    with pytest.raises(typer.Exit) as ended, interruptible():
        swallow(tmp_path)
        while steps < MANY:
            steps += 1
    assert (ended.value.exit_code, capsys.readouterr().err) == (143, "hmer-suite: interrupted\n")
    assert steps < MANY
    assert (signal.getsignal(signal.SIGTERM), sys.unraisablehook) == (handler, hook)


def test_a_signal_whose_exception_is_kept_counts_at_the_end(capsys):
    kept = []
    with pytest.raises(typer.Exit) as ended, interruptible():
        try:
            send()
        except Interrupted as error:
            kept.append(error)
    assert (ended.value.exit_code, capsys.readouterr().err) == (143, "hmer-suite: interrupted\n")


def test_a_signal_that_a_library_turns_into_an_error_of_its_own(capsys):
    with pytest.raises(typer.Exit) as ended, interruptible():
        try:
            send()
        except BaseException as error:
            raise ImportError("no such library") from error
    assert (ended.value.exit_code, capsys.readouterr().err) == (143, "hmer-suite: interrupted\n")


def test_what_a_command_has_done_is_said(capsys):
    with pytest.raises(typer.Exit), interruptible():
        try:
            send()
        except Interrupted as error:
            error.report = "3 of 5 are kept"
            raise
    assert capsys.readouterr().err == "hmer-suite: interrupted: 3 of 5 are kept\n"


def test_an_error_without_a_signal_stays_what_it_is():
    with pytest.raises(ZeroDivisionError), interruptible():
        1 / 0  # noqa: B018


def test_other_exceptions_of_destructors_are_still_reported(capsys):
    class Broken:
        def __del__(self) -> None:
            raise ValueError("of a destructor")

    hook = sys.unraisablehook
    sys.unraisablehook = interrupts._quiet
    try:
        del [Broken()][0]
    finally:
        sys.unraisablehook = hook
    assert "ValueError: of a destructor" in capsys.readouterr().err


@pytest.mark.parametrize("name", SIGNALS)
def test_every_command_is_interruptible(run, monkeypatch, name):
    """A signal while a command runs, whichever it is: the handler stands around all of them."""
    from hmer_suite.latex import problems

    number = getattr(signal, name)
    former = signal.signal(number, signal.SIG_DFL)  # ignored where the tests run under nohup
    try:
        monkeypatch.setattr(problems, "validate", lambda *_, **__: os.kill(os.getpid(), number))
        found = run("validate", __file__)
    finally:
        signal.signal(number, former)
    assert found == (128 + number, "", "hmer-suite: interrupted\n")
