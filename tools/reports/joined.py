r"""Tune joined readings on CROHME 2013 and measure them on 2013 and 2014; writes a report and a picture.

python -m tools.reports.joined stroke wap ctc-crnn --crohme ../shared/data/crohme --tune --out reports/joined.md

Every recogniser proposes the five best texts of an unconstrained beam, all recognisers judge every text, and each
subset of the recognisers is ranked by itself: with equal weights, and as tuned. Weights and the prior are chosen on
2013 from a grid by the expression rate, ties by the likelihood of the right texts; confidence is then fitted to the
ranked readings. With `--tune`, the results are also written to the plugins' files.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations, product, starmap
from pathlib import Path
from typing import Any

import numpy as np
import torch

from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import read_text, write_whole
from hmer_suite.predict.confidence import calibration_error, coverage, fit, reliability
from hmer_suite.predict.joining import (
    Candidates,
    Joining,
    find_joining,
    read_joinings,
    write_joinings,
)
from hmer_suite.predict.open_reader import open_readers
from hmer_suite.predict.prior import NO_PRIOR, Prior
from hmer_suite.predict.reader import Reader
from hmer_suite.registry import recogniser
from hmer_suite.report.calibration import CalibrationCurve, draw_calibration
from hmer_suite.scores.edit_distance import DELETION, MATCH, align
from hmer_suite.specs.recogniser import Decoding, Likelihood
from tools.command import run_tool
from tools.reports.common import SPLITS, add_crohme, report_parser
from tools.reports.markdown import Cell, image, page, table
from tools.reports.trained import BATCH

BEAM, PROPOSED = 10, 5
WEIGHTS = (0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
EXPONENTS = (0.0, 0.25, 0.5, 0.75, 1.0)
LANGUAGE = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
LETTER_CASE = (0.0, 2.0, 4.0)
SHARES = (0.25, 0.5, 0.75, 0.9, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """Proposals and likelihoods of all M recognisers for the samples of a split: for each sample M lists."""

    labels: tuple[tuple[str, ...], ...]
    texts: list[list[tuple[str, ...]]]
    proposed: list[list[list[tuple[str, ...]]]]
    said: list[list[list[Likelihood]]]

    def candidates(self, members: Sequence[int]) -> list[Candidates]:
        """The proposals of some of the recognisers, judged by the same ones."""
        found = []
        for texts, proposed, said in zip(self.texts, self.proposed, self.said, strict=True):
            own = list(dict.fromkeys(text for member in members for text in proposed[member]))
            places = [texts.index(text) for text in own]
            firsts = [proposed[member][0] if proposed[member] else None for member in members]
            found.append(Candidates.of(own, [[said[m][i] for i in places] for m in members], firsts))
        return found


def gather(members: Sequence[Reader], folder: str, split: str, pictures: bool) -> Gathered:
    """Let all recognisers read and judge a split; with `pictures`, those that read ink get strokes traced from them."""
    how = Decoding(beam=BEAM, nbest=PROPOSED)
    pairs = []
    for member in members:
        source = "traced" if pictures and member.preprocessing.input == "ink" else "crohme"
        pairs.append((member, member.samples([f"{source}:{folder}@{split}"])))
    proposed = [member.propose(own, how, BATCH) for member, own in pairs]
    rows = [[[one.tokens for one in found] for found in row] for row in zip(*proposed, strict=True)]
    texts = [list(dict.fromkeys(text for found in row for text in found)) for row in rows]
    said = [member.judge(own, texts, BATCH) for member, own in pairs]
    labels = tuple(tuple(label.split()) for label in pairs[0][1].labels)
    return Gathered(labels, texts, rows, [list(row) for row in zip(*said, strict=True)])


def add_keep(parser: argparse.ArgumentParser) -> None:
    """The option `--keep`: the file of `gathered_splits`."""
    parser.add_argument(
        "--keep", type=Path, help="file that keeps what is gathered, or has it from an earlier report (JSON)"
    )


def gathered_splits(
    members: Mapping[str, Reader], folder: Path, *, pictures: bool = False, keep: Path | None = None
) -> dict[str, Gathered]:
    """What recognisers by name propose and say of each split; from the file `keep` if there is one, else kept there.

    Raises `InputError` for a file of other weights, names or another search, or none of ours.
    """
    origin = {
        "weights": {name: list(member.digests) for name, member in members.items()},
        "search": {"beam": BEAM, "proposed": PROPOSED, "pictures": pictures},
    }
    if keep is not None and keep.exists():
        return _kept(keep, origin)
    readers = list(members.values())
    gathered = {split: gather(readers, str(folder), split, pictures) for split in SPLITS}
    if keep is not None:
        splits = {split: asdict(one) for split, one in gathered.items()}
        write_whole(keep, json.dumps({**origin, "splits": splits}))
    return gathered


def _kept(path: Path, origin: Mapping[str, object]) -> dict[str, Gathered]:
    """What `gathered_splits` wrote."""
    try:
        document = json.loads(read_text(path))
        known = {key: document[key] for key in origin}
        gathered = {split: _gathered(document["splits"][split]) for split in SPLITS}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a file of gathered texts: {error!r}") from None
    for key, value in origin.items():
        if known[key] != value:
            raise InputError(f"{path}: gathered with {key} {known[key]}, not {value}; name another file")
    return gathered


def _gathered(values: Mapping[str, Any]) -> Gathered:
    return Gathered(
        tuple(map(tuple, values["labels"])),
        [[tuple(text) for text in texts] for texts in values["texts"]],
        [[[tuple(text) for text in found] for found in row] for row in values["proposed"]],
        [
            [[Likelihood(one["logprob"], tuple(one["tokens"])) for one in found] for found in row]
            for row in values["said"]
        ],
    )


def right(found: Sequence[Candidates], labels: Sequence[tuple[str, ...]], joining: Joining) -> np.ndarray:
    """1 where the best text of a sample is its label, else 0 (n,)."""
    firsts = (one.texts[int(one.scores(joining).argmax())] if one.texts else () for one in found)
    return np.array([first == label for first, label in zip(firsts, labels, strict=True)], dtype=float)


def tune(found: Sequence[Candidates], labels: Sequence[tuple[str, ...]], members: int) -> Joining:
    """The weights, exponent and prior with the best expression rate, with the confidence fitted to them."""
    priors = starmap(Prior, product(LANGUAGE, LETTER_CASE))
    grid = product(product((1.0,), *[WEIGHTS] * (members - 1)), EXPONENTS, priors)
    joinings = [Joining(weights, exponent, prior=prior) for weights, exponent, prior in grid]
    samples = _Ranked.of(found, labels)
    best = max(range(len(joinings)), key=lambda number: (*samples.rate(joinings[number]), number))
    return calibrated(found, labels, joinings[best])


@dataclass(frozen=True, slots=True, eq=False)
class _Ranked:
    """The T texts proposed for N samples one after the other: `first` (N,) of each sample, and which `right` (T,)."""

    candidates: Candidates
    first: np.ndarray
    right: np.ndarray

    @classmethod
    def of(cls, found: Sequence[Candidates], labels: Sequence[tuple[str, ...]]) -> _Ranked:
        """Of the samples for which there are texts."""
        known = [(one, label) for one, label in zip(found, labels, strict=True) if one.texts]
        texts = tuple(text for one, _ in known for text in one.texts)
        right = np.array([text == label for one, label in known for text in one.texts])
        first = np.cumsum([0, *(len(one.texts) for one, _ in known[:-1])])
        return cls(
            Candidates(texts, np.concatenate([one.logprobs for one, _ in known]), (), ()), first, right
        )

    def rate(self, joining: Joining) -> tuple[int, float]:
        """Samples whose best text is right, and the mean log-probability of the right text where there is one."""
        scores = self.candidates.scores(joining)
        best = np.maximum.reduceat(scores, self.first)
        at_label = np.maximum.reduceat(np.where(self.right, scores, -np.inf), self.first)
        shares = (at_label - np.logaddexp.reduceat(scores, self.first))[np.isfinite(at_label)]
        return int((at_label == best).sum()), float(shares.mean()) if len(shares) else 0.0


def calibrated(found: Sequence[Candidates], labels: Sequence[tuple[str, ...]], joining: Joining) -> Joining:
    """The joining with confidences fitted to its readings."""
    features, correct, token_features, token_correct = [], [], [], []
    for one, label in zip(found, labels, strict=True):
        if not one.texts:
            continue
        place = one.order(joining)[0]
        features.append(one.evidence(place, joining).features())
        correct.append(one.texts[place] == label)
        token_features += [each.features() for each in one.token_evidence(place, joining)]
        token_correct += right_tokens(one.texts[place], label)
    return replace(
        joining,
        confidence=fit(np.array(features), np.array(correct, dtype=float)),
        token_confidence=fit(np.array(token_features), np.array(token_correct, dtype=float)),
        tuned_on="CROHME 2013",
    )


def right_tokens(text: Sequence[str], label: Sequence[str]) -> list[bool]:
    """For each token of a reading, whether an alignment with the label keeps it."""
    return [step == MATCH for step in align(text, label).steps if step != DELETION]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One subset of the recognisers: rates in percent on each split, and its confidence on both.

    `bare` is the rate on the test split as tuned, but without the prior.
    """

    name: str
    plain: Mapping[str, float]
    bare: float
    tuned: Mapping[str, float]
    oracle: Mapping[str, float]
    joining: Joining
    errors: Mapping[str, tuple[float, float]]
    curve: CalibrationCurve


