r"""Measure how well single symbols are read; writes reports/symbols.md, its picture, and the table of look-alikes.

python -m tools.reports.symbols RUN --before EARLIER... --dense RUN \
    --data symbols:../shared/data/crohme --out reports/symbols.md

Look-alikes are measured on the validation split alone, so that no score of a test set depends on itself; accuracies on
both. `--sheet FILE` also draws the commonest confusions of the test split: it shows the ink of others and is not kept
with the project.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from math import sqrt
from pathlib import Path

import numpy as np
import torch

from hmer_suite.decoding.single_symbols import SingleSymbolRecogniser
from hmer_suite.errors import InputError
from hmer_suite.files import write_whole
from hmer_suite.predict.open_reader import open_reader
from hmer_suite.predict.reader import Reader
from hmer_suite.report.confusion import draw_confusions
from hmer_suite.report.figure import INK, draw_ink, new_figure, save_png
from hmer_suite.scores.lookalikes import LEAST, TABLE
from hmer_suite.specs.samples import SampleSet
from hmer_suite.specs.vocabulary import BEGIN, SPECIAL
from hmer_suite.train.loader import batch_of
from tools.command import run_tool
from tools.reports.common import SPLITS, add_run, report_parser
from tools.reports.markdown import Cell, bullets, image, page, section, table
from tools.reports.trained import data_of, parameters, read_stages

BATCH = 256
GROUPED = 5.0
"""Least mean rate of both directions, in percent, for look-alikes to be shown as a group."""

SUPPORT = 0.5
"""Least sum of probabilities of a pair, in symbols."""

COMMAND = (
    "python -m tools.reports.symbols RUN --before EARLIER... --dense RUN --data symbols:PATH --out reports/{}"
)

ABOUT = """\
Symbols cut from CROHME's ink by symbol group, drawn at the scale of the formula that they come from, one token each.
Trained on {train:,} symbols of {classes} tokens, selected on CROHME 2013, never on a test split; no writer of one split
is in another. A test symbol of a token that was never trained on would count as wrong; there are {unknown}.
`,` and `\\prime`, or `x` and `X`, differ only by size and place: the drawing shows the size but not the place."""

COLUMNS_EXPLAINED = """\
- **all groups**: also counts, as wrong, the groups left out because the formula's label does not confirm them
  (`.` that may be `\\cdot`, a token marked more or less often than it is in the label, ...): {left_out}.
- **mean of tokens**: every token has the same weight, however rare.
- **classes**: 104 tokens of formulas, or the 101 names of CROHME's symbol groups, where a fraction bar is called
  `-` like a minus, `\\cdot` is called `.` and `\\cdots` is called `\\ldots`. Published for the latter, on all
  symbols of CROHME 2014: 91.24 with features of pen and picture (Álvaro et al., as cited by Dong and Liu, ICIG 2017).
- **epochs**: passes over the training symbols, out of those that the schedule was made for; hours are wall time on a
  part of one core. A run that stops before its schedule ends is measured with the average of its late weights (EMA).
- 95 % is the interval of Wilson (1927) for accuracy, taking symbols as independent."""

CONFUSIONS = """\
Rows are symbols written, columns symbols read, in percent of those written (CROHME 2014), on a logarithmic scale.
The {shown} commonest, {share:.0f} % of all {errors} errors:"""

LOOKALIKES = """\
`hmer_suite/scores/lookalikes.tsv` ({pairs} ordered pairs) has, for each token in CROHME 2013, the share of
probability that the classifier gives to another token, from {least:g} % and half a symbol up. Groups of tokens linked
by {grouped:g} %, the mean of both directions:"""

USES = """\
`score` counts a substituted token as a look-alike where either of the two directions is in the table. Repair does not
use it: it replaces a token only where a command is misspelt, or does not match its environment, and never one
symbol by another, both of which are valid wherever either is."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A split and one network's `logprobs` (n, C) over the tokens."""

    samples: SampleSet
    tokens: tuple[str, ...]
    logprobs: np.ndarray

    @property
    def written(self) -> np.ndarray:
        """Indices (n,) of the labels; -1 for a token that the network does not know."""
        numbers = {token: number for number, token in enumerate(self.tokens)}
        return np.array([numbers.get(label, -1) for label in self.samples.labels])

    @property
    def read(self) -> np.ndarray:
        """Indices (n,) of the likeliest tokens."""
        return self.logprobs.argmax(1)

    def right(self, best: int = 1) -> np.ndarray:
        """True (n,) where the label is among the `best` likeliest; an unknown token never is."""
        ranked = np.argsort(-self.logprobs, axis=1)[:, :best]
        return (ranked == self.written[:, None]).any(1)

    def counts(self) -> np.ndarray:
        """Counts (C, C) of tokens read, by known token written."""
        counts = np.zeros((len(self.tokens),) * 2, np.int64)
        known = self.written >= 0
        np.add.at(counts, (self.written[known], self.read[known]), 1)
        return counts


