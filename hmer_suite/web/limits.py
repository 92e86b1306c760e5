"""Limits of the web application."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest requests that are answered.

    `body_bytes` of a request's body; `pixels` of an image, known before it is decoded; `strokes` and `points` of ink;
    `characters` of a formula; `samples` that are scored at once. A request may work for `seconds`, scoring for
    `scoring_seconds`, and scoring may take `scoring_memory` bytes. At most `waiting` requests wait for a worker; the
    next is refused.
    """

    body_bytes: int = 10_000_000
    pixels: int = 25_000_000
    strokes: int = 1_000
    points: int = 50_000
    characters: int = 10_000
    samples: int = 50_000
    seconds: float = 15.0
    scoring_seconds: float = 300.0
    scoring_memory: int = 4 << 30
    waiting: int = 64