def measure(
    names: Sequence[str], gathered: Mapping[str, Gathered], chosen: Sequence[int], joining: Joining | None
) -> Row:
    """Rank one subset of the recognisers, with a known joining or by tuning one."""
    found = {split: one.candidates(chosen) for split, one in gathered.items()}
    labels = {split: one.labels for split, one in gathered.items()}
    if joining is None:
        joining = tune(found["validation"], labels["validation"], len(chosen))
    plain = Joining.plain(len(chosen))
    known = [(split, found[split], labels[split]) for split in SPLITS]
    raw, sure, correct = {}, {}, {}
    for split, candidates, truth in known:
        correct[split] = right(candidates, truth, joining)
        raw[split], sure[split] = _confidences(candidates, joining)
    return Row(
        "+".join(names[place] for place in chosen),
        {split: 100 * float(right(candidates, truth, plain).mean()) for split, candidates, truth in known},
        100 * float(right(found["test"], labels["test"], replace(joining, prior=NO_PRIOR)).mean()),
        {split: 100 * float(correct[split].mean()) for split in SPLITS},
        {split: _oracle(candidates, truth) for split, candidates, truth in known},
        joining,
        {
            split: (
                calibration_error(raw[split], correct[split]),
                calibration_error(sure[split], correct[split]),
            )
            for split in SPLITS
        },
        CalibrationCurve(
            reliability(sure["test"], correct["test"]),
            list(zip(SHARES, coverage(sure["test"], correct["test"], SHARES), strict=True)),
        ),
    )


