"""``hmer-suite serve``."""

from __future__ import annotations

import socket
from pathlib import Path

import typer

from hmer_suite.errors import UsageError

HOST = typer.Option("127.0.0.1", "--host", help="Address to listen on; the default is this machine alone.")
PORT = typer.Option(8000, "--port", min=0, max=65535, help="Port to listen on; 0 for any that is free.")
RECOGNISER = typer.Option(
    [],
    "--recogniser",
    metavar="NAME",
    help="Recogniser to offer, or several joined by +; the first is the default. May be repeated; by default all that "
    "ship weights.",
)
WORKERS = typer.Option(1, "--workers", min=1, help="Number of processes that read.")
RUNS = typer.Option(Path("runs"), "--runs", metavar="DIR", help="Folder of training runs to show.")
ALLOW_ORIGIN = typer.Option(
    [],
    "--allow-origin",
    metavar="ORIGIN",
    help="Web site that may use the server, such as https://example.org. May be repeated.",
)
ALLOW_HOST = typer.Option(
    [],
    "--allow-host",
    metavar="NAME",
    help="Name by which the server may be called, besides localhost and --host. May be repeated.",
)


def run(
    host: str = HOST,
    port: int = PORT,
    recogniser: list[str] = RECOGNISER,
    workers: int = WORKERS,
    runs: Path = RUNS,
    allow_origin: list[str] = ALLOW_ORIGIN,
    allow_host: list[str] = ALLOW_HOST,
) -> None:
    """Serve the web app: a page to write on, one that scores, one of training runs, and a JSON API.

    It answers this machine alone unless --host says otherwise, keeps nothing of what is sent to it, and has no
    accounts: put a proxy in front of it before others may use it.

    Examples:

      hmer-suite serve

      hmer-suite serve --port 8080 --recogniser stroke+wap --runs runs
    """
    import uvicorn

    from hmer_suite.web.app import ServerOptions, create_app
    from hmer_suite.web.offers import find_offers

    with _listen(host, port) as listening:
        options = ServerOptions(
            find_offers(recogniser),
            hosts=_hosts(host, allow_host),
            origins=tuple(allow_origin),
            runs=runs,
            readers=workers,
        )
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{listening.getsockname()[1]}/"
        typer.echo(f"{address}  (Ctrl-C ends the server)", err=True)
        config = uvicorn.Config(create_app(options), log_level="warning", timeout_graceful_shutdown=5)
        uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens; it is bound before anything is loaded, so that a port in use is said at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # so that who opens the address at once waits and is not refused
    except (OSError, UnicodeError) as error:
        listening.close()
        raise UsageError(
            f"--host {host} --port {port}: {getattr(error, 'strerror', None) or error}"
        ) from None
    return listening


def _hosts(host: str, allowed: list[str]) -> tuple[str, ...]:
    """Names by which the server may be called: any, if it listens on every address and none is named."""
    if host in ("0.0.0.0", "::") and not allowed:
        return ("*",)
    return ("localhost", "127.0.0.1", "[::1]", host, *allowed)
