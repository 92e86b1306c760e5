"""The slowest tests: what they take, and what they promise; writes reports/suite.md.

python -m tools.reports.suite LOG --out reports/suite.md

LOG is what ``make test ARGS=--durations=80`` printed. The promise of a test is the first line of its docstring, or its
name in words.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from tools.command import run_tool
from tools.reports.common import report_parser, write_or_print
from tools.reports.markdown import Cell, page, section, table

ROOT = Path(__file__).parents[2]
ENTRY = re.compile(r"^([\d.]+)s (setup|call|teardown) +(\S+?)::([^\s\[]+)(\[.*\])?$", re.M)
SUMMARY = re.compile(r"^=* *(.*?\d+ passed.*?) *=*$", re.M)

DONE = {
    "Makefile": "`make test` runs in a process for each thread; one that has nothing left takes tests from another "
    "(`--dist worksteal`), and tests that share a fixture stay together as far as they can.",
    "tests/cli/test_commands.py": "The help of the 17 commands is asked of forks of one process, no longer of 17.",
    "tests/plugins/test_im2latex_weights.py": "One process reads the three printed formulas, no longer three.",
    "tests/plugins/test_symbol_cnn_weights.py": "The command is called in the process of the tests.",
    "tests/train/test_loop.py": "One run is stopped at all four places in turn, and compared with one run that "
    "is not, no longer four with four.",
}
"""Changes that made the suite quicker, by file; no promise went with them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Seconds of the clock that a phase of a test took."""

    seconds: float
    phase: str
    file: str
    test: str


def entries(log: str) -> list[Entry]:
    """The slowest phases that pytest listed; with parameters, those of one test are added up."""
    found = [Entry(float(m[1]), m[2], m[3], m[4]) for m in ENTRY.finditer(log)]
    return sorted(_added(found, lambda e: (e.file, e.test, e.phase)), key=lambda e: -e.seconds)


def by_file(found: Iterable[Entry]) -> list[Entry]:
    """The same added up for each file."""
    return sorted(_added(list(found), lambda e: (e.file, "", "")), key=lambda e: -e.seconds)


def _added(found: Sequence[Entry], key: Callable[[Entry], tuple[str, str, str]]) -> list[Entry]:
    groups = groupby(sorted(found, key=key), key)
    return [
        Entry(sum(one.seconds for one in group), phase, file, test) for (file, test, phase), group in groups
    ]


def promise(entry: Entry) -> str:
    """What the test holds; that it is no longer there, if so."""
    path = ROOT / entry.file
    tree = ast.parse(path.read_text("utf-8")) if path.exists() else ast.Module([], [])
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == entry.test:
            words = entry.test.removeprefix("test_").replace("_", " ")
            return (ast.get_docstring(node) or words).partition("\n")[0].rstrip(".")
    return "(no longer a test of its own)"


def main() -> None:
    parser = report_parser(__doc__)
    parser.add_argument("log", type=Path, help="what pytest printed with --durations")
    given = parser.parse_args()
    log = given.log.read_text("utf-8", "replace")
    found = entries(log)
    if not found:
        parser.error(f"{given.log}: no list of slowest durations in it")
    files: list[list[Cell]] = [[entry.file, entry.seconds] for entry in by_file(found)]
    tests: list[list[Cell]] = [
        [f"`{entry.file}::{entry.test}`", entry.phase, entry.seconds, promise(entry)] for entry in found
    ]
    whole = SUMMARY.findall(log)
    text = page(
        "The test suite",
        f"python -m tools.reports.suite {given.log.name}",
        f"Seconds of the clock, with other processes at work, of the {len(ENTRY.findall(log))} slowest phases"
        + (f" of a run with {whole[-1]}." if whole else " of a run."),
        section("Done since", table(("place", "change"), DONE.items())),
        section("Files", table(("file", "s of its slow tests"), files)),
        section("Tests", table(("test", "phase", "s", "promise"), tests)),
    )
    write_or_print(text, given.out)


if __name__ == "__main__":
    run_tool(main)
