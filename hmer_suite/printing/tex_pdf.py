"""Printed formulas as pdfLaTeX and Ghostscript draw them, as in the pages of im2latex-100k.

Each formula is a page of its own size, in display style. One run sets many formulas: where TeX reports an error, it
goes on, and the formula at fault alone is left out. TeX may read and write only in a temporary folder and runs no
programs.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hmer_suite.printing.pages import cropped
from hmer_suite.printing.tex import run_in_folder, typed
from hmer_suite.printing.typst_markup import NoDrawing

PDF_PROGRAMS = ("pdflatex", "gs")

_HEAD = r"""\documentclass[%s]{article}
\usepackage{amsmath,amssymb}
%s
\begin{document}
\newbox\formulabox
\def\formulapage#1#2{\typeout{formula #1}\setbox\formulabox\hbox{$\displaystyle #2$}%%
\pdfhorigin=5bp \pdfvorigin=5bp \pdfpagewidth=\dimexpr\wd\formulabox+10bp\relax
\pdfpageheight=\dimexpr\ht\formulabox+\dp\formulabox+10bp\relax
\shipout\box\formulabox}
"""

_FIXED = r"\DeclareFontShape{OMX}{cmex}{m}{n}{<->sfixed*cmex10}{}"

_AT_ONCE = 128
"""Formulas in one document; TeX stops after a hundred errors."""


@dataclass(frozen=True, slots=True)
class TexStyle:
    """The size of text in points, the packages that choose fonts, and whether edges are anti-aliased.

    With `fixed_symbols`, large symbols, roots and rules are those of 10 pt at any size, as LaTeX alone sets them;
    amsmath scales them.
    """

    size: int = 10
    packages: str = ""
    smooth: bool = True
    fixed_symbols: bool = False


def missing_packages(packages: str) -> list[str]:
    """Those packages, separated by commas, that TeX does not find."""
    names = [name for name in packages.split(",") if name]
    return [name for name in names if not _finds(f"{name}.sty")]


def _finds(file: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="hmer-suite-tex-") as folder:
        return run_in_folder(["kpsewhich", file], Path(folder))


def missing_programs(programs: Sequence[str]) -> list[str]:
    """Those programs that are not installed."""
    return [program for program in programs if not shutil.which(program)]


def pdf_pages(formulas: Sequence[str], ppi: float, style: TexStyle) -> list[np.ndarray | NoDrawing]:
    """One image for each formula, cropped, or the reason why it has none."""
    found: list[np.ndarray | NoDrawing] = []
    for start in range(0, len(formulas), _AT_ONCE):
        with tempfile.TemporaryDirectory(prefix="hmer-suite-tex-") as folder:
            found += _pages(formulas[start : start + _AT_ONCE], ppi, style, Path(folder))
    return found


def _pages(
    formulas: Sequence[str], ppi: float, style: TexStyle, folder: Path
) -> list[np.ndarray | NoDrawing]:
    packages = rf"\usepackage{{{style.packages}}}" if style.packages else ""
    packages += _FIXED if style.fixed_symbols else ""
    pages = "".join(f"\\formulapage{{{n}}}{{{typed(text)}}}\n" for n, text in enumerate(formulas))
    source = f"{_HEAD % (f'{style.size}pt', packages)}{pages}\\typeout{{formula end}}\\end{{document}}\n"
    (folder / "formulas.tex").write_text(source, encoding="utf-8")
    run_in_folder(["pdflatex", "-interaction=nonstopmode", "-no-shell-escape", "formulas.tex"], folder)
    log = folder / "formulas.log"
    lines = log.read_text(encoding="latin-1").splitlines() if log.is_file() else []
    if "formula end" not in lines or not _drawn(folder, ppi, style, len(formulas)):
        return _halves(formulas, ppi, style, folder, lines)
    faults = _faults(lines)
    return [
        NoDrawing(f"TeX: {faults[number]}")
        if number in faults
        else cropped((folder / f"{number + 1}.png").read_bytes())
        for number in range(len(formulas))
    ]


def _halves(
    formulas: Sequence[str], ppi: float, style: TexStyle, folder: Path, log: Sequence[str]
) -> list[np.ndarray | NoDrawing]:
    """The pages of a document without one page for each formula: it is halved until the formula at fault is alone."""
    if len(formulas) == 1:
        return [NoDrawing(f"TeX: {_faults(log).get(0, 'no page, or more than one')}")]
    for file in folder.iterdir():
        file.unlink()
    middle = len(formulas) // 2
    return _pages(formulas[:middle], ppi, style, folder) + _pages(formulas[middle:], ppi, style, folder)


def _drawn(folder: Path, ppi: float, style: TexStyle, count: int) -> bool:
    """Whether Ghostscript drew `count` pages."""
    bits = 4 if style.smooth else 1
    command = ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=pnggray", f"-r{ppi:.2f}"]
    command += [f"-dTextAlphaBits={bits}", f"-dGraphicsAlphaBits={bits}", "-sOutputFile=%d.png"]
    run_in_folder([*command, "formulas.pdf"], folder)
    return (folder / f"{count}.png").is_file() and not (folder / f"{count + 1}.png").exists()


def _faults(log: Sequence[str]) -> dict[int, str]:
    """The first error of each formula that has one, by its number, in TeX's log."""
    faults: dict[int, str] = {}
    current = 0
    for line in log:
        if found := _FORMULA.fullmatch(line):
            current = int(found[1])
        elif line.startswith("! "):
            faults.setdefault(current, line[2:])
    return faults


_FORMULA = re.compile(r"formula (\d+)")
