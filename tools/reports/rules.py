"""Measure what each rule for redundant symbols fixes and breaks; writes reports/rules.md.

python -m tools.reports.rules --data ../shared/data --out reports/rules.md
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.files import write_whole
from hmer_suite.latex.automaton import CLASS_OF, is_valid
from hmer_suite.latex.canonical.canoniser import canonical_tokens
from hmer_suite.latex.tokens import join, split
from hmer_suite.predictions.files import read_references
from hmer_suite.repairs import repair
from hmer_suite.repairs.rules import RULES, Rule, apply_rules, runaway, separators
from hmer_suite.scores.edit_distance import edit_distance
from tools.command import run_tool
from tools.reports.common import LABELS_2014, PREDICTION_FILES, add_data_folder, read_pairs, report_parser
from tools.reports.markdown import Cell, page, section, table
from tools.reports.rules_left_out import LEFT_OUT

LABELS = {
    "CROHME train": "crohme/captions-train.txt",
    "CROHME 2014": LABELS_2014,
    "HME100K-a": "predictions/tamer-hme100k-a.json",
    "MathWriting-a": "predictions/unimumer-3b-mathwriting-a.json",
    "im2latex validation": "im2latex/val.formulas.norm.txt",
    "im2latex test-a": "im2latex/test-a.formulas.norm.txt",
}
DAMAGED = ("CROHME 2014", "HME100K-a", "MathWriting-a", "im2latex validation")
SAMPLES = 3_000
"""Labels of each set that are damaged; all where there are fewer."""

STRUCTURE = frozenset(["LBRACE", "RBRACE", "SUB", "SUP", "FRAC", "SQRT", "LIMITS", "LEFT", "RIGHT"])


@dataclass(slots=True)
class Tally:
    """Effect of a rule on a set of samples; `before` and `after` are token edits in canonical spelling."""

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

    def cells(self) -> tuple[Cell, ...]:
        """The counts, and the change of the edits."""
        return (self.fired, self.fixed, self.broken, f"{self.after - self.before:+,d}" if self.fired else 0)


@dataclass(frozen=True, slots=True)
class Sample:
    """A prediction as tokens, its reference as tokens in canonical spelling, and whether the prediction is valid."""

    prediction: list[str]
    reference: list[str]
    valid: bool


# ------------------------------------------------------------------------------------------ real predictions


def read_samples(folder: Path, predictions: str, references: str | None) -> list[Sample]:
    """Every pair of a prediction file; a missing prediction is an empty one."""
    paired = read_pairs(folder, predictions, references)
    samples = []
    for prediction, reference in zip(paired.predictions, paired.references, strict=True):
        tokens = split(prediction or "")
        samples.append(Sample(tokens, canonical_tokens(split(reference)), is_valid(tokens)))
    return samples


def on_any_input(rule: Rule, samples: Iterable[Sample]) -> Tally:
    """Effect of the rule alone, also on valid predictions."""
    tally = Tally()
    for sample in samples:
        cleaned = apply_rules(sample.prediction, [rule])
        if cleaned.removed:
            after = canonical_tokens(cleaned.tokens)
            tally.add(canonical_tokens(sample.prediction), after, sample.reference)
    return tally


def before_the_search(rule: Rule, samples: Iterable[Sample]) -> Tally:
    """Effect of the rule before the search, against the search alone, on invalid predictions."""
    tally = Tally()
    for sample in samples:
        if not sample.valid and apply_rules(sample.prediction, [rule]).removed:
            tally.add(*both_repairs(sample.prediction, [rule]), sample.reference)
    return tally


def both_repairs(tokens: Sequence[str], rules: Iterable[Rule]) -> tuple[list[str], list[str]]:
    """Repair without and with rules, in canonical spelling."""
    text = join(list(tokens))
    without, with_rules = (repair(text, rules=used).output for used in ((), tuple(rules)))
    return canonical_tokens(split(without)), canonical_tokens(split(with_rules))


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
    """Number of labels that the rule changes, and of those whose canonical spelling it changes."""
    touched = changed = 0
    for tokens in labels:
        cleaned = apply_rules(tokens, [rule])
        if cleaned.removed:
            touched += 1
            changed += canonical_tokens(cleaned.tokens) != canonical_tokens(tokens)
    return f"{touched} / {changed}"


# ------------------------------------------------------------------------------------------ seeded damage


@dataclass(frozen=True, slots=True)
class Damage:
    """A way to damage a label, with its description in the report."""

    about: str
    apply: Callable[[list[str], random.Random], list[str]]


def _one_token(tokens: list[str], chance: random.Random) -> list[str]:
    places = [index for index, token in enumerate(tokens) if CLASS_OF[token] in STRUCTURE]
    if not places:
        return tokens
    place = chance.choice(places)
    kind = chance.choice(("delete", "double", "insert"))
    if kind == "delete":
        return tokens[:place] + tokens[place + 1 :]
    target = place if kind == "double" else chance.randrange(len(tokens) + 1)
    return [*tokens[:target], tokens[place], *tokens[target:]]


def _cut_off(tokens: list[str], chance: random.Random) -> list[str]:
    return tokens[: chance.randrange(len(tokens) + 1)]


def _looping(tokens: list[str], chance: random.Random) -> list[str]:
    end = chance.randrange(1, len(tokens) + 1)
    period = chance.randint(1, min(6, end))
    loop = tokens[end - period : end]
    return (tokens[:end] + loop * 200)[:200]


def _separated(tokens: list[str], chance: random.Random) -> list[str]:
    result = ["|"]
    for token in tokens:
        result += [token, "|"] if chance.random() < 0.95 else [token]
    return result


ONE_TOKEN = Damage("one structural token deleted, doubled or inserted", _one_token)
CUT_OFF = Damage("the line breaks off", _cut_off)
LOOPING = Damage("the last one to six tokens repeated until there are 200", _looping)
SEPARATED = Damage("separators around the tokens, one in twenty missing", _separated)


def damaged(damage: Damage, labels: Sequence[list[str]]) -> Iterator[tuple[list[str], list[str]]]:
    """(damaged label, label in canonical spelling) for a seeded choice of labels."""
    chance = random.Random(20)
    for tokens in chance.sample(labels, min(SAMPLES, len(labels))):
        yield damage.apply(tokens, chance), canonical_tokens(tokens)


def invalid_damage(rule: Rule, damage: Damage, sets: Iterable[Sequence[list[str]]]) -> Tally:
    """Effect of the rule before the search, against the search alone, on the damaged labels that are invalid."""
    tally = Tally()
    for labels in sets:
        for tokens, reference in damaged(damage, labels):
            if apply_rules(tokens, [rule]).removed and not is_valid(tokens):
                tally.add(*both_repairs(tokens, [rule]), reference)
    return tally


def any_damage(rule: Rule, damage: Damage, labels: Sequence[list[str]]) -> Tally:
    """Effect of the rule alone on damaged labels, also on those that are valid."""
    tally = Tally()
    for tokens, reference in damaged(damage, labels):
        cleaned = apply_rules(tokens, [rule])
        if cleaned.removed:
            tally.add(canonical_tokens(tokens), canonical_tokens(cleaned.tokens), reference)
    return tally


# ------------------------------------------------------------------------------------------ the report

EFFECT = ("fired", "fixed", "broken", "edits")


def report(folder: Path) -> str:
    """The page as Markdown."""
    samples = {name: read_samples(folder, *files) for name, files in PREDICTION_FILES.items()}
    labels = {name: read_labels(folder / file) for name, file in LABELS.items()}
    every = [sample for group in samples.values() for sample in group]
    invalid = sum(not sample.valid for sample in every)
    return page(
        "Rules for redundant symbols",
        "python -m tools.reports.rules --data ../shared/data --out reports/rules.md",
        ABOUT.format(predictions=len(every), invalid=invalid, files=len(samples)),
        *_on_predictions(samples),
        section(
            "Correct labels: changed / spelt differently in canonical form afterwards",
            table(
                ["rule", *(f"{name} ({len(lines)})" for name, lines in labels.items())],
                [(r.name, *(on_labels(r, lines) for lines in labels.values())) for r, _ in _rules()],
            ),
        ),
        *_on_damage({name: labels[name] for name in DAMAGED}),
        section("Conclusions", REMARKS),
    )


def _rules() -> list[tuple[Rule, str]]:
    """All rules, with how they ship."""
    shipped = [(rule, "default" if rule.by_default else "off") for rule in RULES]
    return shipped + [(rule, "no") for rule in LEFT_OUT]


def _on_predictions(samples: dict[str, list[Sample]]) -> Iterator[str]:
    """Sections on real predictions."""
    every = [sample for group in samples.values() for sample in group]
    head = ("rule", "shipped", *EFFECT)
    yield section(
        "Real predictions, rule alone, also on valid input (`--aggressive`)",
        table(head, [(r.name, how, *on_any_input(r, every).cells()) for r, how in _rules()]),
    )
    yield section(
        "Real predictions, before the search, on invalid input (default)",
        table(head, [(r.name, how, *before_the_search(r, every).cells()) for r, how in _rules()]),
    )
    yield section(
        "Word error rate in canonical spelling, also on valid input",
        table(
            ["file", "as predicted", "runaway", "all shipped rules"],
            [(name, *error_rates(group)) for name, group in samples.items()],
        ),
    )


def _on_damage(sets: dict[str, list[list[str]]]) -> Iterator[str]:
    """Sections on seeded damage."""
    yield section(
        "Seeded damage, before the search: rule and search against the search alone",
        *(
            table(
                ["rule", "damage", *EFFECT],
                [(r.name, damage.about, *invalid_damage(r, damage, sets.values()).cells()) for r in RULES],
            )
            for damage in (ONE_TOKEN, CUT_OFF)
        ),
    )
    yield section(
        "Seeded damage, rule alone, also on valid input",
        *(
            table(
                ["labels", "damage", "rule", *EFFECT],
                [
                    (name, damage.about, rule.name, *any_damage(rule, damage, labels).cells())
                    for name, labels in sets.items()
                ],
            )
            for damage, rule in ((SEPARATED, separators.RULE), (LOOPING, runaway.RULE))
        ),
    )


ABOUT = """\
{predictions} predictions of {files} files, {invalid} of them invalid. *Fired*: samples in which the rule
deletes something. *Fixed* and *broken*: samples that become exactly right, or cease to be, in canonical
spelling. *Edits*: change of the token edit distance to the references, summed over the samples in which the
rule fired; negative is better. No rule sees a reference."""

REMARKS = """\
- `runaway` is on by default: it breaks no prediction and no damaged label. Every looping prediction here is
  valid LaTeX, so on these files it takes effect only with `--aggressive`. One copy is kept; deleting it as
  well (`loops-without-a-copy`) is no better. Runs inside the line count from 64 tokens on, since people write
  shorter ones: the plain threshold of eight repeats over sixteen tokens (`loops-anywhere`) changes more
  correct labels. The label that the rule does change is a row of seventeen equals signs.
- `separators` is on by default: it breaks nothing. A line with a bar between all symbols is almost always
  valid LaTeX, so this rule needs `--aggressive` too. It does not fire where nothing proves that the bars
  separate, nor where the remaining bars would not come in pairs.
- `cut-off`, `stray-fence`, `doubled-braces`, `empty-script` and `empty-group` are off by default: before the
  search they fix nothing that the search alone does not, and each breaks a label or adds errors. They serve
  `--aggressive`, for those who want tidy LaTeX rather than the spelling of the label.
- Left out: balancing round brackets, trailing operators and repeated operators. They delete what people
  write, in more than a hundred correct labels each."""


def main() -> None:
    parser = report_parser(__doc__)
    add_data_folder(parser)
    given = parser.parse_args()
    write_whole(given.out, report(given.data))


if __name__ == "__main__":
    run_tool(main)
