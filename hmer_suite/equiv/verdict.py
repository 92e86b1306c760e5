"""The verdict on two formulas, the step that found it, and the reasons for none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

EQUAL, DIFFERENT, UNDECIDED = "EQUAL", "DIFFERENT", "UNDECIDED"

AMBIGUOUS = "ambiguous"
"""Plausible readings of the notation disagree: `f(x)` as a product and as an application, `e` as a letter."""
UNPROVEN = "unproven"
"""No difference was found and no proof either."""
MEMORY = "memory"
"""The worker exceeded its memory."""
TIMEOUT = "timeout"
"""The pair exceeded its CPU time."""
CRASH = "crash"
"""The worker died for another reason than its limits: a fault in C code, or an exception."""
LENGTH = "length"
"""The pair is too long to be read (`judge.LONGEST`)."""
NO_ANSWER = "no-answer"
"""A text in words, or one cut short, in which no answer was found (see `answers`)."""
SEVERAL_ANSWERS = "several-answers"
"""A text says its answer more than once, and the verdict would not be the same for all."""

WHY_UNDECIDED = {
    TIMEOUT: "the time limit was reached",
    MEMORY: "the memory limit was reached",
    CRASH: "the engine failed",
    LENGTH: "too long to be decided",
    "depth": "too deeply nested to be decided",
    AMBIGUOUS: "the notation has several plausible readings",
    UNPROVEN: "neither a proof nor a difference was found",
    "unparsed": "one side is not valid LaTeX",
    "unsupported": "notation without a known meaning",
}
"""Why a verdict was not reached, in words."""


def reason_in_words(reason: str) -> str:
    """A reason of an undecided verdict in words; one that is words already stays."""
    return WHY_UNDECIDED.get(reason, reason)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was taken as the answer of a text, and the switches that found it; by none, the whole text."""

    text: str
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedAnswers:
    """What a verdict on answers was given for.

    Attributes:
        switches: those that were on.
        first: the answer of the first text; several if it says more than one, none if none was found.
        second: likewise of the second.
        forgave: the switches that made a difference not count.
    """

    switches: tuple[str, ...]
    first: tuple[Answer, ...]
    second: tuple[Answer, ...]
    forgave: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> ComparedAnswers:
        """The object of a document of `Verdict.to_json`."""
        first, second = (
            tuple(Answer(answer["text"], tuple(answer["by"])) for answer in document[side])
            for side in ("first", "second")
        )
        return cls(tuple(document["switches"]), first, second, tuple(document["forgave"]))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to the question whether two formulas mean the same.

    Attributes:
        verdict: `EQUAL`, `DIFFERENT` or `UNDECIDED`.
        how: the deciding step: ``identical``, ``canonical``, ``structural``, ``numeric`` or ``symbolic``; for an
            undecided pair ``timeout``, ``unparsed`` (the grammar refuses a side) or ``unsupported``.
        witness: for a numeric DIFFERENT, values of the letters at which the sides differ, exact numbers as text;
            otherwise None.
        reason: a word for why a pair is undecided: `how`, or for ``unsupported`` the obstacle (`AMBIGUOUS`,
            `UNPROVEN`, `MEMORY`, `CRASH`, `LENGTH`, ``depth``); empty for a decided pair.
        seconds: CPU time of the decision; not part of a comparison of verdicts.
        answers: what was taken as the answers of the texts, if answers were asked for.
    """

    verdict: str
    how: str
    witness: Mapping[str, str] | None = None
    reason: str = ""
    seconds: float = field(default=0.0, compare=False)
    answers: ComparedAnswers | None = None

    def to_json(self) -> dict[str, object]:
        """The verdict as a JSON object, one key for each attribute; ``answers`` only where it is set."""
        document = asdict(self)
        if self.answers is None:
            del document["answers"]
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Verdict:
        """The verdict of a document of `to_json`."""
        answers = document.get("answers")
        return cls(**{**document, "answers": None if answers is None else ComparedAnswers.from_json(answers)})
