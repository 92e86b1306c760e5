"""Measure the repair on seeded damage to real labels and on real broken predictions.

    python -m tools.measure_repair --data ../shared/data --out reports/repair.md

Damage: one, two or three structural tokens deleted, inserted or doubled (see `DEFINITION`).
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.latex.commands import CLASSES
from hmer_suite.latex.grammar import CLASS_OF, is_valid
from hmer_suite.latex.tokens import join, split
from hmer_suite.repair import prior, repair
from hmer_suite.repair.search import Search

STRUCTURAL = frozenset("LBRACE RBRACE SUB SUP FRAC SQRT STACK INFIX LIMITS LEFT RIGHT AMP ROWBREAK".split())
"""Token classes that damage strikes, beside the delimiters of environments."""

SEED = 2014
MAX_LABELS = 1_000
MAX_DRAWS = 100
SEARCH_BUDGET = 20_000

DEFINITION = r"""Structural tokens are `{ } ^ _`, `\frac`-like and `\sqrt` commands, `\limits`, `\overset`-like commands, `\over`-like
commands, `\left`, `\right`, `&`, `\\` and the delimiters of environments. One damage is, with equal probability, the
deletion of a structural token of the label, the doubling of one, or the insertion of a copy of one at a random place.
Labels without structural tokens are left out. Damage that leaves a label valid cannot be seen by any repair that
leaves valid input alone, so a damage is drawn again until it alone makes the label invalid. Two or three such damages
may still cancel or merge (a brace lost here, another invented there: a brace has moved, and the label is valid).

- *k errors*: drawn again until the nearest valid sequence is k edits away, so that the label is among the cheapest
  repairs and only the choice among equals is measured.
- *as drawn*: drawn again only while the whole is valid. Where fewer than k edits suffice ("cheaper way"), a repair
  that promises the fewest edits cannot give the label back: no such repair can exceed 100 minus that share.

