"""Measure how fast hmer-suite is, compared with other tools; writes reports/bench.md.

python -m tools.benchmark.run --data ../shared/data --out reports/bench.md

Contenders run in a process each (`contenders.py`, `katex.mjs`) and take turns, round by round, so that a busy machine
slows all alike. Data or contenders that are missing are listed as not measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from hmer_suite.files import write_whole
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.tokens import split
from hmer_suite.predictions.files import read_predictions, read_references
from hmer_suite.repairs import repair
from tools.benchmark.race import ROOT, command, contender, katex, peak_memory, race
from tools.benchmark.report import Goal, Row, Section, figure, ratio, unmeasured, write
from tools.command import run_tool
from tools.reports.common import cores, package_versions, processor

PACKAGES = ("lark", "rapidfuzz", "numpy", "typer", "jiwer", "pylatexenc", "sympy", "antlr4-python3-runtime")
SEED = 2014
WALKED = 2_000
"""Formulas for pylatexenc."""

LABELS = {
    "CROHME train and HME100K-a": ("crohme/captions-train.txt", "predictions/tamer-hme100k-a.json"),
    "MathWriting-a": ("predictions/unimumer-3b-mathwriting-a.json",),
    "im2latex test-a": ("im2latex/test-a.formulas.norm.txt",),
}
TAMER = "predictions/tamer-hme100k-a.json"
TAMER_EDITS = (9_516, 248_717)
"""Token errors and reference tokens of TAMER-a, computed independently of this project."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings from the command line; `scratch` is a folder for files that the contenders read."""

    data: Path
    rounds: int
    slow: int
    torch_python: str
    scratch: Path


# --- verdict, tree, canonical spelling ----------------------------------------------------------------------


def formulas(settings: Settings) -> list[Section]:
    """Formulas a second, from text to verdict, tree and canonical spelling, compared with other parsers."""
    return [_formulas_of(source, settings, everyone=not number) for number, source in enumerate(LABELS)]


def _formulas_of(source: str, settings: Settings, everyone: bool) -> Section:
    title, labels = f"Verdict, tree and canonical spelling: {source}", _labels(settings, source)
    if not labels:
        return unmeasured(title, "the labels are missing")
    ours = ("ours_verdict", "ours_tree", "ours_canonical")
    path = _written(settings, "all.json", labels)
    others = _other_parsers(settings, labels) if everyone else {}
    raced = race(
        {**{name: contender(name, path) for name in ours}, "katex": katex(path), **others}, settings.rounds
    )
    verdict, tree = raced["ours_verdict"].rate("ours, verdict"), raced["ours_tree"].rate("ours, tree")
    judged = raced["katex"].rate("KaTeX in node, parse only: a tree")
    rows = [
        *(verdict, tree, raced["ours_canonical"].rate("ours, canonical spelling"), judged),
        *(raced[name].rate(name) for name in others),
        raced["ours_verdict"].first_rate("ours, verdict, first pass"),
        raced["ours_tree"].first_rate("ours, tree, first pass"),
        raced["katex"].first_rate("KaTeX, first pass"),
        raced["ours_verdict"].memory("ours, verdict, resident memory"),
        raced["katex"].memory("KaTeX, resident memory"),
    ]
    goals = [Goal(f"verdict, times KaTeX: {source}", ratio(verdict, judged), least=1)]
    if everyone:
        goals.append(Goal(f"trees a second: {source}", tree.median, least=8_000))
    return Section(title, FORMULAS_TEXT if everyone else "As above.", rows, goals)


FORMULAS_TEXT = (
    "Formulas a second, from text. Our verdict says yes or no without a tree; all others build one to find "
    "out, so our tree is comparable to theirs. Rates are those of a warm process that has seen the formulas "
    "before; the first pass of a fresh process is below. pylatexenc and sympy get a random sample."
)


def _other_parsers(settings: Settings, labels: Sequence[str]) -> dict[str, list[str]]:
    drawn = random.Random(SEED).sample(labels, k=len(labels))
    walked = _written(settings, "walked.json", drawn[:WALKED])
    few = _written(settings, "few.json", drawn[: settings.slow])
    return {
        "pylatexenc, LatexWalker, not tolerant": contender("pylatexenc", walked),
        "sympy, parse_latex, antlr": contender("sympy_antlr", few),
        "sympy, parse_latex, lark": contender("sympy_lark", few),
    }


