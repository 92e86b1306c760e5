"""Many pairs at a time: in order, from threads, coroutines, forks and spawned processes, whatever is killed."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

import hmer_suite as hs
from hmer_suite.equiv.sandbox import judge as judging
from hmer_suite.equiv.sandbox import shared
from hmer_suite.equiv.sandbox.judge import Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED, Verdict
from hmer_suite.errors import UsageError
from tests.equiv.test_sandbox import POISON, answers, harmless


@pytest.fixture(scope="module")
def judge():
    with Judge(2, seconds=5, decide=POISON) as found:
        yield found


@pytest.fixture
def fake(judge, monkeypatch):
    """The public functions with the function above in place of the engine."""
    monkeypatch.setattr(shared, "shared", lambda workers=None: judge)
    return judge


def in_fork(check: Callable[[], bool]) -> int:
    """Status of a fork of this process that runs *check*: 0 if it holds; it is ended if it hangs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads: the very subject
        child = os.fork()
    if not child:
        signal.alarm(300)
        os._exit(0 if check() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 300  # only a hang gets there
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_list_in_order(fake):
    assert hs.equal_many(harmless(50)) == answers(50)
    assert hs.equal_many([]) == []


def test_an_endless_source_is_read_as_it_is_needed(fake):
    read = itertools.count()
    stream = hs.equal_stream(("harmless", "x" * next(read)) for _ in itertools.repeat(None))
    assert list(itertools.islice(stream, 9)) == answers(9)
    stream.close()
    assert next(read) <= judging.AHEAD + 9
    assert not any(asker.tasks for asker in fake._askers)


def test_long_pairs_are_not_piled_up(fake, monkeypatch):
    monkeypatch.setattr(judging, "AHEAD_CHARACTERS", 1000)
    read = itertools.count()
    stream = hs.equal_stream(("slow", "0." + "0" * (400 + next(read))) for _ in range(99))
    next(stream)
    assert next(read) < 6
    stream.close()


@pytest.mark.parametrize("pair", [("x", None), ("x",), "xy", ("x", "y", "z"), (1, 2)])
def test_a_pair_is_two_strings(fake, pair):
    with pytest.raises(TypeError, match="pair 2: expected two strings, got"):
        hs.equal_many([("x", "y"), pair])


def test_threads_share_the_workers_and_get_their_own_answers(fake):
    def ask(start: int) -> list[Verdict]:
        return hs.equal_many(("harmless", "x" * length) for length in range(start, start + 30))

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(0, 240, 30)))
    assert list(itertools.chain(*found)) == answers(240)


def test_a_single_pair_does_not_wait_for_another_callers_many(fake):
    """Callers are served in turn."""
    stream = hs.equal_stream([("slow", f"0.3{n:02}") for n in range(60)])
    next(stream)
    assert hs.equal("harmless", "x") == answers(2)[1]
    assert sum(len(asker.tasks) for asker in fake._askers) > 20
    stream.close()


def test_coroutines(fake):
    async def ask() -> list[list[Verdict]]:
        return await asyncio.gather(*(asyncio.to_thread(hs.equal_many, harmless(9)) for _ in range(4)))

    assert asyncio.run(ask()) == [answers(9)] * 4


def test_a_fork_while_another_thread_decides(fake):
    """The child has neither that thread nor its lock, and decides with processes of its own."""
    thread = threading.Thread(target=hs.equal, args=("slow", "1.5"))
    thread.start()
    until(lambda: fake._busy)
    process = fake._pool.process
    assert in_fork(lambda: hs.equal_many(harmless(9)) == answers(9) and fake._pool.process != process) == 0
    thread.join()
    assert hs.equal_many(harmless(9)) == answers(9) and fake._pool.process == process


def test_a_fork_goes_on_with_a_stream_of_its_parent(fake):
    stream = hs.equal_stream(harmless(50))
    next(stream)
    assert in_fork(lambda: list(stream) == answers(50)[1:]) == 0
    assert list(stream) == answers(50)[1:]


def test_a_spawned_process():
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = pool.submit(hs.equal_many, [("x + 1", "1 + x"), ("x", "y")], workers=1).result()
    assert [verdict.verdict for verdict in found] == [EQUAL, DIFFERENT]


def test_a_killed_keeper_costs_a_retry(caplog):
    with Judge(1, seconds=5, decide=POISON) as judge:
        next(judge.judge([("harmless", "warm")]))
        for again in (False, True):
            os.kill(judge._pool.process, signal.SIGKILL)
            assert next(judge.judge([("harmless", "x")])) == answers(2)[1]
            # A worker without its keeper answers until it dies; then there are new processes.
            assert next(judge.judge([("exit" if again else "harmless", "x")])).verdict == (
                UNDECIDED if again else DIFFERENT
            )
        assert list(judge.judge(harmless(5))) == answers(5)


def test_processes_killed_while_they_decide(caplog):
    """All of them, keeper and worker: once is forgiven, twice is not."""
    with Judge(1, seconds=5, decide=POISON) as judge:
        for times, right in ((1, Verdict(DIFFERENT, "numeric", {"n": "3"})), (2, None)):
            with ThreadPoolExecutor(1) as thread:
                found = thread.submit(lambda: list(judge.judge([("slow", "0.4"), *harmless(3)])))
                killed = None
                for _ in range(times):
                    until(lambda killed=killed: judge._busy and judge._pool and judge._pool.process != killed)
                    killed = judge._pool.process
                    judge._pool.kill()
                first, *rest = found.result()
            assert first == (right or Verdict(UNDECIDED, "unsupported", reason="crash"))
            assert rest == answers(3)
    assert "ended with status -9 at 'slow'" in caplog.text


def test_a_worker_killed_between_two_pairs_spoils_neither():
    with Judge(1, decide="tests.equiv.poison:remembering") as judge:
        (verdict,) = judge.judge([("a", "")])
        os.kill(int(verdict.witness["process"]), signal.SIGKILL)
        (verdict,) = judge.judge([("b", "")])
    assert verdict.witness["seen"].endswith("b")


def test_a_thread_that_waits_learns_that_the_judge_was_closed():
    judge = Judge(1, seconds=5, decide=POISON)
    with ThreadPoolExecutor(2) as threads:
        found = [threads.submit(lambda: list(judge.judge([("sleep", "")]))) for _ in range(2)]
        until(lambda: judge._reading and judge._askers)
        judge.close()
        for future in found:
            with pytest.raises(RuntimeError, match="the judge was closed"):
                future.result()


def test_more_workers_than_the_system_allows(monkeypatch):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
    try:
        with pytest.raises(UsageError, match="64 workers cannot be started: Too many open files"):
            hs.equal_many([("x", "y")], workers=64)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
