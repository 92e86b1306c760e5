"""Score a set of predictions: raw, canonical, repaired, by layout tree, and where the errors are.

A sample is counted on its own (`count_sample`), so a file can be counted by any number of workers, local or on
a cluster, and the sums do not depend on how many there were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING

from hmer_suite.errors import PairingError, UsageError
from hmer_suite.scores.rates import Counts, Rates, count, total
from hmer_suite.scores.structure import LayoutCounts, StructureScores, count_layout

if TYPE_CHECKING:
    from hmer_suite.equiv.verdict import Verdict
    from hmer_suite.repairs.rules import Rule
    from hmer_suite.scores.breakdown import Concentration, Confusions, Edit, ErrorKinds, Group
    from hmer_suite.scores.metric import MetricSpec
    from hmer_suite.scores.semantics import Semantics
    from hmer_suite.scores.signature import Signature

CHUNK = 500
"""Samples that a worker counts at a time."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Everything counted on one sample; *repaired* is None where repair was not asked for.

    *verdict* says whether prediction and reference mean the same; it is None where that was not asked for, and of a
    missing prediction. The texts come as given and, as *spelled_prediction* and *spelled_reference*, in canonical
    spelling.
    """

    id: str
    prediction: str | None
    reference: str
    spelled_prediction: str | None
    spelled_reference: str
    raw: Counts
    canonical: Counts
    repaired: Counts | None
    layout: LayoutCounts
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Scores:
    """Scores of one prediction file; every number is made of the samples' counts.

    `rules` names those that repair applied beside the default ones; `metrics` are numbers of plugins' metrics;
    `semantics_word` names what judged the samples' meaning, None where nothing did.
    """

    samples: tuple[Sample, ...]
    missing: tuple[str, ...]
    repairs: bool
    rules: tuple[str, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    semantics_word: str | None = None

    @property
    def n(self) -> int:
        """Number of references."""
        return len(self.samples)

    @cached_property
    def raw(self) -> Rates:
        """Token sequences exactly as given: reproduces published numbers."""
        return self._rates("raw")

    @cached_property
    def canonical(self) -> Rates:
        """Both sides in canonical spelling."""
        return self._rates("canonical")

    @cached_property
    def repaired(self) -> Rates | None:
        """Predictions repaired first, both sides in canonical spelling; None where not asked for."""
        return self._rates("repaired") if self.repairs else None

    @cached_property
    def structure(self) -> StructureScores:
        """Scores of the symbol layout trees."""
        return StructureScores.of(sample.layout for sample in self.samples)

    @cached_property
    def semantics(self) -> Semantics | None:
        """How many predictions mean what their references mean; None where not asked for."""
        from hmer_suite.scores.semantics import Semantics

        return None if self.semantics_word is None else Semantics.of(self.samples)

    @cached_property
    def confidence(self) -> dict[str, tuple[float, float]]:
        """95 % bootstrap intervals: raw rates by name, others as ``canonical.exprate`` and so on."""
        from hmer_suite.scores.bootstrap import intervals_of

        blocks = {block: self.counts(block) for block in self.blocks}
        found = intervals_of(blocks)
        return {
            rate if block == "raw" else f"{block}.{rate}": interval
            for block, rates in found.items()
            for rate, interval in rates.items()
        }

    @cached_property
    def signature(self) -> Signature:
        """The line that says how the numbers were made."""
        from hmer_suite import __version__
        from hmer_suite.latex.canonical import rewrites_digest
        from hmer_suite.latex.grammar import grammar
        from hmer_suite.scores.bootstrap import DEFAULT
        from hmer_suite.scores.signature import Signature

        return Signature(
            version=__version__,
            metric="+".join(["exprate", "wer", "cer", *self.metrics]),
            tokens="spaced-or-latex",
            canonical=rewrites_digest(),
            grammar=grammar().digest,
            repair=_repair_digest(self.rules) if self.repairs else None,
            semantics=self.semantics_word,
            bootstrap=f"{DEFAULT.resamples}@{DEFAULT.seed}",
            n=self.n,
        )

    @property
    def blocks(self) -> tuple[str, ...]:
        """Names of the ways in which the samples were counted."""
        return ("raw", "canonical", "repaired") if self.repairs else ("raw", "canonical")

    def counts(self, block: str) -> list[Counts]:
        """Counts of every sample, counted as *block* says."""
        return [getattr(sample, block) for sample in self.samples]

    @cached_property
    def concentration(self) -> Concentration:
        """How much of the raw error rate few samples make up."""
        from hmer_suite.scores.breakdown import concentration

        return concentration([sample.id for sample in self.samples], self.counts("raw"))

    @cached_property
    def confusions(self) -> Confusions:
        """Most frequent confusions, in canonical spelling."""
        from hmer_suite.scores.breakdown import confusions

        return confusions(self._edits)

    @cached_property
    def kinds(self) -> ErrorKinds:
        """How many of the edits are look-alikes and how many are of structure, in canonical spelling."""
        from hmer_suite.scores.breakdown import error_kinds

        return error_kinds(self._edits)

    @cached_property
    def _edits(self) -> list[tuple[Edit, ...]]:
        from hmer_suite.scores.breakdown import edits_of

        wrong = [s for s in self.samples if s.spelled_prediction is not None and not s.canonical.exact]
        predictions = [s.spelled_prediction.split() for s in wrong]
        return edits_of(predictions, [s.spelled_reference.split() for s in wrong])

    @cached_property
    def by_length(self) -> tuple[Group, ...]:
        """Canonical scores by length of the reference."""
        from hmer_suite.scores.breakdown import by_length

        return by_length(self.counts("canonical"))

    @cached_property
    def by_structure(self) -> tuple[Group, ...]:
        """Canonical scores by what the reference contains."""
        from hmer_suite.scores.breakdown import by_structure

        references = [sample.spelled_reference.split() for sample in self.samples]
        return by_structure(self.counts("canonical"), references)

    def to_json(self) -> dict:
        """The document that ``hmer-suite score --json`` prints; its names and keys are fixed."""
        document = {
            "signature": str(self.signature),
            "n": self.n,
            "missing": list(self.missing),
            "raw": self.raw.to_json(),
            "canonical": self.canonical.to_json(),
        }
        if self.repaired is not None:
            document["repaired"] = self.repaired.to_json()
        return document | {
            "structure": self.structure.to_json(),
            **({"semantics": self.semantics.to_json()} if self.semantics else {}),
            "confidence": {
                rate: [round(low, 2), round(high, 2)] for rate, (low, high) in self.confidence.items()
            },
            "concentration": self.concentration.to_json(),
            "by_length": [group.to_json() for group in self.by_length],
            "by_structure": [group.to_json() for group in self.by_structure],
            "confusions": self.confusions.to_json(),
            "kinds": self.kinds.to_json(),
            **({"metrics": dict(self.metrics)} if self.metrics else {}),
        }

    def _rates(self, block: str) -> Rates:
        return Rates.of(total(self.counts(block)))


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
) -> Scores:
    """Score *predictions* against *references*, sample i against sample i; None is a missing prediction.

    *rules* are applied by repair behind the default ones; *metrics* are computed in the spelling that they ask for.
    *executor* spreads the work (a process pool, or ``Client.get_executor()`` of a Dask cluster). *semantics* also
    decides of every prediction whether it means what its reference means, in worker processes on this machine.

    Raises:
        PairingError: the numbers of predictions, references and ids differ.
        InputError: there is nothing to score.
    """
    from hmer_suite.repairs.rules import DEFAULT_RULES

    ids = [str(number) for number in range(1, len(references) + 1)] if ids is None else ids
    if not len(predictions) == len(references) == len(ids):
        raise PairingError(
            f"{len(predictions)} predictions, {len(references)} references and {len(ids)} ids do not pair up"
        )
    rows = list(zip(ids, predictions, references, strict=True))
    chunks = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
    rules = tuple(rule for rule in dict.fromkeys(rules) if rule not in DEFAULT_RULES)
    work = partial(count_samples, repair=repair, rules=rules)
    counted = map(work, chunks) if executor is None else executor.map(work, chunks)
    samples = tuple(chain.from_iterable(counted))
    missing = tuple(sample.id for sample in samples if sample.prediction is None)
    measured = {metric.name: round(metric.score(*_texts(samples, metric)), 4) for metric in metrics}
    scores = Scores(samples, missing, repair, tuple(rule.name for rule in rules), measured)
    return _with_meaning(scores) if semantics else scores


def _with_meaning(scores: Scores) -> Scores:
    from hmer_suite.equiv.pool import shared
    from hmer_suite.scores.semantics import judged

    with shared() as judge:
        return judged(scores, judge)


def _repair_digest(more: Sequence[str]) -> str:
    """Names what decides a repair besides the grammar: the rules in force and the token model."""
    from importlib import resources

    from hmer_suite.repairs.rules import RULES
    from hmer_suite.scores.signature import digest

    names = " ".join([*(rule.name for rule in RULES if rule.by_default), *more])
    return digest(names, resources.files("hmer_suite.repairs").joinpath("captions.tsv").read_text("utf-8"))[
        :8
    ]


def _texts(samples: Sequence[Sample], metric: MetricSpec) -> tuple[list[str | None], list[str]]:
    """Predictions and references in the spelling that the metric wants."""
    from hmer_suite.latex.tokens import join, raw_tokens

    if metric.spelling == "canonical":
        return [s.spelled_prediction for s in samples], [s.spelled_reference for s in samples]
    given = [None if s.prediction is None else join(raw_tokens(s.prediction)) for s in samples]
    return given, [join(raw_tokens(s.reference)) for s in samples]


def count_samples(
    rows: Sequence[tuple[str, str | None, str]], *, repair: bool, rules: Sequence[Rule] = ()
) -> list[Sample]:
    """Count a chunk of (id, prediction, reference); what a worker runs."""
    return [count_sample(*row, repair=repair, rules=rules) for row in rows]


def count_sample(
    name: str, prediction: str | None, reference: str, *, repair: bool, rules: Sequence[Rule] = ()
) -> Sample:
    """Count one sample in every way; *rules* are those of repair beside the default ones."""
    from hmer_suite.latex.tokens import join

    ours, theirs = _Reading(prediction), _Reading(reference)
    if prediction == reference:
        ours = theirs
    raw = count(ours.raw, theirs.raw, valid=ours.valid)
    canonical = count(ours.canonical, theirs.canonical, valid=ours.valid)
    mended = canonical
    if repair and prediction is not None and not ours.valid:
        from hmer_suite.repairs import repair as mend
        from hmer_suite.repairs.rules import DEFAULT_RULES

        output = mend(prediction, rules=(*DEFAULT_RULES, *rules)).output
        mended = count(_Reading(output).canonical, theirs.canonical, valid=True)
    return Sample(
        id=name,
        prediction=prediction,
        reference=reference,
        spelled_prediction=None if prediction is None else join(ours.canonical),
        spelled_reference=join(theirs.canonical),
        raw=raw,
        canonical=canonical,
        repaired=mended if repair else None,
        layout=count_layout(ours.tree, theirs.tree),
    )


class _Reading:
    """One text, read only as far as it is asked for."""

    def __init__(self, text: str | None):
        self.text = text

    @cached_property
    def raw(self) -> list[str] | None:
        from hmer_suite.latex.tokens import raw_tokens

        return None if self.text is None else raw_tokens(self.text)

    @cached_property
    def tokens(self) -> list[str]:
        from hmer_suite.latex.tokens import split

        return split(self.text or "")

    @cached_property
    def tree(self):
        """Canonical parse tree, or None where the text is missing or the grammar refuses it."""
        from hmer_suite.latex.canonical import canonical_tree
        from hmer_suite.latex.tree import LatexSyntaxError, parse

        if self.text is None:
            return None
        try:
            return canonical_tree(parse(self.tokens))
        except LatexSyntaxError:
            return None

    @cached_property
    def valid(self) -> bool:
        return self.tree is not None

    @cached_property
    def canonical(self) -> list[str] | None:
        from hmer_suite.latex.tree import unparse

        if self.text is None:
            return None
        return self.tokens if self.tree is None else unparse(self.tree)


def validity(predictions: Sequence[str], rules: Sequence[Rule] = ()) -> dict:
    """What can be said without references: how many are valid, and what repair costs the others.

    *rules* are applied by repair behind the default ones.
    """
    from hmer_suite.latex.grammar import is_valid
    from hmer_suite.latex.tokens import split
    from hmer_suite.repairs import repair
    from hmer_suite.repairs.rules import DEFAULT_RULES

    broken = [text for text in predictions if not is_valid(split(text))]
    edits = [len(repair(text, rules=(*DEFAULT_RULES, *rules)).edits) for text in broken]
    n = len(predictions)
    return {
        "n": n,
        "valid": round(100 * (n - len(broken)) / n, 2) if n else 0.0,
        "invalid": len(broken),
        "repair_edits": {str(k): edits.count(k) for k in sorted(set(edits))},
    }


def local_pool(workers: int) -> Executor | None:
    """A process pool of *workers*, or None for one: the work then runs in this process.

    Raises:
        UsageError: fewer than one worker.
    """
    if workers < 1:
        raise UsageError(f"--workers {workers}: at least one worker is needed")
    if workers == 1:
        return None
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(workers)


def dask_pool(scheduler: str) -> Executor:
    """The executor of a Dask cluster whose scheduler listens at *scheduler*.

    Raises:
        UsageError: Dask is not installed, or nothing answers at the address.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--backend dask needs the extra `hmer-suite[dask]`") from None
    try:
        return Client(scheduler, timeout="10s").get_executor()
    except (OSError, ValueError) as error:
        raise UsageError(f"--scheduler {scheduler}: {error}") from None


def default_workers(n: int) -> int:
    """Workers worth starting for *n* samples: none beside this process for a small file."""
    import os

    return min(os.cpu_count() or 1, max(1, n // 2000))
