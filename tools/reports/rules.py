"""What each rule for redundant symbols fixes and breaks: writes `reports/rules.md`.

    python tools/reports/rules.py ../shared/data reports/rules.md
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rules_left_out import LEFT_OUT

from hmer_suite.files import write_whole
from hmer_suite.latex.automaton import CLASS_OF, is_valid
from hmer_suite.latex.canonical.canoniser import canonical_tokens
from hmer_suite.latex.tokens import join, split
from hmer_suite.predictions.files import pair, read_predictions, read_references
from hmer_suite.repairs import repair
from hmer_suite.repairs.rules import RULES, Rule, apply_rules, runaway, separators
from hmer_suite.scores.edit_distance import edit_distance

PREDICTIONS = {
    "WAP, CROHME 2014": ("wap-crohme2014.txt", "crohme/captions-test2014.txt"),
    "TAMER, HME100K-a": ("tamer-hme100k-a.json", None),
    "Uni-MuMER 3B, CROHME 2014": ("unimumer-3b-crohme2014.json", None),
    "Uni-MuMER 7B, CROHME 2014": ("unimumer-7b-crohme2014.json", None),
    "Uni-MuMER 3B, MathWriting-a": ("unimumer-3b-mathwriting-a.json", None),
}
LABELS = {
    "CROHME train": "crohme/captions-train.txt",
    "CROHME 2014": "crohme/captions-test2014.txt",
    "HME100K-a": "predictions/tamer-hme100k-a.json",
    "MathWriting-a": "predictions/unimumer-3b-mathwriting-a.json",
    "im2latex validation": "im2latex/val.formulas.norm.txt",
    "im2latex test-a": "im2latex/test-a.formulas.norm.txt",
}
DAMAGED = ("CROHME 2014", "HME100K-a", "MathWriting-a", "im2latex validation")
SAMPLES = 3_000
"""Labels of each set that are damaged, or all where there are fewer."""

STRUCTURE = frozenset(["LBRACE", "RBRACE", "SUB", "SUP", "FRAC", "SQRT", "LIMITS", "LEFT", "RIGHT"])


@dataclass(slots=True)
class Tally:
    """Effect of a rule on a set of samples. *before* and *after* are token edits in canonical spelling."""

    fired: int = 0
    fixed: int = 0
    broken: int = 0
    before: int = 0
    after: int = 0

    def add(self, before: list[str], after: list[str], reference: list[str]) -> None:
        old, new = edit_distance(before, reference), edit_distance(after, reference)
        self.fired += 1
        self.fixed += new == 0 < old
        self.broken += old == 0 < new
        self.before += old
        self.after += new

    def cells(self) -> list[object]:
        return [self.fired, self.fixed, self.broken, f"{self.after - self.before:+d}" if self.fired else "0"]


@dataclass(frozen=True, slots=True)
class Sample:
    """A prediction and its reference as tokens, the reference in canonical spelling as well."""

    prediction: list[str]
    reference: list[str]
    valid: bool


# ------------------------------------------------------------------------------------------ real predictions


def read_samples(folder: Path, predictions: str, references: str | None) -> list[Sample]:
    """Every pair of a prediction file; a missing prediction is an empty one."""
    outside = read_references(folder / references) if references else None
    paired = pair(read_predictions(folder / "predictions" / predictions), outside)
    samples = []
    for prediction, reference in zip(paired.predictions, paired.references, strict=True):
        tokens = split(prediction or "")
        samples.append(Sample(tokens, canonical_tokens(split(reference)), is_valid(tokens)))
    return samples


def on_any_input(rule: Rule, samples: Iterable[Sample]) -> Tally:
    """The rule alone, on valid predictions as well."""
    tally = Tally()
    for sample in samples:
        cleaned = apply_rules(sample.prediction, [rule])
        if cleaned.removed:
            after = canonical_tokens(cleaned.tokens)
            tally.add(canonical_tokens(sample.prediction), after, sample.reference)
    return tally


def before_the_search(rule: Rule, samples: Iterable[Sample]) -> Tally:
    """The rule and then the search, against the search alone, on invalid predictions."""
    tally = Tally()
    for sample in samples:
        if not sample.valid and apply_rules(sample.prediction, [rule]).removed:
            tally.add(*both_repairs(sample.prediction, [rule]), sample.reference)
    return tally


def both_repairs(tokens: Sequence[str], rules: Iterable[Rule]) -> tuple[list[str], list[str]]:
    """Repair without and with rules, in canonical spelling."""
    text = join(list(tokens))
    return tuple(canonical_tokens(split(repair(text, rules=used).output)) for used in ((), tuple(rules)))


def error_rates(samples: Sequence[Sample]) -> list[str]:
    """WER in canonical spelling: as predicted, with the runaway rule and with all rules on any input."""
    words = sum(len(sample.reference) for sample in samples)
    rates = []
    for rules in ((), (runaway.RULE,), RULES):
        outputs = [canonical_tokens(apply_rules(sample.prediction, rules).tokens) for sample in samples]
        edits = sum(edit_distance(out, s.reference) for out, s in zip(outputs, samples, strict=True))
        rates.append(f"{100 * edits / words:.2f}")
    return rates


# ------------------------------------------------------------------------------------------ correct labels


def read_labels(path: Path) -> list[list[str]]:
    """The valid labels of a file."""
    return [tokens for tokens in map(split, read_references(path).references) if is_valid(tokens)]


def on_labels(rule: Rule, labels: Iterable[list[str]]) -> str:
    """Labels that the rule touches, and those among them whose canonical spelling it changes."""
    touched = changed = 0
    for tokens in labels:
        cleaned = apply_rules(tokens, [rule])
        if cleaned.removed:
            touched += 1
            changed += canonical_tokens(cleaned.tokens) != canonical_tokens(tokens)
    return f"{touched} / {changed}"


# ------------------------------------------------------------------------------------------ seeded damage


def one_token(tokens: list[str], chance: random.Random) -> list[str]:
    """one structural token deleted, doubled or inserted"""
    places = [index for index, token in enumerate(tokens) if CLASS_OF[token] in STRUCTURE]
    if not places:
        return tokens
    place = chance.choice(places)
    kind = chance.choice(("delete", "double", "insert"))
    if kind == "delete":
        return tokens[:place] + tokens[place + 1 :]
    target = place if kind == "double" else chance.randrange(len(tokens) + 1)
    return [*tokens[:target], tokens[place], *tokens[target:]]


def cut_off(tokens: list[str], chance: random.Random) -> list[str]:
    """the line breaks off"""
    return tokens[: chance.randrange(len(tokens) + 1)]


def looping(tokens: list[str], chance: random.Random) -> list[str]:
    """the last one to six tokens repeated until there are 200"""
    end = chance.randrange(1, len(tokens) + 1)
    period = chance.randint(1, min(6, end))
    loop = tokens[end - period : end]
    return (tokens[:end] + loop * 200)[:200]


def separated(tokens: list[str], chance: random.Random) -> list[str]:
    """separators around the tokens, one in twenty missing"""
    result = ["|"]
    for token in tokens:
        result += [token, "|"] if chance.random() < 0.95 else [token]
    return result


def damaged(damage: Callable, labels: Sequence[list[str]]) -> Iterator[tuple[list[str], list[str]]]:
    """(damaged label, label in canonical spelling) for a seeded choice of labels."""
    chance = random.Random(20)
    for tokens in chance.sample(labels, min(SAMPLES, len(labels))):
        yield damage(tokens, chance), canonical_tokens(tokens)


def invalid_damage(rule: Rule, damage: Callable, sets: Iterable[Sequence[list[str]]]) -> Tally:
    """The rule and then the search, against the search alone, on the damaged labels that are invalid."""
    tally = Tally()
    for labels in sets:
        for tokens, reference in damaged(damage, labels):
            if apply_rules(tokens, [rule]).removed and not is_valid(tokens):
                tally.add(*both_repairs(tokens, [rule]), reference)
    return tally


def any_damage(rule: Rule, damage: Callable, labels: Sequence[list[str]]) -> Tally:
    """The rule alone on damaged labels, the valid ones among them as well."""
    tally = Tally()
    for tokens, reference in damaged(damage, labels):
        cleaned = apply_rules(tokens, [rule])
        if cleaned.removed:
            tally.add(canonical_tokens(tokens), canonical_tokens(cleaned.tokens), reference)
    return tally


# ------------------------------------------------------------------------------------------ the report


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A Markdown table."""
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(map(str, row)) + " |"
    yield ""


