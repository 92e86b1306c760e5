"""A group with nothing in it that is neither an argument nor there to carry a script.

x { } + 1  ->  x + 1          { } ^ { 2 } and \\frac { } { 2 } stay
"""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.repairs.rules.braces import arguments, hollow
from hmer_suite.specs.repair_rule import Rule

CARRIED = frozenset({"SUB", "SUP", "PRIME", "LIMITS"})


def removals(tokens: Sequence[str]) -> list[int]:
    """Indices of empty groups, those included that hold nothing but empty groups themselves."""
    if "}" not in tokens:
        return []
    needed = arguments(tokens)

    def group(opening: int, closing: int) -> int | None:
        carries = closing + 1 < len(tokens) and CLASS_OF[tokens[closing + 1]] in CARRIED
        return None if carries or opening in needed else opening

    return hollow(tokens, group)


RULE = Rule("empty-group", "a group with nothing in it", removals, by_default=False)
