"""Attacks, each a function of a seeded generator and an empty folder that yields one result for each try.

A result is None where the suite has held, else a sentence with all that is needed to see the failure again.
"""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np
from PIL import Image
from rapidfuzz.distance import Levenshtein

from hmer_suite import (
    canonical,
    parse,
    read_ink,
    read_predictions,
    repair,
    tokens,
    validate,
    write_predictions,
)
from hmer_suite.equiv.sandbox.judge import Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL
from hmer_suite.errors import HmerSuiteError
from hmer_suite.handwriting.formulas import sample_formula
from hmer_suite.images.files import open_image
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import LatexSyntaxError
from hmer_suite.predict.contents import photo
from hmer_suite.registry import data_source
from hmer_suite.settings.resolve import read_settings
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.train.checkpoint import read_state
from hmer_suite.train.pretrained import find_checkpoint
from tests.equiv.hostile import pairs
from tests.third_party.zoo import ZOO
from tools.chaos.commands import call, fault_of_animal
from tools.chaos.kills import kill_predict, kill_prepare, kill_score, kill_train

Results = Iterator[str | None]


@dataclass(frozen=True, slots=True)
class Attack:
    """A line of the report: what is attacked, what has to hold, and the share of the time."""

    name: str
    holds: str
    share: float
    run: Callable[[random.Random, Path], Results]


# --- labels ---------------------------------------------------------------------------------------------------------

CHARACTERS = "{}^_\\&$%#~ ()[]|ax2+=\t\u0000\u2028é\ud83d\U0001d54f" + "'"


def mutated(rng: random.Random) -> str:
    """A made-up label with some tokens or characters dropped, doubled, exchanged or made up."""
    words: list[str] = sample_formula(rng).split()
    known = sorted(CLASSES)
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(words) + 1)
        words[place : place + rng.randint(0, 2)] = rng.choice(
            ([], [rng.choice(known)], words[place : place + 2] * 2, words[:3], [rng.choice(CHARACTERS)])
        )
    text = rng.choice((" ", "")).join(words)
    if rng.random() < 0.3:
        place = rng.randrange(len(text) + 1)
        text = text[:place] + "".join(rng.choices(CHARACTERS, k=rng.randint(1, 4))) + text[place + 1 :]
    return text


def broken_promise(text: str) -> str | None:
    """The promise on a label that does not hold, or None."""
    words = split(text)
    valid = validate(text).valid
    try:
        parse(text)
        parsed = True
    except LatexSyntaxError:
        parsed = False
    once = canonical(text)
    fixed = repair(text)
    output = split(fixed.output)
    checks = {
        "parsed exactly if valid": parsed == valid,
        "tokens cover no more than the text": len(tokens(text)) <= len(text),
        "canonical spelling is stable": canonical(once) == once,
        "canonical spelling of a valid formula is valid": not valid or is_valid(split(once)),
        "a repair is valid": is_valid(output),
        "a repair is stable": repair(fixed.output).output == fixed.output,
        "the cost is the distance": fixed.cost == len(fixed.edits) == Levenshtein.distance(words, output),
        "a valid formula stays": not valid or fixed.output == text,
    }
    return next((promise for promise, held in checks.items() if not held), None)


def labels(rng: random.Random, folder: Path) -> Results:
    """Mutated labels through tokens, validate, parse, canonical and repair."""
    while True:
        text = mutated(rng)
        try:
            broken = broken_promise(text)
        except Exception as error:  # any at all is a failure
            broken = f"{type(error).__name__}: {error}"
        yield None if broken is None else f"{text!r}: {broken}"


# --- pairs ----------------------------------------------------------------------------------------------------------


def hostile_pairs(rng: random.Random, folder: Path) -> Results:
    """Towers of powers, factorials and other pairs that are written to hang; judged both ways round."""
    with Judge(2, seconds=0.5) as judge:
        while True:
            for pair in pairs(20, rng.randrange(2**31)):
                ways = [verdict.verdict for verdict in judge.judge([(pair.a, pair.b), (pair.b, pair.a)])]
                wrong = {True: DIFFERENT, False: EQUAL}.get(pair.same) if pair.same is not None else None
                held = wrong not in ways and not {EQUAL, DIFFERENT} <= set(ways)
                yield None if held else f"{pair.a!r}, {pair.b!r}: {ways}"


