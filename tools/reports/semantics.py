"""Judge the meaning of the real prediction files, and compare with other tools; writes reports/semantics.md.

python -m tools.reports.semantics --data ../shared/data --out reports/semantics.md

Pairs that are judged EQUAL although they are spelt differently are checked by eye; the results are in
`tools/reports/judged.tsv`, keyed by a digest of the pair. ``--unjudged FILE`` writes those that nobody has checked.
"""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.equiv.reading.reader import TermReader
from hmer_suite.equiv.sandbox.judge import SECONDS, Judge
from hmer_suite.equiv.terms import Term
from hmer_suite.equiv.verdict import EQUAL, UNDECIDED, Verdict
from hmer_suite.files import read_lines, write_whole
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import LatexSyntaxError, parse
from hmer_suite.predictions.files import read_references
from hmer_suite.scores.judging import judged
from hmer_suite.scores.results import Scores
from hmer_suite.scores.sample import Sample
from hmer_suite.scores.score import score
from tools.benchmark.contest import Contest, contest_section, drawn, held, key, unjudged
from tools.benchmark.public_suites import CONVENTIONS, suites_table
from tools.command import run_tool
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
from tools.reports.shared_cases import Case, cases_table, judged_cases, lines, open_cases, wrong_cases
from tools.reports.undecided_causes import CAUSES, cause

COMMAND = "make semantics"
JUDGED = Path(__file__).with_name("judged.tsv")
RIGHT, UNJUDGED = "right", "unjudged"
EXAMPLES = 30
"""EQUAL pairs that are shown in full; of the others only the ids are given, since the labels belong to others."""

