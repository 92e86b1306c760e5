"""Judge the meaning of the real prediction files, and compare with other tools; writes reports/semantics.md.

python -m tools.reports.semantics --data ../shared/data --out reports/semantics.md

Pairs that are judged EQUAL although they are spelt differently are checked by eye; the results are in
`tools/reports/judged.tsv`, keyed by a digest of the pair. ``--unjudged FILE`` writes those that nobody has checked.
"""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.equiv.reading.reader import TermReader
from hmer_suite.equiv.sandbox.judge import SECONDS, Judge
from hmer_suite.equiv.terms import Term
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED, Verdict
from hmer_suite.files import read_lines, write_whole
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import LatexSyntaxError, parse
from hmer_suite.predictions.files import read_references
from hmer_suite.scores.judging import judged
from hmer_suite.scores.results import Scores
from hmer_suite.scores.sample import Sample
from hmer_suite.scores.score import score
from hmer_suite.scores.signature import digest
from tools.reports.common import (
    CAPTIONS,
    LABELS_2014,
    MATHWRITING,
    PREDICTION_FILES,
    TAMER,
    UNIMUMER_3B,
    WAP,
    add_data_folder,
    cores,
    package_versions,
    quantile,
    read_captions,
    read_pairs,
    report_parser,
    write_or_print,
)
from tools.reports.markdown import Cell, bullets, join_blocks, page, section, table

COMMAND = "make semantics"
JUDGED = Path(__file__).with_name("judged.tsv")
RIGHT, UNJUDGED = "right", "unjudged"
EXAMPLES = 30
"""EQUAL pairs that are shown in full; of the others only the ids are given, since the labels belong to others."""

PATIENCE = 10.0
"""Seconds of CPU time that a pair may take with another tool."""

FILES = {
    WAP: PREDICTION_FILES[WAP],
    UNIMUMER_3B: PREDICTION_FILES[UNIMUMER_3B],
    MATHWRITING: PREDICTION_FILES[MATHWRITING],
    "Uni-MuMER 3B, MathWriting-a normalised": ("predictions/unimumer-3b-mathwriting-a-normalised.json", None),
    TAMER: PREDICTION_FILES[TAMER],
}
OTHERS = {
    "Math-Verify": "math_verify",
    "latex2sympy2_extended, simplify": "latex2sympy2_extended",
    "sympy `parse_latex`, strict": "sympy_parse_latex",
}
PACKAGES = ("sympy", "python-flint", "math-verify", "latex2sympy2_extended", "antlr4-python3-runtime")


@dataclass(frozen=True, slots=True)
class Measured:
    """One file: its scores with verdicts, and the time from the first pair to the last verdict."""

    title: str
    scores: Scores
    seconds: float

    @property
    def unequal(self) -> list[Sample]:
        """Predictions that are not missing and differ in canonical spelling."""
        return [s for s in self.scores.samples if s.prediction is not None and not s.canonical.exact]

    @property
    def respelt(self) -> list[Sample]:
        """The unequal predictions that are judged EQUAL."""
        return [sample for sample in self.unequal if verdict_of(sample).verdict == EQUAL]


def verdict_of(sample: Sample) -> Verdict:
    """The verdict on a judged sample."""
    assert sample.verdict is not None, f"{sample.id} was not judged"
    return sample.verdict


def measure(data: Path, title: str, workers: int) -> Measured:
    """Judge one file."""
    paired = read_pairs(data, *FILES[title])
    plain = score(paired.predictions, paired.references, ids=paired.ids, repair=False, semantics=False)
    with Judge(workers) as judge:
        started = time.perf_counter()
        scores = judged(plain, judge)
        return Measured(title, scores, time.perf_counter() - started)


# --- the files ----------------------------------------------------------------------------------------------


FILE_COLUMNS = (
    "file", "n", "EQUAL", "DIFFERENT", "UNDECIDED", "rate, rate_upper", "canonical ExpRate",
    "unequal in canonical spelling", "of these EQUAL", "of these UNDECIDED", "UNDECIDED though valid",
    "median, p99 of these", "whole file",
)  # fmt: skip


def files_table(measured: Sequence[Measured]) -> str:
    """Verdicts and times of each file."""
    return table(FILE_COLUMNS, map(_file_cells, measured))


def _file_cells(found: Measured) -> tuple[Cell, ...]:
    unequal, counted = found.unequal, found.scores.semantics
    assert counted is not None, f"{found.title} was not judged"
    verdicts = [verdict_of(sample) for sample in unequal]
    open_ones = [verdict for verdict in verdicts if verdict.verdict == UNDECIDED]
    parsed = sum(verdict.reason != "unparsed" for verdict in open_ones)
    rates = (f"{counted.rate:.2f}, {counted.rate_upper:.2f} %", f"{found.scores.canonical.exprate:.2f} %")
    return (
        found.title, found.scores.n, counted.equal, counted.different, counted.undecided, *rates, len(unequal),
        len(found.respelt), _of(len(open_ones), len(unequal)), _of(parsed, len(unequal)),
        _quantiles([verdict.seconds for verdict in verdicts]), f"{found.seconds:.1f} s",
    )  # fmt: skip


