"""Results as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hmer_suite.equiv.verdict import Verdict
    from hmer_suite.scores.comparison import Comparison
    from hmer_suite.scores.meaning import Semantics
    from hmer_suite.scores.results import Scores
    from hmer_suite.scores.validity import Validity

_RATES = ("exprate", "le1", "le2", "le3", "wer", "cer", "valid")
_TITLES = {
    "exprate": "ExpRate",
    "le1": "<=1",
    "le2": "<=2",
    "le3": "<=3",
    "wer": "WER",
    "cer": "CER",
    "valid": "valid",
}


def table(rows: Sequence[Sequence[str]]) -> str:
    """A text table, the first row its heading; the first column is left-aligned, the others right-aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def score_text(scores: Scores) -> str:
    """Text that ``hmer-suite score`` prints."""
    parts = (_head, _rates, _meaning, _layout, _metrics, _errors, _quote)
    return "\n\n".join(filter(None, (part(scores) for part in parts)))


def _head(scores: Scores) -> str:
    lines = [f"{scores.n:,} references, {len(scores.missing):,} without prediction (counted as wrong)"]
    if scores.missing:
        shown = ", ".join(scores.missing[:5])
        more = len(scores.missing) - 5
        lines.append(f"missing: {shown}{f' and {more} more' if more > 0 else ''}")
    return "\n".join(lines)


def _rates(scores: Scores) -> str:
    rows = [["token scores, %", *(_TITLES[rate] for rate in _RATES), "95 % interval of ExpRate"]]
    for block in scores.blocks:
        values = getattr(scores, block)
        name = "exprate" if block == "raw" else f"{block}.exprate"
        low, high = scores.confidence[name]
        rows.append([block, *(f"{getattr(values, rate):.2f}" for rate in _RATES), f"{low:.2f} - {high:.2f}"])
    return table(rows)


def _meaning(scores: Scores) -> str:
    """Verdicts on meaning, and the rate with UNDECIDED counted as wrong and as right."""
    found = scores.semantics
    if found is None:
        return ""
    counted = {"EQUAL": found.equal, "DIFFERENT": found.different, "UNDECIDED": found.undecided}
    rows = [["meaning", "samples", "%"]]
    rows += [[word, f"{count:,}", f"{100 * count / found.n:.2f}"] for word, count in counted.items()]
    lines = [table(rows), f"means the same as its reference: {found.rate:.2f} to {found.rate_upper:.2f} %"]
    if found.undecided:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in found.undecided_reasons.items())
        lines.append(f"undecided: {reasons}")
    return "\n".join(lines)


def _layout(scores: Scores) -> str:
    found = scores.structure.to_json()
    rows = [
        ["layout-tree scores, %", ""],
        *([name, f"{value:.2f}"] for name, value in found.items() if isinstance(value, float)),
    ]
    return table(rows)


def _metrics(scores: Scores) -> str:
    """Requested metrics of plugins."""
    rows = [[name, f"{value:.2f}"] for name, value in scores.metrics.items()]
    return table([["metrics of plugins", ""], *rows]) if rows else ""


def _errors(scores: Scores) -> str:
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


def _quote(scores: Scores) -> str:
    low, high = scores.confidence["canonical.exprate"]
    rate = f"ExpRate {scores.canonical.exprate:.2f} (canonical), 95 % interval {low:.2f} - {high:.2f}"
    return f"quote as: {rate}\n{scores.signature}"


def verdict_text(verdict: Verdict) -> str:
    """Text that ``hmer-suite equal`` prints, such as ``DIFFERENT (numeric): at x = 3/7``."""
    said = f"{verdict.verdict} ({verdict.reason or verdict.how})"
    at = ", ".join(f"{name} = {value}" for name, value in (verdict.witness or {}).items())
    return f"{said}: at {at}" if at else said


def validity_text(found: Validity) -> str:
    """Text that ``hmer-suite score`` prints without references."""
    lines = [f"{found['n']:,} predictions, {found['valid']:.2f} % valid LaTeX"]
    for edits, number in found["repair_edits"].items():
        lines.append(f"{number:,} made valid by {edits} edit{'s' if edits != '1' else ''}")
    return "\n".join(lines)


def comparison_text(result: Comparison) -> str:
    """Text that ``hmer-suite compare`` prints."""
    return "\n\n".join([_systems(result), _tests(result), _wins(result)])


def meanings_text(found: Mapping[str, Semantics]) -> str:
    """A table of the verdicts on meaning of several systems."""
    rows = [["meaning", "EQUAL", "DIFFERENT", "UNDECIDED", "means the same, %"]]
    for name, one in found.items():
        counts = (f"{count:,}" for count in (one.equal, one.different, one.undecided))
        rows.append([name, *counts, f"{one.rate:.2f} to {one.rate_upper:.2f}"])
    return table(rows)


def _systems(result: Comparison) -> str:
    rows = [["system", *(_TITLES[rate] for rate in _RATES), "95 % interval of ExpRate"]]
    for system in result.systems:
        low, high = system.intervals["exprate"]
        rates = (f"{getattr(system.rates, rate):.2f}" for rate in _RATES)
        rows.append([system.name, *rates, f"{low:.2f} - {high:.2f}"])
    remarks = [f"{s.name}: {s.concentration.remark}" for s in result.systems if s.concentration.remark]
    return "\n".join([table(rows), *remarks])


def _tests(result: Comparison) -> str:
    rows = [
        [
            "second minus first",
            "rate",
            "difference",
            "95 % interval",
            "p bootstrap",
            "p permutation",
            "p (Holm)",
        ]
    ]
    for pair in result.pairs:
        for test in pair.tests:
            low, high = test.interval
            rows.append(
                [
                    f"{pair.second} - {pair.first}",
                    test.rate,
                    f"{test.difference:+.2f}",
                    f"{low:+.2f} .. {high:+.2f}",
                    f"{test.p_bootstrap:.4f}",
                    f"{test.p_permutation:.4f}",
                    f"{test.p_permutation_holm:.4f}",
                ]
            )
    return table(rows)


def _wins(result: Comparison) -> str:
    lines = [f"right in all systems: {result.all_right:,}; in none: {result.none_right:,} of {result.n:,}"]
    for pair in result.pairs:
        for name, ids in ((pair.first, pair.only_first), (pair.second, pair.only_second)):
            other = pair.second if name == pair.first else pair.first
            shown = ", ".join(ids[:6]) + (", ..." if len(ids) > 6 else "")
            lines.append(f"only {name} right, not {other}: {len(ids):,}  {shown}")
    return "\n".join(lines)
