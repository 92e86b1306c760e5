"""Write `hmer_suite/images/print_boxes.npz`: how likely the boxes of printed symbols are at a symbol height.

    python -m tools.weights.print_scale FORMULAS.txt

Formulas of the file and as many of the weighted grammar are drawn in the faces that are installed, at several sizes; of
every second one the errors of the estimated symbol height are printed, and the table is then made of all of them.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from hmer_suite.data.sources.print_mix import PrintMix
from hmer_suite.data.sources.printed import formula_lines, synthetic_lines
from hmer_suite.images.components import PRINT
from hmer_suite.images.print_scale import TABLE, BoxTable
from hmer_suite.ink.symbol_height import symbol_height_of_boxes
from hmer_suite.printing.faces import available_faces
from tools.command import run_tool

SMALLEST, LARGEST = 0.42, 1.3
"""Range of the factor by which drawings are reduced or enlarged."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The boxes (n, 4) of one picture of a formula, and the height of its symbols in pixels."""

    formula: int
    height: float
    boxes: np.ndarray


def drawn(mix: PrintMix, first: int) -> Iterator[Drawn]:
    """Each drawing of each formula as it is, by half, and at a random size; numbered from `first`."""
    rng = np.random.default_rng(0)
    for number, faces in enumerate(mix.drawings, start=first):
        for face, draw in faces:
            ink = draw()
            for scale in (1.0, 0.5, float(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST))))):
                if scale * face.symbol_height < 7.5:
                    continue
                sized = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                mask = (sized > PRINT.weak * sized.max()).astype(np.uint8)
                left, top, width, height = cv2.connectedComponentsWithStats(mask, connectivity=8)[2][1:, :4].T
                boxes = np.stack([left, top, left + width, top + height], axis=1)
                yield Drawn(number, scale * face.symbol_height, boxes)


def errors(table: BoxTable | None, pictures: list[Drawn]) -> str:
    """Mean, standard deviation and percentiles of the logarithm of estimated over true height."""
    found = []
    for picture in pictures:
        first = symbol_height_of_boxes(picture.boxes)
        height = first if table is None else table.symbol_height(picture.boxes, first)
        found.append(np.log(height / picture.height))
    parts = ", ".join(f"{value:.3f}" for value in np.percentile(found, [2, 10, 50, 90, 98]))
    return f"mean {np.mean(found):.3f}, standard deviation {np.std(found):.3f}, percentiles {parts}"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("formulas", help="one formula a line")
    argument = parser.parse_args().formulas
    faces, _ = available_faces()
    file, lines = formula_lines("print-mix", argument, "train")
    made = synthetic_lines("print-mix-synthetic", f"{len(lines)},1", "train")
    mixes = [PrintMix.of("train", name, part, faces) for name, part in ((file.stem, lines), ("made", made))]
    pictures = [picture for number, mix in enumerate(mixes) for picture in drawn(mix, number * len(lines))]
    held_out = [picture for picture in pictures if picture.formula % 2]
    half = BoxTable.of((picture.boxes, picture.height) for picture in pictures if not picture.formula % 2)
    print(f"from percentiles of boxes: {errors(None, held_out)}")
    print(f"from the table:            {errors(half, held_out)}")
    table = BoxTable.of((picture.boxes, picture.height) for picture in pictures)
    np.savez_compressed(Path(TABLE), log_density=table.log_density.astype(np.float16))


if __name__ == "__main__":
    run_tool(main)
