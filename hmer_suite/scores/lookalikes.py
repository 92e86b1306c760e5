r"""Symbols that look alike, as a classifier of single symbols confuses them: ``1 l |``, ``x \times X``, ``0 o O``.

The table ``lookalikes.tsv`` is measured: the mean probability that recogniser `symbol-cnn` assigns to another token
over all handwritten symbols of a token (`tools/reports/symbols.py`, on the validation split, CROHME 2013, so that no
test set enters). Position does not count, so ``,`` and ``\prime`` are alike. Tokens outside CROHME have no look-alikes.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

TABLE = "lookalikes.tsv"
"""Lines ``written<TAB>read<TAB>rate``, the rate in percent; lines that begin with ``#`` are comments."""

LEAST = 1.0
"""Least rate, in percent, at which two tokens are look-alikes."""


@lru_cache(maxsize=1)
def rates() -> dict[tuple[str, str], float]:
    """Rates in percent, keyed by two different tokens (written, read); pairs not listed are below `LEAST`."""
    text = resources.files("hmer_suite.scores").joinpath(TABLE).read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {(written, read): float(rate) for written, read, rate in rows}


def alike(first: str, second: str) -> bool:
    """Whether either of two different tokens is read as the other at a rate of at least `LEAST`."""
    found = rates()
    return max(found.get((first, second), 0.0), found.get((second, first), 0.0)) >= LEAST
