"""Sentences of the report for what the code calls by one word."""

from __future__ import annotations

from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, Verdict, reason_in_words

HOW_DECIDED = {
    "identical": "the same tokens",
    "canonical": "the same in canonical spelling",
    "symbolic": "shown by algebra",
    "numeric": "shown by values",
    "structural": "shown by structure",
}
"""How a verdict was reached, in words."""


def verdict_sentence(verdict: Verdict) -> str:
    """What a verdict says, such as ``means something else (at x = 3/7)``."""
    if verdict.verdict == EQUAL:
        return f"means the same: {HOW_DECIDED.get(verdict.how, verdict.how)}"
    if verdict.verdict == DIFFERENT:
        at = ", ".join(f"{name} = {value}" for name, value in (verdict.witness or {}).items())
        how = verdict.reason or HOW_DECIDED.get(verdict.how, verdict.how)
        return f"means something else: {how}" + (f", at {at}" if at else "")
    return f"undecided: {reason_in_words(verdict.reason or verdict.how)}"


def problem_name(code: str) -> str:
    """The code of a problem as words: ``unclosed group``."""
    return code.replace("-", " ")
