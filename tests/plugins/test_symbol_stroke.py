"""The classifier of symbols by their strokes: one token a sample, and better joined with the picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hmer_suite.data.subsets import pick
from hmer_suite.predict.joint_reader import JoinedSamples
from hmer_suite.predict.open_reader import open_reader, open_readers
from hmer_suite.registry import recogniser
from hmer_suite.specs.recogniser import Decoding

WEIGHTS = recogniser("symbol-stroke").weights


def test_small_enough_to_ship():
    assert (WEIGHTS / "model.safetensors").stat().st_size < 8e6


def ink(tmp_path: Path, *strokes: list[tuple[float, float]]) -> Path:
    """An InkML file of strokes."""
    traces = "".join(
        f'<trace id="{number}">{", ".join(f"{x} {y}" for x, y in stroke)}</trace>'
        for number, stroke in enumerate(strokes)
    )
    path = tmp_path / "symbol.inkml"
    path.write_text(f'<ink xmlns="http://www.w3.org/2003/InkML">{traces}</ink>', encoding="utf-8")
    return path


def line(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    return [tuple(np.add(start, (np.subtract(end, start)) * share)) for share in np.linspace(0, 1, 12)]


def test_a_plus(tmp_path):
    path = ink(tmp_path, line((0, 50), (100, 50)), line((50, 0), (50, 100)))
    reader = open_reader("symbol-stroke")
    (found,) = reader.read(reader.samples([str(path)]), Decoding(beam=5, nbest=5))
    assert found[0].latex == "+"
    assert all(len(one.tokens) == 1 for one in found)


def parts(samples: JoinedSamples, places: range) -> JoinedSamples:
    return JoinedSamples(tuple(pick(own, places) for own in samples.sets))


def test_joined_with_the_picture_it_is_better_than_either(shared: Path):
    """Every third symbol of CROHME 2013; the whole set is in `reports/symbol-stroke.md`."""
    data = [f"symbols:{shared / 'crohme'}@validation"]
    rates = {}
    for name in ("symbol-stroke", "symbol-cnn", "symbol-stroke+symbol-cnn"):
        reader = open_readers(name)
        samples = reader.samples(data)
        places = range(0, len(samples), 3)
        chosen = parts(samples, places) if isinstance(samples, JoinedSamples) else pick(samples, places)
        found = reader.read(chosen, Decoding(), batch_size=64)
        right = sum(said[0].latex == label for said, label in zip(found, chosen.labels, strict=True))
        rates[name] = right / len(chosen)
    assert rates["symbol-stroke+symbol-cnn"] > max(rates["symbol-stroke"], rates["symbol-cnn"])
