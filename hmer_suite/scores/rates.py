"""Per-sample counts, and the rates computed from their sums.

Counts are additive: a corpus, a length bucket, a bootstrap resample and a worker's share of a file are all sums
of the same small objects, and no rate is ever averaged.

Conventions, which the signature states:

- **exprate** is the share of samples without a token error, **le1** .. **le3** of those with at most 1 .. 3.
- **wer** is (S + D + I) / N over the tokens of all samples, **cer** the same over the characters of the
  tokens joined without spaces. Both can exceed 100.
- A **missing** prediction is wrong: all tokens of its reference count as deleted, and it is not valid. Like
  an empty prediction it has as many token errors as its reference has tokens; for an empty reference it has
  none, but is still neither exact nor within any number of errors.
- An **empty reference** is a sample like any other: exact if the prediction is empty too, else every
  predicted token is an insertion; it adds nothing to N. If N is 0 for the corpus, the error rate is 0
  without edits and 100 with any.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from operator import attrgetter

from hmer_suite.errors import InputError
from hmer_suite.scores.edit_distance import edit_counts, edit_distance

RATE_PARTS: dict[str, tuple[str, str]] = {
    "exprate": ("exact", "samples"),
    "le1": ("within_1", "samples"),
    "le2": ("within_2", "samples"),
    "le3": ("within_3", "samples"),
    "wer": ("edits", "reference_tokens"),
    "cer": ("character_edits", "reference_characters"),
    "valid": ("valid", "samples"),
}
"""Every rate as (numerator, denominator), both attributes of `Counts`."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one sample, or of a sum of samples, from which rates are computed."""

    samples: int = 0
    exact: int = 0
    within_1: int = 0
    within_2: int = 0
    within_3: int = 0
    valid: int = 0
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0
    reference_tokens: int = 0
    character_edits: int = 0
    reference_characters: int = 0

    @property
    def edits(self) -> int:
        """Token edit distance, summed over the samples."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def predicted_tokens(self) -> int:
        return self.reference_tokens - self.deletions + self.insertions

    def __add__(self, other: Counts) -> Counts:
        if not isinstance(other, Counts):
            return NotImplemented
        return total((self, other))


_FIELDS = tuple(Counts.__dataclass_fields__)


def total(counts: Iterable[Counts]) -> Counts:
    """Sum of any number of counts."""
    counts = counts if isinstance(counts, Sequence) else list(counts)
    return Counts(*(sum(map(attrgetter(name), counts)) for name in _FIELDS))


def count(prediction: Sequence[str] | None, reference: Sequence[str], *, valid: bool = False) -> Counts:
    """Count one sample.

    ``prediction`` and ``reference`` are token lists (or both tuples); a prediction of None is missing.
    ``valid`` says whether the prediction is valid LaTeX.
    """
    characters = len("".join(reference))
    if prediction is None:
        return _missing(len(reference), characters)
    if prediction == reference:
        return _exact(len(reference), characters, valid)
    substitutions, deletions, insertions = edit_counts(prediction, reference)
    edits = substitutions + deletions + insertions
    return Counts(
        samples=1,
        exact=int(edits == 0),
        within_1=int(edits <= 1),
        within_2=int(edits <= 2),
        within_3=int(edits <= 3),
        valid=int(valid),
        substitutions=substitutions,
        deletions=deletions,
        insertions=insertions,
        reference_tokens=len(reference),
        character_edits=edit_distance("".join(prediction), "".join(reference)),
        reference_characters=characters,
    )


def _missing(tokens: int, characters: int) -> Counts:
    return Counts(
        samples=1,
        within_1=int(0 < tokens <= 1),
        within_2=int(0 < tokens <= 2),
        within_3=int(0 < tokens <= 3),
        deletions=tokens,
        reference_tokens=tokens,
        character_edits=characters,
        reference_characters=characters,
    )


@lru_cache(maxsize=4096)
def _exact(tokens: int, characters: int, valid: bool) -> Counts:
    """Counts of an exact match; cached, since most predictions are exact and few sizes occur."""
    return Counts(1, 1, 1, 1, 1, int(valid), 0, 0, 0, tokens, 0, characters)


@dataclass(frozen=True, slots=True)
class Rates:
    """Percentages in full precision, and the edit counts that WER is made of; only the JSON is rounded."""

    exprate: float
    le1: float
    le2: float
    le3: float
    wer: float
    cer: float
    substitutions: int
    deletions: int
    insertions: int
    reference_tokens: int
    valid: float

    @classmethod
    def of(cls, counts: Counts) -> Rates:
        """Rates of summed counts. Raises InputError if there is no sample."""
        if not counts.samples:
            raise InputError("nothing to score: there are 0 references")
        rates = {
            name: percent(getattr(counts, part), getattr(counts, whole))
            for name, (part, whole) in RATE_PARTS.items()
        }
        return cls(
            **rates,
            substitutions=counts.substitutions,
            deletions=counts.deletions,
            insertions=counts.insertions,
            reference_tokens=counts.reference_tokens,
        )

    def to_json(self) -> dict[str, float | int]:
        """Keys of ``score``'s JSON, rates rounded to two decimals."""
        return {name: round(value, 2) for name, value in asdict(self).items()}


def percent(part: float, whole: float) -> float:
    """100 * part / whole; if `whole` is 0, 0 for a `part` of 0 and 100 for any other."""
    return 100.0 * part / whole if whole else 100.0 * (part > 0)
