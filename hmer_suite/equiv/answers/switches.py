"""What may be forgiven when two answers are compared, and where an answer is looked for: one switch each, all off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from hmer_suite.errors import UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class Answers:
    r"""Switches for texts with an answer in them, such as the output of a language model.

    The first three look for the answer, in this order; a text in which they find nothing is taken whole. The others
    make more answers equal.

    >>> Answers(boxed=True, tolerance=0.01).names()
    ('boxed', 'tolerance=0.01')

    Attributes:
        boxed: the answer is what ``\boxed{...}`` or ``\fbox{...}`` contains.
        prose: it follows words such as "the answer is", "Final answer:" or ``####``.
        fences: it stands between Markdown's fences or between ``$$``, ``\[ \]`` or ``$``.
        unordered: the entries of a list without brackets may come in any order.
        units: a unit, a percent or currency sign that only one answer has does not count.
        tolerance: numbers are equal if they differ by at most this fraction of the larger one.
    """

    boxed: bool = False
    prose: bool = False
    fences: bool = False
    unordered: bool = False
    units: bool = False
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.tolerance < 1:
            raise UsageError(f"tolerance={self.tolerance:g}: expected a fraction from 0 to less than 1")

    def names(self) -> tuple[str, ...]:
        """The switches that are on, as they are written in outputs and signatures."""
        named = [
            field.name for field in fields(self) if field.name != "tolerance" and getattr(self, field.name)
        ]
        return (*named, *([f"tolerance={self.tolerance:g}"] if self.tolerance else []))

    def options(self) -> dict[str, str]:
        """The switches as options of the function that decides; empty if all are off."""
        return {"answers": ",".join(self.names())} if self.names() else {}


def parse_answers(words: Iterable[str]) -> Answers:
    """Switches from words such as ``boxed,units`` and ``tolerance=0.01``.

    Raises:
        UsageError: there is no such switch, or a value is no number.
    """
    found: dict[str, bool | float] = {}
    known = [field.name for field in fields(Answers)]
    for word in (part.strip() for text in words for part in text.split(",")):
        name, sign, value = word.partition("=")
        if name not in known or bool(sign) != (name == "tolerance"):
            expected = ", ".join([*known[:-1], "tolerance=FRACTION"])
            raise UsageError(f"--answers {word}: expected one of {expected}{did_you_mean(name, known)}")
        found[name] = _number(value) if sign else True
    return Answers(**found)  # type: ignore[arg-type]  # the names are those of the fields


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"--answers tolerance={text}: expected a number") from None
