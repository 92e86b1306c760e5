"""The samples of a run: the joined sources of ``--data``, with a validation split that is never a test split."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import reduce

from hmer_suite.data.set_names import NamedSet, is_test, joined_sets
from hmer_suite.data.split_names import our_split_name
from hmer_suite.data.subsets import join, no_longer_than, split_off
from hmer_suite.errors import InputError, UsageError
from hmer_suite.registry import data_source
from hmer_suite.settings.training import TrainConfig
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SampleSet
from hmer_suite.specs.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Training and validation samples, and the ``--data`` text that named them.

    `labels` are those of all training samples, including those that `max_tokens` excludes, so that the vocabulary of
    the first stage of a curriculum serves later ones. Empty means those of `train`.
    """

    spec: str
    train: SampleSet
    validation: SampleSet
    labels: tuple[str, ...] = ()

    def vocabulary(self) -> Vocabulary:
        """All tokens of the training labels."""
        return Vocabulary.of(self.labels or self.train.labels)

    def describe(self) -> dict[str, object]:
        """Numbers and digests of samples, as a checkpoint records them."""
        sets = {"train": self.train, "validation": self.validation}
        return {"spec": self.spec} | {k: {"n": len(s), "digest": s.digest} for k, s in sets.items()}


def open_training_data(spec: str, preprocessing: Preprocessing, config: TrainConfig) -> TrainingData:
    """Samples of a path or ``SOURCE:ARGUMENT``, or of several joined by ``+``, each of the split ``@SPLIT`` or "train".

    Validation samples are those of the first source with such a split, else a random share `config.holdout` of the
    joined training samples, split off by label (`hmer_suite.data.subsets.split_off`). Raises `InputError` if there are
    no samples to train or to validate on, `UsageError` for a test split.
    """
    sources = joined_sets(spec, data_source)
    for named in sources:
        if named.split is not None and is_test(named.split):
            raise UsageError(
                f"--data {named.text}: a model is never trained on a test split, or its rates would say nothing; "
                f"train on {named.base}"
            )
    parts = [named.source.load(named.argument, named.split or "train", preprocessing) for named in sources]
    train = reduce(join, [part.require(preprocessing.input, f"--data {spec}") for part in parts])
    held_out = _validation(sources, preprocessing, config.validation)
    if held_out is not None:
        held_out.require(preprocessing.input, f"--data {spec}")
    if held_out is None and not config.holdout:
        raise UsageError(f"--data {spec}: no {config.validation} split, and holdout=0 holds nothing out")
    if held_out is None:
        train, held_out = split_off(train, config.holdout, config.seed)
    labels = train.labels
    if config.max_tokens:
        train = no_longer_than(train, config.max_tokens)
    for samples, what in ((train, "train"), (held_out, "validate")):
        if not len(samples):
            reasons = "; ".join(f"{left.id}: {left.reason}" for left in samples.left_out[:3])
            raise InputError(f"--data {spec}: no samples to {what} on" + (f" ({reasons})" if reasons else ""))
    return TrainingData(spec, train, held_out, labels)


def _validation(sources: list[NamedSet], preprocessing: Preprocessing, split: str) -> SampleSet | None:
    """The split of the first source that has it and does not train on it.

    A source may list splits that are missing for its argument.
    """
    for named in sources:
        if split in named.source.splits and our_split_name(named.split) != split:
            with contextlib.suppress(UsageError):
                return named.source.load(named.argument, split, preprocessing)
    return None