def measure(reader: Reader, data: str, split: str) -> Measured:
    """Read a split, in the order of the set."""
    samples = reader.samples([f"{data}@{split}"])
    found = np.concatenate(list(_logprobs(reader, samples)))
    return Measured(samples, reader.model.vocabulary.symbols, found)


def _logprobs(reader: Reader, samples: SampleSet) -> Iterator[np.ndarray]:
    model = reader.model
    if not isinstance(model, SingleSymbolRecogniser):
        raise InputError(f"{reader.checkpoint.folder}: not a checkpoint of a classifier of symbols")
    for start in range(0, len(samples), BATCH):
        places = range(start, min(start + BATCH, len(samples)))
        with torch.inference_mode():
            memory, state = model.start(batch_of(samples, places, model.vocabulary))
            logprobs, _ = model.step(memory, state, torch.full((len(places),), BEGIN))
        yield torch.log_softmax(logprobs[:, len(SPECIAL) :], dim=1).numpy()


NAMES = {r"\frac": "-", r"\cdot": ".", r"\cdots": r"\ldots"}
"""Tokens that CROHME's symbol groups do not tell apart, with the names it uses; without them there are 101 classes."""


def as_named(measured: Measured) -> Measured:
    """The same in CROHME's own classes; the probability of a class is the sum over its tokens."""
    kept = tuple(token for token in measured.tokens if token not in NAMES)
    probabilities = np.exp(measured.logprobs)
    merged = np.zeros((len(probabilities), len(kept)))
    for column, token in enumerate(measured.tokens):
        merged[:, kept.index(NAMES.get(token, token))] += probabilities[:, column]
    samples = replace(
        measured.samples, labels=tuple(NAMES.get(label, label) for label in measured.samples.labels)
    )
    return Measured(samples, kept, np.log(merged))


# --- the table of look-alikes ----------------------------------------------------------------------------------


def lookalikes(measured: Measured) -> list[tuple[str, str, float]]:
    """Token written, token read, and the mean probability in percent, smoothed by one more symbol read correctly.

    Pairs with a sum of probabilities below `SUPPORT` are left out: for rare tokens they would be chance.
    """
    written, probabilities = measured.written, np.exp(measured.logprobs)
    found = []
    for number, token in enumerate(measured.tokens):
        rows = probabilities[written == number]
        sums = rows.sum(0)
        rates = 100 * sums / (len(rows) + 1)
        found += [
            (token, other, float(rates[i]))
            for i, other in enumerate(measured.tokens)
            if i != number and rates[i] >= LEAST and sums[i] >= SUPPORT
        ]
    return sorted(found, key=lambda row: (row[0], -row[2]))


def lookalike_file(rows: Sequence[tuple[str, str, float]], measured: Measured) -> str:
    """Text of the table that ships."""
    n, classes = len(measured.samples), len(set(measured.samples.labels))
    head = (
        "# Made by tools/reports/symbols.py: mean probability in percent that symbol-cnn gives to `read` for symbols\n"
        f"# that are `written`, from {LEAST:g} % and {SUPPORT:g} symbols on;\n"
        f"# {n} symbols of {classes} tokens, CROHME 2013.\n"
        "# written\tread\trate\n"
    )
    return head + "".join(f"{written}\t{read}\t{rate:.1f}\n" for written, read, rate in rows)


