"""Protection of the server and of the pages: origins and headers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hmer_suite.web.errors import answer

_POLICY = (
    "default-src 'none'; script-src 'self'{script}; style-src 'self'{styles}; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'{fonts}; "
    "connect-src 'self'; frame-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def policy(inline_styles: bool, report_script: str = "") -> str:
    """Content security policy: nothing but the server's own files is loaded, and no other page may frame these.

    Style attributes are allowed, as MathML has them. A page that shows a report names the one script of reports,
    *report_script*; the font of a report is inside it.
    """
    styles = " 'unsafe-inline'" if inline_styles else ""
    script, fonts = (f" {report_script}", " data:") if report_script else ("", "")
    return _POLICY.format(script=script, styles=styles, fonts=fonts)


@dataclass(frozen=True, slots=True)
class Protected:
    """An application that other sites may not use, and whose answers carry headers.

    `origins` are those of other sites that may ask, such as ``https://example.org``; `hosts` the names by which the
    server may be called, ``*`` for any and ``*.example.org`` for all below one.
    """

    app: ASGIApp
    hosts: Collection[str] = ("*",)
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
        host = _name(headers.get("host", ""))
        if not any(_fits(host, one) for one in self.hosts):
            refusal = answer(400, "host", f"{host[:200]}: not a name of this server (--allow-host)")
            await refusal(scope, receive, send)
            return
        origin = headers.get("origin")
        if origin is not None and not self._allowed(origin, headers.get("host", "")):
            refusal = answer(
                403, "origin", f"{origin[:200]}: other sites may not use this server (--allow-origin)"
            )
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _allowed(self, origin: str, host: str) -> bool:
        return origin in self.origins or origin.partition("://")[2] == host

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", policy(self.inline_styles))
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return sending


def _name(host: str) -> str:
    """A host without its port; IPv6 addresses stand in brackets."""
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def _fits(host: str, pattern: str) -> bool:
    return pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:]))
