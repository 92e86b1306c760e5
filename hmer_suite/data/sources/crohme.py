"""CROHME: the competition's ink as images with labels (Mouchère et al., 2011 to 2016; CC BY-NC-SA 3.0).

The folder holds ``train.inkml.tar.xz``, ``test2013.inkml.tar.xz`` and ``test2014.inkml.tar.xz``, or folders
``train``, ``test2013`` and ``test2014`` of InkML files. Validation is CROHME 2013, test is CROHME 2014.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from hmer_suite.data.inkml import MAX_BYTES, Group, Ink, parse_inkml
from hmer_suite.data.labels import label
from hmer_suite.data.samples import DataSourceSpec, LeftOut, SampleSet
from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import read_bytes, write_whole
from hmer_suite.hookspecs import hookimpl
from hmer_suite.recogniser import Preprocessing

if TYPE_CHECKING:
    import numpy as np

PARTS = {"train": "train", "validation": "test2013", "test": "test2014"}
"""Name of the archive or folder of each split."""

CACHE_FORMAT = 3
"""Goes up when what is kept of a file changes: reader, labels, or the layout of the cache."""


@dataclass(frozen=True, slots=True, eq=False)
class InkSet:
    """One split as ink; sample i stands in place i of `inks` and `labels`."""

    inks: tuple[Ink, ...]
    labels: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split as images, drawn as `preprocessing` wants them; see `hmer_suite.data.samples.DataSourceSpec`."""
    import numpy as np

    from hmer_suite.data.raster import Drawing, draw

    ink = load_ink(argument, split)
    drawing = Drawing.of(preprocessing)
    images = [draw(item.traces, drawing) for item in ink.inks]
    return SampleSet(
        split=split,
        ids=tuple(item.id for item in ink.inks),
        labels=ink.labels,
        sizes=np.array([image.shape for image in images], dtype=np.int32).reshape(-1, 2),
        images=images,
        sources=tuple(item.source for item in ink.inks),
        left_out=ink.left_out,
    )


def load_ink(argument: str, split: str) -> InkSet:
    """A split as ink with labels, out of the cache where it has been read before."""
    if split not in PARTS:
        raise UsageError(f"crohme has no split {split}; it has {', '.join(PARTS)}")
    part = _find(Path(argument).expanduser(), PARTS[split])
    cache = _cache_file(part)
    kept = _read_cache(cache)
    if kept is None:
        kept = _read_part(part)
        _write_cache(cache, kept)
    return kept


def _find(folder: Path, name: str) -> Path:
    """The archive or folder of a split; the one least deep."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; expected one with {_EXPECTED}")
    for parent, folders, files in os.walk(folder):
        folders.sort()
        if f"{name}.inkml.tar.xz" in files:
            return Path(parent, f"{name}.inkml.tar.xz")
        if name in folders:
            return Path(parent, name)
    raise InputError(f"{folder}: neither {name}.inkml.tar.xz nor a folder {name}; expected {_EXPECTED}")


_EXPECTED = "train.inkml.tar.xz, test2013.inkml.tar.xz and test2014.inkml.tar.xz, or folders of these names"


def _members(part: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each InkML file of an archive or folder, in the order of the names."""
    if part.is_dir():
        for path in sorted(part.rglob("*.inkml")):
            yield path.relative_to(part).as_posix(), read_bytes(path)
        return
    try:
        with tarfile.open(part, "r:xz") as archive:
            members = {
                member.name: _bytes(archive, member, part)
                for member in archive
                if member.isfile() and member.name.endswith(".inkml")
            }
    except (tarfile.TarError, lzma.LZMAError, EOFError, OSError) as error:
        raise InputError(f"{part}: damaged or no archive: {error}") from None
    yield from sorted(members.items())


