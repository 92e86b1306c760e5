"""The whole path on built-in data: write formulas by made-up hands, train, read, score, compare, draw.

The recogniser is one that has a preset of the name `PRESET`, by choice one that reads ink: it learns most in minutes.
The data come from `DATA`, which needs no download.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hmer_suite.errors import UsageError
from hmer_suite.predictions.files import pair, read_predictions
from hmer_suite.registry import offered, recogniser
from hmer_suite.report.html import write_score_report
from hmer_suite.report.tables import comparison_text, score_text
from hmer_suite.scores.comparison import compare
from hmer_suite.scores.results import Scores
from hmer_suite.scores.score import score
from hmer_suite.specs.recogniser import Decoding, RecogniserSpec
from hmer_suite.specs.samples import SampleSet

PRESET = "demo"
"""Settings that learn `DATA` within minutes on two cores."""

DATA = "synthetic:6000,0,7"
"""Short formulas: within minutes no recogniser learns long ones."""

READINGS = {"free": Decoding(), "constrained": Decoding(constrained=True)}

Say = Callable[[str], None]


def run_demo(name: str | None, out: Path, minutes: float, say: Say, data: str = DATA) -> list[Path]:
    """Train recogniser `name` (by default one with preset `PRESET`) for at most `minutes`, and show what it can.

    Gives the files to look at. Raises `UsageError` where no recogniser has that preset.
    """
    spec = _recogniser(name)
    run = _trained(spec, out / "run", data, minutes, say)
    samples, predictions = _read(run, out, data, say)
    systems = {how: _scored(path) for how, path in predictions.items()}
    for how, scores in systems.items():
        say(f"\n== score {how}\n{score_text(scores)}")
    ids = samples.ids
    say(f"\n== constrained against free\n{_compared(ids, systems)}")
    write_score_report(systems["constrained"], out / "report", title=f"demo, {spec.name}, constrained")
    drawn = [path for path in (run / "curves.png", run / "samples.png") if path.is_file()]
    return [*drawn, *_attention(run, samples, systems, out), out / "report" / "index.html"]


def _recogniser(name: str | None) -> RecogniserSpec:
    if name is not None:
        return recogniser(name)
    found = [spec for _, spec in offered("recogniser").values() if PRESET in spec.presets]
    if not found:
        raise UsageError(f"no installed recogniser has a preset {PRESET}; name one")
    return min(found, key=lambda spec: spec.input != "ink")


def _trained(spec: RecogniserSpec, out: Path, data: str, minutes: float, say: Say) -> Path:
    """Train, or go on with what an earlier demonstration trained."""
    from hmer_suite.train.checkpoint import LAST
    from hmer_suite.train.run import Request, resume_run, start_run
    from hmer_suite.train.state import Limits

    say(f"== train {spec.name} on {data}, at most {minutes:g} minutes")
    limits = Limits(max_minutes=minutes)
    if (out / LAST).is_dir():
        resume_run(spec.name, out, limits)
    else:
        preset = (f"preset={PRESET}",) if PRESET in spec.presets else ()
        start_run(spec.name, Request(data, out, given=preset), limits)
    return out


def _read(run: Path, out: Path, data: str, say: Say) -> tuple[SampleSet, dict[str, Path]]:
    """Read the test split in every way; the samples and the prediction files."""
    from hmer_suite.predict.open_reader import open_reader
    from hmer_suite.predict.output import write_readings

    reader = open_reader(str(run))
    samples = reader.samples([f"{data}@test"])
    paths = {how: out / f"{how}.tsv" for how in READINGS}
    for how, path in paths.items():
        write_readings(path, samples, reader.read(samples, READINGS[how], batch_size=32))
        say(f"== read {len(samples)} formulas by hands never seen, {how}: {path}")
    return samples, paths


def _scored(path: Path) -> Scores:
    paired = pair(read_predictions(path))
    return score(paired.predictions, paired.references, ids=paired.ids)


def _compared(ids: tuple[str, ...], systems: dict[str, Scores]) -> str:
    return comparison_text(
        compare(ids, {name: scores.counts("canonical") for name, scores in systems.items()})
    )


def _attention(run: Path, samples: SampleSet, systems: dict[str, Scores], out: Path) -> list[Path]:
    """Pictures of where the network looked in the longest formula that it read right."""
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
    return draw_attention(reader, chosen, reader.read(chosen, READINGS["constrained"]), out)
