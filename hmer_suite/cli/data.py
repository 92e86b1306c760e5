"""``hmer-suite data``: prepare, describe, synthesise and show data sets."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import JSON, print_json, progress_bar
from hmer_suite.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hmer_suite.specs.recogniser import Preprocessing
    from hmer_suite.specs.samples import SampleSet

SHOWN = 10
"""Samples left out that are listed one by one, where they are many."""

SET = typer.Argument(
    ..., metavar="SET", help="Parquet file, folder of such files, or data source such as crohme:PATH."
)
OUT = typer.Option(None, "-o", "--out", metavar="OUT.parquet", help="File to write; default NAME.parquet.")
SPLIT = typer.Option([], "--split", help="Only this split; may be repeated. Default all that there are.")
SYMBOL_HEIGHT = typer.Option(32, "--symbol-height", min=4, help="Pixels that a full-size symbol is high.")
MAX_PIXELS = typer.Option(
    160_000, "--max-pixels", min=1024, help="Pixels an image has at most; larger shrink."
)

app = typer.Typer(
    name="data",
    help="Build, describe, synthesise and draw data sets.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command()
def prepare(
    source: str = typer.Argument(..., metavar="SOURCE", help="Data source: crohme, images, parquet, ..."),
    argument: str = typer.Argument("", metavar="PATH", help="What the source reads: its folder or file."),
    out: Path = OUT,
    split: list[str] = SPLIT,
    symbol_height: int = SYMBOL_HEIGHT,
    max_pixels: int = MAX_PIXELS,
    list_all: bool = typer.Option(False, "--list", help="List every sample left out, however many."),
    as_json: bool = JSON,
) -> None:
    """Write a data source as a prepared set.

    It is a Parquet file with an image and its LaTeX in each row: training reads it without delay, and any data frame
    library opens it. Where the source has ink, that is in it as well, and recognisers of either kind train on it.
    What had to be left out is listed with the reason, here and in the file.

    Examples:

      hmer-suite data prepare crohme DATA/crohme

      hmer-suite data prepare images my-photos -o mine.parquet
    """
    from hmer_suite.specs.recogniser import Preprocessing

    text = f"{source}:{argument}" if argument else source
    path = out or Path(f"{source}.parquet")
    _prepare(text, path, split, Preprocessing(symbol_height, max_pixels), list_all, as_json)


@app.command()
def synth(
    n: int = typer.Argument(..., metavar="N", min=1, help="Training samples; a tenth for each other split."),
    out: Path = OUT,
    seed: int = typer.Option(0, "--seed", min=0, help="Another seed, another set."),
    symbol_height: int = SYMBOL_HEIGHT,
    max_pixels: int = MAX_PIXELS,
    as_json: bool = JSON,
) -> None:
    """Write a prepared set of made-up handwriting.

    Nothing is downloaded; the same N and seed give the same set.

    Example:

      hmer-suite data synth 5000 -o synthetic.parquet --seed 1
    """
    from hmer_suite.specs.recogniser import Preprocessing

    path = out or Path("synthetic.parquet")
    _prepare(f"synthetic:{n},{seed}", path, [], Preprocessing(symbol_height, max_pixels), False, as_json)


@app.command()
def stats(
    source: str = SET,
    split: list[str] = SPLIT,
    out: Path = typer.Option(None, "--out", metavar="DIR", help="Also draw charts (PNG) into this folder."),
    as_json: bool = JSON,
) -> None:
    """Describe a data set, split by split.

    Lengths, image sizes, symbols, structures, nesting, and what the splits have in common.

    Examples:

      hmer-suite data stats crohme.parquet --out charts/

      hmer-suite data stats synthetic:1000 --json
    """
    from hmer_suite.data.statistics import describe

    sets = _open(source, split)
    with _spinner("describing"):
        found = describe(sets)
    if out is not None:
        from hmer_suite.report.data_set_charts import draw_stats

        with _spinner("drawing"):
            paths = draw_stats(found, out)
        typer.echo(f"charts: {', '.join(map(str, paths))}", err=True)
    if as_json:
        print_json({"set": source, "splits": {one.split: one.to_json() for one in found}})
    else:
        from hmer_suite.report.data_set_charts import stats_text

        typer.echo(stats_text(found))


@app.command()
def show(
    source: str = SET,
    n: int = typer.Option(40, "-n", min=1, help="Samples to draw, evenly spread over the split."),
    split: str = typer.Option(None, "--split", help="Split to draw from; default the first that there is."),
    out: Path = typer.Option(
        Path("sheet.png"), "-o", "--out", metavar="SHEET.png", help="Picture to write; default sheet.png."
    ),
) -> None:
    """Draw a contact sheet of a data set.

    Images with their LaTeX and id below them.

    Example:

      hmer-suite data show crohme.parquet --split test -n 40 -o sheet.png
    """
    from hmer_suite.report.contact_sheet import draw_sheet

    samples = _open(source, [split] if split else [], first=True)[0]
    if not len(samples):
        raise InputError(f"{source}: no samples in split {samples.split}")
    with _spinner("drawing"):
        draw_sheet(samples, out, n, title=Path(source).name)
    typer.echo(out)


# ---------------------------------------------------------------- reading and writing


def _prepare(
    text: str, out: Path, splits: list[str], preprocessing: Preprocessing, list_all: bool, as_json: bool
) -> None:
    from hmer_suite.data.parquet import write_set

    sets = _open(text, splits, preprocessing)
    for samples in sets:
        if samples.redraw is not None:
            typer.echo(f"{samples.split}: drawn anew in each epoch of training; epoch 0 is written", err=True)
    sets = [samples.drawn(seed=0, epoch=0) for samples in sets]
    with progress_bar("writing", sum(map(len, sets))) as tick:
        write_set(out, sets, preprocessing, tick)
    if as_json:
        print_json({"path": str(out), "splits": {samples.split: _facts(samples) for samples in sets}})
        return
    for samples in sets:
        left_out = f", {len(samples.left_out):,} left out" if samples.left_out else ""
        typer.echo(f"{samples.split}: {len(samples):,} samples{left_out}")
        _list_left_out(samples, list_all)
    typer.echo(f"written: {out} ({out.stat().st_size / 2**20:.1f} MiB)")


def _facts(samples: SampleSet) -> dict:
    left_out = [{"id": entry.id, "reason": entry.reason} for entry in samples.left_out]
    return {"n": len(samples), "digest": samples.digest, "left_out": left_out}


def _list_left_out(samples: SampleSet, list_all: bool) -> None:
    shown = samples.left_out if list_all else samples.left_out[:SHOWN]
    for entry in shown:
        typer.echo(f"  left out: {entry.id}: {entry.reason}")
    if more := len(samples.left_out) - len(shown):
        typer.echo(f"  ... and {more:,} more: --list lists them all")


def _open(
    text: str, splits: Sequence[str], preprocessing: Preprocessing | None = None, first: bool = False
) -> list[SampleSet]:
    """Splits of a set, with a spinner; with `first` only the first of them, unless `splits` says which."""
    from hmer_suite.predict.inputs import open_splits
    from hmer_suite.registry import data_source

    sets = []
    with _spinner(f"reading {text}"):
        for samples in open_splits(text, splits, data_source, preprocessing):
            sets.append(samples)
            if first:
                break
    if not sets:
        raise UsageError(f"{text}: there is no split in it")
    return sets


# ---------------------------------------------------------------- on a terminal


@contextmanager
def _spinner(what: str) -> Iterator[None]:
    """Something that turns while work is done, on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield
