"""Repair rules that were measured (`tools.reports.rules`) and left out of the suite."""

from __future__ import annotations

from collections.abc import Sequence
from unittest.mock import patch

from hmer_suite.repairs.rules import Rule, runaway
from hmer_suite.repairs.rules.repetitions import runs

OPERATORS = frozenset(("+", "-", "=", "<", ">", r"\times", r"\cdot", r"\div", r"\pm", r"\leq", r"\geq"))


def unbalanced_brackets(tokens: Sequence[str]) -> list[int]:
    """Round brackets without a partner."""
    waiting: list[int] = []
    stray: list[int] = []
    for index, token in enumerate(tokens):
        if token == "(":
            waiting.append(index)
        elif token == ")":
            if waiting:
                waiting.pop()
            else:
                stray.append(index)
    return stray + waiting


def repeated_operators(tokens: Sequence[str]) -> list[int]:
    """All copies but the first of an operator that is repeated in a row."""
    return [i for i in range(1, len(tokens)) if tokens[i] in OPERATORS and tokens[i] == tokens[i - 1]]


def trailing_operators(tokens: Sequence[str]) -> list[int]:
    """Operators at the end of the line."""
    end = len(tokens)
    while end and tokens[end - 1] in OPERATORS:
        end -= 1
    return list(range(end, len(tokens)))


def loops_anywhere(tokens: Sequence[str]) -> list[int]:
    """Runs of eight or more repeats over sixteen or more tokens, anywhere in the line, of any tokens."""
    with patch.object(runaway, "LONG", runaway.TOKENS), patch.object(runaway, "INVISIBLE", frozenset()):
        return runaway.removals(tokens)


def loops_without_a_copy(tokens: Sequence[str]) -> list[int]:
    """Loops at the end of the line, the first copy included."""
    for period in range(1, len(tokens) // runaway.REPEATS + 1):
        for start, end in runs(tokens, period, max(runaway.REPEATS * period, runaway.TOKENS)):
            if end == len(tokens):
                return list(range(start, end))
    return []


LEFT_OUT = tuple(
    Rule(removals.__name__.replace("_", "-"), removals.__doc__ or "", removals, by_default=False)
    for removals in (
        loops_anywhere,
        loops_without_a_copy,
        unbalanced_brackets,
        repeated_operators,
        trailing_operators,
    )
)
