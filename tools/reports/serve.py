"""Load, latency and hostile requests against a running ``hmer-suite serve``; writes reports/serve.md.

python -m tools.reports.serve --crohme ../shared/data/crohme --out reports/serve.md
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import httpx
import numpy as np

from hmer_suite.data.sources.crohme import load_ink
from hmer_suite.files import write_whole
from tools.command import run_tool
from tools.reports.common import add_crohme, cores, processor, report_parser
from tools.reports.markdown import Cell, page, section, table
from tools.serving import serving

COMMAND = "python -m tools.reports.serve --crohme ../shared/data/crohme --out reports/serve.md"
CLIENTS, REQUESTS, ALONE, AT_ONCE = 50, 5_000, 100, 40
READS = 5
"""One request in so many reads ink; the others check, repair, canonise and compare."""
LONG = 600.0
"""Seconds after which a request counts as lost."""


def main() -> None:
    parser = report_parser(__doc__)
    add_crohme(parser)
    parser.add_argument(
        "--requests", type=int, default=REQUESTS, help=f"requests of the load (default {REQUESTS})"
    )
    given = parser.parse_args()
    inks = [ink.traces for ink in load_ink(str(given.crohme), "test").samples[:200]]
    with serving(Path.cwd(), "--recogniser", "stroke") as (address, server):
        text = asyncio.run(_measure(address, server, inks, given.requests))
    write_whole(given.out, text)


async def _measure(address: str, server: int, inks: Sequence[Sequence[np.ndarray]], requests: int) -> str:
    limits = httpx.Limits(max_connections=CLIENTS * 2)
    async with httpx.AsyncClient(base_url=address, timeout=LONG, limits=limits) as client:
        await _read(client, inks[0])  # the worker has loaded its network
        alone = [await _timed(lambda ink=ink: _read(client, ink)) for ink in (inks * ALONE)[:ALONE]]
        began = time.perf_counter()
        await asyncio.gather(*(_read(client, ink) for ink in inks[:AT_ONCE]))
        together = time.perf_counter() - began
        hostile = await _hostile(client)
        memory = [_memory(server)]
        load = await _load(client, inks, requests, server, memory)
        recovered = await _after_kill(client, server, inks[1])
    return _report(alone, together, hostile, memory, load, recovered)


def _body(ink: Sequence[np.ndarray]) -> dict[str, object]:
    axes = {"x": [trace[:, 0].tolist() for trace in ink], "y": [trace[:, 1].tolist() for trace in ink]}
    return {"strokes": {"strokes": axes}}


async def _read(client: httpx.AsyncClient, ink: Sequence[np.ndarray]) -> httpx.Response:
    return await client.post("/v1/strokes", json=_body(ink))


async def _timed(ask: Callable[[], Awaitable[httpx.Response]]) -> float:
    began = time.perf_counter()
    (await ask()).raise_for_status()
    return time.perf_counter() - began


# ---------------------------------------------------------------- load


async def _load(
    client: httpx.AsyncClient,
    inks: Sequence[Sequence[np.ndarray]],
    requests: int,
    server: int,
    memory: list[float],
) -> Counter[str]:
    """Outcomes of `requests` by `CLIENTS` clients: right, refused cleanly, wrong, lost."""
    expected = [(await _read(client, ink)).json()["latex_styled"] for ink in inks[:40]]
    numbers = iter(range(requests))
    outcomes: Counter[str] = Counter()

    async def one_client() -> None:
        for number in numbers:
            outcomes[await _one(client, number, inks, expected)] += 1
            if number % max(1, requests // 10) == 0:
                memory.append(_memory(server))

    await asyncio.gather(*(one_client() for _ in range(CLIENTS)))
    return outcomes


async def _one(
    client: httpx.AsyncClient, number: int, inks: Sequence[Sequence[np.ndarray]], expected: Sequence[str]
) -> str:
    draw = random.Random(number)
    place = draw.randrange(len(expected))
    a, b = draw.randrange(1, 1000), draw.randrange(1, 1000)
    asked: list[tuple[str, dict[str, object], Callable[[dict], bool]]] = [
        ("validate", {"latex": rf"\frac{{{a}}}{{{b}"}, lambda found: not found["valid"]),
        ("fix", {"latex": rf"x^{{{a}"}, lambda found: found["mathml"] is not None),
        ("canon", {"latex": f"x^{a}"}, lambda found: found["output"].startswith("x ^ {")),
        ("equal", {"first": f"{a}+{b}x", "second": f"{b}x+{a}"}, lambda found: found["verdict"] == "EQUAL"),
    ]
    if number % READS == 0:
        path, body, right = (
            "strokes",
            _body(inks[place]),
            lambda found: found["latex_styled"] == expected[place],
        )
    else:
        path, body, right = asked[number % len(asked)]
    try:
        response = await client.post(f"/v1/{path}", json=body)
    except httpx.HTTPError:
        return "lost"
    if response.status_code == 503 and response.headers.get("retry-after") and response.json().get("error"):
        return "refused with 503 and Retry-After"
    if response.status_code != 200:
        return f"status {response.status_code}"
    return "right" if right(response.json()) else "wrong"


async def _after_kill(client: httpx.AsyncClient, server: int, ink: Sequence[np.ndarray]) -> int:
    """Status of the request that follows the death of all workers."""
    for child in _children(server):
        os.kill(child, signal.SIGKILL)
    return (await _read(client, ink)).status_code


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    others = [
        int(child)
        for task in Path(f"/proc/{process}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return sorted({*map(int, listed), *others})


def _memory(server: int) -> float:
    """Resident memory in MB of the server and its workers."""
    total = 0
    for process in [server, *_children(server)]:
        try:
            total += int(Path(f"/proc/{process}/statm").read_text().split()[1])
        except OSError:
            continue
    return total * os.sysconf("SC_PAGE_SIZE") / 1e6


# ---------------------------------------------------------------- hostile requests


async def _hostile(client: httpx.AsyncClient) -> dict[str, str]:
    """Statuses of requests that mean harm, and whether the server still answers afterwards."""
    deep = "{" * 9_000
    asked: dict[str, tuple[str, object]] = {
        "20,000 strokes": ("strokes", {"strokes": {"strokes": {"x": [[1]] * 20_000, "y": [[1]] * 20_000}}}),
        "coordinates of 1e308": (
            "strokes",
            {"strokes": {"strokes": {"x": [[0, 1e308]], "y": [[0, -1e308]]}}},
        ),
        "formula of 9,000 open braces": ("validate", {"latex": deep}),
        "repair of 9,000 open braces": ("fix", {"latex": deep}),
        "drawing of 3,000 nested scripts": ("draw", {"latex": "x^{" * 3_000 + "y" + "}" * 3_000}),
        "tower of powers": ("equal", {"first": "9^{9^{9^{9^{9}}}}", "second": "9^{9^{9^{9^{8}}}}"}),
        "address instead of an image": ("image", {"src": "http://127.0.0.1/"}),
        "path instead of a recogniser": (
            "strokes",
            {"strokes": {"strokes": {"x": [], "y": []}}, "recogniser": "/etc"},
        ),
        "20 MB": ("validate", {"latex": "x" * 20_000_000}),
    }
    statuses = {}
    for name, (path, body) in asked.items():
        response = await client.post(
            f"/v1/{path}", content=json.dumps(body), headers={"content-type": "application/json"}
        )
        statuses[name] = str(response.status_code)
    (await client.get("/health")).raise_for_status()
    return statuses


def _report(
    alone: Sequence[float],
    together: float,
    hostile: dict[str, str],
    memory: Sequence[float],
    load: Counter[str],
    recovered: int,
) -> str:
    quantiles = [1000 * float(np.quantile(alone, share)) for share in (0.5, 0.95)]
    latency: list[list[Cell]] = [
        [
            f"one request at a time, {len(alone)} formulas of CROHME 2014, beam 5: median",
            f"{quantiles[0]:.0f} ms",
        ],
        ["the same: 95th percentile", f"{quantiles[1]:.0f} ms"],
        [f"{AT_ONCE} requests at once, one worker", f"{together:.1f} s"],
        ["request after all workers were killed with SIGKILL", f"status {recovered}"],
        ["memory of the server and its workers before the load", f"{memory[0]:.0f} MB"],
        ["during the load, largest", f"{max(memory):.0f} MB"],
        ["at its end", f"{memory[-1]:.0f} MB"],
    ]
    outcomes: list[list[Cell]] = [[name, count] for name, count in load.most_common()]
    refused: list[list[Cell]] = [[name, status] for name, status in hostile.items()]
    return page(
        "The web app under load",
        COMMAND,
        table(["measured", "value"], latency),
        section(
            f"{CLIENTS} clients, {sum(load.values()):,} requests",
            f"One in {READS} reads ink, the others check, repair, canonise and compare formulas.",
            table(["outcome", "requests"], outcomes),
        ),
        section("Requests that mean harm", table(["request", "status"], refused)),
        note=f", on {cores()} of {processor()}",
    )


if __name__ == "__main__":
    run_tool(main)
