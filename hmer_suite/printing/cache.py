"""Print jobs, and the folder in which their drawings are kept."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from hmer_suite.files import cache_folder
from hmer_suite.latex.automaton import grammar
from hmer_suite.latex.canonical.canoniser import rewrites_digest
from hmer_suite.printing.draw import DRAWING_VERSION, SYMBOL_HEIGHT, draw_printed
from hmer_suite.printing.tex import tex_pages
from hmer_suite.printing.typst_markup import NoDrawing
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.version import __version__


@dataclass(frozen=True, slots=True)
class Printer:
    """A program that sets formulas.

    `draw(formulas, symbol_height)` works as `draw_printed`; `version` identifies what its drawings depend on.
    """

    version: Callable[[], str]
    draw: Callable[[Sequence[str], float], list[np.ndarray | NoDrawing]]


def _draw_with_tex(formulas: Sequence[str], symbol_height: float) -> list[np.ndarray | NoDrawing]:
    return tex_pages(formulas, symbol_height / SYMBOL_HEIGHT)


TYPST = Printer(lambda: f"typst {version('typst')}", draw_printed)
TEX = Printer(lambda: "tex", _draw_with_tex)


@dataclass(frozen=True, slots=True)
class FormulaLine:
    """A formula as it was typed, with its id and its location for messages."""

    id: str
    name: str
    latex: str


@dataclass(frozen=True, slots=True)
class PrintJob:
    """Formulas to be printed, the way to print them, and the names of the set's split and source."""

    split: str
    source: str
    lines: Sequence[FormulaLine]
    preprocessing: Preprocessing
    printer: Printer = TYPST


def drawings_folder() -> Path:
    """The folder of drawings, ``printed`` in the cache folder; its content may be deleted at any time."""
    return cache_folder() / "printed"


def is_writable(folder: Path) -> bool:
    """Whether a folder in the cache can be written; without it, printing is slower."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def drawing_digest(job: PrintJob) -> str:
    """Twenty hexadecimal digits that identify everything the drawings of a job depend on."""
    versions = (DRAWING_VERSION, job.printer.version(), __version__, grammar().digest, rewrites_digest())
    facts = (*versions, *astuple(job.preprocessing), job.split, job.source)
    found = hashlib.sha256("\x1f".join(map(str, facts)).encode())
    for line in job.lines:
        found.update(f"\x1e{line.id}\x1f{line.name}\x1f{line.latex}".encode())
    return found.hexdigest()[:20]
