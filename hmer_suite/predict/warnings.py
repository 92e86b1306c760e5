"""When a reading should not be trusted."""

from __future__ import annotations

from hmer_suite.decoding.stepwise import loops
from hmer_suite.specs.recogniser import Decoding, Hypothesis

DOUBTFUL = 0.2
"""Readings of a lower confidence come with a warning."""


def doubt(found: tuple[Hypothesis, ...], how: Decoding) -> str:
    """Why a reading should not be trusted, in a sentence; empty where nothing speaks against it."""
    if not found or not found[0].tokens:
        return "nothing was read"
    best = found[0]
    if len(best.tokens) >= how.max_length:
        return f"the reading was cut off at {how.max_length} tokens"
    if _went_round(best.tokens):
        return "the reading went round in circles and was stopped"
    if best.confidence is not None and best.confidence < DOUBTFUL:
        return (
            f"confidence {best.confidence:.2f}: is it a single formula, upright, and nothing else beside it?"
        )
    return ""


CLOSING = 12
"""Tokens at most that close a reading which was stopped."""


def _went_round(tokens: tuple[str, ...]) -> bool:
    """Whether a reading ends in a loop, but for the tokens that close it."""
    return any(loops(tokens[:stop]) for stop in range(max(0, len(tokens) - CLOSING), len(tokens) + 1))