# --- token errors -------------------------------------------------------------------------------------------


def token_errors(settings: Settings) -> list[Section]:
    """Seconds to count the token errors of TAMER-a from the file; all contenders must find the same total."""
    title, path = "Token errors", settings.data / TAMER
    if not path.is_file():
        return [unmeasured(title, "the predictions of TAMER-a are missing")]
    names = {
        "ours_errors": "ours: S, D and I of the documented alignment",
        "jiwer": "jiwer, process_words",
        "torchmetrics": "torchmetrics, WordErrorRate",
        "quadratic_loop": "quadratic loop over a numpy table, as in WAP's compute-wer",
    }
    pythons = {"torchmetrics": settings.torch_python}
    commands = {name: contender(name, path, pythons.get(name, sys.executable)) for name in names}
    raced = race(commands, settings.rounds)
    rows: dict[str, Row] = {}
    for name, result in raced.items():
        if any((answer["found"], answer["items"]) != TAMER_EDITS for answer in result.passes):
            raise SystemExit(f"bench: {name} counts other token errors: {result.passes[0]}")
        samples = tuple(answer["seconds"] for answer in result.passes[1:])
        rows[name] = Row(names[name], "s", samples, result.why or result.hello["version"])
    text = (
        "12,386 predictions of TAMER on HME100K-a: reading the JSON file, splitting and counting, in a warm "
        f"process. Each finds {TAMER_EDITS[0]:,} errors in {TAMER_EDITS[1]:,} tokens; otherwise there is no report."
    )
    goal = Goal("token errors, times jiwer's throughput", ratio(rows["jiwer"], rows["ours_errors"]), least=3)
    return [Section(title, text, list(rows.values()), [goal])]


# --- whole command ------------------------------------------------------------------------------------------


def whole_command(settings: Settings) -> list[Section]:
    """Wall-clock seconds and memory of ``score`` and ``--help``, process start included."""
    title, path = "Whole command", settings.data / TAMER
    usage = command("`hmer-suite --help`", ["--help"], settings.rounds)
    goals = [Goal("`--help`, s", usage.median, most=0.3)]
    if not path.is_file():
        return [Section(title, "The predictions of TAMER-a are missing.", [usage], goals)]
    samples = json.loads(path.read_text(encoding="utf-8"))
    copies = {f"{copy}-{name}": sample for copy in range(10) for name, sample in samples.items()}
    larger = _written(settings, "ten.json", copies)
    options = ["--no-semantics", "--json"]
    once = command(
        f"`score` on TAMER-a, {len(samples):,} samples", ["score", str(path), *options], settings.rounds
    )
    alone = command(
        "the same with `--workers 1`", ["score", str(path), *options, "--workers", "1"], settings.rounds
    )
    ten = command("`score` on ten times the samples", ["score", str(larger), *options], settings.rounds)
    memory = peak_memory("peak memory of `score` on TAMER-a", ["score", str(path), *options], 2)
    ten_memory = peak_memory("peak memory, ten times the samples", ["score", str(larger), *options], 1)
    text = (
        "Process start included. Memory is the highest sum of the proportional set sizes of the command's "
        "processes, sampled in separate runs. The larger file has each sample ten times."
    )
    goals += [
        Goal("`score` on TAMER-a, s", once.median, most=3),
        Goal("peak memory of `score` on TAMER-a, MB", memory.median, most=300),
        Goal("`score` on ten times the samples, times as long", ratio(ten, once), most=10),
    ]
    return [Section(title, text, [usage, once, alone, ten, memory, ten_memory], goals)]


# --- repair -------------------------------------------------------------------------------------------------


