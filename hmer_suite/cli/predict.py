"""``hmer-suite predict``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import BATCH_SIZE, DEVICE, JSON, PRECISION, plugin_names, print_json
from hmer_suite.cli.interrupts import Interrupted
from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import check_writable
from hmer_suite.predict.shard import Shard
from hmer_suite.terminal import ProgressBar, Verbosity, detail, note, progress_bar

if TYPE_CHECKING:
    from hmer_suite.predict.job import Job, Part, Recognises, Row, SamplesT
    from hmer_suite.predict.joint_reader import JointReader
    from hmer_suite.predict.journal import Journal
    from hmer_suite.predict.sample_reader import SampleReader
    from hmer_suite.specs.recogniser import Decoding
    from hmer_suite.specs.samples import SampleSet

NAME = typer.Argument(
    ...,
    metavar="NAME_OR_CHECKPOINT",
    autocompletion=plugin_names,
    help="Recogniser, or folder of a checkpoint, run or export; several joined by +, views of one as NAME@SIZE.",
)
INPUTS = typer.Argument(
    ...,
    metavar="INPUT...",
    help="Images (PNG, JPEG, HEIC, PDF, ..), ink (InkML, JSON, Xournal++, SVG, ..), folders, or one data set.",
)
OUT = typer.Option(
    None, "-o", "--out", metavar="FILE", help="Prediction file to write: .tsv, or .jsonl with n-best lists."
)
RESUME = typer.Option(False, "--resume", help="Continue an interrupted run that was to write FILE.")
SHARD = typer.Option(
    "", "--shard", metavar="I/N", help="Read only part I of N of the inputs, by their ids; for N machines."
)
RECURSIVE = typer.Option(
    False, "--recursive", help="Read the sub-folders of folders too; ids have their path."
)
BEAM = typer.Option(
    1, "--beam", min=1, metavar="K", help="Beam width; 1 is greedy search. Joined recognisers use at least 5."
)
CONSTRAINED = typer.Option(
    None,
    "--constrained/--free",
    help="Restrict the output to the grammar, or let the network write anything; by default the former, but for "
    "recognisers of single symbols.",
    show_default=False,
)
LM_WEIGHT = typer.Option(
    0.0,
    "--lm-weight",
    min=0.0,
    metavar="W",
    help="Weight of a language model for CTC recognisers; 0 is none, 0.2 a good start.",
)
PRIOR = typer.Option(
    True,
    "--prior/--no-prior",
    help="Rank the texts of a beam by how usual they are as formulas too, or by the network alone. For recognisers "
    "that ship weights for it.",
)
NBEST = typer.Option(
    1, "--nbest", min=1, metavar="N", help="Hypotheses written per sample, at most K, each with its score."
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
"""Most doubtful readings, and most paths passed over, that are named in warnings."""


def run(
    name: str = NAME,
    inputs: list[str] = INPUTS,
    out: Path | None = OUT,
    resume: bool = RESUME,
    shard: str = SHARD,
    recursive: bool = RECURSIVE,
    beam: int = BEAM,
    constrained: bool | None = CONSTRAINED,
    lm_weight: float = LM_WEIGHT,
    prior: bool = PRIOR,
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
    a .jsonl file holds the confidence of each reading and of its tokens. An input that cannot be read has an empty
    prediction, and the exit code is 3. An interrupted run leaves FILE.partial, which --resume continues.

    Licence: shipped weights that learnt from CROHME's ink are under CC BY-NC-SA 3.0, not for commercial use;
    `hmer-suite plugins NAME` says what holds for a recogniser's.

    Examples:

      hmer-suite predict wap photo.png

      hmer-suite predict stroke+wap ink/ -o preds.jsonl --beam 10

      \b
    hmer-suite predict runs/wap crohme:DATA/crohme@test -o preds.tsv && hmer-suite score preds.tsv
    """
    if nbest > beam:
        raise UsageError(f"--nbest {nbest}: larger than --beam {beam}")
    if resume and out is None:
        raise UsageError("--resume: needs the -o FILE of the interrupted run")
    part = Shard.parse(shard) if shard else Shard()
    if out is not None:
        check_writable(out)
    from hmer_suite.predict.open_reader import open_readers
    from hmer_suite.specs.recogniser import Decoding

    reader = open_readers(name, device, precision)
    held = reader.formulas if constrained is None else constrained
    how = Decoding(beam=beam, nbest=nbest, constrained=held, lm_weight=lm_weight, prior=prior)
    search = "greedy search" if beam == 1 else f"beam {beam}"
    detail(f"{name}: {search}, {'constrained' if held else 'free'}, on {device or 'the fastest device'}")
    _predict(
        reader,
        _Request(name, inputs, how, precision, batch_size, part, recursive),
        _Pictures(attention, activations),
        _Sink(out, label_graphs, resume, as_json),
    )