FILES = {
    WAP: PREDICTION_FILES[WAP],
    UNIMUMER_3B: PREDICTION_FILES[UNIMUMER_3B],
    MATHWRITING: PREDICTION_FILES[MATHWRITING],
    "Uni-MuMER 3B, MathWriting-a normalised": ("predictions/unimumer-3b-mathwriting-a-normalised.json", None),
    TAMER: PREDICTION_FILES[TAMER],
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


def causes_table(measured: Sequence[Measured]) -> str:
    """Causes of what is undecided, in each file, with the share of the unequal pairs."""
    rows: dict[str, list[Cell]] = {name: [] for name in (*CAUSES, "all")}
    for found in measured:
        open_ones = [sample for sample in found.unequal if verdict_of(sample).verdict == UNDECIDED]
        counted = Counter(cause(split(s.reference), verdict_of(s).reason) for s in open_ones)
        for name in CAUSES:
            rows[name].append(_of(counted[name], len(found.unequal)))
        rows["all"].append(_of(len(open_ones), len(found.unequal)))
    kept = [(name, *cells) for name, cells in rows.items() if any(cell != _of(0, 1) for cell in cells)]
    return table(("cause", *(found.title for found in measured)), kept)


def _way(verdict: Verdict) -> str:
    return f"{verdict.verdict} {verdict.reason or verdict.how}"


def _of(part: int, whole: int) -> str:
    return f"{part:,} ({100 * part / whole:.1f} %)" if whole else "0"


def _quantiles(seconds: Sequence[float]) -> str:
    ranked = sorted(seconds)
    return f"{1000 * quantile(ranked, 0.5):.1f} ms, {1000 * quantile(ranked, 0.99):.0f} ms"


# --- pairs checked by eye -----------------------------------------------------------------------------------


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
    write_pairs(path, waiting.values())


def write_pairs(path: Path, samples: Iterable[Sample]) -> None:
    """Write digest, id, prediction and reference of pairs to be judged; not for the repository."""
    rows = [f"{key(s)}\t{s.id}\t{s.prediction}\t{s.reference}\n" for s in samples]
    write_whole(path, "".join(rows))


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

CONTEST = (WAP, MATHWRITING, TAMER)
"""Files from which pairs are drawn for the contest."""


def contested(measured: Sequence[Measured], count: int) -> Contest:
    """The contest on `count` pairs of each file, drawn by seed."""
    by_title = {found.title: found.scores.samples for found in measured}
    return held([sample for title in CONTEST for sample in drawn(by_title[title], count, f"contest:{title}")])


# --- the report ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Findings:
    """What the report is written from; tables that were not made are empty."""

    measured: Sequence[Measured]
    reading: str
    contest: Contest | None
    suites: str
    cases: Sequence[Case]
    workers: int


def report(found: Findings) -> str:
    """The page as Markdown."""
    return page(
        "Meaning on real prediction files",
        COMMAND,
        cases_section(found.cases),
        verdicts_section(found.measured),
        section(
            "Unequal in canonical spelling, and EQUAL",
            "Every such pair was checked by eye, or is marked `unjudged`.",
            equal_pairs(found.measured),
        ),
        section(
            "Reading",
            "Labels that the grammar accepts; those that are read as more than text or one unknown operator with one "
            "operand; and those whose root is more than an operator compared by its operands alone. On one core, from "
            "text to term.",
            found.reading,
        ),
        contest_section(found.contest, ", ".join(CONTEST)) if found.contest else "",
        section("Public test suites", CONVENTIONS, found.suites) if found.suites else "",
        note=f" with {found.workers} workers, {SECONDS:g} s of CPU time a pair; Python {platform.python_version()}, "
        f"{cores()}; {package_versions(PACKAGES)}. Signature of the first: "
        f"`{found.measured[0].scores.signature}`. Times per pair are CPU time",
    )


def cases_section(cases: Sequence[Case]) -> str:
    """The part on the cases beside the checkout; empty where there are none."""
    if not cases:
        return ""
    wrong, still_open = wrong_cases(cases), open_cases(cases)
    return section(
        "Cases",
        "Pairs that users of such tools reported, with the right answer; they lie beside the checkout and are not "
        "distributed.",
        cases_table(cases),
        f"Wrong: {len(wrong)} (lines {lines(wrong)}). UNDECIDED although more can be said: {len(still_open)} "
        f"(lines {lines(still_open)}).",
    )


def verdicts_section(measured: Sequence[Measured]) -> str:
    """The part on verdicts, their ways and what stays undecided."""
    return section(
        "Verdicts",
        "A missing prediction counts as DIFFERENT. An invalid prediction is never EQUAL: it is DIFFERENT where its "
        "repairs are, else UNDECIDED (`unparsed`).",
        files_table(measured),
        "How the pairs that are unequal in canonical spelling were decided, or why not:",
        reasons_table(measured),
        "What stays undecided, by what the reference contains; shares are of the pairs that are unequal in canonical "
        "spelling:",
        causes_table(measured),
    )


def main() -> None:
    parser = report_parser(__doc__, prints=True)
    add_data_folder(parser)
    parser.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")
    parser.add_argument(
        "--alone", action="store_true", help="leave out the other tools and the public suites"
    )
    parser.add_argument(
        "--contest",
        type=int,
        default=250,
        help="pairs of each file for the other tools (default: %(default)s)",
    )
    parser.add_argument("--cases", type=Path, help="file of cases (default: cases/equal.tsv beside the data)")
    parser.add_argument("--unjudged", type=Path, help="file for the EQUAL pairs that nobody has checked")
    parser.add_argument(
        "--sample", type=Path, help="file for the pairs of the contest that nobody has judged"
    )
    given = parser.parse_args()
    measured = [measure(given.data, title, given.workers) for title in FILES]
    if given.unjudged:
        write_unjudged(given.unjudged, measured)
    contest = None if given.alone else contested(measured, given.contest)
    if given.sample and contest:
        write_pairs(given.sample, unjudged(contest))
    cases = given.cases or given.data.parent / "cases" / "equal.tsv"
    found = Findings(
        measured=measured,
        reading=reading_table(given.data),
        contest=contest,
        suites="" if given.alone else suites_table(given.workers),
        cases=judged_cases(cases, given.workers) if cases.is_file() else [],
        workers=given.workers,
    )
    write_or_print(report(found), given.out)


if __name__ == "__main__":
    run_tool(main)
