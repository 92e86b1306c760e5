"""The loop: learns, resumes exactly, is killed without harm, gives the same on two processes, and fails clearly."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from hmer_suite.errors import InputError, TrainingError
from hmer_suite.settings.resolve import resolve
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train import loop
from hmer_suite.train.checkpoint import read_checkpoint
from hmer_suite.train.loop import train
from hmer_suite.train.state import Limits
from tests.train.toy import TOY, Toy, data, train_toy

ROOT = Path(__file__).resolve().parents[2]


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def assert_same(first: Path, second: Path) -> None:
    for name in ("model.safetensors", "training.safetensors"):
        ours, theirs = load_file(first / "last" / name), load_file(second / "last" / name)
        assert ours.keys() == theirs.keys()
        for key in ours:
            assert torch.equal(ours[key], theirs[key]), f"{name}: {key}"


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}


def test_learns_and_keeps_the_best(tmp_path):
    outcome = train_toy(tmp_path, epochs=25, augmentation=False, dropout=0.0)
    assert outcome.complete
    assert outcome.best == 100.0
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in log if "validation" in entry][-1] == outcome.step
    assert min(entry["loss"] for entry in log if "loss" in entry) < 0.3
    best = read_checkpoint(tmp_path / "best")
    assert best.description.metrics["validation"]["exprate"] == 100.0
    model = best.build(TOY)
    assert not model.training
    for picture in ("curves.png", "samples.png"):
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")
    assert list((tmp_path / "tensorboard").iterdir())


def test_resume_gives_the_same_weights_bit_for_bit(tmp_path):
    """Stopped in the first step, in the middle of an epoch, at its end, and in the next."""
    settings = {"ema": 0.9, "schedule": "plateau", "plateau_patience": 1, "optimiser": "adadelta", "lr": 1.0}
    train_toy(tmp_path / "whole", steps=30, **settings)
    for index, stop in enumerate((1, 7, 13, 20, 30)):
        train_toy(tmp_path / "parts", steps=stop, resume=index > 0, **settings)
    assert_same(tmp_path / "whole", tmp_path / "parts")


@pytest.mark.parametrize("optimiser", ["adamw", "sgd"])
def test_resume_with_every_optimiser(tmp_path, optimiser):
    train_toy(tmp_path / "whole", steps=16, optimiser=optimiser)
    train_toy(tmp_path / "parts", steps=9, optimiser=optimiser)
    train_toy(tmp_path / "parts", steps=16, resume=True, optimiser=optimiser)
    assert_same(tmp_path / "whole", tmp_path / "parts")


class Tied(Toy):
    """The output's matrix is that of the embedding."""

    def __init__(self, options, vocabulary):
        super().__init__(options, vocabulary)
        self.output.weight = self.embedding.weight


def test_tied_weights_are_saved_and_stay_tied(tmp_path):
    spec = replace(TOY, build=Tied)
    settings = resolve(spec, given={"device": "cpu", "threads": 1, "ema": 0.9})
    for folder, stops in (("whole", (6,)), ("parts", (3, 6))):
        for number, steps in enumerate(stops):
            limits = Limits(max_steps=steps)
            train(spec, settings, data(), tmp_path / folder, limits=limits, resume=number > 0)
    assert_same(tmp_path / "whole", tmp_path / "parts")
    model = read_checkpoint(tmp_path / "parts" / "last").build(spec)
    assert model.output.weight is model.embedding.weight


def test_one_process_may_train_with_one_precision_and_then_another(tmp_path):
    for precision in ("bf16", "fp32"):
        assert train_toy(tmp_path / precision, steps=2, precision=precision).step == 2


def test_number_of_workers_changes_nothing(tmp_path):
    for workers in (0, 3):
        train_toy(tmp_path / str(workers), steps=8, workers=workers)
    assert_same(tmp_path / "0", tmp_path / "3")


def test_killed_at_any_point_and_resumed(tmp_path):
    """kill -9 while it trains and saves, at moments that nobody chose."""
    settings = {"ema": 0.9, "save_every": 2, "clip": 1.0}
    train_toy(tmp_path / "whole", steps=60, **settings)
    out, kills, rng = tmp_path / "killed", 0, random.Random(0)
    for _ in range(8):
        process = multiprocessing.get_context("fork").Process(target=go_on, args=(out, settings))
        process.start()
        process.join(rng.uniform(0.05, 0.6))
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.join()
    assert kills
    go_on(out, settings)
    assert_same(tmp_path / "whole", out)


def go_on(out: Path, settings: dict) -> None:
    train_toy(out, steps=60, resume=(out / "last").exists() or (out / ".last.old").exists(), **settings)


# accelerate starts several processes on the CPU by itself only as it does for GPUs; the toy asks for the CPU.
LAUNCH = (
    "-m accelerate.commands.launch --multi_gpu --num_processes 2 --num_machines 1 --mixed_precision no "
    "--dynamo_backend no --main_process_port 0"
).split()


def run_toy(prefix: list[str], *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *prefix, "-m", "tests.train.toy", *map(str, words)]
    return subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=600, check=False
    )


