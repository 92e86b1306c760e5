"""The YAML head of a model card, as Hugging Face's hub reads it: licence, tags, and the figures of the card.

The figures are the rows of the card's own table, so that head and table cannot disagree.
"""

from __future__ import annotations

import re

import yaml

from hmer_suite.train.description import Description
from tools.weights.figures import DEFAULT_DECODING, Figures, figures

METRICS = {
    "canonical ExpRate": ("exprate", "ExpRate, canonical"),
    "BLEU-4": ("bleu", "BLEU-4"),
    "accuracy": ("accuracy", "accuracy"),
}
"""Columns that are quoted, with type and name of the metric."""

TASKS = {
    "canonical ExpRate": "Handwritten mathematical expression recognition",
    "BLEU-4": "Printed formulas to LaTeX",
    "accuracy": "Recognition of single symbols",
}

_HEAD = re.compile(r"\A---\n.*?\n---\n", re.S)


def with_head(card: str, described: Description) -> str:
    """The card with the head that belongs to it, in place of an earlier one."""
    body = _HEAD.sub("", card).lstrip("\n")
    found = figures(body)
    column = next(name for name in METRICS if name in found.head)
    kind, name = METRICS[column]
    metrics = [
        {"type": kind, "name": f"{name}; {decoding}", "value": float(value), "verified": False}
        for decoding, value in _values(found, column)
    ]
    result = {
        "task": {"type": "image-to-text", "name": TASKS[column]},
        "dataset": {"name": _data_set(found), "type": re.sub(r"[^a-z0-9]+", "-", _data_set(found).lower())},
        "metrics": metrics,
    }
    preset = str(described.settings["preset"])
    head = {
        "license": described.licence.lower(),
        "library_name": "hmer-suite",
        "pipeline_tag": "image-to-text",
        "tags": ["handwriting", "mathematics", "latex", "hmer-suite", described.recogniser],
        "metrics": [kind],
        "model-index": [{"name": f"{described.recogniser}-{preset}", "results": [result]}],
    }
    text = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=110)
    return f"---\n{text}---\n\n{body}"


def _values(found: Figures, column: str) -> list[tuple[str, str]]:
    """Decoding (or network) and value of each row on the test set of the first row; of equal names the first."""
    how = "decoding" if "decoding" in found.head else "network"
    rows = [dict(zip(found.head, row, strict=True)) for row in found.rows]
    first = rows[0]
    same = [
        row for row in rows if all(row.get(key) == first.get(key) for key in ("split", "formulas", "network"))
    ]
    named = {row.get(how, DEFAULT_DECODING): row[column] for row in reversed(same)}
    return list(reversed(named.items()))


def _data_set(found: Figures) -> str:
    return found.value("split") or f"im2latex-100k, {found.value('formulas')} formulas"