@dataclass(frozen=True, slots=True)
class _Request:
    """What is to be read, and how."""

    name: str
    inputs: list[str]
    how: Decoding
    precision: str
    batch_size: int
    shard: Shard
    recursive: bool


@dataclass(frozen=True, slots=True)
class _Pictures:
    """Folders for pictures of attention and of activations, or None."""

    attention: Path | None
    activations: Path | None


@dataclass(frozen=True, slots=True)
class _Sink:
    """Where predictions go: a file, or stdout, as text or as JSON; and a folder of label graphs, or None."""

    out: Path | None
    label_graphs: Path | None
    resume: bool
    as_json: bool


def _predict(reader: SampleReader | JointReader, request: _Request, pictures: _Pictures, sink: _Sink) -> None:
    from hmer_suite.predict.joint_reader import JointReader

    settings = _settings(request, reader.digests)
    if isinstance(reader, JointReader):
        if pictures.attention is not None or pictures.activations is not None:
            raise UsageError(f"{request.name}: --attention and --activations need a single recogniser")
        return _run(_job(reader, request), settings, sink, lambda _: [])

    _run(_job(reader, request), settings, sink, lambda part: _draw(reader, part, pictures))


def _draw(reader: SampleReader, part: Part[SampleSet], pictures: _Pictures) -> list[Path]:
    """Draw the pictures that are asked for; their paths."""
    if pictures == _Pictures(None, None):
        return []
    from hmer_suite.predict.pictures import draw_activations, draw_attention
    from hmer_suite.predict.reader import Reader

    if not isinstance(reader, Reader):
        raise UsageError(
            "--attention and --activations need a checkpoint; an exported recogniser has no network"
        )
    paths: list[Path] = []
    if pictures.attention is not None:
        paths += draw_attention(reader, part.samples, part.readings, pictures.attention)
    if pictures.activations is not None:
        paths += draw_activations(reader, part.samples, pictures.activations)
    return paths


def _job(reader: Recognises[SamplesT], request: _Request) -> Job[SamplesT]:
    """The job of a request; what is passed over is named on stderr."""
    from hmer_suite.predict.job import Job, open_source

    source = open_source(reader, request.inputs, request.recursive)
    for left in source.passed_over[:WARNED]:
        note(f"passed over: {left.id}: {left.reason}")
    if len(source.passed_over) > WARNED:
        note(f"passed over: {len(source.passed_over) - WARNED} more")
    places = request.shard.places(source.ids)
    detail(f"{' '.join(request.inputs)}: {len(source.ids)} inputs, {len(places)} of them to read")
    return Job(reader, source, places, request.how, request.batch_size)


def _settings(request: _Request, digests: Sequence[str]) -> dict[str, object]:
    """What predictions depend on, by the name of the option; a resumed run must have the same."""
    how = asdict(request.how)
    return {
        "recogniser": request.name,
        "weights": [digest[:16] for digest in digests],
        **{key: how[key] for key in ("beam", "nbest", "constrained", "lm_weight", "prior")},
        "precision": request.precision,
    }


# ---------------------------------------------------------------- reading part by part


@dataclass(slots=True)
class _Tally:
    """Numbers of inputs read in this run, of those that could not be read, and of doubtful readings."""

    done: int = 0
    failed: int = 0
    doubtful: int = 0
    first: list[Row] = field(default_factory=list)

    def add(self, part: Part[SamplesT], how: Decoding, bar: ProgressBar, single: bool) -> None:
        """Count a part, and warn of what is doubtful or could not be read."""
        from hmer_suite.predict.warnings import doubt

        for row in part.rows:
            self.done += 1
            if row.problem:
                self.failed += 1
                self.first = self.first or [row]
                if not single:
                    failure = f"hmer-suite: warning: {row.place}: could not be read: {row.problem}"
                    bar.write(failure, Verbosity.QUIET)
            elif reason := doubt(row.found, how):
                self.doubtful += 1
                if self.doubtful <= WARNED:
                    bar.write(f"hmer-suite: warning: {row.id}: {reason}")

    def conclude(self, total: int, failed: int) -> None:
        """Say how many more readings are doubtful; `InputError` if any input could not be read."""
        if self.doubtful > WARNED:
            note(f"hmer-suite: warning: {self.doubtful - WARNED} more readings are doubtful")
        if failed and total == 1 and self.first:
            raise InputError(f"{self.first[0].place}: {self.first[0].problem}")
        if failed:
            raise InputError(f"{failed} of {total} inputs could not be read; their predictions are empty")