def _confidences(found: Sequence[Candidates], joining: Joining) -> tuple[np.ndarray, np.ndarray]:
    """The recognisers' probabilities of their readings (n,), and the calibrated ones."""
    confidence = joining.confidence
    if confidence is None:
        raise UsageError("the confidence of these recognisers was never tuned: give --tune")
    raw, sure = [], []
    for one in found:
        evidence = one.evidence(one.order(joining)[0], joining)
        raw.append(np.exp(evidence.logprob))
        sure.append(confidence(evidence.features()))
    return np.array(raw), np.array(sure)


def _oracle(found: Sequence[Candidates], labels: Sequence[tuple[str, ...]]) -> float:
    """Percentage of samples whose label is among the proposals."""
    return 100 * float(np.mean([label in one.texts for one, label in zip(found, labels, strict=True)]))


INK = "`stroke` reads ink (online), `wap` and `ctc-crnn` its drawing (offline): joined, they are an ensemble of both."
PICTURES = (
    "All read drawings of the ink (offline); a recogniser of ink gets strokes that were traced from them."
)
COLUMNS = (
    "recognisers", "2013 equal", "2013 tuned", "2014 equal", "2014 without prior", "2014 tuned", "2014 among proposed",
    "weights", "length exponent", "prior", "ECE 2014 before", "after",
)  # fmt: skip