def report(folder: Path) -> Iterator[str]:
    """The lines of the report."""
    samples = {name: read_samples(folder, *files) for name, files in PREDICTIONS.items()}
    labels = {name: read_labels(folder / file) for name, file in LABELS.items()}
    every = [sample for group in samples.values() for sample in group]
    yield from HEAD.format(
        predictions=len(every), invalid=sum(not s.valid for s in every), files=len(samples)
    ).splitlines()

    header = ["rule", "shipped", "fired", "fixed", "broken", "edits"]
    yield "## Real predictions, rule alone, on valid input as well (`--aggressive`)\n"
    shipped = [(rule, "default" if rule.by_default else "off") for rule in RULES]
    shipped += [(rule, "no") for rule in LEFT_OUT]
    yield from table(header, ([r.name, how, *on_any_input(r, every).cells()] for r, how in shipped))
    yield "## Real predictions, before the search, on invalid input (default)\n"
    yield from table(header, ([r.name, how, *before_the_search(r, every).cells()] for r, how in shipped))

    yield "## Word error rate in canonical spelling, on valid input as well\n"
    header = ["file", "as predicted", "runaway", "all shipped rules"]
    yield from table(header, ([name, *error_rates(group)] for name, group in samples.items()))

    yield "## Correct labels: touched / spelt differently in canonical form afterwards\n"
    header = ["rule", *(f"{name} ({len(lines)})" for name, lines in labels.items())]
    yield from table(header, ([r.name, *(on_labels(r, ls) for ls in labels.values())] for r, _how in shipped))

    yield "## Seeded damage, before the search: rule and search against the search alone\n"
    header = ["rule", "damage", "fired", "fixed", "broken", "edits"]
    sets = [labels[name] for name in DAMAGED]
    for damage in (one_token, cut_off):
        rows = ([r.name, damage.__doc__, *invalid_damage(r, damage, sets).cells()] for r in RULES)
        yield from table(header, rows)
    yield "## Seeded damage, rule alone, on valid input as well\n"
    header = ["labels", "damage", "rule", "fired", "fixed", "broken", "edits"]
    damages = ((separated, separators.RULE), (looping, runaway.RULE))
    for damage, rule in damages:
        rows = ([n, damage.__doc__, rule.name, *any_damage(rule, damage, labels[n]).cells()] for n in DAMAGED)
        yield from table(header, rows)
    yield from REMARKS.splitlines()


