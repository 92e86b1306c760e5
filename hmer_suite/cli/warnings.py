"""Warnings about files that are read: what may be misread, and what in them is no LaTeX."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hmer_suite.terminal import note

if TYPE_CHECKING:
    from hmer_suite.predictions.files import Paired, PredictionFile, ReferenceFile


def warn(messages: Iterable[str]) -> None:
    """Print warnings on stderr."""
    for message in messages:
        note(f"hmer-suite: warning: {message}")


def warn_of(*files: PredictionFile | ReferenceFile) -> None:
    """Print warnings about what may be misread in files, and about the first text in each that is no LaTeX."""
    from hmer_suite.latex.leftovers import leftovers
    from hmer_suite.predictions.files import ReferenceFile
    from hmer_suite.predictions.reading import place

    for file in files:
        warn(file.origin.warnings)
        texts = file.references if isinstance(file, ReferenceFile) else file.predictions
        if (found := leftovers(texts)).count:
            warn([f"{place(file.path, file.origin.lines, found.first)}: {found}"])


def warn_of_renamed(read: PredictionFile, paired: Paired) -> None:
    """Say that ids were matched although they differ by folder or suffix."""
    if paired.renamed:
        (ours, theirs), more = paired.renamed[0], len(paired.renamed) - 1
        others = f", and {more} more" if more else ""
        warn([f"{read.path}: ids matched without folder and suffix: {ours!r} with {theirs!r}{others}"])
