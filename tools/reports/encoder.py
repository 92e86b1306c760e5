r"""Compare two runs that differ in `encoder_from` alone: the effect of a pretrained encoder; writes reports/encoder.md.

python -m tools.reports.encoder FRESH STARTED --data crohme:../shared/data/crohme --out reports/encoder.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from hmer_suite.data.subsets import no_longer_than, pick
from hmer_suite.errors import InputError
from hmer_suite.files import write_whole
from hmer_suite.predict.open_reader import open_reader
from hmer_suite.predict.reader import Reader
from hmer_suite.report.training_curves import TrainingLog, read_log
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.samples import SampleSet
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.train.checkpoint import LAST, read_checkpoint
from hmer_suite.train.evaluate import rate
from hmer_suite.train.loader import batch_of
from hmer_suite.train.reporter import LOG
from tools.command import run_tool
from tools.reports.common import report_parser
from tools.reports.markdown import Cell, image, page, table
from tools.reports.trained import BATCH, draw_stages

COMMAND = "python -m tools.reports.encoder FRESH STARTED --data crohme:PATH --out reports/encoder.md"

ABOUT = """\
Recogniser `{name}`, preset `{preset}`, labels of at most {longest} tokens, seed {seed}, batches of {batch}, schedule
{schedule}, twice: with fresh weights, and with `--set encoder_from=RUN` of `symbol-cnn` ([its figures](symbols.md)),
whose encoder has the same tensors. Everything else is the same, batches and augmentation included. Losses are training
losses, averaged over the {window} steps before; validation, after the last step, is on {n} of the {every} formulas of
CROHME 2013 of at most that length: those whose tokens all occur in the training labels."""

WINDOW = 50
"""Steps over which losses are averaged."""


def report(fresh: Path, started: Path, data: str, out: Path) -> str:
    """The page; also draws the curves of both runs into the same folder."""
    picture = out.with_name(f"{out.stem}-curves.png")
    draw_stages((fresh, started), picture)
    logs = [read_log(run / LOG) for run in (fresh, started)]
    given = read_checkpoint(started / LAST).description.settings
    _check_pair(read_checkpoint(fresh / LAST).description.settings, given)
    steps = min(log.steps[-1]["step"] for log in logs)
    losses = [dict(_windows(log, steps)) for log in logs]
    readers = [open_reader(str(run / LAST)) for run in (fresh, started)]
    short = no_longer_than(readers[0].samples([f"{data}@validation"]), int(str(given["max_tokens"])))
    known = _known(short, readers[0].model.vocabulary)
    found = [_validated(reader, known) for reader in readers]
    about = ABOUT.format(
        name=readers[0].checkpoint.description.recogniser,
        preset=given["preset"],
        longest=given["max_tokens"],
        seed=given["seed"],
        batch=given["batch_size"],
        schedule=given["schedule"],
        window=WINDOW,
        n=len(known),
        every=len(short),
    )
    curves = image("curves of both runs", picture.name)
    return page(
        "A pretrained encoder", COMMAND, about, curves, _table(losses, found), _verdict(losses, found)
    )


def _table(losses: Sequence[Mapping[int, float]], found: Sequence[tuple[float, float, float]]) -> str:
    """Losses by step, then the figures of validation, of both runs."""
    rows: list[list[Cell]] = [[f"{step:,}", *(f"{run[step]:.3f}" for run in losses)] for step in losses[0]]
    for place, name in enumerate(("validation loss", "validation WER", "validation ExpRate")):
        rows.append([name, *(f"{values[place]:.3f}" for values in found)])
    return table(["steps", "loss, fresh weights", "loss, pretrained encoder"], rows)


def _known(samples: SampleSet, vocabulary: Vocabulary) -> SampleSet:
    """The samples whose tokens all occur in the training labels; the others have no loss."""
    labels = samples.labels
    return pick(samples, [i for i, label in enumerate(labels) if all(t in vocabulary for t in label.split())])


def _check_pair(fresh: Mapping[str, object], started: Mapping[str, object]) -> None:
    different = {name for name in started if fresh.get(name) != started[name]}
    if different != {"encoder_from"} or fresh["encoder_from"]:
        raise InputError(
            f"the two runs differ in {', '.join(sorted(different))}; expected encoder_from alone"
        )


def _windows(log: TrainingLog, steps: int) -> Iterator[tuple[int, float]]:
    """Last step and mean loss of every `WINDOW` steps."""
    at, losses = (np.array(values) for values in log.curve("loss"))
    for end in range(WINDOW, steps + 1, WINDOW):
        yield end, float(losses[(at > end - WINDOW) & (at <= end)].mean())


def _validated(reader: Reader, samples: SampleSet) -> tuple[float, float, float]:
    """Mean loss of the labels; WER and expression rate of greedy readings, in percent."""
    model, losses = reader.model, []
    for start in range(0, len(samples), BATCH):
        places = range(start, min(start + BATCH, len(samples)))
        with torch.inference_mode():
            losses += model(batch_of(samples, places, model.vocabulary, labelled=True)).tolist()
    longest = max(len(label.split()) for label in samples.labels)
    readings = reader.read(samples, Decoding(max_length=2 * longest), batch_size=BATCH)
    rates = rate([said[0].latex for said in readings], samples.labels)
    return float(np.mean(losses)), rates.wer, rates.exprate


def _verdict(losses: Sequence[Mapping[int, float]], found: Sequence[tuple[float, float, float]]) -> str:
    """The conclusion from the table, in words."""
    step = max(losses[0])
    fresh, started = losses
    text = (
        f"With the pretrained encoder the loss of the last {WINDOW} steps is {started[step]:.3f} instead of "
        f"{fresh[step]:.3f}, the validation loss {found[1][0]:.3f} instead of {found[0][0]:.3f}. "
    )
    sooner = min((at for at, loss in started.items() if loss <= fresh[step]), default=step)
    later = min((at for at, loss in fresh.items() if loss <= started[step]), default=step)
    if sooner < step:
        text += f"It reaches in {sooner:,} steps what fresh weights reach in {step:,}: **it helps** at this stage. "
    elif later < step:
        text += f"Fresh weights reach in {later:,} steps what it reaches in {step:,}: **it does not help**. "
    else:
        text += f"Neither is {WINDOW} steps ahead of the other: **it makes no clear difference**. "
    return (
        text
        + "One seed each, and the beginning of training only: how much remains at its end was not measured."
    )


def main() -> None:
    parser = report_parser(__doc__)
    parser.add_argument("fresh", type=Path, help="run with fresh weights")
    parser.add_argument("started", type=Path, help="run with encoder_from")
    parser.add_argument("--data", required=True, help="crohme:PATH, for its validation split")
    given = parser.parse_args()
    write_whole(given.out, report(given.fresh, given.started, given.data, given.out))


if __name__ == "__main__":
    run_tool(main)
