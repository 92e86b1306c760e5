"""The pool of worker processes, with functions that hang, exhaust memory and crash."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from hmer_suite.equiv.sandbox import shared as sandbox
from hmer_suite.equiv.sandbox.judge import LONGEST, Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED, Verdict

POISON = "tests.equiv.poison:decide"
KILLED_BY_TIME = ["power", "backtrack", "spin", "deaf"]
KILLED_BY_MEMORY = ["hoard", "gmp"]
CRASHES = ["segfault", "overflow", "exit", "leave", "raise", "abort"]


@pytest.fixture(scope="module")
def judge():
    with Judge(2, seconds=0.2, memory=1 << 28, decide=POISON) as found:
        yield found


def harmless(n: int) -> list[tuple[str, str]]:
    return [("harmless", "x" * length) for length in range(n)]


def answers(n: int) -> list[Verdict]:
    return [Verdict(DIFFERENT, "numeric", {"n": str(length)}) for length in range(n)]


@pytest.mark.parametrize("act", KILLED_BY_TIME)
def test_a_pair_over_its_time_is_undecided(judge, act: str):
    verdict, *rest = judge.judge([(act, ""), *harmless(5)])
    assert verdict == Verdict(UNDECIDED, "timeout", reason="timeout")
    assert rest == answers(5)


@pytest.mark.parametrize("act", KILLED_BY_MEMORY)
def test_a_pair_over_its_memory_is_undecided(act: str):
    with Judge(1, seconds=5, memory=1 << 27, decide=POISON) as judge:
        verdict, *rest = judge.judge([(act, ""), *harmless(5)])
    assert verdict == Verdict(UNDECIDED, "unsupported", reason="memory")
    assert rest == answers(5)


@pytest.mark.parametrize("act", CRASHES)
def test_a_pair_that_kills_its_worker_is_undecided_and_logged(judge, act: str, caplog):
    with caplog.at_level(logging.WARNING, "hmer_suite"):
        verdict, *rest = judge.judge([(act, "the other side"), *harmless(5)])
    assert verdict == Verdict(UNDECIDED, "unsupported", reason="crash")
    assert rest == answers(5)
    (record,) = caplog.records
    assert act in record.getMessage() and "the other side" in record.getMessage()
    if act == "raise":
        assert "KeyError: 'the other side'" in record.getMessage()


def test_waiting_is_not_forgiven_for_ever(monkeypatch):
    """A worker that computes nothing uses no CPU time; the wall-clock timer ends it."""
    with Judge(1, seconds=0.02, decide=POISON) as judge:
        assert next(judge.judge([("sleep", "")])).reason == "timeout"


def test_the_limit_is_cpu_time_and_not_the_clock():
    """A pair that is kept waiting, as by a loaded machine, keeps its verdict."""
    with Judge(1, seconds=0.1, decide=POISON) as judge:
        assert next(judge.judge([("slow", "0.5")])) == Verdict(DIFFERENT, "numeric", {"n": "3"})


def test_the_time_of_a_pair_is_its_own():
    """Many pairs that are each within the limit, far over it together."""
    with Judge(1, seconds=0.1, decide="tests.equiv.poison:busy") as judge:
        verdicts = list(judge.judge([("0.05", str(n)) for n in range(10)]))
    assert [verdict.verdict for verdict in verdicts] == [DIFFERENT] * 10
    spent = [verdict.seconds for verdict in verdicts]
    assert min(spent) > 0 and max(spent) < sum(spent)


def test_results_do_not_depend_on_the_number_of_workers():
    acts = [*KILLED_BY_TIME, *CRASHES, "hoard", "print"]
    mixed = [pair for act in acts for pair in [*harmless(9), (act, "")]]
    found = []
    for workers in (1, 8):
        with Judge(workers, seconds=0.2, memory=1 << 28, decide=POISON) as judge:
            found.append(list(judge.judge(mixed)))
    assert found[0] == found[1]
    assert [v.reason for v in found[0] if v.verdict == UNDECIDED] == [
        *["timeout"] * 4, *["crash"] * 6, "memory"
    ]  # fmt: skip


def test_the_rest_of_the_file_is_not_delayed_by_a_poisonous_pair():
    """While one worker spends its second on the poison, the other answers many pairs."""
    with Judge(2, seconds=1.0, decide=POISON) as judge:
        list(judge.judge([("harmless", "warm")]))
        poison, *others = [judge.submit(*pair) for pair in [("power", ""), *harmless(1000)]]
        assert judge.result(poison) == Verdict(UNDECIDED, "timeout", reason="timeout")
        assert sum(task.done for task in others) > 100
        assert [judge.result(task) for task in others] == answers(1000)


def test_a_replacement_is_warm_and_remembers_nothing():
    """Each replacement is a fork of the initial state, without that of its predecessor."""
    with Judge(1, seconds=5, decide="tests.equiv.poison:remembering") as judge:
        first, second = judge.judge([("a", ""), ("b", "")])
        assert (first.witness["seen"], second.witness["seen"]) == ("warm warm a", "warm warm a b")
        assert next(judge.judge([("exit", "")])).reason == "crash"
        third = next(judge.judge([("c", "")]))
    assert third.witness["seen"] == "warm warm c"
    assert third.witness["process"] != second.witness["process"]


def test_identical_texts_and_huge_ones_need_no_process():
    with Judge(1, decide="no.such:module") as judge:
        same, huge = judge.judge([("power", "power"), ("x" * LONGEST, "y")])
    assert same == Verdict(EQUAL, "identical")
    assert huge == Verdict(UNDECIDED, "unsupported", reason="length")


def test_a_pair_that_comes_again_is_decided_once():
    with Judge(2, decide="tests.equiv.poison:remembering") as judge:
        verdicts = list(judge.judge([("a", "b")] * 50 + [("b", "a")]))
    assert len({verdict.witness["seen"] for verdict in verdicts}) <= 2


def test_long_texts_pass_whole():
    with Judge(2, decide=POISON) as judge:
        verdicts = list(judge.judge([("long", "é" * n) for n in (400_000, 900_000, 3)]))
    assert [verdict.witness["n"] for verdict in verdicts] == ["400000", "900000", "3"]


def test_any_python_string_passes(judge):
    texts = ["\0", "\n\t", "\ud800", "𝔸", '"\\', ""]
    assert [v.witness["n"] for v in judge.judge([("t", text) for text in texts])] == [
        "1",
        "2",
        "1",
        "1",
        "2",
        "0",
    ]


def test_what_a_worker_prints_reaches_neither_our_output_nor_the_protocol(judge, capfd):
    assert list(judge.judge([("print", ""), ("print", "x")])) == answers(2)
    assert capfd.readouterr() == ("", "")


def test_two_readings_of_one_pool_and_one_given_up(judge):
    given_up = judge.judge(harmless(20))
    next(given_up)
    both = zip(judge.judge(harmless(9)), judge.judge(reversed(harmless(9))), strict=True)
    assert [(a.witness["n"], b.witness["n"]) for a, b in both] == [(str(n), str(8 - n)) for n in range(9)]


def test_closing_ends_the_processes():
    with Judge(3, seconds=60, decide="tests.equiv.poison:remembering") as judge:
        verdicts = list(judge.judge([("a", str(n)) for n in range(30)]))
    processes = {int(verdict.witness["process"]) for verdict in verdicts}
    deadline = time.monotonic() + 60
    while any(map(_runs, processes)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(map(_runs, processes))


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_workers_end_with_a_caller_that_is_killed(tmp_path: Path):
    program = """
    import os, signal
    from hmer_suite.equiv.sandbox.judge import Judge
    judge = Judge(2, decide="tests.equiv.poison:remembering")
    print(*{v.witness["process"] for v in judge.judge([("a", str(n)) for n in range(30)])}, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
    """
    found = _script(program, check=False)
    deadline = time.monotonic() + 60
    while any(map(_runs, map(int, found.stdout.split()))) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert found.stdout and not any(map(_runs, map(int, found.stdout.split())))


def test_a_function_that_cannot_be_loaded_is_our_bug_and_no_verdict(capfd):
    with Judge(1, decide="no.such:module") as judge, pytest.raises(RuntimeError, match="ended with status 1"):
        list(judge.judge([("a", "b")]))
    assert "No module named 'no'" in capfd.readouterr().err


@pytest.mark.parametrize(
    "limits", [{"workers": 0}, {"seconds": 0}, {"seconds": -1.0}, {"memory": 0}, {"seconds": float("nan")}]
)
def test_limits_are_positive(limits: dict):
    with pytest.raises(ValueError, match="must be positive"):
        Judge(**limits)


# --- hs.equal ------------------------------------------------------------------------------------------------


@pytest.fixture
def fake(monkeypatch):
    """`equal` with the function above in place of the engine."""
    judges = []

    def start(workers: int | None = None) -> Judge:
        if not judges:
            judges.append(Judge(workers, seconds=0.2, decide=POISON))
        return judges[0]

    monkeypatch.setattr(sandbox, "shared", start)
    yield judges
    for judge in judges:
        judge.close()


def test_equal_from_many_threads(fake):
    found = {}

    def ask(n: int) -> None:
        found[n] = sandbox.equal("harmless", "x" * n)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[n] for n in range(20)] == answers(20)
    assert len(fake) == 1


def test_equal_goes_on_after_a_poisonous_pair(fake):
    assert sandbox.equal("power", "").reason == "timeout"
    assert sandbox.equal("harmless", "") == answers(1)[0]


def _script(program: str, *, check: bool = True) -> subprocess.CompletedProcess:
    root = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-"],
        input=textwrap.dedent(program),
        capture_output=True,
        text=True,
        cwd=root,
        check=check,
    )


def test_equal_in_a_script_without_a_guard_and_in_its_forks():
    """As from a notebook: no file of the main module, nothing under ``if __name__ == "__main__"``."""
    program = """
    import os
    import hmer_suite.equiv.sandbox.shared as sandbox
    sandbox.Judge.__init__.__kwdefaults__["decide"] = "tests.equiv.poison:remembering"
    print(sandbox.equal("a", "").witness["seen"], flush=True)
    child = os.fork()
    if not child:
        print(sandbox.equal("b", "").witness["seen"], flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    print(sandbox.equal("c", "").witness["seen"])
    """
    found = _script(program)
    assert found.stdout.split("\n") == ["warm warm a", "warm warm b", "warm warm a c", ""]
    assert found.stderr == ""


def test_importing_the_public_name_loads_no_algebra():
    program = "import sys, hmer_suite as hs; hs.equal; hs.Verdict; print(*{n.partition('.')[0] for n in sys.modules})"
    loaded = set(_script(program).stdout.split())
    assert not {"sympy", "flint", "mpmath", "torch", "lark", "numpy"} & loaded


def test_what_the_engine_loads_on_first_use_is_there_before_the_first_pair():
    """Otherwise every replacement worker would load sympy again, within the time of some pair."""
    program = """
    import sys
    from hmer_suite.equiv.decide import decide
    from hmer_suite.equiv.sandbox.worker import WARM_UP
    for pair in WARM_UP:
        decide(*pair)
    print("sympy" in sys.modules, "flint" in sys.modules)
    """
    assert _script(program).stdout == "True True\n"
