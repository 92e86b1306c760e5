"""Damaged files of every kind that is read: one of its bytes flipped, pieces cut out, doubled or replaced by NULs."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import random
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle
from pathlib import Path
from unittest import mock

import numpy as np
from PIL import Image

from hmer_suite import read_ink
from hmer_suite.errors import HmerSuiteError
from hmer_suite.images.files import open_image
from hmer_suite.predict.contents import photo
from hmer_suite.registry import data_source
from hmer_suite.report.training_curves import read_log
from hmer_suite.settings.resolve import read_settings
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.train.checkpoint import read_state
from hmer_suite.train.pretrained import find_checkpoint
from tests.data.layout_examples import EXAMPLES as DATA_LAYOUTS
from tests.predictions.layout_examples import EXAMPLES as PREDICTION_LAYOUTS
from tests.predictions.layout_examples import REFS
from tools.chaos.commands import call

Results = Iterator[str | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: files by their names, and how a command reads them in a folder; its answer is a failure or None.

    `sealed` files have a digest: damaged ones must be refused.
    """

    name: str
    files: Mapping[str, bytes]
    read: Callable[[Path], str | None]
    sealed: bool = False


INK = """<ink xmlns="http://www.w3.org/2003/InkML"><annotation type="truth">$x^2$</annotation>
<trace id="0">10 10, 12 14, 20 30</trace><trace id="1">30 10, 31 15, 32 28</trace></ink>"""
INKS = {
    "InkML": ("a.inkml", INK),
    "JSON strokes": ("a.json", '{"x": [[1, 2.5, 3], [4, 5]], "y": [[1, 2, 3], [4, 9]]}'),
    "SVG": (
        "a.svg",
        '<svg xmlns="http://www.w3.org/2000/svg"><g transform="rotate(3)"><path d="M1 1 C 2 2 3 3 4 5 A 1 2 0 0 1 9 9" '
        'fill="none" stroke="black"/><line x1="1" y1="2" x2="9" y2="3" stroke="#000"/></g></svg>',
    ),
    "Xournal++": (
        "a.xopp",
        '<xournal><page width="600" height="800"><layer><stroke tool="pen" width="1">1 1 20 20 30 10</stroke></layer>'
        "</page></xournal>",
    ),
    "Excalidraw": (
        "a.excalidraw",
        '{"type": "excalidraw", "elements": [{"type": "freedraw", "x": 1, "y": 2, "angle": 0.5, "width": 9,'
        ' "height": 9, "points": [[0, 0], [3, 4], [9, 9]]}]}',
    ),
    "JIIX": ("a.jiix", '{"type": "Math", "items": [{"type": "stroke", "X": [1, 2, 3], "Y": [4, 5, 6]}]}'),
}
SETTINGS = "lr = 0.5\nbatch_size = 6\n[augment]\nslant = 0.1\nscale = [0.8, 1.2]\n"
LOG = (
    '{"step": 1, "epoch": 0, "seconds": 1.5, "loss": 3.5, "lr": 0.001, "images_per_second": 9.5}\n'
    '{"step": 9, "epoch": 0, "seconds": 2.5, "loss": 2.5, "lr": 0.001, "images_per_second": 9.5}\n'
)


def kinds(folder: Path) -> Iterator[Kind]:
    """Every kind of file that commands read, small ones; *folder* is where they are made."""
    yield from prediction_kinds()
    yield from image_kinds()
    for name, (file, text) in INKS.items():
        yield Kind(f"ink, {name}", {file: text.encode()}, lambda at, file=file: _done(read_ink(at / file)))
    packed = gzip.compress(INKS["Xournal++"][1].encode())
    yield Kind("ink, packed", {"a.xopp": packed}, lambda at: _done(read_ink(at / "a.xopp")))
    yield Kind("settings", {"a.toml": SETTINGS.encode()}, lambda at: _done(read_settings(at / "a.toml")))
    yield Kind("log of a run", {"log.jsonl": LOG.encode()}, lambda at: _done(read_log(at / "log.jsonl")))
    yield from data_kinds(folder)
    yield from run_kinds(folder)


def _done(_: object) -> None:
    return None


def prediction_kinds() -> Iterator[Kind]:
    """The layouts of prediction files, validated, repaired and scored; gzip and UTF-16 besides."""
    for example in PREDICTION_LAYOUTS:
        files = {
            name: data.encode() if isinstance(data, str) else data for name, data in example.files.items()
        }
        words = example.command.split()[1:]
        yield Kind(f"predictions, {example.name}", {**files, "refs.tsv": REFS.encode()}, _command(*words))
    lines = "".join(f"s{i}\tx ^ {{ {i} }}\tx\n" for i in range(9))
    for name, data in {"p.tsv.gz": gzip.compress(lines.encode()), "p.txt": lines.encode("utf-16")}.items():
        for command in ("canon", "fix", "validate"):
            yield Kind(f"{command} {name}", {name: data}, _command(command, name))
    pairs = "x + y\ty + x\nx ^ 2\tx x\n"
    yield Kind("pairs", {"pairs.tsv": pairs.encode()}, _command("equal", "--pairs", "pairs.tsv"))


