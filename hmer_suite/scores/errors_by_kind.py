"""Errors by length, by structure, by confusion, and their concentration in few samples."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil

from hmer_suite.latex.constructs import ENVIRONMENT, STRUCTURE_OF, STRUCTURES
from hmer_suite.latex.token_classes import token_class
from hmer_suite.scores.edit_distance import DELETION, INSERTION, MATCH, SUBSTITUTION, align
from hmer_suite.scores.lookalikes import alike
from hmer_suite.scores.rates import Counts, Rates, percent, total

LENGTH_EDGES = (5, 10, 20, 40, 80)
"""Upper ends, inclusive, of the buckets of reference lengths in tokens."""

RUNAWAY_FACTOR, RUNAWAY_EXTRA = 3, 20
"""A prediction longer than `RUNAWAY_FACTOR` times its reference plus `RUNAWAY_EXTRA` tokens is a decoding loop."""


@dataclass(frozen=True, slots=True)
class SampleGroup:
    """The samples that share a label."""

    label: str
    counts: Counts

    @property
    def rates(self) -> Rates:
        return Rates.of(self.counts)

    def to_json(self) -> dict[str, object]:
        return {"label": self.label, "n": self.counts.samples, **self.rates.to_json()}


@dataclass(frozen=True, slots=True)
class Confusion:
    """A reference token read as another; None is no token: a deletion or an insertion."""

    reference: str | None
    prediction: str | None
    count: int
    samples: int

    def to_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Confusions:
    """The most frequent confusions of each kind, by the number of samples that show them."""

    substitutions: tuple[Confusion, ...]
    deletions: tuple[Confusion, ...]
    insertions: tuple[Confusion, ...]

    def to_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ErrorKinds:
    """Token edits by what went wrong, and the samples in which nothing but look-alikes did.

    ``lookalike``: a symbol read as one that looks like it (`hmer_suite.scores.lookalikes`); ``symbol``: as another;
    ``missing`` and ``added``: symbols; ``structure``: any edit of a token that places symbols, such as braces, scripts,
    fractions and roots. ``wrong`` predictions were not missing; in ``only_lookalikes`` of them
    every edit is a look-alike.
    """

    lookalike: int
    symbol: int
    missing: int
    added: int
    structure: int
    wrong: int
    only_lookalikes: int

    @property
    def edits(self) -> int:
        return self.lookalike + self.symbol + self.missing + self.added + self.structure

    def to_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class WorstSample:
    """A sample among those with the most edits; ``share`` is its percentage of all edits."""

    id: str
    edits: int
    reference_tokens: int
    predicted_tokens: int
    share: float


@dataclass(frozen=True, slots=True)
class Concentration:
    """Concentration of the error rate in few samples.

    ``worst_share`` is the percentage of all edits in the ``worst_n`` samples with the most (1 % of all, at
    least one); ``wer_capped`` counts at most as many edits for a sample as its reference has tokens;
    ``wer_without_runaways`` leaves the runaways out altogether, and is None when there is nothing else.
    """

    samples: int
    edits: int
    wer: float
    worst_n: int
    worst_share: float
    wer_capped: float
    runaways: tuple[str, ...]
    runaway_edits: int
    wer_without_runaways: float | None
    worst: tuple[WorstSample, ...]

    @property
    def remark(self) -> str | None:
        """One sentence for a reader of the error rate, or None when there is no runaway."""
        if not self.runaways:
            return None
        number = len(self.runaways)
        verb = "is a runaway and makes" if number == 1 else "are runaways and make"
        share = f"{self.runaway_edits:,} of the {self.edits:,} token edits"
        sentence = f"{number:,} of {self.samples:,} predictions {verb} {share}"
        if self.wer_without_runaways is None:
            return sentence
        without = "it" if number == 1 else "them"
        return f"{sentence}: WER {self.wer:.2f}, without {without} {self.wer_without_runaways:.2f}"

    def to_json(self) -> dict[str, object]:
        document = {name: _rounded(value) for name, value in asdict(self).items() if name != "worst"}
        worst = [{name: _rounded(value) for name, value in asdict(sample).items()} for sample in self.worst]
        return {**document, "worst": worst, "remark": self.remark}


def _rounded(value: object) -> object:
    return round(value, 2) if isinstance(value, float) else value


def by_length(counts: Sequence[Counts], edges: Sequence[int] = LENGTH_EDGES) -> tuple[SampleGroup, ...]:
    """Groups of samples by the number of reference tokens, short ones first; empty groups are left out."""
    ends = (0, *edges)
    buckets: dict[int, list[Counts]] = defaultdict(list)
    for sample in counts:
        buckets[bisect_left(ends, sample.reference_tokens)].append(sample)
    labels = _length_labels(edges)
    return tuple(SampleGroup(labels[index], total(buckets[index])) for index in sorted(buckets))


def _length_labels(edges: Sequence[int]) -> list[str]:
    ranges = [
        str(high) if high == low + 1 else f"{low + 1}-{high}"
        for low, high in zip((0, *edges), edges, strict=False)
    ]
    return ["0", *ranges, f"{edges[-1] + 1}+" if edges else "1+"]


def by_structure(counts: Sequence[Counts], references: Sequence[Sequence[str]]) -> tuple[SampleGroup, ...]:
    """Groups of samples by what their references contain; a sample counts in every group it belongs to."""
    groups: dict[str, list[Counts]] = defaultdict(list)
    for sample, reference in zip(counts, references, strict=True):
        for label in structures(reference):
            groups[label].append(sample)
    order = ["plain", *STRUCTURES, ENVIRONMENT, "scripts, depth 1", "scripts, depth 2", "scripts, depth 3+"]
    return tuple(SampleGroup(label, total(groups[label])) for label in order if label in groups)


def structures(tokens: Sequence[str]) -> tuple[str, ...]:
    """Labels of the structures in a formula, or ``("plain",)``: symbols in a row and nothing else."""
    found = {STRUCTURE_OF[token] for token in tokens if token in STRUCTURE_OF}
    labels = [label for label in STRUCTURES if label in found]
    if r"\begin" in "".join(tokens):
        labels.append(ENVIRONMENT)
    if not _SCRIPTS.isdisjoint(tokens):
        depth = script_depth(tokens)
        labels.append(f"scripts, depth {depth}" if depth < 3 else "scripts, depth 3+")
    return tuple(labels) or ("plain",)


_SCRIPTS = frozenset({"^", "_", r"\sp", r"\sb"})


def script_depth(tokens: Sequence[str]) -> int:
    r"""Nesting depth of scripts: 0 for ``x``, 1 for ``x _ i ^ 2``, 2 for ``x ^ { y ^ { 2 } }``.

    A script is the content of the group, or the single token, after ``^`` or ``_``. Works on broken LaTeX
    too: a brace without partner closes or opens nothing.
    """
    deepest = depth = 0
    outer: list[int] = []
    previous = ""
    for token in tokens:
        if token == "{":
            outer.append(depth)
            depth += previous in _SCRIPTS
        elif token == "}":
            depth = outer.pop() if outer else depth
        elif token in _SCRIPTS:
            deepest = max(deepest, depth + 1)
        previous = token
    return deepest


Edit = tuple[str, str | None, str | None]
"""A step that is no match, the reference token and the predicted one; None where one is missing."""


def edits_of(
    predictions: Sequence[Sequence[str] | None], references: Sequence[Sequence[str]]
) -> list[tuple[Edit, ...]]:
    """The edits of each wrong prediction in the documented alignment.

    Missing predictions (None) are left out: nothing was read there.
    """
    return [
        tuple(pair for pair in align(prediction, reference).pairs() if pair[0] != MATCH)
        for prediction, reference in zip(predictions, references, strict=True)
        if prediction is not None and prediction != reference
    ]


def confusions(edits: Sequence[Sequence[Edit]], top: int = 20) -> Confusions:
    """The ``top`` confusions of each kind among the samples' edits.

    Ranked by samples, not by occurrences: one runaway that repeats a token a thousand times is one sample.
    """
    occurrences: Counter[Edit] = Counter()
    samples: Counter[Edit] = Counter()
    for sample in edits:
        occurrences.update(sample)
        samples.update(set(sample))
    ranked = sorted(samples, key=lambda edit: (-samples[edit], -occurrences[edit], str(edit)))
    found = {
        step: [edit for edit in ranked if edit[0] == step] for step in (SUBSTITUTION, DELETION, INSERTION)
    }
    return Confusions(
        *(
            tuple(Confusion(edit[1], edit[2], occurrences[edit], samples[edit]) for edit in kind[:top])
            for kind in found.values()
        )
    )


def error_kinds(edits: Sequence[Sequence[Edit]]) -> ErrorKinds:
    """Counts of what went wrong in samples with these edits, none of them empty."""
    kinds = [Counter(map(kind_of, sample)) for sample in edits]
    found: Counter[str] = sum(kinds, Counter())
    return ErrorKinds(
        lookalike=found["lookalike"],
        symbol=found["symbol"],
        missing=found["missing"],
        added=found["added"],
        structure=found["structure"],
        wrong=len(kinds),
        only_lookalikes=sum(set(sample) == {"lookalike"} for sample in kinds),
    )


def kind_of(edit: Edit) -> str:
    """The name in `ErrorKinds` of what an edit is."""
    step, reference, prediction = edit
    if any(
        token is not None and token_class(token) not in _SYMBOL_CLASSES for token in (reference, prediction)
    ):
        return "structure"
    if reference is not None and prediction is not None:
        return "lookalike" if alike(reference, prediction) else "symbol"
    return "missing" if step == DELETION else "added"


_SYMBOL_CLASSES = frozenset("CHAR COLUMN SYMBOL DELIM MDELIM BAR LBRACK RBRACK LARGEOP NAMEDOP PRIME".split())
"""Classes of tokens that are drawn and do not determine the places of others."""


def concentration(ids: Sequence[str], counts: Sequence[Counts], top: int = 10) -> Concentration:
    """Concentration of the error rate in few samples; lists the ``top`` samples with the most edits.

    Raises InputError when there is no sample.
    """
    samples = list(zip(ids, counts, strict=True))
    ranked = sorted(samples, key=lambda sample: -sample[1].edits)
    corpus = total(counts)
    worst_n = ceil(len(samples) / 100)
    runaways = [sample for sample in samples if is_runaway(sample[1])]
    looped = total([sample for _, sample in runaways])
    capped = sum(min(sample.edits, sample.reference_tokens) for sample in counts)
    return Concentration(
        samples=corpus.samples,
        edits=corpus.edits,
        wer=Rates.of(corpus).wer,
        worst_n=worst_n,
        worst_share=percent(sum(sample.edits for _, sample in ranked[:worst_n]), corpus.edits),
        wer_capped=percent(capped, corpus.reference_tokens),
        runaways=tuple(name for name, _ in runaways),
        runaway_edits=looped.edits,
        wer_without_runaways=_rest(corpus, looped),
        worst=tuple(_worst(name, sample, corpus.edits) for name, sample in ranked[:top] if sample.edits),
    )


def _rest(corpus: Counts, looped: Counts) -> float | None:
    if corpus.samples == looped.samples:
        return None
    return percent(corpus.edits - looped.edits, corpus.reference_tokens - looped.reference_tokens)


def is_runaway(sample: Counts) -> bool:
    """Whether a prediction is so much longer than its reference that the recogniser must have looped."""
    return sample.predicted_tokens > RUNAWAY_FACTOR * sample.reference_tokens + RUNAWAY_EXTRA


def _worst(name: str, sample: Counts, edits: int) -> WorstSample:
    return WorstSample(
        name, sample.edits, sample.reference_tokens, sample.predicted_tokens, percent(sample.edits, edits)
    )
