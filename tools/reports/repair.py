"""Measure the repair on seeded damage to real labels and on real broken predictions.

    python -m tools.reports.repair --data ../shared/data --out reports/repair.md

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

from hmer_suite.latex import token_model
from hmer_suite.latex.automaton import CLASS_OF, is_valid
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tokens import join, split
from hmer_suite.repairs import repair
from hmer_suite.repairs.cheapest import Search

STRUCTURAL = frozenset("LBRACE RBRACE SUB SUP FRAC SQRT STACK INFIX LIMITS LEFT RIGHT AMP ROWBREAK".split())
"""Token classes that damage strikes, beside the delimiters of environments."""

SEED = 2014
MAX_LABELS = 1_000
MAX_DRAWS = 100
SEARCH_BUDGET = 20_000

DEFINITION = r"""
Structural tokens are `{ } ^ _`, `\frac`-like and `\sqrt` commands, `\limits`, `\overset`-like commands,
`\over`-like commands, `\left`, `\right`, `&`, `\\` and the delimiters of environments. One damage is, with
equal probability, the deletion of a structural token of the label, the doubling of one, or the insertion of
a copy of one at a random place. Labels without structural tokens are left out. A damaged label that is valid
cannot be known to be damaged; it is drawn again.

*Cheaper way*: the percentage of labels of which fewer edits than there were damages make a valid formula. (A
brace lost here and another invented there is a brace that has moved, which is valid; a `^` invented before a
symbol is valid.) A repair that makes the fewest edits cannot give these back: it cannot exceed 100 minus
that. *Search without the model* has the same search and the same weights of errors (doubled, invented, lost),
but a model that finds all tokens equally likely. *Closing braces at the end* appends the braces that lack or
deletes the last ones that are too many.
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


def draw_invalid(tokens: list[str], count: int, rng: random.Random) -> tuple[list[str] | None, int]:
    """An invalid copy of *tokens* with *count* damages, and how many draws stayed valid before it."""
    for valid_draws in range(MAX_DRAWS):
        found: dict[int, Damage] = {}
        for _ in range(MAX_DRAWS):
            damage = draw(tokens, rng)
            found.setdefault(damage.place, damage)
            if len(found) == count:
                break
        result = damaged(tokens, found.values())
        if len(found) == count and not is_valid(result):
            return result, valid_draws
    return None, MAX_DRAWS


def distance_to_valid(tokens: list[str]) -> int | None:
    """Cost of the cheapest repair; None if the search gives up."""
    lattice = Search([CLASS_OF[token] for token in tokens], {}, SEARCH_BUDGET).run()
    return lattice.cost if lattice else None


def draw_errors(tokens: list[str], count: int, rng: random.Random) -> tuple[list[str] | None, int]:
    """As `draw_invalid`, with the nearest valid sequence *count* edits away."""
    all_valid = 0
    for _ in range(MAX_DRAWS):
        result, valid_draws = draw_invalid(tokens, count, rng)
        all_valid += valid_draws
        if result is None or distance_to_valid(result) == count:
            return result, all_valid
    return None, all_valid


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


def damaged_pairs(labels: list[list[str]], count: int, drawing) -> tuple[list[tuple[str, str]], int]:
    """(label, damaged label) pairs, and the number of draws that stayed valid."""
    rng = random.Random(SEED + count)
    drawn = [(label, *drawing(label, count, rng)) for label in labels]
    pairs = [(join(label), join(broken)) for label, broken, _ in drawn if broken is not None]
    return pairs, sum(valid_draws for _, _, valid_draws in drawn)


def damage_row(name: str, count: int, pairs: list[tuple[str, str]]) -> str:
    """Recovery by the repair and by the two simpler methods, and the time that the repair takes."""
    uniform = token_model.Model([])
    measure(pairs[:20], lambda text: repair(text).output)  # imports and tables are loaded once a process
    ours, median, slow = measure(pairs, lambda text: repair(text).output)
    search, _, _ = measure(pairs, lambda text: repair(text, model=uniform).output)
    braces, _, _ = measure(pairs, balance)
    cheaper = sum((distance_to_valid(broken.split()) or count) < count for _, broken in pairs)
    return (
        f"| {name} | {count} | {len(pairs)} | {ours:.1f} | {search:.1f} | {braces:.1f} "
        f"| {100 * cheaper / len(pairs):.1f} | {median:.2f} | {slow:.1f} |"
    )


def damage_table(sets: dict[str, list[list[str]]], drawing) -> list[str]:
    """Table over label sets and numbers of damages, and a sentence on the draws that stayed valid."""
    rows = [
        "| labels | damages | n | repair | search without the model | closing braces at the end "
        "| cheaper way | median ms | 95 % ms |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    valid_draws = []
    for name, labels in sets.items():
        for count in (1, 2, 3):
            pairs, valid = damaged_pairs(labels, count, drawing)
            rows.append(damage_row(name, count, pairs))
            valid_draws.append(str(valid))
    return [*rows, "", f"Draws that stayed valid, by row: {', '.join(valid_draws)}."]


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
    valid = "yes" if is_valid(split(result.output)) else "no"
    return f"| {name} | {valid} | {len(result.edits)} | {times[0]:.0f} | {times[1]:.0f} |"


def report(data: Path) -> str:
    """The whole report as Markdown."""
    written = json.loads((data / "predictions/unimumer-3b-mathwriting-a.json").read_text(encoding="utf-8"))
    sets = {
        "CROHME 2014": usable(captions(data / "crohme/captions-test2014.txt").values()),
        "MathWriting-a": usable(entry["gt"] for entry in written),
    }
    real = [prediction_row(name, pairs) for name, pairs in predictions(data).items()]
    return "\n".join(
        [
            "# Repair",
            "",
            "Made by `python -m tools.reports.repair --data ../shared/data --out reports/repair.md`.",
            "",
            "## Seeded damage",
            DEFINITION,
            f"Exact recovery in percent of n labels; seed {SEED}, at most {MAX_LABELS} labels of a set. CPU",
            "time per repair in ms, plain Python, one core. The token model comes from the CROHME training",
            "captions alone and was tuned on 1,000 of them that were held out of its training meanwhile.",
            "",
            "### As drawn",
            "",
            *damage_table(sets, draw_invalid),
            "",
            "### As many errors as damages",
            "",
            "Drawn again until the nearest valid formula is as many edits away as there were damages.",
            "Nothing has a cheaper way then: this measures the choice among the cheapest repairs alone.",
            "",
            *damage_table(sets, draw_errors),
            "",
            "## Real predictions",
            "",
            "Expression rate over tokens (no canonical spelling), before and after repair.",
            "",
            "| system | n | invalid | valid after | edits | now right | rate before | rate after "
            "| median ms |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
            *real,
            "",
            "## Hard cases",
            "",
            "| input | valid after | edits of the search alone | ms with rules | ms of the search alone |",
            "|---|---|--:|--:|--:|",
            *(hard_row(name, text) for name, text in hard_cases().items()),
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
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
