"""The ASGI application: pages, API and workers put together."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from hmer_suite.version import __version__
from hmer_suite.web import reading
from hmer_suite.web.errors import add_handlers
from hmer_suite.web.limits import Limits
from hmer_suite.web.metrics import Measured, Metrics
from hmer_suite.web.offers import Offers
from hmer_suite.web.routes import api, pages
from hmer_suite.web.security import Protected
from hmer_suite.web.services import Services
from hmer_suite.web.static_files import has_mathlive
from hmer_suite.web.workers import Workers


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """What a server offers, and to whom.

    `hosts` are the names by which it may be called (``*`` for any), a protection against pages that rebind their own
    name to it; `origins` other sites that may use it; `runs` the folder of training runs to show; `readers` the number
    of processes that read.
    """

    offers: Offers
    limits: Limits = field(default_factory=Limits)
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    origins: tuple[str, ...] = ()
    runs: Path | None = None
    readers: int = 1


def create_app(options: ServerOptions) -> FastAPI:
    """The application of ``hmer-suite serve``; its workers start and end with it."""
    limits, offers = options.limits, options.offers

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        services.readers = Workers(
            options.readers, limits.seconds, limits.waiting, reading.start, ([offers.strokes],)
        )
        services.texts = Workers(1, limits.seconds, limits.waiting)
        # Networks are loaded now, not with the first request.
        services.warming = asyncio.create_task(services.readers.run(os.getpid))
        try:
            yield
        finally:
            services.warming.cancel()
            services.readers.close()
            services.texts.close()

    services = Services(options.offers, limits, options.runs)
    metrics = Metrics(services.pending)
    app = FastAPI(
        title="hmer-suite",
        version=__version__,
        summary="Handwritten mathematics read, and LaTeX checked, repaired, compared and scored.",
        lifespan=lifespan,
        redoc_url=None,
        docs_url=None,
        max_body_size=limits.body_bytes,
        middleware=[
            Middleware(Measured, metrics=metrics),
            Middleware(
                Protected,
                hosts=options.hosts,
                origins=frozenset(options.origins),
                inline_styles=has_mathlive(),
            ),
            Middleware(
                CORSMiddleware,
                allow_origins=options.origins,
                allow_methods=["*"],
                allow_headers=["content-type"],
            ),
        ],
    )
    app.state.services, app.state.metrics = services, metrics
    add_handlers(app)
    app.include_router(api.router)
    pages.add_pages(app)
    return app