def repairs(settings: Settings) -> list[Section]:
    """Milliseconds per repair: of WAP's invalid predictions, of random tokens and of loops."""
    path, labels = settings.data / "predictions/wap-crohme2014.txt", _labels(settings, next(iter(LABELS)))
    if not labels or not path.is_file():
        return [unmeasured("Repair", "the data of CROHME is missing")]
    vocabulary = sorted({token for label in labels for token in label.split()})
    draw = random.Random(SEED)
    cases = {
        "WAP's invalid predictions": [
            t for t in read_predictions(path).predictions if not is_valid(split(t or ""))
        ],
        "500 random tokens": [" ".join(draw.choices(vocabulary, k=500)) for _ in range(20)],
        "2,000-token loops": [
            _loop(clause, 2_000) for clause in (r"{ x ^", r"\frac { 1 } {", "} + x", "a _ b _")
        ],
    }
    first = Row("first repair of a process", "ms", (_milliseconds("x ^"),), "reads the token model")
    rows = {name: _repair_times(name, texts, settings.rounds) for name, texts in cases.items()}
    if not all(is_valid(split(repair(text).output)) for texts in cases.values() for text in texts):
        raise SystemExit("bench: a repaired formula is not valid")
    text = (
        "Milliseconds per repair, the median over the formulas of a case, with the slowest one. Random "
        f"tokens are drawn from the vocabulary of the labels above, seed {SEED}. Every output is valid."
    )
    goals = [
        Goal("repair of 500 random tokens, ms", rows["500 random tokens"].median, most=50),
        Goal("repair of a 2,000-token loop, ms", rows["2,000-token loops"].median, most=500),
    ]
    return [Section("Repair", text, [*rows.values(), first], goals)]


def _repair_times(name: str, texts: Sequence[str], rounds: int) -> Row:
    times = [[_milliseconds(text) for text in texts] for _ in range(rounds)]
    slowest = max(median(of_one) for of_one in zip(*times, strict=True))
    return Row(name, "ms", tuple(map(median, times)), f"{len(texts)} formulas, slowest {figure(slowest)} ms")


def _milliseconds(text: str) -> float:
    """Wall-clock time of repairing a text."""
    start = time.perf_counter()
    repair(text)
    return 1e3 * (time.perf_counter() - start)


def _loop(clause: str, tokens: int) -> str:
    words = clause.split()
    return " ".join((words * (tokens // len(words) + 1))[:tokens])


# --- data and machine ---------------------------------------------------------------------------------------


def _labels(settings: Settings, source: str) -> list[str]:
    """Labels of a source; empty where one of its files is missing."""
    paths = [settings.data / name for name in LABELS[source]]
    if not all(path.is_file() for path in paths):
        return []
    return [label for path in paths for label in read_references(path).references]


def _written(settings: Settings, name: str, value: object) -> Path:
    path = settings.scratch / name
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def _head(settings: Settings, before: float) -> str:
    """The machine and the packages, without names of the machine or its folders; how figures are taken."""
    load = f"load average {before:.1f} before and {os.getloadavg()[0]:.1f} after"
    return (
        "`--data DIR` names the folder of the data sets, `--torch-python PYTHON` a Python with torchmetrics. "
        f"Machine: {processor()}, {cores()}, {platform.system()}; {load}. "
        f"Python {platform.python_version()}, {package_versions(PACKAGES)}.\n\n"
        f"Figures are medians of {settings.rounds} rounds after a first one that does not count, with the lowest and "
        "the highest; whole commands have no such first round. Contenders have a process each and take turns, round "
        "by round."
    )


PARTS = {"formulas": formulas, "errors": token_errors, "command": whole_command, "repair": repairs}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder of the data sets"
    )
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count (default: %(default)s)")
    parser.add_argument(
        "--slow", type=int, default=100, help="formulas for sympy's parsers (default: %(default)s)"
    )
    parser.add_argument("--torch-python", default=sys.executable, help="a Python that has torchmetrics")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=list(PARTS), help="parts to measure (default: all)"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "bench.md", help="report to write")
    given = parser.parse_args()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="hmer-bench-") as scratch:
        settings = Settings(given.data, given.rounds, given.slow, given.torch_python, Path(scratch))
        sections = [part for name in given.only for part in PARTS[name](settings)]
    command = f"python -m tools.benchmark.run --rounds {given.rounds} --slow {given.slow}"
    write_whole(given.out, write(command, _head(settings, before), sections))


if __name__ == "__main__":
    run_tool(main)
