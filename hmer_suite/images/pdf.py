"""Pages of PDF files drawn as images, by PDFium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NoReturn

from hmer_suite.errors import InputError

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument

DOTS_PER_INCH = 300
"""Resolution at which pages are drawn, less for pages that would have more than `MOST_PIXELS`."""

MOST_PIXELS = 9_000_000
"""Pixels of the largest drawing: an A4 page at `DOTS_PER_INCH`."""

_POINTS_PER_INCH = 72
_PASSWORD = 4
"""PDFium's code for a document that needs a password."""
_PDFIUM = Lock()
"""PDFium is not thread-safe."""


def count_pdf_pages(source: Path | bytes, name: str) -> int:
    """Number of pages of a PDF file; `InputError`, which begins with `name`, if it is damaged or locked."""
    with _opened(source, name) as document:
        return len(document)


def pdf_page_size(source: Path | bytes, name: str, page: int = 0) -> tuple[float, float]:
    """Width and height in points of a page, counted from 0; raises as `draw_pdf_page` does."""
    with _opened(source, name) as document:
        _check_page(document, page, name)
        return document[page].get_size()


def draw_pdf_page(source: Path | bytes, name: str, page: int = 0) -> Image:
    """The image, on white paper, of a page, counted from 0.

    Raises `InputError`, which begins with `name`, if the file is damaged or locked, or has no such page.
    """
    with _opened(source, name) as document:
        _check_page(document, page, name)
        width, height = document[page].get_size()
        scale = min(DOTS_PER_INCH / _POINTS_PER_INCH, (MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        return document[page].render(scale=scale).to_pil().convert("RGB")


def _check_page(document: PdfDocument, page: int, name: str) -> None:
    if not 0 <= page < len(document):
        raise InputError(f"{name}: no page {page + 1}, it has {len(document)}")


@contextmanager
def _opened(source: Path | bytes, name: str) -> Iterator[PdfDocument]:
    import pypdfium2  # a large library, needed for PDF files only

    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(source)
        except (pypdfium2.PdfiumError, OSError) as error:
            _refuse(error, name)
        try:
            yield document
        except pypdfium2.PdfiumError as error:
            _refuse(error, name)
        finally:
            document.close()


def _refuse(error: Exception, name: str) -> NoReturn:
    locked = getattr(error, "err_code", None) == _PASSWORD
    reason = "a PDF file that needs a password" if locked else f"damaged PDF file: {error}"
    raise InputError(f"{name}: {reason}") from None
