"""Scores of meaning: which predictions mean what their references mean, however they are spelt.

A prediction that is exact, or exact in canonical spelling, is EQUAL without further ado; the others are decided by
`equiv`. A missing prediction is wrong and counts as DIFFERENT; one that is not valid LaTeX is never EQUAL: it is
DIFFERENT where its repair is, else UNDECIDED with reason ``unparsed``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from hmer_suite.equiv.verdict import EQUAL, Verdict

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from hmer_suite.equiv.sandbox.judge import Judge
    from hmer_suite.scores.results import Scores
    from hmer_suite.scores.sample import Sample


def judged(scores: Scores, judge: Judge, advance: Callable[[], object] = lambda: None) -> Scores:
    """*scores* with a verdict for every sample, decided by *judge*; *advance* is called after each sample."""
    asked = [s for s in scores.samples if s.prediction is not None and not s.canonical.exact]
    verdicts = judge.judge((s.prediction, s.reference) for s in asked)
    samples = []
    for sample in scores.samples:
        samples.append(replace(sample, verdict=_verdict(sample, verdicts)))
        advance()
    return replace(scores, samples=tuple(samples), semantics_word=_word(judge))


def _verdict(sample: Sample, decided: Iterator[Verdict]) -> Verdict | None:
    if sample.prediction is None:
        return None
    if sample.canonical.exact:
        return Verdict(EQUAL, "identical" if sample.prediction == sample.reference else "canonical")
    return next(decided)


def _word(judge: Judge) -> str:
    """What decides a verdict besides the pair, for the signature: the engine and the limits."""
    return f"{_engine_digest()}@{judge.seconds:g}s-{judge.memory >> 20}M"


@lru_cache(maxsize=1)
def _engine_digest() -> str:
    """Eight hexadecimal digits that name the engine: its source, and the versions of the algebra that it stands on."""
    from importlib import metadata, resources

    from hmer_suite.scores.signature import digest

    versions = metadata.version("sympy"), metadata.version("python-flint")
    return digest(*_sources(resources.files("hmer_suite.equiv")), *versions)[:8]


def _sources(folder: Traversable) -> Iterator[str]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _sources(entry)
        elif entry.name.endswith(".py"):
            yield entry.read_text("utf-8")
