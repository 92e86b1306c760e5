"""Scores of a set of predictions: counts, rates, intervals, and the signature they are quoted with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from hmer_suite.scores.errors_by_kind import Concentration, Confusions, Edit, ErrorKinds, Group
from hmer_suite.scores.layout_scores import StructureScores
from hmer_suite.scores.meaning import Semantics
from hmer_suite.scores.rates import Counts, Rates, total
from hmer_suite.scores.sample import Sample
from hmer_suite.scores.signature import Signature


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
        from hmer_suite.scores.meaning import Semantics

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
        from hmer_suite.latex.automaton import grammar
        from hmer_suite.latex.canonical.canoniser import rewrites_digest
        from hmer_suite.scores.bootstrap import DEFAULT
        from hmer_suite.scores.signature import Signature
        from hmer_suite.version import __version__

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
        from hmer_suite.scores.errors_by_kind import concentration

        return concentration([sample.id for sample in self.samples], self.counts("raw"))

    @cached_property
    def confusions(self) -> Confusions:
        """Most frequent confusions, in canonical spelling."""
        from hmer_suite.scores.errors_by_kind import confusions

        return confusions(self._edits)

    @cached_property
    def kinds(self) -> ErrorKinds:
        """How many of the edits are look-alikes and how many are of structure, in canonical spelling."""
        from hmer_suite.scores.errors_by_kind import error_kinds

        return error_kinds(self._edits)

    @cached_property
    def _edits(self) -> list[tuple[Edit, ...]]:
        from hmer_suite.scores.errors_by_kind import edits_of

        wrong = [s for s in self.samples if s.spelled_prediction is not None and not s.canonical.exact]
        predictions = [s.spelled_prediction.split() for s in wrong]
        return edits_of(predictions, [s.spelled_reference.split() for s in wrong])

    @cached_property
    def by_length(self) -> tuple[Group, ...]:
        """Canonical scores by length of the reference."""
        from hmer_suite.scores.errors_by_kind import by_length

        return by_length(self.counts("canonical"))

    @cached_property
    def by_structure(self) -> tuple[Group, ...]:
        """Canonical scores by what the reference contains."""
        from hmer_suite.scores.errors_by_kind import by_structure

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


def _repair_digest(more: Sequence[str]) -> str:
    """Names what decides a repair besides the grammar: the rules in force and the token model."""
    from importlib import resources

    from hmer_suite.repairs.rules import RULES
    from hmer_suite.scores.signature import digest

    names = " ".join([*(rule.name for rule in RULES if rule.by_default), *more])
    return digest(names, resources.files("hmer_suite.latex").joinpath("captions.tsv").read_text("utf-8"))[
        :8
    ]
