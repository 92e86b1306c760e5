"""Judge the real prediction files, beside other tools; writes `reports/semantics.md`.

python -m tools.reports.semantics --data ../shared/data --out reports/semantics.md

Pairs that are judged EQUAL though they are spelt differently are looked at by eye; what was found stands in
`tools/reports/judged.tsv`, keyed by a digest of the pair. ``--unjudged FILE`` writes those that nobody has looked at.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from hmer_suite.equiv.reading.reader import TermReader
from hmer_suite.equiv.sandbox.judge import SECONDS, Judge
from hmer_suite.equiv.terms import Term
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED, Verdict
from hmer_suite.files import read_lines, write_whole
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import LatexSyntaxError, parse
from hmer_suite.predictions.files import pair, read_predictions, read_references
from hmer_suite.scores.judging import judged
from hmer_suite.scores.results import Scores
from hmer_suite.scores.sample import Sample
from hmer_suite.scores.score import score
from hmer_suite.scores.signature import digest

COMMAND = "make semantics"
JUDGED = Path(__file__).with_name("judged.tsv")
RIGHT, UNJUDGED = "right", "unjudged"
EXAMPLES = 30
"""EQUAL pairs that are shown in full; the others are named by their ids alone, for the labels belong to others."""

PATIENCE = 10.0
"""Seconds of CPU time that a pair may take with another tool."""

LABELS = "crohme/captions-test2014.txt"
WAP = "WAP, CROHME 2014"
MATHWRITING = "Uni-MuMER 3B, MathWriting-a"
HME100K = "TAMER, HME100K-a"
FILES = {
    WAP: ("predictions/wap-crohme2014.txt", LABELS),
    "Uni-MuMER 3B, CROHME 2014": ("predictions/unimumer-3b-crohme2014.json", None),
    MATHWRITING: ("predictions/unimumer-3b-mathwriting-a.json", None),
    "Uni-MuMER 3B, MathWriting-a normalised": ("predictions/unimumer-3b-mathwriting-a-normalised.json", None),
    HME100K: ("predictions/tamer-hme100k-a.json", None),
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
        """Those of them that are judged EQUAL."""
        return [sample for sample in self.unequal if sample.verdict.verdict == EQUAL]


def measure(data: Path, title: str, workers: int) -> Measured:
    predictions, labels = FILES[title]
    references = None if labels is None else read_references(data / labels)
    paired = pair(read_predictions(data / predictions, references=references), references)
    plain = score(paired.predictions, paired.references, ids=paired.ids, repair=False, semantics=False)
    with Judge(workers) as judge:
        started = time.perf_counter()
        scores = judged(plain, judge)
        return Measured(title, scores, time.perf_counter() - started)


# --- the files ----------------------------------------------------------------------------------------------


def files_table(measured: Sequence[Measured]) -> str:
    rows = [
        "| file | n | EQUAL | DIFFERENT | UNDECIDED | rate, rate_upper | canonical ExpRate "
        "| unequal in canonical spelling "
        "| of these EQUAL | of these UNDECIDED | UNDECIDED though valid | median, p99 of these | whole file |",
        "|---|" + "---:|" * 12,
    ]
    for found in measured:
        unequal, counted = found.unequal, found.scores.semantics
        open_ones = [sample for sample in unequal if sample.verdict.verdict == UNDECIDED]
        parsed = sum(sample.verdict.reason != "unparsed" for sample in open_ones)
        cells = (
            found.title, f"{found.scores.n:,}", f"{counted.equal:,}", f"{counted.different:,}",
            f"{counted.undecided:,}", f"{counted.rate:.2f}, {counted.rate_upper:.2f} %",
            f"{found.scores.canonical.exprate:.2f} %", f"{len(unequal):,}", f"{len(found.respelt):,}",
            _of(len(open_ones), len(unequal)), _of(parsed, len(unequal)), _times(unequal), f"{found.seconds:.1f} s",
        )  # fmt: skip
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def reasons_table(measured: Sequence[Measured]) -> str:
    """Why pairs are undecided, and how the others were decided, of those unequal in canonical spelling."""
    ways = sorted({_way(s.verdict) for found in measured for s in found.unequal})
    rows = [f"| file | {' | '.join(ways)} |", "|---|" + "---:|" * len(ways)]
    for found in measured:
        counted = [sum(_way(sample.verdict) == way for sample in found.unequal) for way in ways]
        rows.append(f"| {found.title} | {' | '.join(map('{:,}'.format, counted))} |")
    return "\n".join(rows)


def _way(verdict: Verdict) -> str:
    return f"{verdict.verdict} {verdict.reason or verdict.how}"


def _of(part: int, whole: int) -> str:
    return f"{part:,} ({100 * part / whole:.1f} %)" if whole else "0"


def _times(samples: Sequence[Sample]) -> str:
    return _quantiles([sample.verdict.seconds for sample in samples])


def _quantiles(seconds: Sequence[float]) -> str:
    ranked = sorted(seconds)
    median, high = (ranked[min(len(ranked) - 1, int(share * len(ranked)))] for share in (0.5, 0.99))
    return f"{1000 * median:.1f} ms, {1000 * high:.0f} ms"


# --- pairs looked at by eye ---------------------------------------------------------------------------------


def key(sample: Sample) -> str:
    """A digest of prediction and reference, so that a judgement holds for the pair alone."""
    return digest(sample.prediction or "", sample.reference)


def judgements() -> dict[str, str]:
    return dict(line.split("\t")[:2] for line in read_lines(JUDGED)) if JUDGED.exists() else {}


def equal_pairs(measured: Sequence[Measured]) -> str:
    """Every pair that is unequal in canonical spelling and judged EQUAL, with what the eye said; doubts come first."""
    words = judgements()
    parts, shown = [], EXAMPLES // len(measured)
    for found in measured:
        said = [(sample, words.get(key(sample), UNJUDGED)) for sample in found.respelt]
        said.sort(key=lambda one: one[1] == RIGHT)
        lines = [f"### {found.title}: {len(said)} pairs, {_by_word(said, lambda some: str(len(some)))}", ""]
        for sample, word in said[:shown]:
            texts = f"{_code(sample.prediction)} and {_code(sample.reference)}"
            lines.append(f"- {sample.id}, {sample.verdict.how}: {texts}: {word}")
        if said[shown:]:
            lines += [
                "",
                f"And {_by_word(said[shown:], lambda some: ', '.join(sample.id for sample in some))}.",
            ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _by_word(said: Sequence[tuple[Sample, str]], write: Callable[[list[Sample]], str]) -> str:
    """Samples by what was said of them, such as ``right: a, b; wrong: c``."""
    words = dict.fromkeys(word for _, word in said)
    return "; ".join(f"{word}: {write([s for s, w in said if w == word])}" for word in words) or "none"


def _code(text: str | None) -> str:
    return f"`` {text} ``"


def write_unjudged(path: Path, measured: Sequence[Measured]) -> None:
    """Digest, id, prediction and reference of the pairs that nobody has looked at; not for the repository."""
    words = judgements()
    waiting = {key(s): s for found in measured for s in found.respelt if key(s) not in words}
    lines = [f"{digits}\t{s.id}\t{s.prediction}\t{s.reference}\n" for digits, s in waiting.items()]
    write_whole(path, "".join(lines))


# --- reading ------------------------------------------------------------------------------------------------


def is_opaque(term: Term) -> bool:
    """Whether a formula is read as nothing but words, or as a sign about one thing that nothing is known about."""
    return term.op in ("text", "empty") or (term.op == "op" and len(term.args) < 2)


def labels(data: Path) -> dict[str, list[str]]:
    """Labels of every kind of source; the first as recognisers write them, the last as papers do."""
    systems = {title: read_references(data / FILES[title][0]).references for title in (MATHWRITING, HME100K)}
    return {
        "CROHME, training": [line.split("\t")[1] for line in read_lines(data / "crohme/captions-train.txt")],
        "CROHME 2014": list(read_references(data / LABELS).references),
        "HME100K-a": list(systems[HME100K]),
        "MathWriting-a": list(systems[MATHWRITING]),
        "im2latex test-a": read_lines(data / "im2latex/test-a.formulas.norm.txt"),
    }


def reading_table(data: Path) -> str:
    rows = [
        "| labels | n | valid | more than one opaque term | a known construct at the root | formulas per second |",
        "|---|" + "---:|" * 5,
    ]
    for title, texts in labels(data).items():
        started = time.process_time()
        found = [reading(text) for text in texts]
        rate = len(texts) / (time.process_time() - started)
        terms = [term for term in found if term is not None]
        counts = (len(terms), sum(not is_opaque(t) for t in terms), sum(t.op not in SIGNS for t in terms))
        cells = (title, f"{len(texts):,}", *(_of(count, len(texts)) for count in counts), f"{rate:,.0f}")
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


SIGNS = frozenset(("op", "text", "empty"))
"""Terms that are compared by their parts alone."""


def reading(text: str) -> Term | None:
    """A formula as the engine reads it first; None of an invalid one."""
    try:
        return TermReader().read(canonical_tree(parse(split(text))))
    except LatexSyntaxError:
        return None


# --- beside other tools -------------------------------------------------------------------------------------


def contest(ours: Measured) -> str:
    """Every pair of a file, one at a time, with each tool: how many it reads and decides, and in what time."""
    asked = [s for s in ours.scores.samples if s.prediction is not None]
    pairs = [
        (s.prediction, f"{s.reference} ") for s in asked
    ]  # a blank, or equal texts would not be asked at all
    rows = [
        "| | both sides read | judged EQUAL of the unequal | of those we call DIFFERENT | undecided "
        "of the unequal | median, p99 per pair | whole file, one core |",
        "|---|" + "---:|" * 6,
    ]
    with Judge(1) as judge:
        rows.append(_contender("hmer-suite", asked, list(judge.judge(pairs))))
    for title, function in OTHERS.items():
        decide = f"tools.benchmark.semantics:{function}"
        with Judge(1, seconds=PATIENCE, memory=4 << 30, decide=decide) as judge:
            rows.append(_contender(title, asked, list(judge.judge(pairs))))
    return "\n".join(rows)


def _contender(title: str, asked: Sequence[Sample], verdicts: Sequence[Verdict]) -> str:
    unequal = [(s, v) for s, v in zip(asked, verdicts, strict=True) if not s.canonical.exact]
    equal = [s for s, v in unequal if v.verdict == EQUAL]
    cells = (
        title,
        f"{sum(v.reason != 'unparsed' for v in verdicts):,} of {len(verdicts):,}",
        f"{len(equal)} of {len(unequal)}",
        f"{sum(s.verdict.verdict == DIFFERENT for s in equal)}",
        f"{sum(v.verdict == UNDECIDED for _, v in unequal)}",
        _quantiles([v.seconds for v in verdicts]),
        f"{sum(v.seconds for v in verdicts):.1f} s",
    )
    return f"| {' | '.join(cells)} |"


# --- the report ---------------------------------------------------------------------------------------------


def report(measured: Sequence[Measured], read: str, contested: str, workers: int) -> str:
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    parts = (
        f"# Meaning on real prediction files\n\nWritten by `{COMMAND}` with {workers} workers, {SECONDS:g} s of CPU "
        f"time a pair; Python {platform.python_version()}, {os.cpu_count()} cores; {versions}. Signature of the first: "
        f"`{measured[0].scores.signature}`. Times per pair are CPU time.",
        "## Verdicts\n\nA missing prediction counts as DIFFERENT. An invalid prediction is never EQUAL: it is "
        "DIFFERENT where its repair is, else UNDECIDED (`unparsed`).\n\n" + files_table(measured),
        "How the pairs that are unequal in canonical spelling were decided, or why not:\n\n" + reasons_table(measured),
        "## Unequal in canonical spelling, and EQUAL\n\nEvery such pair was looked at by eye, or says `unjudged`.\n\n"
        + equal_pairs(measured),
        "## Reading\n\nLabels that the grammar accepts; those that are read into more than words, or one sign over one "
        "thing; and those whose root is more than a sign that is compared by its operands alone. On one core, from "
        "text to term.\n\n" + read,
        f"## Beside other tools\n\n{WAP}, all pairs, one at a time in a process that is ended after {PATIENCE:g} s "
        f"(ours after {SECONDS:g} s).\n\n{contested}" if contested else "",
    )  # fmt: skip
    return "\n\n".join(filter(None, parts)) + "\n"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the real data")
    parser.add_argument("--out", type=Path, help="the report; without it, it is printed")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--alone", action="store_true", help="leave the other tools out")
    parser.add_argument("--unjudged", type=Path, help="also write the EQUAL pairs that nobody has looked at")
    arguments = parser.parse_args()
    measured = [measure(arguments.data, title, arguments.workers) for title in FILES]
    if arguments.unjudged:
        write_unjudged(arguments.unjudged, measured)
    contested = "" if arguments.alone else contest(measured[0])
    text = report(measured, reading_table(arguments.data), contested, arguments.workers)
    if arguments.out is None:
        print(text)
    else:
        write_whole(arguments.out, text)


if __name__ == "__main__":
    main()
