"""Equality of formulas for users: the judges of a process, kept for its later calls."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from hmer_suite.equiv.answers.switches import Answers
from hmer_suite.equiv.sandbox.judge import SECONDS, Judge, Pair, check_positive, cores
from hmer_suite.equiv.verdict import Verdict

_shared: dict[int, Judge] = {}


def shared(workers: int | None = None) -> Judge:
    """The judge of this process with so many workers and the default limits, whose processes are kept for later calls.

    Raises:
        ValueError: *workers* is not positive.
    """
    number = cores() if workers is None else workers
    return _shared.get(number) or _shared.setdefault(number, Judge(number))


_of_threads = threading.local()


def of_this_thread() -> Judge:
    """A judge with one worker for this thread alone, for tasks whose executor says how many run at a time."""
    judge = getattr(_of_threads, "judge", None)
    if judge is None:
        judge = _of_threads.judge = Judge(1)
    return judge


def equal(a: str, b: str, *, seconds: float = SECONDS, answers: Answers | None = None) -> Verdict:
    r"""Whether two formulas mean the same: EQUAL, DIFFERENT or UNDECIDED, with how it was decided and a witness.

    The first pair that is not identical starts a worker process, which takes about a second, serves all later pairs
    and ends with this process. May be called from threads and forks; they share one worker (see `equal_many` for
    more), and in ``asyncio`` as ``await asyncio.to_thread(hs.equal, a, b)``.

    >>> equal(r"\frac{x}{2}", r"\frac12 x").verdict
    'EQUAL'

    Args:
        a: a formula, LaTeX or tokens; with *answers*, any text.
        b: another.
        seconds: limit on the CPU time.
        answers: how answers are found in texts, and what is forgiven; by default both texts are formulas.

    Raises:
        ValueError: *seconds* is not positive.
        TypeError: a text is no string.
        UsageError: the system refuses the processes.
    """
    (verdict,) = shared(1).judge([(a, b)], seconds=seconds, options=_options(answers))
    return verdict


def equal_many(
    pairs: Iterable[Pair],
    *,
    workers: int | None = None,
    seconds: float = SECONDS,
    answers: Answers | None = None,
) -> list[Verdict]:
    r"""Verdicts on many pairs, in their order, as `equal` gives them.

    May be called from several threads at a time, which are served in turn by the same worker processes, from forks and
    from spawned processes, each of which gets worker processes of its own, and in ``asyncio``.

    Examples:
        >>> import asyncio
        >>> pairs = [("x + 1", "1 + x"), (r"\frac12", "0.5"), ("x", "y")]
        >>> found = asyncio.run(asyncio.to_thread(equal_many, pairs, workers=2))
        >>> [verdict.verdict for verdict in found]
        ['EQUAL', 'EQUAL', 'DIFFERENT']

    Args:
        pairs: the formulas; for more of them than memory holds, see `equal_stream`.
        workers: number of worker processes, which are kept for later calls with the same number; by default one per
            core. It changes no verdict.
        seconds: limit on the CPU time of each pair.
        answers: as in `equal`.

    Raises:
        ValueError: *workers* or *seconds* is not positive.
        TypeError: a pair is not two strings.
        UsageError: the system refuses the processes.
    """
    return list(equal_stream(pairs, workers=workers, seconds=seconds, answers=answers))


def equal_stream(
    pairs: Iterable[Pair],
    *,
    workers: int | None = None,
    seconds: float = SECONDS,
    answers: Answers | None = None,
) -> Iterator[Verdict]:
    """The verdicts of `equal_many` one by one, in constant memory.

    *pairs* may be endless: at most `judge.AHEAD` pairs are read ahead of the verdict that is waited for, and fewer of
    long ones. An iterator that is given up leaves no work behind.

    >>> endless = (("x", "x" * n) for n in range(1, 10**9))
    >>> next(equal_stream(endless, workers=1)).verdict
    'EQUAL'

    Raises:
        ValueError: *workers* or *seconds* is not positive; further errors of `equal_many` come with the pair.
    """
    check_positive("seconds", seconds)
    return shared(workers).judge(pairs, seconds=seconds, options=_options(answers))


def _options(answers: Answers | None) -> dict[str, str]:
    return {} if answers is None else answers.options()
