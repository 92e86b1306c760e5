"""The folder in which drawings of printed formulas are kept."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

from hmer_suite.printing.draw import SYMBOL_HEIGHT, VERSION, draw_printed
from hmer_suite.printing.typst_markup import NoDrawing
from hmer_suite.specs.recogniser import Preprocessing


@dataclass(frozen=True, slots=True)
class Printer:
    """A way to draw: `draw(formulas, symbol_height)` as `draw_printed` does; `version` names all that it depends on."""

    version: Callable[[], str]
    draw: Callable[[Sequence[str], float], list[np.ndarray | NoDrawing]]


def _typst_version() -> str:
    import typst

    return f"typst {typst.__version__}"


def _draw_with_tex(formulas: Sequence[str], symbol_height: float) -> list[np.ndarray | NoDrawing]:
    from hmer_suite.printing.tex import tex_pages

    return tex_pages(formulas, symbol_height / SYMBOL_HEIGHT)


TYPST = Printer(_typst_version, draw_printed)


TEX = Printer(lambda: "tex", _draw_with_tex)


@dataclass(frozen=True, slots=True)
class Line:
    """A formula as its writer typed it, and where it stands."""

    id: str
    name: str
    latex: str


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be printed, how, and what the set is called."""

    split: str
    source: str
    lines: Sequence[Line]
    preprocessing: Preprocessing
    printer: Printer = TYPST


def cache_folder() -> Path:
    """Where drawings are kept: ``$XDG_CACHE_HOME/hmer-suite/printed``, by default below ``~/.cache``.

    Whatever is in it may be deleted at any time.
    """
    home = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(home) if os.path.isabs(home) else Path.home() / ".cache"
    return base / "hmer-suite" / "printed"


def is_writable(folder: Path) -> bool:
    """Whether the cache can be written; a read-only home costs time, not results."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def drawing_digest(job: Job) -> str:
    """Names everything that a set of drawings depends on."""
    from hmer_suite.latex.automaton import grammar
    from hmer_suite.latex.canonical.canoniser import rewrites_digest
    from hmer_suite.version import __version__

    versions = (VERSION, job.printer.version(), __version__, grammar().digest, rewrites_digest())
    facts = (*versions, *astuple(job.preprocessing), job.split, job.source)
    found = hashlib.sha256("\x1f".join(map(str, facts)).encode())
    for line in job.lines:
        found.update(f"\x1e{line.id}\x1f{line.name}\x1f{line.latex}".encode())
    return found.hexdigest()[:20]
