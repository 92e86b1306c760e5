"""``hmer-suite data``: prepare, describe, synthesise and show data sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import JSON, print_json
from hmer_suite.errors import InputError, UsageError
from hmer_suite.terminal import detail, note, progress_bar, spinner

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hmer_suite.specs.recogniser import Preprocessing
    from hmer_suite.specs.samples import SampleSet

LISTED = 10
"""Most samples left out that are listed without ``--list``."""

SOURCE = typer.Argument(
    ...,
    metavar="SOURCE",
    help="Data set: a path, SOURCE:PATH, or a data source: crohme, images, inkml, parquet, ...",
)
PATH = typer.Argument("", metavar="PATH", help="Folder or file that the source reads.")
SET = typer.Argument(
    ...,
    metavar="SET",
    help="Data set: a path or SOURCE:PATH, followed by @SPLIT if only that is meant.",
)
OUT = typer.Option(
    None,
    "-o",
    "--out",
    metavar="OUT",
    help="Folder to write, with one file for each split, or one file OUT.parquet; default NAME-prepared.",
)
SYNTH_OUT = typer.Option(
    Path("synthetic.parquet"), "-o", "--out", metavar="OUT", help="File OUT.parquet, or folder, to write."
)
SPLIT = typer.Option([], "--split", metavar="NAME", help="Only this split; default all. May be repeated.")
SYMBOL_HEIGHT = typer.Option(32, "--symbol-height", min=4, help="Height of a full-size symbol, in pixels.")
MAX_PIXELS = typer.Option(
    160_000,
    "--max-pixels",
    min=1024,
    help="Area of an image at most, in pixels; larger ones are scaled down.",
)
LIST = typer.Option(False, "--list", help=f"List every sample left out, instead of the first {LISTED}.")
NUMBER = typer.Argument(
    ..., metavar="N", min=1, help="Number of training samples; every other split has a tenth of it."
)
SEED = typer.Option(0, "--seed", min=0, help="Seed of the random numbers; each seed gives another set.")
CHARTS = typer.Option(None, "--out", metavar="DIR", help="Also draw charts (PNG) into this folder.")
SHOWN = typer.Option(40, "-n", min=1, help="Number of samples drawn, evenly spread over the split.")
SHOWN_SPLIT = typer.Option(None, "--split", metavar="NAME", help="Split to draw from; default the first.")
SHEET = typer.Option(Path("sheet.png"), "-o", "--out", metavar="SHEET.png", help="Picture to write.")

app = typer.Typer(
    name="data",
    help="Prepare, synthesise, describe and draw data sets.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command()
def prepare(
    source: str = SOURCE,
    argument: str = PATH,
    out: Path | None = OUT,
    split: list[str] = SPLIT,
    symbol_height: int = SYMBOL_HEIGHT,
    max_pixels: int = MAX_PIXELS,
    list_all: bool = LIST,
    as_json: bool = JSON,
) -> None:
    """Write a data source as a prepared set.

    A prepared set has an image and its LaTeX in each row of a Parquet file: training reads it without delay, any data
    frame library opens it, and a folder of them, with its card, is found by `datasets.load_dataset`. Ink is stored too
    if the source has it, so that recognisers of images and of ink can train on the set. Samples that had to be left out
    are listed with the reason, here and in the file. Published layouts are recognised by their files.

    Examples:

      hmer-suite data prepare DATA/crohme

      hmer-suite data prepare images my-photos -o mine.parquet
    """
    from hmer_suite.specs.recogniser import Preprocessing

    text = f"{source}:{argument}" if argument else source
    path = out or Path(f"{_name_of(source)}-prepared")
    _prepare(text, path, split, Preprocessing(symbol_height, max_pixels), list_all, as_json)


@app.command()
def synth(
    n: int = NUMBER,
    out: Path = SYNTH_OUT,
    seed: int = SEED,
    symbol_height: int = SYMBOL_HEIGHT,
    max_pixels: int = MAX_PIXELS,
    as_json: bool = JSON,
) -> None:
    """Write a prepared set of synthetic handwriting.

    Nothing is downloaded; the same N and seed always give the same set.

    Example:

      hmer-suite data synth 5000 -o synthetic.parquet --seed 1
    """
    from hmer_suite.specs.recogniser import Preprocessing

    _prepare(f"synthetic:{n},{seed}", out, [], Preprocessing(symbol_height, max_pixels), False, as_json)


@app.command()
def stats(
    source: str = SET, split: list[str] = SPLIT, out: Path | None = CHARTS, as_json: bool = JSON
) -> None:
    """Describe a data set, split by split.

    Lengths, image sizes, symbols, structures, nesting, and the overlap of the splits.

    Examples:

      hmer-suite data stats crohme.parquet --out charts/

      hmer-suite data stats synthetic:1000 --json
    """
    from hmer_suite.data.statistics import describe
    from hmer_suite.report.data_set_charts import draw_stats, stats_text

    sets = _open(source, split)
    with spinner("describing"):
        found = describe(sets)
    if out is not None:
        with spinner("drawing"):
            paths = draw_stats(found, out)
        note(f"charts: {', '.join(map(str, paths))}")
    if as_json:
        print_json({"set": source, "splits": {one.split: one.to_json() for one in found}})
    else:
        typer.echo(stats_text(found))


@app.command()
def show(source: str = SET, n: int = SHOWN, split: str | None = SHOWN_SPLIT, out: Path = SHEET) -> None:
    """Draw a contact sheet of a data set.

    Images with their LaTeX and id below them.

    Example:

      hmer-suite data show crohme:DATA/crohme@test -n 40 -o sheet.png
    """
    from hmer_suite.report.contact_sheet import draw_sheet

    samples = _open(source, [split] if split else [], first=True)[0]
    if not len(samples):
        raise InputError(f"{source}: no samples in split {samples.split}")
    with spinner("drawing"):
        draw_sheet(samples, out, n, title=Path(source).name)
    _say_left_out(samples)
    typer.echo(out)


def _say_left_out(samples: SampleSet) -> None:
    shown = samples.left_out[:LISTED]
    for entry in shown:
        note(f"left out: {entry.id}: {entry.reason}")
    if more := len(samples.left_out) - len(shown):
        note(f"left out: {more:,} more")


def _prepare(
    text: str, out: Path, splits: list[str], preprocessing: Preprocessing, list_all: bool, as_json: bool
) -> None:
    if out.suffix != ".parquet":
        from hmer_suite.data.parquet.set_folder import check_target

        check_target(out)
    sets = _open(text, splits, preprocessing)
    for samples in sets:
        if samples.redraw is not None:
            note(f"{samples.split}: redrawn in each epoch of training; epoch 0 is written")
    sets = [samples.drawn(seed=0, epoch=0) for samples in sets]
    with progress_bar("writing", sum(map(len, sets))) as bar:
        files = _write(out, sets, text, preprocessing, bar.advance)
    if as_json:
        splits_facts = {samples.split: _facts(samples) for samples in sets}
        print_json({"path": str(out), "files": [str(file) for file in files], "splits": splits_facts})
        return
    for samples in sets:
        left_out = f", {len(samples.left_out):,} left out" if samples.left_out else ""
        typer.echo(f"{samples.split}: {len(samples):,} samples{left_out}")
        _list_left_out(samples, list_all)
    size = sum(file.stat().st_size for file in files)
    typer.echo(f"written: {out} ({size / 2**20:.1f} MiB{f', {len(files)} files' if out.is_dir() else ''})")


def _write(
    out: Path, sets: Sequence[SampleSet], text: str, preprocessing: Preprocessing, tick: Callable[[], None]
) -> list[Path]:
    """Write a single file or a folder; returns the files of samples."""
    from hmer_suite.data.card import Origin
    from hmer_suite.data.parquet import write_folder, write_set

    if out.suffix == ".parquet":
        write_set(out, sets, preprocessing, tick)
        return [out]
    return write_folder(out, sets, Origin(out.name, _short(text)), preprocessing, tick)


def _short(text: str) -> str:
    """A set as it may be published: the source, and of the path only the last part."""
    source, sign, argument = text.partition(":") if not Path(text).exists() else ("", "", text)
    return source + sign + argument.rstrip("/").rpartition("/")[2]


def _name_of(source: str) -> str:
    """The name of a source, or of the last part of the path of a set."""
    from hmer_suite.data.set_names import without_split

    base = without_split(source)[0]
    last = base.rpartition(":")[2].split(",")[0].rstrip("/").rpartition("/")[2]
    return last.partition(".")[0] or base.partition(":")[0]


def _facts(samples: SampleSet) -> dict[str, object]:
    left_out = [{"id": entry.id, "reason": entry.reason} for entry in samples.left_out]
    return {"n": len(samples), "digest": samples.digest, "left_out": left_out}


def _list_left_out(samples: SampleSet, list_all: bool) -> None:
    shown = samples.left_out if list_all else samples.left_out[:LISTED]
    for entry in shown:
        typer.echo(f"  left out: {entry.id}: {entry.reason}")
    if more := len(samples.left_out) - len(shown):
        typer.echo(f"  ... and {more:,} more: --list lists them all")


def _open(
    text: str, splits: Sequence[str], preprocessing: Preprocessing | None = None, first: bool = False
) -> list[SampleSet]:
    """Splits of a set, read under a spinner; with `first` only the first of those requested."""
    from itertools import islice

    from hmer_suite.data.set_names import open_splits
    from hmer_suite.registry import data_source

    with spinner(f"reading {text}"):
        found = open_splits(text, splits, data_source, preprocessing)
        sets = list(islice(found, 1) if first else found)
    if not sets:
        raise UsageError(f"{text}: it has no split")
    for samples in sets:
        detail(f"{text}: {samples.split}: {len(samples)} samples, {len(samples.left_out)} left out")
    return sets
