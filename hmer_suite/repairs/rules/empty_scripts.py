"""A subscript or superscript with nothing in it.

x ^ { } + 1  ->  x + 1
"""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.repairs.rules.braces import ARITY, hollow
from hmer_suite.specs.repair_rule import Rule

SCRIPTS = frozenset({"SUB", "SUP"})


def removals(tokens: Sequence[str]) -> list[int]:
    """Indices of empty scripts, those included that hold nothing but empty scripts themselves."""

    def script(opening: int, _closing: int) -> int | None:
        if opening == 0 or CLASS_OF[tokens[opening - 1]] not in SCRIPTS:
            return None
        # After a command that still waits for its argument (`\frac ^ { }`) this is no script.
        waits = opening > 1 and CLASS_OF[tokens[opening - 2]] in ARITY
        return None if waits else opening - 1

    return hollow(tokens, script)


RULE = Rule("empty-script", "a script with nothing in it", removals, by_default=False)
