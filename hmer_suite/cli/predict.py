"""``hmer-suite predict``."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from hmer_suite.cli.common import JSON, print_json
from hmer_suite.errors import UsageError


def predict(
    name: str = typer.Argument(
        ...,
        metavar="NAME_OR_CHECKPOINT",
        help="Recogniser, or folder of a checkpoint or run; several joined by +, views of one as NAME@SIZE.",
    ),
    inputs: list[str] = typer.Argument(
        ..., metavar="INPUT...", help="Images, files of ink (InkML or JSON), folders, or one data set."
    ),
    out: Path = typer.Option(
        None, "-o", "--out", metavar="FILE", help="Prediction file: .tsv, or .jsonl with n-best."
    ),
    beam: int = typer.Option(
        1, "--beam", min=1, metavar="K", help="Hypotheses a search follows; 1 is greedy. Joined: at least 5."
    ),
    constrained: bool = typer.Option(
        True,
        "--constrained/--free",
        help="Write nothing that the grammar refuses, or whatever the network says.",
    ),
    lm_weight: float = typer.Option(
        0.0,
        "--lm-weight",
        min=0.0,
        metavar="W",
        help="How much a language model has to say in what a CTC recogniser reads; 0.2 is a good start.",
    ),
    nbest: int = typer.Option(
        1,
        "--nbest",
        min=1,
        metavar="N",
        help="Readings of each sample, at most the beam, each with the score that ranks it.",
    ),
    batch_size: int = typer.Option(8, "--batch-size", min=1, help="Images that are read at once."),
    device: str = typer.Option(
        "", "--device", help="cpu, cuda or cuda:1; by default a GPU where there is one."
    ),
    precision: str = typer.Option(
        "fp32", "--precision", help="fp32, or bf16: faster where the processor knows it, hardly less exact."
    ),
    attention: Path = typer.Option(
        None,
        "--attention",
        metavar="DIR",
        help="Draw where the network looked: a sheet and an animation an image.",
    ),
    activations: Path = typer.Option(
        None,
        "--activations",
        metavar="DIR",
        help="Draw what each convolution made of an image: a sheet an image, a row a layer.",
    ),
    as_json: bool = JSON,
) -> None:
    """Read images or ink: one prints its LaTeX, several make a prediction file that `score` takes.

    A photo needs no preparation: orientation, polarity, lighting, margins and scale are normalised. Ink is drawn for
    recognisers of images, and images are traced for recognisers of ink. A reading that should not be trusted comes
    with a warning; a .jsonl file holds the confidence of each reading and of its tokens.

    Examples:

      hmer-suite predict wap photo.png

      hmer-suite predict stroke+wap ink/ -o preds.jsonl --beam 10

      hmer-suite predict runs/wap crohme:DATA/crohme@test -o preds.tsv && hmer-suite score preds.tsv
    """
    if nbest > beam:
        raise UsageError(f"--nbest {nbest}: more than --beam {beam} follows")
    from hmer_suite.predict.joint_reader import JointReader
    from hmer_suite.predict.open_reader import default_device, open_readers
    from hmer_suite.predict.output import write_readings
    from hmer_suite.specs.recogniser import Decoding

    reader = open_readers(name, device or default_device(), precision)
    if isinstance(reader, JointReader) and (attention is not None or activations is not None):
        raise UsageError(f"{name}: --attention and --activations draw what one recogniser does, not several")
    samples = reader.samples(inputs)
    for left in samples.left_out:
        print(f"left out: {left.id}: {left.reason}", file=sys.stderr)
    how = Decoding(beam=beam, nbest=nbest, constrained=constrained, lm_weight=lm_weight)
    with _progress(len(samples)) as tick:
        readings = reader.read(samples, how, batch_size=batch_size, tick=tick)
    _warn(samples, readings, how)
    if attention is not None:
        _draw_attention(reader, samples, readings, attention)
    if activations is not None:
        _draw_activations(reader, samples, activations)
    if out is not None:
        write_readings(out, samples, readings)
        print(f"{out}: {len(samples)} predictions", file=sys.stderr)
    else:
        _print(samples, readings, as_json)


def _print(samples, readings, as_json: bool) -> None:
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


def _warn(samples, readings, how) -> None:
    from hmer_suite.predict.warnings import doubt

    doubts = [(name, doubt(found, how)) for name, found in zip(samples.ids, readings, strict=True)]
    doubts = [(name, why) for name, why in doubts if why]
    for name, why in doubts[:WARNED]:
        print(f"hmer-suite: warning: {name}: {why}", file=sys.stderr)
    if len(doubts) > WARNED:
        print(f"hmer-suite: warning: {len(doubts) - WARNED} more readings are doubtful", file=sys.stderr)


WARNED = 10
"""Doubtful readings that are named."""


def _draw_attention(reader, samples, readings, folder: Path) -> None:
    from hmer_suite.predict.pictures import draw_attention

    for path in draw_attention(reader, samples, readings, folder):
        print(path, file=sys.stderr)


def _draw_activations(reader, samples, folder: Path) -> None:
    from hmer_suite.predict.pictures import draw_activations

    for path in draw_activations(reader, samples, folder):
        print(path, file=sys.stderr)


def _progress(total: int):
    """A bar on stderr where it is a terminal; gives the function that moves it by so many images."""
    from contextlib import nullcontext

    if total < 2 or not sys.stderr.isatty():
        return nullcontext(lambda _: None)
    return _bar(total)


def _bar(total: int):
    from contextlib import contextmanager

    @contextmanager
    def shown():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True)) as bar:
            task = bar.add_task("reading", total=total)
            yield lambda images: bar.advance(task, images)

    return shown()
