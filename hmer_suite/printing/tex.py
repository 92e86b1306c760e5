"""Formulas printed by TeX itself, if the programs `latex` and `dvipng` are installed.

Formulas are set in display style at 10 pt, one on a page, with amsmath and amssymb. TeX may read and write only in a
temporary folder, may not run programs, and has limited time.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hmer_suite.errors import UsageError
from hmer_suite.printing.pages import cropped
from hmer_suite.printing.typst_markup import NoDrawing

PROGRAMS = ("latex", "dvipng")

HEAD = r"""\documentclass[10pt]{article}
\usepackage{amsmath,amssymb}
\pagestyle{empty}
\setlength{\textwidth}{100cm}
\setlength{\textheight}{100cm}
\begin{document}
"""

_SECONDS = 30
"""Time limit of one program for one document."""


def tex_pages(formulas: Sequence[str], ppi: float) -> list[np.ndarray | NoDrawing]:
    """One image for each formula; a document that TeX rejects is halved until the formula at fault is found.

    Raises:
        UsageError: TeX is not installed.
    """
    if missing := [program for program in PROGRAMS if not shutil.which(program)]:
        raise UsageError(
            f"drawing with TeX needs the programs latex and dvipng; not found: {', '.join(missing)}"
        )
    with tempfile.TemporaryDirectory(prefix="hmer-suite-tex-") as folder:
        return _pages(formulas, ppi, Path(folder))


def _pages(formulas: Sequence[str], ppi: float, folder: Path) -> list[np.ndarray | NoDrawing]:
    pages = "".join(f"\\[{typed(formula)}\\]\\clearpage\n" for formula in formulas)
    (folder / "formulas.tex").write_text(f"{HEAD}{pages}\\end{{document}}\n", encoding="utf-8")
    if run_in_folder(
        ["latex", "-interaction=batchmode", "-halt-on-error", "-no-shell-escape", "formulas.tex"], folder
    ):
        run_in_folder(
            ["dvipng", "-q", "-T", "tight", "-D", f"{ppi:.0f}", "-o", "%d.png", "formulas.dvi"], folder
        )
        found = [folder / f"{number}.png" for number in range(1, len(formulas) + 1)]
        if all(file.is_file() for file in found) and not (folder / f"{len(formulas) + 1}.png").exists():
            return [_taken(file) for file in found]
    for file in folder.glob("*.png"):
        file.unlink()
    if len(formulas) == 1:
        return [NoDrawing(f"TeX: {_complaint(folder)}")]
    middle = len(formulas) // 2
    return _pages(formulas[:middle], ppi, folder) + _pages(formulas[middle:], ppi, folder)


def typed(formula: str) -> str:
    """A formula with its lengths in one piece, as TeX reads them: ``1cm`` for ``1 c m``."""
    return _LENGTH.sub(lambda found: found[0].replace(" ", ""), formula)


_LENGTH = re.compile(r"\\[hv]space\*? \{[^{}]*\}")


def run_in_folder(command: Sequence[str], folder: Path) -> bool:
    """Whether a program succeeds in time; TeX may only read and write within `folder`."""
    safe = {**os.environ, "openin_any": "p", "openout_any": "p", "TEXMFOUTPUT": str(folder)}
    try:
        done = subprocess.run(
            command, cwd=folder, env=safe, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _taken(file: Path) -> np.ndarray | NoDrawing:
    data = file.read_bytes()
    file.unlink()
    return cropped(data)


def _complaint(folder: Path) -> str:
    """The first error in TeX's log."""
    log = folder / "formulas.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
    return next((line[2:] for line in lines if line.startswith("! ")), "no page, or more than one")
