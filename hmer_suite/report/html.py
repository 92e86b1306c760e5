"""Reports as one self-contained HTML page: nothing is fetched, formulas are MathML.

All samples are in the page as compressed data, which its one script lists, searches and draws on demand
(`hmer_suite.report.sample_data`). Where no script runs, the page shows the worst of them.

`write_score_report` and `write_compare_report` write ``index.html`` into a folder; `score_page` and
`compare_page` are pure functions that return the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hmer_suite.equiv.verdict import EQUAL, UNDECIDED
from hmer_suite.report.confidence_charts import Reliability, reliability
from hmer_suite.report.error_groups import group_tables
from hmer_suite.report.page import RATES, SAMPLES_SCRIPT, render, write_page
from hmer_suite.report.sample_data import System, sample_data
from hmer_suite.report.score_samples import (
    DrawnFormula,
    DrawnSample,
    InvalidPrediction,
    draw_sample,
    draw_token,
    explain_invalid,
)
from hmer_suite.report.svg import concentration_curve
from hmer_suite.report.wording import reason_in_words
from hmer_suite.scores.comparison import Comparison, Difference, SystemPair
from hmer_suite.scores.errors_by_kind import Confusion
from hmer_suite.scores.rates import RATE_PARTS, Rates
from hmer_suite.scores.results import Scores
from hmer_suite.scores.sample import Sample

WORST = 40
"""Most samples drawn of those with the most edits."""

RESPELT = 40
"""Most samples drawn of those that mean the same but are spelt differently."""

INVALID = 40
"""Most invalid predictions explained."""

WINS = 15
"""Most samples drawn of those that only one system of a pair gets right, for each of the two."""

LISTED = 500
"""Most ids listed in one place."""

BLOCKS = {
    "raw": "token sequences exactly as given",
    "canonical": "both sides in canonical spelling",
    "repaired": "predictions repaired first, both sides in canonical spelling",
}

STRUCTURE = {
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

KINDS = {
    "lookalike": "a symbol for one that looks like it",
    "symbol": "a symbol for another",
    "missing": "a symbol left out",
    "added": "a symbol added",
    "structure": "structure",
}


@dataclass(frozen=True, slots=True)
class RateCell:
    """A rate with its 95 % interval, both in percent."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ExclusiveWins:
    """Samples that system `right` gets right and system `wrong` gets wrong, `total` of them.

    `samples` are drawn with the wrong answer; `ids` are those not drawn.
    """

    right: str
    wrong: str
    total: int
    samples: tuple[DrawnSample, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of samples besides their scores, by id.

    `pictures` are images that were read, as data URIs; `confidences` are the probabilities that the recogniser gave
    its readings.
    """

    pictures: Mapping[str, str] = field(default_factory=dict)
    confidences: Mapping[str, float] = field(default_factory=dict)


NOTHING = Known()


def write_score_report(
    scores: Scores, directory: str | Path, *, title: str = "predictions", known: Known = NOTHING
) -> Path:
    """Write the report on one prediction file to ``directory/index.html`` and return that path.

    Raises:
        InputError: the folder or the page cannot be written; no partial file is left.
    """
    return write_page(score_page(scores, title=title, known=known), Path(directory))


def write_compare_report(
    comparison: Comparison,
    scores: Mapping[str, Scores],
    directory: str | Path,
    *,
    spelling: str = "canonical",
) -> Path:
    """Write the report on several systems to ``directory/index.html`` and return that path.

    *scores* has the systems of *comparison* by name, *spelling* is the block whose counts were compared.

    Raises:
        InputError: the folder or the page cannot be written; no partial file is left.
    """
    return write_page(compare_page(comparison, scores, spelling=spelling), Path(directory))


def score_page(scores: Scores, *, title: str = "predictions", known: Known = NOTHING) -> str:
    """HTML page on one prediction file."""
    wrong = [sample for sample in _by_edits(scores.samples) if sample.prediction is not None]
    same = [sample for sample in wrong if sample.verdict and sample.verdict.verdict == EQUAL]
    broken = [sample for sample in scores.samples if sample.prediction is not None and not sample.raw.valid]
    data = sample_data([System("prediction", scores.samples, known.confidences)], pictures=known.pictures)
    return render(
        "score.html",
        script=SAMPLES_SCRIPT,
        characters=data.characters,
        data=data.markup,
        reliability=_reliability(scores, known.confidences),
        reasons=_reasons(scores),
        title=title,
        scores=scores,
        blocks={block: BLOCKS[block] for block in scores.blocks},
        cells={block: _block_cells(scores, block) for block in scores.blocks},
        structure=STRUCTURE,
        kinds=KINDS,
        curve=concentration_curve([sample.raw.edits for sample in scores.samples]),
        groups=group_tables(scores),
        confusions=_confusions(scores),
        wrong=len(wrong),
        same=len(same),
        respelt=_drawn(same[:RESPELT], "canonical", known.pictures),
        undecided=[s.id for s in scores.samples if s.verdict and s.verdict.verdict == UNDECIDED],
        worst=_drawn(wrong[:WORST], "canonical", known.pictures),
        broken=len(broken),
        invalid=_invalid(broken[:INVALID]),
        listed=LISTED,
    )


def compare_page(comparison: Comparison, scores: Mapping[str, Scores], *, spelling: str = "canonical") -> str:
    """HTML page on several systems."""
    names = [system.name for system in comparison.systems]
    samples = {name: {sample.id: sample for sample in scores[name].samples} for name in names}
    data = sample_data([System(name, scores[name].samples) for name in names], spelling=spelling)
    return render(
        "compare.html",
        script=SAMPLES_SCRIPT,
        characters=data.characters,
        data=data.markup,
        title=" / ".join(names),
        comparison=comparison,
        spelling=spelling,
        signatures={name: str(scores[name].signature) for name in names},
        meanings={name: scores[name].semantics for name in names if scores[name].semantics},
        cells={system.name: _cells(system.rates, system.intervals) for system in comparison.systems},
        verdicts=[[_verdict(pair, test) for test in pair.tests] for pair in comparison.pairs],
        wins=[win for pair in comparison.pairs for win in _exclusive_wins(pair, samples, spelling)],
        listed=LISTED,
    )


def _block_cells(scores: Scores, block: str) -> dict[str, RateCell]:
    prefix = "" if block == "raw" else f"{block}."
    intervals = {rate: scores.confidence[f"{prefix}{rate}"] for rate in RATE_PARTS}
    return _cells(getattr(scores, block), intervals)


def _cells(rates: Rates, intervals: Mapping[str, tuple[float, float]]) -> dict[str, RateCell]:
    return {rate: RateCell(getattr(rates, rate), *intervals[rate]) for rate in RATES}


def _by_edits(samples: Sequence[Sample]) -> list[Sample]:
    """Wrong samples, those with the most edits first."""
    wrong = (sample for sample in samples if not sample.canonical.exact)
    return sorted(wrong, key=lambda sample: -sample.canonical.edits)


def _drawn(
    samples: Sequence[Sample], block: str, pictures: Mapping[str, str] | None = None
) -> list[DrawnSample]:
    found = pictures or {}
    return [draw_sample(s, getattr(s, block).edits, found.get(s.id, "")) for s in samples]


def _reliability(scores: Scores, confidences: Mapping[str, float]) -> Reliability | None:
    """Calibration of the confidences that are known, a reading being right if it is in canonical spelling."""
    pairs = [(confidences[s.id], s.canonical.exact > 0) for s in scores.samples if s.id in confidences]
    return reliability(pairs) if pairs else None


def _reasons(scores: Scores) -> dict[str, int]:
    """Reasons of undecided verdicts in words, with the number of samples."""
    found: dict[str, int] = {}
    if scores.semantics is not None:
        for reason, number in scores.semantics.undecided_reasons.items():
            words = reason_in_words(reason)
            found[words] = found.get(words, 0) + number
    return found


def _invalid(samples: Sequence[Sample]) -> list[InvalidPrediction]:
    return [explain_invalid(sample.id, sample.prediction or "") for sample in samples]


_ConfusionRow = tuple[DrawnFormula, DrawnFormula, int, int, str]
"""Reference token, predicted token, samples with the confusion, its occurrences, and the search that finds them."""


def _confusions(scores: Scores) -> list[tuple[str, list[_ConfusionRow]]]:
    kinds = {
        "Substituted": scores.confusions.substitutions,
        "Left out": scores.confusions.deletions,
        "Added": scores.confusions.insertions,
    }
    return [(kind, [_confusion(c) for c in found]) for kind, found in kinds.items()]


def _confusion(c: Confusion) -> _ConfusionRow:
    search = f"{c.reference or ''} → {c.prediction or ''}".strip()
    return draw_token(c.reference), draw_token(c.prediction), c.samples, c.count, search


def _verdict(pair: SystemPair, test: Difference) -> str:
    """Conclusion from one test at the 5 % level, after Holm's correction."""
    title = RATES[test.rate][0]
    p = max(test.p_permutation_holm, test.p_bootstrap_holm)
    if p >= 0.05:
        return f"no difference in {title} is established"
    better = pair.second if (test.difference > 0) == (test.rate != "wer") else pair.first
    return f"{better} is better in {title}"


def _exclusive_wins(
    pair: SystemPair, samples: Mapping[str, Mapping[str, Sample]], spelling: str
) -> list[ExclusiveWins]:
    found = []
    for right, wrong, ids in (
        (pair.first, pair.second, pair.only_first),
        (pair.second, pair.first, pair.only_second),
    ):
        drawn = _drawn([samples[wrong][name] for name in ids[:WINS]], spelling)
        found.append(ExclusiveWins(right, wrong, len(ids), tuple(drawn), ids[WINS:]))
    return found
