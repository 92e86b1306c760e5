"""All steps on synthetic data: train, predict, score, compare, draw.

The recogniser is one that has a preset called `PRESET`, preferably one of ink, which learns fastest. The data source
`DATA` needs no download.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hmer_suite.errors import UsageError
from hmer_suite.predictions.files import pair, read_predictions
from hmer_suite.registry import offered, recogniser
from hmer_suite.report.demo_page import Demonstration, write_demo_page
from hmer_suite.report.html import write_score_report
from hmer_suite.report.runs import read_runs, write_run_report
from hmer_suite.report.tables import comparison_text, score_text
from hmer_suite.scores.comparison import compare
from hmer_suite.scores.results import Scores
from hmer_suite.scores.score import score
from hmer_suite.specs.recogniser import Decoding, RecogniserSpec
from hmer_suite.specs.samples import SampleSet
from hmer_suite.terminal import note

PRESET = "demo"
"""Preset that learns `DATA` within minutes on two cores."""

DATA = "synthetic:6000,0,7"
"""6,000 formulas, seed 0, of at most 7 tokens: in minutes no recogniser learns longer ones."""

TRAINING = "synthetic handwriting"
"""What `DATA` is, in words."""

DECODINGS = {"free": Decoding(), "constrained": Decoding(constrained=True)}
"""The two systems that are compared: search without and with the grammar."""

Print = Callable[[str], None]
"""Prints a line of progress."""


def run_demo(name: str | None, out: Path, minutes: float, report: Print, data: str = DATA) -> Path:
    """Train recogniser `name` (by default one with preset `PRESET`) for `minutes`, predict, score and draw.

    The learning rate falls over the minutes that there are. Returns the page to open, which shows the results and links
    to the reports. Raises `UsageError` if no recogniser has that preset.
    """
    spec = _recogniser(name)
    run = _train(spec, out / "run", data, minutes, report)
    samples, predictions = _predict(run, out, data, report)
    systems = {name: _score(path) for name, path in predictions.items()}
    for name, scores in systems.items():
        report(f"\n== score {name}\n{score_text(scores)}")
    report(f"\n== constrained against free\n{_comparison(samples.ids, systems)}")
    write_score_report(systems["constrained"], out / "report", title=f"demo, {spec.name}, constrained")
    write_run_report(read_runs([run]), out / "training")
    pictures = {"Curves": run / "curves.png", "Samples of the last validation": run / "samples.png"}
    pictures = {caption: path for caption, path in pictures.items() if path.is_file()}
    for path in _attention(run, samples, systems, out):
        if path.suffix == ".png":
            pictures["Attention while one formula is read"] = path
    shown = Demonstration(spec.name, f"{TRAINING} ({data})", systems, pictures, next_steps(run))
    return write_demo_page(shown, out)


def next_steps(run: Path) -> list[str]:
    """Commands to try after the demonstration, the first of which is the one to type next."""
    return [
        "hmer-suite serve",
        f"hmer-suite predict {run} photo.png",
    ]


def _recogniser(name: str | None) -> RecogniserSpec:
    if name is not None:
        return recogniser(name)
    specs = [spec for _, spec in offered("recogniser", note).values() if isinstance(spec, RecogniserSpec)]
    found = [spec for spec in specs if PRESET in spec.presets]
    if not found:
        raise UsageError(f"no installed recogniser has a preset {PRESET}: give the name of one")
    return min(found, key=lambda spec: spec.input != "ink")


def _train(spec: RecogniserSpec, out: Path, data: str, minutes: float, report: Print) -> Path:
    """Train, or resume the run of an earlier demonstration."""
    from hmer_suite.train.loop import LAST
    from hmer_suite.train.start_run import Request, resume_run, start_run
    from hmer_suite.train.state import Limits

    if (out / LAST).is_dir():
        report(f"== resume {out}")
        resume_run(spec.name, out, Limits())
        return out
    report(f"== train {spec.name} on {data} for {minutes:g} minutes")
    preset = (f"preset={PRESET}",) if PRESET in spec.presets else ()
    start_run(spec.name, Request(data, out, given=(*preset, f"minutes={minutes}")), Limits())
    return out


def _predict(run: Path, out: Path, data: str, report: Print) -> tuple[SampleSet, dict[str, Path]]:
    """Read the test split with each of `DECODINGS`; the samples and the prediction files."""
    from hmer_suite.predict.open_reader import open_reader
    from hmer_suite.predict.output import write_readings

    reader = open_reader(str(run))
    samples = reader.samples([f"{data}@test"])
    paths = {name: out / f"{name}.tsv" for name in DECODINGS}
    for name, path in paths.items():
        write_readings(path, samples, reader.read(samples, DECODINGS[name], batch_size=32))
        report(f"== read {len(samples)} formulas by unseen writers, {name}: {path}")
    return samples, paths


def _score(path: Path) -> Scores:
    paired = pair(read_predictions(path))
    return score(paired.predictions, paired.references, ids=paired.ids)


def _comparison(ids: tuple[str, ...], systems: dict[str, Scores]) -> str:
    return comparison_text(
        compare(ids, {name: scores.counts("canonical") for name, scores in systems.items()})
    )


def _attention(run: Path, samples: SampleSet, systems: dict[str, Scores], out: Path) -> list[Path]:
    """Pictures of the attention in the longest formula that was read correctly; none if it has no attention."""
    from hmer_suite.data.subsets import pick
    from hmer_suite.predict.open_reader import open_reader
    from hmer_suite.predict.pictures import draw_attention

    right = [place for place, s in enumerate(systems["constrained"].samples) if s.canonical.edits == 0]
    if not right:
        return []
    reader = open_reader(str(run))
    if not hasattr(reader.model, "attention"):
        return []
    chosen = pick(samples, [max(right, key=lambda place: len(samples.labels[place].split()))])
    return draw_attention(reader, chosen, reader.read(chosen, DECODINGS["constrained"]), out)
