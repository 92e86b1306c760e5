"""Scoring of a set of predictions: raw, canonical, repaired, by layout tree, and by meaning.

Each pair of prediction and reference is counted on its own (`count_sample`), once however many samples repeat it, so
any number of workers, local or on a cluster, can count a file, and the sums do not depend on their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import chain

from hmer_suite.equiv.answers.switches import Answers
from hmer_suite.errors import PairingError
from hmer_suite.latex.tokens import join, raw_tokens
from hmer_suite.predictions.extraction import VERSION, extracted, unwrap
from hmer_suite.repairs.rules import DEFAULT_RULES, Rule
from hmer_suite.scores.executors import spread
from hmer_suite.scores.results import Scores
from hmer_suite.scores.sample import Pair, Sample, count_samples
from hmer_suite.specs.metric import MetricSpec

CHUNK = 500
"""Distinct pairs in one task of a worker."""


def score(
    predictions: Sequence[str | None],
    references: Sequence[str],
    *,
    ids: Sequence[str] | None = None,
    repair: bool = True,
    executor: Executor | None = None,
    rules: Sequence[Rule] = (),
    metrics: Sequence[MetricSpec] = (),
    semantics: bool = True,
    answers: Answers | None = None,
    extract: bool = False,
) -> Scores:
    """Score *predictions* against *references*, sample i against sample i; None is a missing prediction.

    *rules* are applied by repair after the default ones; *metrics* are computed in the spelling that they declare.
    *executor* distributes the work (a process pool, or ``Client.get_executor()`` of a Dask cluster); the result does
    not depend on it. *semantics* also decides for every prediction whether it means the same as its reference, in
    sandboxed processes of this machine or of the executor's; *answers* are its switches for texts with answers in them.
    *extract* takes the formulas from the output of language models first (`hmer_suite.predictions.extraction`).

    Raises:
        PairingError: the numbers of predictions, references and ids differ.
        InputError: there is nothing to score.
    """
    ids = [str(number) for number in range(1, len(references) + 1)] if ids is None else ids
    if not len(predictions) == len(references) == len(ids):
        raise PairingError(
            f"{len(predictions)} predictions, {len(references)} references and {len(ids)} ids do not pair up"
        )
    if extract:
        predictions = [None if text is None else extracted(text) for text in predictions]
        references = list(map(unwrap, references))
    rules = tuple(rule for rule in dict.fromkeys(rules) if rule not in DEFAULT_RULES)
    work = partial(count_samples, repair=repair, rules=rules)
    samples = tuple(_counted(ids, list(zip(predictions, references, strict=True)), work, executor))
    missing = tuple(sample.id for sample in samples if sample.prediction is None)
    measured = {metric.name: round(metric.score(*_texts(samples, metric)), 4) for metric in metrics}
    names = tuple(rule.name for rule in rules)
    scores = Scores(samples, missing, repair, names, measured, extraction=VERSION if extract else None)
    if not semantics:
        return scores
    # Only systems that bound processes have what this imports.
    from hmer_suite.equiv.sandbox.shared import shared
    from hmer_suite.scores.judging import ExecutorJudge, judged

    return judged(scores, shared() if executor is None else ExecutorJudge(executor), answers=answers)


def _counted(
    ids: Sequence[str],
    pairs: list[Pair],
    work: Callable[[list[Pair]], list[Sample]],
    executor: Executor | None,
) -> Iterator[Sample]:
    """Samples in the order of *ids*; what has the same prediction and reference is counted once."""
    distinct = list(dict.fromkeys(pairs))
    chunks = [distinct[start : start + CHUNK] for start in range(0, len(distinct), CHUNK)]
    done = map(work, chunks) if executor is None else spread(executor, work, chunks)
    found = dict(zip(distinct, chain.from_iterable(done), strict=True))
    return (found[pair].named(name) for name, pair in zip(ids, pairs, strict=True))


def _texts(samples: Sequence[Sample], metric: MetricSpec) -> tuple[list[str | None], list[str]]:
    """Predictions and references in the spelling that the metric declares."""
    if metric.spelling == "canonical":
        return [s.spelled_prediction for s in samples], [s.spelled_reference for s in samples]
    given = [None if s.prediction is None else join(raw_tokens(s.prediction)) for s in samples]
    return given, [join(raw_tokens(s.reference)) for s in samples]