HEAD = """# Rules for redundant symbols

Written by `python tools/reports/rules.py ../shared/data reports/rules.md`.

{predictions} predictions of {files} files, {invalid} of them invalid. *Fired*: samples in which the rule
deletes something. *Fixed* and *broken*: samples that become exactly right, or cease to be, in canonical
spelling. *Edits*: change of the token edit distance to the references, summed over the samples in which the
rule fired; negative is better. No rule sees a reference.

"""

REMARKS = """## What follows from it

- `runaway` is on by default: it breaks no prediction and no damaged label. Every looping prediction here is
  valid LaTeX, so that on these files it takes effect only with `--aggressive`. One copy stays; to delete it
  as well (`loops-without-a-copy`) is no better. Runs inside the line count from 64 tokens on, since people
  write shorter ones: the plain threshold of eight repeats over sixteen tokens (`loops-anywhere`) changes more
  correct labels. The label that the rule does change is a row of seventeen equals signs.
- `separators` is on by default: it breaks nothing. A line with a bar between all symbols is almost always
  valid LaTeX, so that it too needs `--aggressive`. It does not fire where nothing proves that the bars
  separate, nor where the bars that it would leave do not come in pairs.
- `cut-off`, `stray-fence`, `doubled-braces`, `empty-script` and `empty-group` are off by default: before the
  search they fix nothing that the search alone does not, and each breaks a label or adds errors. They serve
  `--aggressive`, for those who want tidy LaTeX rather than the spelling of the label.
- Left out: balancing round brackets, trailing operators and repeated operators. They delete what people
  write, in more than a hundred correct labels each.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder of the data sets")
    parser.add_argument("report", type=Path, help="Markdown file to write")
    options = parser.parse_args()
    write_whole(options.report, "\n".join(report(options.data)) + "\n")


if __name__ == "__main__":
    main()
