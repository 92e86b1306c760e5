"""Pictures in pickles of NumPy arrays, as WAP, CAN, ABM and TAMER publish them."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import BinaryIO

import numpy as np

from hmer_suite.data.layouts.unpickler import PickledArray, kind_of, read_pickle
from hmer_suite.errors import InputError
from hmer_suite.predictions.layouts import show


def picture_of(array: np.ndarray) -> np.ndarray:
    """An array of a pickle as a picture (H, W), (H, W, 3) or (H, W, 4) of uint8; `ValueError` for another shape.

    Channels may come first or last; truth values, and floats up to 1, are scaled to 255.
    """
    if array.ndim == 3 and array.shape[0] == 1:
        array = array[0]
    if array.ndim == 3 and array.shape[0] in (3, 4) and array.shape[2] not in (1, 3, 4):
        array = np.moveaxis(array, 0, 2)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise ValueError(f"an array of shape {array.shape} is no picture")
    if array.dtype == np.uint8:
        return array
    numbers = np.nan_to_num(array.astype(np.float64))
    scale = 255.0 if array.dtype == np.bool_ or (array.dtype.kind == "f" and numbers.max() <= 1) else 1.0
    return np.clip(np.round(numbers * scale), 0, 255).astype(np.uint8)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a file by their keys; `InputError` for anything but a dictionary of arrays."""
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                raise InputError(f"{path}: empty file")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return arrays_in(content, str(path))
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from None


def arrays_in(file: BinaryIO | mmap.mmap, name: str) -> dict[str, np.ndarray]:
    """The arrays of an open pickle by their keys; `InputError` calls it `name`."""
    found = read_pickle(file, name)
    if not isinstance(found, dict) or not found:
        raise InputError(f"{name}: a pickle of {kind_of(found)}, expected a dictionary of pictures by id")
    arrays: dict[str, np.ndarray] = {}
    for key, value in found.items():
        if not isinstance(value, PickledArray) or value.content is None or not isinstance(key, (str, bytes)):
            where = show(key) if isinstance(key, str) else kind_of(key)
            raise InputError(f"{name}: {where} has {kind_of(value)}, expected a picture as an array")
        arrays[key if isinstance(key, str) else key.decode("utf-8", "replace")] = value.content
    if len(arrays) < len(found):
        raise InputError(f"{name}: two pictures have one id")
    return arrays
