"""Protection of the server and of the pages: sizes of bodies, origins, headers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hmer_suite.web.errors import answer

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content security policy: nothing but the server's own files is loaded, and no other page may frame these."""


@dataclass(frozen=True, slots=True)
class Protected:
    """An application whose bodies are bounded, which other origins may not use, and whose answers carry headers.

    `origins` are those of other sites that may ask, such as ``https://example.org``.
    """

    app: ASGIApp
    body_bytes: int
    origins: Collection[str] = ()
    inline_styles: bool = False
    """Whether styles inside a page are allowed; the formula editor needs them."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        send = self._with_headers(send)
        origin = headers.get("origin")
        if origin is not None and not self._allowed(origin, headers.get("host", "")):
            refusal = answer(403, "origin", f"{origin[:200]}: other sites may not use this server (--allow-origin)")
            await refusal(scope, receive, send)
            return
        if int(headers.get("content-length") or 0) > self.body_bytes:
            await self._too_large()(scope, receive, send)
            return
        await self._bounded(scope, receive, send)

    def _allowed(self, origin: str, host: str) -> bool:
        return origin in self.origins or origin.partition("://")[2] == host

    def _too_large(self) -> ASGIApp:
        return answer(413, "too_large", f"a request may have at most {self.body_bytes:,} bytes")

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; one whose length was not stated ends where it is too long."""
        left = self.body_bytes
        started = False

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise _BodyTooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except _BodyTooLarge:
            if not started:
                await self._too_large()(scope, receive, send)

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                styles = " 'unsafe-inline'" if self.inline_styles else ""
                headers.setdefault("Content-Security-Policy", POLICY.format(styles=styles))
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return sending


class _BodyTooLarge(Exception):
    """More bytes of a body than are allowed."""
