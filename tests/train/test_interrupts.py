"""Signals, a second training in one folder, ruined weights and full disks: nothing is lost, and one line says so."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from hmer_suite.cli import main
from hmer_suite.errors import InputError, TrainingError, UsageError
from hmer_suite.train import loop, start_run
from hmer_suite.train.checkpoint import read_checkpoint, read_state
from hmer_suite.train.run_lock import locked
from hmer_suite.train.state import Limits
from tests.train.test_loop import assert_same
from tests.train.toy import TOY, data, train_toy

SETTINGS = {"epochs": 5000, "save_every": 10**6, "validate_every": 10**6, "device": "cpu", "threads": 1}


def train_by_command(out: Path, words: list[str], hold: str) -> None:
    """``hmer-suite train toy`` in a process that was forked; it stays for ever in the function that `hold` names."""
    files = [os.open(out.with_suffix(f".{name}"), os.O_CREAT | os.O_WRONLY) for name in ("out", "err")]
    for place, file in enumerate(files, start=1):
        os.dup2(file, place)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored where the tests run under nohup
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
    start_run.recogniser = lambda name: TOY
    start_run._open = lambda *_: data()
    if hold == "open":
        start_run._open = lambda *_: wait_for_ever(out)
    if hold == "step":
        loop.step = lambda *_: wait_for_ever(out)
    given = [word for name, value in SETTINGS.items() for word in ("--set", f"{name}={value}")]
    sys.argv = ["hmer-suite", "train", "toy", *(words or ["--out", str(out), *given])]
    main()


def wait_for_ever(out: Path) -> None:
    out.with_suffix(".held").touch()
    while True:
        time.sleep(3600)


def started(out: Path, words: list[str] | None = None, hold: str = "") -> BaseProcess:
    process = multiprocessing.get_context("fork").Process(
        target=train_by_command, args=(out, words or [], hold)
    )
    process.start()
    return process


def wait_until(true: Callable[[], bool], process: BaseProcess) -> None:
    """Wait for a file that a process writes; it fails if the process ends first."""
    while not true():
        assert process.is_alive()
        time.sleep(0.01)


def end(process: BaseProcess, number: int) -> int | None:
    os.kill(process.pid or 0, number)
    process.join(120)
    return process.exitcode


@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_ends_the_step_saves_and_says_how_to_go_on(tmp_path, number, code):
    out = tmp_path / "run"
    process = started(out)
    wait_until((out / "log.jsonl").is_file, process)
    assert end(process, getattr(signal, number)) == code
    said = out.with_suffix(".err").read_text()
    assert "hmer-suite: interrupted: finishing the step and saving; a second signal ends at once\n" in said
    assert f"hmer-suite: interrupted: saved; continue with hmer-suite train toy --resume {out}\n" in said
    assert "Traceback" not in said and "stopped; continue" in out.with_suffix(".out").read_text()
    step = read_checkpoint(out / "last").description.step
    assert step >= 20
    if number == "SIGINT":
        settings = {name: value for name, value in SETTINGS.items() if name not in ("device", "threads")}
        train_toy(tmp_path / "whole", steps=step, **settings)
        assert_same(tmp_path / "whole", out)


def test_a_second_signal_ends_at_once(tmp_path):
    process = started(tmp_path / "run", hold="step")
    wait_until((tmp_path / "run.held").is_file, process)
    os.kill(process.pid or 0, signal.SIGINT)
    wait_until(lambda: "finishing the step" in (tmp_path / "run.err").read_text(), process)
    assert end(process, signal.SIGINT) == -signal.SIGINT


def test_a_signal_before_the_first_step_ends_at_once(tmp_path):
    process = started(tmp_path / "run", hold="open")
    wait_until((tmp_path / "run.held").is_file, process)
    assert end(process, signal.SIGTERM) == 143
    assert (tmp_path / "run.err").read_text() == "hmer-suite: interrupted\n"


def test_two_trainings_do_not_write_into_one_folder(tmp_path, monkeypatch):
    out = tmp_path / "run"
    process = started(out, hold="step")
    wait_until((tmp_path / "run.held").is_file, process)
    monkeypatch.setattr(start_run, "recogniser", lambda name: TOY)
    request = start_run.Request("squares", out)
    with pytest.raises(UsageError, match=f"process {process.pid} is training into it"):
        start_run.start_run("toy", request, Limits())
    with pytest.raises(UsageError, match=f"process {process.pid} is training into it"):
        start_run.resume_run("toy", out, Limits())
    assert end(process, signal.SIGKILL) == -signal.SIGKILL
    with locked(out):
        pass  # a dead process holds nothing


def test_nothing_to_resume(tmp_path):
    with pytest.raises(InputError, match="nowhere: no such checkpoint folder"):
        start_run.resume_run("toy", tmp_path / "nowhere", Limits())
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "rubbish", [b"\0" * 4096, b'{"step": 3, "lo', b"\xff\xfe\n", b"[" * 100_000 + b"\n", b'{"step": "x"}\n']
)
def test_a_torn_log_does_not_stop_a_run(tmp_path, rubbish):
    train_toy(tmp_path, steps=20)
    log = tmp_path / "log.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole + rubbish)
    train_toy(tmp_path, steps=21, resume=True)
    assert log.read_bytes() == whole and b'"step": 20' in whole


def test_ruined_weights_are_no_good_checkpoint(tmp_path):
    with pytest.raises(TrainingError, match=r"after step 2: .*No checkpoint was written before; a lower lr"):
        train_toy(tmp_path, steps=2, save_every=5, lr=1e9, optimiser="sgd", warmup_steps=0)
    assert not (tmp_path / "last").exists()


def test_ruined_weights_leave_the_last_good_checkpoint(tmp_path, monkeypatch):
    train_toy(tmp_path, steps=2, save_every=1)
    step = loop.step

    def ruin(run, batch):
        result = step(run, batch)
        next(run.plain_model.parameters()).data.fill_(float("nan"))
        return result

    monkeypatch.setattr(loop, "step", ruin)
    with pytest.raises(TrainingError, match=r"after step 3: .*last is the last good checkpoint"):
        train_toy(tmp_path, save_every=1, resume=True)
    assert read_state(read_checkpoint(tmp_path / "last")).counters["step"] == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line(tmp_path):
    (tmp_path / "log.jsonl").symlink_to("/dev/full")
    with pytest.raises(
        InputError, match=r"log\.jsonl: (cannot write: No space left on device|neither a file)"
    ):
        train_toy(tmp_path, steps=20)
    assert not json.dumps(sorted(os.listdir(tmp_path))).count(".new")