def image_kinds() -> Iterator[Kind]:
    """Pictures of the formats that are opened."""
    pixels = np.random.default_rng(0).integers(0, 255, (20, 60), np.uint8)
    for suffix in ("png", "jpeg", "webp", "bmp", "tiff", "gif", "avif", "ppm", "pdf"):
        data = BytesIO()
        Image.fromarray(pixels).save(data, suffix.upper())
        name = f"a.{suffix}"
        yield Kind(f"picture, {suffix}", {name: data.getvalue()}, lambda at, name=name: _open(at / name))


def _open(path: Path) -> None:
    photo(lambda: open_image(path), path.name, Preprocessing())


def data_kinds(folder: Path) -> Iterator[Kind]:
    """The published layouts of data sets, prepared."""
    for number, example in enumerate(DATA_LAYOUTS):
        at = folder / f"data-{number}"
        at.mkdir()
        example.make(at)
        words = example.command.split()[1:]
        yield Kind(f"data, {example.name}", _files(at), _command(*words, "-o", "prepared"))
    call(["data", "synth", "6", "-o", str(folder / "a.parquet"), "--seed", "1"])
    yield Kind("prepared set", {"a.parquet": (folder / "a.parquet").read_bytes()}, _read_set)


def _read_set(at: Path) -> None:
    spec, argument = data_source(f"parquet:{at / 'a.parquet'}")
    list(spec.load(argument, "train", Preprocessing()).images)


def run_kinds(folder: Path) -> Iterator[Kind]:
    """The folder of a run: its checkpoint, which is sealed, and what a report reads."""
    out = folder / "run"
    call([
        "train", "wap", "--data", "synthetic:12,0,3", "--out", str(out), "--max-steps", "1",
        "--set", "device=cpu", "--set", "preset=demo",
    ])  # fmt: skip
    last = _files(out / "last")
    sealed = {name: data for name, data in last.items() if name != "config.json"}
    yield Kind(
        "checkpoint", sealed, _with({"config.json": last["config.json"]}, _read_checkpoint), sealed=True
    )
    yield Kind(
        "description of a checkpoint", {"config.json": last["config.json"]}, _with(sealed, _read_checkpoint)
    )
    files = {name: data for name, data in _files(out).items() if not name.startswith(("last", "tensorboard"))}
    rest = {f"last/{name}": data for name, data in last.items()}
    yield Kind("run that is reported", files, _with(rest, _command("report", ".", "-o", "page")))


def _read_checkpoint(at: Path) -> None:
    spec, checkpoint = find_checkpoint(str(at))
    checkpoint.build(spec)
    read_state(checkpoint)


def _with(files: Mapping[str, bytes], read: Callable[[Path], str | None]) -> Callable[[Path], str | None]:
    """A reader of a folder in which there are other files as well, which are not damaged."""

    def read_all(at: Path) -> str | None:
        _write(at, files)
        return read(at)

    return read_all


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def _command(*words: str) -> Callable[[Path], str | None]:
    """A reader that calls a command in the folder: it ends with an exit code of the contract, errors in one line."""

    def read(at: Path) -> str | None:
        with contextlib.chdir(at), mock.patch.dict(os.environ, XDG_CACHE_HOME=str(at / "cache")):
            said = call(words)
        errors = [line for line in said.err.splitlines() if line.startswith("hmer-suite: error: ")]
        held = said.code in (0, 1) or (said.code in (2, 3) and len(errors) == 1)
        if held and "Traceback" not in said.err:
            return None
        return f"exit code {said.code}: {said.err[-300:]}"

    return read


def damaged(rng: random.Random, data: bytes) -> bytes:
    """The bytes with some of them flipped, cut off, doubled or replaced by NULs."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        place, length = rng.randrange(len(changed) + 1), rng.randint(1, 64)
        way = rng.randrange(4)
        if way == 0 and place < len(changed):
            changed[place] ^= 1 << rng.randrange(8)
        elif way == 1:
            changed[place:] = changed[place : place + length] if rng.random() < 0.3 else changed[place:]
        elif way == 2:
            changed[place:place] = changed[place : place + length]
        else:
            changed[place : place + length] = b"\0" * length
    return bytes(changed)


def flipped_bytes(rng: random.Random, folder: Path) -> Results:
    """Damaged files of every kind, read as their commands read them; a damaged checkpoint is never accepted."""
    (folder / "made").mkdir()
    known = []
    for kind in kinds(folder / "made"):
        known.append(kind)
        yield _try(rng, kind, folder / f"at-{len(known)}")
    for number, kind in cycle(enumerate(known, 1)):
        yield _try(rng, kind, folder / f"at-{number}")


def _try(rng: random.Random, kind: Kind, at: Path) -> str | None:
    """What went wrong with a damaged file of a kind in the folder *at*, or None."""
    _write(at, kind.files)
    name = rng.choice(sorted(kind.files))
    data = damaged(rng, kind.files[name])
    (at / name).write_bytes(data)
    try:
        failure = kind.read(at)
        if kind.sealed and failure is None and data != kind.files[name]:
            failure = "it was accepted"
    except HmerSuiteError as error:
        failure = f"not one line: {error}" if "\n" in str(error) else None
    except Exception as error:  # any other is a failure
        place = traceback.extract_tb(error.__traceback__)[-1]
        failure = f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"
    if failure is None:
        return None
    return (
        f"{kind.name}, {name}, {len(data)} bytes {json.dumps(data[:80].decode('latin-1'))}: {failure[:400]}"
    )
