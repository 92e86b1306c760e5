"""Doubts about a reading, to warn of."""

from __future__ import annotations

from hmer_suite.decoding.search import loops
from hmer_suite.specs.recogniser import Decoding, Hypothesis

DOUBTFUL = 0.2
"""Readings of a lower confidence come with a warning."""
CLOSING = 12
"""Most tokens that close a reading which was stopped in a loop."""
BLANK = Hypothesis((), 0.0, 0.0, 0.0)
"""The reading of a sheet on which nothing is written: no tokens, of confidence 0."""


def doubt(found: tuple[Hypothesis, ...], how: Decoding) -> str:
    """A sentence that says why a reading should not be trusted; empty where there is no doubt."""
    if found and found[0] is BLANK:
        return "nothing was read: the sheet is blank"
    if not found or not found[0].tokens:
        return "nothing was read"
    best = found[0]
    if len(best.tokens) >= how.max_length:
        return f"the reading was cut off at {how.max_length} tokens"
    if _looped(best.tokens):
        return "the reading repeated itself in a loop and was stopped"
    if best.confidence is not None and best.confidence < DOUBTFUL:
        return (
            f"confidence {best.confidence:.2f}: is it a single formula, upright, and nothing else beside it?"
        )
    return ""


def _looped(tokens: tuple[str, ...]) -> bool:
    """Whether a reading ends in a loop, apart from the tokens that close it."""
    return any(loops(tokens[:stop]) for stop in range(max(0, len(tokens) - CLOSING), len(tokens) + 1))
