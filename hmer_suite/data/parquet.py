"""Prepared sets: one Parquet file with an image and its LaTeX in each row, as data hubs keep them.

Columns of our own files: `image` (struct of `bytes`, a PNG dark on light, and `path`, null), `latex` (canonical
tokens), `id`, `split`, `source`, `height`, `width`. Where images were drawn from ink, that stands beside them: `ink`
(for each trace x and y of its points in turn, float32, in pixels of the image), `unit` (pixels that a full-size symbol
is high) and `marks` (JSON: name, traces and token of each symbol, see `hmer_suite.ink.marks.Mark`). Such a set gives
either kind of sample: to those who read ink its place and unit are all one. The schema carries the metadata by which
the Hugging Face `datasets` library knows the image column, and under ``hmer-suite`` how the file was made and what was
left out. Files of others need an image column (struct or plain bytes), and a label column unless they are only to be
read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hmer_suite.data.prepare import RawSample, photo, prepared
from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import write_whole
from hmer_suite.images.files import (
    ChainedImages,
    EncodedImages,
    encode_png,
    open_image,
    refitted_size,
)
from hmer_suite.ink.marks import InkSample, Mark
from hmer_suite.predictions.layouts import first_duplicate, show
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import LeftOut, SampleSet

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from PIL.Image import Image

LABEL_COLUMNS = ("latex", "text", "formula", "label")
"""Names under which others keep the LaTeX of an image; the first one that a file has is taken."""

SPLIT_NAMES = {"val": "validation", "valid": "validation", "dev": "validation"}
"""Other people's names of splits."""

_COLUMNS = ("image", "latex", "id", "split", "source", "height", "width")
_INK_COLUMNS = ("ink", "unit", "marks")
"""Columns of our own files: all have the first, those made of ink the others as well."""

_KEY = b"hmer-suite"
_ROWS_IN_GROUP = 1024


# ---------------------------------------------------------------- writing