def report(rows: Sequence[Row], command: str, pictures: bool, picture: str) -> str:
    """The page as Markdown."""
    return page(
        "Joined readings of CROHME" + (", from pictures" if pictures else ""),
        command,
        f"Expression rates in percent, token for token. {PICTURES if pictures else INK} Each recogniser proposes the "
        f"{PROPOSED} best texts of a beam of {BEAM}, unconstrained; all of them judge every text. *Equal*: equal "
        "weights, length exponent 0.5. *Tuned*: weights, exponent, prior and confidence chosen on CROHME 2013 alone; "
        "*without prior*: with the same weights and exponent. *Prior*: weights of the language model and of letters in "
        "both cases. The prior is no blind choice for 2014: letters in both cases were thought of while reading errors "
        "on that split, and its trials showed the rates of both years. *Among proposed*: the label is one of the "
        "texts. *ECE*: expected "
        "calibration error in percent, ten intervals; before: the recognisers' own probability of the reading, "
        "averaged over their logarithms; after: as tuned.",
        table(COLUMNS, map(_cells, rows)),
        image("reliability and coverage on CROHME 2014", picture),
        "Accuracy on CROHME 2014 of the most confident readings, in percent:",
        _coverages(rows),
        note=f"; torch {torch.__version__}, {torch.get_num_threads()} thread(s)",
    )


def _cells(row: Row) -> tuple[Cell, ...]:
    weights = ", ".join(f"{weight:g}" for weight in row.joining.weights)
    rates = (row.plain["validation"], row.tuned["validation"], row.plain["test"], row.bare, row.tuned["test"])
    before, after = row.errors["test"]
    exponent = f"{row.joining.length_exponent:g}"
    prior = f"{row.joining.prior.language:g}, {row.joining.prior.letter_case:g}"
    return (row.name, *rates, row.oracle["test"], weights, exponent, prior, f"{before:.1f}", f"{after:.1f}")


def _coverages(rows: Sequence[Row]) -> str:
    head = ["recognisers", *(f"{100 * share:g} %" for share in SHARES)]
    return table(head, [(row.name, *(f"{rate:.1f}" for _, rate in row.curve.kept)) for row in rows])


def subsets(count: int) -> Iterator[tuple[int, ...]]:
    """Places of each recogniser alone, of all pairs, and so on up to all of them."""
    for size in range(1, count + 1):
        yield from combinations(range(count), size)


def write_tuned(rows: Sequence[Row]) -> None:
    """Write each row to the file of its first recogniser, except rows that begin with a view of one."""
    for row in rows:
        first = row.name.split("+")[0]
        path = None if "@" in first else recogniser(first).reading
        if path is not None:
            known = read_joinings(path) if path.is_file() else {}
            write_whole(path, write_joinings({**known, row.name: row.joining}))


def main() -> None:
    parser = report_parser(__doc__)
    add_crohme(parser)
    add_keep(parser)
    parser.add_argument("names", nargs="+", help="recognisers, or NAME=CHECKPOINT")
    parser.add_argument("--tune", action="store_true", help="tune on 2013, and write the plugins' files")
    parser.add_argument(
        "--pictures", action="store_true", help="read drawings alone, traced where ink is wanted"
    )
    given = parser.parse_args()
    names, sources = zip(
        *((text.partition("=")[0], text.partition("=")[2] or text) for text in given.names), strict=True
    )
    if len(set(names)) < len(names):
        parser.error("a name stands twice")
    members = dict(zip(names, map(open_one, sources), strict=True))
    gathered = gathered_splits(members, given.crohme, pictures=given.pictures, keep=given.keep)
    rows = []
    for chosen in subsets(len(names)):
        own = [names[place] for place in chosen]
        specs = [recogniser(name.partition("@")[0]) for name in own]
        known = None if given.tune or given.pictures else find_joining(specs, own)
        rows.append(measure(names, gathered, chosen, known))
        print(rows[-1].name, rows[-1].plain, rows[-1].tuned, rows[-1].joining.weights, flush=True)
    if given.tune:
        write_tuned(rows)
    options = " --tune" if given.tune else " --pictures" if given.pictures else ""
    out = given.out
    command = f"python -m tools.reports.joined {' '.join(names)} --crohme DATA/crohme{options} --out reports/{out.name}"
    write_whole(out, report(rows, command, given.pictures, f"{out.stem}-confidence.png"))
    draw_calibration({row.name: row.curve for row in rows}, out.parent / f"{out.stem}-confidence.png")


def open_one(name: str) -> Reader:
    """One recogniser, or a view of one; UsageError for several joined."""
    reader = open_readers(name)
    if not isinstance(reader, Reader):
        raise UsageError(f"{name}: expected one recogniser")
    return reader


if __name__ == "__main__":
    run_tool(main)
