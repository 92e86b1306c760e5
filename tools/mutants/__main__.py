r"""Change modules at random places and see whether their tests notice; writes reports/mutants.md.

python -m tools.mutants --each 60 --out reports/mutants.md

A mutant differs from its module in one place: a comparison, an operator, a condition, a number, a jump, or a call of
`any`, `all`, `min` or `max`. A sample of the mutants of each module, drawn with a seed, is run against the tests of
that module; those that survive are run against the tests of its neighbours as well. No file is changed.
Survivors that change nothing a caller can see are explained in `tools/mutants/explained.tsv`.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.command import run_tool
from tools.mutants.changes import ROOT, Mutant, mutants_of, path_of
from tools.mutants.modules import TESTS, Suite
from tools.mutants.trials import ENDLESS, EXAMPLES, NOTICED, SURVIVED, outcomes
from tools.reports.common import report_parser, write_or_print
from tools.reports.markdown import page, section, table

EXPLAINED = Path(__file__).with_name("explained.tsv")
SEED = 17

WIDE = "noticed by neighbours"
"""Outcome of a mutant that only the tests of other modules notice."""


class Kept:
    """Outcomes of earlier runs: of noticed mutants while their module stays as it is, of survivors while tests do."""

    def __init__(self, folder: Path, tests: Suite):
        self.folder = folder
        self.tests = _digest(path for name in (*tests.own, *tests.wide) for path in _files(ROOT / name))

    def of(self, mutant: Mutant) -> str | None:
        """The outcome of a mutant, if it is known."""
        outcome, tests = self.last(mutant)
        return outcome if outcome and (outcome != SURVIVED or tests == self.tests) else None

    def last(self, mutant: Mutant) -> tuple[str, str]:
        """The last outcome of a mutant and the digest of the tests then; empty if it was never tried."""
        outcome, _, tests = self.read(mutant.module).get(str(mutant.number), "").rpartition(" ")
        return outcome, tests

    def add(self, mutant: Mutant, outcome: str) -> None:
        known = self.read(mutant.module)
        known[str(mutant.number)] = f"{outcome} {self.tests}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file(mutant.module).write_text(json.dumps(known), "utf-8")

    def read(self, module: str) -> dict[str, str]:
        """Outcomes of the mutants of a module, with the digest of the tests, by number."""
        file = self.file(module)
        return json.loads(file.read_text("utf-8")) if file.is_file() else {}

    def file(self, module: str) -> Path:
        """The file of a module, as it is now."""
        return self.folder / f"{module}-{_digest([path_of(module)])}.json"


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _digest(paths: Iterable[Path]) -> str:
    """A digest of files."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]


def sampled(module: str, each: int, seed: int) -> list[Mutant]:
    """Some of the mutants of a module, or all; more of them hold the fewer of the same seed."""
    every = list(mutants_of(module))
    random.Random(f"{seed} {module}").shuffle(every)
    return every[:each]


def trials(modules: Sequence[str], each: int, seed: int, keep: Path) -> dict[Mutant, str]:
    """The outcome of a sample of the mutants of modules that have the same tests."""
    tests, known = TESTS[modules[0]], explained()
    kept = Kept(keep, tests)
    chosen = [mutant for module in modules for mutant in sampled(module, each, seed)]
    found = {mutant: outcome for mutant in chosen if (outcome := kept.of(mutant)) is not None}

    def say(mutant: Mutant, outcome: str) -> None:
        print(f"{mutant.module}:{mutant.line}: {outcome}: {mutant.change}", file=sys.stderr, flush=True)

    def tell(mutant: Mutant, outcome: str) -> None:
        say(mutant, outcome)
        kept.add(mutant, outcome)

    if left := [mutant for mutant in chosen if mutant not in found]:
        found |= outcomes(left, tests.words(tests.own), tell)
        left = [one for one in left if found[one] == SURVIVED]
    if tests.wide and (wide := [one for one in left if place_of(one) not in known]):
        found |= {
            one: WIDE if outcome != SURVIVED else SURVIVED
            for one, outcome in outcomes(wide, tests.words(tests.wide), say).items()
        }
        for one in wide:
            kept.add(one, found[one])
    return {mutant: found[mutant] for mutant in chosen}


