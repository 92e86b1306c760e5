"""The tables of scores: token rates, meaning, layout trees, plugins' metrics, groups of samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from hmer_suite.equiv.verdict import reason_in_words
from hmer_suite.scores.bootstrap import Interval
from hmer_suite.scores.errors_by_kind import Concentration, Confusions, ErrorKinds, SampleGroup
from hmer_suite.scores.layout_scores import StructureScores
from hmer_suite.scores.meaning import Semantics
from hmer_suite.scores.rates import Rates
from hmer_suite.scores.signature import Signature
from hmer_suite.scores.tables import Cell, Part, Rate, Span, Table

RATES = ("exprate", "le1", "le2", "le3", "wer", "cer", "valid")
"""Rates in the order of the columns."""

TITLES = {
    "exprate": "ExpRate",
    "le1": "<=1",
    "le2": "<=2",
    "le3": "<=3",
    "wer": "WER",
    "cer": "CER",
    "valid": "valid",
}

LAYOUT = {
    "exprate": "structure and all symbols right",
    "structure_rate": "structure right, whatever the symbols",
    "le1": "at most one label-graph error",
    "le2": "at most two label-graph errors",
    "le3": "at most three label-graph errors",
    "symbol_recall": "symbols found",
    "symbol_precision": "predicted symbols that are right",
    "relation_recall": "relations found",
    "relation_precision": "predicted relations that are right",
}
"""Layout-tree scores in words, by their names in JSON."""

INTERVAL = "95 % interval of ExpRate"


class Scored(Protocol):
    """What the tables show of `hmer_suite.scores.results.Scores`."""

    @property
    def n(self) -> int: ...
    @property
    def missing(self) -> tuple[str, ...]: ...
    @property
    def rates(self) -> Mapping[str, Rates]: ...
    @property
    def confidence(self) -> Mapping[str, Interval]: ...
    @property
    def semantics(self) -> Semantics | None: ...
    @property
    def structure(self) -> StructureScores: ...
    @property
    def metrics(self) -> Mapping[str, float]: ...
    @property
    def concentration(self) -> Concentration: ...
    @property
    def confusions(self) -> Confusions: ...
    @property
    def kinds(self) -> ErrorKinds: ...
    @property
    def by_length(self) -> tuple[SampleGroup, ...]: ...
    @property
    def by_structure(self) -> tuple[SampleGroup, ...]: ...
    @property
    def signature(self) -> Signature: ...


def score_tables(scores: Scored, *, extra: bool = True) -> Iterator[Part]:
    """The tables of scores, and remarks: missing samples, errors, the rate to quote with its signature.

    *extra* tables, by length, structure and confusion, take a while for large files.
    """
    yield _head(scores)
    yield _rates(scores)
    if scores.semantics is not None:
        yield meaning_table(scores.semantics)
        yield _meaning_remark(scores.semantics)
    yield _layout(scores.structure)
    if scores.metrics:
        rows = tuple((name, Rate(value)) for name, value in scores.metrics.items())
        yield Table("metrics", ("metrics of plugins", ""), rows)
    if remark := _errors(scores):
        yield remark
    yield _quote(scores)
    if not extra:
        return
    yield _groups("length", "tokens of the reference", scores.by_length)
    yield _groups("structure", "structure in the reference", scores.by_structure)
    yield _confusions(scores.confusions)
    facts = (("references", scores.n), ("missing", len(scores.missing)), ("signature", str(scores.signature)))
    yield Table("signature", ("counted", ""), facts, extra=True)


def _head(scores: Scored) -> str:
    lines = [f"{scores.n:,} references, {len(scores.missing):,} without prediction (counted as wrong)"]
    if scores.missing:
        shown = ", ".join(scores.missing[:5])
        more = len(scores.missing) - 5
        lines.append(f"missing: {shown}{f' and {more} more' if more > 0 else ''}")
    return "\n".join(lines)


def rate_cells(rates: Rates, marks: Mapping[str, str] | None = None) -> tuple[Rate, ...]:
    """The cells of `RATES`, with marks of significance by rate."""
    return tuple(Rate(getattr(rates, rate), marks=(marks or {}).get(rate, "")) for rate in RATES)


def _rates(scores: Scored) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for block, values in scores.rates.items():
        name = "exprate" if block == "raw" else f"{block}.exprate"
        rows.append((block, *rate_cells(values), Span.of(scores.confidence[name])))
    return Table("rates", ("token scores, %", *(TITLES[rate] for rate in RATES), INTERVAL), tuple(rows))


def meaning_table(found: Semantics) -> Table:
    """Verdicts on meaning, counted."""
    counted = {"EQUAL": found.equal, "DIFFERENT": found.different, "UNDECIDED": found.undecided}
    rows = tuple((word, count, Rate(100 * count / found.n)) for word, count in counted.items())
    return Table("meaning", ("meaning", "samples", "%"), rows)


def _meaning_remark(found: Semantics) -> str:
    """The rate with UNDECIDED counted as wrong and as right."""
    lines = [f"means the same as its reference: {found.rate:.2f} to {found.rate_upper:.2f} %"]
    if found.undecided:
        lines += [
            f"undecided: {count:,} {reason} ({reason_in_words(reason)})"
            for reason, count in found.undecided_reasons.items()
        ]
    return "\n".join(lines)


def _layout(found: StructureScores) -> Table:
    rates = found.to_json()
    rows = tuple((words, Rate(rates[name])) for name, words in LAYOUT.items())
    return Table("layout", ("layout-tree scores, %", ""), rows)


def _groups(name: str, title: str, groups: Sequence[SampleGroup]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        rows.append((group.label, group.counts.samples, *rate_cells(group.rates)))
    return Table(name, (title, "samples", *(TITLES[rate] for rate in RATES)), tuple(rows), extra=True)


def _confusions(found: Confusions) -> Table:
    kinds = (*found.substitutions, *found.deletions, *found.insertions)
    rows = tuple((one.reference or "", one.prediction or "", one.samples, one.count) for one in kinds)
    head = ("reference", "prediction", "samples", "occurrences")
    return Table("confusions", head, rows, keys=2, extra=True)


def _errors(scores: Scored) -> str:
    """A few lines about runaways, confusions and look-alikes."""
    lines = []
    remark = scores.concentration.remark
    if remark:
        lines.append(f"note: {remark}")
    pairs = [f"{c.reference} -> {c.prediction} ({c.samples})" for c in scores.confusions.substitutions[:8]]
    if pairs:
        lines.append(f"most confused (samples): {', '.join(pairs)}")
    kinds = scores.kinds
    if kinds.edits:
        lines.append(
            f"of {kinds.edits:,} canonical token edits {kinds.lookalike:,} are look-alikes and "
            f"{kinds.structure:,} structure; {kinds.only_lookalikes:,} of {kinds.wrong:,} wrong predictions have "
            "no other error than look-alikes"
        )
    return "\n".join(lines)


def _quote(scores: Scored) -> str:
    low, high = scores.confidence["canonical.exprate"]
    exprate = scores.rates["canonical"].exprate
    rate = f"ExpRate {exprate:.2f} (canonical), 95 % interval {low:.2f} - {high:.2f}"
    return f"quote as: {rate}\n{scores.signature}"
