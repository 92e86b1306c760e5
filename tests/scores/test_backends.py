"""Counting samples elsewhere: worker processes, and a Dask cluster where Dask is installed."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import pytest

from hmer_suite.errors import UsageError
from hmer_suite.scores import score as scoring
from hmer_suite.scores.executors import dask_pool, local_pool
from hmer_suite.scores.score import score

PREDICTIONS = ["x ^ 2", r"\frac { 1 } { 2", None, "y"] * 5
REFERENCES = ["x^2", r"\frac12", "z", "Y"] * 5


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(scoring, "CHUNK", 3)


def test_a_process_pool_counts_the_same():
    with ProcessPoolExecutor(2) as executor:
        assert score(PREDICTIONS, REFERENCES, executor=executor) == score(PREDICTIONS, REFERENCES)


def test_local_pool():
    assert local_pool(1) is None
    with pytest.raises(UsageError, match="--workers 0"):
        local_pool(0)


def test_a_dask_cluster_counts_the_same():
    """A scheduler and a worker in processes of their own, as on a real cluster."""
    pytest.importorskip("distributed", reason="needs the extra `dask`")
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    scheduler = subprocess.Popen(
        [*command, "--dashboard-address", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True
    )
    worker = None
    try:
        address = next(line.split()[-1] for line in scheduler.stderr if "Scheduler at:" in line)
        arguments = ["--nthreads", "1", "--no-dashboard", "--no-nanny"]
        worker = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_worker", address, *arguments],
            stderr=subprocess.DEVNULL,
        )
        executor = dask_pool(address)
        assert score(PREDICTIONS, REFERENCES, executor=executor) == score(PREDICTIONS, REFERENCES)
        executor.shutdown()
    finally:
        for process in filter(None, (worker, scheduler)):
            process.terminate()
            process.wait(timeout=20)


def test_no_cluster_is_one_clear_sentence():
    pytest.importorskip("distributed", reason="needs the extra `dask`")
    with pytest.raises(UsageError, match=r"--scheduler 127\.0\.0\.1:1"):
        dask_pool("127.0.0.1:1")
