"""Attacks, each a function of a seeded generator and an empty folder that yields one result for each try.

A result is None where the suite has held, else a sentence with all that is needed to see the failure again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.equiv.sandbox.judge import Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL
from tests.equiv.hostile import pairs
from tests.third_party.zoo import ZOO
from tools.chaos.commands import fault_of_animal
from tools.chaos.damage import flipped_bytes
from tools.chaos.disk import full_disk
from tools.chaos.kills import kill_predict, kill_prepare, kill_score, kill_train
from tools.chaos.labels import labels
from tools.chaos.server import kill_server

Results = Iterator[str | None]


@dataclass(frozen=True, slots=True)
class Attack:
    """A line of the report: what is attacked, what has to hold, and the share of the time."""

    name: str
    holds: str
    share: float
    run: Callable[[random.Random, Path], Results]


# --- pairs ----------------------------------------------------------------------------------------------------------


def hostile_pairs(rng: random.Random, folder: Path) -> Results:
    """Towers of powers, factorials and other pairs that are written to hang; judged both ways round."""
    with Judge(2, seconds=0.2) as judge:
        while True:
            made = list(pairs(20, rng.randrange(2**31)))
            verdicts = judge.judge([way for pair in made for way in ((pair.a, pair.b), (pair.b, pair.a))])
            for pair in made:
                ways = [next(verdicts).verdict, next(verdicts).verdict]
                wrong = {True: DIFFERENT, False: EQUAL}.get(pair.same) if pair.same is not None else None
                held = wrong not in ways and not {EQUAL, DIFFERENT} <= set(ways)
                yield None if held else f"{pair.a!r}, {pair.b!r}: {ways}"


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
    Attack(
        "kill -9 of serve",
        "a request is answered, or refused with a reason; the next is answered; the port of a killed server is free",
        0.1,
        kill_server,
    ),
    Attack("full disk", "one line, exit code 3; files whole or not at all, old ones kept", 0.05, full_disk),
)
"""Lines of the report, in order."""
