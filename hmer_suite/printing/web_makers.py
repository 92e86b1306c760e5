"""Printed formulas as web pages show them: MathJax's SVG and KaTeX's HTML, set by node and drawn by Typst and Chromium.

The packages ``mathjax`` and ``katex`` are looked for where node looks for packages of the current folder: in its
``node_modules`` and those above, in ``NODE_PATH``, and among the global ones of npm. Programs run in limited time.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from hmer_suite.images.files import decode_png
from hmer_suite.printing.pages import cropped, cropped_ink
from hmer_suite.printing.tex import typed
from hmer_suite.printing.typst_markup import NoDrawing

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")

_SECONDS = 120
"""Time limit of one program for one document."""

_AT_ONCE = 64
"""Formulas in one document."""

_HERE = Path(__file__).parent


def missing_node_package(package: str) -> str:
    """The reason in words why node cannot load a package, or an empty text."""
    if not shutil.which("node"):
        return "node not found"
    return "" if _resolves(package) else f"package {package} of npm not found"


@cache
def _resolves(package: str) -> bool:
    program = 'require("module").createRequire(process.cwd() + "/").resolve(process.argv[1])'
    return _run(["node", "-e", program, f"{package}/package.json"], "") is not None


def missing_browser() -> str:
    """The reason in words why there is no Chromium, or an empty text."""
    return "" if _browser() else f"{CHROMIUM[0]} not found"


def _browser() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


@cache
def _global_packages() -> str:
    """The folder of npm's global packages, or an empty text."""
    if not shutil.which("npm"):
        return ""
    found = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=False)
    return found.stdout.strip()


def _run(command: Sequence[str], given: str) -> str | None:
    """What a program writes to standard output, or None if it fails or is too slow."""
    paths = os.pathsep.join(filter(None, (os.environ.get("NODE_PATH", ""), _global_packages())))
    try:
        done = subprocess.run(
            command,
            input=given,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, "NODE_PATH": paths},
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def _set_by(script: str, formulas: Sequence[str], *arguments: str) -> list[Any]:
    """What a script writes for formulas, or reasons for all of them."""
    written = _run(["node", str(_HERE / script), *arguments], json.dumps([typed(text) for text in formulas]))
    failed = [{"error": "node failed or took too long"}] * len(formulas)
    return failed if written is None else json.loads(written)


def _reason(maker: str, found: dict[str, str]) -> NoDrawing:
    return NoDrawing(f"{maker}: {found['error'].splitlines()[0]}")


# ---------------------------------------------------------------- MathJax


def mathjax_pages(formulas: Sequence[str], ppi: float, font: str = "") -> list[np.ndarray | NoDrawing]:
    """One image for each formula at 10 pt, cropped, or the reason why it has none.

    `font` is one of MathJax's fonts, as in the package ``@mathjax/FONT-font``, by default its own.
    """
    found: list[np.ndarray | NoDrawing] = []
    for start in range(0, len(formulas), _AT_ONCE):
        drawn = _set_by("mathjax.cjs", formulas[start : start + _AT_ONCE], font)
        good = [_Svg.of(svg) for svg in drawn if isinstance(svg, str)]
        pages = iter(_svg_pages(good, ppi) if good else ())
        found += [next(pages) if isinstance(svg, str) else _reason("MathJax", svg) for svg in drawn]
    return found


@dataclass(frozen=True, slots=True)
class _Svg:
    """A picture in SVG, black, and its width in em."""

    text: str
    width: float

    @classmethod
    def of(cls, svg: str) -> _Svg:
        whole = svg[svg.index("<svg") : svg.rindex("</svg>") + len("</svg>")]
        box = _VIEW_BOX.search(whole)
        width = float(box[1]) / 1000 if box else 1.0
        return cls(_LATEX.sub("", whole).replace("currentColor", "black"), width)


_LATEX = re.compile(r' data-latex="[^"]*"')
"""An attribute with the source, in which MathJax leaves signs that XML forbids."""

