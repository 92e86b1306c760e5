"""Judge thousands of pairs of formulas written to hang and to overflow; writes reports/hostile.md.

python -m tools.soundness.hostile --pairs 10000 --out reports/hostile.md
"""

from __future__ import annotations

import argparse
import platform
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from hmer_suite.equiv.sandbox.judge import MEMORY, SECONDS, Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED, Verdict
from tests.equiv.hostile import Hostile, pairs
from tools.command import run_tool
from tools.reports.common import cores, quantile, report_parser, write_or_print
from tools.reports.markdown import Cell, join_blocks, page, table

Judged = list[tuple[Hostile, Verdict]]
SAMPLED = 0.05
"""Seconds between two measurements of the memory in use."""


class Memory:
    """The peak of the memory of this process and its descendants together, in bytes.

    Pages that forks share are counted once (proportional set size), where the system reports it.
    """

    def __init__(self) -> None:
        self.peak = 0
        self._stop = threading.Event()

    @contextmanager
    def watched(self) -> Iterator[Memory]:
        """Measure while the block runs."""
        thread = threading.Thread(target=self._watch)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()

    def _watch(self) -> None:
        root = psutil.Process()
        while not self._stop.wait(SAMPLED):
            self.peak = max(self.peak, sum(map(_held, [root, *root.children(recursive=True)])))


def _held(process: psutil.Process) -> int:
    try:
        return getattr(process.memory_full_info(), "pss", 0) or process.memory_info().rss
    except psutil.Error:
        return 0  # the process has just ended


def wrong_verdicts(judged: Judged) -> Judged:
    """Verdicts that contradict the known answer of their pair."""
    wrong = {True: DIFFERENT, False: EQUAL, None: None}
    return [(pair, verdict) for pair, verdict in judged if verdict.verdict == wrong[pair.same]]


def report(judged: Judged, seconds: float, memory: Memory, given: argparse.Namespace) -> str:
    """The page as Markdown."""
    limit = f"{SECONDS:g} s of CPU time and {MEMORY >> 20} MiB a pair"
    times = sorted(verdict.seconds for _, verdict in judged)
    found = Counter(verdict.verdict for _, verdict in judged)
    reasons = Counter(verdict.reason for _, verdict in judged if verdict.verdict == UNDECIDED)
    wrong = wrong_verdicts(judged)
    known = sum(pair.same is not None for pair, _ in judged)
    return page(
        "Hostile pairs",
        f"python -m tools.soundness.hostile --pairs {given.pairs}",
        f"{len(judged):,} pairs in {seconds:.0f} s; at most {memory.peak / 2**20:,.0f} MiB held by the whole process "
        f"tree at a time. Per pair, CPU time: median {1000 * quantile(times, 0.5):.1f} ms, "
        f"p99 {1000 * quantile(times, 0.99):.0f} ms, most {times[-1]:.2f} s.",
        f"{found[EQUAL]:,} EQUAL, {found[DIFFERENT]:,} DIFFERENT, {found[UNDECIDED]:,} UNDECIDED "
        f"({', '.join(f'{number:,} {reason}' for reason, number in reasons.most_common())}). "
        f"Of {known:,} pairs whose answer is known, wrong: {len(wrong)}.",
        _table(judged),
        join_blocks(
            *(
                f"wrong: {verdict.verdict} for `{pair.a[:80]}` and `{pair.b[:80]}`"
                for pair, verdict in wrong[:20]
            )
        ),
        note=f" ({given.workers} workers, {limit}; Python {platform.python_version()}, {cores()})",
    )


COLUMNS = (
    "kind", "pairs", "EQUAL", "DIFFERENT", "UNDECIDED", "timeout", "memory", "crash", "median ms", "most ms",
)  # fmt: skip


def _table(judged: Judged) -> str:
    """Verdicts, reasons and times by kind of pair."""
    kinds: dict[str, list[Verdict]] = defaultdict(list)
    for pair, verdict in judged:
        kinds[pair.kind].append(verdict)
    return table(COLUMNS, [_cells(kind, verdicts) for kind, verdicts in kinds.items()])


def _cells(kind: str, verdicts: list[Verdict]) -> tuple[Cell, ...]:
    words = Counter(verdict.verdict for verdict in verdicts)
    reasons = Counter(verdict.reason for verdict in verdicts)
    times = sorted(verdict.seconds for verdict in verdicts)
    counted = (words[EQUAL], words[DIFFERENT], words[UNDECIDED])
    ended = (reasons["timeout"], reasons["memory"], reasons["crash"])
    slowest = (f"{1000 * quantile(times, 0.5):.1f}", f"{1000 * times[-1]:.0f}")
    return (kind, len(verdicts), *counted, *ended, *slowest)


def main() -> None:
    parser = report_parser(__doc__, prints=True)
    parser.add_argument("--pairs", type=int, default=10_000, help="number of pairs (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=4, help="seed of the generator (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")
    given = parser.parse_args()
    hostile = list(pairs(given.pairs, given.seed))
    memory = Memory()
    started = time.perf_counter()
    with memory.watched(), Judge(given.workers) as judge:
        judged = list(zip(hostile, judge.judge((pair.a, pair.b) for pair in hostile), strict=True))
    write_or_print(report(judged, time.perf_counter() - started, memory, given), given.out)
    if wrong_verdicts(judged):
        raise SystemExit(1)


if __name__ == "__main__":
    run_tool(main)
