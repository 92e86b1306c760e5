"""The end of a run: planned by steps or by minutes, and brought forward by limits."""

from __future__ import annotations

from dataclasses import dataclass

from hmer_suite.settings.training import TrainConfig
from hmer_suite.train.state import Counters, Limits


def is_over(config: TrainConfig, counters: Counters, steps: int) -> bool:
    """Whether all `steps` or the planned minutes are done, or validation has not improved for `patience` times."""
    late = bool(config.minutes) and counters.seconds >= 60 * config.minutes
    return counters.step >= steps or late or bool(config.patience and counters.stale >= config.patience)


def time_share(config: TrainConfig, counters: Counters) -> float:
    """Share of the planned minutes that has passed, at most 1; 0 for a plan by epochs."""
    return min(1.0, counters.seconds / (60 * config.minutes)) if config.minutes else 0.0


@dataclass(frozen=True, slots=True)
class Horizon:
    """What ends a run or this session of it, for those who want to know how much is left.

    `steps` are all steps of the plan, `first` and `before` the step and the seconds with which the session started.
    """

    steps: int
    minutes: float
    limits: Limits
    first: int
    before: float

    def last_step(self, counters: Counters) -> int:
        """The step with which the session will end, at its speed so far; early stopping cannot be foreseen."""
        ends = [self.steps if self.limits.max_steps is None else min(self.steps, self.limits.max_steps)]
        times = [60 * self.minutes] if self.minutes else []
        if self.limits.max_minutes is not None:
            times.append(self.before + 60 * self.limits.max_minutes)
        if times and (seconds := self.seconds_per_step(counters)):
            ends.append(counters.step + round((min(times) - counters.seconds) / seconds))
        return max(counters.step, min(ends))

    def seconds_per_step(self, counters: Counters) -> float:
        """Seconds that a step took on average, with validations; 0 before the first."""
        steps = counters.step - self.first
        return (counters.seconds - self.before) / steps if steps > 0 else 0.0

    def minutes_left(self, counters: Counters) -> float:
        """Minutes until the session ends."""
        return (self.last_step(counters) - counters.step) * self.seconds_per_step(counters) / 60
