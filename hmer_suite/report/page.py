"""Pages of reports: templates filled in, the policy of what may run, and the file written whole."""

from __future__ import annotations

import contextlib
import re
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from html import unescape
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hmer_suite.errors import InputError
from hmer_suite.files import write_whole
from hmer_suite.report.font import font_face
from hmer_suite.report.svg import bar
from hmer_suite.version import __version__

RATES = {
    "exprate": ("ExpRate", "samples without a token error"),
    "le1": ("≤ 1", "samples with at most one token error"),
    "le2": ("≤ 2", "samples with at most two token errors"),
    "le3": ("≤ 3", "samples with at most three token errors"),
    "wer": ("WER", "token edits, in percent of all reference tokens"),
    "cer": ("CER", "character edits, in percent of all reference characters"),
    "valid": ("valid", "predictions that are valid LaTeX"),
}
"""Heading and meaning of each rate, in the order of the tables."""

SAMPLES_SCRIPT = "samples.js"
"""The script that lists the samples of a page."""

_PLACE_OF_FONT = "/* font */"
_TICKS = re.compile("`([^`]+)`")
_FORMULA = re.compile("<math.*?</math>", re.DOTALL)
_TAG = re.compile("<[^>]*>")


def render(template: str, *, script: str = "", characters: Iterable[str] = (), **values: object) -> str:
    """A page; *script* names the one script of the page, *characters* are those that it draws in formulas."""
    code = read_script(script) if script else ""
    page = (
        _environment()
        .get_template(template)
        .render(version=__version__, policy=policy(code), script=Markup(code), **values)
    )
    shown = set(unescape(_TAG.sub("", "".join(_FORMULA.findall(page))))).union(characters)
    return page.replace(_PLACE_OF_FONT, font_face(shown) if shown else "", 1)


def policy(script: str) -> str:
    """Content security policy (W3C, level 3) of a page: nothing is fetched, and nothing runs but *script*."""
    runs = script_source(script) if script else "'none'"
    return (
        f"default-src 'none'; script-src {runs}; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def script_source(script: str) -> str:
    """A script as a policy names it: by the SHA-256 of its text."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


@lru_cache(maxsize=4)
def read_script(name: str) -> str:
    """The text of a script of pages."""
    return resources.files("hmer_suite.report").joinpath("templates", name).read_text("utf-8")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("hmer_suite.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = _code
    environment.filters["rate"] = lambda value: f"{value:.2f}"
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["p_value"] = lambda value: "< 0.0001" if value < 0.0001 else f"{value:.4f}"
    environment.globals.update(bar=bar, rates=RATES)
    return environment


def _code(message: str) -> Markup:
    """A message as HTML; text between backticks becomes code."""
    parts = _TICKS.split(message)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else part for number, part in enumerate(parts)
    )


def write_page(page: str, directory: Path) -> Path:
    """Write a complete page to ``directory/index.html``; a folder created for it is removed if writing fails.

    Raises:
        InputError: the folder or the page cannot be written.
    """
    made = not directory.exists()
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{directory}: cannot write: {error.strerror}") from None
    try:
        write_whole(directory / "index.html", page)
    except InputError:
        if made:
            with contextlib.suppress(OSError):
                directory.rmdir()
        raise
    return directory / "index.html"
