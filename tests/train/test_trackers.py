"""Trackers and other listeners: told of start, values, checkpoints and end; failures cost no run."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from hmer_suite.errors import PluginError, UsageError
from hmer_suite.specs.run_listener import RunListener, RunListenerSpec, RunStart
from hmer_suite.train import trackers
from hmer_suite.train.reporter import Reporter
from hmer_suite.train.start_run import Request, start_run
from hmer_suite.train.state import Limits
from tests.train.toy import train_toy

FAKE = {
    "wandb": """
import json, pathlib
class Run:
    def log(self, values, step): note("log", step, sorted(values))
    def finish(self): note("finish")
class config:
    @staticmethod
    def update(values, allow_val_change): note("config", values["recogniser"], values["lr"])
def note(*what):
    with open("calls.jsonl", "a") as file: file.write(json.dumps(what) + "\\n")
def init(project, name, dir):
    note("init", project, name, pathlib.Path(dir).name)
    return Run()
""",
    "mlflow": """
import json
class utils:
    class validation: MAX_PARAM_VAL_LENGTH, MAX_PARAMS_TAGS_PER_BATCH = 500, 100
def note(*what):
    with open("calls.jsonl", "a") as file: file.write(json.dumps(what) + "\\n")
def search_experiments(filter_string): return []
def create_experiment(name, artifact_location, tags): return name
def start_run(experiment_id, run_name, **_): note("init", experiment_id, run_name)
def log_params(values): note("config", values["recogniser"], values["lr"])
def log_metrics(values, step): note("log", step, sorted(values))
def end_run(): note("finish")
""",
}
"""Packages of trackers, as far as a run needs them, that write down how they are called."""


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Pictures of curves and samples take longer than the steps of the toy."""
    monkeypatch.setattr(Reporter, "_draw", lambda *_: None)


@pytest.mark.parametrize("name", FAKE)
def test_a_tracker_is_told_of_the_run(tmp_path, monkeypatch, name):
    (tmp_path / f"{name}.py").write_text(FAKE[name], "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    train_toy(tmp_path / "seed-3", steps=20, tracker=name)
    first, settings, *told, last = (tmp_path / "calls.jsonl").read_text().splitlines()
    assert first.startswith('["init", "hmer-suite", "seed-3"') and settings == '["config", "toy", 0.01]'
    assert '["log", 20, ["train/images_per_second", "train/loss", "train/lr"]]' in told
    assert '"validation/exprate", "validation/valid", "validation/wer"' in "".join(told)
    assert last == '["finish"]'
    assert not (tmp_path / "seed-3" / "tensorboard").exists()
    monkeypatch.delitem(sys.modules, name)


def test_without_trackers_nothing_is_written_but_the_log(tmp_path):
    train_toy(tmp_path, steps=2, tracker="none")
    assert not (tmp_path / "tensorboard").exists() and (tmp_path / "last").is_dir()


@pytest.mark.parametrize("name", ["wandb", "mlflow", "tensorboard"])
def test_a_package_that_is_not_installed_is_named_before_data_are_read(tmp_path, monkeypatch, name):
    monkeypatch.setattr(trackers, "find_spec", lambda package: None)
    with pytest.raises(UsageError, match=f"^tracker={name}: {name} is not installed: pip install {name}$"):
        start_run("wap", Request("absent", tmp_path, given=(f"tracker={name}",)), Limits())


def test_a_listener_that_nobody_offers(tmp_path):
    with pytest.raises(UsageError, match="no run listener is named wanbd; did you mean wandb"):
        train_toy(tmp_path, steps=1, tracker="wanbd")


@dataclass
class Notebook(RunListener):
    """Writes down what it is told; `fails` is a step from which on it fails."""

    start: RunStart
    fails: int = 1 << 30
    told: list[tuple[str, int, str]] = field(default_factory=list)

    def log(self, step, values):
        if step >= self.fails:
            raise ConnectionError("the line is dead")
        self.told.append(("log", step, min(values)))

    def checkpoint(self, step, folder: Path):
        self.told.append(("checkpoint", step, folder.name))

    def end(self, step, complete):
        self.told.append(("end", step, str(complete)))


@pytest.fixture
def notebooks(monkeypatch) -> list[Notebook]:
    """Notebooks of the listener ``notes``; it fails from step 40 on under the name ``tired``."""
    opened: list[Notebook] = []

    def start(of: RunStart, fails: int = 1 << 30) -> Notebook:
        opened.append(Notebook(of, fails))
        return opened[-1]

    notes = RunListenerSpec("notes", "Writes down", start)
    known = {"notes": notes, "tired": replace(notes, name="tired", start=lambda of: start(of, 40))}
    monkeypatch.setattr(trackers, "run_listener", known.__getitem__)
    return opened


def test_a_listener_hears_of_everything_in_order(tmp_path, notebooks):
    outcome = train_toy(tmp_path, epochs=2, tracker="notes", save_every=7)
    train_toy(tmp_path, epochs=2, tracker="notes", resume=True)
    first, second = notebooks
    assert (first.start.folder, first.start.recogniser, first.start.step) == (tmp_path, "toy", 0)
    assert first.start.planned == outcome.step and first.start.settings["save_every"] == 7
    assert ("checkpoint", 7, "last") in first.told and (
        "log",
        outcome.step,
        "validation/exprate",
    ) in first.told
    assert any(what[0::2] == ("checkpoint", "best") for what in first.told)
    assert first.told[-1] == ("end", outcome.step, "True")
    assert [step for _, step, _ in first.told] == sorted(step for _, step, _ in first.told)
    assert second.start.step == outcome.step and second.told[-1] == ("end", outcome.step, "True")


def test_a_listener_that_fails_is_left_out_and_the_run_goes_on(tmp_path, notebooks, capsys):
    outcome = train_toy(tmp_path, epochs=8, steps=60, tracker="tired,notes")
    tired, notes = notebooks
    assert outcome.step == 60 and max(step for _, step, _ in tired.told) < 60 == notes.told[-1][1]
    said = [line for line in capsys.readouterr().err.splitlines() if "tired" in line]
    assert len(said) == 1 and "ConnectionError: the line is dead" in said[0]
    assert said[0].startswith("hmer-suite: warning: tracker tired failed: ")


def test_one_that_cannot_start_fails_before_the_first_step(tmp_path, monkeypatch):
    def start(of):
        raise PluginError("plugin x failed: no account")

    monkeypatch.setattr(trackers, "run_listener", lambda name: RunListenerSpec(name, "x", start))
    with pytest.raises(PluginError, match="no account"):
        train_toy(tmp_path, steps=1, tracker="x")
    assert not (tmp_path / "last").exists()
