"""Printed formulas: LaTeX in, images in Computer Modern out, with nothing but a Python package.

Typst (`hmer_suite.data.typeset`) sets many formulas at once, a page each, at several hundred a second; what it has
drawn is kept in the cache folder. Images are (H, W) uint8, 0 paper and 255 ink.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.data.pictures import EncodedImages, encode_png, fitted_size
from hmer_suite.data.prepare import canonical_label
from hmer_suite.data.samples import LeftOut, SampleSet
from hmer_suite.data.typeset import PREAMBLE, UNSPACED, NoDrawing, typst_of
from hmer_suite.errors import InputError
from hmer_suite.recogniser import Preprocessing

if TYPE_CHECKING:
    import numpy as np

VERSION = 2
"""Counted up whenever formulas come out differently, so that no old drawing is taken from the cache."""

SYMBOL_HEIGHT = 0.0894
"""Inches from top to bottom of a typical full-size symbol at 10 pt, which `Preprocessing.symbol_height` measures.

These are 6.44 pt; a digit is 6.8 pt high, a capital 6.9, a small letter between 4.4 and 9.
"""

_BATCH = 128
"""Formulas of one document; where Typst refuses one of them, all are set again in halves."""


# ---------------------------------------------------------------- drawing


def draw_printed(
    formulas: Sequence[str], symbol_height: float, *, spaced: bool = True
) -> list[np.ndarray | NoDrawing]:
    """The ink of each formula, cropped, symbols being about `symbol_height` pixels high; or why there is no drawing.

    With `spaced` False there is no white space between atoms.
    """
    setting = _Setting(symbol_height / SYMBOL_HEIGHT, PREAMBLE if spaced else PREAMBLE + UNSPACED)
    found: list[np.ndarray | NoDrawing] = []
    for start in range(0, len(formulas), _BATCH):
        found += _drawn([_markup(formula) for formula in formulas[start : start + _BATCH]], setting)
    return found


@dataclass(frozen=True, slots=True)
class _Setting:
    """Pixels an inch, and what stands in front of all formulas."""

    ppi: float
    preamble: str


def _markup(formula: str) -> str | NoDrawing:
    try:
        return typst_of(formula)
    except NoDrawing as error:
        return error


def _drawn(markups: Sequence[str | NoDrawing], setting: _Setting) -> list[np.ndarray | NoDrawing]:
    good = [markup for markup in markups if isinstance(markup, str)]
    pages = iter(_pages(good, setting) if good else ())
    return [next(pages) if isinstance(markup, str) else markup for markup in markups]


def _pages(markups: Sequence[str], setting: _Setting) -> list[np.ndarray | NoDrawing]:
    """One image a formula; a document that Typst refuses is cut in two until the culprit is found."""
    import typst

    document = setting.preamble + "\n#pagebreak()\n".join(markups)
    try:
        files = typst.compile(document.encode(), format="png", ppi=setting.ppi)
    except typst.TypstError as error:
        if len(markups) == 1:
            return [NoDrawing(f"Typst: {str(error).splitlines()[0]}")]
        middle = len(markups) // 2
        return _pages(markups[:middle], setting) + _pages(markups[middle:], setting)
    return [cropped(file) for file in (files if isinstance(files, list) else [files])]


def cropped(file: bytes) -> np.ndarray | NoDrawing:
    """The ink of a page, dark on light in an image file, without the paper around it."""
    import cv2
    import numpy as np

    image = 255 - cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_GRAYSCALE)
    left, top, width, height = cv2.boundingRect(image)
    if not width:
        return NoDrawing("nothing to be seen")
    return image[top : top + height, left : left + width]


def fit(ink: np.ndarray, preprocessing: Preprocessing) -> np.ndarray:
    """Ink with its padding, shrunk where it is larger than the preprocessing allows."""
    import cv2
    import numpy as np

    pad = preprocessing.padding
    height, width = fitted_size(*ink.shape, 1.0, preprocessing)
    size = (width - 2 * pad, height - 2 * pad)
    if size != ink.shape[::-1]:
        ink = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    return np.pad(ink, pad)


# ---------------------------------------------------------------- printers


@dataclass(frozen=True, slots=True)
class Printer:
    """A way to draw: `draw(formulas, symbol_height)` as `draw_printed` does; `version` names all that it depends on."""

    version: Callable[[], str]
    draw: Callable[[Sequence[str], float], list[np.ndarray | NoDrawing]]


def _typst_version() -> str:
    import typst

    return f"typst {typst.__version__}"


def _draw_with_tex(formulas: Sequence[str], symbol_height: float) -> list[np.ndarray | NoDrawing]:
    from hmer_suite.data.tex import tex_pages

    return tex_pages(formulas, symbol_height / SYMBOL_HEIGHT)


TYPST = Printer(_typst_version, draw_printed)
TEX = Printer(lambda: "tex", _draw_with_tex)

# ---------------------------------------------------------------- sets


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


def printed_set(job: Job) -> SampleSet:
    """All formulas that can be drawn; what cannot, or is no valid LaTeX, is left out with the reason."""
    from hmer_suite.data.store import read_set, write_set

    path = cache_folder() / f"{_digest(job)}.parquet"
    if path.is_file():
        return read_set(path, job.split, job.preprocessing)
    samples = _printed(job)
    if len(samples) and _writable(path.parent):
        write_set(path, [samples], job.preprocessing)
    return samples


def _printed(job: Job) -> SampleSet:
    import numpy as np

    labelled, left_out = _labelled(job.lines)
    names, labels, files, sizes = [], [], [], []
    for start in range(0, len(labelled), _BATCH):
        part = labelled[start : start + _BATCH]
        drawn = job.printer.draw([label for _, label in part], job.preprocessing.symbol_height)
        for (line, label), ink in zip(part, drawn, strict=True):
            if isinstance(ink, NoDrawing):
                left_out.append(LeftOut(line.id, str(ink)))
                continue
            image = fit(ink, job.preprocessing)
            names.append(line)
            labels.append(label)
            files.append(encode_png(image))
            sizes.append(image.shape)
    return SampleSet(
        split=job.split,
        ids=tuple(line.id for line in names),
        labels=tuple(labels),
        sizes=np.array(sizes, np.int32).reshape(-1, 2),
        images=EncodedImages(files, [line.name for line in names]),
        sources=(job.source,) * len(names),
        left_out=tuple(left_out),
    )


def _labelled(lines: Iterable[Line]) -> tuple[list[tuple[Line, str]], list[LeftOut]]:
    """Lines with their canonical labels, and those that have none."""
    labelled: list[tuple[Line, str]] = []
    left_out: list[LeftOut] = []
    for line in lines:
        try:
            label = canonical_label(line.latex, line.name)
        except InputError as error:
            left_out.append(LeftOut(line.id, str(error).removeprefix(f"{line.name}: ")))
            continue
        if label:
            labelled.append((line, label))
        else:
            left_out.append(LeftOut(line.id, "empty line"))
    return labelled, left_out


# ---------------------------------------------------------------- cache


def cache_folder() -> Path:
    """Where drawings are kept: ``$XDG_CACHE_HOME/hmer-suite/printed``, by default below ``~/.cache``.

    Whatever is in it may be deleted at any time.
    """
    home = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(home) if os.path.isabs(home) else Path.home() / ".cache"
    return base / "hmer-suite" / "printed"


def _writable(folder: Path) -> bool:
    """Whether the cache can be written; a read-only home costs time, not results."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _digest(job: Job) -> str:
    """Names everything that a set of drawings depends on."""
    from hmer_suite import __version__
    from hmer_suite.latex.canonical import rewrites_digest
    from hmer_suite.latex.grammar import grammar

    versions = (VERSION, job.printer.version(), __version__, grammar().digest, rewrites_digest())
    facts = (*versions, *astuple(job.preprocessing), job.split, job.source)
    found = hashlib.sha256("\x1f".join(map(str, facts)).encode())
    for line in job.lines:
        found.update(f"\x1e{line.id}\x1f{line.name}\x1f{line.latex}".encode())
    return found.hexdigest()[:20]
