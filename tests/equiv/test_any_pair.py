"""Pairs of formulas that nobody would compare, and formulas with tokens changed at random: every pair has a verdict."""

from __future__ import annotations

import importlib
import random
from pathlib import Path

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED
from hmer_suite.latex.tokens import join, split

PAIRS = 600
LONGEST = 120
"""Characters of the longest formula."""


def formulas() -> list[str]:
    """The formulas of all tables of pairs beside this module."""
    found: dict[str, None] = {}
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        module = importlib.import_module(f"{__package__}.{path.stem}")
        for table in vars(module).values():
            rows = table if isinstance(table, list) else []
            pairs = [row[:2] for row in rows if isinstance(row, tuple) and len(row) > 1]
            found |= dict.fromkeys(text for pair in pairs for text in pair if isinstance(text, str))
    return [text for text in found if len(text) < LONGEST]


def changed(tokens: list[str], pool: list[str], draw: random.Random) -> list[str]:
    """Some tokens with one of them deleted, replaced or moved."""
    place = draw.randrange(len(tokens))
    token = draw.choice(pool)
    return draw.choice(
        (
            [*tokens[:place], *tokens[place + 1 :]],
            [*tokens[:place], token, *tokens[place + 1 :]],
            [*tokens[:place], token, *tokens[place:]],
        )
    )


def test_every_pair_has_a_verdict():
    draw = random.Random(11)
    texts = formulas()
    assert len(texts) > 1000
    pool = [token for text in texts for token in split(text)]
    for _ in range(PAIRS):
        one, other = draw.sample(texts, 2)
        tokens = split(draw.choice((one, other)))
        verdict = decide(one, join(changed(tokens, pool, draw)) if tokens else other)
        assert verdict.verdict in (EQUAL, DIFFERENT, UNDECIDED)