def reasons_table(measured: Sequence[Measured]) -> str:
    """Reasons of the verdicts on pairs that are unequal in canonical spelling."""
    ways = sorted({_way(verdict_of(sample)) for found in measured for sample in found.unequal})
    rows: list[tuple[Cell, ...]] = []
    for found in measured:
        counted = Counter(_way(verdict_of(sample)) for sample in found.unequal)
        rows.append((found.title, *(counted[way] for way in ways)))
    return table(["file", *ways], rows)


def _way(verdict: Verdict) -> str:
    return f"{verdict.verdict} {verdict.reason or verdict.how}"


def _of(part: int, whole: int) -> str:
    return f"{part:,} ({100 * part / whole:.1f} %)" if whole else "0"


def _quantiles(seconds: Sequence[float]) -> str:
    ranked = sorted(seconds)
    return f"{1000 * quantile(ranked, 0.5):.1f} ms, {1000 * quantile(ranked, 0.99):.0f} ms"


# --- pairs checked by eye -----------------------------------------------------------------------------------


def key(sample: Sample) -> str:
    """A digest of prediction and reference; a judgement holds for this pair only."""
    return digest(sample.prediction or "", sample.reference)


def judgements() -> dict[str, str]:
    """The words that people gave to pairs, by key."""
    if not JUDGED.exists():
        return {}
    rows = (line.split("\t") for line in read_lines(JUDGED))
    return {row[0]: row[1] for row in rows}


