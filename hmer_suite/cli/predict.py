"""``hmer-suite predict``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import typer

from hmer_suite.cli.common import JSON, print_json
from hmer_suite.cli.terminal import progress_bar
from hmer_suite.errors import UsageError

if TYPE_CHECKING:
    from hmer_suite.predict.joint_reader import JoinedSamples
    from hmer_suite.specs.recogniser import Decoding, Hypothesis
    from hmer_suite.specs.samples import SampleSet

    Readings = Sequence[tuple[Hypothesis, ...]]

NAME = typer.Argument(
    ...,
    metavar="NAME_OR_CHECKPOINT",
    help="Recogniser, or folder of a checkpoint or run; several joined by +, views of one as NAME@SIZE.",
)
INPUTS = typer.Argument(
    ...,
    metavar="INPUT...",
    help="Images, ink files (InkML, JSON, Xournal++, SVG, Excalidraw, JIIX), folders, or one data set.",
)
OUT = typer.Option(
    None, "-o", "--out", metavar="FILE", help="Prediction file to write: .tsv, or .jsonl with n-best lists."
)
BEAM = typer.Option(
    1, "--beam", min=1, metavar="K", help="Beam width; 1 is greedy search. Joined recognisers use at least 5."
)
CONSTRAINED = typer.Option(
    True,
    "--constrained/--free",
    help="Restrict the output to the grammar, or let the network write anything.",
)
LM_WEIGHT = typer.Option(
    0.0,
    "--lm-weight",
    min=0.0,
    metavar="W",
    help="Weight of a language model for CTC recognisers; 0 is none, 0.2 a good start.",
)
NBEST = typer.Option(
    1, "--nbest", min=1, metavar="N", help="Hypotheses written per sample, at most K, each with its score."
)
BATCH_SIZE = typer.Option(8, "--batch-size", min=1, help="Samples per batch.")
DEVICE = typer.Option("", "--device", help="cpu, cuda or cuda:1; default a GPU if there is one, else cpu.")
PRECISION = typer.Option(
    "fp32",
    "--precision",
    help="fp32, or bf16, which is faster on processors that support it and slightly less exact.",
)
ATTENTION = typer.Option(
    None,
    "--attention",
    metavar="DIR",
    help="Draw the attention for each token: a contact sheet and an animation per sample.",
)
ACTIVATIONS = typer.Option(
    None,
    "--activations",
    metavar="DIR",
    help="Draw the activations of the convolutions: a sheet per image with a row per layer.",
)

LABEL_GRAPHS = typer.Option(
    None, "--lg", metavar="DIR", help="Write CROHME's label graphs of readings and labels to this folder."
)

WARNED = 10
"""Most doubtful readings named in warnings."""


SamplesT = TypeVar("SamplesT", "SampleSet", "JoinedSamples")


class _Reader(Protocol[SamplesT]):
    """One recogniser, or several joined."""

    def samples(self, inputs: Sequence[str | Path], /) -> SamplesT: ...

    def read(
        self, samples: SamplesT, decoding: Decoding, /, *, batch_size: int, tick: Callable[[int], None]
    ) -> Readings: ...


def run(
    name: str = NAME,
    inputs: list[str] = INPUTS,
    out: Path | None = OUT,
    beam: int = BEAM,
    constrained: bool = CONSTRAINED,
    lm_weight: float = LM_WEIGHT,
    nbest: int = NBEST,
    batch_size: int = BATCH_SIZE,
    device: str = DEVICE,
    precision: str = PRECISION,
    attention: Path | None = ATTENTION,
    activations: Path | None = ACTIVATIONS,
    label_graphs: Path | None = LABEL_GRAPHS,
    as_json: bool = JSON,
) -> None:
    """Recognise images or ink: a single input prints its LaTeX, several make a prediction file for `score`.

    A photo needs no preparation: orientation, polarity, lighting, margins and scale are normalised. Ink is drawn for
    recognisers of images, and images are traced for recognisers of ink. A doubtful reading comes with a warning;
    a .jsonl file holds the confidence of each reading and of its tokens.

    Examples:

      hmer-suite predict wap photo.png

      hmer-suite predict stroke+wap ink/ -o preds.jsonl --beam 10

      \b
    hmer-suite predict runs/wap crohme:DATA/crohme@test -o preds.tsv && hmer-suite score preds.tsv
    """
    if nbest > beam:
        raise UsageError(f"--nbest {nbest}: larger than --beam {beam}")
    from hmer_suite.predict.joint_reader import JointReader
    from hmer_suite.predict.open_reader import default_device, open_readers
    from hmer_suite.predict.pictures import draw_activations, draw_attention
    from hmer_suite.specs.recogniser import Decoding

    decoding = Decoding(beam=beam, nbest=nbest, constrained=constrained, lm_weight=lm_weight)
    reader = open_readers(name, device or default_device(), precision)
    if isinstance(reader, JointReader):
        if attention is not None or activations is not None:
            raise UsageError(f"{name}: --attention and --activations need a single recogniser")
        return _write(*_read(reader, inputs, decoding, batch_size), out, label_graphs, as_json)
    samples, readings = _read(reader, inputs, decoding, batch_size)
    if attention is not None:
        _print_paths(draw_attention(reader, samples, readings, attention))
    if activations is not None:
        _print_paths(draw_activations(reader, samples, activations))
    _write(samples, readings, out, label_graphs, as_json)


def _read(
    reader: _Reader[SamplesT], inputs: list[str], decoding: Decoding, batch_size: int
) -> tuple[SamplesT, Readings]:
    """Samples and readings of the inputs; what could not be read and what is doubtful is reported on stderr."""
    samples = reader.samples(inputs)
    for left in samples.left_out:
        print(f"left out: {left.id}: {left.reason}", file=sys.stderr)
    with progress_bar("reading", len(samples)) as bar:
        readings = reader.read(samples, decoding, batch_size=batch_size, tick=bar.advance)
    _warn(samples.ids, readings, decoding)
    return samples, readings


def _warn(ids: Sequence[str], readings: Readings, decoding: Decoding) -> None:
    from hmer_suite.predict.warnings import doubt

    doubts = [(name, doubt(found, decoding)) for name, found in zip(ids, readings, strict=True)]
    doubts = [(name, reason) for name, reason in doubts if reason]
    for name, reason in doubts[:WARNED]:
        print(f"hmer-suite: warning: {name}: {reason}", file=sys.stderr)
    if len(doubts) > WARNED:
        print(f"hmer-suite: warning: {len(doubts) - WARNED} more readings are doubtful", file=sys.stderr)


def _print_paths(paths: Sequence[Path]) -> None:
    for path in paths:
        print(path, file=sys.stderr)


def _write(
    samples: SampleSet | JoinedSamples,
    readings: Readings,
    out: Path | None,
    label_graphs: Path | None,
    as_json: bool,
) -> None:
    from hmer_suite.predict.output import write_graphs, write_readings

    if label_graphs is not None:
        write_graphs(label_graphs, samples, readings)
    if out is None:
        return _print(samples, readings, as_json)
    write_readings(out, samples, readings)
    print(f"{out}: {len(samples)} predictions", file=sys.stderr)


def _print(samples: SampleSet | JoinedSamples, readings: Readings, as_json: bool) -> None:
    from hmer_suite.predict.output import to_json

    rows = list(zip(samples.ids, samples.labels, readings, strict=True))
    if as_json:
        found = [to_json(*row) for row in rows]
        print_json(found[0] if len(found) == 1 else found)
        return
    for name, _, hypotheses in rows:
        prefix = f"{name}\t" if len(rows) > 1 else ""
        for hypothesis in hypotheses:
            score = f"\t{hypothesis.score:.4f}" if len(hypotheses) > 1 else ""
            typer.echo(f"{prefix}{hypothesis.latex}{score}")
