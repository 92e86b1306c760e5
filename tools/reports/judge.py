"""A trained judge of joined readings, tried against the weighted sum; writes reports/judge.md.

python -m tools.reports.judge --crohme ../shared/data/crohme --out reports/judge.md

Every recogniser proposes the five best texts of a free beam, all recognisers score each text, and a linear model over
scores, ranks, agreement, language models, grammar and length chooses one: a softmax over the texts of a formula. It is
trained on CROHME 2013, which no recogniser has seen, judged there by five-fold cross-validation, and measured on 2014.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from hmer_suite.files import read_lines, write_whole
from hmer_suite.latex import token_model
from hmer_suite.latex.automaton import is_valid
from hmer_suite.predict.joining import Candidates
from tools.command import run_tool
from tools.reports.common import CAPTIONS, SPLITS, add_crohme, report_parser
from tools.reports.joined import Gathered, add_keep, gathered_splits, open_one, right, tune
from tools.reports.markdown import page, table

NAMES = ("stroke", "wap", "ctc-crnn")
FOLDS = 5
PENALTIES = (1e-3, 1e-2, 3e-2, 1e-1)
"""Weights of the squared norm, one of which cross-validation chooses."""

LanguageModel = Callable[[Sequence[str]], float]
"""Log-probability of a token sequence and its end."""


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Features (K, F) of the K texts of each formula, and the index of the label among them, -1 if it is missing."""

    features: list[Tensor]
    labels: list[int]

    def pick(self, places: Sequence[int]) -> Choices:
        """Some of the formulas."""
        return Choices([self.features[i] for i in places], [self.labels[i] for i in places])


def category_model() -> LanguageModel:
    """The token model of repairs, over categories of tokens."""
    model = token_model.shipped()

    def logprob(tokens: Sequence[str]) -> float:
        context, total = model.start, 0.0
        for token in tokens:
            total += model.scores(context.place)[token_model.category(token)]
            context = context.after(token)
        return total + model.scores(context.place)[token_model.END]

    return logprob


def bigram_model(captions: Path) -> LanguageModel:
    """Bigrams of training labels, smoothed by unigrams with the weight of five counts."""
    pairs: Counter[tuple[str, str]] = Counter()
    single: Counter[str] = Counter()
    for line in read_lines(captions):
        tokens = ["", *line.partition("\t")[2].split(), ""]
        single.update(tokens)
        pairs.update(pairwise(tokens))
    total = sum(single.values())

    def logprob(tokens: Sequence[str]) -> float:
        padded = ["", *tokens, ""]
        return sum(
            math.log((pairs[a, b] + 5 * (single[b] + 0.5) / total) / (single[a] + 5))
            for a, b in pairwise(padded)
        )

    return logprob


def features(found: Candidates, models: Sequence[LanguageModel]) -> Tensor:
    """Features (K, F) of the texts proposed for one formula."""
    lengths = np.array([len(text) + 1 for text in found.texts], dtype=float)[:, None]
    logprobs = found.logprobs
    scaled = logprobs / np.sqrt(lengths)
    ranks = np.argsort(np.argsort(-logprobs, 0), 0)
    firsts = np.array(
        [[first == place for first in found.firsts] for place in range(len(found.texts))], float
    )
    columns = [
        scaled - scaled.max(0),
        logprobs - logprobs.max(0),
        np.minimum(ranks, 5) / 5,
        firsts,
        (firsts.sum(1, keepdims=True) >= 2).astype(float),
        np.array([[is_valid(list(text))] for text in found.texts], float),
        (lengths - lengths.mean()) / 5,
        np.array([[max(min(row, default=-5.0), -10.0) for row in rows] for rows in found.tokens]),
    ]
    for model in models:
        said = np.array([[model(text)] for text in found.texts])
        columns += [said - said.max(), said / lengths]
    return torch.tensor(np.concatenate(columns, 1))


def choices(gathered: Gathered, models: Sequence[LanguageModel]) -> Choices:
    """Features and labels of all formulas of a split."""
    found = gathered.candidates(range(len(NAMES)))
    labels = [
        one.texts.index(label) if label in one.texts else -1
        for one, label in zip(found, gathered.labels, strict=True)
    ]
    return Choices([features(one, models) for one in found], labels)


