"""Names of columns with pictures, labels and ids in data sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LABELS = ("latex", "text", "formula", "label", "caption", "latex_formula", "ground_truth", "gt")
"""Names of the column with the LaTeX; the first that a file has is taken."""

IMAGE_FILES = (
    "file_name", "image", "img_name", "image_name", "img", "image_path", "img_path", "image_file", "path", "filename",
    "file", "images",
)  # fmt: skip
"""Names of the column with the file of the picture."""

IDS = ("id", "img_id", "image_id", "name", "uid")


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Columns that the user named; None for a usual name."""

    image: str | None = None
    latex: str | None = None
    id: str | None = None


NO_COLUMNS = ColumnNames()


def first_of(known: Sequence[str], names: Iterable[str]) -> str | None:
    """The first usual name that there is, in whatever case; None if there is none."""
    lower = {name.lower().strip(): name for name in names}
    return next((lower[name] for name in known if name in lower), None)
