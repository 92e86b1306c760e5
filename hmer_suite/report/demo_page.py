"""The one page to open after a demonstration: rates, curves, samples, and links to the reports."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.files import read_bytes
from hmer_suite.report.page import RATES, render, write_page
from hmer_suite.scores.results import Scores

SHOWN = ("exprate", "le1", "wer", "valid")
"""Rates in the table."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Results of a demonstration: systems by name, pictures (PNG or GIF) by caption, commands to type next."""

    recogniser: str
    data: str
    systems: Mapping[str, Scores]
    pictures: Mapping[str, Path]
    next: Sequence[str]


def write_demo_page(demonstration: Demonstration, directory: Path) -> Path:
    """Write the page to ``index.html`` in a folder that has ``report/`` and ``training/``, and return its path.

    Raises `InputError` if a picture cannot be read or the page cannot be written.
    """
    systems = [(name, scores.canonical.to_json()) for name, scores in demonstration.systems.items()]
    page = render(
        "demo.html",
        title=demonstration.recogniser,
        data=demonstration.data,
        n=next(iter(demonstration.systems.values())).n,
        systems=systems,
        names=SHOWN,
        rates=RATES,
        pictures=[(caption, _uri(path)) for caption, path in demonstration.pictures.items()],
        next="\n".join(demonstration.next),
    )
    return write_page(page, directory)


def _uri(path: Path) -> str:
    return f"data:image/{path.suffix[1:]};base64,{b64encode(read_bytes(path)).decode()}"
