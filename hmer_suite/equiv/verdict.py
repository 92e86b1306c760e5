"""What is said about two formulas, and how it was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

EQUAL, DIFFERENT, UNDECIDED = "EQUAL", "DIFFERENT", "UNDECIDED"

AMBIGUOUS = "ambiguous"
"""Plausible readings of the notation disagree: `f(x)` as a product and as an application, `e` as a letter."""
UNPROVEN = "unproven"
"""No difference was found and no proof either."""
MEMORY = "memory"
"""The worker ran into its memory limit."""
TIMEOUT = "timeout"
"""The pair took more CPU time than it may."""
CRASH = "crash"
"""The worker died of anything but its limits: a fault in C code, or an error of ours."""
LENGTH = "length"
"""The pair is too long to be read at all (`pool.LONGEST`)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to "do these two formulas mean the same?".

    Attributes:
        verdict: `EQUAL`, `DIFFERENT` or `UNDECIDED`.
        how: the step that decided: ``identical``, ``canonical``, ``structural``, ``numeric`` or ``symbolic``; of
            an undecided pair ``timeout``, ``unparsed`` (the grammar refuses a side) or ``unsupported``.
        witness: of a numeric DIFFERENT, the values of the letters at which the sides differ, exact numbers as
            text; otherwise None.
        reason: why a pair is undecided, in one word: `how`, or for ``unsupported`` what exactly stood in the way
            (`AMBIGUOUS`, `UNPROVEN`, `MEMORY`, `CRASH`, `LENGTH`); empty for a decided pair.
        seconds: CPU time the decision took; verdicts that differ in nothing else are equal.
    """

    verdict: str
    how: str
    witness: Mapping[str, str] | None = None
    reason: str = ""
    seconds: float = field(default=0.0, compare=False)

    def to_json(self) -> dict:
        """The keys of the interface."""
        return asdict(self)