def last_outcomes(module: str, keep: Path) -> dict[Mutant, str]:
    """The last outcome of each mutant of a module that earlier runs have tried."""
    kept = Kept(keep, TESTS[module])
    return {mutant: outcome for mutant in mutants_of(module) if (outcome := kept.last(mutant)[0])}


def explained() -> dict[tuple[str, str, str], str]:
    """Explanations of survivors by their place."""
    rows = [line.split("\t") for line in EXPLAINED.read_text("utf-8").splitlines() if line]
    return {(module, text, change): reason for module, text, change, reason in rows}


def place_of(mutant: Mutant) -> tuple[str, str, str]:
    """What names a mutant as long as its line stays: its module, the text of the line, and the change."""
    return mutant.module, mutant.text, mutant.change


def report(found: dict[Mutant, str], each: str, command: str) -> str:
    """The report on all modules."""
    known, rows, survivors = explained(), [], []
    for module in dict.fromkeys(mutant.module for mutant in found):
        tried = {mutant: outcome for mutant, outcome in found.items() if mutant.module == module}
        counts = Counter(tried.values())
        left = sorted((one for one in tried if tried[one] == SURVIVED), key=lambda one: one.line)
        told = [known.get(place_of(one)) for one in left]
        short = module.removeprefix("hmer_suite.")
        silent = told.count(None)
        rows.append((
            short, len(mutants_of(module)), len(tried), counts[NOTICED], counts[ENDLESS], counts[WIDE],
            len(left) - silent, silent,
        ))  # fmt: skip
        survivors += [
            (f"{short}:{one.line}", f"`{one.change}`", why or "not explained")
            for one, why in zip(left, told, strict=True)
        ]
    rows.append(("all", *(sum(int(row[column]) for row in rows) for column in range(1, 8))))
    head = (
        "module",
        "mutants",
        "tried",
        "a test fails",
        "no end",
        "a neighbour's fails",
        "explained",
        "not explained",
    )
    about = (
        f"{each} A mutant is noticed if a test of its module fails, if the "
        "tests take five times the processor time that they take without it, or if a test of a neighbouring module "
        f"fails. Properties are tried on the same {EXAMPLES} examples each time."
    )
    listed = section("Survivors", table(("place", "change", "why"), survivors)) if survivors else ""
    return page("Mutants", command, about, table(head, rows), listed)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = report_parser(__doc__)
    parser.add_argument(
        "--each", type=int, default=60, help="mutants of each module that are tried (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=SEED, help="seed of the samples of mutants (default: %(default)s)"
    )
    parser.add_argument("--only", nargs="*", default=list(TESTS), choices=list(TESTS), metavar="MODULE")
    parser.add_argument(
        "--keep", type=Path, default=Path("runs/mutants"),
        help="folder of outcomes, used again while a module and its tests stay as they are (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--known", action="store_true", help="try nothing, and report the last outcomes of earlier runs"
    )
    given = parser.parse_args(arguments)
    found: dict[Mutant, str] = {}
    for tests in dict.fromkeys(TESTS[module] for module in given.only):
        modules = [module for module in given.only if TESTS[module] == tests]
        if given.known:
            for module in modules:
                found |= last_outcomes(module, given.keep)
        else:
            found |= trials(modules, given.each, given.seed, given.keep)
    only = "" if given.only == list(TESTS) else " --only " + " ".join(given.only)
    how = "--known" if given.known else f"--each {given.each}"
    command = f"python -m tools.mutants {how} --seed {given.seed}{only}"
    which = (
        "The last outcomes of the mutants that were tried, drawn at random."
        if given.known
        else f"Up to {given.each} mutants of each module are tried, drawn at random."
    )
    write_or_print(report(found, which, command), given.out)


if __name__ == "__main__":
    run_tool(main)
