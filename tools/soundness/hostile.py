"""Judge thousands of pairs written to hang or exhaust memory; writes `reports/hostile.md`.

python -m tools.soundness.hostile --pairs 10000 --out reports/hostile.md
"""

from __future__ import annotations

import argparse
import os
import platform
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from hmer_suite.equiv.sandbox.judge import MEMORY, SECONDS, Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED, Verdict
from hmer_suite.files import write_whole
from tests.equiv.hostile import Hostile, pairs

Judged = list[tuple[Hostile, Verdict]]
SAMPLED = 0.05
"""Seconds between two measurements of memory."""


class Memory:
    """The peak memory of this process and its descendants together, in bytes.

    Pages that forks share are counted once (proportional set size), if the system reports them.
    """

    def __init__(self) -> None:
        self.peak = 0
        self._stop = threading.Event()

    @contextmanager
    def watched(self) -> Iterator[Memory]:
        """Measure while the context is open."""
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


def unsound(judged: Judged) -> list[tuple[Hostile, Verdict]]:
    """Pairs with a verdict that contradicts their known answer."""
    wrong = {True: DIFFERENT, False: EQUAL}
    return [(pair, verdict) for pair, verdict in judged if verdict.verdict == wrong.get(pair.same)]


def report(judged: Judged, seconds: float, memory: Memory, arguments: argparse.Namespace) -> str:
    """The report as Markdown."""
    limit = f"{SECONDS:g} s of CPU time and {MEMORY >> 20} MiB a pair"
    times = sorted(verdict.seconds for _, verdict in judged)
    found = Counter(verdict.verdict for _, verdict in judged)
    reasons = Counter(verdict.reason for _, verdict in judged if verdict.verdict == UNDECIDED)
    wrong = unsound(judged)
    known = sum(pair.same is not None for pair, _ in judged)
    lines = [
        "# Hostile pairs",
        f"Written by `python -m tools.soundness.hostile --pairs {arguments.pairs}` "
        f"({arguments.workers} workers, {limit}; Python {platform.python_version()}, {os.cpu_count()} cores).",
        f"{len(judged):,} pairs in {seconds:.0f} s; at most {memory.peak / 2**20:,.0f} MiB held by the whole process "
        f"tree at a time. Per pair, CPU time: median {1000 * _quantile(times, 0.5):.1f} ms, "
        f"p99 {1000 * _quantile(times, 0.99):.0f} ms, most {times[-1]:.2f} s.",
        f"{found[EQUAL]:,} EQUAL, {found[DIFFERENT]:,} DIFFERENT, {found[UNDECIDED]:,} UNDECIDED "
        f"({', '.join(f'{number:,} {reason}' for reason, number in reasons.most_common())}). "
        f"Of {known:,} pairs whose answer is known, wrong: {len(wrong)}.",
        _table(judged),
        *(
            f"wrong: {verdict.verdict} for `{pair.a[:80]}` and `{pair.b[:80]}`"
            for pair, verdict in wrong[:20]
        ),
    ]
    return "\n\n".join(lines) + "\n"


def _table(judged: Judged) -> str:
    kinds: dict[str, list[Verdict]] = defaultdict(list)
    for pair, verdict in judged:
        kinds[pair.kind].append(verdict)
    rows = [
        "| kind | pairs | EQUAL | DIFFERENT | UNDECIDED | timeout | memory | crash | median ms | most ms |"
    ]
    rows.append("|---|" + "---:|" * 9)
    for kind, verdicts in kinds.items():
        words = Counter(verdict.verdict for verdict in verdicts)
        reasons = Counter(verdict.reason for verdict in verdicts)
        times = sorted(verdict.seconds for verdict in verdicts)
        counted = (
            words[EQUAL],
            words[DIFFERENT],
            words[UNDECIDED],
            *map(reasons.get, ("timeout", "memory", "crash")),
        )
        cells = [kind, len(verdicts), *(number or 0 for number in counted)]
        cells += [f"{1000 * _quantile(times, 0.5):.1f}", f"{1000 * times[-1]:.0f}"]
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows)


def _quantile(ranked: list[float], share: float) -> float:
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def main() -> None:
    """Judge the pairs and write the report; exit with 1 if a verdict is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10_000, help="number of pairs (default %(default)s)")
    parser.add_argument("--seed", type=int, default=4, help="seed of the generator (default %(default)s)")
    parser.add_argument(
        "--workers", type=int, default=2, help="number of worker processes (default %(default)s)"
    )
    parser.add_argument("--out", type=Path, help="file for the report (default: print it)")
    arguments = parser.parse_args()
    hostile = list(pairs(arguments.pairs, arguments.seed))
    memory = Memory()
    started = time.perf_counter()
    with memory.watched(), Judge(arguments.workers) as judge:
        judged = list(zip(hostile, judge.judge((pair.a, pair.b) for pair in hostile), strict=True))
    text = report(judged, time.perf_counter() - started, memory, arguments)
    if arguments.out is None:
        print(text)
    else:
        write_whole(arguments.out, text)
    if unsound(judged):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