def groups(rows: Sequence[tuple[str, str, float]]) -> list[list[str]]:
    """Groups of tokens linked by a mean rate of both directions of at least `GROUPED`, the largest group first."""
    member: dict[str, list[str]] = {}
    rates = {(written, read): rate for written, read, rate in rows}
    for (written, read), rate in rates.items():
        one, other = member.setdefault(written, [written]), member.setdefault(read, [read])
        if (rate + rates.get((read, written), 0.0)) / 2 >= GROUPED and one is not other:
            one += other
            member |= dict.fromkeys(other, one)
    found = {id(group): group for group in member.values() if len(group) > 1}
    return sorted(found.values(), key=lambda group: (-len(group), group))


# --- the report ------------------------------------------------------------------------------------------------


STAGE_COLUMNS = ("network", "stage", "peak lr", "steps", "epochs", "of", "hours", "accuracy, CROHME 2013")


def stages(networks: Mapping[str, Sequence[Path]]) -> str:
    """Settings, duration and validation accuracy of each stage of training of each network."""
    rows: list[tuple[Cell, ...]] = []
    for name, runs in networks.items():
        for stage in read_stages(runs):
            given, trained = stage.settings, stage.counters
            done = trained["epoch"] if not trained["batch"] else f"{trained['epoch']} and a part"
            results = (trained["seconds"] / 3600, float(trained["best"]))
            rows.append(
                (name, stage.number, f"{given['lr']:g}", trained["step"], done, given["epochs"], *results)
            )
    return table(STAGE_COLUMNS, rows)


COLUMNS = (
    "split", "network", "parameters", "classes", "symbols", "accuracy", "95 %", "top 5", "all groups", "mean of tokens",
)  # fmt: skip


def accuracies(sizes: Mapping[str, int], found: Mapping[tuple[str, str], Measured]) -> str:
    """A row for each split, network and way to count classes; `sizes` are the numbers of parameters."""
    rows: list[tuple[Cell, ...]] = []
    for (name, split), measured in found.items():
        for counted in (measured, as_named(measured)):
            rows.append((SPLITS[split], name, sizes[name], len(counted.tokens), *_rates(counted)))
    return table(COLUMNS, rows)


def _rates(measured: Measured) -> tuple[str, ...]:
    right, n = measured.right(), len(measured.samples)
    low, high = wilson(int(right.sum()), n)
    by_token = [right[measured.written == number].mean() for number in np.unique(measured.written)]
    every = right.sum() / (n + left_out_of(measured.samples))
    rates = (measured.right(5).mean(), every, np.mean(by_token))
    interval = f"{100 * low:.2f} - {100 * high:.2f}"
    return (f"{n:,}", f"{100 * right.mean():.2f}", interval, *(f"{100 * rate:.2f}" for rate in rates))


def left_out_of(samples: SampleSet) -> int:
    """Number of symbol groups that were left out."""
    counts = (left.reason.partition(" of ")[0] for left in samples.left_out if "symbol groups" in left.reason)
    return sum(map(int, counts))


