"""Scores of a set of predictions: counts, rates, intervals, error analysis, and the signature to quote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources

from hmer_suite.latex.automaton import grammar
from hmer_suite.latex.canonical.canoniser import rewrites_digest
from hmer_suite.repairs.rules import RULES
from hmer_suite.scores.bootstrap import DEFAULT, Interval, in_order_of_ids, interval_json, intervals_of
from hmer_suite.scores.errors_by_kind import (
    Concentration,
    Confusions,
    Edit,
    ErrorKinds,
    SampleGroup,
    by_length,
    by_structure,
    concentration,
    confusions,
    edits_of,
    error_kinds,
)
from hmer_suite.scores.layout_scores import StructureScores
from hmer_suite.scores.meaning import Semantics
from hmer_suite.scores.rates import Counts, Rates, total
from hmer_suite.scores.sample import Sample
from hmer_suite.scores.score_tables import score_tables
from hmer_suite.scores.signature import Signature, digest, references_digest
from hmer_suite.scores.tables import Part, as_html, as_text
from hmer_suite.version import __version__

SCHEMA = "score-1"
"""Version of the JSON document: the name of its schema in ``hmer_suite/schemas``."""


@dataclass(frozen=True, repr=False)
class Scores:
    """Scores of one prediction file, all computed from the counts of its samples; shown as their tables.

    `missing` has the ids without a prediction; `rules` names the repair rules applied besides the default ones;
    `metrics` are values of plugins' metrics; `semantics_word` identifies the engine and limits that judged the samples'
    meaning, None if it was not judged; `extraction` is the version of the rules that took the formulas from the
    predictions, None if these were scored as they are.
    """

    samples: tuple[Sample, ...]
    missing: tuple[str, ...]
    repairs: bool
    rules: tuple[str, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    semantics_word: str | None = None
    extraction: str | None = None

    def __repr__(self) -> str:
        return as_text(self.tables(extra=False))

    def _repr_html_(self) -> str:
        """The tables for a notebook."""
        return as_html(self.tables(extra=False))

    def tables(self, *, extra: bool = True) -> tuple[Part, ...]:
        """Tables of the scores and remarks, as ``hmer-suite score`` prints them, and *extra* ones."""
        return tuple(score_tables(self, extra=extra))

    @property
    def n(self) -> int:
        """Number of references."""
        return len(self.samples)

    @cached_property
    def raw(self) -> Rates:
        """Rates of token sequences exactly as given, which reproduce published numbers."""
        return self._rates("raw")

    @cached_property
    def canonical(self) -> Rates:
        """Rates of both sides in canonical spelling."""
        return self._rates("canonical")

    @cached_property
    def repaired(self) -> Rates | None:
        """Rates of repaired predictions, both sides in canonical spelling; None if not requested."""
        return self._rates("repaired") if self.repairs else None

    @cached_property
    def structure(self) -> StructureScores:
        """Scores of the symbol layout trees."""
        return StructureScores.of(sample.layout for sample in self.samples)

    @cached_property
    def semantics(self) -> Semantics | None:
        """Verdicts on meaning, counted; None if meaning was not judged."""
        return None if self.semantics_word is None else Semantics.of(self.samples)

    @cached_property
    def confidence(self) -> dict[str, Interval]:
        """95 % bootstrap intervals, keyed by the rate for raw rates, others by ``canonical.exprate`` and so on.

        They do not depend on the order of the samples.
        """
        ids = [sample.id for sample in self.samples]
        blocks = {block: in_order_of_ids(ids, self.counts(block)) for block in self.blocks}
        found = intervals_of(blocks)
        return {
            rate if block == "raw" else f"{block}.{rate}": interval
            for block, rates in found.items()
            for rate, interval in rates.items()
        }

    @cached_property
    def signature(self) -> Signature:
        """Signature to quote with the numbers."""
        return Signature(
            version=__version__,
            metric="+".join(["exprate", "wer", "cer", *self.metrics]),
            tokens="spaced-or-latex",
            canonical=rewrites_digest(),
            grammar=grammar().digest,
            repair=_repair_digest(self.rules) if self.repairs else None,
            semantics=self.semantics_word,
            references=references_digest((s.id, s.spelled_reference) for s in self.samples),
            bootstrap=f"{DEFAULT.resamples}@{DEFAULT.seed}",
            extraction=self.extraction,
            n=self.n,
        )

    @property
    def blocks(self) -> tuple[str, ...]:
        """Spellings in which the samples were counted: raw, canonical and, if requested, repaired."""
        return ("raw", "canonical", "repaired") if self.repairs else ("raw", "canonical")

    @property
    def rates(self) -> dict[str, Rates]:
        """Rates in every spelling of `blocks`."""
        found = {"raw": self.raw, "canonical": self.canonical, "repaired": self.repaired}
        return {block: rates for block, rates in found.items() if rates is not None}

    def counts(self, block: str) -> list[Counts]:
        """Counts of every sample in the spelling *block*, one of `blocks`."""
        return [getattr(sample, block) for sample in self.samples]

    @cached_property
    def concentration(self) -> Concentration:
        """Share of the raw errors that the worst samples cause."""
        return concentration([sample.id for sample in self.samples], self.counts("raw"))

    @cached_property
    def confusions(self) -> Confusions:
        """Most frequent confusions, in canonical spelling."""
        return confusions(self._edits)

    @cached_property
    def kinds(self) -> ErrorKinds:
        """Token edits by kind, such as look-alikes and structure, in canonical spelling."""
        return error_kinds(self._edits)

    @cached_property
    def _edits(self) -> list[tuple[Edit, ...]]:
        wrong = [
            (sample.spelled_prediction.split(), sample.spelled_reference.split())
            for sample in self.samples
            if sample.spelled_prediction is not None and not sample.canonical.exact
        ]
        return edits_of([prediction for prediction, _ in wrong], [reference for _, reference in wrong])

    @cached_property
    def by_length(self) -> tuple[SampleGroup, ...]:
        """Canonical rates by length of the reference."""
        return by_length(self.counts("canonical"))

    @cached_property
    def by_structure(self) -> tuple[SampleGroup, ...]:
        """Canonical rates by the structures that the reference contains."""
        references = [sample.spelled_reference.split() for sample in self.samples]
        return by_structure(self.counts("canonical"), references)

    def to_json(self) -> dict[str, object]:
        """Document that ``hmer-suite score --json`` prints; its keys are fixed."""
        document: dict[str, object] = {
            "schema": SCHEMA,
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
            "confidence": {rate: interval_json(interval) for rate, interval in self.confidence.items()},
            "concentration": self.concentration.to_json(),
            "by_length": [group.to_json() for group in self.by_length],
            "by_structure": [group.to_json() for group in self.by_structure],
            "confusions": self.confusions.to_json(),
            "kinds": self.kinds.to_json(),
            **({"metrics": dict(self.metrics)} if self.metrics else {}),
        }

    def _rates(self, block: str) -> Rates:
        return Rates.of(total(self.counts(block)))


def _repair_digest(more: Sequence[str]) -> str:
    """Eight hexadecimal digits that identify the rules in force and the token model of repair."""
    names = " ".join([*(rule.name for rule in RULES if rule.by_default), *more])
    captions = resources.files("hmer_suite.latex").joinpath("captions.tsv").read_text("utf-8")
    return digest(names, captions)[:8]
