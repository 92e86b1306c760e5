"""Measure repair on seeded damage to real labels and on real invalid predictions; writes reports/repair.md.

python -m tools.reports.repair --data ../shared/data --out reports/repair.md

Damage: one, two or three structural tokens deleted, inserted or doubled (see `DEFINITION`).
"""

from __future__ import annotations

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
from tools.command import run_tool
from tools.reports.common import (
    LABELS_2014,
    MATHWRITING,
    PREDICTION_FILES,
    add_data_folder,
    read_captions,
    read_pairs,
    report_parser,
    write_or_print,
)
from tools.reports.markdown import Cell, join_blocks, page, section, table

STRUCTURAL = frozenset(
    "LBRACE RBRACE SUB SUP FRAC CFRAC SQRT STACK INFIX LIMITS LEFT RIGHT AMP ROWBREAK".split()
)
"""Token classes that are damaged, besides the delimiters of environments."""

SEED = 2014
MAX_LABELS = 1_000
MAX_DRAWS = 100
SEARCH_BUDGET = 20_000

DEFINITION = r"""
Structural tokens are `{ } ^ _`, `\frac`-like and `\sqrt` commands, `\limits`, `\overset`-like commands,
`\over`-like commands, `\left`, `\right`, `&`, `\\` and the delimiters of environments. One damage is, with
equal probability, the deletion of a structural token of the label, the doubling of one, or the insertion of
a copy of one at a random place. Labels without structural tokens are left out. A damaged label that is still
valid cannot be recognised as damaged; it is drawn again.

*Cheaper way*: the percentage of labels for which fewer edits than damages make a valid formula. (A brace lost
in one place and another inserted elsewhere is a brace that has moved, which is valid; a `^` inserted before a
symbol is valid.) A repair that makes the fewest edits cannot recover these labels: it cannot exceed 100 minus
that. *Search without the model* has the same search and the same weights of errors (doubled, inserted, lost),
but a model in which all tokens are equally likely. *Closing braces at the end* appends the missing braces or
deletes the last surplus ones.
"""


@dataclass(frozen=True, slots=True)
class Damage:
    """One damage to a label: `token` deleted at, or inserted before, `place`."""

    kind: str
    place: int
    token: str


def is_structural(token: str) -> bool:
    """Whether damage may hit the token."""
    cls = CLASS_OF[token]
    return cls in STRUCTURAL or cls.startswith(("BEGIN_", "END_"))


def draw(tokens: list[str], rng: random.Random) -> Damage:
    """A random damage to `tokens`, which have at least one structural token."""
    places = [place for place, token in enumerate(tokens) if is_structural(token)]
    kind = rng.choice(("delete", "double", "insert"))
    place = rng.choice(places)
    return Damage(kind, rng.randrange(len(tokens) + 1) if kind == "insert" else place, tokens[place])


def damaged(tokens: list[str], damages: Iterable[Damage]) -> list[str]:
    """`tokens` with all `damages` applied."""
    result = list(tokens)
    for damage in sorted(damages, key=lambda damage: -damage.place):
        if damage.kind == "delete":
            del result[damage.place]
        else:
            result.insert(damage.place, damage.token)
    return result


Drawing = Callable[[list[str], int, random.Random], tuple[list[str] | None, int]]
"""Draws an invalid copy of tokens with a number of damages; returns it and the number of draws that stayed valid."""


def draw_invalid(tokens: list[str], count: int, rng: random.Random) -> tuple[list[str] | None, int]:
    """An invalid copy of `tokens` with `count` damages, and the number of draws before it that stayed valid."""
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
    """An invalid copy as of `draw_invalid`, with the nearest valid sequence `count` edits away."""
    all_valid = 0
    for _ in range(MAX_DRAWS):
        result, valid_draws = draw_invalid(tokens, count, rng)
        all_valid += valid_draws
        if result is None or distance_to_valid(result) == count:
            return result, all_valid
    return None, all_valid


def balance(text: str) -> str:
    """Baseline: append the missing closing braces, or delete the last surplus ones."""
    tokens = text.split()
    surplus = tokens.count("{") - tokens.count("}")
    for _ in range(-surplus):
        del tokens[len(tokens) - 1 - tokens[::-1].index("}")]
    return join(tokens + ["}"] * surplus)


def measure(pairs: list[tuple[str, str]], method: Callable[[str], str]) -> tuple[float, float, float]:
    """Percentage of labels recovered, and the median and 95th percentile of the time in ms."""
    times: list[float] = []
    right = 0
    for label, broken in pairs:
        before = time.process_time()
        output = method(broken)
        times.append(1e3 * (time.process_time() - before))
        right += output == label
    return 100 * right / len(pairs), statistics.median(times), statistics.quantiles(times, n=20)[-1]


def damaged_pairs(labels: list[list[str]], count: int, drawing: Drawing) -> tuple[list[tuple[str, str]], int]:
    """(label, damaged label) pairs, and the number of draws that stayed valid."""
    rng = random.Random(SEED + count)
    drawn = [(label, *drawing(label, count, rng)) for label in labels]
    pairs = [(join(label), join(broken)) for label, broken, _ in drawn if broken is not None]
    return pairs, sum(valid_draws for _, _, valid_draws in drawn)


def damage_row(name: str, count: int, pairs: list[tuple[str, str]]) -> tuple[Cell, ...]:
    """Recovery by repair and by the two simpler methods, and the time that repair takes."""
    uniform = token_model.Model([])
    measure(pairs[:20], lambda text: repair(text).output)  # imports and tables are loaded once a process
    ours, median, slow = measure(pairs, lambda text: repair(text).output)
    search, _, _ = measure(pairs, lambda text: repair(text, model=uniform).output)
    braces, _, _ = measure(pairs, balance)
    cheaper = sum((distance_to_valid(broken.split()) or count) < count for _, broken in pairs)
    rates = [f"{rate:.1f}" for rate in (ours, search, braces, 100 * cheaper / len(pairs))]
    return (name, count, len(pairs), *rates, median, f"{slow:.1f}")


