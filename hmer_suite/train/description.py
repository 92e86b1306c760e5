"""``config.json`` of a checkpoint: its fields with their ranges, its digest, and how it is read.

A file is checked as a whole before anything is built from it, so that a damaged or a hostile one is refused in one
sentence that names the field.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

from annotated_types import Ge, Len
from pydantic import (
    AfterValidator,
    AllowInfNan,
    ConfigDict,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from hmer_suite.errors import InputError
from hmer_suite.files import read_bytes
from hmer_suite.specs.ranges import Count
from hmer_suite.specs.recogniser import Preprocessing

FORMAT = 1
"""Version of the layout of ``config.json``; other versions are refused."""

DIGEST = "digest"
"""Key of the digest over all other values; earlier versions did not write it."""

LONGEST_TOKEN = 200
"""Characters of the longest token of a vocabulary."""

T = TypeVar("T")


def distinct_tokens(symbols: tuple[str, ...]) -> tuple[str, ...]:
    """The symbols of a vocabulary: distinct, and none of them empty or with white space, as labels are split at it."""
    for symbol in symbols:
        if not symbol or len(symbol) > LONGEST_TOKEN or re.search(r"\s|[\x00-\x1f\x7f]", symbol):
            raise ValueError(f"not a token: {symbol[:LONGEST_TOKEN]!r}")
    if len(set(symbols)) < len(symbols):
        raise ValueError("a token is named twice")
    return symbols


def _with_spec(data: Mapping[str, object]) -> Mapping[str, object]:
    if not isinstance(data.get("spec"), str):
        raise ValueError("spec is missing: the data source in the words of --data")
    return data


Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=LONGEST_TOKEN)]
Licence = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.+() -]*$", max_length=LONGEST_TOKEN)]
Digest = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]
Seconds = Annotated[float, Ge(0), AllowInfNan(False)]


@dataclass(frozen=True, slots=True)
class Description:
    """Contents of a checkpoint's ``config.json``.

    `options` are the recogniser's own, `settings` those of the run by name; `grammar` is the digest of the labels'
    grammar; `data` describes the training and validation samples, with digests; `metrics` are those of the validation
    that selected it; `seconds` is the training time so far, with that of the weights and the encoder that it started
    from. `weights` is the SHA-256 of the weights' file, `state` that of the two files to resume from, in the order of
    their names; empty without them, and in checkpoints of earlier versions. `licence` is that of the weights, as SPDX
    names it; empty where nobody has said.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    recogniser: Name
    suite: str
    vocabulary: Annotated[tuple[str, ...], Len(1, 1_000_000), AfterValidator(distinct_tokens)]
    options: Mapping[str, object]
    settings: Mapping[str, object]
    preprocessing: Preprocessing
    grammar: str
    data: Annotated[Mapping[str, object], AfterValidator(_with_spec)]
    metrics: Mapping[str, object] = field(default_factory=dict)
    step: Count = 0
    seconds: Seconds = 0.0
    weights: Digest = ""
    state: Digest = ""
    licence: Licence = ""
    format: int = FORMAT

    def to_json(self) -> bytes:
        """The text of ``config.json``, with its digest."""
        values = asdict(self)
        return json_bytes({**values, DIGEST: _digest(values)})


def read_description(path: Path) -> Description:
    """Read ``config.json``.

    Raises `InputError` for a file that is not JSON or has another format, for a value of a wrong type or out of its
    range, and where the digest that stands in it is not that of the other values.
    """
    values = read_object(path)
    found = values.get("format")
    if found != FORMAT or isinstance(found, bool):
        raise InputError(f"{path}: checkpoint format {_short(found)}, this version reads {FORMAT}")
    stated = values.pop(DIGEST, None)
    description = checked(Description, values, path)
    if stated is not None and stated != _digest(values):
        raise InputError(
            f"{path}: damaged or changed: its contents are not those that its digest was made of"
        )
    return description


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object of a file; `InputError` for any other file."""
    data = read_bytes(path)
    try:
        values = json.loads(data)
    except (
        ValueError,
        RecursionError,
    ) as error:  # also numbers of thousands of digits, and bytes that are no text
        raise InputError(f"{path}: damaged: not JSON: {error}") from None
    if not isinstance(values, dict):
        raise InputError(f"{path}: damaged: expected a JSON object")
    return values


def checked(kind: type[T], values: Mapping[str, object], path: Path) -> T:
    """Values of a JSON file as the dataclass `kind`; `InputError` names the first field that does not fit it."""
    try:
        text = json.dumps(values)
        return TypeAdapter(kind).validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: damaged: {error}") from None
    place = ".".join(map(str, first["loc"])) or "it"
    said = first["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
    value = "" if first["type"] in ("missing", "value_error") else f"{_short(first['input'])}: "
    raise InputError(f"{path}: {_short(place, quoted=False)}: {value}{' '.join(said.split())}")


def json_bytes(values: object) -> bytes:
    """Values as the JSON files of a checkpoint have them."""
    return (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode()


def _digest(values: Mapping[str, object]) -> str:
    """SHA-256 of all values, whatever the order of their keys and the white space between them."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _short(value: object, quoted: bool = True) -> str:
    """A value on one line, cut if it is long."""
    text = " ".join((repr(value) if quoted else str(value)).split())
    return text if len(text) <= 60 else f"{text[:60]}..."
