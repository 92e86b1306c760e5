"""Exported recognisers: a folder with ``exported.json`` and one ONNX file for each graph of the network.

Nothing here needs torch. The graphs are those of `hmer_suite.nn.graphs`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

from annotated_types import Len
from pydantic import AfterValidator, ConfigDict

from hmer_suite.errors import InputError
from hmer_suite.files import read_bytes
from hmer_suite.predict.joining import Joining
from hmer_suite.specs.graph_names import BACKWARD_STEP, ENCODER, STEP, Decoder
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.train.description import Name, checked, distinct_tokens, json_bytes, read_object

DESCRIPTION = "exported.json"

FORMAT = 1
"""Version of the layout of ``exported.json``; other versions are refused."""


@dataclass(frozen=True, slots=True)
class Exported:
    """Contents of ``exported.json``.

    `weights` is the SHA-256 of the checkpoint's weights, `files` those of the ONNX files by the names of their graphs,
    `decoder`, `memory`, `state` and those of the backward parser are as in `hmer_suite.nn.graphs.Graphs`. `joining`
    calibrates the confidence.
    `data` says what the checkpoint was trained on, `int8` whether the weights of matrices are quantised.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    recogniser: Name
    suite: str
    vocabulary: Annotated[tuple[str, ...], Len(1, 1_000_000), AfterValidator(distinct_tokens)]
    preprocessing: Preprocessing
    formulas: bool
    decoder: Decoder
    weights: str
    files: Mapping[str, str]
    memory: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    backward_memory: tuple[str, ...] = ()
    backward_state: tuple[str, ...] = ()
    joining: Joining = field(default_factory=lambda: Joining.plain(1))
    options: Mapping[str, object] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    data: Mapping[str, object] = field(default_factory=dict)
    int8: bool = False
    format: int = FORMAT

    @property
    def tokens(self) -> Vocabulary:
        """The vocabulary."""
        return Vocabulary(self.vocabulary)

    def to_json(self) -> bytes:
        """The text of ``exported.json``."""
        return json_bytes(asdict(self))


def is_exported(folder: str | Path) -> bool:
    """Whether a folder holds an exported recogniser."""
    return (Path(folder) / DESCRIPTION).is_file()


def file_of(graph: str) -> str:
    """Name of the file of a graph."""
    return f"{graph}.onnx"


def read_exported(folder: str | Path) -> tuple[Exported, dict[str, bytes]]:
    """The description of an exported recogniser, and its graphs as ONNX files hold them.

    Raises `InputError` for a folder that holds none, is damaged, or has another format.
    """
    path = Path(folder) / DESCRIPTION
    values = read_object(path)
    if values.get("format") != FORMAT:
        raise InputError(f"{path}: format {values.get('format')!r}, this version reads {FORMAT}")
    described = checked(Exported, values, path)
    wanted = {ENCODER}
    if described.decoder == "stepwise":
        wanted |= {STEP, BACKWARD_STEP} if described.backward_state else {STEP}
    if set(described.files) != wanted:
        raise InputError(f"{path}: files: expected {', '.join(sorted(wanted))}")
    graphs: dict[str, bytes] = {}
    for name, digest in described.files.items():
        file = Path(folder) / file_of(name)
        graphs[name] = read_bytes(file)
        if hashlib.sha256(graphs[name]).hexdigest() != digest:
            raise InputError(f"{file}: damaged: its contents are not those that {DESCRIPTION} names")
    return described, graphs