*Search without the model* has the same search and the same weights of errors (doubled, invented, lost), but a model
that finds all tokens equally likely. *Closing braces at the end* appends the braces that lack or deletes the last ones
that are too many.
"""


@dataclass(frozen=True, slots=True)
class Damage:
    """One damage to a label: *token* deleted at, or inserted before, *place*."""

    kind: str
    place: int
    token: str


def is_structural(token: str) -> bool:
    cls = CLASS_OF[token]
    return cls in STRUCTURAL or cls.startswith(("BEGIN_", "END_"))


def draw(tokens: list[str], rng: random.Random) -> Damage:
    """A random damage to *tokens*, which hold at least one structural token."""
    places = [place for place, token in enumerate(tokens) if is_structural(token)]
    kind = rng.choice(("delete", "double", "insert"))
    place = rng.choice(places)
    return Damage(kind, rng.randrange(len(tokens) + 1) if kind == "insert" else place, tokens[place])


def damaged(tokens: list[str], damages: Iterable[Damage]) -> list[str]:
    """*tokens* with all *damages* applied."""
    result = list(tokens)
    for damage in sorted(damages, key=lambda damage: -damage.place):
        if damage.kind == "delete":
            del result[damage.place]
        else:
            result.insert(damage.place, damage.token)
    return result


def draw_visible(tokens: list[str], count: int, rng: random.Random) -> list[str] | None:
    """An invalid copy of *tokens* with *count* damages, each of which alone makes it invalid; None if none."""
    for _ in range(MAX_DRAWS):
        found: dict[int, Damage] = {}
        for _ in range(MAX_DRAWS):
            damage = draw(tokens, rng)
            if not is_valid(damaged(tokens, [damage])):
                found.setdefault(damage.place, damage)
            if len(found) == count:
                break
        result = damaged(tokens, found.values())
        if len(found) == count and not is_valid(result):
            return result
    return None


def distance_to_valid(tokens: list[str]) -> int | None:
    lattice = Search([CLASS_OF[token] for token in tokens], {}, SEARCH_BUDGET).run()
    return lattice.cost if lattice else None


def draw_errors(tokens: list[str], count: int, rng: random.Random) -> list[str] | None:
    """As `draw_visible`, with the nearest valid sequence *count* edits away."""
    for _ in range(MAX_DRAWS // 2):
        result = draw_visible(tokens, count, rng)
        if result is None or distance_to_valid(result) == count:
            return result
    return None


def balance(text: str) -> str:
    """Baseline: append the closing braces that lack, or delete the last ones that are too many."""
    tokens = text.split()
    surplus = tokens.count("{") - tokens.count("}")
    for _ in range(-surplus):
        del tokens[len(tokens) - 1 - tokens[::-1].index("}")]
    return join(tokens + ["}"] * surplus)


def measure(pairs: list[tuple[str, str]], method: Callable[[str], str]) -> tuple[float, float, float]:
    """Percentage of labels given back, and the median and 95th percentile of the time in ms."""
    times: list[float] = []
    right = 0
    for label, broken in pairs:
        before = time.process_time()
        output = method(broken)
        times.append(1e3 * (time.process_time() - before))
        right += output == label
    return 100 * right / len(pairs), statistics.median(times), statistics.quantiles(times, n=20)[-1]


def damaged_pairs(labels: list[list[str]], count: int, drawing) -> list[tuple[str, str]]:
    rng = random.Random(SEED + count)
    drawn = ((label, drawing(label, count, rng)) for label in labels)
    return [(join(label), join(broken)) for label, broken in drawn if broken is not None]


def damage_rows(name: str, labels: list[list[str]]) -> list[str]:
    """Rows of the damage table for one label set."""
    uniform = prior.Model([])
    rows = []
    for count in (1, 2, 3):
        pairs = damaged_pairs(labels, count, draw_errors)
        measure(pairs[:20], lambda text: repair(text).output)  # imports and tables are loaded once a process
        ours, median, slow = measure(pairs, lambda text: repair(text).output)
        search, _, _ = measure(pairs, lambda text: repair(text, model=uniform).output)
        braces, _, _ = measure(pairs, balance)
        free = damaged_pairs(labels, count, draw_visible)
        as_drawn, _, _ = measure(free, lambda text: repair(text).output)
        cheaper = sum((distance_to_valid(broken.split()) or count) < count for _, broken in free)
        rows.append(
            f"| {name} | {count} | {len(pairs)} | {ours:.1f} | {search:.1f} | {braces:.1f} | {median:.2f} | {slow:.1f} "
            f"| {as_drawn:.1f} | {100 * cheaper / len(free):.1f} |"
        )
    return rows


def usable(labels: Iterable[str]) -> list[list[str]]:
    """Valid labels with structural tokens, at most `MAX_LABELS` of them, drawn by seed."""
    found = [tokens for tokens in map(split, labels) if any(map(is_structural, tokens)) and is_valid(tokens)]
    return random.Random(SEED).sample(found, min(MAX_LABELS, len(found)))


def captions(path: Path) -> dict[str, str]:
    return dict(line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines())


def predictions(data: Path) -> dict[str, list[tuple[str, str]]]:
    """(prediction, reference) pairs by system."""
    folder = data / "predictions"
    labels = captions(data / "crohme/captions-test2014.txt")
    lines = (folder / "wap-crohme2014.txt").read_text(encoding="utf-8").splitlines()
    spaced = dict((*line.split(None, 1), "")[:2] for line in lines)
    found = {"WAP, CROHME 2014": [(spaced.get(name, ""), label) for name, label in labels.items()]}
    tamer = json.loads((folder / "tamer-hme100k-a.json").read_text(encoding="utf-8"))
    found["TAMER, HME100K-a"] = [(entry["pred"], entry["gt"]) for entry in tamer.values()]
    for file in ("unimumer-3b-crohme2014", "unimumer-7b-crohme2014", "unimumer-3b-mathwriting-a"):
        entries = json.loads((folder / f"{file}.json").read_text(encoding="utf-8"))
        found[f"Uni-MuMER, {file}"] = [(entry["pred"], entry["gt"]) for entry in entries]
    return found


def prediction_row(name: str, pairs: list[tuple[str, str]]) -> str:
    """What repair does to one system's invalid predictions."""
    broken = [(text, label) for text, label in pairs if not is_valid(split(text))]
    times, right, edits, valid = [0.0], 0, 0, 0
    for text, label in broken:
        before = time.process_time()
        result = repair(text)
        times.append(1e3 * (time.process_time() - before))
        right += split(result.output) == split(label)
        valid += is_valid(split(result.output))
        edits += len(result.edits)
    median = statistics.median(times[1:] or times)
    before = sum(split(text) == split(label) for text, label in pairs)
    n = len(pairs)
    return (
        f"| {name} | {n} | {len(broken)} | {valid} | {edits} | {right} | {100 * before / n:.2f} "
        f"| {100 * (before + right) / n:.2f} | {median:.2f} |"
    )


