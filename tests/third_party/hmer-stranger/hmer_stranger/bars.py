"""Pictures of bars."""

from __future__ import annotations

import numpy as np

from hmer_suite.errors import UsageError
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SPLITS, SampleSet


def draw(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """``N`` pictures of one to four bars, as high as symbols are wanted."""
    if split not in SPLITS:
        raise UsageError(f"stranger-bars has no split {split}")
    if not argument.isdigit():
        raise UsageError(f"stranger-bars:{argument}: expected a number")
    rng = np.random.default_rng([int(argument), SPLITS.index(split)])
    counts = rng.integers(1, 5, int(argument)).tolist()
    images = [_picture(count, preprocessing) for count in counts]
    return SampleSet(
        split=split,
        ids=tuple(f"{split}-{number}" for number in range(len(counts))),
        labels=tuple(" ".join("1" * count) for count in counts),
        sizes=np.array([image.shape for image in images]),
        images=images,
        sources=("stranger-bars",) * len(counts),
    )


def _picture(count: int, preprocessing: Preprocessing) -> np.ndarray:
    padding = preprocessing.padding
    height = preprocessing.symbol_height
    while (height + 2 * padding) * (4 * height + 2 * padding) > preprocessing.max_pixels:
        height -= 1
    image = np.zeros((height, count * height), np.uint8)
    image[:, height // 3 :: height] = 255
    image[:, height // 3 + 1 :: height] = 255
    return np.pad(image, padding)
