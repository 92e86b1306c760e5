"""Real prediction files as lists of raw tokens, read here by hand and not by the code under test."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Samples = tuple[list[str], list[list[str] | None], list[list[str]]]
"""Ids, predictions (None where missing), references."""

FILES = {
    "tamer": "tamer-hme100k-a.json",
    "3b": "unimumer-3b-crohme2014.json",
    "7b": "unimumer-7b-crohme2014.json",
    "mathwriting": "unimumer-3b-mathwriting-a.json",
}


def read_json(path: Path) -> Samples:
    document = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(document, dict):
        document = [{"img_id": name, **entry} for name, entry in document.items()]
    return (
        [entry["img_id"] for entry in document],
        [entry["pred"].split() for entry in document],
        [entry["gt"].split() for entry in document],
    )


def read_wap(data: Path) -> Samples:
    captions = (data / "crohme/captions-test2014.txt").read_text(encoding="utf-8").splitlines()
    references = {name: text.split() for name, text in (line.split("\t") for line in captions)}
    lines = (data / "predictions/wap-crohme2014.txt").read_text(encoding="utf-8").splitlines()
    predictions = {name: tokens for name, *tokens in (line.split() for line in lines)}
    return list(references), [predictions.get(name) for name in references], list(references.values())


@pytest.fixture(scope="session")
def real(shared: Path) -> Callable[[str], Samples]:
    """A function from the short name of a real prediction file to its samples."""
    return lambda name: read_wap(shared) if name == "wap" else read_json(shared / "predictions" / FILES[name])