def fit(data: Choices, penalty: float) -> Tensor:
    """Weights (F,) of the softmax with the largest penalised likelihood of the labels that are proposed."""
    rows = torch.cat(data.features)
    deviation = rows.std(0) + 1e-6
    usable = [
        (one / deviation, label) for one, label in zip(data.features, data.labels, strict=True) if label >= 0
    ]
    weights = torch.zeros(rows.shape[1], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        nats = torch.stack([-(one @ weights).log_softmax(0)[label] for one, label in usable]).mean()
        value = nats + penalty * weights.square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    return weights.detach() / deviation


def chosen_right(data: Choices, weights: Tensor) -> np.ndarray:
    """1 where the text with the highest score is the label, else 0 (n,)."""
    firsts = [int((one @ weights).argmax()) for one in data.features]
    return np.array([first == label for first, label in zip(firsts, data.labels, strict=True)], float)


def folds(count: int) -> list[tuple[list[int], list[int]]]:
    """For each fold the formulas to train on and those to judge; the same for all that are compared."""
    order = np.random.default_rng(0).permutation(count).tolist()
    return [
        ([place for place in order if place not in set(order[fold::FOLDS])], order[fold::FOLDS])
        for fold in range(FOLDS)
    ]


def cross_validated(data: Choices, penalty: float) -> float:
    """Percent of formulas that judges trained on the other folds get right."""
    hits = [
        chosen_right(data.pick(judged), fit(data.pick(trained), penalty)).sum()
        for trained, judged in folds(len(data.labels))
    ]
    return 100 * float(sum(hits)) / len(data.labels)


def sum_cross_validated(gathered: Gathered) -> float:
    """Percent of formulas that weighted sums tuned on the other folds get right."""
    found, labels = gathered.candidates(range(len(NAMES))), gathered.labels
    hits = 0.0
    for trained, judged in folds(len(labels)):
        joining = tune([found[i] for i in trained], [labels[i] for i in trained], len(NAMES))
        hits += right([found[i] for i in judged], [labels[i] for i in judged], joining).sum()
    return 100 * hits / len(labels)


def report(gathered: dict[str, Gathered], captions: Path) -> str:
    """The whole report."""
    models = [category_model(), bigram_model(captions)]
    data = {split: choices(one, models) for split, one in gathered.items()}
    tuned = tune(
        gathered["validation"].candidates(range(len(NAMES))), gathered["validation"].labels, len(NAMES)
    )
    summed = right(gathered["test"].candidates(range(len(NAMES))), gathered["test"].labels, tuned)
    scores = {penalty: cross_validated(data["validation"], penalty) for penalty in PENALTIES}
    penalty = max(PENALTIES, key=lambda one: scores[one])
    judged = chosen_right(data["test"], fit(data["validation"], penalty))
    among = {split: 100 * np.mean([label >= 0 for label in one.labels]) for split, one in data.items()}
    rows = [
        ("weighted sum of log-likelihoods", sum_cross_validated(gathered["validation"]), 100 * summed.mean()),
        ("judge", scores[penalty], 100 * judged.mean()),
        ("label among the texts", among["validation"], among["test"]),
    ]
    won, lost = int((judged > summed).sum()), int((judged < summed).sum())
    return page(
        "A judge of joined readings",
        "python -m tools.reports.judge --crohme DATA/crohme --out reports/judge.md",
        (__doc__ or "").rpartition("\n\n")[2].strip().replace("\n", " "),
        table(
            ["chosen by", f"{SPLITS['validation']}, five-fold", SPLITS["test"]],
            [(name, f"{first:.2f}", f"{second:.2f}") for name, first, second in rows],
        ),
        f"Expression rates in percent, token for token, of {'+'.join(NAMES)}. On 2014 the judge is right on {won} "
        f"formulas on which the sum is wrong, and wrong on {lost} on which it is right. Penalty {penalty:g}, chosen by "
        f"cross-validation on 2013 from {', '.join(f'{one:g} ({scores[one]:.2f})' for one in PENALTIES)}.",
    )


def main() -> None:
    parser = report_parser(__doc__)
    add_crohme(parser)
    add_keep(parser)
    given = parser.parse_args()
    torch.set_num_threads(1)
    members = {name: open_one(name) for name in NAMES}
    gathered = gathered_splits(members, given.crohme, keep=given.keep)
    write_whole(given.out, report(gathered, given.crohme / CAPTIONS["train"]))


if __name__ == "__main__":
    run_tool(main)