@pytest.fixture(scope="module")
def trained_by_two(tmp_path_factory) -> Path:
    """Twenty steps of two processes, without dropout."""
    out = tmp_path_factory.mktemp("two")
    done = run_toy(LAUNCH, out, 20, 4, "steady")
    assert done.returncode == 0, done.stderr[-2000:]
    return out


def test_two_processes_train_to_the_weights_of_one_with_twice_the_batch(trained_by_two, tmp_path):
    """Dropout draws other numbers on each process, so it is off here; all else is the same computation."""
    settings = {"save_every": 3, "ema": 0.9, "clip": 1.0}
    train_toy(tmp_path, steps=20, batch_size=8, dropout=0.0, **settings)
    counters = [
        json.loads((out / "last" / "training.json").read_text()) for out in (trained_by_two, tmp_path)
    ]
    # With one process of four, 20 steps are one epoch and a half.
    assert [c["epoch"] for c in counters] == [2, 2]
    two, one = weights(trained_by_two / "last"), weights(tmp_path / "last")
    for name in one:
        torch.testing.assert_close(two[name], one[name], rtol=1e-4, atol=1e-5)


def test_a_process_that_is_killed_ends_the_other_with_a_line_and_both_resume(trained_by_two, tmp_path):
    """With two processes to the weights of an uninterrupted run, bit for bit.

    With one, training goes on from the checkpoint, to the same bits however often it is interrupted again, but not to
    those of two: a batch is then of one process's samples.
    """
    done = run_toy(LAUNCH, tmp_path / "two", 20, 4, "steady", "doomed")
    lines = [line for line in done.stderr.splitlines() if "hmer-suite: error: " in line]
    assert done.returncode and len(lines) == 1 and "another process of this training has ended" in lines[0]
    assert read_checkpoint(tmp_path / "two" / "last").description.step == 7  # that of the validation
    shutil.copytree(tmp_path / "two", tmp_path / "one")
    shutil.copytree(tmp_path / "two", tmp_path / "again")
    done = run_toy(LAUNCH, tmp_path / "two", 20, 4, "steady", "resume")
    assert done.returncode == 0, done.stderr[-2000:]
    assert_same(trained_by_two, tmp_path / "two")
    settings = {"save_every": 3, "ema": 0.9, "clip": 1.0}
    for out, limits in (("one", (20,)), ("again", (8, 13, 20))):
        for steps in limits:
            train_toy(tmp_path / out, steps=steps, batch_size=4, dropout=0.0, resume=True, **settings)
    assert read_checkpoint(tmp_path / "one" / "last").description.step == 20
    assert_same(tmp_path / "one", tmp_path / "again")


def test_loss_that_is_not_finite_stops_with_the_ids(tmp_path):
    train_toy(tmp_path, steps=2, save_every=1, poison=1.0)
    with pytest.raises(TrainingError, match=r"not finite; samples: train-007\."):
        train_toy(tmp_path, resume=True, on=data(blank=7), poison=1.0)
    assert read_checkpoint(tmp_path / "last").description.step >= 2


def test_too_little_memory_says_what_helps(tmp_path, monkeypatch):
    def starved(*_, **__):
        raise RuntimeError(
            "[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory: 12 bytes"
        )

    monkeypatch.setattr(loop, "step", starved)
    with pytest.raises(TrainingError, match="batch_size"):
        train_toy(tmp_path)


def test_what_was_learnt_is_saved_if_a_sample_cannot_be_read(tmp_path):
    """A set that is drawn anew fails in its second epoch, is mended, and is learnt from as if nothing had been."""
    samples = data().train

    def failing(seed: int, epoch: int) -> SampleSet:
        if epoch:
            raise InputError("square 7: blank image")
        return samples

    whole, broken = (replace(samples, redraw=redraw) for redraw in (lambda *_: samples, failing))
    with pytest.raises(InputError, match="square 7"):
        train_toy(tmp_path / "parts", steps=20, save_every=1000, on=replace(data(), train=broken))
    stopped = json.loads((tmp_path / "parts" / "last" / "training.json").read_text())["step"]
    assert 0 < stopped < 20
    for name, resume in (("whole", False), ("parts", True)):
        train_toy(tmp_path / name, steps=20, save_every=1000, resume=resume, on=replace(data(), train=whole))
    assert_same(tmp_path / "whole", tmp_path / "parts")


def test_resume_refuses_other_data(tmp_path):
    train_toy(tmp_path, steps=2)
    with pytest.raises(InputError, match="other samples"):
        train_toy(tmp_path, resume=True, on=data(number=49))


def test_early_stopping(tmp_path):
    outcome = train_toy(tmp_path, epochs=60, lr=1e-9, patience=2)
    assert outcome.complete
    assert outcome.step == 3 * 13


def test_limits_do_not_change_the_schedule(tmp_path):
    """A run stopped at a step has the weights that a longer one passes through."""
    train_toy(tmp_path / "long", steps=30, save_every=10)
    train_toy(tmp_path / "short", steps=10)
    train_toy(tmp_path / "short", steps=30, resume=True)
    assert_same(tmp_path / "long", tmp_path / "short")
