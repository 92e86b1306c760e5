"""JSON schemas (draft 2020-12) of the documents that commands print and files that they write.

Documents of `score`, `compare` and rows of samples name their schema under ``schema``, such as ``score-1``; lines of
`validate`, `fix` and `canon` follow theirs without saying so. The number grows when a key changes its meaning or goes,
not when keys are added.
"""

from __future__ import annotations

import json
from importlib import resources


def schema(name: str) -> dict[str, object]:
    """The JSON schema *name*, such as ``score-1``; `KeyError` if there is none."""
    if name not in names():
        raise KeyError(name)
    text = resources.files(__name__).joinpath(f"{name}.json").read_text("utf-8")
    document: dict[str, object] = json.loads(text)
    return document


def names() -> tuple[str, ...]:
    """Names of all schemas."""
    files = (file.name for file in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in files if name.endswith(".json")))
