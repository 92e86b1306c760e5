"""Pages, their files, and what watches the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles

from hmer_suite.report.page import SAMPLES_SCRIPT, read_script, script_source
from hmer_suite.version import __version__
from hmer_suite.web.schemas import Health
from hmer_suite.web.security import policy
from hmer_suite.web.services import Given
from hmer_suite.web.static_files import MATH_FONT, STATIC

PAGES = {"/": "write.html", "/score": "score.html", "/runs": "runs.html", "/docs": "api.html"}


def add_pages(app: FastAPI) -> None:
    """Add the pages, ``/health`` and ``/metrics`` to the application."""
    for path, file in PAGES.items():
        app.add_api_route(path, _page(file), include_in_schema=False)

    @app.get("/static/math.ttf", include_in_schema=False)
    def math_font() -> FileResponse:
        return FileResponse(MATH_FONT, headers={"Cache-Control": "max-age=86400"})

    app.mount("/static", StaticFiles(directory=STATIC))

    @app.get("/health")
    def health(services: Given) -> Health:
        """Whether the server has loaded its networks, and how many tasks run or wait."""
        status: Literal["ok", "starting"] = "ok" if services.warming.done() else "starting"
        return Health(status=status, version=__version__, waiting=services.pending())

    @app.get("/metrics", response_class=PlainTextResponse)
    def metrics(request: Request) -> PlainTextResponse:
        """Counts and times of requests, in the text format of Prometheus."""
        return PlainTextResponse(request.app.state.metrics.text(), media_type="text/plain; version=0.0.4")


def _page(file: str) -> Callable[[], FileResponse]:
    # The report is shown inside the page that scores, under the policy of that page, and has styles and script in it.
    report = policy(inline_styles=True, report_script=script_source(read_script(SAMPLES_SCRIPT)))
    headers = {"Content-Security-Policy": report} if file == "score.html" else {}

    def page() -> FileResponse:
        return FileResponse(STATIC / file, headers=headers)

    return page
