"""Verdicts on the meaning of predictions: whether they mean the same as their references, however spelt.

A prediction that is exact, or exact in canonical spelling, is EQUAL; `equiv` decides the others. A missing prediction
counts as DIFFERENT; one that is not valid LaTeX is never EQUAL: it is DIFFERENT if all its repairs within one edit of
the cheapest are, else UNDECIDED with reason ``unparsed``, as is whatever has a reference that is not valid LaTeX.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from itertools import islice
from typing import Protocol

import hmer_suite.equiv
from hmer_suite.equiv.answers.switches import Answers
from hmer_suite.equiv.sandbox.judge import MEMORY, SECONDS, Pair
from hmer_suite.equiv.sandbox.shared import of_this_thread
from hmer_suite.equiv.verdict import EQUAL, Verdict
from hmer_suite.errors import UsageError
from hmer_suite.scores.executors import spread
from hmer_suite.scores.results import Scores
from hmer_suite.scores.sample import Sample
from hmer_suite.scores.signature import digest

CHUNK = 64
"""Pairs in one task of an executor: a fraction of a second."""


class PairJudge(Protocol):
    """What decides pairs: worker processes (`hmer_suite.equiv.sandbox.judge.Judge`), or an executor."""

    seconds: float
    memory: int

    def judge(self, pairs: Iterable[Pair], *, options: Mapping[str, str] | None = None) -> Iterator[Verdict]:
        """Verdicts in the order of *pairs*."""
        ...


@dataclass
class ExecutorJudge:
    """Pairs decided as tasks of an executor; each of its processes has a sandboxed worker for each of its threads.

    Verdicts do not depend on the executor. The pairs of a worker that died are decided once more, in this process.
    """

    executor: Executor
    seconds: float = SECONDS
    memory: int = MEMORY

    def judge(self, pairs: Iterable[Pair], *, options: Mapping[str, str] | None = None) -> Iterator[Verdict]:
        """Verdicts in the order of *pairs*.

        Raises:
            UsageError: a worker has another version of the engine, whose verdicts may be others.
        """
        work = partial(
            decide_pairs, seconds=self.seconds, options=dict(options or {}), engine=_engine_digest()
        )
        source = iter(pairs)
        chunks = iter(lambda: list(islice(source, CHUNK)), [])
        for verdicts in spread(self.executor, work, chunks):
            yield from verdicts


def decide_pairs(
    pairs: list[Pair], *, seconds: float, options: Mapping[str, str], engine: str
) -> list[Verdict]:
    """Verdicts on *pairs*; the task of an executor. *engine* is the digest that the caller expects here."""
    if _engine_digest() != engine:
        raise UsageError(
            f"a worker has the engine {_engine_digest()}, not {engine}: install one version on all"
        )
    return list(of_this_thread().judge(pairs, seconds=seconds, options=options))


def judged(
    scores: Scores,
    judge: PairJudge,
    advance: Callable[[], object] = lambda: None,
    *,
    answers: Answers | None = None,
) -> Scores:
    """*scores* with a verdict for every sample, decided by *judge*; *advance* is called after each sample.

    What has the same prediction and reference is decided once. With *answers*, predictions and references are texts
    with answers in them.
    """
    switches = Answers() if answers is None else answers
    asked = dict.fromkeys(
        (sample.prediction, sample.reference)
        for sample in scores.samples
        if sample.prediction is not None and not sample.canonical.exact
    )
    decided = judge.judge(asked, options=switches.options())
    known: dict[tuple[str | None, str], Verdict | None] = {}
    samples = []
    for sample in scores.samples:
        pair = sample.prediction, sample.reference
        if pair not in known:
            known[pair] = _verdict(sample, decided)
        samples.append(replace(sample, verdict=known[pair]))
        advance()
    return replace(scores, samples=tuple(samples), semantics_word=_signature_word(judge, switches))


def _verdict(sample: Sample, decided: Iterator[Verdict]) -> Verdict | None:
    if sample.prediction is None:
        return None
    if sample.canonical.exact:
        return Verdict(EQUAL, "identical" if sample.prediction == sample.reference else "canonical")
    return sample.certain(next(decided))


def _signature_word(judge: PairJudge, answers: Answers) -> str:
    """The engine, its limits and the switches for answers, on which verdicts depend, as a word for the signature."""
    limits = f"{_engine_digest()}@{judge.seconds:g}s-{judge.memory >> 20}M"
    return "+".join([limits, *answers.names()])


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
