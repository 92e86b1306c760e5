"""The verdict on two formulas, the step that found it, and the reasons for none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

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
    """

    verdict: str
    how: str
    witness: Mapping[str, str] | None = None
    reason: str = ""
    seconds: float = field(default=0.0, compare=False)

    def to_json(self) -> dict[str, object]:
        """The verdict as a JSON object, one key for each attribute."""
        return asdict(self)
