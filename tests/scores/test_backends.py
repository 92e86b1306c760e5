"""Counting samples elsewhere: worker processes, and a Dask cluster where Dask is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import pytest

from hmer_suite.equiv.verdict import DIFFERENT, Verdict
from hmer_suite.errors import UsageError
from hmer_suite.scores import judging, sample
from hmer_suite.scores import score as scoring
from hmer_suite.scores.executors import dask_pool, local_pool, spread
from hmer_suite.scores.judging import ExecutorJudge, decide_pairs, judged
from hmer_suite.scores.score import score

PREDICTIONS = [text for n in range(2, 7) for text in (f"x ^ {n}", rf"\frac {{ 1 }} {{ {n}", None, f"y + {n}")]
REFERENCES = [text for n in range(2, 7) for text in (f"x^{n}", rf"\frac1{n}", f"z+{n}", f"Y+{n}")]


SUMS = ("substitutions", "deletions", "insertions", "reference_tokens")


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(scoring, "CHUNK", 3)
    monkeypatch.setattr(judging, "CHUNK", 2)


def test_local_pool():
    assert local_pool(1) is None
    with pytest.raises(UsageError, match="--workers 0"):
        local_pool(0)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """Address and worker processes of a Dask cluster: a scheduler and two workers, as on a real one."""
    pytest.importorskip("distributed", reason="needs the extra `dask`")
    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    common = ["--scheduler-file", str(file), "--no-dashboard"]
    program = [
        sys.executable,
        "-m",
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        *common,
    ]
    processes = [subprocess.Popen(program, stderr=subprocess.DEVNULL)]
    try:
        program = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            "--nthreads",
            "1",
            "--no-nanny",
            *common,
        ]
        processes += [subprocess.Popen(program, stderr=subprocess.DEVNULL) for _ in range(2)]
        while not file.exists():
            assert processes[0].poll() is None
            time.sleep(0.05)
        yield json.loads(file.read_text("utf-8"))["address"], processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_meaning_is_the_same_with_any_number_of_workers(cluster):
    """In this process, in a pool's, on a cluster, and there with a worker that dies."""
    alone = score(PREDICTIONS, REFERENCES).to_json()
    assert alone["semantics"] == {**alone["semantics"], "equal": 5, "different": 10, "undecided": 5}
    with ProcessPoolExecutor(2) as pool:
        assert score(PREDICTIONS, REFERENCES, executor=pool).to_json() == alone
    address, workers = cluster
    with dask_pool(address) as executor:
        assert score(PREDICTIONS, REFERENCES, executor=executor).to_json() == alone
        killer = threading.Timer(0.05, workers[0].kill)
        killer.start()
        assert score(PREDICTIONS * 4, REFERENCES * 4, executor=executor).semantics.undecided == 20
        killer.join()


def test_what_repeats_is_counted_and_decided_once(monkeypatch):
    """Ids differ, formulas repeat: as many samples, in their order, for the work of the distinct pairs."""
    counted, asked = [], []

    class Recorder(ExecutorJudge):
        def judge(self, pairs, *, options=None):
            for pair in pairs:
                asked.append(pair)
                yield Verdict(DIFFERENT, "numeric")

    count = sample.count_sample
    monkeypatch.setattr(
        sample, "count_sample", lambda *given, **more: counted.append(given) or count(*given, **more)
    )
    ids = [f"n{number}" for number in range(3 * len(PREDICTIONS))]
    scores = score(PREDICTIONS * 3, REFERENCES * 3, ids=ids, semantics=False)
    assert len(counted) == len(PREDICTIONS) and [one.id for one in scores.samples] == ids
    assert [(one.prediction, one.reference) for one in scores.samples[-2:]] == [
        (None, "z+6"),
        ("y + 6", "Y+6"),
    ]
    thrice = score(PREDICTIONS, REFERENCES, semantics=False).raw
    assert scores.raw == replace(thrice, **{name: 3 * getattr(thrice, name) for name in SUMS})
    found = judged(scores, Recorder(None)).semantics
    assert len(asked) == 10 and (found.equal, found.different + found.undecided) == (15, 45)


def test_work_lost_with_its_worker_is_done_here(caplog):
    """A broken pool takes no more tasks; all that it leaves is done, in order."""
    with ProcessPoolExecutor(2) as pool:
        found = list(spread(pool, _dies_elsewhere, [(os.getpid(), n) for n in range(300)]))
    assert found == list(range(300))
    assert "a worker died (BrokenProcessPool)" in caplog.text


def _dies_elsewhere(task: tuple[int, int]) -> int:
    process, number = task
    if number == 7 and os.getpid() != process:
        os._exit(1)
    return number


def test_an_error_in_the_work_is_no_loss():
    with ProcessPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        list(spread(pool, (1).__truediv__, [0]))


def test_a_worker_with_another_engine_is_refused():
    with pytest.raises(UsageError, match=r"a worker has the engine [0-9a-f]{8}, not 00000000"):
        decide_pairs([("x", "y")], seconds=1, options={}, engine="00000000")


def test_no_cluster_is_one_clear_sentence():
    pytest.importorskip("distributed", reason="needs the extra `dask`")
    with pytest.raises(UsageError, match=r"--scheduler 127\.0\.0\.1:1"), dask_pool("127.0.0.1:1", 0.2):
        pass
