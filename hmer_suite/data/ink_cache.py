"""The cache of sets of ink: one ``.npz`` file for each part, without pickles."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from hmer_suite.data.file_trees import Folder
from hmer_suite.data.ink_folders import InkPart, archive_of
from hmer_suite.data.ink_split import InkSplit
from hmer_suite.errors import InputError
from hmer_suite.files import cache_folder, write_whole
from hmer_suite.ink.inkml import InkDocument, TraceGroup
from hmer_suite.specs.samples import InkSample, LeftOut, Mark

CACHE_FORMAT = 7
"""Incremented when the cached content changes: the reader, the labels, or the layout of the cache."""


def cache_file(part: InkPart) -> Path:
    """The cache file of a part; its name has a digest of the path, and one of its files' sizes and times."""
    archive = archive_of(part)
    if archive is not None:
        files = [archive]
    else:
        assert isinstance(part.tree, Folder)
        files = [part.tree.path(name) for name in (*part.names, *part.captions)]
    where = archive or Path(part.where)
    stamps = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    digests = [_digest((str(where.resolve()), part.folder)), _digest((CACHE_FORMAT, stamps))]
    return cache_folder() / f"ink-{'-'.join(digests)}.npz"


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def write_cache(path: Path, kept: InkSplit) -> None:
    """Cache a part, and delete what was cached of it before it changed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, _packed(kept))
        for other in path.parent.glob(f"{path.stem.rpartition('-')[0]}-*.npz"):
            if other != path:
                other.unlink(missing_ok=True)
    except (OSError, InputError):
        # A cache that cannot be written only makes the next start slower.
        return


def _packed(kept: InkSplit) -> bytes:
    traces = [trace for ink in kept.inks for trace in ink.traces]
    about = {
        "inks": [
            {
                "id": ink.id,
                "truth": ink.truth,
                "groups": [(group.label, group.traces, group.mathml_id) for group in ink.groups],
                "writer": ink.writer,
                "source": ink.source,
                "notes": ink.notes,
            }
            for ink in kept.inks
        ],
        "labels": kept.labels,
        "units": [sample.unit for sample in kept.samples],
        "marks": [[(mark.name, mark.traces, mark.token) for mark in sample.marks] for sample in kept.samples],
        "left_out": [(item.id, item.reason) for item in kept.left_out],
    }
    buffer = io.BytesIO()
    np.savez(
        buffer,
        points=np.concatenate(traces),
        lengths=np.array([len(trace) for trace in traces], dtype=np.int32),
        counts=np.array([len(ink.traces) for ink in kept.inks], dtype=np.int32),
        about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
    )
    return buffer.getvalue()


def read_cache(path: Path) -> InkSplit | None:
    """A part from the cache; None if it is not cached, or the cache file is damaged."""
    if not path.is_file():
        return None
    try:
        # NumPy leaves a file open that it opens itself and cannot read.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            traces = np.split(arrays["points"], np.cumsum(arrays["lengths"])[:-1])
            ends = np.cumsum(arrays["counts"]).tolist()
            return _unpacked_split(traces, ends, json.loads(arrays["about"].tobytes()))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def _unpacked_split(traces: list[np.ndarray], ends: list[int], about: dict[str, Any]) -> InkSplit:
    """The split with these traces; those of ink i end before trace `ends[i]`."""
    inks = []
    for fields, start, end in zip(about["inks"], (0, *ends), ends, strict=False):
        groups = tuple(TraceGroup(name, tuple(places), id) for name, places, id in fields.pop("groups"))
        notes = tuple(fields.pop("notes"))
        inks.append(InkDocument(**fields, traces=tuple(traces[start:end]), groups=groups, notes=notes))
    marks = [tuple(Mark(name, tuple(places), token) for name, places, token in row) for row in about["marks"]]
    samples = [
        InkSample(ink.traces, unit, found)
        for ink, unit, found in zip(inks, about["units"], marks, strict=True)
    ]
    left_out = tuple(LeftOut(id, reason) for id, reason in about["left_out"])
    return InkSplit(tuple(inks), tuple(about["labels"]), tuple(samples), left_out)
