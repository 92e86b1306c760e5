"""CROHME as a data source: the competition's labelled ink (Mouchère et al., 2011 to 2016; CC BY-NC-SA 3.0).

The folder holds ``train.inkml.tar.xz``, ``test2013.inkml.tar.xz`` and ``test2014.inkml.tar.xz``, or folders
``train``, ``test2013`` and ``test2014`` of InkML files. Validation is CROHME 2013, test is CROHME 2014.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

import numpy as np

from hmer_suite.data.ink_sets import LabelledInk, ink_set
from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import cache_folder, read_bytes, write_whole
from hmer_suite.hookspecs import hookimpl
from hmer_suite.ink.inkml import InkDocument, TraceGroup, parse_inkml
from hmer_suite.ink.labels import label
from hmer_suite.ink.marks import ink_sample
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import DataSourceSpec, InkSample, LeftOut, Mark, SampleSet

PARTS = {"train": "train", "validation": "test2013", "test": "test2014"}
"""Name of the archive or folder of each split."""

CACHE_FORMAT = 6
"""Incremented when the cached content changes: the reader, the labels, or the layout of the cache."""

MAX_UNPACKED = 2**30
"""Largest size in bytes of an unpacked archive, ten times that of CROHME's largest."""


@dataclass(frozen=True, slots=True, eq=False)
class CrohmeSplit:
    """One split as ink; sample i is item i of `inks`, `labels` and `samples`."""

    inks: tuple[InkDocument, ...]
    labels: tuple[str, ...]
    samples: tuple[InkSample, ...]
    left_out: tuple[LeftOut, ...]

    def labelled_inks(self) -> Iterator[LabelledInk]:
        """The samples, as for a sample set."""
        for ink, text, sample in zip(self.inks, self.labels, self.samples, strict=True):
            yield LabelledInk(ink.id, text, sample, ink.source)


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split as ink or drawn, as `preprocessing` asks; see `hmer_suite.specs.samples.DataSourceSpec`."""
    kept = load_ink(argument, split)
    return ink_set(split, kept.labelled_inks(), preprocessing, kept.left_out)


def load_ink(argument: str, split: str) -> CrohmeSplit:
    """A split as ink with labels, from the cache if it was read before."""
    if split not in PARTS:
        raise UsageError(f"crohme has no split {split}; it has {', '.join(PARTS)}")
    part = find_part(Path(argument).expanduser(), split)
    cache = _cache_file(part)
    kept = _read_cache(cache)
    if kept is None:
        kept = _read_part(part)
        _write_cache(cache, kept)
    return kept


def find_part(folder: Path, split: str) -> Path:
    """The archive or folder of a split that is least deep in `folder`; `InputError` if there is none."""
    name = PARTS[split]
    if not folder.is_dir():
        raise InputError(
            f"{folder}: {'not a' if folder.exists() else 'no such'} folder; expected one with {_EXPECTED}"
        )
    level = [folder]
    while level:
        for parent in level:
            if (archive := parent / f"{name}{_ARCHIVE}").is_file():
                return archive
            if (part := parent / name).is_dir():
                return part
        level = [child for parent in level for child in _subfolders(parent)]
    raise InputError(f"{folder}: neither {name}{_ARCHIVE} nor a folder {name}; expected {_EXPECTED}")


_ARCHIVE = ".inkml.tar.xz"
_EXPECTED = "train.inkml.tar.xz, test2013.inkml.tar.xz and test2014.inkml.tar.xz, or folders of these names"


def _subfolders(folder: Path) -> list[Path]:
    try:
        children = sorted(folder.iterdir())
    except OSError as error:
        raise InputError(f"{folder}: cannot read: {error.strerror}") from None
    return [child for child in children if child.is_dir() and not child.is_symlink() and not _hidden(child)]


def _hidden(path: PurePath) -> bool:
    """Whether a name is hidden, such as ``.git``, or ``._NAME`` in archives made on macOS."""
    return path.name.startswith(".")


def inkml_files(part: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each InkML file in an archive or folder, sorted by name."""
    if part.is_dir():
        for path in _paths(part):
            yield path.relative_to(part).as_posix(), read_bytes(path)
    else:
        yield from _unpacked(part)


def _paths(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*.inkml")) if path.is_file() and not _hidden(path)]


def _unpacked(part: Path) -> list[tuple[str, bytes]]:
    """The InkML files in an archive, read into memory; nothing is unpacked to disk."""
    files: dict[str, bytes] = {}
    room = MAX_UNPACKED
    try:
        with tarfile.open(part, "r:xz") as archive:
            for member in archive:
                room -= member.size
                if room < 0:
                    raise InputError(f"{part}: unpacks to more than {MAX_UNPACKED:,} bytes")
                name = PurePosixPath(member.name)
                if name.suffix == ".inkml" and not _hidden(name) and member.isfile():
                    file = archive.extractfile(member)
                    assert file is not None  # it is a regular file
                    files[member.name] = file.read()
    except (tarfile.TarError, lzma.LZMAError, EOFError, OSError) as error:
        raise InputError(f"{part}: damaged, or not an archive: {error}") from None
    return sorted(files.items())


def _read_part(part: Path) -> CrohmeSplit:
    """The samples of an archive or folder; files that cannot be used are listed as left out."""
    samples: dict[str, tuple[InkDocument, str, InkSample]] = {}
    left_out: dict[str, LeftOut] = {}
    for name, data in inkml_files(part):
        path = PurePosixPath(name)
        if path.stem in samples or path.stem in left_out:
            raise InputError(f"{part}: two files are named {path.name}")
        try:
            source = path.parent.name or part.name.removesuffix(_ARCHIVE)
            ink = parse_inkml(data, path.stem, f"{part.name}/{name}", source)
            text = _label(ink)
            samples[ink.id] = replace(ink, mathml=None), text, ink_sample(ink, text)
        except InputError as error:
            left_out[path.stem] = LeftOut(path.stem, str(error))
    if not samples:
        raise InputError(f"{part}: no InkML file that can be used")
    inks, labels, drawn = zip(*samples.values(), strict=True)
    return CrohmeSplit(inks, labels, drawn, tuple(left_out.values()))


def _label(ink: InkDocument) -> str:
    """The label of an ink; `InputError` says why it cannot be used."""
    if not ink.traces:
        raise InputError("no traces")
    text = label(ink)
    if not text:
        raise InputError("neither MathML nor typed truth says what was written")
    return text


# --- the cache: one .npz file for each part, without pickles -----------------------------------------------------


def _cache_file(part: Path) -> Path:
    """The cache file of a part; its name has a digest of the path, and one of its files' sizes and times."""
    files = _paths(part) if part.is_dir() else [part]
    stamps = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    digests = [_digest(str(part.resolve())), _digest((CACHE_FORMAT, stamps))]
    return cache_folder() / f"crohme-{'-'.join(digests)}.npz"


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def _write_cache(path: Path, kept: CrohmeSplit) -> None:
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


def _packed(kept: CrohmeSplit) -> bytes:
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


def _read_cache(path: Path) -> CrohmeSplit | None:
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


def _unpacked_split(traces: list[np.ndarray], ends: list[int], about: dict[str, Any]) -> CrohmeSplit:
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
    return CrohmeSplit(tuple(inks), tuple(about["labels"]), tuple(samples), left_out)


SOURCE = DataSourceSpec(
    "crohme", "CROHME ink, as it is or drawn: crohme:FOLDER with the archives or InkML folders", load
)


@hookimpl
def hmer_data_sources() -> tuple[DataSourceSpec, ...]:
    """The source of this module."""
    return (SOURCE,)
