"""Counts and times of requests, in the text format of Prometheus."""

from __future__ import annotations

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Limits of the histogram's bars."""


class Metrics:
    """The metrics of one server: requests by route and status, their seconds, tasks that run or wait."""

    def __init__(self, pending: Callable[[], int]):
        self.registry = CollectorRegistry()
        self.requests = Counter("hmer_requests", "Requests", ["route", "status"], registry=self.registry)
        self.seconds = Histogram(
            "hmer_request_seconds", "Seconds of a request", ["route"], buckets=SECONDS, registry=self.registry
        )
        waiting = Gauge("hmer_pending_tasks", "Tasks that run or wait for a worker", registry=self.registry)
        waiting.set_function(pending)

    def text(self) -> str:
        """All metrics."""
        return generate_latest(self.registry).decode()


class Measured:
    """An application whose requests are counted."""

    def __init__(self, app: ASGIApp, metrics: Metrics):
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and count it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            # The template of the route, so that names in paths make no series of their own.
            route = getattr(scope.get("route"), "path", "other")
            self.metrics.requests.labels(route, str(status)).inc()
            self.metrics.seconds.labels(route).observe(time.perf_counter() - began)