DAMAGE_COLUMNS = (
    "labels", "damages", "n", "repair", "search without the model", "closing braces at the end", "cheaper way",
    "median ms", "95 % ms",
)  # fmt: skip


def damage_blocks(sets: dict[str, list[list[str]]], drawing: Drawing) -> str:
    """A table over label sets and numbers of damages, and a sentence on the draws that stayed valid."""
    rows, valid_draws = [], []
    for name, labels in sets.items():
        for count in (1, 2, 3):
            pairs, valid = damaged_pairs(labels, count, drawing)
            rows.append(damage_row(name, count, pairs))
            valid_draws.append(str(valid))
    counts = f"Draws that stayed valid, by row: {', '.join(valid_draws)}."
    return join_blocks(table(DAMAGE_COLUMNS, rows), counts)


def usable(labels: Iterable[str]) -> list[list[str]]:
    """Valid labels with structural tokens, at most `MAX_LABELS` of them, drawn by seed."""
    found = [tokens for tokens in map(split, labels) if any(map(is_structural, tokens)) and is_valid(tokens)]
    return random.Random(SEED).sample(found, min(MAX_LABELS, len(found)))


def predictions(data: Path) -> dict[str, list[tuple[str, str]]]:
    """(prediction, reference) pairs by system; a missing prediction is an empty one."""
    found = {}
    for name, files in PREDICTION_FILES.items():
        paired = read_pairs(data, *files)
        found[name] = [
            (text or "", label) for text, label in zip(paired.predictions, paired.references, strict=True)
        ]
    return found


PREDICTION_COLUMNS = (
    "system", "n", "invalid", "valid after", "edits", "now right", "rate before", "rate after", "median ms",
)  # fmt: skip


def prediction_row(name: str, pairs: list[tuple[str, str]]) -> tuple[Cell, ...]:
    """The effect of repair on one system's invalid predictions."""
    broken = [(text, label) for text, label in pairs if not is_valid(split(text))]
    times, right, edits, valid = [], 0, 0, 0
    for text, label in broken:
        before = time.process_time()
        result = repair(text)
        times.append(1e3 * (time.process_time() - before))
        right += split(result.output) == split(label)
        valid += is_valid(split(result.output))
        edits += len(result.edits)
    n, already = len(pairs), sum(split(text) == split(label) for text, label in pairs)
    rates = (100 * already / n, 100 * (already + right) / n)
    return (name, n, len(broken), valid, edits, right, *rates, statistics.median(times) if times else 0.0)


def hard_cases() -> dict[str, str]:
    """Inputs that would make a careless search hang."""
    rng = random.Random(SEED)
    return {
        "500 random tokens": join(rng.choices(sorted(CLASSES), k=500)),
        "2,000 tokens, `\\frac { 1 } {` repeated": join((r"\frac { 1 } {".split() * 400)[:2_000]),
        "2,000 tokens, `\\sqrt` repeated": join([r"\sqrt"] * 2_000),
        "2,000 tokens, one brace lost at the start": join(["x", "^", "{", *("+ y _ { 1 }".split() * 333)]),
        "100,000 opening braces": "{" * 100_000,
    }


def hard_row(name: str, text: str) -> tuple[Cell, ...]:
    """Time with and without the rules for redundant symbols, and edits without them."""
    times = []
    for rules in (None, ()):
        before = time.process_time()
        result = repair(text, rules=rules)
        times.append(f"{1e3 * (time.process_time() - before):,.0f}")
    return (name, "yes" if is_valid(split(result.output)) else "no", len(result.edits), *times)


ABOUT_DAMAGE = f"""\
Exact recovery in percent of n labels; seed {SEED}, at most {MAX_LABELS:,} labels of a set. CPU
time per repair in ms, plain Python, one core. The token model comes from the CROHME training
captions alone and was tuned on 1,000 of them that were held out for this purpose."""
ABOUT_ERRORS = """\
Drawn again until the nearest valid formula is as many edits away as there were damages.
There is no cheaper way then: this measures the choice among the cheapest repairs alone."""
HARD_COLUMNS = (
    "input",
    "valid after",
    "edits of the search alone",
    "ms with rules",
    "ms of the search alone",
)


def report(data: Path) -> str:
    """The whole report as Markdown."""
    written = read_pairs(data, *PREDICTION_FILES[MATHWRITING])
    sets = {
        "CROHME 2014": usable(read_captions(data / LABELS_2014).values()),
        "MathWriting-a": usable(written.references),
    }
    return page(
        "Repair",
        "python -m tools.reports.repair --data ../shared/data --out reports/repair.md",
        section(
            "Seeded damage",
            DEFINITION.strip(),
            ABOUT_DAMAGE,
            section("As drawn", damage_blocks(sets, draw_invalid), level=3),
            section("As many errors as damages", ABOUT_ERRORS, damage_blocks(sets, draw_errors), level=3),
        ),
        section(
            "Real predictions",
            "Expression rate over tokens (no canonical spelling), before and after repair.",
            table(
                PREDICTION_COLUMNS, [prediction_row(name, pairs) for name, pairs in predictions(data).items()]
            ),
        ),
        section(
            "Hard cases", table(HARD_COLUMNS, [hard_row(name, text) for name, text in hard_cases().items()])
        ),
    )


def main() -> None:
    parser = report_parser(__doc__, prints=True)
    add_data_folder(parser)
    given = parser.parse_args()
    write_or_print(report(given.data), given.out)


if __name__ == "__main__":
    run_tool(main)
