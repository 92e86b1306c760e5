"""The report on one prediction file as one self-contained HTML page: nothing is fetched, formulas are MathML.

All samples are in the page as compressed data, which its one script lists, searches and draws on demand
(`hmer_suite.report.sample_data`). Where no script runs, the page shows the worst of them.

`write_score_report` writes ``index.html`` into a folder; `score_page` is a pure function that returns the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED, reason_in_words
from hmer_suite.report.confidence_charts import confidence_section
from hmer_suite.report.edit_index import edit_index, kind_rows
from hmer_suite.report.error_groups import group_tables, length_groups
from hmer_suite.report.page import SAMPLES_SCRIPT, render, write_page
from hmer_suite.report.pairs import pair_rows
from hmer_suite.report.rate_cells import RateCell, rate_cells
from hmer_suite.report.sample_data import NOTHING, Groups, Known, System, sample_data
from hmer_suite.report.score_samples import (
    DrawnFormula,
    InvalidPrediction,
    draw_samples,
    draw_token,
    explain_invalid,
)
from hmer_suite.report.svg import concentration_curve
from hmer_suite.report.worth import step_groups, steps_of
from hmer_suite.scores.errors_by_kind import Confusion
from hmer_suite.scores.rates import RATE_PARTS
from hmer_suite.scores.results import Scores
from hmer_suite.scores.sample import Sample
from hmer_suite.scores.score_tables import LAYOUT

WORST = 40
"""Most samples drawn of those with the most edits."""

RESPELT = 40
"""Most samples drawn of those that mean the same but are spelt differently."""

INVALID = 40
"""Most invalid predictions explained."""

LISTED = 500
"""Most ids listed in one place."""

BLOCKS = {
    "raw": "token sequences exactly as given",
    "canonical": "both sides in canonical spelling",
    "repaired": "predictions repaired first, both sides in canonical spelling",
}


def write_score_report(
    scores: Scores, directory: str | Path, *, title: str = "predictions", known: Known = NOTHING
) -> Path:
    """Write the report on one prediction file to ``directory/index.html`` and return that path.

    Raises:
        InputError: the folder or the page cannot be written; no partial file is left.
    """
    return write_page(score_page(scores, title=title, known=known), Path(directory))


def score_page(scores: Scores, *, title: str = "predictions", known: Known = NOTHING) -> str:
    """HTML page on one prediction file."""
    wrong = [sample for sample in _by_edits(scores.samples) if sample.prediction is not None]
    same = [sample for sample in wrong if sample.verdict and sample.verdict.verdict == EQUAL]
    broken = [sample for sample in scores.samples if sample.prediction is not None and not sample.raw.valid]
    steps, tables = steps_of(scores), group_tables(scores)
    kinds, kind_groups = kind_rows({"": edit_index(scores)})
    pairs, pair_groups = pair_rows({"": scores})
    verdicts = _verdict_groups(scores)
    groups = step_groups(steps) | length_groups(tables) | kind_groups | pair_groups | verdicts
    data = sample_data([System("prediction", scores.samples, known.confidences)], known=known, groups=groups)
    return render(
        "score.html",
        script=SAMPLES_SCRIPT,
        characters=data.characters,
        data=data.markup,
        confidence=confidence_section({"readings": scores}, {"readings": known.confidences}),
        reasons={
            words.removeprefix(UNDECIDED_GROUP): len(ids)
            for words, ids in verdicts.items()
            if words.startswith(UNDECIDED_GROUP)
        },
        title=title,
        scores=scores,
        blocks={block: BLOCKS[block] for block in scores.blocks},
        cells={block: _block_cells(scores, block) for block in scores.blocks},
        steps=steps,
        structure=LAYOUT,
        kinds=kinds,
        curve=concentration_curve([sample.raw.edits for sample in scores.samples]),
        groups=tables,
        confusions=_confusions(scores),
        pairs=pairs,
        wrong=len(wrong),
        same=len(same),
        respelt=draw_samples(same[:RESPELT], known.pictures),
        undecided=[s.id for s in scores.samples if s.verdict and s.verdict.verdict == UNDECIDED],
        worst=draw_samples(wrong[:WORST], known.pictures),
        broken=len(broken),
        invalid=_invalid(broken[:INVALID]),
        listed=LISTED,
    )


def _block_cells(scores: Scores, block: str) -> dict[str, RateCell]:
    prefix = "" if block == "raw" else f"{block}."
    intervals = {rate: scores.confidence[f"{prefix}{rate}"] for rate in RATE_PARTS}
    return rate_cells(getattr(scores, block), intervals)


def _by_edits(samples: Sequence[Sample]) -> list[Sample]:
    """Wrong samples, those with the most edits first."""
    wrong = (sample for sample in samples if not sample.canonical.exact)
    return sorted(wrong, key=lambda sample: -sample.canonical.edits)


UNDECIDED_GROUP = "undecided: "
"""What precedes the reason in the name of a group of undecided samples."""


def _verdict_groups(scores: Scores) -> Groups:
    """Samples by their verdict on meaning and, if undecided, by the reason in words."""
    found: dict[str, list[str]] = defaultdict(list)
    if scores.semantics is None:
        return {}
    for sample in scores.samples:
        verdict = sample.verdict
        found[DIFFERENT if verdict is None else verdict.verdict].append(sample.id)
        if verdict is not None and verdict.verdict == UNDECIDED:
            found[UNDECIDED_GROUP + reason_in_words(verdict.reason)].append(sample.id)
    return dict(found)


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
