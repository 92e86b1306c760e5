"""Faces of print: the makers and fonts that formulas are set in, with what each of them needs.

A maker that is not installed has no faces here; `available_faces` says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

import numpy as np

from hmer_suite.printing.cache import Printer
from hmer_suite.printing.draw import SYMBOL_HEIGHT, draw_printed, missing_font
from hmer_suite.printing.mathtext import mathtext_pages
from hmer_suite.printing.tex_pdf import (
    PDF_PROGRAMS,
    TexStyle,
    missing_packages,
    missing_programs,
    pdf_pages,
)
from hmer_suite.printing.typst_markup import NoDrawing
from hmer_suite.printing.web_makers import (
    katex_pages,
    mathjax_pages,
    missing_browser,
    missing_node_package,
)

FACE_VERSION = 1
"""Incremented whenever drawings of any face change."""


@dataclass(frozen=True, slots=True)
class Face:
    """A maker with a font, drawing symbols `symbol_height` pixels high.

    `missing()` says in words what is not installed, or is empty. `weight` is how often it is chosen, relative to the
    other faces.
    """

    name: str
    symbol_height: int
    weight: float
    printer: Printer
    missing: Callable[[], str]


def available_faces() -> tuple[list[Face], list[str]]:
    """The faces whose makers are installed, and one line for each that is left out."""
    reasons = {face.name: face.missing() for face in FACES}
    left_out = [f"{name}: {reason}" for name, reason in reasons.items() if reason]
    return [face for face in FACES if not reasons[face.name]], left_out


def _face(
    name: str,
    symbol_height: int,
    weight: float,
    draw: Callable[[Sequence[str], float], list[np.ndarray | NoDrawing]],
    missing: Callable[[], str],
    version_of: Callable[[], str] = str,
) -> Face:
    printer = Printer(lambda: f"{name} {FACE_VERSION} {version_of()}", draw)
    return Face(name, symbol_height, weight, printer, missing)


# ---------------------------------------------------------------- TeX


def _pdf(
    name: str,
    symbol_height: int,
    weight: float,
    style: TexStyle = TexStyle(),  # noqa: B008
) -> Face:
    def draw(formulas: Sequence[str], height: float) -> list[np.ndarray | NoDrawing]:
        return pdf_pages(formulas, 10 / style.size * height / SYMBOL_HEIGHT, style)

    def missing() -> str:
        return _listed(missing_programs(PDF_PROGRAMS)) or _listed(missing_packages(style.packages))

    return _face(name, symbol_height, weight, draw, missing, lambda: str(style))


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names)} not found" if names else ""


# ---------------------------------------------------------------- web pages, matplotlib


def _mathjax(name: str, symbol_height: int, weight: float, font: str = "") -> Face:
    package = f"@mathjax/{font}-font" if font else "mathjax"

    def draw(formulas: Sequence[str], height: float) -> list[np.ndarray | NoDrawing]:
        return mathjax_pages(formulas, height / SYMBOL_HEIGHT, font)

    def missing() -> str:
        return missing_node_package("mathjax") or missing_node_package(package)

    return _face(name, symbol_height, weight, draw, missing)


def _katex(name: str, symbol_height: int, weight: float) -> Face:
    def draw(formulas: Sequence[str], height: float) -> list[np.ndarray | NoDrawing]:
        return katex_pages(formulas, height / SYMBOL_HEIGHT)

    return _face(
        name, symbol_height, weight, draw, lambda: missing_node_package("katex") or missing_browser()
    )


def _mathtext(fonts: str, weight: float) -> Face:
    def draw(formulas: Sequence[str], height: float) -> list[np.ndarray | NoDrawing]:
        return mathtext_pages(formulas, height / SYMBOL_HEIGHT, fonts)

    return _face(f"mathtext-{fonts}", 18, weight, draw, str, lambda: f"matplotlib {version('matplotlib')}")


# ---------------------------------------------------------------- Typst


def _typst(name: str, symbol_height: int, weight: float, font: str = "") -> Face:
    return _face(
        name,
        symbol_height,
        weight,
        partial(draw_printed, font=font),
        lambda: missing_font(font),
        lambda: f"typst {version('typst')}",
    )


FACES = (
    _pdf("tex", 18, 2.5),
    _pdf("tex-12pt", 21, 2.0, TexStyle(12, fixed_symbols=True)),
    _pdf("tex-11pt", 20, 0.7, TexStyle(11)),
    _pdf("tex-screen", 9, 1.5),
    _pdf("tex-times", 18, 0.7, TexStyle(packages="mathptmx")),
    _pdf("tex-palatino", 18, 0.7, TexStyle(packages="mathpazo")),
    _pdf("tex-txfonts", 18, 0.5, TexStyle(packages="txfonts")),
    _pdf("tex-fax", 18, 0.3, TexStyle(smooth=False)),
    _typst("typst", 18, 1.0),
    _typst("typst-latin-modern", 18, 0.5, "Latin Modern Math"),
    _typst("typst-termes", 18, 0.5, "TeX Gyre Termes Math"),
    _typst("typst-pagella", 18, 0.4, "TeX Gyre Pagella Math"),
    _typst("typst-schola", 18, 0.3, "TeX Gyre Schola Math"),
    _typst("typst-bonum", 18, 0.2, "TeX Gyre Bonum Math"),
    _typst("typst-dejavu", 18, 0.2, "TeX Gyre DejaVu Math"),
    _typst("typst-stix", 18, 0.5, "STIX Math"),
    _typst("typst-asana", 18, 0.3, "Asana Math"),
    _mathjax("mathjax", 18, 0.8),
    _mathjax("mathjax-stix", 18, 0.3, "mathjax-stix2"),
    _mathjax("mathjax-tex", 18, 0.2, "mathjax-tex"),
    _katex("katex", 18, 0.6),
    _katex("katex-screen", 9, 0.6),
    _mathtext("cm", 0.2),
    _mathtext("stix", 0.2),
    _mathtext("stixsans", 0.15),
    _mathtext("dejavusans", 0.15),
    _mathtext("dejavuserif", 0.1),
)
"""The faces, in the order of what they bring for pictures made by others: pdfTeX with Computer Modern first."""