def _bytes(archive: tarfile.TarFile, member: tarfile.TarInfo, part: Path) -> bytes:
    file = archive.extractfile(member)
    if file is None or member.size > MAX_BYTES:
        raise InputError(f"{part}/{member.name}: {member.size:,} bytes are no InkML file")
    return file.read()


def _read_part(part: Path) -> InkSet:
    """Read all files; what cannot be used is listed."""
    samples: dict[str, tuple[Ink, str]] = {}
    left_out: list[LeftOut] = []
    for name, data in _members(part):
        id = PurePosixPath(name).stem
        if id in samples:
            raise InputError(f"{part}: two files are named {id}.inkml")
        try:
            ink = parse_inkml(
                data, id, f"{part.name}/{name}", source=PurePosixPath(name).parent.name or part.name
            )
            text = label(ink)
        except InputError as error:
            left_out.append(LeftOut(id, str(error)))
            continue
        reason = "no traces" if not ink.traces else "" if text else "neither MathML nor typed truth"
        if reason:
            left_out.append(LeftOut(id, reason))
        else:
            samples[id] = (replace(ink, mathml=None), text)
    if not samples:
        raise InputError(f"{part}: no InkML file that can be used")
    inks, labels = zip(*samples.values(), strict=True)
    return InkSet(inks, labels, tuple(left_out))


# --- the cache: one .npz a part, never pickled ----------------------------------------------------------------


def _cache_file(part: Path) -> Path:
    files = sorted(part.rglob("*.inkml")) if part.is_dir() else [part]
    stamps = [(str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    digest = hashlib.sha256(repr((CACHE_FORMAT, stamps)).encode()).hexdigest()[:16]
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hmer-suite"
    return folder / f"crohme-{digest}.npz"


def _write_cache(path: Path, kept: InkSet) -> None:
    import numpy as np

    traces = [trace for ink in kept.inks for trace in ink.traces]
    about = {
        "inks": [
            [
                ink.id,
                ink.truth,
                ink.writer,
                ink.source,
                list(ink.notes),
                [[g.label, g.traces] for g in ink.groups],
            ]
            for ink in kept.inks
        ],
        "labels": kept.labels,
        "left_out": [[item.id, item.reason] for item in kept.left_out],
    }
    buffer = io.BytesIO()
    np.savez(
        buffer,
        points=np.concatenate(traces),
        lengths=np.array([len(trace) for trace in traces], dtype=np.int32),
        counts=np.array([len(ink.traces) for ink in kept.inks], dtype=np.int32),
        about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, buffer.getvalue())
    except (OSError, InputError):
        # A home that cannot be written to costs time at the next start, nothing else.
        return


def _read_cache(path: Path) -> InkSet | None:
    import zipfile

    import numpy as np

    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as arrays:
            points, lengths, counts = arrays["points"], arrays["lengths"], arrays["counts"]
            about = json.loads(arrays["about"].tobytes())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return _unpacked(points, lengths, counts, about)


def _unpacked(points: np.ndarray, lengths: np.ndarray, counts: np.ndarray, about: dict) -> InkSet:
    import numpy as np

    traces = np.split(points, np.cumsum(lengths)[:-1])
    ends = np.cumsum(counts)
    inks = tuple(
        Ink(
            id=id,
            traces=tuple(traces[end - count : end]),
            truth=truth,
            groups=tuple(Group(label, tuple(places)) for label, places in groups),
            writer=writer,
            source=source,
            notes=tuple(notes),
        )
        for (id, truth, writer, source, notes, groups), end, count in zip(
            about["inks"], ends, counts, strict=True
        )
    )
    left_out = tuple(LeftOut(id, reason) for id, reason in about["left_out"])
    return InkSet(inks, tuple(about["labels"]), left_out)


SOURCE = DataSourceSpec("crohme", "CROHME ink, drawn: crohme:FOLDER with the archives or InkML folders", load)


@hookimpl
def hmer_data_sources() -> tuple[DataSourceSpec, ...]:
    """The data source of this module."""
    return (SOURCE,)
