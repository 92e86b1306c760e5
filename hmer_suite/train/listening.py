"""Those who listen to one run: told of it one after the other, and left out once they fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hmer_suite.errors import HmerSuiteError
from hmer_suite.plugin_calls import plugin_code
from hmer_suite.specs.run_listener import RunListener, RunListenerSpec, RunStart
from hmer_suite.terminal import note


class Listeners:
    """The listeners of a run; whatever one of them raises costs a warning, never the run."""

    def __init__(self, specs: Sequence[RunListenerSpec], start: RunStart):
        """Start them; raises what a spec's `start` raises, as nothing is lost yet."""
        self.listeners = {spec.name: spec.start(start) for spec in specs}

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Tell them the values of a step."""
        self._tell(lambda listener: listener.log(step, values))

    def checkpoint(self, step: int, folder: Path) -> None:
        """Tell them of a checkpoint that has been written."""
        self._tell(lambda listener: listener.checkpoint(step, folder))

    def end(self, step: int, complete: bool) -> None:
        """Tell them that the run has ended."""
        self._tell(lambda listener: listener.end(step, complete))
        self.listeners = {}

    def _tell(self, what: Callable[[RunListener], None]) -> None:
        for name, listener in list(self.listeners.items()):
            try:
                with plugin_code(f"tracker {name} failed"):
                    what(listener)
            except HmerSuiteError as error:
                del self.listeners[name]
                note(f"hmer-suite: warning: {error}; the run goes on without it")
