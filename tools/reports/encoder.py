r"""What a head start of the encoder brings: compares two runs that differ in `encoder_from` alone.

python tools/reports/encoder.py FRESH STARTED --data crohme:../shared/data/crohme --out reports/encoder.md
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch

from hmer_suite.data.subsets import no_longer_than, pick
from hmer_suite.errors import InputError
from hmer_suite.files import write_whole
from hmer_suite.predict.open_reader import open_reader
from hmer_suite.predict.reader import Reader
from hmer_suite.report.training_curves import TrainingLog, draw_curves, read_log
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.samples import SampleSet
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.train.checkpoint import LAST, read_checkpoint
from hmer_suite.train.evaluate import rate
from hmer_suite.train.loader import collate

COMMAND = "python tools/reports/encoder.py FRESH STARTED --data crohme:PATH --out reports/encoder.md"

PAGE = """# A head start for an encoder

Written by `{command}`.

Recogniser `{name}`, preset `{preset}`, labels of at most {longest} tokens, seed {seed}, batches of {batch}, schedule
{schedule}, twice: with fresh weights, and with `--set encoder_from=RUN` of `symbol-cnn` ([its figures](symbols.md)),
whose encoder has the same tensors. Everything else is the same, batches and augmentation included. Losses are those of
training, over the {window} steps before; validation, behind the last step, is on {n} of the {every} formulas of CROHME
2013 that are as short: those whose tokens were all trained on.

![curves of both runs]({picture})

{rows}

{verdict}
"""

WINDOW = 50
"""Steps over which losses are averaged."""


def report(fresh: Path, started: Path, data: str, out: Path) -> str:
    """The page; draws the curves of both runs beside it."""
    picture = out.with_name(f"{out.stem}-curves.png")
    draw_curves([run / "log.jsonl" for run in (fresh, started)], picture)
    logs = [read_log(run / "log.jsonl") for run in (fresh, started)]
    given = read_checkpoint(started / LAST).description.settings
    _check_pair(read_checkpoint(fresh / LAST).description.settings, given)
    steps = min(log.steps[-1]["step"] for log in logs)
    losses = [dict(_windows(log, steps)) for log in logs]
    readers = [open_reader(str(run / LAST)) for run in (fresh, started)]
    short = no_longer_than(readers[0].samples([f"{data}@validation"]), int(given["max_tokens"]))
    known = _known(short, readers[0].model.vocabulary)
    found = [_validated(reader, known) for reader in readers]
    rows = ["| steps | loss, fresh | loss, started |", "|---|---|---|"]
    rows += [f"| {step:,} | {losses[0][step]:.3f} | {losses[1][step]:.3f} |" for step in losses[0]]
    for place, name in enumerate(("validation loss", "validation WER", "validation ExpRate")):
        rows.append(f"| {name} | {found[0][place]:.3f} | {found[1][place]:.3f} |")
    return PAGE.format(
        command=COMMAND,
        name=readers[0].checkpoint.description.recogniser,
        preset=given["preset"],
        longest=given["max_tokens"],
        seed=given["seed"],
        batch=given["batch_size"],
        schedule=given["schedule"],
        window=WINDOW,
        n=len(known),
        every=len(short),
        picture=picture.name,
        rows="\n".join(rows),
        verdict=_verdict(losses, found),
    )


def _known(samples: SampleSet, vocabulary: Vocabulary) -> SampleSet:
    """The samples whose labels are all made of tokens that were trained on: the others have no loss."""
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
    """Mean loss of the labels, and WER and expression rate of what is read greedily, in percent."""
    model, losses = reader.model, []
    for start in range(0, len(samples), 16):
        places = range(start, min(start + 16, len(samples)))
        columns = [[values[i] for i in places] for values in (samples.images, samples.ids, samples.labels)]
        with torch.inference_mode():
            losses += model(collate(*columns, model.vocabulary)).tolist()
    longest = max(len(label.split()) for label in samples.labels)
    readings = reader.read(samples, Decoding(max_length=2 * longest), batch_size=16)
    rates = rate([said[0].latex for said in readings], samples.labels)
    return float(np.mean(losses)), rates.wer, rates.exprate


def _verdict(losses: list[dict[int, float]], found: list[tuple[float, float, float]]) -> str:
    """What the table says, in words."""
    step = max(losses[0])
    fresh, started = losses
    said = (
        f"With it the loss of the last {WINDOW} steps is {started[step]:.3f} instead of {fresh[step]:.3f}, "
        f"the validation loss {found[1][0]:.3f} instead of {found[0][0]:.3f}. "
    )
    sooner = min((at for at, loss in started.items() if loss <= fresh[step]), default=step)
    later = min((at for at, loss in fresh.items() if loss <= started[step]), default=step)
    if sooner < step:
        said += f"What fresh weights reach in {step:,} steps it reaches in {sooner:,}: **it helps** at this stage. "
    elif later < step:
        said += f"Fresh weights reach in {later:,} steps what it reaches in {step:,}: **it does not help**. "
    else:
        said += f"Neither is {WINDOW} steps ahead of the other: **it makes no clear difference**. "
    return (
        said
        + "One seed each, and the beginning of training only: how much is left at its end was not measured."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fresh", type=Path, help="run with fresh weights")
    parser.add_argument("started", type=Path, help="run with encoder_from")
    parser.add_argument("--data", required=True, help="crohme:PATH, for its validation split")
    parser.add_argument("--out", type=Path, required=True, help="report to write")
    given = parser.parse_args()
    write_whole(given.out, report(given.fresh, given.started, given.data, given.out))


if __name__ == "__main__":
    main()