def write_set(
    path: str | Path,
    sets: Iterable[SampleSet],
    preprocessing: Preprocessing | None = None,
    tick: Callable[[], None] = lambda: None,
) -> None:
    """Write splits to one Parquet file, whole or not at all; `tick` is called behind every sample.

    The sets are of images; the ink that they were drawn from goes with them. `preprocessing` says how the images
    were made (by default as `Preprocessing()` says). Raises `InputError` where the path cannot be written, where an id
    stands twice in a split, and where there is no sample at all.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    sets = list(sets)
    _check_sets(path, sets)
    with_ink = any(samples.inks is not None for samples in sets)
    schema = _schema(sets, preprocessing or Preprocessing(), with_ink)
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, schema, compression="zstd", write_page_checksum=True) as writer:
        for samples in sets:
            for start in range(0, len(samples), _ROWS_IN_GROUP):
                rows = range(start, min(start + _ROWS_IN_GROUP, len(samples)))
                columns = _columns(samples, rows, tick) + (_ink_columns(samples, rows) if with_ink else [])
                writer.write_batch(pa.record_batch(columns, schema=schema))
    write_whole(path, sink.getvalue().to_pybytes())


def _check_sets(path: str | Path, sets: Sequence[SampleSet]) -> None:
    if not any(len(samples) for samples in sets):
        raise InputError(f"{path}: no samples to write{_first_reason(sets)}")
    splits = [samples.split for samples in sets]
    if len(set(splits)) < len(splits):
        raise InputError(f"{path}: split {show(first_duplicate(splits))} is given twice")
    for samples in sets:
        samples.require("image", f"{path}: split {samples.split}")
        _check_ids(f"{path}: split {samples.split}", samples.ids)


def _first_reason(sets: Sequence[SampleSet]) -> str:
    left_out = [entry for samples in sets for entry in samples.left_out]
    return (
        f"; {len(left_out)} left out, the first, {left_out[0].id}: {left_out[0].reason}" if left_out else ""
    )


def _check_ids(where: str, ids: Sequence[str]) -> None:
    if len(set(ids)) < len(ids):
        raise InputError(f"{where}: id {show(first_duplicate(ids))} stands twice")


def _columns(samples: SampleSet, rows: range, tick: Callable[[], None]) -> list[list]:
    images = []
    for row in rows:
        images.append({"bytes": encode_png(samples.images[row]), "path": None})
        tick()
    sizes = samples.sizes[rows.start : rows.stop].tolist()
    return [
        images,
        list(samples.labels[rows.start : rows.stop]),
        list(samples.ids[rows.start : rows.stop]),
        [samples.split] * len(rows),
        list(samples.sources[rows.start : rows.stop]),
        [height for height, _ in sizes],
        [width for _, width in sizes],
    ]


def _ink_columns(samples: SampleSet, rows: range) -> list[list]:
    import numpy as np

    if samples.inks is None:
        return [[None] * len(rows) for _ in _INK_COLUMNS]
    inks = [samples.inks[row] for row in rows]
    return [
        [[np.ravel(trace).astype(np.float32) for trace in ink.traces] for ink in inks],
        [float(ink.unit) for ink in inks],
        [json.dumps([[mark.name, mark.traces, mark.token] for mark in ink.marks]) for ink in inks],
    ]


def _schema(sets: Sequence[SampleSet], preprocessing: Preprocessing, with_ink: bool) -> pa.Schema:
    import pyarrow as pa

    texts = ("latex", "id", "split", "source")
    fields = [pa.field("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())]))]
    fields += [pa.field(name, pa.string()) for name in texts]
    fields += [pa.field(name, pa.int32()) for name in ("height", "width")]
    features: dict[str, Any] = {"image": {"_type": "Image"}}
    features |= {name: {"dtype": "string", "_type": "Value"} for name in texts}
    features |= {name: {"dtype": "int32", "_type": "Value"} for name in ("height", "width")}
    if with_ink:
        kinds = (pa.list_(pa.list_(pa.float32())), pa.float64(), pa.string())
        fields += [pa.field(name, kind) for name, kind in zip(_INK_COLUMNS, kinds, strict=True)]
        points = {"feature": {"dtype": "float32", "_type": "Value"}, "_type": "Sequence"}
        features["ink"] = {"feature": points, "_type": "Sequence"}
        features["unit"] = {"dtype": "float64", "_type": "Value"}
        features["marks"] = {"dtype": "string", "_type": "Value"}
    metadata = {
        b"huggingface": json.dumps({"info": {"features": features}}),
        _KEY: json.dumps(_facts(sets, preprocessing), ensure_ascii=False),
    }
    return pa.schema(fields, metadata)


def _facts(sets: Sequence[SampleSet], preprocessing: Preprocessing) -> dict[str, Any]:
    from hmer_suite.version import __version__

    splits = {
        samples.split: {
            "n": len(samples),
            "digest": samples.digest,
            "left_out": [[entry.id, entry.reason] for entry in samples.left_out],
            **({} if samples.inks is None else {"ink": True}),
        }
        for samples in sets
    }
    return {"version": __version__, "preprocessing": asdict(preprocessing), "splits": splits}


# ---------------------------------------------------------------- reading


def read_set(
    path: str | Path,
    split: str | None = None,
    preprocessing: Preprocessing | None = None,
    labelled: bool = True,
) -> SampleSet:
    """One split of a prepared set: a Parquet file, or a folder of such files named after their splits.

    `split` may be None where there is only one; rows of a file that names no split are "train". Samples come as
    `preprocessing` wants them, by default images as they are stored; ink where it is wanted and all rows have it, with
    the images as they are stored for people to look at. In other people's files each image goes through
    `photo.normalise` at once, labels are made canonical, and rows without an id are called by their number from
    0, over all files of the split in the order of their names. A row whose image or label is no good is in
    `left_out`, except that, with `labelled` False, one without label stays, its label empty.

    Raises:
        InputError: a file cannot be read, has no image column, or names a sample twice.
        UsageError: no such split.
    """
    parts = _parts(Path(path))
    names = _split_names(parts)
    if split is None:
        if len(names) > 1:
            raise UsageError(f"{path}: say which split: {', '.join(names)}")
        split = names[0] if names else "train"
    if split not in names:
        raise UsageError(f"{path}: no split {show(split)}, it has {', '.join(names) or 'no rows'}")
    chosen = [part for part in parts if split in part.splits]
    if all(part.facts is not None for part in chosen):
        wants_ink = preprocessing is not None and preprocessing.input == "ink"
        read = _read_ink if wants_ink and all(part.has_ink(split) for part in chosen) else _read_images
        found = [read(part, split, preprocessing) for part in chosen]
    else:
        found = _read_foreign(chosen, split, preprocessing or Preprocessing(), labelled)
    samples = _joined(split, found)
    _check_ids(f"{path}: split {split}", samples.ids)
    return samples


def splits_of(path: str | Path) -> tuple[str, ...]:
    """Names of the splits of a prepared set, in the order of its rows. Raises `InputError` as `read_set` does."""
    return _split_names(_parts(Path(path)))


@dataclass(frozen=True, slots=True)
class _Part:
    """One file: its splits, and our own metadata (None in other people's files)."""

    path: Path
    schema: pa.Schema
    splits: tuple[str, ...]
    facts: dict[str, Any] | None

    def has_ink(self, split: str) -> bool:
        """Whether the rows of a split of our own file hold ink; those of version 0.1.0 never do."""
        return bool(self.facts["splits"][split].get("ink")) and "ink" in self.schema.names


def _parts(path: Path) -> list[_Part]:
    if not path.is_dir():
        return [_part(path, alone=True)]
    files = sorted([*path.glob("*.parquet"), *path.glob("data/*.parquet")])
    if not files:
        raise InputError(f"{path}: a folder without .parquet files")
    return [_part(file, alone=len(files) == 1) for file in files]


def _part(path: Path, alone: bool) -> _Part:
    import pyarrow.parquet as pq

    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    schema = _reading(path, lambda: pq.read_schema(path))
    facts = _own_facts(path, schema)
    if facts is not None:
        splits = tuple(facts["splits"])
    elif "split" in schema.names:
        column = _read_columns(path, ["split"])["split"]
        splits = tuple(dict.fromkeys(_split(name) for name in _texts(path, column)))
    else:
        splits = (_split_of_file(path, alone),)
    return _Part(path, schema, splits, facts)


def _reading(path: Path, read: Callable[[], Any]) -> Any:
    import pyarrow as pa

    try:
        return read()
    except (pa.ArrowException, OSError) as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(f"{path}: not a sound Parquet file: {reason[:200]}") from None


def _read_columns(path: Path, columns: list[str], filters: Any = None) -> pa.Table:
    import pyarrow.parquet as pq

    return _reading(
        path, lambda: pq.read_table(path, columns=columns, filters=filters, page_checksum_verification=True)
    )


def _own_facts(path: Path, schema: pa.Schema) -> dict[str, Any] | None:
    """What `write_set` noted in the schema; None where the file is not ours, or no longer as we wrote it."""
    text = (schema.metadata or {}).get(_KEY)
    if text is None or tuple(schema.names) not in (_COLUMNS, (*_COLUMNS, *_INK_COLUMNS)):
        return None
    try:
        facts = json.loads(text)
        facts["preprocessing"] = Preprocessing(**facts["preprocessing"])
        facts["left_out"] = {
            split: tuple(LeftOut(*entry) for entry in found["left_out"])
            for split, found in facts["splits"].items()
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{path}: metadata that hmer-suite did not write ({error!r})") from None
    return facts


def _split(name: str | None) -> str:
    return SPLIT_NAMES.get(name or "train", name or "train")


def _split_of_file(path: Path, alone: bool) -> str:
    """``train-00000-of-00002.parquet`` is of the split train; a file of another name may be alone only."""
    found = re.match(r"(train|validation|test|val|valid|dev)(?![a-z])", path.stem.lower())
    if found:
        return _split(found[1])
    if not alone:
        raise InputError(f"{path}: neither a split column nor a name such as train-0.parquet says its split")
    return "train"


def _split_names(parts: Sequence[_Part]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(split for part in parts for split in part.splits))


def _texts(path: Path, column: pa.ChunkedArray) -> list[str | None]:
    import pyarrow as pa

    return _reading(path, lambda: column.cast(pa.string())).to_pylist()


def _image_bytes(path: Path, column: pa.ChunkedArray) -> list[bytes | None]:
    """Image files of an `image` column, a struct with a field `bytes` or the bytes themselves."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_struct(column.type) and "bytes" in column.type.names:
        column = pc.struct_field(column, "bytes")
    return _reading(path, lambda: column.cast(pa.large_binary())).to_pylist()


# ---------------------------------------------------------------- our own files


@dataclass(frozen=True, slots=True, eq=False)
class _Stored:
    """The rows of a split as they stand in a file of our own; `sizes` (n, 2) are heights and widths in pixels."""

    set: SampleSet
    files: list[bytes]
    names: list[str]
    have: Preprocessing


def _read_images(part: _Part, split: str, want: Preprocessing | None) -> SampleSet:
    import numpy as np

    stored = _read_own(part, split)
    have, samples = stored.have, stored.set
    want = have if want is None else replace(want, input=have.input, points=have.points)
    if have == want:
        return samples
    sizes = [refitted_size(height, width, have, want) for height, width in samples.sizes.tolist()]
    sizes = np.array(sizes, dtype=np.int32).reshape(-1, 2)
    images = EncodedImages(stored.files, stored.names, have, want)
    inks = None if samples.inks is None else _RefittedInks(samples.inks, samples.sizes, sizes, have, want)
    return replace(samples, images=images, sizes=sizes, inks=inks)


def _read_ink(part: _Part, split: str, want: Preprocessing) -> SampleSet:
    import numpy as np

    samples = _read_own(part, split).set
    tokens = [len(label.split()) + 1 for label in samples.labels]
    sizes = np.array([samples.inks.counts, tokens], dtype=np.int32).T.reshape(-1, 2)
    return replace(samples, kind="ink", sizes=sizes, points=want.points)


def _read_own(part: _Part, split: str) -> _Stored:
    import numpy as np

    table = _read_columns(part.path, part.schema.names, [("split", "==", split)])
    written = part.facts["splits"][split].get("n", len(table))
    if len(table) != written:
        raise InputError(f"{part.path}: split {split} holds {len(table)} samples, {written} were written")
    have = part.facts["preprocessing"]
    texts = {name: _texts(part.path, table[name]) for name in ("latex", "id", "source")}
    files = _image_bytes(part.path, table["image"])
    sizes = np.array([table["height"].to_pylist(), table["width"].to_pylist()]).T.reshape(-1, 2)
    inks = _stored_inks(part.path, split, table) if part.has_ink(split) else None
    if any(None in column for column in (*texts.values(), files)) or sizes.dtype == object:
        raise InputError(f"{part.path}: split {split} holds nulls, as hmer-suite never writes them")
    names = [f"{part.path}: {identifier}" for identifier in texts["id"]]
    samples = SampleSet(
        split=split,
        ids=tuple(texts["id"]),
        labels=tuple(texts["latex"]),
        sizes=sizes,
        images=EncodedImages(files, names),
        sources=tuple(texts["source"]),
        left_out=part.facts["left_out"][split],
        inks=inks,
    )
    return _Stored(samples, files, names, have)


def _stored_inks(path: Path, split: str, table: pa.Table) -> _StoredInks:
    """The ink of the rows of a table; `InputError` where it is not as `write_set` leaves it."""
    import numpy as np

    rows = table["ink"].combine_chunks()
    traces = rows.flatten()
    lengths, counts = traces.value_lengths().to_numpy(False), rows.value_lengths().to_numpy(False)
    marks, units = table["marks"].to_pylist(), table["unit"].to_numpy()
    nulls = rows.null_count or traces.null_count or traces.flatten().null_count or None in marks
    whole = not nulls and counts.all() and lengths.all() and not (lengths % 2).any() and (units > 0).all()
    if not whole:
        raise InputError(f"{path}: split {split} holds ink that hmer-suite did not write")
    points = traces.flatten().to_numpy().reshape(-1, 2)
    ends = np.concatenate([[0], np.cumsum(lengths // 2)])
    return _StoredInks(f"{path}: split {split}", points, ends, counts, units, marks)


class _StoredInks(Sequence):
    """Ink of the rows of a file, made on access; `counts` (n,) are numbers of traces."""

    def __init__(
        self,
        where: str,
        points: np.ndarray,
        ends: np.ndarray,
        counts: np.ndarray,
        units: np.ndarray,
        marks: list[str],
    ):
        """`points` (m, 2) of all traces, which begin and end at `ends`; `units` and `marks` of each row."""
        import numpy as np

        self.counts = counts
        self._where, self._points, self._ends, self._units, self._marks = where, points, ends, units, marks
        self._first = np.concatenate([[0], np.cumsum(counts)])

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, index: int) -> InkSample:
        index = range(len(self))[index]
        ends = self._ends[self._first[index] : self._first[index + 1] + 1].tolist()
        traces = tuple(self._points[start:end] for start, end in pairwise(ends))
        return InkSample(traces, float(self._units[index]), self._marks_of(index))

    def _marks_of(self, index: int) -> tuple[Mark, ...]:
        try:
            return tuple(
                Mark(name, tuple(traces), token) for name, traces, token in json.loads(self._marks[index])
            )
        except (ValueError, TypeError) as error:
            raise InputError(f"{self._where}: marks that hmer-suite did not write ({error})") from None


class _RefittedInks(Sequence):
    """Ink in pixels of images that were refitted from one preprocessing to another (`pictures.refit`)."""

    def __init__(
        self,
        inks: Sequence[InkSample],
        before: np.ndarray,
        after: np.ndarray,
        have: Preprocessing,
        want: Preprocessing,
    ):
        """`before` and `after` (n, 2) are the images' heights and widths."""
        self._inks, self._before, self._after, self._have, self._want = inks, before, after, have, want

    def __len__(self) -> int:
        return len(self._inks)

    def __getitem__(self, index: int) -> InkSample:
        import numpy as np

        ink, before = self._inks[index], self._before[index][::-1]
        margin = self._have.padding if (before > 2 * self._have.padding).all() else 0
        inner = self._after[index][::-1] - 2 * self._want.padding
        factor = inner / (before - 2 * margin)
        traces = tuple(
            ((trace - margin) * factor + self._want.padding).astype(np.float32) for trace in ink.traces
        )
        return InkSample(traces, ink.unit * float(np.sqrt(factor.prod())), ink.marks)


# ---------------------------------------------------------------- other people's files


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of another's file: what messages call it, its image file, and texts that may be missing."""

    name: str
    image: bytes | None
    id: str | None
    label: str | None
    source: str

    def open(self) -> Image:
        if self.image is None:
            raise InputError(f"{self.name}: no image bytes in the file")
        return open_image(self.image, self.name)


def _read_foreign(
    parts: Sequence[_Part], split: str, preprocessing: Preprocessing, labelled: bool
) -> list[SampleSet]:
    """One set for each file; rows without ids are numbered through all of them."""
    found, first = [], 0
    for part in parts:
        rows = _rows(part, split, labelled)
        raw = [
            RawSample(
                id=row.id or str(number),
                name=row.name,
                source=row.source,
                load=partial(photo, row.open, row.label, row.name, preprocessing, labelled),
            )
            for number, row in enumerate(rows, start=first)
        ]
        first += len(rows)
        found.append(prepared(split, raw))
    return found


def _rows(part: _Part, split: str, labelled: bool) -> list[_Row]:
    """The rows of one split; `InputError` where there is no column of images, or of labels that are wanted."""
    path, names = part.path, part.schema.names
    if "image" not in names:
        raise InputError(f"{path}: no column image, only {', '.join(names) or 'none at all'}")
    label = next((name for name in LABEL_COLUMNS if _is_text(part.schema, name)), None)
    if labelled and label is None:
        raise InputError(f"{path}: no column {' or '.join(LABEL_COLUMNS)} of text, only {', '.join(names)}")
    texts = [name for name in ("id", "source", "split", label) if name in names]
    table = _read_columns(path, ["image", *texts])
    files = _image_bytes(path, table["image"])
    columns = {name: _texts(path, table[name]) for name in texts}

    def text(name: str | None, row: int) -> str | None:
        return columns[name][row] if name in columns else None

    return [
        _Row(
            name=f"{path}: row {row}",
            image=files[row],
            id=text("id", row),
            label=text(label, row),
            source=text("source", row) or path.stem,
        )
        for row in range(table.num_rows)
        if "split" not in columns or _split(columns["split"][row]) == split
    ]


def _is_text(schema: pa.Schema, name: str) -> bool:
    import pyarrow as pa

    if name not in schema.names:
        return False
    kind = schema.field(name).type
    return any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))


def _joined(split: str, sets: Sequence[SampleSet]) -> SampleSet:
    """Parts of one split as a whole."""
    import numpy as np

    if len(sets) == 1:
        return sets[0]
    return SampleSet(
        split=split,
        ids=tuple(identifier for part in sets for identifier in part.ids),
        labels=tuple(label for part in sets for label in part.labels),
        sizes=np.concatenate([part.sizes for part in sets]),
        images=ChainedImages([part.images for part in sets]),
        sources=tuple(source for part in sets for source in part.sources),
        left_out=tuple(entry for part in sets for entry in part.left_out),
        kind=sets[0].kind,
        inks=None if any(part.inks is None for part in sets) else ChainedImages([part.inks for part in sets]),
        points=sets[0].points,
    )
