"""Attention of a recogniser to the strokes of ink, or to the parts of a picture, token by token.

Shapes: L tokens, S strokes, H W height and width in pixels of a normalised image, R C rows and columns of cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from hmer_suite.data.ink_sets import LabelledInk, ink_set
from hmer_suite.errors import BlankError
from hmer_suite.images.files import open_image
from hmer_suite.images.photo import LocatedImage, locate
from hmer_suite.ink.raster import Drawing, in_pixels
from hmer_suite.ink.tracing import trace
from hmer_suite.nn.batch import Batch
from hmer_suite.plugin_calls import plugin_code
from hmer_suite.predict.contents import TRACED, ink_sample
from hmer_suite.predict.formula_reader import FormulaReader
from hmer_suite.predict.inputs import read_single
from hmer_suite.predict.joint_reader import JointReader
from hmer_suite.predict.pictures import Attend
from hmer_suite.predict.reader import Reader
from hmer_suite.train.loader import batch_of, collate

CELLS = 400
"""Most cells of a map."""

MOST_VALUES = 40_000_000
"""Most values of all maps of a reading in pixels, as the network gives them; larger ones are not computed."""


@dataclass(frozen=True, slots=True, eq=False)
class AttentionMap:
    """Attention to the parts of a picture.

    `box` has the left, top, right and bottom edge of the part that is divided into cells, as shares of the picture's
    width and height. `weights` (L, R, C) are those of the cells for each token, with sum 1.
    """

    box: tuple[float, float, float, float]
    weights: np.ndarray


def stroke_attention(
    reader: FormulaReader, traces: Sequence[np.ndarray], tokens: Sequence[str]
) -> list[list[float]] | None:
    """For each token of a reading the weights of the strokes, each row with sum 1.

    The weights are those of the first member that reads ink, has attention and writes all of the tokens, else of the
    first such member that reads images: its attention to the drawing, summed along each stroke. None if there is none,
    or if the maps of the drawing had more than `MOST_VALUES`.
    """
    members = sorted(_attending(reader, tokens), key=lambda member: member.preprocessing.input != "ink")
    if not members:
        return None
    member = members[0]
    samples = member.seen(read_single(list(traces), member.wanted))
    if samples.kind != "ink" and samples.images[0].size * len(tokens) > MOST_VALUES:
        return None
    weights = _weights(member, batch_of(samples, [0], member.model.vocabulary), tokens)
    if samples.kind != "ink":
        weights = _along(traces, weights, Drawing.of(member.wanted))
    return [[round(value, 4) for value in row] for row in weights.tolist()]


def _along(traces: Sequence[np.ndarray], maps: np.ndarray, drawing: Drawing) -> np.ndarray:
    """Weights (L, S) of strokes from those (L, H, W) of the pixels of their drawing, each row with sum 1."""
    places, _ = in_pixels(traces, drawing)
    last = np.array(maps.shape[:0:-1]) - 1
    sums = []
    for points in places:
        across, down = np.clip(np.rint(_pixel_by_pixel(points)).astype(int), 0, last).T
        sums.append(maps[:, down, across].sum(axis=1))
    weights = np.stack(sums, axis=1)
    return weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)


def _pixel_by_pixel(points: np.ndarray) -> np.ndarray:
    """Points (n, 2) about one pixel apart along a trace in pixels."""
    along = np.concatenate(([0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()))
    wanted = np.linspace(0.0, along[-1], int(along[-1]) + 1)
    return np.stack([np.interp(wanted, along, axis) for axis in points.T], axis=1)


def picture_attention(reader: FormulaReader, content: bytes, tokens: Sequence[str]) -> AttentionMap | None:
    """For each token of the reading of an image file the weights of the parts of its picture.

    The weights are those of the first member that reads images, has attention and writes all of the tokens, else of the
    first such member that reads ink, whose traced strokes are drawn. None if there is none, or if the maps had more
    than `MOST_VALUES`. Raises `InputError` for an image that cannot be read.
    """
    members = sorted(_attending(reader, tokens), key=lambda member: member.preprocessing.input == "ink")
    for member in members:
        over = _over_strokes if member.preprocessing.input == "ink" else _over_pixels
        try:
            return over(member, content, tokens)
        except BlankError:
            continue  # what others saw is too faint for it
    return None


def _over_pixels(member: Reader, content: bytes, tokens: Sequence[str]) -> AttentionMap | None:
    seen = locate(open_image(content, "image"), member.wanted)
    if seen.image.size * len(tokens) > MOST_VALUES:
        return None
    batch = collate([seen.image], ["image"], None, member.model.vocabulary)
    return AttentionMap(seen.box, _in_cells(_weights(member, batch, tokens), member.wanted.padding))


def _over_strokes(member: Reader, content: bytes, tokens: Sequence[str]) -> AttentionMap:
    seen = locate(open_image(content, "image"), TRACED)
    traces = trace(seen.image)
    sample = ink_sample(traces, "image")
    if not sample.traces:
        raise BlankError("image: no strokes")
    samples = member.seen(ink_set("test", [LabelledInk("image", "", sample, "image")], member.wanted))
    weights = _weights(member, batch_of(samples, [0], member.model.vocabulary), tokens)
    return AttentionMap(seen.box, np.tensordot(weights, _cells_of_traces(traces, seen), 1))


def _weights(member: Reader, batch: Batch, tokens: Sequence[str]) -> np.ndarray:
    """Attention (L, S) to strokes or (L, H, W) to pixels."""
    attend: Attend = getattr(member.model, "attention")  # noqa: B009 - a recogniser may have it
    numbers = [member.model.vocabulary.encode(" ".join(tokens))]
    with torch.inference_mode(), plugin_code(f"{type(member.model).__name__}: attention failed"):
        (weights,) = attend(batch.to(next(member.model.parameters()).device), numbers)
        return weights[: len(tokens)].float().cpu().numpy()


def _in_cells(maps: np.ndarray, padding: int) -> np.ndarray:
    """Weights (L, R, C) of cells without the padding, from those (L, H, W) of pixels."""
    _, height, width = maps.shape
    inner = maps[:, padding : height - padding, padding : width - padding]
    rows, columns = _grid(*inner.shape[1:])
    starts = [
        np.arange(count) * size // count for count, size in zip((rows, columns), inner.shape[1:], strict=True)
    ]
    sums = np.add.reduceat(np.add.reduceat(inner, starts[0], axis=1), starts[1], axis=2)
    return _shares(sums)


def _cells_of_traces(traces: Sequence[np.ndarray], seen: LocatedImage) -> np.ndarray:
    """Shares (S, R, C) of each trace's points in each cell; traces are in pixels of the image."""
    size = np.array(seen.image.shape) - 2 * TRACED.padding
    rows, columns = _grid(*size.tolist())
    cells = np.zeros((len(traces), rows, columns), np.float32)
    for number, points in enumerate(traces):
        places = (points[:, ::-1] - TRACED.padding) / size * (rows, columns)
        down, across = np.clip(places.astype(int), 0, (rows - 1, columns - 1)).T
        np.add.at(cells[number], (down, across), 1)
    return _shares(cells)


def _grid(height: int, width: int) -> tuple[int, int]:
    """Rows and columns of at most `CELLS` cells, about square, over an image."""
    side = max(1.0, (height * width / CELLS) ** 0.5)
    rows = max(1, min(CELLS, int(height / side)))
    return rows, max(1, min(CELLS // rows, int(width / side)))


def _shares(values: np.ndarray) -> np.ndarray:
    return values / np.maximum(values.sum(axis=(1, 2), keepdims=True), 1e-12)


def _attending(reader: FormulaReader, tokens: Sequence[str]) -> list[Reader]:
    """The members that have attention and write all of the tokens."""
    members = reader.reader.members if isinstance(reader.reader, JointReader) else (reader.reader,)
    return [
        member
        for member in members
        if isinstance(member, Reader)
        and hasattr(member.model, "attention")
        and all(token in member.model.vocabulary for token in tokens)
    ]
