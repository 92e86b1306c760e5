r"""Symbols that look alike, as a classifier of single symbols confuses them: ``1 l |``, ``x \times X``, ``0 o O``.

The table that ships, ``lookalikes.tsv``, is measured, not thought up: of all symbols of a token that people wrote,
the share of probability that recogniser `symbol-cnn` gives to another token (`tools/reports/symbols.py`, on the
validation split, CROHME 2013, so that it knows nothing of any test set). Position does not count, so that ``,`` and
``\prime`` are alike. It covers the tokens of CROHME; others are like nothing but themselves.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

TABLE = "lookalikes.tsv"
"""Lines ``written<TAB>read<TAB>rate``, the rate in percent; lines that begin with ``#`` are remarks."""

LEAST = 1.0
"""Percent of a symbol's probability that makes another one its look-alike."""


@lru_cache(maxsize=1)
def rates() -> dict[tuple[str, str], float]:
    """Percent by (token written, token read), of different tokens; what is not listed is below `LEAST`."""
    text = resources.files("hmer_suite.scores").joinpath(TABLE).read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {(written, read): float(rate) for written, read, rate in rows}


def alike(first: str, second: str) -> bool:
    """Whether either of two different tokens is read as the other often enough."""
    found = rates()
    return max(found.get((first, second), 0.0), found.get((second, first), 0.0)) >= LEAST