def _run(
    job: Job[SamplesT],
    settings: dict[str, object],
    sink: _Sink,
    draw: Callable[[Part[SamplesT]], list[Path]],
) -> None:
    if sink.out is None:
        return _print_all(job, sink, draw)
    from hmer_suite.predict.journal import JobDescription, open_journal, partial_path, rows_left
    from hmer_suite.predict.output import check_ids, is_complete

    out, ids = sink.out, job.ids
    check_ids(out, ids)
    left = rows_left(out)
    if sink.resume and not partial_path(out).exists() and is_complete(out, ids):
        note(f"{out}: complete already, {len(ids)} predictions")
        return
    if left and not sink.resume:
        note(f"hmer-suite: warning: {out}: begun anew; --resume would have kept {left} rows")
    tally = _Tally()
    description = JobDescription(settings, ids, job.part_size)
    with open_journal(out, description, sink.resume) as journal, _kept_on_interrupt(journal, len(ids)):
        if journal.done:
            note(f"{out}: {journal.done} of {len(ids)} predictions are there already")
        _write_all(job, journal, tally, draw)
        _write_graphs(sink, journal.rows())
        journal.finish()
    failed = f", {journal.failed} of them empty for want of a reading" if journal.failed else ""
    note(f"{out}: {len(ids)} predictions{failed}")
    tally.conclude(len(ids), journal.failed)


def _write_all(
    job: Job[SamplesT], journal: Journal, tally: _Tally, draw: Callable[[Part[SamplesT]], list[Path]]
) -> None:
    total = len(job.places)
    with progress_bar("reading", total, completed=journal.done) as bar:
        for part in job.parts(journal.done, bar.advance):
            for path in draw(part):
                bar.write(str(path))
            tally.add(part, job.how, bar, total == 1)
            journal.append(_objects(part.rows))


@contextmanager
def _kept_on_interrupt(journal: Journal, total: int) -> Iterator[None]:
    """Say on Ctrl-C what is done and how to continue."""
    try:
        yield
    except Interrupted as stop:
        where = f"are in {journal.path}; continue with --resume" if journal.path.exists() else "are lost"
        stop.report = f"{journal.done} of {total} predictions {where}"
        raise


def _print_all(job: Job[SamplesT], sink: _Sink, draw: Callable[[Part[SamplesT]], list[Path]]) -> None:
    total, tally = len(job.places), _Tally()
    found: list[dict[str, object]] = []
    # Printed on a terminal, the formulas themselves show the progress.
    shown = sink.as_json or not sys.stdout.isatty()
    try:
        with progress_bar("reading", total if shown else 0) as bar:
            for part in job.parts(0, bar.advance):
                for path in draw(part):
                    bar.write(str(path))
                tally.add(part, job.how, bar, total == 1)
                if sink.as_json or sink.label_graphs is not None:
                    found += _objects(part.rows)
                if not sink.as_json:
                    _print(part.rows, total)
    except Interrupted as stop:
        stop.report = f"{tally.done} of {total} inputs were read"
        raise
    _write_graphs(sink, iter(found))
    if sink.as_json:
        print_json(found[0] if total == 1 else found)
    tally.conclude(total, tally.failed)


def _write_graphs(sink: _Sink, rows: Iterator[dict[str, object]]) -> None:
    if sink.label_graphs is not None:
        from hmer_suite.predict.output import write_graphs

        write_graphs(sink.label_graphs, rows)


def _objects(rows: Sequence[Row]) -> list[dict[str, object]]:
    from hmer_suite.predict.output import to_json

    return [to_json(row.id, row.label, row.found, row.problem) for row in rows]


def _print(rows: Sequence[Row], total: int) -> None:
    """Print the readings of samples, with their ids if there are several samples."""
    for row in rows:
        prefix = f"{row.id}\t" if total > 1 else ""
        if row.problem and total > 1:
            typer.echo(prefix)
        for hypothesis in row.found:
            score = f"\t{hypothesis.score:.4f}" if len(row.found) > 1 else ""
            typer.echo(f"{prefix}{hypothesis.latex}{score}")
    sys.stdout.flush()
