"""Measure how well single symbols are read from the pen's strokes, alone and joined with their picture.

python -m tools.reports.symbol_strokes RUN --before EARLIER... \
    --data symbols:../shared/data/crohme --out reports/symbol-stroke.md

Beside the run of symbol-stroke it measures the weights of symbol-cnn that ship.
"""

from __future__ import annotations

import numpy as np
import torch

from hmer_suite.files import write_whole
from hmer_suite.predict.open_reader import open_reader
from tools.command import run_tool
from tools.reports.common import SPLITS, add_run, report_parser
from tools.reports.markdown import page
from tools.reports.symbols import COLUMNS_EXPLAINED, Measured, accuracies, left_out_of, measure, stages
from tools.reports.trained import data_of, parameters

STROKE, CNN = "stroke", "cnn"
JOINED = f"{STROKE} + {CNN}"

COMMAND = (
    "python -m tools.reports.symbol_strokes RUN --before EARLIER... --data symbols:PATH --out reports/{}"
)

ABOUT = """\
Symbols cut from CROHME's ink by symbol group, at the scale of the formula that they come from, one token each. Trained
on {train:,} symbols of {classes} tokens, selected on CROHME 2013, never on a test split; no writer of one split is in
another. `stroke` (`symbol-stroke`) reads the traces of the pen, `cnn` (`symbol-cnn`, as it ships) a drawing of
them; `{joined}` is the sum of their log-probabilities with equal weights, as `hmer-suite predict
symbol-stroke+symbol-cnn` joins them. `stroke` started from the weights of the recogniser of that name for formulas,
whose hours are not counted below."""


def within(measured: Measured, tokens: tuple[str, ...]) -> Measured:
    """The same, normalised over *tokens*: without those that write no symbol, which the network took over unused."""
    logprobs = measured.logprobs[:, [measured.tokens.index(token) for token in tokens]]
    return Measured(measured.samples, tokens, _normalised(logprobs))


def joined(one: Measured, other: Measured) -> Measured:
    """The sum of two networks' log-probabilities over the same tokens."""
    return Measured(one.samples, one.tokens, _normalised(one.logprobs + other.logprobs))


def _normalised(logprobs: np.ndarray) -> np.ndarray:
    return logprobs - np.log(np.exp(logprobs).sum(1, keepdims=True))


def main() -> None:
    parser = report_parser(__doc__)
    add_run(parser, "symbols:PATH")
    given = parser.parse_args()
    readers = {STROKE: open_reader(str(given.run)), CNN: open_reader("symbol-cnn")}
    found = {
        (name, split): measure(reader, given.data, split)
        for name, reader in readers.items()
        for split in SPLITS
    }
    for split in SPLITS:
        found[STROKE, split] = within(found[STROKE, split], found[CNN, split].tokens)
        found[JOINED, split] = joined(found[STROKE, split], found[CNN, split])
    sizes = {name: parameters(reader) for name, reader in readers.items()}
    sizes[JOINED] = sum(sizes.values())
    description = readers[STROKE].checkpoint.description
    left_out = ", ".join(
        f"{left_out_of(found[STROKE, split].samples)} of {title}" for split, title in SPLITS.items()
    )
    text = page(
        "Single symbols from strokes",
        COMMAND.format(given.out.name),
        ABOUT.format(
            train=data_of(description)["train"]["n"], classes=len(found[STROKE, "test"].tokens), joined=JOINED
        ),
        stages({STROKE: [*given.before, given.run]}),
        accuracies(sizes, found),
        COLUMNS_EXPLAINED.format(left_out=left_out),
        note=f"; the data is `symbols:PATH`, threads: {torch.get_num_threads()}",
    )
    write_whole(given.out, text)


if __name__ == "__main__":
    run_tool(main)