def wilson(right: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of E. B. Wilson (1927) for a share, at the default `z`."""
    share = right / n
    middle = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def worst(measured: Measured) -> Counter[tuple[str, str]]:
    """Confusions of the split by token written and token read."""
    labels = measured.samples.labels
    wrong = np.flatnonzero(~measured.right())
    return Counter((labels[place], measured.tokens[measured.read[place]]) for place in wrong)


def report(
    readers: Mapping[str, Reader], runs: Mapping[str, Sequence[Path]], data: str, out: Path
) -> tuple[str, str, Measured]:
    """The page, the table of look-alikes, and the test split as the first network reads it.

    `runs` are the stages of each network's training.
    """
    found = {
        (name, split): measure(reader, data, split) for name, reader in readers.items() for split in SPLITS
    }
    main = next(iter(readers))
    test, validation = found[main, "test"], found[main, "validation"]
    rows = lookalikes(validation)
    picture = f"{out.stem}-confusions.png"
    draw_confusions(test.counts(), test.tokens, out.parent / picture, "Symbols of CROHME 2014")
    about = ABOUT.format(
        train=data_of(readers[main].checkpoint.description)["train"]["n"],
        classes=len(test.tokens),
        unknown=int((test.written < 0).sum()),
    )
    left_out = ", ".join(f"{left_out_of(found[main, s].samples)} of {title}" for s, title in SPLITS.items())
    text = page(
        "Single symbols",
        COMMAND.format(out.name),
        about,
        stages(runs),
        accuracies({name: parameters(reader) for name, reader in readers.items()}, found),
        COLUMNS_EXPLAINED.format(left_out=left_out),
        section("Confusions", image("who is taken for whom", picture), *_confusions(test)),
        section(
            "Look-alikes",
            LOOKALIKES.format(pairs=len(rows), least=LEAST, grouped=GROUPED),
            bullets(" ".join(f"`{token}`" for token in group) for group in groups(rows)),
            USES,
        ),
        section("By token, CROHME 2014", _by_token(test)),
        note=f"; the data is `symbols:PATH`, threads: {torch.get_num_threads()}",
    )
    return text, lookalike_file(rows, validation), test


def _confusions(test: Measured) -> tuple[str, str]:
    """The commonest confusions, with a sentence on their share."""
    errors = worst(test)
    common, every = errors.most_common(40), sum(errors.values())
    share = 100 * sum(number for _, number in common) / every
    about = CONFUSIONS.format(shown=len(common), share=share, errors=every)
    return about, ", ".join(f"`{a}` as `{b}` {number}" for (a, b), number in common)


def _by_token(measured: Measured) -> str:
    rows = []
    counts = measured.counts()
    for number in np.argsort(-counts.sum(1), kind="stable"):
        n = int(counts[number].sum())
        if n:
            others = np.argsort(-counts[number], kind="stable")
            taken = [i for i in others if i != number and counts[number, i]][:4]
            confused = ", ".join(f"`{measured.tokens[i]}` {counts[number, i]}" for i in taken)
            right = f"{100 * counts[number, number] / n:.1f}"
            rows.append((f"`{measured.tokens[number]}`", n, right, confused))
    return table(["token", "symbols", "right, %", "mostly taken for"], rows)


def sheet(measured: Measured, out: Path, kinds: int = 24, each: int = 22) -> None:
    """Draw the commonest confusions, one a row: token written, token read, then the symbols."""
    wrong = np.flatnonzero(~measured.right())
    labels = measured.samples.labels
    figure = new_figure(2 + 0.5 * each, 0.52 * kinds)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-4, each), ylim=(kinds, 0))
    axes.set_axis_off()
    for row, ((written, read), number) in enumerate(worst(measured).most_common(kinds)):
        text = f"{written} as {read} ({number})"
        axes.text(-3.9, row + 0.6, text, fontsize=10, color=INK, parse_math=False)
        places = [i for i in wrong if labels[i] == written and measured.tokens[measured.read[i]] == read]
        for column, place in enumerate(places[:each]):
            drawing = measured.samples.images[int(place)]
            draw_ink(axes, drawing, (column + 0.02, column + 0.98, row + 0.98, row + 0.02))
    save_png(figure, out)


def main() -> None:
    parser = report_parser(__doc__)
    add_run(parser, "symbols:PATH")
    parser.add_argument("--dense", type=Path, help="run of the baseline")
    parser.add_argument("--sheet", type=Path, help="picture of the commonest confusions to draw")
    given = parser.parse_args()
    runs = {"cnn": [*given.before, given.run]}
    if given.dense:
        runs["dense"] = [given.dense]
    readers = {name: open_reader(str(stages[-1])) for name, stages in runs.items()}
    page, lookalike_table, test = report(readers, runs, given.data, given.out)
    write_whole(given.out, page)
    write_whole(Path(str(resources.files("hmer_suite.scores").joinpath(TABLE))), lookalike_table)
    if given.sheet:
        sheet(test, given.sheet)


if __name__ == "__main__":
    run_tool(main)