# --- files ----------------------------------------------------------------------------------------------------------

INK = """<ink xmlns="http://www.w3.org/2003/InkML"><annotation type="truth">$x^2$</annotation>
<trace id="0">10 10, 12 14, 20 30</trace><trace id="1">30 10, 31 15, 32 28</trace></ink>"""
SETTINGS = "lr = 0.5\nbatch_size = 6\n[augment]\nslant = 0.1\nscale = [0.8, 1.2]\n"


def _samples(folder: Path) -> dict[str, bytes]:
    """One small file of every kind that is read, by name."""
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (20, 60), np.uint8)).save(folder / "a.png")
    rows = [(f"s{i}", "x ^ { 2 }", "x ^ 2") for i in range(5)]
    (folder / "a.tsv").write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")
    for name in ("a.jsonl", "a.json"):
        write_predictions(folder / name, [(row[0], row[1]) for row in rows])
    (folder / "a.inkml").write_text(INK, "utf-8")
    (folder / "a.toml").write_text(SETTINGS, "utf-8")
    call(["data", "synth", "6", "-o", str(folder / "a.parquet"), "--seed", "1"])
    call([
        "train", "wap", "--data", "synthetic:12,0,3", "--out", str(folder / "run"), "--max-steps", "1",
        "--set", "device=cpu", "--set", "preset=demo",
    ])  # fmt: skip
    paths = [*folder.glob("a.*"), *(folder / "run" / "last").glob("*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.is_file()}


def _read(folder: Path, name: str) -> None:
    """Read a file of `_samples` as its command would."""
    path = folder / name
    if name.endswith((".tsv", ".jsonl", ".json")) and "run" not in name:
        read_predictions(path)
    elif name.endswith(".inkml"):
        read_ink(path)
    elif name.endswith(".toml"):
        read_settings(path)
    elif name.endswith(".png"):
        photo(lambda: open_image(path), name, Preprocessing())
    elif name.endswith(".parquet"):
        spec, argument = data_source(f"parquet:{path}")
        samples = spec.load(argument, "train", Preprocessing())
        list(samples.images)
    else:
        spec, checkpoint = find_checkpoint(str(path.parent))
        checkpoint.build(spec)
        read_state(checkpoint)


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
    samples = _samples(folder)
    for name in cycle(sorted(samples)):
        data = damaged(rng, samples[name])
        (folder / name).write_bytes(data)
        failure = None
        try:
            _read(folder, name)
            if "run" in name and data != samples[name] and not name.endswith("config.json"):
                failure = "a damaged checkpoint was accepted"
        except HmerSuiteError as error:
            failure = f"not one line: {error}" if "\n" in str(error) else None
        except Exception as error:  # any other is a failure
            place = traceback.extract_tb(error.__traceback__)[-1]
            failure = f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"
        (folder / name).write_bytes(samples[name])
        yield None if failure is None else f"{name}, {len(data)} bytes: {failure[:300]}"


# --- plugins ---------------------------------------------------------------------------------------------------------


def plugins(rng: random.Random, folder: Path) -> Results:
    """Plugins that misbehave, in an order of their own."""
    while True:
        for number, animal in enumerate(rng.sample(ZOO, len(ZOO))):
            home = folder / f"{number}-{rng.randrange(10**9)}"
            home.mkdir()
            yield fault_of_animal(animal, home)


ATTACKS = (
    Attack("mutated labels", "no exception; repairs valid, stable, of the cost they say", 0.25, labels),
    Attack(
        "hostile pairs",
        "an answer in time, the same both ways round, never the wrong one",
        0.1,
        hostile_pairs,
    ),
    Attack(
        "flipped bytes",
        "read, or refused in one line; a checkpoint never accepted damaged",
        0.15,
        flipped_bytes,
    ),
    Attack("plugins that misbehave", "one line, exit code 4, nothing on stdout", 0.1, plugins),
    Attack(
        "kill -9 of train",
        "last/ whole, and resumed to the weights of a run without a break",
        0.2,
        kill_train,
    ),
    Attack("kill -9 of predict", "--resume gives the file of a run without a break", 0.1, kill_predict),
    Attack("kill -9 of data prepare", "the set is there whole, or not at all", 0.05, kill_prepare),
    Attack("kill -9 of score", "the file is there whole, or not at all", 0.05, kill_score),
)
"""Lines of the report, in order."""
