"""Verdicts on the meaning of predictions: whether they mean the same as their references, however spelt.

A prediction that is exact, or exact in canonical spelling, is EQUAL; `equiv` decides the others. A missing prediction
counts as DIFFERENT; one that is not valid LaTeX is never EQUAL: it is DIFFERENT if all its repairs within one edit of
the cheapest are, else UNDECIDED with reason ``unparsed``, as is whatever has a reference that is not valid LaTeX.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

import hmer_suite.equiv
from hmer_suite.equiv.sandbox.judge import Judge
from hmer_suite.equiv.verdict import EQUAL, Verdict
from hmer_suite.scores.results import Scores
from hmer_suite.scores.sample import Sample
from hmer_suite.scores.signature import digest


def judged(scores: Scores, judge: Judge, advance: Callable[[], object] = lambda: None) -> Scores:
    """*scores* with a verdict for every sample, decided by *judge*; *advance* is called after each sample."""
    verdicts = judge.judge(
        (sample.prediction, sample.reference)
        for sample in scores.samples
        if sample.prediction is not None and not sample.canonical.exact
    )
    samples = []
    for sample in scores.samples:
        samples.append(replace(sample, verdict=_verdict(sample, verdicts)))
        advance()
    return replace(scores, samples=tuple(samples), semantics_word=_signature_word(judge))


def _verdict(sample: Sample, decided: Iterator[Verdict]) -> Verdict | None:
    if sample.prediction is None:
        return None
    if sample.canonical.exact:
        return Verdict(EQUAL, "identical" if sample.prediction == sample.reference else "canonical")
    return sample.certain(next(decided))


def _signature_word(judge: Judge) -> str:
    """The engine and its limits, on which verdicts depend besides the pair, as a word for the signature."""
    return f"{_engine_digest()}@{judge.seconds:g}s-{judge.memory >> 20}M"


@lru_cache(maxsize=1)
def _engine_digest() -> str:
    """Eight hexadecimal digits that identify the engine: its source, and the versions of its algebra libraries."""
    versions = metadata.version("sympy"), metadata.version("python-flint")
    return digest(*_sources(resources.files(hmer_suite.equiv)), *versions)[:8]


def _sources(folder: Traversable) -> Iterator[str]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _sources(entry)
        elif entry.name.endswith(".py"):
            yield entry.read_text("utf-8")