def equal_pairs(measured: Sequence[Measured]) -> str:
    """Pairs unequal in canonical spelling and judged EQUAL, with people's judgements; doubtful ones come first."""
    words = judgements()
    return join_blocks(*(_equal_pairs_of(found, words, EXAMPLES // len(measured)) for found in measured))


def _equal_pairs_of(found: Measured, words: Mapping[str, str], shown: int) -> str:
    said = [(sample, words.get(key(sample), UNJUDGED)) for sample in found.respelt]
    said.sort(key=lambda one: one[1] == RIGHT)
    counts = _by_word(said, lambda some: str(len(some)))
    examples = [
        f"{sample.id}, {verdict_of(sample).how}: {_code(sample.prediction)} and {_code(sample.reference)}: {word}"
        for sample, word in said[:shown]
    ]
    others = _by_word(said[shown:], lambda some: ", ".join(sample.id for sample in some))
    return section(
        f"{found.title}: {len(said)} pairs, {counts}",
        bullets(examples),
        f"And {others}." if said[shown:] else "",
        level=3,
    )


def _by_word(said: Sequence[tuple[Sample, str]], write: Callable[[list[Sample]], str]) -> str:
    """Samples grouped by judgement, such as ``right: a, b; wrong: c``."""
    words = dict.fromkeys(word for _, word in said)
    return "; ".join(f"{word}: {write([s for s, w in said if w == word])}" for word in words) or "none"


def _code(text: str | None) -> str:
    return f"`` {text} ``"


def write_unjudged(path: Path, measured: Sequence[Measured]) -> None:
    """Write digest, id, prediction and reference of the pairs that nobody has checked; not for the repository."""
    words = judgements()
    waiting = {key(s): s for found in measured for s in found.respelt if key(s) not in words}
    lines = [f"{digits}\t{s.id}\t{s.prediction}\t{s.reference}\n" for digits, s in waiting.items()]
    write_whole(path, "".join(lines))


# --- reading ------------------------------------------------------------------------------------------------


def is_opaque(term: Term) -> bool:
    """Whether a formula is read as text only, or as one unknown operator with fewer than two operands."""
    return term.op in ("text", "empty") or (term.op == "op" and len(term.args) < 2)


def labels(data: Path) -> dict[str, Sequence[str]]:
    """Labels of every kind of source, from those written for recognisers to those taken from papers."""
    systems = {title: read_references(data / FILES[title][0]).references for title in (MATHWRITING, TAMER)}
    return {
        "CROHME, training": list(read_captions(data / "crohme" / CAPTIONS["train"]).values()),
        "CROHME 2014": read_references(data / LABELS_2014).references,
        "HME100K-a": systems[TAMER],
        "MathWriting-a": systems[MATHWRITING],
        "im2latex test-a": read_lines(data / "im2latex/test-a.formulas.norm.txt"),
    }


READING_COLUMNS = (
    "labels", "n", "valid", "more than one opaque term", "a known construct at the root", "formulas per second",
)  # fmt: skip


def reading_table(data: Path) -> str:
    """Shares of labels that are understood, and formulas read a second on one core."""
    rows: list[tuple[Cell, ...]] = []
    for title, texts in labels(data).items():
        started = time.process_time()
        found = [reading(text) for text in texts]
        rate = len(texts) / (time.process_time() - started)
        terms = [term for term in found if term is not None]
        counts = (len(terms), sum(not is_opaque(t) for t in terms), sum(t.op not in SIGNS for t in terms))
        rows.append((title, len(texts), *(_of(count, len(texts)) for count in counts), f"{rate:,.0f}"))
    return table(READING_COLUMNS, rows)


SIGNS = frozenset(("op", "text", "empty"))
"""Terms that are compared only by their parts."""


def reading(text: str) -> Term | None:
    """A formula as the engine first reads it; None where it is invalid."""
    try:
        return TermReader().read(canonical_tree(parse(split(text))))
    except LatexSyntaxError:
        return None


# --- other tools --------------------------------------------------------------------------------------------

CONTEST_COLUMNS = (
    "", "both sides read", "judged EQUAL of the unequal", "of those we call DIFFERENT", "undecided of the unequal",
    "median, p99 per pair", "whole file, one core",
)  # fmt: skip


def contest(ours: Measured) -> str:
    """Every pair of a file, one at a time, with each tool: how many it reads and decides, and its times."""
    asked = [sample for sample in ours.scores.samples if sample.prediction is not None]
    # A blank follows the reference: the judge would not ask about equal texts at all.
    pairs = [(sample.prediction or "", f"{sample.reference} ") for sample in asked]
    with Judge(1) as judge:
        rows = [_contender("hmer-suite", asked, list(judge.judge(pairs)))]
    for title, function in OTHERS.items():
        decide = f"tools.benchmark.semantics:{function}"
        with Judge(1, seconds=PATIENCE, memory=4 << 30, decide=decide) as judge:
            rows.append(_contender(title, asked, list(judge.judge(pairs))))
    return table(CONTEST_COLUMNS, rows)


def _contender(title: str, asked: Sequence[Sample], verdicts: Sequence[Verdict]) -> tuple[Cell, ...]:
    unequal = [(s, v) for s, v in zip(asked, verdicts, strict=True) if not s.canonical.exact]
    equal = [s for s, v in unequal if v.verdict == EQUAL]
    return (
        title,
        f"{sum(v.reason != 'unparsed' for v in verdicts):,} of {len(verdicts):,}",
        f"{len(equal)} of {len(unequal)}",
        sum(verdict_of(s).verdict == DIFFERENT for s in equal),
        sum(v.verdict == UNDECIDED for _, v in unequal),
        _quantiles([v.seconds for v in verdicts]),
        f"{sum(v.seconds for v in verdicts):.1f} s",
    )


# --- the report ---------------------------------------------------------------------------------------------


def report(measured: Sequence[Measured], read: str, contested: str, workers: int) -> str:
    """The page as Markdown; `read` and `contested` are the tables of reading and of other tools."""
    return page(
        "Meaning on real prediction files",
        COMMAND,
        section(
            "Verdicts",
            "A missing prediction counts as DIFFERENT. An invalid prediction is never EQUAL: it is DIFFERENT where its "
            "repair is, else UNDECIDED (`unparsed`).",
            files_table(measured),
            "How the pairs that are unequal in canonical spelling were decided, or why not:",
            reasons_table(measured),
        ),
        section(
            "Unequal in canonical spelling, and EQUAL",
            "Every such pair was checked by eye, or is marked `unjudged`.",
            equal_pairs(measured),
        ),
        section(
            "Reading",
            "Labels that the grammar accepts; those that are read as more than text or one unknown operator with one "
            "operand; and those whose root is more than an operator compared by its operands alone. On one core, from "
            "text to term.",
            read,
        ),
        section(
            "Other tools",
            f"{WAP}, all pairs, one at a time in a process that is ended after {PATIENCE:g} s (ours after "
            f"{SECONDS:g} s).",
            contested,
        )
        if contested
        else "",
        note=f" with {workers} workers, {SECONDS:g} s of CPU time a pair; Python {platform.python_version()}, "
        f"{cores()}; {package_versions(PACKAGES)}. Signature of the first: `{measured[0].scores.signature}`. Times per "
        "pair are CPU time",
    )


def main() -> None:
    parser = report_parser(__doc__, prints=True)
    add_data_folder(parser)
    parser.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")
    parser.add_argument("--alone", action="store_true", help="leave out the other tools")
    parser.add_argument("--unjudged", type=Path, help="file for the EQUAL pairs that nobody has checked")
    given = parser.parse_args()
    measured = [measure(given.data, title, given.workers) for title in FILES]
    if given.unjudged:
        write_unjudged(given.unjudged, measured)
    contested = "" if given.alone else contest(measured[0])
    write_or_print(report(measured, reading_table(given.data), contested, given.workers), given.out)


if __name__ == "__main__":
    main()
