"""Plans by minutes: schedule and run end with them; what is left counts every limit."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from hmer_suite.settings.training import TrainConfig
from hmer_suite.train import loop, reporter
from hmer_suite.train.checkpoint import read_checkpoint
from hmer_suite.train.optim import learning_rate
from hmer_suite.train.plan import Horizon, time_share
from hmer_suite.train.state import Counters, Limits
from tests.train.toy import train_toy


class Clock:
    """A clock on which each look takes as long as the last one says."""

    def __init__(self, tick: float):
        self.now, self.tick = 0.0, tick

    def monotonic(self) -> float:
        self.now += self.tick
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    found = Clock(1.0)
    monkeypatch.setattr(reporter.Reporter, "_draw", lambda *_: None)
    for module in (loop, reporter):
        monkeypatch.setattr(module, "time", found)
    return found


def rates(folder) -> list[float]:
    lines = map(json.loads, (folder / "log.jsonl").read_text().splitlines())
    return [line["lr"] for line in lines if "lr" in line]


def test_run_and_schedule_end_with_the_minutes(tmp_path, clock, monkeypatch):
    monkeypatch.setattr(reporter, "LOG_EVERY", 1)
    outcome = train_toy(tmp_path, minutes=0.5, epochs=1000, warmup_steps=2, lr=1.0, validate_every=1000)
    assert outcome.complete and outcome.seconds == pytest.approx(30, abs=3)
    found = rates(tmp_path)
    assert found[1] > 0.9 and found[-1] < 0.05 and found[2:] == sorted(found[2:], reverse=True)
    validated = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in validated if "validation" in line][-1] == outcome.step


def test_minutes_are_counted_over_all_sessions(tmp_path, clock):
    settings = {"minutes": 0.5, "epochs": 1000, "validate_every": 1000}
    first = train_toy(tmp_path, steps=4, **settings)
    assert not first.complete
    second = train_toy(tmp_path, resume=True, **settings)
    assert second.complete and second.seconds == pytest.approx(30, abs=3)
    assert train_toy(tmp_path, resume=True, **settings).step == second.step


def test_epochs_end_a_run_with_minutes_to_spare(tmp_path):
    outcome = train_toy(tmp_path, minutes=600, epochs=1, validate_every=1000)
    assert outcome.complete and read_checkpoint(tmp_path / "last").description.step == outcome.step


def test_the_cosine_follows_what_is_ahead():
    config = TrainConfig(minutes=10, warmup_steps=10, lr=1.0)
    half = time_share(config, Counters(seconds=300))
    assert half == 0.5
    assert learning_rate(config, 100, 100_000, time_share=half) == pytest.approx(0.505, abs=1e-3)
    assert learning_rate(config, 100, 100_000, time_share=1.0) == pytest.approx(0.01)
    assert learning_rate(config, 99_999, 100_000, time_share=half) == pytest.approx(0.01, abs=1e-3)
    assert learning_rate(config, 4, 100_000, time_share=half) == pytest.approx(0.505 / 2, abs=1e-3)
    assert time_share(replace(config, minutes=0), Counters(seconds=300)) == 0


@pytest.mark.parametrize(
    ("limits", "minutes", "last"),
    [
        (Limits(), 0.0, 1000),
        (Limits(max_steps=300), 0.0, 300),
        (Limits(max_minutes=2), 0.0, 160),  # 40 steps and 120 s after step 40, at 1 s a step
        (Limits(max_minutes=2, max_steps=120), 0.0, 120),
        (Limits(), 3.0, 140),
        (Limits(max_minutes=1), 3.0, 100),
        (Limits(max_minutes=600), 300.0, 1000),
    ],
)
def test_what_is_left_counts_every_limit(limits, minutes, last):
    horizon = Horizon(1000, minutes, limits, first=40, before=80.0)
    now = Counters(step=90, seconds=130.0)
    assert horizon.last_step(now) == last
    assert horizon.minutes_left(now) == pytest.approx((last - 90) / 60)


def test_nothing_is_foreseen_before_the_first_step():
    horizon = Horizon(1000, 5.0, Limits(max_minutes=1), first=0, before=0.0)
    assert horizon.last_step(Counters()) == 1000 and horizon.minutes_left(Counters()) == 0


def test_a_line_says_how_long_the_limit_leaves(tmp_path, clock, monkeypatch, capsys):
    clock.tick = 3.0
    monkeypatch.setattr(reporter, "LOG_EVERY", 1)
    train_toy(tmp_path, epochs=500, minutes=3, validate_every=1000)
    left = [int(text) for text in re.findall(r"(\d+) min left", capsys.readouterr().err)]
    assert left[0] <= 3 and left[-1] == 0 and left == sorted(left, reverse=True)