_VIEW_BOX = re.compile(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) [\d.]+"')


def _svg_pages(pictures: Sequence[_Svg], ppi: float) -> list[np.ndarray | NoDrawing]:
    import typst  # not for commands that only list data sources

    images = (
        f'#image(bytes({json.dumps(one.text, ensure_ascii=False)}), format: "svg", width: {one.width}em)'
        for one in pictures
    )
    preamble = "#set page(width: auto, height: auto, margin: 24pt, fill: white)\n#set text(size: 10pt)\n"
    try:
        files = typst.compile((preamble + "\n#pagebreak()\n".join(images)).encode(), format="png", ppi=ppi)
    except typst.TypstError as error:
        if len(pictures) == 1:
            return [NoDrawing(f"MathJax: {str(error).splitlines()[0]}")]
        middle = len(pictures) // 2
        return _svg_pages(pictures[:middle], ppi) + _svg_pages(pictures[middle:], ppi)
    return [cropped(file) for file in ([files] if isinstance(files, bytes) else files)]


# ---------------------------------------------------------------- KaTeX


_PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="{style}">
<style>body {{ margin: 0 }} .formula {{ display: flex; align-items: center; overflow: hidden; height: {height}px;
padding: 0 {room}px; white-space: nowrap }} .katex {{ font-size: {size}px }}
.katex-display, .katex-display > .katex {{ text-align: left; margin: 0 }}</style>
"""

_KATEX_AT_ONCE = 32

_WIDTH, _HEIGHT = 80, 13
"""Width and height in em of the part of the window for one formula."""


def katex_pages(formulas: Sequence[str], ppi: float) -> list[np.ndarray | NoDrawing]:
    """One image for each formula at 10 pt, as Chromium shows it, cropped, or the reason why it has none."""
    found: list[np.ndarray | NoDrawing] = []
    for start in range(0, len(formulas), _KATEX_AT_ONCE):
        part = formulas[start : start + _KATEX_AT_ONCE]
        drawn = _set_by("katex.cjs", part)
        good = [html for html in drawn[: len(part)] if isinstance(html, str)]
        shown = iter(_shown(good, drawn[-1], ppi) if good else ())
        found += [
            next(shown) if isinstance(html, str) else _reason("KaTeX", html) for html in drawn[: len(part)]
        ]
    return found


def _shown(pieces: Sequence[str], style: str, ppi: float) -> list[np.ndarray | NoDrawing]:
    """Pieces of HTML in a window of Chromium, one below the other."""
    size = ppi * 10 / 72
    height, room = round(_HEIGHT * size), round(size)
    with tempfile.TemporaryDirectory(prefix="hmer-suite-katex-") as folder:
        source, target = Path(folder, "formulas.html"), Path(folder, "formulas.png")
        body = "\n".join(f'<div class="formula"><div>{piece}</div></div>' for piece in pieces)
        head = _PAGE.format(style=style, height=height, room=room, size=size)
        source.write_text(head + body, encoding="utf-8")
        window = f"--window-size={round(_WIDTH * size)},{height * len(pieces)}"
        command = [
            _browser() or CHROMIUM[0],
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
        ]
        command += [f"--user-data-dir={folder}/profile", "--allow-file-access-from-files", window]
        _run([*command, f"--screenshot={target}", source.as_uri()], "")
        if not target.is_file():
            return [NoDrawing("KaTeX: Chromium failed or took too long")] * len(pieces)
        window_ink = decode_png(target.read_bytes(), "window")
    return [_within(ink) for ink in np.split(window_ink[: height * len(pieces)], len(pieces))]


def _within(window: np.ndarray) -> np.ndarray | NoDrawing:
    """The ink of a part of the window, unless it does not fit into it."""
    if window[0].any() or window[-1].any() or window[:, -1].any():
        return NoDrawing("KaTeX: larger than the window")
    return cropped_ink(window)
