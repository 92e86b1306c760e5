"""Workers that hang, end, or have too much to do."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import time
from pathlib import Path

import pytest

pytest.importorskip("pebble", reason="needs the extra serve")
pytest.importorskip("fastapi", reason="needs the extra serve")

from hmer_suite.errors import InputError
from hmer_suite.web.errors import Busy, TooSlow, WorkerLost
from hmer_suite.web.services import Slots
from hmer_suite.web.workers import Workers


def end_once(mark: str) -> str:
    """Ends its worker the first time it is called."""
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def end() -> None:
    """Ends its worker."""
    os.kill(os.getpid(), signal.SIGKILL)


def end_after(mark: str) -> None:
    """Ends its worker as soon as a file is there."""
    while not Path(mark).exists():
        time.sleep(0.01)
    end()


def refuse() -> None:
    """Fails as reading does."""
    raise InputError("ink: nothing there")


@pytest.fixture(scope="module")
def workers():
    pool = Workers(1, seconds=60, waiting=2)
    yield pool
    pool.close()


def test_task_whose_worker_is_lost_is_tried_once_more(workers, tmp_path):
    assert asyncio.run(workers.run(end_once, str(tmp_path / "mark"))) == "done"
    with pytest.raises(WorkerLost):
        asyncio.run(workers.run(end))
    assert asyncio.run(workers.run(abs, -1)) == 1


def test_errors_of_a_task_arrive(workers):
    with pytest.raises(InputError, match="ink: nothing there"):
        asyncio.run(workers.run(refuse))


def test_slow_task_is_ended_and_the_next_is_done():
    pool = Workers(1, seconds=0.5, waiting=2)
    try:
        with pytest.raises(TooSlow):
            asyncio.run(pool.run(time.sleep, 600))
        assert asyncio.run(pool.run(abs, -2)) == 2
    finally:
        pool.close()


def test_worker_that_ends_after_its_client_has_gone_is_no_unhandled_error(workers, tmp_path):
    unhandled, go = [], tmp_path / "go"

    async def go_away():
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: unhandled.append(context))
        client = asyncio.create_task(workers.run(end_after, str(go)))
        await asyncio.sleep(0)
        client.cancel()
        await asyncio.wait([client])
        go.touch()
        # The next task is done by another worker, so that the first has been seen to end.
        assert await workers.run(abs, -3) == 3
        gc.collect()

    asyncio.run(go_away())
    assert unhandled == []


def test_more_tasks_than_may_wait_are_refused(workers):
    async def many():
        tasks = [asyncio.create_task(workers.run(time.sleep, 0.2)) for _ in range(5)]
        return await asyncio.gather(*tasks, return_exceptions=True)

    found = asyncio.run(many())
    assert [type(one) for one in found] == [type(None)] * 3 + [Busy] * 2
    assert workers.pending == 0


def test_slots_bound_what_waits():
    async def many():
        slots = Slots(1, 1)
        done = asyncio.Event()

        async def one():
            async with slots:
                await done.wait()

        tasks = [asyncio.create_task(one()) for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        done.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        return [type(result) for result in found], slots.pending

    assert asyncio.run(many()) == ([type(None), type(None), Busy], 0)