def hard_cases() -> dict[str, str]:
    """Inputs that a careless search would hang on."""
    rng = random.Random(SEED)
    return {
        "500 random tokens": join(rng.choices(sorted(CLASSES), k=500)),
        "2,000 tokens, `\\frac { 1 } {` again and again": join((r"\frac { 1 } {".split() * 400)[:2_000]),
        "2,000 tokens, `\\sqrt` again and again": join([r"\sqrt"] * 2_000),
        "2,000 tokens, one brace lost at the start": join(["x", "^", "{", *("+ y _ { 1 }".split() * 333)]),
        "100,000 opening braces": "{" * 100_000,
    }


def hard_row(name: str, text: str) -> str:
    """Time with and without the rules for redundant symbols, and edits without them."""
    times = []
    for rules in (None, ()):
        before = time.process_time()
        result = repair(text, rules=rules)
        times.append(1e3 * (time.process_time() - before))
    return f"| {name} | {is_valid(split(result.output))} | {len(result.edits)} | {times[0]:.0f} | {times[1]:.0f} |"


def report(data: Path) -> str:
    crohme = usable(captions(data / "crohme/captions-test2014.txt").values())
    written = json.loads((data / "predictions/unimumer-3b-mathwriting-a.json").read_text(encoding="utf-8"))
    rows = damage_rows("CROHME 2014", crohme)
    rows += damage_rows("MathWriting-a", usable(entry["gt"] for entry in written))
    real = [prediction_row(name, pairs) for name, pairs in predictions(data).items()]
    return "\n".join(
        [
            "# Repair",
            "",
            "Made by `python -m tools.measure_repair --data ../shared/data --out reports/repair.md`.",
            "",
            "## Seeded damage",
            "",
            DEFINITION,
            f"Exact recovery in percent of n labels; seed {SEED}, at most {MAX_LABELS} labels of a set; CPU time per",
            "repair in ms, plain Python, one core. The token model comes from the CROHME training captions alone and was",
            "tuned on a held-out tenth of them.",
            "",
            "| labels | errors | n | repair | search without the model | closing braces at the end | median ms | 95 % ms "
            "| as drawn: repair | as drawn: cheaper way |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
            *rows,
            "",
            "## Real predictions",
            "",
            "Expression rate over tokens (both sides tokenised, no canonical spelling), before and after repair.",
            "",
            "| system | n | invalid | valid after | edits | of them now right | rate before | rate after | median ms |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
            *real,
            "",
            "## Hard cases",
            "",
            "| input | valid after | edits of the search alone | ms with the rules | ms of the search alone |",
            "|---|---|--:|--:|--:|",
            *(hard_row(name, text) for name, text in hard_cases().items()),
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the real data sets")
    parser.add_argument("--out", type=Path, help="report to write; standard output without it")
    arguments = parser.parse_args()
    text = report(arguments.data)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
