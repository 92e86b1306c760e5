"""The page on formats, made of the examples that the tests run: ``python -m tests.formats_page`` writes it."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from tests.predictions.layout_examples import LAYOUTS

PAGE = Path(__file__).parents[1] / "docs" / "formats.md"
DATA_EXAMPLES = "tests.data.layout_examples"

HEAD = """\
# Formats

Written by `make formats` from the examples that the tests run; every line of the tables is read by a test with the
command beside it.

## Prediction and label files

`score`, `compare`, `validate`, `fix` and `canon` read all of these, predictions and references alike, and find the
layout from the content; `--layout NAME` says it where content is not enough. `fix` and `canon` write the layout that
they read (label graphs apart). `-` is standard input.
"""

TAIL = """\
- **Names**: ids are `id`, `img_id`, `image`, `custom_id`, `filename`, ..; predictions `pred`, `prediction`, `response`,
  `output`, `text`, `latex`, `pred_latex`, ..; references `gt`, `label`, `reference`, `ground_truth`, `answer`, ..;
  `--columns id=..,pred=..,ref=..` names others.
- **Without ids** samples are counted from 1, and match a file without ids of as many samples.
- **What might be misread** is an error or a warning with its line.
- **Written** by `hs.write_predictions` and `predict -o`: the suffix says tsv, csv, jsonl, json, parquet or trn.

## What `score` and `compare` write

| option | what is written |
|---|---|
| `--format text\\|md\\|latex\\|csv\\|json` | tables with intervals and, in `compare`, marks of significance |
| `--table NAME` | one table alone, such as `rates`, `length`, `systems`, `tests`; CSV then has its columns |
| `--samples FILE` | a row for each sample, by suffix as `.jsonl`, `.csv` or `.parquet` |
| `--lg DIR` | label graphs of predictions and references, for LgEval |
| `--report DIR` | an HTML page |

LaTeX needs the package booktabs. CSV of all tables has a line for each number: table, row, column, value. The row of a
sample has its id, both spellings, edits, validity and problems, verdict with reason and witness, tags, and confidence
where there is one; in CSV and Parquet lists are JSON text.

JSON documents follow the schemas in `hmer_suite/schemas`, whose name stands under `schema`.
"""

DATA = """\
## Data sets

"""


def table(layouts: Sequence[tuple[str, str, str]]) -> str:
    """Layouts as a Markdown table."""
    rows = [(name, f"`{command}`", description) for name, command, description in layouts]
    lines = [("layout", "command", "content"), ("---", "---", "---"), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def page() -> str:
    """The whole page; the part on data sets is there where its examples are."""
    text = f"{HEAD}\n{table(LAYOUTS)}\n{TAIL}"
    if importlib.util.find_spec(DATA_EXAMPLES) is not None:
        examples = importlib.import_module(DATA_EXAMPLES)
        text += f"\n{DATA}{table(examples.LAYOUTS)}"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
