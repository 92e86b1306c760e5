"""The card of a prepared set: the README.md by which data hubs and the `datasets` library find its splits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SampleSet
from hmer_suite.version import __version__

LISTED = 20
"""Most samples left out that are listed for a split; the metadata of its file has all of them."""

_CATEGORIES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a prepared set: a title, and the data source as the user named it."""

    title: str
    source: str


def card(origin: Origin, files: Sequence[tuple[SampleSet, str]], preprocessing: Preprocessing) -> str:
    """The card of splits and their files: a head in YAML, then what the set holds and how it was made."""
    sets = [samples for samples, _ in files]
    number = sum(map(len, sets))
    category = next((name for most, name in _CATEGORIES if number < most), "1M<n<10M")
    head = [
        "---",
        f"pretty_name: {json.dumps(origin.title, ensure_ascii=False)}",
        "task_categories:",
        "- image-to-text",
        "tags:",
        "- handwritten-mathematical-expression-recognition",
        "- latex",
        "size_categories:",
        f"- {category}",
        "configs:",
        "- config_name: default",
        "  data_files:",
    ]
    for samples, file in files:
        head += [f"  - split: {samples.split}", f"    path: {json.dumps(file)}"]
    return "\n".join([*head, "---", "", *_body(origin, sets, preprocessing)]) + "\n"


def _body(origin: Origin, sets: Sequence[SampleSet], preprocessing: Preprocessing) -> list[str]:
    lines = [
        f"# {origin.title}",
        "",
        f"Prepared by hmer-suite {__version__} from `{origin.source}`: images dark on light with full-size symbols "
        f"{preprocessing.symbol_height} pixels high, and their LaTeX in canonical tokens.",
        "",
        "The terms are those of the data that it was made from; add them here before you publish it.",
        "",
        "| split | samples | left out | digest |",
        "|---|---|---|---|",
        *(f"| {one.split} | {len(one):,} | {len(one.left_out):,} | `{one.digest}` |" for one in sets),
        "",
        "| column | content |",
        "|---|---|",
        "| `image` | a PNG file |",
        "| `latex` | the label, tokens separated by spaces |",
        "| `id`, `split`, `source` | the sample's id, its split, and the part of the data set that it comes from |",
        "| `height`, `width` | the size of the image in pixels |",
    ]
    if any(one.inks is not None for one in sets):
        lines.append(
            "| `ink`, `unit`, `marks` | the traces that the image was drawn from, in pixels; JSON of their symbols |"
        )
    for samples in sets:
        if samples.left_out:
            lines += ["", f"## Left out of {samples.split}", ""]
            lines += [f"- `{entry.id}`: {_line(entry.reason)}" for entry in samples.left_out[:LISTED]]
            if more := len(samples.left_out) - LISTED:
                lines += [f"- and {more:,} more, which the metadata of the file lists"] if more > 0 else []
    return lines


def _line(text: str) -> str:
    return " ".join(text.replace("`", "'").split())
