"""Columns and metadata of our own Parquet files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from hmer_suite.errors import InputError
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import LeftOut, SampleSet
from hmer_suite.version import __version__

COLUMNS = ("image", "latex", "id", "split", "source", "height", "width")
INK_COLUMNS = ("ink", "unit", "marks")
"""Columns of our own files: all have the former, those made of ink the latter as well."""

_KEY = b"hmer-suite"


@dataclass(frozen=True, slots=True)
class SplitFacts:
    """Metadata of one split; `n`, the number of its samples, is None in old files."""

    n: int | None
    left_out: tuple[LeftOut, ...]
    has_ink: bool


@dataclass(frozen=True, slots=True)
class SetFacts:
    """Metadata of one of our own files."""

    preprocessing: Preprocessing
    splits: Mapping[str, SplitFacts]


def schema_for(sets: Sequence[SampleSet], preprocessing: Preprocessing, with_ink: bool) -> pa.Schema:
    """The schema of a file with these splits, with its metadata."""
    texts = ("latex", "id", "split", "source")
    fields = [pa.field("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())]))]
    fields += [pa.field(name, pa.string()) for name in texts]
    fields += [pa.field(name, pa.int32()) for name in ("height", "width")]
    features: dict[str, Any] = {"image": {"_type": "Image"}}
    features |= {name: {"dtype": "string", "_type": "Value"} for name in texts}
    features |= {name: {"dtype": "int32", "_type": "Value"} for name in ("height", "width")}
    if with_ink:
        kinds = (pa.list_(pa.list_(pa.float32())), pa.float64(), pa.string())
        fields += [pa.field(name, kind) for name, kind in zip(INK_COLUMNS, kinds, strict=True)]
        points = {"feature": {"dtype": "float32", "_type": "Value"}, "_type": "Sequence"}
        features["ink"] = {"feature": points, "_type": "Sequence"}
        features["unit"] = {"dtype": "float64", "_type": "Value"}
        features["marks"] = {"dtype": "string", "_type": "Value"}
    metadata = {
        b"huggingface": json.dumps({"info": {"features": features}}),
        _KEY: json.dumps(_written_facts(sets, preprocessing), ensure_ascii=False),
    }
    return pa.schema(fields, metadata)


def _written_facts(sets: Sequence[SampleSet], preprocessing: Preprocessing) -> dict[str, Any]:
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


def read_facts(path: Path, schema: pa.Schema) -> SetFacts | None:
    """The metadata in a schema; None if we did not write the file, or its columns were changed since.

    Raises:
        InputError: the metadata is not as we write it.
    """
    text = (schema.metadata or {}).get(_KEY)
    if text is None or tuple(schema.names) not in (COLUMNS, (*COLUMNS, *INK_COLUMNS)):
        return None
    try:
        facts = json.loads(text)
        return SetFacts(
            Preprocessing(**facts["preprocessing"]),
            {
                split: SplitFacts(
                    found.get("n"),
                    tuple(LeftOut(*entry) for entry in found["left_out"]),
                    # Version 0.1.0 never wrote ink.
                    bool(found.get("ink")) and "ink" in schema.names,
                )
                for split, found in facts["splits"].items()
            },
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{path}: metadata that hmer-suite did not write ({error!r})") from None
