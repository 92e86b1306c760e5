"""Documents of one part, as nearly all are, read and written at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hmer_suite.predictions import documents
from hmer_suite.predictions.documents import Document
from hmer_suite.predictions.names import NO_COLUMNS, Columns


def read_document(path: str | Path, format: str | None = None, columns: Columns = NO_COLUMNS) -> Document:
    """The only part of a file."""
    (document,) = documents.read_document(path, format, columns)
    return document


def write(document: Document, path: str | Path, formulas: Sequence[str]) -> None:
    """Write a file of one part."""
    documents.write_document(path, iter([(document, formulas)]))
