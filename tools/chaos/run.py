"""Attack the suite for some minutes and report what was tried and what failed; writes reports/reliability.md.

The tests that hold a line without an attack run beside the attacks, and may end after them.

python -m tools.chaos.run --minutes 30 --out reports/reliability.md
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tools.chaos.attacks import ATTACKS, Attack
from tools.chaos.lines import Tests, rows_of
from tools.chaos.skip import Skipped
from tools.command import run_tool
from tools.reports.common import cores, processor, report_parser, write_or_print
from tools.reports.markdown import bullets, page, section, table

LISTED = 20
"""Most failures of a line that are listed."""


@dataclass(slots=True)
class Tally:
    """What an attack has come to: tries, failures in words, and the seconds that it took."""

    attack: Attack
    seed: int
    tried: int = 0
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0
    skipped: str = ""


def run_attack(attack: Attack, seed: int, seconds: float, most: int | None = None) -> Tally:
    """Attack for some seconds, with at least one try, or with `most` tries if that is less."""
    tally, began = Tally(attack, seed), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        results = attack.run(random.Random(seed), Path(folder))
        try:
            with closing(results):  # type: ignore[type-var]  # all are generators
                for result in results:
                    tally.tried += 1
                    if result is not None:
                        tally.failed.append(result)
                    if tally.tried == most or time.monotonic() - began > seconds:
                        break
        except Skipped as reason:
            tally.skipped = str(reason)
        except Exception:  # the attack itself failed, which is a failure as well
            tally.failed.append(traceback.format_exc()[-1500:])
    tally.seconds = time.monotonic() - began
    return tally


def report(tallies: Sequence[Tally], held: Sequence[tuple[str, str, int, int]], how: str) -> str:
    """The page: a line for each attack, a line for each thing that has to hold, and the failures."""
    rows = [
        (t.attack.name, t.attack.holds, t.tried, len(t.failed), t.skipped or f"{t.seconds:.0f}", str(t.seed))
        for t in tallies
    ]
    failures = [
        section(t.attack.name, bullets(f"`{' '.join(text.split())}`" for text in t.failed[:LISTED]))
        for t in tallies
        if t.failed
    ]
    return page(
        "Reliability under attack",
        f"python -m tools.chaos.run {how}",
        f"{processor()}, {cores()}. An attack of its own can be repeated with `--only` and the seed of the run.",
        table(("attack", "has to hold", "tried", "failed", "seconds", "seed"), rows),
        *failures,
        held
        and section(
            "What has to hold",
            "Tries of an attack are those of the table above; those of a file are cases of the tests in it that "
            "hold the line, run beside the attacks.",
            table(("has to hold", "attack or tests", "tried", "failed"), held),
        ),
    )


def main() -> None:
    parser = report_parser(__doc__, prints=True)
    parser.add_argument("--minutes", type=float, default=30.0, help="minutes in all (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=None, help="seed of all lines (default: a new one)")
    parser.add_argument("--only", nargs="*", default=[], help="names of the lines to run (default: all)")
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(2**31) if given.seed is None else given.seed
    chosen = [attack for attack in ATTACKS if not given.only or attack.name in given.only]
    tests = None if given.only else Tests()
    tallies = attacked(chosen, seed, 60 * given.minutes)
    how = f"--minutes {given.minutes:g} --seed {seed}"
    held = []
    failed = sum(len(tally.failed) for tally in tallies)
    if tests is not None:
        tried_tests, failed_tests = tests.finish()
        failed += failed_tests.total()
        tried = tried_tests + Counter({tally.attack.name: tally.tried for tally in tallies})
        held = rows_of(
            tried, failed_tests + Counter({tally.attack.name: len(tally.failed) for tally in tallies})
        )
    write_or_print(report(tallies, held, how), given.out)
    if failed:
        raise SystemExit(1)


def attacked(chosen: Sequence[Attack], seed: int, seconds: float) -> list[Tally]:
    """What each attack has come to in its share of the seconds."""
    shares = sum(attack.share for attack in chosen)
    tallies = []
    for attack in chosen:
        print(f"{attack.name}, seed {seed}", file=sys.stderr, flush=True)
        tallies.append(run_attack(attack, seed, seconds * attack.share / shares))
        print(f"  {tallies[-1].tried} tried, {len(tallies[-1].failed)} failed", file=sys.stderr, flush=True)
        for failure in tallies[-1].failed:
            print(f"  {failure}", file=sys.stderr, flush=True)
    return tallies


if __name__ == "__main__":
    run_tool(main)
