"""What the routes work with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from hmer_suite.web.errors import Busy, TooLarge, UnknownName
from hmer_suite.web.limits import Limits
from hmer_suite.web.offers import Offers
from hmer_suite.web.workers import Workers

SCORED_AT_ONCE = 1
COMPARED_AT_ONCE = 2


@dataclass(slots=True)
class Slots:
    """Places for tasks that bring a process of their own: so many at once, and so many more that wait."""

    count: int
    waiting: int
    pending: int = 0
    _places: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.count)

    async def __aenter__(self) -> None:
        if self.pending >= self.count + self.waiting:
            raise Busy(f"{self.pending} requests are waiting already; try again in a moment")
        self.pending += 1
        try:
            await self._places.acquire()
        except BaseException:
            self.pending -= 1
            raise

    async def __aexit__(self, *_: object) -> None:
        self.pending -= 1
        self._places.release()


@dataclass(slots=True)
class Services:
    """The recognisers on offer, the limits, and the workers; these are there while the server runs."""

    offers: Offers
    limits: Limits
    runs: Path | None
    readers: Workers = field(init=False)
    texts: Workers = field(init=False)
    warming: asyncio.Task[int] = field(init=False)
    """Done when a worker has loaded its network."""
    scoring: Slots = field(init=False)
    comparing: Slots = field(init=False)

    def __post_init__(self) -> None:
        self.scoring = Slots(SCORED_AT_ONCE, self.limits.waiting // 8)
        self.comparing = Slots(COMPARED_AT_ONCE, self.limits.waiting)

    def pending(self) -> int:
        """Tasks that run or wait."""
        return self.readers.pending + self.texts.pending + self.scoring.pending + self.comparing.pending

    def recogniser(self, name: str | None, default: str) -> str:
        """The name of a recogniser that is offered; `UnknownName` for any other, so that no request opens a file."""
        if name is None:
            return default
        if name not in self.offers.names:
            raise UnknownName(f"{name[:100]}: no such recogniser; there are {', '.join(self.offers.names)}")
        return name

    def check_formula(self, *formulas: str) -> None:
        """Raise `TooLarge` for a formula that is too long."""
        for latex in formulas:
            if len(latex) > self.limits.characters:
                raise TooLarge(
                    f"latex: {len(latex):,} characters, where {self.limits.characters:,} are read at most"
                )


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


Given = Annotated[Services, Depends(_services)]
"""The services, as a parameter of a route."""
