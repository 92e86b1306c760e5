"""Refusals of the web application, each with its HTTP status, and the form in which errors are answered."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hmer_suite.errors import HmerSuiteError, InputError, UsageError

RETRY_SECONDS = 2
"""Seconds after which a client that was refused for load may try again."""


class Refusal(Exception):
    """A request that is not answered; the message is one clear line."""

    status = 400
    code = "refused"


class TooLarge(Refusal):
    """More of something than the limits allow."""

    status = 413
    code = "too_large"


class Busy(Refusal):
    """Too many requests wait already."""

    status = 503
    code = "busy"


class TooSlow(Refusal):
    """A request that worked longer than it may; the client may simplify it."""

    status = 422
    code = "too_slow"


class WorkerLost(Refusal):
    """The worker of a request ended twice."""

    status = 503
    code = "worker_lost"


class UnknownName(Refusal):
    """A recogniser or a run that is not offered."""

    status = 404
    code = "unknown_name"


def answer(status: int, code: str, message: str) -> JSONResponse:
    """The JSON of an error."""
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else {}
    # Messages may quote what a user sent; lone surrogates cannot be encoded.
    text = message.encode(errors="replace").decode()
    return JSONResponse({"error": text, "error_info": {"id": code, "message": text}}, status, headers)


def add_handlers(app: FastAPI) -> None:
    """Answer every error of `app` as JSON of one form."""

    @app.exception_handler(Refusal)
    async def refused(_: Request, error: Refusal) -> JSONResponse:
        return answer(error.status, error.code, str(error))

    @app.exception_handler(HmerSuiteError)
    async def handled(_: Request, error: HmerSuiteError) -> JSONResponse:
        status, code = {UsageError: (400, "usage"), InputError: (422, "input")}.get(
            _kind(error), (500, "plugin")
        )
        return answer(status, code, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"][1:])) or "body"
        return answer(422, "invalid", f"{place}: {first['msg']}")

    @app.exception_handler(Exception)
    async def failed(_: Request, error: Exception) -> JSONResponse:
        # The traceback goes to the log of the server, not to the client.
        return answer(500, "internal", f"the server failed with {type(error).__name__}; its log says where")

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        response = answer(error.status_code, "http", str(error.detail))
        response.headers.update(error.headers or {})
        return response


def _kind(error: HmerSuiteError) -> type[HmerSuiteError]:
    return next((kind for kind in (UsageError, InputError) if isinstance(error, kind)), type(error))
