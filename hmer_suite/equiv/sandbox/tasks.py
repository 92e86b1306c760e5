"""Questions on their way to a worker, and the callers that wait for them."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hmer_suite.equiv.sandbox.worker import Question
from hmer_suite.equiv.verdict import CRASH, TIMEOUT, UNDECIDED, Verdict

LOSSES = 2
"""Workers that may die at a pair before it is UNDECIDED: a worker may be killed from outside once."""

_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Task:
    """A question on its way: *verdict* when it is answered, *error* if it never will be, *losses* of workers at it."""

    question: Question
    verdict: Verdict | None = None
    error: Exception | None = None
    losses: int = 0

    @property
    def done(self) -> bool:
        """Whether the task needs no more waiting."""
        return self.verdict is not None or self.error is not None


@dataclass(eq=False, slots=True)
class Asker:
    """A caller of a judge, with its tasks that no worker has yet; callers are served in turn."""

    thread: int = field(default_factory=threading.get_ident)
    tasks: deque[Task] = field(default_factory=deque)
    queued: bool = False

    def give_up(self, error: Exception) -> None:
        """Leave the tasks without an answer, for this reason."""
        for task in self.tasks:
            task.error = error
        self.tasks.clear()
        self.queued = False


def verdict_of(task: Task, answer: Mapping[str, Any]) -> Verdict | None:
    """The verdict in the answer of a worker; None if the pair is to be decided again."""
    died = answer.get("died")
    if died is None:
        return Verdict.from_json(answer)
    if died == TIMEOUT:
        return Verdict(UNDECIDED, TIMEOUT, reason=TIMEOUT, seconds=task.question.seconds)
    if died != CRASH:
        return Verdict(UNDECIDED, "unsupported", reason=died)
    return lost_again(task, f"worker died with status {answer['status']}", answer["printed"])


def lost_again(task: Task, ended: str, printed: str) -> Verdict | None:
    """The verdict after a worker was lost at a task, with a warning; None at the first loss."""
    task.losses += 1
    if task.losses < LOSSES:
        return None
    question = task.question
    _log.warning("%s at %.200r and %.200r%s", ended, question.first, question.second, _gist(printed))
    _log.debug("it printed: %s", printed)
    return Verdict(UNDECIDED, "unsupported", reason=CRASH)


def _gist(printed: str) -> str:
    """The line of a worker's last output that says why it died."""
    lines = printed.splitlines()
    return f": {lines[-1 if lines[0].startswith('Traceback') else 0]}" if lines else ""
